"""On which day a date of the programme falls for one trainee, and how that came about, in words."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from portfolio.dates.time import FULL, TrainingTime


@dataclass(frozen=True)
class Falls:
    """`day` is None while nobody can know it; `nominal` is the day for somebody full time who is never away.

    `how` says how it came about, and `because` alone what moved it, where anything did.
    """

    day: date | None
    nominal: date
    how: str
    because: str = ""

    @property
    def moved(self) -> int | None:
        """By how many days leave and working hours move it; None while nobody can know."""
        return None if self.day is None else (self.day - self.nominal).days

    @property
    def words(self) -> str:
        return said(self.day) if self.day else "Not known while leave has no end"


@lru_cache(maxsize=4096)
def falls_on(time: TrainingTime, nominal: date) -> Falls:
    """The trainee's own day for what is due on `nominal` for somebody full time without leave.

    A day before the training began has nothing that could move it.
    """
    offset = (nominal - time.starts_on).days
    day = nominal if offset <= 0 else time.first_day_with(offset * FULL)
    because = _because(time, day, nominal) if day and day != nominal else ""
    return Falls(day, nominal, _how(time, day, nominal, because), because)


def after_months(time: TrainingTime, months: int) -> Falls:
    """The trainee's own day for the end of this many months of training: of a short month its last day."""
    years, month = divmod(time.starts_on.month - 1 + months, 12)
    year = time.starts_on.year + years
    last = monthrange(year, month + 1)[1]
    return falls_on(time, date(year, month + 1, min(time.starts_on.day, last)))


def _how(time: TrainingTime, day: date | None, nominal: date, because: str) -> str:
    """30 September 2024 for somebody full time; moved by 184 days of leave."""
    full_time = f"{said(nominal)} for somebody full time"
    if day is None:
        return f"{full_time}. {_no_end(time)}"
    if day == nominal:
        return f"{full_time}, and nothing moves it."
    return f"{full_time}; moved by {because}."


def _because(time: TrainingTime, day: date, nominal: date) -> str:
    """184 days of leave and 12 days of part-time working."""
    away = time.days_away(day)
    part_time = (day - nominal).days - away
    moved = [_days(away) + " of leave"] if away else []
    moved += [_days(part_time) + " of part-time working"] if part_time else []
    return " and ".join(moved)


def _no_end(time: TrainingTime) -> str:
    """Which leave it is that nobody can see beyond."""
    open_ended = [leave for leave in time.leave if leave.ends_on is None]
    if not open_ended:
        return "It lies beyond the calendar."
    began = min(leave.starts_on for leave in open_ended)
    return f"The date cannot be known while the leave from {said(began)} has no end."


@lru_cache(maxsize=4096)
def said(day: date) -> str:
    """30 September 2024"""
    return f"{day.day} {day:%B %Y}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
