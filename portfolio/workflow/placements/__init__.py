"""The steps of a placement: planned by the trainee, confirmed by the officer, closed with a reflection.

With the confirmation its supervisor gets their role: for its dates and its modules. Whatever of these the trainee
changes afterwards makes it planned again, and ends the role at once; the officer confirms it anew.
"""

from collections.abc import Sequence

from portfolio import access
from portfolio.models import Placement, Portfolio
from portfolio.states import Part
from portfolio.states import PlacementState as State
from portfolio.workflow.machine import DERIVED, Step, TooLate
from portfolio.workflow.placements.confirming import (
    EndOn,
    after_extend,
    check_confirm,
    check_end,
    check_extend,
    confirm,
    end,
    extend,
)
from portfolio.workflow.placements.planning import (
    ENDED,
    GIVEN,
    PlanActivities,
    PlanPlacement,
    after_plan,
    check_activities,
    check_plan,
    check_remove,
    plan,
    plan_activities,
    remove,
)
from portfolio.workflow.placements.reflecting import Reflect, after_close, check_close, close

__all__ = ["ENDED", "GIVEN", "STEPS", "EndOn", "PlacementTable", "PlanActivities", "PlanPlacement", "Reflect"]

TRAINEE = frozenset({Part.TRAINEE})

STEPS = [
    Step(
        name="plan placement",
        label="Save",
        moves={State.PLANNED: (State.PLANNED,), State.CONFIRMED: (State.CONFIRMED, State.PLANNED)},
        which=after_plan,
        who=TRAINEE,
        check=check_plan,
        act=plan,
    ),
    Step(
        name="plan activities",
        label="Save",
        moves={state: (state,) for state in State},
        who=TRAINEE,
        check=check_activities,
        act=plan_activities,
    ),
    Step(
        name="confirm placement",
        label="Confirm this placement",
        moves={State.PLANNED: (State.CONFIRMED,)},
        who=access.OFFICERS,
        check=check_confirm,
        act=confirm,
    ),
    Step(
        name="end placement",
        label="End it earlier",
        moves={State.CONFIRMED: (State.CONFIRMED,), State.CLOSED: (State.CLOSED,)},
        who=access.OFFICERS,
        check=check_end,
        act=end,
    ),
    Step(
        name="extend placement",
        label="Extend it",
        moves={State.CONFIRMED: (State.CONFIRMED,), State.CLOSED: (State.CLOSED, State.CONFIRMED)},
        which=after_extend,
        who=access.OFFICERS,
        check=check_extend,
        act=extend,
    ),
    Step(
        name="close placement",
        label="Save the reflection",
        moves={State.CONFIRMED: (State.CONFIRMED, State.CLOSED), State.CLOSED: (State.CLOSED,)},
        which=after_close,
        who=TRAINEE,
        check=check_close,
        act=close,
    ),
    Step(
        name="remove placement",
        label="Remove this placement",
        moves={State.PLANNED: (DERIVED,)},
        who=TRAINEE,
        check=check_remove,
        act=remove,
    ),
]


class PlacementTable:
    """How the machine reads and writes a placement. One that is not saved yet is planned."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: Placement) -> int:
        return subject.portfolio_id

    def reread(self, subject: Placement, portfolio: Portfolio, step: Step) -> Sequence[Placement]:
        """The row as it is now; with the portfolio that is locked, so that all speak of one."""
        if subject._state.adding:
            subject.portfolio = portfolio
            return [subject]
        rows = Placement.objects.select_related("module", "supervisor", "role__user")
        row = rows.filter(pk=subject.pk, portfolio=portfolio).first()
        if row is None:
            raise TooLate("This placement was removed. Nothing was done.")
        row.portfolio = portfolio
        return [row]

    def state(self, subject: Placement) -> str:
        return subject.state

    def addressed(self, subject: Placement) -> None:
        return None

    def write(self, subject: Placement, state: str) -> None:
        """With what the effect has set: state and confirmation change together. Removed is removed."""
        if state != DERIVED:
            subject.state = state
            subject.save()

    def words(self, subject: Placement) -> str:
        return f"“{subject.title}”"
