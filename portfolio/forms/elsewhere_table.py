"""Reading a table of items that were signed in another system: what each row says, or why it cannot be read.

Copied from a spreadsheet (tabs between the cells) or CSV with commas or semicolons. The first row may name the
columns, in any order, and one whose name is not known is left out; without names they are taken in the order of
COLUMNS. Knows no portfolio.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from portfolio.dates.written import read_date
from portfolio.intake.headings import MORE_CELLS, NO_ROWS, SECOND_HEADINGS, are_headings, columns_of
from portfolio.intake.sheets import Unreadable
from portfolio.states import ElsewhereKind
from portfolio.workflow import Entry

MOST_ROWS = 500
COLUMNS = ("module", "number or kind", "title", "system", "date", "signed by", "note", "case")
NEEDED = ("module", "number or kind", "system", "date", "signed by")
NAMES = {
    "module": "module",
    "module code": "module",
    "number or kind": "number or kind",
    "number": "number or kind",
    "kind": "number or kind",
    "activity": "number or kind",
    "title": "title",
    "system": "system",
    "date": "date",
    "date signed": "date",
    "signed on": "date",
    "signed by": "signed by",
    "note": "note",
    "notes": "note",
    "proof": "note",
    "case": "case",
    "case reference": "case",
}
KINDS = {
    "cbd": ElsewhereKind.CBD,
    "case-based discussion": ElsewhereKind.CBD,
    "dops": ElsewhereKind.DOPS,
    "oce": ElsewhereKind.OCE,
}


@dataclass(frozen=True)
class Row:
    """One row of the table. `line` counts as a spreadsheet does, the row of headings included."""

    line: int
    entry: Entry
    problems: tuple[str, ...] = ()


@dataclass
class _Cells:
    """The cells of a row by column, and what is wrong with them."""

    values: Mapping[str, str]
    problems: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


def read(text: str) -> tuple[Row, ...]:
    """Every row that holds anything. Raises Unreadable for a table that is empty, too long or not a table at all."""
    lines = [(number, cells) for number, cells in enumerate(_lines(text), start=1) if any(cells)]
    if not lines:
        raise Unreadable("Paste the rows of a table, or choose a CSV file.")
    columns: Sequence[str] = COLUMNS
    if are_headings(lines[0][1], NAMES):
        columns = columns_of(lines[0][1], NAMES, NEEDED)
        lines = lines[1:]
    if not lines:
        raise Unreadable(NO_ROWS)
    if len(lines) > MOST_ROWS:
        raise Unreadable(f"The table has {len(lines)} rows. Record {MOST_ROWS} or fewer at a time.")
    return tuple(_row(number, cells, columns) for number, cells in lines)


def _lines(text: str) -> Iterator[list[str]]:
    """The cells of each row. A new line inside quotation marks stays in its cell."""
    first = next((line for line in text.lstrip("\ufeff").splitlines() if line.strip()), "")
    counts = {mark: first.count(mark) for mark in ("\t", ";", ",")}
    delimiter = "\t" if counts["\t"] else max((";", ","), key=lambda mark: counts[mark])
    try:
        for cells in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=True):
            yield [" ".join(cell.split()) for cell in cells]
    except csv.Error as broken:
        raise Unreadable(
            "The table cannot be read: a quotation mark is opened and not closed, or stands inside a cell."
        ) from broken


def _row(line: int, cells: Sequence[str], columns: Sequence[str]) -> Row:
    found = _Cells({name: cell for name, cell in zip(columns, cells, strict=False) if name})
    if are_headings(cells, NAMES):
        found.problems.append(SECOND_HEADINGS)
    elif any(cells[len(columns) :]):
        found.problems.append(MORE_CELLS)
    kind, number = _which(found)
    entry = Entry(
        module=found["module"].upper(),
        kind=kind,
        number=number,
        title=found["title"],
        system=found["system"],
        signed_on=_signed_on(found),
        signed_by=found["signed by"],
        note=found["note"],
        case_reference=found["case"],
    )
    return Row(line, entry, tuple(found.problems))


def _which(found: _Cells) -> tuple[str, int | None]:
    """An activity's number, or the kind of an assessment."""
    said = found["number or kind"].casefold().removeprefix("activity").strip().removesuffix(".0")
    if said in KINDS:
        return KINDS[said], None
    if said.isascii() and said.isdecimal() and len(said) <= 3:
        return ElsewhereKind.ACTIVITY, int(said)
    if said:
        found.problems.append(f"“{found['number or kind']}” is no number of an activity, and not CBD, DOPS or OCE.")
    return ElsewhereKind.ACTIVITY, None


def _signed_on(found: _Cells) -> date | None:
    try:
        return read_date(found["date"])
    except ValueError as wrong:
        found.problems.append(str(wrong))
        return None
