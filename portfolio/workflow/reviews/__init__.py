"""The steps of a review meeting: it is planned, both write, actions are agreed, both sign (domain.md rule 10).

Its state is derived: the record and the signatures are rows. What is signed is one digest over the figures of that day
and all that is written; the second side signs what the first did.
"""

from collections.abc import Sequence

from portfolio import access
from portfolio.models import Portfolio
from portfolio.states import Part, ReviewState
from portfolio.workflow.machine import Step
from portfolio.workflow.reviews import acting
from portfolio.workflow.reviews.acting import notes_seen
from portfolio.workflow.reviews.subject import (
    Agree,
    Notes,
    Plan,
    ReviewOf,
    Which,
    agreed,
    as_signed,
    shown,
    signature_digest,
)

TRAINEE = frozenset({Part.TRAINEE})
BOTH = access.OFFICERS | TRAINEE
State = ReviewState
STEPS = [
    Step(
        name="plan review",
        label="Plan the meeting",
        moves={State.NOT_PLANNED: (State.PLANNED,), State.PLANNED: (State.PLANNED,)},
        who=BOTH,
        check=acting.check_plan,
        act=acting.plan,
    ),
    Step(
        name="write review notes",
        label="Save your notes",
        moves={State.PLANNED: (State.PLANNED,)},
        who=BOTH,
        act=acting.write_notes,
    ),
    Step(
        name="agree action",
        label="Add an action",
        moves={State.PLANNED: (State.PLANNED,)},
        who=BOTH,
        check=acting.check_agree,
        act=acting.agree,
    ),
    Step(
        name="drop action",
        label="Take this action off",
        moves={State.PLANNED: (State.PLANNED,)},
        who=BOTH,
        act=acting.drop,
    ),
    Step(
        name="sign review as trainee",
        label="Sign this review",
        moves={State.PLANNED: (State.SIGNED_BY_TRAINEE,), State.SIGNED_BY_OFFICER: (State.SIGNED_BY_BOTH,)},
        who=TRAINEE,
        check=acting.check_sign,
        act=acting.sign,
    ),
    Step(
        name="sign review as officer",
        label="Sign this review",
        moves={State.PLANNED: (State.SIGNED_BY_OFFICER,), State.SIGNED_BY_TRAINEE: (State.SIGNED_BY_BOTH,)},
        who=access.OFFICERS,
        check=acting.check_sign,
        act=acting.sign,
    ),
    Step(
        name="record review again",
        label="Make a new record",
        moves=dict.fromkeys((State.SIGNED_BY_TRAINEE, State.SIGNED_BY_OFFICER, State.SIGNED_BY_BOTH), (State.PLANNED,)),
        who=BOTH,
        needs_reason="Give the reason: it stands on the new record.",
        check=acting.check_plan,
        act=acting.again,
    ),
    Step(
        name="complete action",
        label="Mark as done",
        moves={state: (state,) for state in State if state != State.NOT_PLANNED},
        who=BOTH,
        act=acting.done,
    ),
    Step(
        name="reopen action",
        label="Not done after all",
        moves={state: (state,) for state in State if state != State.NOT_PLANNED},
        who=BOTH,
        act=acting.not_done,
    ),
]


class ReviewTable:
    """How the machine reads a review. Its state follows from the rows that the steps write: `write` has no work."""

    states = ReviewState
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: ReviewOf) -> int:
        return subject.portfolio.pk

    def reread(self, subject: ReviewOf, portfolio: Portfolio, step: Step) -> Sequence[ReviewOf]:
        return [ReviewOf.read(portfolio, subject.point.number)]

    def state(self, subject: ReviewOf) -> str:
        return subject.state

    def addressed(self, subject: ReviewOf) -> None:
        return None

    def write(self, subject: ReviewOf, state: str) -> None:
        """Nothing: the record and its signatures are the state."""

    def words(self, subject: ReviewOf) -> str:
        return "This review"


__all__ = [
    "Agree",
    "Notes",
    "Plan",
    "ReviewOf",
    "ReviewTable",
    "Which",
    "agreed",
    "as_signed",
    "notes_seen",
    "shown",
    "signature_digest",
]
