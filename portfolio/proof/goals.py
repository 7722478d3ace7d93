"""Whether each goal and its actions still say what was written, and stand where their reviews left them."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone

from audit.checks import Finding
from portfolio.models import Goal, Portfolio
from portfolio.proof.told import ALTERED, MISSING, Only, Told, holds, of_kinds, portfolios, told
from portfolio.states import GoalOutcome, GoalState
from portfolio.workflow.goals.writing import as_told

WRITTEN = ("goal set", "goal changed", "goal action done", "goal action not done")
ENDS = {GoalOutcome.ACHIEVED: GoalState.ACHIEVED, GoalOutcome.GIVEN_UP: GoalState.GIVEN_UP}


def goals(only: Only = None) -> Iterator[Finding]:
    """Each goal against the newest event that tells of its writing, and against the newest of its reviews."""
    for portfolio in portfolios(only):
        yield from _goals(portfolio)


def _goals(portfolio: Portfolio) -> Iterator[Finding]:
    written = {event.data["goal"]: event for event in told(portfolio, of_kinds(*WRITTEN)) if event.kind in WRITTEN}
    for row in Goal.objects.filter(portfolio=portfolio).prefetch_related("actions", "reviews").order_by("pk"):
        if not holds(_agrees, row, written.pop(row.gid, None)):
            yield Finding(f"portfolio {portfolio.ref}, goal {row.gid}", ALTERED)
        if not holds(_follows, row):
            yield Finding(f"portfolio {portfolio.ref}, goal {row.gid}", f"no review makes it “{row.state}” as it is")
    for gid in sorted(written):
        yield Finding(f"portfolio {portfolio.ref}, goal {gid}", MISSING)


def as_written(goal: Goal) -> bool:
    """The same of one goal, for the page that shows it, whose actions and reviews are fetched. One query."""
    events = list(told(goal.portfolio, of_kinds(*WRITTEN) & Q(data__contains=f'"{goal.gid}"')))
    own = (event for event in reversed(events) if event.kind in WRITTEN and event.data["goal"] == goal.gid)
    last = next(own, None)
    return holds(_agrees, goal, last) and holds(_follows, goal)


def _agrees(row: Goal, event: Told) -> bool:
    return event.data == as_told(row)


def _follows(row: Goal) -> bool:
    last = max(row.reviews.all(), key=lambda review: review.audit_seq, default=None)
    state = ENDS.get(GoalOutcome(last.outcome), GoalState.OPEN) if last else GoalState.OPEN
    ended = timezone.localdate(last.at) if last and state != GoalState.OPEN else None
    return (row.state, row.ended_on) == (state, ended)
