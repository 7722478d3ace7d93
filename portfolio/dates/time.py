"""How much training time passes: a whole-time equivalent by period, and interruptions.

Time is counted in hundredths of a full day, so that 0.6 is 60 and nothing is ever rounded. The work is bounded by the
number of periods: a stretch of days that all count the same is one step, however long it is.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

FULL = 100  # hundredths: a day of somebody full time


@dataclass(frozen=True)
class Hours:
    """The whole-time equivalent from a day on, in hundredths: 60 is three days of five. `recorded`: said then."""

    starts_on: date
    hundredths: int
    recorded: date | None = None


@dataclass(frozen=True)
class Leave:
    """Time out, from its first day to its last, both included. None: it has no end yet. `recorded`: said then."""

    starts_on: date
    ends_on: date | None
    recorded: date | None = None


@dataclass(frozen=True)
class Stretch:
    """Days that all count the same, from `start` up to but not with `end`; None: for ever."""

    start: date
    end: date | None
    hundredths: int


@dataclass(frozen=True)
class TrainingTime:
    """When somebody began, how they work and when they are away. Full time until `hours` says otherwise.

    Of two periods of leave that overlap, each of their days is away once.
    """

    starts_on: date
    hours: tuple[Hours, ...] = ()
    leave: tuple[Leave, ...] = ()

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """From the first day of training on, in order, without a gap. The last has no end."""
        edges = {each.starts_on for each in self.hours} | {each.starts_on for each in self.leave}
        edges |= {_after(each.ends_on) for each in self.leave if each.ends_on}
        days = [self.starts_on, *sorted(day for day in edges if day > self.starts_on)]
        ends = [*days[1:], None]
        return tuple(Stretch(start, end, self.counts(start)) for start, end in zip(days, ends, strict=True))

    def counts(self, day: date) -> int:
        """What this day counts, in hundredths: nothing while away."""
        if self.away(day):
            return 0
        begun = [each for each in self.hours if each.starts_on <= day]
        return max(begun, key=lambda each: each.starts_on).hundredths if begun else FULL

    def away(self, day: date) -> Leave | None:
        """The leave that this day is in, if it is in one."""
        held = (each for each in self.leave if each.starts_on <= day and (each.ends_on is None or day <= each.ends_on))
        return next(held, None)

    def passed(self, day: date) -> int:
        """The training time before this day, in hundredths of a full day."""
        return sum(stretch.hundredths * _length(stretch, day) for stretch in self.stretches)

    def days_away(self, day: date) -> int:
        """How many days before this day were leave, since the training began."""
        away = (stretch for stretch in self.stretches if not stretch.hundredths)
        return sum(_length(stretch, day) for stretch in away)

    def first_day_with(self, wanted: int) -> date | None:
        """The first day before which that much training time has passed. None: never, for a leave has no end."""
        for stretch in self.stretches:
            if wanted <= 0:
                return stretch.start
            if not stretch.hundredths:
                continue
            needed = -(-wanted // stretch.hundredths)
            if stretch.end is None or needed <= (stretch.end - stretch.start).days:
                return _later(stretch.start, needed)
            wanted -= stretch.hundredths * (stretch.end - stretch.start).days
        return None


def _length(stretch: Stretch, day: date) -> int:
    """How many of its days are before this day."""
    end = day if stretch.end is None else min(day, stretch.end)
    return max((end - stretch.start).days, 0)


def _after(day: date) -> date:
    return _later(day, 1) or date.max


def _later(day: date, days: int) -> date | None:
    """None beyond the last day that there is."""
    return day + timedelta(days=days) if days <= (date.max - day).days else None
