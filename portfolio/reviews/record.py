"""The figures of the day of a review meeting, as they are frozen with it."""

from datetime import date
from typing import Any

from portfolio.progress import portfolio_progress
from portfolio.record import Record
from portfolio.reviews.conditions import Line
from portfolio.reviews.pace import pace
from portfolio.reviews.points import Point


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
