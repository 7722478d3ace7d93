"""How late somebody acted in a role: it ends no earlier."""

from typing import Any, cast

from django.db.models import Model
from django.utils import timezone

from portfolio import models
from portfolio.models import Role

# When each kind of row that somebody signs was signed.
SIGNED_AT: dict[type[Model], str] = {
    models.AssessmentDecision: "decided_at",
    models.AssessmentVoid: "voided_at",
    models.Closure: "at",
    models.Comment: "at",
    models.CommentWithdrawal: "at",
    models.Confirmation: "confirmed_at",
    models.Decision: "decided_at",
    models.ElsewhereVoid: "voided_at",
    models.FeedbackClosing: "closed_at",
    models.FeedbackRelease: "released_at",
    models.FeedbackRound: "opened_at",
    models.GoalReview: "at",
    models.Interruption: "at",
    models.KindCorrection: "corrected_at",
    models.ModuleSignOff: "signed_at",
    models.ModuleVoid: "voided_at",
    models.NominationAnswer: "answered_at",
    models.OptionConfirmation: "confirmed_at",
    models.OptionRefusal: "refused_at",
    models.OptionTaken: "taken_at",
    models.ReviewSignature: "signed_at",
    models.SignedElsewhere: "recorded_at",
    models.UniversityResult: "recorded_at",
    models.Unlock: "unlocked_at",
    models.WorkingTime: "at",
}


def last_signed(role: Role) -> Any:
    """The last day on which somebody signed anything in this role; None when they never did."""
    moments = [
        model._default_manager.filter(role=role).order_by(f"-{field}").values_list(field, flat=True).first()
        for model, field in SIGNED_AT.items()
    ]
    return max((timezone.localdate(cast(Any, moment)) for moment in moments if moment), default=None)
