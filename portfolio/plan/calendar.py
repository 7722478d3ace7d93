"""What a calendar is told of a plan, and the file that says it (RFC 5545).

Days alone, no times: nobody is busy because of it. It holds codes, the curriculum's titles, the names of review points
and the titles of placements; nothing that the trainee wrote of an activity, and of leave nothing at all.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import icalendar

from portfolio.plan.board import Board, Dated, Entry, Stay
from portfolio.plan.months import words
from portfolio.plan.reading import Plan
from portfolio.requirements.words import spans
from portfolio.reviews import Point

PRODUCT = "-//STP Portfolio//Plan//EN"
NAME = "STP plan"
HOURS = 12  # after which a calendar may ask again


@dataclass(frozen=True)
class Event:
    """A day in the calendar. `what` tells it from every other of this portfolio, and stays when the day moves."""

    what: str
    day: date
    title: str
    about: str = ""


def events(plan: Plan) -> tuple[Event, ...]:
    """All that the plan knows a day of, in order of time."""
    activities = map(_activity, _in_months(plan.board))
    found = [*_reviews(plan.points), *_placements(plan.stays, plan.board), *activities, *map(_assessment, plan.dated)]
    return tuple(sorted(found, key=lambda one: (one.day, one.what)))


def _reviews(points: tuple[Point, ...]) -> Iterator[Event]:
    """The day on which a review opens, the day by which it is due, and its meeting while that is to come."""
    for point in points:
        if point.opens and point.opens.day:
            yield Event(f"opens/{point.key}", point.opens.day, f"{point.name}: opens today")
        if point.day:
            yield Event(f"due/{point.key}", point.day, f"{point.name}: due")
        if point.meeting and not point.meeting.held_on:
            yield Event(f"meeting/{point.key}", point.meeting.planned_on, f"{point.name}: meeting")


def _placements(stays: tuple[Stay, ...], board: Board) -> Iterator[Event]:
    """The first day and the last, each with what is planned there and not done."""
    for stay in stays:
        title = f"{stay.module} {stay.title}" if stay.module else stay.title
        about = _codes(board.in_stay(stay.pid))
        yield Event(f"begins/{stay.pid}", stay.starts_on, f"Placement begins: {title}", about)
        yield Event(f"ends/{stay.pid}", stay.ends_on, f"Placement ends: {title}", about)


def _codes(entries: tuple[Entry, ...]) -> str:
    """Planned here: S-C1 4 and 7; R1 1."""
    codes = dict.fromkeys(one.module.code for one in entries)
    numbers = {code: [one.place.number for one in entries if one.module.code == code] for code in codes}
    return "Planned here: " + "; ".join(f"{code} {spans(each)}" for code, each in numbers.items()) if codes else ""


def _assessment(planned: Dated) -> Event:
    """Its kind and its module: what is observed, and where, is what its trainee wrote."""
    about = "With an assessor" if planned.asked else "Planned: nobody is asked yet"
    return Event(f"assessment/{planned.aid}", planned.on, f"{planned.module} {planned.kind.upper()}", about)


def _in_months(board: Board) -> Iterator[tuple[Entry, date]]:
    yield from ((one, one.month) for one in board.entries if one.month and not one.stay)


def _activity(planned: tuple[Entry, date]) -> Event:
    """On the first day of its month: a whole month for each would bury everything else."""
    entry, month = planned
    known = entry.module.activity(entry.place.number)
    title = f"{entry.name} {known.title}" if known else entry.name
    return Event(f"activity/{entry.module.code}/{entry.place.number}", month, title, f"Planned for {words(month)}")


def uid(ref: str, what: str) -> str:
    """Known in no other portfolio, the same whenever the calendar asks, and no way to the portfolio."""
    return f"{hashlib.sha256(f'{ref}/{what}'.encode()).hexdigest()[:40]}@stp-portfolio"


def calendar(ref: str, told: tuple[Event, ...], *, now: datetime) -> bytes:
    """The file, in UTF-8, its lines folded and its texts escaped."""
    file = icalendar.Calendar()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", NAME)
    file.add("refresh-interval", timedelta(hours=HOURS), parameters={"value": "DURATION"})
    file.add("x-published-ttl", timedelta(hours=HOURS))
    for one in told:
        event = icalendar.Event()
        event.add("uid", uid(ref, one.what))
        event.add("dtstamp", now)
        event.add("dtstart", one.day)
        event.add("dtend", one.day + timedelta(days=1))
        event.add("summary", one.title)
        if one.about:
            event.add("description", one.about)
        event.add("transp", "TRANSPARENT")
        file.add_component(event)
    return file.to_ical()
