"""The actions of goals that are due soon, as steps of "Next"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from portfolio.progress.next import Step
from portfolio.progress.words import ago, days
from portfolio.requirements import At
from portfolio.requirements.words import day

SOON = timedelta(days=14)
DO = "Do"


@dataclass(frozen=True)
class DueAction:
    """An action of an open goal that is not done."""

    what: str
    goal: str
    gid: str
    due_on: date


def actions_due(actions: Iterable[DueAction], *, today: date) -> tuple[Step, ...]:
    """Those that are overdue or due within `SOON`, the earliest first."""
    due = sorted((one for one in actions if one.due_on <= today + SOON), key=lambda one: one.due_on)
    return tuple(
        Step("calendar", one.what, At("goal", gid=one.gid), _why(one, today), DO, one.due_on, one.due_on < today)
        for one in due
    )


def _why(one: DueAction, today: date) -> str:
    if one.due_on < today:
        when = f"Was due {ago(one.due_on, today)}, on {day(one.due_on)}"
    elif one.due_on == today:
        when = "Due today"
    else:
        when = f"Due in {days((one.due_on - today).days)}, on {day(one.due_on)}"
    return f"{when}. Goal: {one.goal}"
