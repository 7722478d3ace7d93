"""Months as their first days: what an activity is planned into."""

from collections.abc import Iterator
from datetime import date

from portfolio.reviews import Point

SPARE = 12  # months from today that can always be planned, however late the programme has become


def first_of(day: date) -> date:
    return day.replace(day=1)


def later(month: date, by: int = 1) -> date:
    """The month so many months later."""
    years, index = divmod(month.month - 1 + by, 12)
    return date(month.year + years, index + 1, 1)


def months(first: date, last: date) -> Iterator[date]:
    """From the month of one day to that of the other, both included."""
    month = first_of(first)
    while month <= last:
        yield month
        month = later(month)


def words(month: date) -> str:
    """March 2026"""
    return f"{month:%B %Y}"


def ends(points: tuple[Point, ...], started: date) -> date:
    """The last day of the programme as far as it is known: that of the last review point, else three years."""
    known = [point.day or point.falls.nominal for point in points]
    return max(known, default=later(first_of(started), 36))


def offered(points: tuple[Point, ...], started: date, today: date) -> tuple[date, ...]:
    """The months that can be planned: from this one, or the first, to the end; and always a year from now."""
    first = max(first_of(today), first_of(started))
    return tuple(months(first, max(ends(points, started), later(first_of(today), SPARE - 1))))
