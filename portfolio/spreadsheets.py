"""Tables for a spreadsheet, as CSV and XLSX, in which nothing that somebody typed is ever worked out.

A spreadsheet takes a cell of a CSV file that begins with = + - @ (or a full-width one, or one after blanks, a tab or a
line break) for a formula. Such a text gets an apostrophe before it, which spreadsheets show or hide and never run;
`read_back` takes it off again. XLSX says of each cell that it is text. Numbers are numbers in both. Either leaves
row by row: a list of thousands takes longer to work out than anybody waits for a first byte.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

Cell = str | int | None
FORMULA = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2060\ufeff\"']*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\t\r\n\x00']")
MARK = "'"
WIDEST = 60  # signs: how wide a column gets
SHEET = "xl/worksheets/sheet1.xml"
SIZE = re.compile(rb"<dimension [^>]*/>")  # it would be that of the head alone; a sheet need not say it
# What XML cannot hold or would change, and what reads as the code of such a sign: spreadsheets take _x0007_ for a bell.
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
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


def xlsx_parts(rows: Iterable[Sequence[Cell]], *, name: str, widths: Sequence[int]) -> Iterator[bytes]:
    """The same as one sheet, packed and given away as it is read; the first row is the head.

    A workbook of the library's that has the head alone, with the rows put in after it. `widths` are in signs.
    """
    lines = iter(rows)
    packed = _Packed()
    with ZipFile(packed, "w", ZIP_DEFLATED) as package, ZipFile(_begun(next(lines), name, widths)) as begun:
        for part in begun.namelist():
            if part != SHEET:
                package.writestr(part, begun.read(part))
        head, end, after = SIZE.sub(b"", begun.read(SHEET)).partition(b"</sheetData>")
        with package.open(SHEET, "w") as sheet:
            sheet.write(head)
            for number, row in enumerate(lines, start=2):
                yield packed.take()
                sheet.write(_row(number, row).encode())
            sheet.write(end + after)
    yield packed.take()


class _Packed:
    """A file that keeps what is written until it is taken, and can only go on."""

    def __init__(self) -> None:
        self.kept = bytearray()

    def write(self, part: bytes) -> int:
        self.kept += part
        return len(part)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def close(self) -> None:
        """What is kept is there to be taken."""

    def take(self) -> bytes:
        taken = bytes(self.kept)
        self.kept.clear()
        return taken


def _begun(head: Sequence[Cell], name: str, widths: Sequence[int]) -> BytesIO:
    file = BytesIO()
    with Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, head, book.add_format({"bold": True}))
        for at, width in enumerate(widths):
            sheet.set_column(at, at, min(width, WIDEST))
        sheet.freeze_panes(1, 1)
    return file


def _row(number: int, row: Sequence[Cell]) -> str:
    cells = (_cell(f"{xl_col_to_name(across)}{number}", cell) for across, cell in enumerate(row))
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(at: str, cell: Cell) -> str:
    if isinstance(cell, int):
        return f'<c r="{at}"><v>{int(cell)}</v></c>'
    if not cell:
        return ""
    text = NOT_IN_XML.sub(lambda sign: f"_x{ord(sign[0]):04X}_", cell)
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
