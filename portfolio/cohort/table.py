"""The pages about many trainees as tables for a spreadsheet: what each page shows, and nothing else."""

from collections.abc import Callable, Iterator, Sequence

from portfolio.cohort import heat
from portfolio.cohort.assessors import Load
from portfolio.cohort.flags import flags
from portfolio.cohort.row import Row
from portfolio.models import Portfolio
from portfolio.requirements.words import day, plural
from portfolio.spreadsheets import Cell


def _flags(row: Row) -> str:
    return "; ".join(" ".join([flag.words, ", ".join(flag.modules)]).strip() for flag in flags(row))


# The head of each column, its width in signs, and what stands in it.
COLUMNS: tuple[tuple[str, int, Callable[[Row], Cell]], ...] = (
    ("Trainee", 24, lambda row: row.portfolio.trainee.name),
    ("Curriculum", 34, lambda row: str(row.portfolio.curriculum)),
    ("Cohort", 8, lambda row: row.portfolio.cohort_year),
    ("Organisation", 28, lambda row: row.portfolio.organisation.name if row.portfolio.organisation else ""),
    ("Closed on", 18, lambda row: day(row.portfolio.closed_at) if row.portfolio.closed_at else ""),
    ("Credits signed off", 18, lambda row: row.progress.credits_signed_off),
    ("Credits in all", 14, lambda row: row.progress.credits_total),
    ("Items done", 18, lambda row: row.progress.items.short),
    ("Signed elsewhere", 16, lambda row: row.progress.items.signed_elsewhere),
    ("Items in review", 15, lambda row: row.progress.items.in_review),
    ("For completion", 40, lambda row: row.progress.completion if row.pace.finished else ""),
    ("Against target", 22, lambda row: row.pace.words),
    ("Target today", 13, lambda row: None if row.pace.finished else row.pace.target),
    ("Next review", 26, lambda row: row.review.name if row.review else ""),
    ("Next review on", 20, lambda row: row.review.falls.words if row.review else ""),
    ("Days until then", 14, lambda row: (row.review.day - row.today).days if row.review and row.review.day else None),
    ("Moved by", 24, lambda row: row.review.falls.because if row.review else ""),
    ("Conditions of it", 24, lambda row: row.conditions),
    ("Longest wait", 18, lambda row: row.longest.tag if row.longest else ""),
    ("Waits for", 34, lambda row: f"{row.longest.short}, with {row.longest.who}" if row.longest else ""),
    ("Flags", 60, _flags),
)
HEAD: tuple[Cell, ...] = tuple(name for name, _, _ in COLUMNS)
WIDTHS = tuple(width for _, width, _ in COLUMNS)


def line(row: Row) -> tuple[Cell, ...]:
    return tuple(of(row) for _, _, of in COLUMNS)


OF_MODULES: tuple[tuple[str, int], ...] = (("Trainee", 24), ("Curriculum", 34))  # and a column a module
A_MODULE = 16


def module_lines(portfolios: Sequence[Portfolio], codes: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    """Each of these, in their order; a cell says what the page says to ears. A module of other curricula is empty."""
    said: dict[int, dict[str, str]] = {}
    for table in heat.heat(portfolios):
        for line in table.lines:
            of = zip(table.heads, line.cells, strict=True)
            said[line.portfolio.pk] = {head.module.code: _module(cell) for head, cell in of}
    for one in portfolios:
        yield (one.trainee.name, str(one.curriculum), *(said[one.pk].get(code, "") for code in codes))


def _module(cell: heat.Cell) -> str:
    return ", ".join(filter(None, [cell.count, cell.said, cell.elsewhere, cell.own]))


OF_ASSESSORS: tuple[tuple[str, int], ...] = (
    ("Assessor", 24),
    ("Open requests", 15),
    ("Past the due date", 18),
    ("Half decided within (median)", 28),
    ("Nine of ten decided within", 26),
    ("Decisions counted", 18),
)


def assessor_line(one: Load) -> tuple[Cell, ...]:
    return (one.name, one.open, one.overdue, _days(one.median), _days(one.most), len(one.took))


def _days(number: str) -> str:
    return f"{number} {plural(1 if number == '1' else 2, 'day')}" if number else "No decision yet"
