"""What a comment is about: the decision on an item of a submission, or the outcome of an assessment."""

from django.urls import reverse

from accounts.models import User
from portfolio.models import Assessment, AssessmentDecision, Decision, Item, Portfolio
from portfolio.workflow.activities.which import place

Decided = Item | Assessment


def portfolio_of(of: Decided) -> Portfolio:
    return of.submission.portfolio if isinstance(of, Item) else of.portfolio


def called(of: Decided) -> str:
    """Such as "S-C1 4" or "DOPS of S-C1"."""
    return str(of.activity if isinstance(of, Item) else of)


def decision_of(of: Decided) -> Decision | AssessmentDecision | None:
    """What was decided of it; of an assessment, its outcome."""
    return getattr(of, "decision", None)


def decider(of: Decided) -> User | None:
    """Who decided it, under the account that they have now."""
    decision = decision_of(of)
    return (decision.signer.merged_into or decision.signer) if decision else None


def told_of(of: Decided) -> dict[str, object]:
    """How an event names it."""
    if isinstance(of, Item):
        return {**place(of.activity), "submission": of.submission.sid, "attempt": of.attempt}
    return of.facts


def address_of(of: Decided) -> str:
    """The page of what was said about it."""
    if isinstance(of, Item):
        return reverse("comments", args=[of.submission.sid, of.activity.module.code, of.activity.number])
    return reverse("assessment_comments", args=[of.aid])
