"""Review points as pages show them: words, shapes and the rows of components."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from portfolio.models import Portfolio
from portfolio.record import Record
from portfolio.reviews import Branch, Line, Point, coming_point, is_overdue, next_point, review_points
from portfolio.reviews.record import frozen
from portfolio.shapes import MET_SHAPES
from portfolio.states import Met
from portfolio.views.links import page_of

LATE = "Not signed by both yet."
TICKS: dict[str, bool | None] = {Met.MET: True, Met.NOT_MET: False, Met.UNKNOWN: None}


def point_row(portfolio: Portfolio, point: Point, today: date) -> dict[str, Any]:
    """One point of the list."""
    return {
        "point": point,
        "id": f"point-{point.number}",
        "title": f"{point.number}. {point.name}",
        "href": _href(portfolio, point),
        "shape": MET_SHAPES[point.met],
        "word": point.met.label,
        "conditions": conditions(map(frozen, point.lines)),
        "facts": facts(point, today),
        "overall": says_overall(point.lines),
    }


def in_short(portfolio: Portfolio, point: Point, today: date) -> dict[str, Any]:
    """One point where there is little room: its conditions by their titles, and of an either/or what each way needs."""
    shown = conditions(map(frozen, point.lines))
    return {
        "title": f"{point.number}. {point.name}",
        "href": _href(portfolio, point),
        "shape": MET_SHAPES[point.met],
        "word": point.met.label,
        "note": f"{_due_and_moved(point, today)}. {point.conditions_words}.",
        "late": LATE if is_overdue(point, today) else "",
        "lines": [
            one | {"ways": [_way(*each) for each in zip(line.branches, one["options"], strict=True)]}
            for line, one in zip(point.lines, shown, strict=True)
        ],
    }


def _way(branch: Branch, option: Mapping[str, Any]) -> dict[str, Any]:
    asked = [line.title for line in branch.lines]
    return {"met": TICKS[branch.met], "text": f"{' and '.join(asked)}: {option['near'].lower()}"}


def facts(point: Point, today: date) -> list[dict[str, str]]:
    """The day, how it came about, and when it is meant to open, as components/facts.html takes them."""
    late = is_overdue(point, today)
    due = f"{point.falls.words}{_from_now(point.day, today)}{f'. {LATE}' if late else ''}"
    rows = [("Due", due), ("How this date came about", point.falls.how)]
    if point.opens:
        rows += [("The review opens on", point.opens.words), ("How that day came about", point.opens.how)]
    return [{"key": key, "value": value} for key, value in rows]


def _due(point: Point, today: date) -> str:
    """Due 30 September 2026, in 20 days; Was due 30 September 2026, 20 days ago"""
    if point.day is None:
        return point.falls.words
    was = "Was due" if point.day < today else "Due"
    return f"{was} {point.falls.words}{_from_now(point.day, today)}"


def _due_and_moved(point: Point, today: date) -> str:
    """Due 2 April 2025, in 90 days, moved by 184 days of leave: where how the date came about does not stand beside."""
    moved = f", moved by {point.falls.because}" if point.falls.because else ""
    return f"{_due(point, today)}{moved}"


def _from_now(on: date | None, today: date) -> str:
    if on is None:
        return ""
    days = (on - today).days
    if not days:
        return ", today"
    number = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    return f", in {number}" if days > 0 else f", {number} ago"


def conditions(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Conditions, of today or as they were frozen, as components/conditions.html takes them."""
    return [
        {
            "met": TICKS[line["met"]],
            "title": line["title"],
            "note": line["note"],
            "options": [_option(one) for one in line.get("branches", ())],
        }
        for line in lines
    ]


def _option(branch: Mapping[str, Any]) -> dict[str, Any]:
    to_go = branch["to_go"]
    items = "1 item" if to_go == 1 else f"{to_go} items"
    near = Met(branch["met"]).label if branch["met"] != Met.NOT_MET or not to_go else f"{items} to go"
    return {
        "title": branch["title"],
        "lines": [
            {"met": TICKS[one["met"]], "text": f"{one['title']}. {one['note']}".strip()} for one in branch["lines"]
        ],
        "near": near,
    }


def says_overall(lines: Iterable[Line]) -> bool:
    """Whether the overall percentage is asked for: then the page says whose count it is."""
    titles = [one.title for line in lines for one in (line, *(each for way in line.branches for each in way.lines))]
    return any("of all required items" in title for title in titles)


def next_review(portfolio: Portfolio, record: Record, today: date) -> dict[str, Any] | None:
    """The next review point in one line: its name, its day, and whether it is met. None where there is none.

    One that is overdue is said first, with what is to be done, and `then` is the one to come.
    """
    points = review_points(record)
    point, coming = next_point(points, today), coming_point(points, today)
    if point is None:
        return None
    late = is_overdue(point, today)
    return {
        "name": point.name,
        "href": _href(portfolio, point),
        "day": _due(point, today) if late else f"{point.falls.words}{_from_now(point.day, today)}",
        "how": point.falls.how,
        "because": point.falls.because,
        "shape": MET_SHAPES[point.met],
        "word": point.met.label,
        "late": LATE if late else "",
        "then": {"name": coming.name, "href": _href(portfolio, coming), "day": _due_and_moved(coming, today)}
        if late and coming
        else None,
    }


def _href(portfolio: Portfolio, point: Point) -> str:
    return page_of("review_point", portfolio.ref, point.number)
