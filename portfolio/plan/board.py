"""What is planned when, what is not planned, and what was planned and has not happened. Pure functions.

An activity stands in one place of the plan: in a placement that has not ended, else in its month, else in the placement
that has ended. What is done is on no plan any more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from curriculum.structure import ModuleFacts
from portfolio.plan.months import first_of, words
from portfolio.record import Record
from portfolio.requirements import Place, Standing, places, slots, standing
from portfolio.requirements.place import NOT_REQUIRED
from portfolio.states import DONE, ActivityState, AssessmentState

Key = tuple[str, int]  # a module's code and an activity's number
UNPLANNED = (AssessmentState.OPEN, AssessmentState.NOT_YET)  # a slot whose attempt did not succeed wants another
NOT_SUBMITTED = (ActivityState.NOT_STARTED, ActivityState.DRAFT, ActivityState.RETURNED)


@dataclass(frozen=True)
class Stay:
    """A placement, both dates inclusive, as far as a plan tells of it. `activities` are those planned into it."""

    pid: str
    title: str
    starts_on: date
    ends_on: date
    module: str | None
    activities: tuple[Key, ...]


@dataclass(frozen=True)
class Dated:
    """An assessment that is planned, or with an assessor, for a day. `kind` is CBD, DOPS or OCE, `aid` its address."""

    module: str
    kind: str
    on: date
    asked: bool
    aid: str = ""


@dataclass(frozen=True)
class Entry:
    """An activity that is not done, and where the plan has it: in a month, in a placement, or nowhere."""

    module: ModuleFacts
    place: Place
    standing: Standing
    month: date | None = None
    stay: Stay | None = None
    late: bool = False

    @property
    def key(self) -> Key:
        return self.module.code, self.place.number

    @property
    def name(self) -> str:
        """S-C1 4"""
        return f"{self.module.code} {self.place.number}"

    @property
    def counts(self) -> bool:
        """Whether it is required, as far as that is known: what should be planned."""
        return self.place.required and self.standing in (Standing.REQUIRED, Standing.TO_BE_CHOSEN)

    @property
    def when(self) -> str:
        """March 2026; the placement's title; "" while it is not planned."""
        return self.stay.title if self.stay else words(self.month) if self.month else ""


@dataclass(frozen=True)
class OpenSlots:
    """Assessments of a module that are required and not planned: also a new attempt where one did not succeed."""

    module: ModuleFacts
    cbd: int
    observed: int

    @property
    def words(self) -> str:
        """1 CBD and 2 DOPS or OCE"""
        return " and ".join(
            f"{number} {kind}" for number, kind in ((self.cbd, "CBD"), (self.observed, "DOPS or OCE")) if number
        )


@dataclass(frozen=True)
class Board:
    """The whole plan, each part in programme order. `unplanned` is what is required, not submitted and nowhere."""

    entries: tuple[Entry, ...]
    slots: tuple[OpenSlots, ...]

    @property
    def unplanned(self) -> tuple[Entry, ...]:
        return tuple(one for one in self.entries if not one.when and one.counts and one.place.state in NOT_SUBMITTED)

    @property
    def late(self) -> tuple[Entry, ...]:
        return tuple(one for one in self.entries if one.late)

    @property
    def planned(self) -> tuple[Entry, ...]:
        return tuple(one for one in self.entries if one.when)

    def in_month(self, month: date) -> tuple[Entry, ...]:
        return tuple(one for one in self.entries if one.month == month and not one.stay)

    def in_stay(self, pid: str) -> tuple[Entry, ...]:
        return tuple(one for one in self.entries if one.stay and one.stay.pid == pid)

    @property
    def months(self) -> tuple[date, ...]:
        """The months that hold anything, in order."""
        return tuple(sorted({one.month for one in self.entries if one.month and not one.stay}))

    def find(self, key: Key) -> Entry | None:
        return next((one for one in self.entries if one.key == key), None)


def plan_board(record: Record, scheduled: Mapping[Key, date], stays: tuple[Stay, ...], *, today: date) -> Board:
    """`scheduled` holds the months of the activities that have one."""
    return Board(
        entries=tuple(
            one for module in record.structure.modules for one in _of(record, module, scheduled, stays, today)
        ),
        slots=tuple(_slots(record)),
    )


def _of(
    record: Record, module: ModuleFacts, scheduled: Mapping[Key, date], stays: tuple[Stay, ...], today: date
) -> Iterator[Entry]:
    where = standing(record, module)
    if where is Standing.NOT_TAKEN:
        return
    shown = {place.number: place for place in places(record, module)}
    asked = {number for code, number in scheduled if code == module.code}
    asked |= {number for stay in stays for code, number in stay.activities if code == module.code}
    for number in sorted(shown.keys() | asked):
        place = shown.get(number) or Place(number, "", "", False, NOT_REQUIRED, None)
        if place.state not in DONE:
            yield _entry(module, place, where, scheduled.get((module.code, number)), stays, today)


def _entry(
    module: ModuleFacts, place: Place, where: Standing, month: date | None, stays: tuple[Stay, ...], today: date
) -> Entry:
    here = [stay for stay in stays if (module.code, place.number) in stay.activities]
    ahead, ended = [one for one in here if one.ends_on >= today], [one for one in here if one.ends_on < today]
    stay = ahead[0] if ahead else ended[-1] if ended and not month else None
    past = stay.ends_on < today if stay else bool(month and month < first_of(today))
    late = past and place.state in NOT_SUBMITTED
    return Entry(module, place, where, None if stay else month, stay, late)


def _slots(record: Record) -> Iterator[OpenSlots]:
    for module in record.structure.modules:
        if standing(record, module) in (Standing.REQUIRED, Standing.TO_BE_CHOSEN) and not record.module(module).signed:
            cbd, observed = (sum(sort.states[state] for state in UNPLANNED) for sort in slots(record, module))
            if cbd or observed:
                yield OpenSlots(module, cbd, observed)
