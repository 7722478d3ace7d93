"""What a trainee has done, and who agreed."""

from portfolio.models.activity import Activity, Link
from portfolio.models.elsewhere import ElsewhereVoid, SignedElsewhere
from portfolio.models.evidence import Attachment, Evidence, Revision, StoredFile
from portfolio.models.goal import Goal, GoalAction, GoalReview
from portfolio.models.module import Confirmation, ModuleSignOff, ModuleVoid
from portfolio.models.option import OptionConfirmation, OptionTaken
from portfolio.models.people import Administration, Role
from portfolio.models.portfolio import Organisation, Portfolio
from portfolio.models.result import UniversityResult
from portfolio.models.signed import Closure
from portfolio.models.submission import Addressee, Decision, Item, ItemPage, Submission, Unlock

__all__ = [
    "Activity",
    "Addressee",
    "Administration",
    "Attachment",
    "Closure",
    "Confirmation",
    "Decision",
    "ElsewhereVoid",
    "Evidence",
    "Goal",
    "GoalAction",
    "GoalReview",
    "Item",
    "ItemPage",
    "Link",
    "ModuleSignOff",
    "ModuleVoid",
    "OptionConfirmation",
    "OptionTaken",
    "Organisation",
    "Portfolio",
    "Revision",
    "Role",
    "SignedElsewhere",
    "StoredFile",
    "Submission",
    "UniversityResult",
    "Unlock",
]
