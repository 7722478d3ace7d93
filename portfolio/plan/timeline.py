"""The timeline of a plan as plain numbers: x in percent of the whole, y in pixels, so that letters never shrink."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from curriculum.structure import ModuleFacts
from portfolio.dates import Leave
from portfolio.dates.falls import said as full
from portfolio.plan.board import Board, Dated, Entry, Stay
from portfolio.plan.months import ends, first_of, later, months, words
from portfolio.record import ModuleRecord, Record, SignedModule
from portfolio.requirements import Standing, standing
from portfolio.requirements.words import plural, spans
from portfolio.reviews import Point
from portfolio.states import Met
from portfolio.titles import own_title

AXIS = 40  # pixels: the months at the top
HEADING, ROW = 30, 44  # pixels: the height of a heading, and of a row: its words above its bars
FEW = 8  # placements that have a row each; of more, some share one
RIGHT = 60  # percent: a row that begins beyond it has its words on its left


@dataclass(frozen=True)
class Bar:
    """From x on, so many percent wide. `kind`: month, placement, leave, hours or work."""

    x: float
    width: float
    kind: str
    text: str = ""


@dataclass(frozen=True)
class Mark:
    """A shape at a day. `kind`: met, point, start, module, assessment or work."""

    x: float
    kind: str


@dataclass(frozen=True)
class Row:
    """A line of the timeline: its words, in full and short, above its bars and marks."""

    y: int
    words: str
    short: str
    x: float
    at_end: bool
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Heading:
    y: int
    words: str


@dataclass(frozen=True)
class Tick:
    """A month of the axis. `minor` ones have no label where there is little room."""

    x: float
    label: str
    minor: bool


@dataclass(frozen=True)
class Line:
    """A row of the table that says the same."""

    what: str
    name: str
    when: str


@dataclass(frozen=True)
class Timeline:
    title: str
    said: str
    height: int
    ticks: tuple[Tick, ...]
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    today: float | None
    day: date
    lines: tuple[Line, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of bars and marks that there are: the key explains those."""
        bars = [bar.kind for row in self.rows for bar in row.bars]
        return frozenset([*bars, *(mark.kind for row in self.rows for mark in row.marks)])


@dataclass(frozen=True)
class _Drawn:
    """A row before it has its place: days in place of numbers. `until` is the last day, included.

    The table has a line for each of `told`, as (name, when), where one row stands for several things.
    """

    words: str
    short: str
    when: str
    bars: tuple[tuple[date, date, str, str], ...] = ()
    marks: tuple[tuple[date, str], ...] = ()
    told: tuple[tuple[str, str], ...] = ()

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        return self.told or ((self.words, self.when),)


def timeline(
    record: Record,
    points: tuple[Point, ...],
    board: Board,
    stays: tuple[Stay, ...],
    dated: tuple[Dated, ...] = (),
    *,
    today: date,
) -> Timeline:
    """The whole programme from its first day. Of leave it tells when, and never why."""
    started = record.time.starts_on
    parts = [
        ("Dates and reviews", "Review", list(_points(started, points))),
        ("Working time and leave", "Working time", list(_time(record))),
        ("Placements", "Placement", list(_stays(stays, today))),
        ("Assessments", "Assessment", list(_assessments(dated))),
        ("Modules", "Module", list(_modules(record, board, stays))),
    ]
    shown = [(heading, what, drawn) for heading, what, drawn in parts if drawn]
    first, last = first_of(started), _last(started, points, [one for _, _, drawn in shown for one in drawn], today)
    scale = _Scale(first, last)
    headings, rows, y = [], [], AXIS
    for heading, _, drawn in shown:
        headings.append(Heading(y, heading))
        y += HEADING
        for one in drawn:
            rows.append(scale.row(one, y))
            y += ROW
    lines = tuple(Line(what, *line) for _, what, drawn in shown for one in drawn for line in one.lines)
    return Timeline(
        title=f"Timeline from {words(first)} to {words(last)}",
        said=" ".join(f"{one.name}: {one.when}." for one in lines) + f" Today is {full(today)}.",
        height=y + 6,
        ticks=scale.ticks(),
        headings=tuple(headings),
        rows=tuple(rows),
        today=scale.x(today) if first <= today <= last else None,
        day=today,
        lines=lines,
    )


