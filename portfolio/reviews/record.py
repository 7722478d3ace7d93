"""What a review meeting has before it: what changed since the last one, and the figures of the day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from portfolio.progress import portfolio_progress
from portfolio.record import ActivityRecord, Record
from portfolio.requirements.words import day, plural, spans
from portfolio.reviews.conditions import Line
from portfolio.reviews.pace import pace
from portfolio.reviews.points import Point
from portfolio.states import ActivityState


@dataclass(frozen=True)
class Matter:
    """One line of the agenda. `shape` names a shape of the sprite."""

    shape: str
    words: str
    note: str = ""


def last_meeting(record: Record) -> date | None:
    """The day on which the last review was signed by both; None where there was none yet."""
    return max((one.held_on for one in record.meetings if one.held_on), default=None)


def agenda(record: Record, *, today: date) -> tuple[Matter, ...]:
    """What changed since the last review, else since the start: sign-offs, returned items, modules, open actions."""
    since = last_meeting(record) or record.starts_on or date.min
    return tuple(_matters(record, since, today))


def _matters(record: Record, since: date, today: date) -> Iterator[Matter]:
    signed = _by_module(record, lambda row: row.signed_at is not None and timezone.localdate(row.signed_at) >= since)
    if number := sum(map(len, signed.values())):
        yield Matter("done", f"{number} {_activities(number)} signed off since {day(since)}", _named(signed))
    for module in record.structure.modules:
        made = record.module(module).signed
        if made and made.at and timezone.localdate(made.at) >= since:
            yield Matter("module", f"{module.code} signed off", f"By {made.by} on {day(made.at)}.")
    back = _by_module(record, lambda row: row.state is ActivityState.RETURNED)
    if number := sum(map(len, back.values())):
        yield Matter("returned", f"{number} returned {plural(number, 'item')} to revise", _named(back))
    waiting = _by_module(record, lambda row: row.state is ActivityState.IN_REVIEW)
    if number := sum(map(len, waiting.values())):
        yield Matter("review", f"{number} {plural(number, 'item')} in review", _named(waiting))
    actions = record.open_actions
    if actions:
        late = sum(action.by_when < today for _, action in actions)
        note = f"{late} past the agreed day." if late else f"The next is due on {day(actions[0][1].by_when)}."
        yield Matter("calendar", f"{len(actions)} open {plural(len(actions), 'action')}", note)


def _by_module(record: Record, wanted: Callable[[ActivityRecord], bool]) -> dict[str, list[int]]:
    """The numbers of the activities that are wanted, by module code, in programme order."""
    rows = {
        module.code: [number for number, row in sorted(record.module(module).activities.items()) if wanted(row)]
        for module in record.structure.modules
    }
    return {code: numbers for code, numbers in rows.items() if numbers}


def _named(rows: dict[str, list[int]]) -> str:
    """S-C1 4 and 7; S-C2 1 to 3."""
    return "; ".join(f"{code} {spans(numbers)}" for code, numbers in rows.items()) + "."


def _activities(number: int) -> str:
    return "activity" if number == 1 else "activities"


def figures(record: Record, point: Point, *, today: date) -> dict[str, Any]:
    """The numbers of the day, as plain text and whole numbers: what both sign, and what is shown of it later."""
    whole, now = portfolio_progress(record), pace(record, today=today)
    return {
        "day": today.isoformat(),
        "due": point.day.isoformat() if point.day else None,
        "how": point.falls.how,
        "met": point.met.value,
        "credits": whole.credits_words,
        "items": whole.items.words,
        "work": whole.work_words,
        "pace": f"{now.words}. {now.note}",
        "conditions": [frozen(line) for line in point.lines],
    }


def frozen(line: Line) -> dict[str, Any]:
    """A condition as it is kept, its branches with it."""
    kept: dict[str, Any] = {"met": line.met.value, "title": line.title, "note": line.note}
    if line.branches:
        kept["branches"] = [
            {
                "title": branch.title,
                "met": branch.met.value,
                "lines": [frozen(one) for one in branch.lines],
                "to_go": branch.to_go,
            }
            for branch in line.branches
        ]
    return kept
