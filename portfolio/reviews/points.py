"""The review points of one portfolio: what the rules file says, dated and held against what there is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from curriculum.structure import Structure
from portfolio.dates import Falls, falls_on
from portfolio.diary import Meeting
from portfolio.progress import portfolio_progress
from portfolio.record import Record, once
from portfolio.requirements.words import plural
from portfolio.reviews.conditions import Line, Seen, all_of, conditions
from portfolio.reviews.floors import Condition
from portfolio.states import Met

OVERALL_IS_OURS = (
    "The overall percentage counts required items signed off over all required items. That is this project’s choice: "
    "the School does not publish its formula."
)


@dataclass(frozen=True)
class Point:
    """A dated point. `number` counts from 1. `meeting` is the newest record of its meeting, if there is one.

    `key` is what its meetings are kept under, also after it got another name.
    """

    number: int
    key: str
    name: str
    falls: Falls
    opens: Falls | None
    meeting: Meeting | None
    asked: tuple[Condition, ...]
    seen: Seen = field(repr=False, compare=False)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Each condition with where it stands: not worked out for a point of which only the day is told."""
        return conditions(self.seen, self.asked)

    @property
    def beside_the_meeting(self) -> tuple[Line, ...]:
        """The conditions that stand before it: a meeting comes at its time."""
        pairs = zip(self.asked, self.lines, strict=True)
        return tuple(line for asked, line in pairs if "meeting" not in asked)

    @property
    def held(self) -> bool:
        """Whether both have signed a record of its meeting."""
        return self.seen.held

    @property
    def met(self) -> Met:
        return all_of(self.lines)

    @property
    def conditions_words(self) -> str:
        """How many of its conditions are met: 1 of 3 conditions met, 1 not known yet."""
        unknown = sum(line.met is Met.UNKNOWN for line in self.lines)
        met, number = sum(line.met is Met.MET for line in self.lines), len(self.lines)
        said = f"{met} of {number} {plural(number, 'condition')} met"
        return f"{said}, {unknown} not known yet" if unknown else said

    @property
    def day(self) -> date | None:
        """None while leave without an end hides it."""
        return self.falls.day


def said_points(structure: Structure) -> list[Mapping[str, Any]]:
    """What the rules file says; nothing where the curriculum has no rules."""
    return (structure.rules or {}).get("review_points", [])


def key_of(said: Mapping[str, Any]) -> str:
    """The key of a point in the rules: its name, unless they say another."""
    key: str = said.get("key") or said["name"]
    return key


def called(structure: Structure) -> dict[str, tuple[int, str]]:
    """The number and the name that each point has today, by its key."""
    return {key_of(said): (number, said["name"]) for number, said in enumerate(said_points(structure), start=1)}


@once
def review_points(record: Record) -> tuple[Point, ...]:
    """All of them, in the order of the rules."""
    whole = portfolio_progress(record)

    def point(number: int, said: Mapping[str, Any]) -> Point:
        meetings = sorted((one for one in record.meetings if one.point == key_of(said)), key=lambda one: one.number)
        signed = [one for one in meetings if one.held_on]
        newest = meetings[-1] if meetings else None
        opens = falls(record, said["window_opens"]) if said.get("window_opens") else None
        seen = Seen(record, whole, signed[-1] if signed else newest, bool(signed), opens.day if opens else None)
        return Point(
            number=number,
            key=key_of(said),
            name=said["name"],
            falls=falls(record, said["due"]),
            opens=opens,
            meeting=newest,
            asked=tuple(said["requires"]),
            seen=seen,
        )

    return tuple(point(number, said) for number, said in enumerate(said_points(record.structure), start=1))


def falls(record: Record, due: Mapping[str, int]) -> Falls:
    """`{year: n, month, day}` is that day in the calendar year cohort year + n."""
    return falls_on(record.time, date(record.cohort_year + due["year"], due["month"], due["day"]))


def overdue_point(points: tuple[Point, ...], today: date) -> Point | None:
    """The last whose day is past, until both have signed its meeting: what a later review holds is not asked again.

    None in a closed portfolio, where nobody signs any more.
    """
    if points and points[0].seen.record.closed:
        return None
    past = [at for at, point in enumerate(points) if point.day and point.day < today]
    if not past or any(point.held for point in points[past[-1] :]):
        return None
    return points[past[-1]]


def is_overdue(point: Point, today: date) -> bool:
    """Whether it is the one that is."""
    found = overdue_point(review_points(point.seen.record), today)
    return found is not None and found.number == point.number


def coming_point(points: tuple[Point, ...], today: date) -> Point | None:
    """The first that is still to come, whether or not it is met."""
    return next((point for point in points if point.day is None or point.day >= today), None)


def next_point(points: tuple[Point, ...], today: date) -> Point | None:
    """The one that is overdue; else the first still to come; after the last day the last that is not met."""
    unmet = (point for point in reversed(points) if point.met is not Met.MET)
    return overdue_point(points, today) or coming_point(points, today) or next(unmet, None)
