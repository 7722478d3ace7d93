"""Texts in cells: nothing that somebody typed becomes a formula, and what is read back is what was typed."""

import csv
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from portfolio.spreadsheets import FORMULA, csv_lines, read_back, safe, write_xlsx

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
    file = BytesIO()
    write_xlsx(table([*HOSTILE, *HARMLESS]), file, name="Trainees", widths=[20, 10, 10])
    sheet = load_workbook(file).active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "inlineStr"}
    assert [unescape(str(cell.value or "")) for cell in cells] == [*HOSTILE, *HARMLESS]
    assert {row[1].value for row in sheet.iter_rows(min_row=2)} == {-5}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []


@pytest.mark.parametrize("sign", [" ", "\t", "'", '"', "\u00a0", "x"])
def test_a_long_hostile_text_takes_no_time(sign: str) -> None:
    assert safe(sign * 100_000) in (sign * 100_000, f"'{sign * 100_000}")
