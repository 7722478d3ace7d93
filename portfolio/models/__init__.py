"""What a trainee has done, and who agreed."""

from portfolio.models.activity import Activity, Link
from portfolio.models.evidence import Attachment, Evidence, Revision, StoredFile
from portfolio.models.journal import JournalNote
from portfolio.models.module import Confirmation, ModuleSignOff, ModuleVoid
from portfolio.models.people import Administration, Role
from portfolio.models.placement import Placement, PlannedActivity
from portfolio.models.portfolio import Organisation, Portfolio
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
    "Evidence",
    "Item",
    "ItemPage",
    "JournalNote",
    "Link",
    "ModuleSignOff",
    "ModuleVoid",
    "Organisation",
    "Placement",
    "PlannedActivity",
    "Portfolio",
    "Revision",
    "Role",
    "StoredFile",
    "Submission",
    "Unlock",
]
