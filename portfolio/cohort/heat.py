"""Trainees by modules: how many items of each module are done, as numbers, with shapes, words and shades beside."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from curriculum.structure import ModuleFacts, Structure
from portfolio import ledger
from portfolio.models import Portfolio
from portfolio.progress import ModuleProgress, phase_words, portfolio_progress
from portfolio.record import Record
from portfolio.requirements import Standing
from portfolio.states import ModuleState
from portfolio.titles import own_title

# The shade of a cell: nothing done, under a third, under two thirds, more, the module signed off.
NONE, LITTLE, SOME, MOST, FULL = "0", "1", "2", "3", "full"
SHAPES = {ModuleState.READY: "ready", ModuleState.SIGNED_OFF: "tick"}


@dataclass(frozen=True)
class Cell:
    """What is done of a module. `said` is for ears: what eyes see by `shape`, or by a dash. `first`: a phase begins.

    `elsewhere` says how many of these another system signed. `own` is the module's title where it carries the
    trainee's own.
    """

    count: str
    shade: str
    shape: str = ""
    said: str = ""
    first: bool = False
    own: str = ""
    elsewhere: str = ""


@dataclass(frozen=True)
class Head:
    module: ModuleFacts
    first: bool


@dataclass(frozen=True)
class Line:
    portfolio: Portfolio
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Heat:
    """The trainees who follow one curriculum. `phases` are the heads above, each with its number of modules."""

    curriculum: str
    id: str
    phases: tuple[tuple[str, int], ...]
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]


def heat(portfolios: Iterable[Portfolio]) -> list[Heat]:
    """A table a curriculum, the trainees of each in the order in which they come."""
    rows = list(portfolios)
    records = ledger.read(rows, people=False, said=False, linked=False)
    of: dict[int, list[Portfolio]] = defaultdict(list)
    for portfolio in rows:
        of[portfolio.curriculum_id].append(portfolio)
    return [_table(some, records) for some in of.values()]


def _table(portfolios: list[Portfolio], records: dict[int, Record]) -> Heat:
    structure = records[portfolios[0].pk].structure
    heads = tuple(_heads(structure))
    return Heat(
        curriculum=str(portfolios[0].curriculum),
        id=f"heat-{portfolios[0].curriculum.code}",
        phases=tuple((phase_words(phase), len(list(run))) for phase, run in groupby(structure.modules, _phase)),
        heads=heads,
        lines=tuple(Line(portfolio, _cells(records[portfolio.pk], heads)) for portfolio in portfolios),
    )


def _phase(module: ModuleFacts) -> int | None:
    return module.phase


def _heads(structure: Structure) -> Iterable[Head]:
    before: tuple[int | None, ...] = ()
    for module in structure.modules:
        yield Head(module, first=bool(before) and before != (module.phase,))
        before = (module.phase,)


def _cells(record: Record, heads: Iterable[Head]) -> tuple[Cell, ...]:
    modules = portfolio_progress(record).modules
    return tuple(replace(_cell(modules[head.module.code], head.first), own=_own(record, head.module)) for head in heads)


def _own(record: Record, module: ModuleFacts) -> str:
    entitled = own_title(record, module)
    return "" if entitled is module else entitled.title


def _cell(one: ModuleProgress, first: bool) -> Cell:
    """Work on an option counts once it is taken, and is nothing before. A dash says nothing to ears: words do."""
    if one.standing is not Standing.REQUIRED:
        return Cell("", NONE, said=one.standing.value, first=first)
    shape = SHAPES.get(one.state, "")
    if not one.shown.done and not shape:
        return Cell("", NONE, said=one.shown.short, first=first)
    apart = one.shown.signed_elsewhere
    return Cell(
        one.shown.short,
        _shade(one),
        shape,
        str(one.state.label).lower() if shape else "",
        first,
        elsewhere=f"{apart} signed elsewhere" if apart else "",
    )


def _shade(one: ModuleProgress) -> str:
    if one.signed_off:
        return FULL
    done, base = one.shown.done, one.shown.base
    if not done:
        return NONE
    if not one.needs.total_known or 3 * done < base:
        return LITTLE
    return SOME if 3 * done < 2 * base else MOST
