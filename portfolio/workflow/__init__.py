"""The legal steps, one table each, and the one function that takes them.

    perform("sign off", activity, by=assessor, seen=digest, reason=feedback)

takes a step of a subject's table or raises a Refused. `perform_all` takes several or none; `available` lists the steps
that somebody may take now.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from accounts.models import User
from portfolio.models import Activity, Placement, Portfolio
from portfolio.states import Part
from portfolio.workflow.activities import ActivityTable, LinkTo, Redirect, Submit
from portfolio.workflow.machine import Ask, Incomplete, Move, NotAllowed, Refused, Step, Table, TooLate, run
from portfolio.workflow.machine import available as _available
from portfolio.workflow.modules import Confirm, ModuleOf, ModuleTable
from portfolio.workflow.placements import EndOn, PlacementTable, Plan, PlanActivities, Reflect
from portfolio.workflow.portfolios import PortfolioTable

TABLES: dict[type, Table] = {
    Activity: ActivityTable(),
    ModuleOf: ModuleTable(),
    Portfolio: PortfolioTable(),
    Placement: PlacementTable(),
}


def perform(
    action: str,
    subject: Any,
    *,
    by: User,
    reason: str = "",
    seen: str | None = None,
    given: Any = None,
) -> Move:
    """Take one step. `subject` is one, or a sequence of one kind that moves together (the items of a submission)."""
    subjects = subject if isinstance(subject, Sequence) else [subject]
    return perform_all([Ask(action, subjects, reason, seen, given)], by=by)[0]


def perform_all(asks: Iterable[Ask], *, by: User) -> list[Move]:
    """Take several steps of one kind of subject in one transaction: all or none."""
    asks = list(asks)
    return run(TABLES[type(asks[0].subjects[0])], asks, by=by)


def available(subject: Any, portfolio: Portfolio, *, by: User, parts: frozenset[Part] | None = None) -> dict[str, Step]:
    """The steps that somebody may take with this subject now, by name."""
    return {step.name: step for step in _available(TABLES[type(subject)], subject, portfolio, by=by, parts=parts)}


__all__ = [
    "Ask",
    "Confirm",
    "EndOn",
    "Incomplete",
    "LinkTo",
    "ModuleOf",
    "Move",
    "NotAllowed",
    "Plan",
    "PlanActivities",
    "Redirect",
    "Reflect",
    "Refused",
    "Step",
    "Submit",
    "TooLate",
    "available",
    "perform",
    "perform_all",
]
