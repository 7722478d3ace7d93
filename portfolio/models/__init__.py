"""What a trainee has done, and who agreed."""

from portfolio.models.activity import Activity, Link
from portfolio.models.assessment import (
    Assessment,
    AssessmentAddressee,
    AssessmentDecision,
    AssessmentReflection,
    AssessmentReminder,
    AssessmentVoid,
    KindCorrection,
)
from portfolio.models.case import UsedCase
from portfolio.models.comment import Comment, CommentWithdrawal, CommentWords
from portfolio.models.elsewhere import ElsewhereVoid, SignedElsewhere
from portfolio.models.evidence import Attachment, Evidence, Revision, StoredFile
from portfolio.models.feedback import (
    FeedbackAnswer,
    FeedbackClosing,
    FeedbackInvitation,
    FeedbackLink,
    FeedbackRelease,
    FeedbackRound,
)
from portfolio.models.goal import Goal, GoalAction, GoalReview
from portfolio.models.handover import Handover
from portfolio.models.intake import Intake
from portfolio.models.journal import JournalNote
from portfolio.models.module import Confirmation, ModuleSignOff, ModuleVoid
from portfolio.models.nomination import Nomination, NominationAnswer, NominationReminder
from portfolio.models.option import OptionConfirmation, OptionRefusal, OptionTaken
from portfolio.models.people import Administration, Role
from portfolio.models.placement import Placement, PlannedActivity
from portfolio.models.plan import CalendarFeed, ScheduledActivity
from portfolio.models.portfolio import Organisation, Portfolio
from portfolio.models.reminding import WaitingReminder
from portfolio.models.result import UniversityResult
from portfolio.models.review import ReviewAction, ReviewMeeting, ReviewSignature
from portfolio.models.signed import Closure
from portfolio.models.signing import Lending, SignCode, SignLink
from portfolio.models.snippet import Snippet
from portfolio.models.submission import Addressee, Decision, Item, ItemPage, Reminder, Submission, Unlock
from portfolio.models.summary import Summary
from portfolio.models.training_time import Interruption, WorkingTime

__all__ = [
    "Activity",
    "Addressee",
    "Administration",
    "Assessment",
    "AssessmentAddressee",
    "AssessmentDecision",
    "AssessmentReflection",
    "AssessmentReminder",
    "AssessmentVoid",
    "Attachment",
    "CalendarFeed",
    "Closure",
    "Comment",
    "CommentWithdrawal",
    "CommentWords",
    "Confirmation",
    "Decision",
    "ElsewhereVoid",
    "Evidence",
    "FeedbackAnswer",
    "FeedbackClosing",
    "FeedbackInvitation",
    "FeedbackLink",
    "FeedbackRelease",
    "FeedbackRound",
    "Goal",
    "GoalAction",
    "GoalReview",
    "Handover",
    "Intake",
    "Interruption",
    "Item",
    "ItemPage",
    "JournalNote",
    "KindCorrection",
    "Lending",
    "Link",
    "ModuleSignOff",
    "ModuleVoid",
    "Nomination",
    "NominationAnswer",
    "NominationReminder",
    "OptionConfirmation",
    "OptionRefusal",
    "OptionTaken",
    "Organisation",
    "Placement",
    "PlannedActivity",
    "Portfolio",
    "Reminder",
    "ReviewAction",
    "ReviewMeeting",
    "ReviewSignature",
    "Revision",
    "Role",
    "ScheduledActivity",
    "SignCode",
    "SignLink",
    "SignedElsewhere",
    "Snippet",
    "StoredFile",
    "Submission",
    "Summary",
    "UniversityResult",
    "Unlock",
    "UsedCase",
    "WaitingReminder",
    "WorkingTime",
]
