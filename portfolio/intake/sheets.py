"""The cells of a CSV or XLSX file, as text. What cannot be a table of people is refused before it is unpacked."""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from openpyxl import load_workbook

from portfolio import files

EXTENSIONS = ("csv", "xlsx")
MOST_ROWS = 500  # taken in within a few seconds, while others wait for the database
MOST_COLUMNS = 40
LONGEST_CELL = 10_000
LARGEST = 2 * files.MIB  # of the file
LARGEST_UNPACKED = 40 * files.MIB
MOST_LINES = 20_000  # looked at, empty ones included
UNREADABLE = "The selected file cannot be read as a spreadsheet. It may be damaged. Save it again, or save it as CSV."
TOO_MANY = f"The file has more than {MOST_ROWS:,} rows. Upload {MOST_ROWS:,} or fewer at a time."
TOO_LARGE = f"The selected file must be {LARGEST // files.MIB} MB or smaller, and have {MOST_ROWS:,} rows or fewer."
FAR_DOWN = f"The sheet goes on below row {MOST_LINES:,}. Delete the rows under your table, and save it again."


class Unreadable(Exception):
    """The file as a whole cannot be read. The message is for the person."""


@dataclass(frozen=True)
class Line:
    """A row that holds anything. `number` counts as a spreadsheet does."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """What a file holds: the lines of its first sheet. `left_out`: the names of the others, which were not read."""

    lines: tuple[Line, ...]
    sha256: str
    left_out: tuple[str, ...] = ()


def read(upload: UploadedFile) -> Sheet:
    """Raises Unreadable, and keeps nothing of the file whatever comes of it."""
    if upload.size is not None and upload.size > LARGEST:
        raise Unreadable(TOO_LARGE)
    try:
        with files.passing(upload, EXTENSIONS) as (path, stored):
            if stored.extension == "csv":
                return Sheet(_lines(_of_csv(path)), stored.sha256)
            lines, left_out = _of_workbook(path)
            return Sheet(lines, stored.sha256, left_out)
    except files.Refused as refused:
        raise Unreadable(f"{refused}.") from None


def _lines(rows: Iterable[list[str]]) -> tuple[Line, ...]:
    """Those that hold anything, and not more of them than may be; the first may be headings."""
    found: list[Line] = []
    for number, cells in enumerate(rows, start=1):
        if number > MOST_LINES:
            raise Unreadable(FAR_DOWN if len(found) <= MOST_ROWS + 1 else TOO_MANY)
        if not any(cells):
            continue
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise Unreadable(f"A cell of row {number} holds more than {LONGEST_CELL:,} characters.")
        found.append(Line(number, tuple(cells[:MOST_COLUMNS])))
        if len(found) > MOST_ROWS + 1:
            raise Unreadable(TOO_MANY)
    return tuple(found)


def _of_csv(path: Path) -> Iterator[list[str]]:
    """Commas, semicolons or tabs between the cells, whichever the first line has most of."""
    text = path.read_text("utf-8-sig")  # checked: strict UTF-8, no control characters
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max((",", ";", "\t"), key=first.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [cell.strip() for cell in cells]
    except csv.Error:
        raise Unreadable(
            "The file cannot be read: a quotation mark is opened and not closed, or stands inside a cell."
        ) from None


def _of_workbook(path: Path) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The first sheet in sight. Formulas stay formulas, so that they can be named: nothing here computes."""
    with zipfile.ZipFile(path) as package:
        if sum(member.file_size for member in package.infolist()) > LARGEST_UNPACKED:
            raise Unreadable("The selected file unpacks to far more than a table of people holds.")
    try:
        with path.open("rb") as file, warnings.catch_warnings(action="ignore"):
            book = load_workbook(file, read_only=True, keep_links=False)
            try:
                sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
                sheet: Any = sheets[0]
                sheet.reset_dimensions()  # what the sheet says of its own size is not believed
                rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
                return _lines([_text(value) for value in row] for row in rows), tuple(s.title for s in sheets[1:])
            finally:
                book.close()
    except Unreadable:
        raise
    except Exception:  # a reader of other people's XML lets many kinds of error out; none of them is a fault of ours
        raise Unreadable(UNREADABLE) from None


def _text(value: Any) -> str:
    """A cell as one would read it: a day as 2026-09-01, a whole number without a point."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case datetime():
            return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _ if hasattr(value, "text"):
            return str(value.text or "=")  # a formula over several cells
    return str(value).strip()
