"""Texts in cells: nothing that somebody typed becomes a formula, and what is read back is what was typed."""

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from random import Random
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from portfolio.spreadsheets import FORMULA, Cell, csv_lines, read_back, safe, xlsx_parts

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\ufeff=1",
    "\u200b=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '"=1',
    "'=1",
    "=cmd|' /C calc'!A0",
    '=DDE("cmd";"/C calc";"x")',
    '=HYPERLINK("https://evil.example.org","Click")',
    "-2+3+cmd|' /C calc'!A0",
    "\tTab",
    "\rReturn",
    "'Quoted",
]
HARMLESS = [
    "",
    "Priya Raman",
    "O'Brien",
    "12 of 20",
    "https://evil.example.org",
    "1=1",
    "Ünal, Şule",
    'say "so"',
    "a\nb",
]


ODD = [
    "\x00",
    "\x07bell",
    "_x0007_",
    'a<b>&"c"',
    "]]>",
    "\ufffe",
    "  kept  ",
    "\N{FACE WITH TEARS OF JOY}",
    "x" * 32_000,
]


def workbook(rows: list[list[Cell]]) -> Any:
    parts = list(xlsx_parts(rows, name="Trainees", widths=[20, 10, 10]))
    return load_workbook(BytesIO(b"".join(parts))).active


def table(cells: list[str]) -> list[list[str | int | None]]:
    return [["Head", "Number", "Nothing"], *([cell, -5, None] for cell in cells)]


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", [*HOSTILE, "\x00=1", "\x00"])
def test_a_text_that_a_spreadsheet_would_work_out_is_marked_and_read_back_whole(text: str) -> None:
    assert safe(text) == f"'{text}"
    assert read_back(safe(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_any_other_text_stands_as_it_is(text: str) -> None:
    assert safe(text) == text
    assert read_back(safe(text)) == text


def test_csv_holds_every_text_and_each_can_be_read_back() -> None:
    rows = read(b"".join(csv_lines(table([*HOSTILE, *HARMLESS]))))
    assert rows[0] == ["Head", "Number", "Nothing"]
    assert [read_back(row[0]) for row in rows[1:]] == [*HOSTILE, *HARMLESS]
    assert {(row[1], row[2]) for row in rows[1:]} == {("-5", "")}  # a number is no formula
    assert [cell for row in rows for cell in row if cell != "-5" and FORMULA.match(cell) and cell[0] != "'"] == []


def test_xlsx_types_every_text_as_text() -> None:
    sheet = workbook(table([*HOSTILE, *HARMLESS, *ODD]))
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "inlineStr"}
    assert [unescape(str(cell.value or "")) for cell in cells] == [*HOSTILE, *HARMLESS, *ODD]
    assert {row[1].value for row in sheet.iter_rows(min_row=2)} == {-5}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []


def test_a_workbook_has_a_bold_head_that_stays_in_sight_and_its_widths() -> None:
    sheet = workbook(table(["Priya Raman"]))
    assert [[cell.font.bold for cell in row] for row in sheet.iter_rows()] == [[True] * 3, [False] * 3]
    assert (sheet.title, sheet.freeze_panes, sheet.column_dimensions["A"].width > 19) == ("Trainees", "B2", True)


def test_a_reader_that_believes_what_a_sheet_says_of_its_size_finds_every_row() -> None:
    content = b"".join(xlsx_parts(table(["x"] * 50), name="Trainees", widths=[20, 10, 10]))
    sheet: Any = load_workbook(BytesIO(content), read_only=True).active
    assert len([*sheet.iter_rows(values_only=True)]) == 51


def test_a_workbook_leaves_while_its_rows_are_read_and_is_never_whole_in_memory() -> None:
    """Of rows that do not pack well more has left, long before the last is read, than is ever held back."""
    chance, read, left, largest = Random(1), 0, 0, 0

    def rows() -> Iterator[list[Cell]]:
        nonlocal read
        for _ in range(2_000):
            read += 1
            yield [chance.randbytes(100).hex(), 5, None]

    for part in xlsx_parts(rows(), name="Trainees", widths=[20, 10, 10]):
        left, largest = left + len(part), max(largest, len(part))
        if read == 0:
            assert part == b""
        if read == 1_000:
            assert left > 50_000
    assert (read, largest < 65_000) == (2_000, True)


@pytest.mark.parametrize("sign", [" ", "\t", "'", '"', "\u00a0", "x"])
def test_a_long_hostile_text_takes_no_time(sign: str) -> None:
    assert safe(sign * 100_000) in (sign * 100_000, f"'{sign * 100_000}")
