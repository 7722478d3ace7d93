"""What a trainee has done, and who agreed."""

from portfolio.models.activity import Activity, Link
from portfolio.models.assessment import (
    Assessment,
    AssessmentAddressee,
    AssessmentDecision,
    AssessmentReflection,
    AssessmentVoid,
    KindCorrection,
)
from portfolio.models.evidence import Attachment, Evidence, Revision, StoredFile
from portfolio.models.module import Confirmation, ModuleSignOff, ModuleVoid
from portfolio.models.people import Administration, Role
from portfolio.models.portfolio import Organisation, Portfolio
from portfolio.models.signed import Closure
from portfolio.models.submission import Addressee, Decision, Item, ItemPage, Submission, Unlock

__all__ = [
    "Activity",
    "Addressee",
    "Administration",
    "Assessment",
    "AssessmentAddressee",
    "AssessmentDecision",
    "AssessmentReflection",
    "AssessmentVoid",
    "Attachment",
    "Closure",
    "Confirmation",
    "Decision",
    "Evidence",
    "Item",
    "ItemPage",
    "KindCorrection",
    "Link",
    "ModuleSignOff",
    "ModuleVoid",
    "Organisation",
    "Portfolio",
    "Revision",
    "Role",
    "StoredFile",
    "Submission",
    "Unlock",
]
