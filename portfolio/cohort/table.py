"""The list of trainees as a table for a spreadsheet: of each the figures that the page shows."""

from collections.abc import Callable

from portfolio.cohort.flags import flags
from portfolio.cohort.row import Row
from portfolio.requirements.words import day
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
    ("For completion", 40, lambda row: row.progress.completion),
    ("Against target", 22, lambda row: row.pace.words),
    ("Target today", 13, lambda row: row.pace.target),
    ("Next review", 26, lambda row: row.review.name if row.review else ""),
    ("Next review on", 20, lambda row: row.review.falls.words if row.review else ""),
    ("Conditions of it", 24, lambda row: row.conditions),
    ("Longest wait", 18, lambda row: row.longest.tag if row.longest else ""),
    ("Waits for", 34, lambda row: f"{row.longest.short}, with {row.longest.who}" if row.longest else ""),
    ("Flags", 60, _flags),
)
HEAD: tuple[Cell, ...] = tuple(name for name, _, _ in COLUMNS)
WIDTHS = tuple(width for _, width, _ in COLUMNS)


def line(row: Row) -> tuple[Cell, ...]:
    return tuple(of(row) for _, _, of in COLUMNS)
