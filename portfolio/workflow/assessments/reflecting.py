"""The trainee's reflection on an assessment. No state moves; every save is a version that stays."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.chain import append
from portfolio.access import WRITE, may
from portfolio.models import Assessment, AssessmentReflection, Portfolio
from portfolio.states import AssessmentState
from portfolio.workflow.machine import Incomplete, TooLate, writable

NOTHING_WRITTEN = "Write your reflection."
ASSESSED = (AssessmentState.SATISFACTORY, AssessmentState.NOT_YET)


def may_reflect(row: Assessment, portfolio: Portfolio, *, by: User) -> bool:
    """Whether somebody may add a reflection now: the button asks what `reflect` will ask."""
    return row.state in ASSESSED and portfolio.closed_at is None and may(by, WRITE, portfolio)


@transaction.atomic
def reflect(row: Assessment, text: str, *, by: User) -> AssessmentReflection:
    """Add a version; the same version again when nothing changed since."""
    portfolio = writable(row.portfolio_id, WRITE, by=by)
    row = Assessment.objects.select_related("module").get(pk=row.pk)
    if row.state not in ASSESSED:
        raise TooLate("A reflection is added once the assessor has recorded the outcome. Nothing was saved.")
    if not text.strip():
        raise Incomplete(NOTHING_WRITTEN, "text")
    last = row.reflections.order_by("-number").first()
    if last is not None and last.text == text.strip():
        return last
    made = AssessmentReflection(
        assessment=row,
        number=last.number + 1 if last else 1,
        text=text.strip(),
        saved_by=by,
        saved_at=timezone.now(),
    )
    data = {**row.facts, "reflection": made.number, "text": made.text_digest}
    append(portfolio.chain, "assessment reflection", by=by, data=data, at=made.saved_at)
    made.save()
    return made
