"""The pace chart as plain numbers: x and y in percent of the picture, which has no viewBox (mock notes, "Chart").

The line is drawn from the days on which items were done (reviews.done_items), so that its last value is the number of
items done that every page says; the target, and where the recent rate leads, are those of `reviews.pace`.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from portfolio.dates import TrainingTime
from portfolio.plan.months import ends, first_of, later, months
from portfolio.progress import Progress, portfolio_progress
from portfolio.record import Record
from portfolio.requirements.words import day, plural
from portfolio.reviews import Corner, Pace, Point, done_items, pace, review_points, target_line
from portfolio.reviews.pace import target_on
from portfolio.states import Met

TOP, BOTTOM = 16.0, 88.0  # percent: the plot's edges
STEPS = (1, 2, 5, 10, 20, 25, 40, 50, 100, 200)
MOST_LINES = 5
RATE = (
    "The dotted line assumes that items go on being signed off as in the last 90 days, and that the dates stay as they "
    "are. It forecasts nothing."
)


@dataclass(frozen=True)
class Reached:
    """So many items done, from this day on."""

    day: date
    items: int


@dataclass(frozen=True)
class Line:
    """One straight piece, in percent."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Tick:
    """A mark on an edge. `minor` ones have no label where there is little room."""

    at: float
    label: str
    minor: bool = False


@dataclass(frozen=True)
class Flag:
    """A review point on top of the chart. `at_end`: its words stand left of it."""

    x: float
    number: int
    name: str
    note: str
    met: bool
    at_end: bool


@dataclass(frozen=True)
class Figures:
    """A row of the table: a day, how many were done by then, and the target."""

    day: date
    name: str
    done: int | None
    target: int | None


@dataclass(frozen=True)
class Chart:
    """All that is drawn, and the same in words. What cannot be said is None or empty, and `note` says why."""

    title: str
    said: str
    note: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    flags: tuple[Flag, ...]
    done: tuple[Line, ...]
    target: tuple[Line, ...]
    leads: Line | None
    need: tuple[float, float, str] | None
    you: tuple[float, float]
    aim: tuple[float, float] | None
    items_done: int
    target_today: int | None
    rows: tuple[Figures, ...]
    word: str = "signed off"

    @property
    def ahead(self) -> bool:
        """Whether the line is above its target today: then its label is the upper one."""
        return self.target_today is not None and self.items_done > self.target_today


def done_line(whole: Progress, started: date, today: date) -> tuple[Reached, ...]:
    """How many items were done when, the day of the last of each week; from the first day of training to today.

    What was done before the first day counts from there. What no row dates counts today, with the rest of what is done.
    """
    days = sorted(min(max(item.day or today, started), today) for item in done_items(whole))
    last_of_week = {day - timedelta(days=day.weekday()): day for day in days}
    line = [Reached(started, bisect_right(days, started))]
    line += [Reached(day, bisect_right(days, day)) for day in sorted(last_of_week.values()) if day > started]
    return tuple(line)


