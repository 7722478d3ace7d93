"""Tables for a spreadsheet, as CSV and XLSX, in which nothing that somebody typed is ever worked out.

A spreadsheet takes a cell of a CSV file that begins with = + - @ (or a full-width one, or one after blanks, a tab or a
line break) for a formula. Such a text gets an apostrophe before it, which spreadsheets show or hide and never run;
`read_back` takes it off again. XLSX says of each cell that it is text. Numbers are numbers in both.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from xlsxwriter import Workbook

Cell = str | int | None
FORMULA = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2060\ufeff\"']*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\t\r\n\x00']")
MARK = "'"
WIDEST = 60  # signs: how wide a column gets
BYTE_ORDER_MARK = "\ufeff"  # so that a spreadsheet reads UTF-8


def safe(text: str) -> str:
    """The same text for a cell of CSV, where nothing takes it for a formula."""
    return f"{MARK}{text}" if FORMULA.match(text) else text


def read_back(cell: str) -> str:
    """The text of which `safe` made this cell."""
    return cell.removeprefix(MARK)


class _Line:
    """A file that gives back what is written: csv writes one line at a time."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The file line by line, never whole in memory. Every text is in quotes."""
    writer = csv.writer(_Line(), quoting=csv.QUOTE_NONNUMERIC)
    yield BYTE_ORDER_MARK.encode()
    for row in rows:
        line: str = writer.writerow(
            [safe(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row]
        )
        yield line.encode()


def write_xlsx(rows: Iterable[Sequence[Cell]], file: IO[bytes], *, name: str, widths: Sequence[int]) -> None:
    """The same as one sheet, a row at a time; the first row is the head. `widths` of the columns, in signs."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        sheet, bold = book.add_worksheet(name), book.add_format({"bold": True})
        for at, width in enumerate(widths):
            sheet.set_column(at, at, min(width, WIDEST))
        sheet.freeze_panes(1, 1)
        for down, row in enumerate(rows):
            for across, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(down, across, cell)
                elif cell:
                    sheet.write_string(down, across, cell, None if down else bold)