def _last(started: date, points: tuple[Point, ...], drawn: Iterable[_Drawn], today: date) -> date:
    """The end of the last month that anything is in."""
    days = [until for one in drawn for _, until, _, _ in one.bars if until < date.max]
    days += [on for one in drawn for on, _ in one.marks]
    return later(first_of(max([ends(points, started), today, *days]))) - timedelta(days=1)


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def x(self, on: date) -> float:
        kept = min(max(on, self.first), self.last + timedelta(days=1))
        return round(100 * (kept - self.first).days / ((self.last - self.first).days + 1), 2)

    def row(self, one: _Drawn, y: int) -> Row:
        bars = tuple(self.bar(start, until, kind, text) for start, until, kind, text in one.bars)
        marks = tuple(Mark(self.x(on), kind) for on, kind in one.marks)
        left = min([bar.x for bar in bars] + [mark.x for mark in marks], default=0.0)
        right = max([bar.x + bar.width for bar in bars] + [mark.x for mark in marks], default=0.0)
        at_end = left > RIGHT
        return Row(y, one.words, one.short, round(right, 2) if at_end else left, at_end, bars, marks)

    def bar(self, start: date, until: date, kind: str, text: str) -> Bar:
        end = self.x(until + timedelta(days=1) if until < date.max else until)
        return Bar(self.x(start), round(end - self.x(start), 2), kind, text)

    def ticks(self) -> tuple[Tick, ...]:
        """Each January, April, July and October. The year is said in January, and at the first if none is near."""
        quarters = [month for month in months(self.first, self.last) if month.month % 3 == 1]
        with_year = {one for one in quarters if one.month == 1} | {one for one in quarters[:1] if one.month != 10}
        return tuple(
            Tick(self.x(one), f"{one:%b} {one.year}" if one in with_year else f"{one:%b}", one.month != 1)
            for one in quarters
        )


def _points(started: date, points: tuple[Point, ...]) -> Iterator[_Drawn]:
    yield _Drawn("Start of training", "Start", full(started), marks=((started, "start"),))
    for point in points:
        if point.day is None:
            yield _Drawn(point.name, f"Review {point.number}", f"{point.falls.words}. {point.falls.how}".rstrip("."))
            continue
        falls = point.falls
        moved = f", moved from {full(falls.nominal)} because of {falls.because}" if falls.moved else ""
        kind = "met" if point.met is Met.MET else "point"
        when = f"{full(point.day)}{moved}. {point.met.label}"
        yield _Drawn(f"{point.name}, {full(point.day)}", f"Review {point.number}", when, marks=((point.day, kind),))


def _time(record: Record) -> Iterator[_Drawn]:
    """Hours from a day on, until other hours begin; and all leave in one row, without its kind."""
    hours = sorted(record.hours, key=lambda one: one.starts_on)
    for one, following in zip(hours, [*hours[1:], None], strict=False):
        until = following.starts_on - timedelta(days=1) if following else date.max
        said = f"{one.hundredths}% of full time"
        when = f"From {full(one.starts_on)}" + (f" to {full(until)}" if following else "")
        yield _Drawn(said, f"{one.hundredths}%", when, bars=((one.starts_on, until, "hours", ""),))
    away = [_away(leave) for leave in sorted(record.leave, key=lambda one: one.starts_on)]
    yield from _together(f"Leave, {len(away)} times", "Leave", away)


def _away(leave: Leave) -> _Drawn:
    when = f"From {full(leave.starts_on)} to {full(leave.ends_on)}" if leave.ends_on else "It has no end yet"
    said = f"Leave, {_days((leave.ends_on - leave.starts_on).days + 1)}" if leave.ends_on else "Leave"
    return _Drawn(said, "Leave", when, bars=((leave.starts_on, leave.ends_on or date.max, "leave", ""),))


def _together(words: str, short: str, drawn: list[_Drawn]) -> Iterator[_Drawn]:
    """All of these in one row, if there are any. One alone keeps its own words."""
    if len(drawn) < 2:
        yield from drawn
        return
    bars = tuple(bar for one in drawn for bar in one.bars)
    yield _Drawn(words, short, "", bars, told=tuple(line for one in drawn for line in one.lines))


def _stays(stays: tuple[Stay, ...], today: date) -> Iterator[_Drawn]:
    """A row for each of a few placements. Of many, for those that go on or come next: the others stand together."""
    over = [_stay(stay) for stay in stays if stay.ends_on < today]
    others = [_stay(stay) for stay in stays if stay.ends_on >= today]
    if len(stays) <= FEW:
        yield from (*over, *others)
        return
    yield from _together(f"{len(over)} placements that are over", "Over", over)
    yield from others[:FEW]
    yield from _together(f"{len(others) - FEW} placements after these", "Later", others[FEW:])


