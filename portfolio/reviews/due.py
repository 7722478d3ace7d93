"""The meetings of reviews as steps of "Next": one to plan, one that has been held and is not signed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from portfolio.progress import Step
from portfolio.progress.next import MEETING
from portfolio.record import Record
from portfolio.requirements import At
from portfolio.requirements.words import day
from portfolio.reviews.points import Point, review_points
from portfolio.states import Met, Side

SOON = timedelta(days=60)  # before its day, a review that asks for a meeting and no more is planned


@dataclass(frozen=True)
class ReviewsDue:
    """What is the trainee's turn, and what waits for the officer or for the day of the meeting."""

    mine: tuple[Step, ...] = ()
    others: tuple[Step, ...] = ()


def reviews_due(record: Record, *, today: date) -> ReviewsDue:
    """Of the points whose meeting is still to be signed by both. The record was read with `reviews`."""
    if record.closed:
        return ReviewsDue()
    steps = [step for point in open_points(review_points(record), today) for step in _steps(record, point, today)]
    return ReviewsDue(
        mine=tuple(step for side, step in steps if side is Side.TRAINEE),
        others=tuple(step for side, step in steps if side is Side.OFFICER),
    )


def open_points(points: tuple[Point, ...], today: date) -> tuple[Point, ...]:
    """Those whose meeting both have still to sign: what is begun, and what comes next.

    What a later review holds need not be held again: of those whose day is past the last alone is asked for, and none
    before one that is held.
    """
    held = max((at for at, point in enumerate(points) if point.held), default=-1)
    past = max((at for at, point in enumerate(points) if point.day and point.day < today), default=0)
    begun = [point.meeting is not None and point.meeting.held_on is None for point in points]
    return tuple(point for at, point in enumerate(points) if begun[at] or (at > held and at >= past))


def _steps(record: Record, point: Point, today: date) -> Iterator[tuple[Side, Step]]:
    """One at most, with whose turn it is: signing what was held comes before the conditions, planning after them."""
    at, meeting = At("review_point", number=point.number), point.meeting
    if meeting and meeting.planned_on <= today:
        why = f"The meeting was planned for {day(meeting.planned_on)}."
        if Side.TRAINEE not in meeting.signed:
            yield Side.TRAINEE, Step("calendar", f"Sign the review “{point.name}”", at, why, MEETING)
        else:
            who = f"By {record.officer}, the training officer" if record.officer else "By the training officer"
            yield Side.OFFICER, Step("calendar", f"Sign the review “{point.name}”", at, f"{who}. {why}", MEETING)
    elif meeting:
        words, why = f"Meet for the review “{point.name}”", f"Planned for {day(meeting.planned_on)}."
        yield Side.OFFICER, Step("calendar", words, at, why, MEETING)
    elif _may_be_held(point, today):
        why = "Its conditions are met." if point.beside_the_meeting else f"Due on {point.falls.words}."
        yield (
            Side.TRAINEE,
            Step("calendar", f"Plan the meeting “{point.name}”", at, f"{why} No day is agreed.", MEETING),
        )


def _may_be_held(point: Point, today: date) -> bool:
    """Its conditions are met but for the meeting, and it has opened; one without others, from shortly
    before its day."""
    if point.opens and (point.opens.day is None or point.opens.day > today):
        return False
    if not point.beside_the_meeting:
        return point.day is not None and point.day - SOON <= today
    return all(line.met is Met.MET for line in point.beside_the_meeting)
