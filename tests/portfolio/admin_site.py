"""What the admin site offers of portfolios, and the ways to it: for its tests."""

from typing import Any

from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portfolio import models
from portfolio.models import Administration, Organisation, Portfolio, Role

WORK = {
    models.Activity,
    models.Closure,
    models.Comment,
    models.Confirmation,
    models.Decision,
    models.Evidence,
    models.Goal,
    models.GoalAction,
    models.GoalReview,
    models.Item,
    models.ModuleSignOff,
    models.ModuleVoid,
    models.Placement,
    models.Revision,
    models.Submission,
    models.Unlock,
    models.Assessment,
    models.AssessmentDecision,
    models.AssessmentVoid,
    models.KindCorrection,
    models.ElsewhereVoid,
    models.OptionConfirmation,
    models.OptionRefusal,
    models.OptionTaken,
    models.SignedElsewhere,
    models.UniversityResult,
    models.FeedbackRound,
    models.Interruption,
    models.ReviewAction,
    models.ReviewMeeting,
    models.ReviewSignature,
    models.ScheduledActivity,
    models.WorkingTime,
}
KEPT = {Organisation, Portfolio, Role}
SUPERUSERS_ONLY = {Administration}
NOT_OFFERED = {
    models.Addressee,
    models.AssessmentAddressee,
    models.AssessmentReflection,
    models.AssessmentReminder,
    models.NominationReminder,
    models.WaitingReminder,
    models.Attachment,
    models.CalendarFeed,
    models.CommentWithdrawal,
    models.CommentWords,
    models.FeedbackAnswer,
    models.FeedbackClosing,
    models.FeedbackInvitation,
    models.FeedbackLink,
    models.FeedbackRelease,
    models.Handover,
    models.Intake,
    models.ItemPage,
    models.JournalNote,
    models.Lending,
    models.Link,
    models.Nomination,
    models.NominationAnswer,
    models.PlannedActivity,
    models.Reminder,
    models.SignCode,
    models.SignLink,
    models.Snippet,
    models.StoredFile,
    models.Summary,
    models.UsedCase,
}
# Whose portfolio it is makes no difference: the site is for those who administer something today, and for superusers.
ADMINISTRATORS = {
    "administrator",
    "cohort_administrator",
    "other_cohort_administrator",
    "other_programme_administrator",
}
IN_SCOPE = {"administrator", "cohort_administrator"}


def address(model: type[Model], step: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:portfolio_{model._meta.model_name}_{step}", args=args)


def sign_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client