def pace_chart(record: Record, *, today: date) -> Chart:
    """The chart of a portfolio. ValueError for a record without a first day."""
    started = record.time.starts_on
    whole, points = portfolio_progress(record), review_points(record)
    line, corners, now = done_line(whole, started, today), target_line(record), pace(record, today=today)
    known = [corner for corner in corners if corner.day]
    last = max([ends(points, started), today, started + timedelta(days=30), *(one.day for one in known if one.day)])
    most = max([whole.items.base, whole.items.done, *(corner.items for corner in known), 1])
    step = next((one for one in STEPS if most <= one * MOST_LINES), STEPS[-1])
    axes = _Axes(started, last, step * -(-most // step))
    drawn = _target(axes, known, corners, last, record.time)
    recent = now.recent
    here = max(started, min(today, last))
    return Chart(
        title=f"Items {now.word} against the target: {now.words[:1].lower()}{now.words[1:]}",
        said=_said(whole, now, points, today),
        note=_note(whole, now),
        across=_across(axes),
        up=tuple(Tick(axes.y(number), str(number)) for number in range(0, axes.top + 1, step)),
        flags=tuple(_flags(axes, points, corners)),
        done=_steps(axes, line, here),
        target=drawn,
        leads=axes.line(here, whole.items.done, recent.by, recent.reaches) if recent else None,
        need=(axes.x(recent.by), axes.y(recent.needs.items), _needed(recent.needs)) if recent else None,
        you=(axes.x(here), axes.y(line[-1].items)),
        aim=(axes.x(here), axes.y(now.target)) if now.target is not None else None,
        items_done=line[-1].items,
        target_today=now.target,
        rows=_rows(line, corners, here, today, record.time),
        word=now.word,
    )


@dataclass(frozen=True)
class _Axes:
    first: date
    last: date
    top: int

    def x(self, on: date) -> float:
        """What was due before the first day stands at the edge."""
        return round(100 * (max(on, self.first) - self.first).days / (self.last - self.first).days, 2)

    def y(self, items: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * items / self.top, 2)

    def line(self, on: date, items: float, until: date, then: float) -> Line:
        return Line(self.x(on), self.y(items), self.x(until), self.y(then))


def _steps(axes: _Axes, line: tuple[Reached, ...], until: date) -> tuple[Line, ...]:
    """Level, then up: a step line."""
    found = []
    for one, following in zip(line, [*line[1:], Reached(until, line[-1].items)], strict=True):
        found.append(axes.line(one.day, one.items, following.day, one.items))
        if following.items != one.items:
            found.append(axes.line(following.day, one.items, following.day, following.items))
    return tuple(found)


def _target(
    axes: _Axes, known: list[Corner], corners: tuple[Corner, ...], last: date, time: TrainingTime
) -> tuple[Line, ...]:
    """Between the corners whose day is known by training time, level after the last. Nothing without a numbered point.

    That is one straight piece for each stretch of days that count the same.
    """
    if len(corners) == 1:
        return ()
    ends_at = [Corner("", 0, last, known[-1].items, False)] if len(known) == len(corners) else []
    between = zip(known, [*known[1:], *ends_at], strict=False)
    return tuple(piece for one, then in between for piece in _pieces(axes, one, then, time))


def _pieces(axes: _Axes, one: Corner, then: Corner, time: TrainingTime) -> Iterator[Line]:
    if one.day is None or then.day is None or one.day >= then.day:
        return
    edges = [stretch.start for stretch in time.stretches if one.day < stretch.start < then.day]
    days = [one.day, *edges, then.day] if one.items < then.items else [one.day, then.day]
    before, width = time.passed(one.day), max(time.passed(then.day) - time.passed(one.day), 1)
    items = [one.items + (then.items - one.items) * (time.passed(on) - before) / width for on in days[:-1]]
    for (on, reached), (until, further) in pairwise(zip(days, [*items, then.items], strict=True)):
        yield axes.line(on, reached, until, further)


def _across(axes: _Axes) -> tuple[Tick, ...]:
    """Each January, April, July and October; the year stands at the first of them and at each January."""
    quarters = [month for month in months(axes.first, axes.last) if month.month % 3 == 1 and month >= axes.first]
    return tuple(
        Tick(axes.x(one), f"{one:%b} {one.year}" if not at or one.month == 1 else f"{one:%b}", one.month != 1)
        for at, one in enumerate(quarters)
    )


def _flags(axes: _Axes, points: tuple[Point, ...], corners: tuple[Corner, ...]) -> list[Flag]:
    needs = {corner.number: corner for corner in corners[1:]}
    found = []
    for point in points:
        if point.day is None or not axes.first <= point.day <= axes.last:
            continue
        met, corner = point.met is Met.MET, needs.get(point.number)
        note = "Met" if met else _needs(corner) if corner else ""
        x = axes.x(point.day)
        found.append(Flag(x, point.number, point.name, note, met, x > 85))
    return found


def _needs(corner: Corner) -> str:
    return f"at least {corner.items}" if corner.at_least else f"needs {corner.items}"


def _needed(corner: Corner) -> str:
    return f"{'at least ' if corner.at_least else ''}{corner.items} needed"


def _said(whole: Progress, now: Pace, points: tuple[Point, ...], today: date) -> str:
    """The chart for those who do not see it."""
    parts = [f"{whole.items.words} {now.word} on {day(today)}"]
    parts.append(f"target {now.target}" if now.target is not None else now.why_not.rstrip(".").lower())
    said = [", ".join(parts)]
    said += [f"{point.name}, {day(point.day)}: {str(point.met.label).lower()}" for point in points if point.day]
    if now.recent:
        said.append(f"the recent rate reaches {now.recent.reaches} by {day(now.recent.by)}")
    return ". ".join(one[:1].upper() + one[1:] for one in said) + ". The same figures are in the table below."


def _note(whole: Progress, now: Pace) -> str:
    """What the chart cannot know."""
    said = [] if now.target is not None else [now.why_not]
    if whole.items.unknown:
        known = f"{whole.items.base} {plural(whole.items.base, 'item')}"
        said.append(f"Not every number is recorded yet: at least {known}, and the target may rise.")
    return " ".join(said)


def _rows(
    line: tuple[Reached, ...], corners: tuple[Corner, ...], here: date, today: date, time: TrainingTime
) -> tuple[Figures, ...]:
    """The first day, the end of each month, today, and the points to come."""
    days, items = [one.day for one in line], [one.items for one in line]
    ends_of = [later(month) - timedelta(days=1) for month in months(days[0], here) if later(month) <= first_of(here)]
    wanted = sorted({days[0], *ends_of, here})
    rows = [
        Figures(
            on,
            "Start of training" if on == days[0] else "Today" if on == today else "",
            items[bisect_right(days, on) - 1],
            target_on(corners, on, time) if len(corners) > 1 else None,
        )
        for on in wanted
    ]
    rows += [Figures(one.day, one.name, None, one.items) for one in corners if one.day and one.day > today]
    return tuple(rows)