def _stay(stay: Stay) -> _Drawn:
    planned = f". {len(stay.activities)} {_activities(len(stay.activities))} planned" if stay.activities else ""
    when = f"{full(stay.starts_on)} to {full(stay.ends_on)}{planned}"
    title = f"{stay.module} {stay.title}" if stay.module else stay.title
    bars = ((stay.starts_on, stay.ends_on, "placement", ""),)
    return _Drawn(title, stay.module or "Placement", when, bars=bars)


def _assessments(dated: tuple[Dated, ...]) -> Iterator[_Drawn]:
    """One row a module, with the day of each assessment that is planned or with an assessor."""
    for code in sorted({one.module for one in dated}):
        here = [one for one in dated if one.module == code]
        said = [f"{one.kind} on {full(one.on)}, {'with an assessor' if one.asked else 'planned'}" for one in here]
        words = f"{code} {', '.join(dict.fromkeys(one.kind for one in here))}"
        yield _Drawn(words, code, "; ".join(said), marks=tuple((one.on, "assessment") for one in here))


def _modules(record: Record, board: Board, stays: tuple[Stay, ...]) -> Iterator[_Drawn]:
    """Each module of which anything is planned, that is in work, or that is signed off."""
    for module in record.structure.modules:
        held = record.module(module)
        planned = [one for one in board.entries if one.when and one.module.code == module.code]
        of_it = [stay for stay in stays if stay.module == module.code]
        worked = _worked(held)
        if planned or of_it or ((worked or held.signed) and standing(record, module) is not Standing.NOT_TAKEN):
            yield _module(own_title(record, module), planned, of_it, worked, held.signed)


def _worked(held: ModuleRecord) -> list[date]:
    """The days on which its work here is known to have moved: a page was linked, or something was decided."""
    moments = [
        at
        for one in held.activities.values()
        for at in (one.begun_at, one.linked_at, one.signed_at, one.feedback.at if one.feedback else None)
    ]
    moments += [one.at for one in (*held.attempts, *held.satisfactory)]
    return sorted(timezone.localdate(at) for at in moments if at)


def _module(
    module: ModuleFacts, planned: list[Entry], of_it: list[Stay], worked: list[date], signed: SignedModule | None
) -> _Drawn:
    """Its work as a thin bar from the first day to the last, or a ring; over it what is planned."""
    on = timezone.localdate(signed.at) if signed and signed.at else None
    said = [f"signed off on {full(on)}" if on else "signed off"] if signed else []
    bars: list[tuple[date, date, str, str]] = []
    marks = [(on, "module")] if on else []
    if worked:
        first, last = worked[0], worked[-1]
        said.append(f"worked on from {full(first)} to {full(last)}" if first < last else f"worked on {full(first)}")
        if first < last:
            bars.append((first, last, "work", ""))
        else:
            marks.append((first, "work"))  # a bar of one day would be too narrow to see
    there = {one.stay.pid: one.stay for one in planned if one.stay} | {stay.pid: stay for stay in of_it}
    for stay in sorted(there.values(), key=lambda one: one.starts_on):
        numbers = [one.place.number for one in planned if one.stay == stay]
        told = f": {_activities(len(numbers))} {spans(numbers)}" if numbers else ""
        said.append(f"placement {stay.title}, {full(stay.starts_on)} to {full(stay.ends_on)}{told}")
        bars.append((stay.starts_on, stay.ends_on, "placement", str(len(numbers))))
    by_month = Counter(one.month for one in planned if one.month and not one.stay)
    for month, number in sorted(by_month.items()):
        numbers = [one.place.number for one in planned if one.month == month]
        said.append(f"{words(month)}: {_activities(len(numbers))} {spans(numbers)}")
        bars.append((month, later(month) - timedelta(days=1), "month", str(number)))
    when = "; ".join(said)
    return _Drawn(f"{module.code} {module.title}", module.code, when[:1].upper() + when[1:], tuple(bars), tuple(marks))


def _activities(number: int) -> str:
    return "activity" if number == 1 else "activities"


def _days(number: int) -> str:
    return f"{number} {plural(number, 'day')}"
