"""On which day each item was done: for the line of the pace chart, and for the recent rate. One truth for both.

There are exactly as many as progress counts as done; a test holds the two equal for any record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from portfolio.progress import ModuleProgress, Progress
from portfolio.record import ActivityRecord
from portfolio.requirements import Standing, slots
from portfolio.states import DONE


@dataclass(frozen=True)
class DoneItem:
    """`day` is None where no row says it, which only a record that was read without dates has."""

    day: date | None
    elsewhere: bool = False


def done_items(whole: Progress) -> tuple[DoneItem, ...]:
    """The items that progress counts as done, in programme order."""
    return tuple(item for one in whole.counted if one.standing is Standing.REQUIRED for item in _of_module(one))


def _of_module(one: ModuleProgress) -> Iterator[DoneItem]:
    """What a module adds. In one that is signed off everything is done: on the day of that, where no other is known."""
    signed = one.record.module(one.module).signed
    at_the_latest = timezone.localdate(signed.at) if signed and signed.at else None
    yield from _activities(one, at_the_latest)
    yield from _assessments(one, at_the_latest)
    if one.result.done:
        result = one.record.module(one.module).result
        yield DoneItem(result.on if result and result.passed else at_the_latest)


def _activities(one: ModuleProgress, at_the_latest: date | None) -> Iterator[DoneItem]:
    rows = one.record.module(one.module).activities
    for number in one.needs.activities or ():
        row = rows.get(number)
        if row and row.state in DONE:
            yield _signed(row, at_the_latest)
        elif one.signed_off:
            yield DoneItem(at_the_latest)


def _signed(row: ActivityRecord, at_the_latest: date | None) -> DoneItem:
    if row.elsewhere:
        return DoneItem(row.elsewhere.on, elsewhere=True)
    return DoneItem(timezone.localdate(row.signed_at) if row.signed_at else at_the_latest)


def _assessments(one: ModuleProgress, at_the_latest: date | None) -> Iterator[DoneItem]:
    """The first that were satisfactory fill the slots; what comes beyond them counts nothing."""
    known = one.record.module(one.module).done.days
    for sort in slots(one.record, one.module):
        if sort.needed is None:
            continue
        days = sorted((on, elsewhere) for kind, on, elsewhere in known if kind in sort.kinds)
        for at in range(sort.filled):
            yield DoneItem(*days[at]) if at < len(days) else DoneItem(at_the_latest)
