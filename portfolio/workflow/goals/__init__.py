"""The steps of a goal: reviewed, achieved, given up, opened again. Each leaves a signed review.

Writing goals and their actions moves no state: that is workflow/goals/writing.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from audit.canonical import digest
from portfolio import access, mail
from portfolio.manifest import iso, signer_parts
from portfolio.models import Goal, GoalReview, Portfolio
from portfolio.states import GoalOutcome as Outcome
from portfolio.states import GoalState as State
from portfolio.states import Part
from portfolio.workflow.goals.writing import as_told
from portfolio.workflow.machine import Incomplete, Move, Step
from portfolio.workflow.signing import signer

TRAINEE = frozenset({Part.TRAINEE})
SAY_WHAT = "Say what happened: it stays with the goal."
SAY_HOW = "Choose how it is going."
# The step by which each outcome of a review is recorded.
STEP_OF: dict[str, str] = {
    Outcome.GOING_WELL: "review goal",
    Outcome.CHANGED: "review goal",
    Outcome.ACHIEVED: "achieve goal",
    Outcome.GIVEN_UP: "give up goal",
}


@dataclass(frozen=True)
class Reviewed:
    """What a review says beside what happened, which is its reason. Where the step says the outcome, it is not read."""

    next_steps: str = ""
    outcome: str = ""


def review_digest(row: GoalReview) -> str:
    """What the chain holds of a review."""
    return digest(
        {
            "v": "stp-goal-review-1",
            "goal": row.goal.gid,
            "outcome": row.outcome,
            "text": row.text_digest,
            "at": iso(row.at),
            **signer_parts(row),
        }
    )


def reviewed_parts(portfolio: Portfolio) -> list[dict[str, Any]]:
    """Every goal with its actions and reviews, as digests: what the sign-off of their module is made against."""
    goals = Goal.objects.filter(portfolio=portfolio).prefetch_related("actions", "reviews__goal").order_by("pk")
    return [
        {
            **as_told(goal),
            "state": goal.state,
            "reviews": [review_digest(row) for row in sorted(goal.reviews.all(), key=lambda row: row.pk)],
        }
        for goal in goals
    ]


def _check_review(move: Move) -> None:
    if STEP_OF.get(_given(move).outcome) != move.step.name:
        raise Incomplete(SAY_HOW, "outcome")


def _leave(outcome: Outcome | None) -> Callable[[Move], None]:
    """The effect that leaves a review of this outcome, or of the one that is given."""

    def act(move: Move) -> None:
        goal: Goal = move.subject
        given = _given(move)
        row = GoalReview(
            goal=goal,
            outcome=outcome or given.outcome,
            happened=move.reason,
            next_steps=given.next_steps.strip(),
            at=move.now,
            **signer(move),
        )
        event = move.record({"goal": goal.gid, "outcome": row.outcome, "goal_review": review_digest(row)})
        row.audit_seq = event.seq
        row.save()
        ends = row.outcome in (Outcome.ACHIEVED, Outcome.GIVEN_UP)
        goal.ended_on = timezone.localdate(move.now) if ends else None
        move.tell(lambda: mail.goal_reviewed(row))

    return act


def _given(move: Move) -> Reviewed:
    return move.given or Reviewed()


STEPS = [
    Step(
        name="review goal",
        label="Review this goal",
        moves={State.OPEN: (State.OPEN,)},
        who=TRAINEE | access.OFFICERS,
        needs_reason=SAY_WHAT,
        check=_check_review,
        act=_leave(None),
    ),
    Step(
        name="achieve goal",
        label="Record as achieved",
        moves={State.OPEN: (State.ACHIEVED,)},
        who=TRAINEE,
        needs_reason=SAY_WHAT,
        act=_leave(Outcome.ACHIEVED),
    ),
    Step(
        name="give up goal",
        label="Give up this goal",
        moves={State.OPEN: (State.GIVEN_UP,)},
        who=TRAINEE,
        needs_reason=SAY_WHAT,
        act=_leave(Outcome.GIVEN_UP),
    ),
    Step(
        name="reopen goal",
        label="Open this goal again",
        moves={State.ACHIEVED: (State.OPEN,), State.GIVEN_UP: (State.OPEN,)},
        who=TRAINEE,
        needs_reason="Say why: it stays with the goal.",
        act=_leave(Outcome.REOPENED),
    ),
]


class GoalTable:
    """How the machine reads and writes a goal."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: Goal) -> int:
        return subject.portfolio_id

    def reread(self, subject: Goal, portfolio: Portfolio, step: Step) -> Sequence[Goal]:
        return [Goal.objects.select_related("portfolio__trainee").get(pk=subject.pk)]

    def state(self, subject: Goal) -> str:
        return subject.state

    def addressed(self, subject: Goal) -> None:
        return None

    def write(self, subject: Goal, state: str) -> None:
        """With the day on which it ended, which the effect has set."""
        subject.state = state
        subject.save(update_fields=["state", "ended_on"])

    def words(self, subject: Goal) -> str:
        return "This goal"


__all__ = ["STEP_OF", "GoalTable", "Reviewed", "review_digest", "reviewed_parts"]
