"""Reading a table of people: what each row says, and everything that is no table of people."""

from datetime import date, datetime

import pytest
from pytest_django import Settings

from portfolio.intake import reading, sheets
from portfolio.intake.reading import Entry
from portfolio.intake.sheets import Unreadable
from tests.portfolio.cohorts.tables import HEADINGS, package, role, table, text, trainee, upload, workbook


def read(content: bytes | str, name: str = "cohort.csv") -> tuple[Entry, ...]:
    return reading.read(sheets.read(upload(content, name)))


def refusal(content: bytes | str, name: str = "cohort.csv") -> str:
    with pytest.raises(Unreadable) as refused:
        read(content, name)
    return str(refused.value)


def problems(**changed: str) -> tuple[str, ...]:
    """What is wrong with a trainee's row that is changed so."""
    (entry,) = read(text([{**trainee(), **changed}]))
    return entry.problems


def test_a_trainee_and_a_role_are_read_in_whole() -> None:
    first, second = read(
        text(
            [
                trainee(post="Trainee", organisation="Northmoor  Hospitals", department="Imaging"),
                role("Training Officer", "Ana Reyes", "Ada.Moss@example.org", **{"from": "2024-09-04"}),
            ]
        )
    )
    assert first == Entry(
        line=2,
        part="trainee",
        name="Ada Moss",
        email="ada.moss@example.org",
        post="Trainee",
        curriculum="TST1-1-24",
        cohort=2024,
        starts_on=date(2024, 9, 3),
        organisation="Northmoor Hospitals",
        department="Imaging",
    )
    assert (second.part, second.trainees, second.starts_on) == (
        "officer",
        ("ada.moss@example.org",),
        date(2024, 9, 4),
    )


def test_what_waits_for_its_confirmation_is_what_was_read() -> None:
    for entry in read(text([trainee(), role("assessor", "Maya Lind", "a@example.org", "b@example.org")])):
        assert Entry.of(entry.stored) == entry


@pytest.mark.parametrize("said", ["2026-09-03", "3/9/2026", "03.09.2026", "3 September 2026", "3rd Sept 2026"])
def test_a_date_is_read_in_three_formats_the_day_first(said: str) -> None:
    (entry,) = read(text([trainee(**{"from": said})]))
    assert (entry.starts_on, entry.problems) == (date(2026, 9, 3), ())


@pytest.mark.parametrize("time", [" 00:00", " 0:00", " 00:00:00", "T00:00:00", " 00:00:00.000"])
@pytest.mark.parametrize("said", ["2026-09-03", "03/09/2026", "3 September 2026"])
def test_midnight_after_a_date_says_nothing_for_so_spreadsheets_write_a_day(said: str, time: str) -> None:
    (entry,) = read(text([trainee(**{"from": said + time})]))
    assert (entry.starts_on, entry.problems) == (date(2026, 9, 3), ())


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("03/09/2026 14:30", "“03/09/2026 14:30” is no date that can be read. "),
        ("2026-09-03 10:00", "“2026-09-03 10:00” is no date that can be read. "),
        ("00:00", "“00:00” is no date that can be read. "),
        ("9/13/2026", "“9/13/2026” is not a real date. The day comes first, then the month. "),
        ("3/9/26", "Write the year of “3/9/26” with 4 numbers."),
        ("soon", "“soon” is no date that can be read. "),
        ("46000", "“46000” is no date that can be read. "),
        ("3/9/1026", "Check the year of “3/9/1026”."),
        ("", "Enter in “from” the first day of training."),
    ],
)
def test_a_date_that_cannot_be_read_is_named(said: str, problem: str) -> None:
    (found,) = problems(**{"from": said})
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (
            {"part": "boss"},
            "Say in “part” what they are: trainee, training officer, training co-ordinator or assessor.",
        ),
        ({"name": ""}, "Enter the name."),
        ({"name": "x" * 201}, "Write 200 characters or fewer for “name”."),
        ({"name": "=cmd()"}, "The cell “name” holds a formula, or begins like one. Enter its value."),
        ({"department": "@SUM(A1)"}, "The cell “department” holds a formula, or begins like one. Enter its value."),
        ({"name": "Ada\nMoss"}, "The cell “name” holds a line break. Take it out."),
        ({"name": "Ada\u202eMoss"}, "The cell “name” holds characters that cannot be shown. Take them out."),
        ({"e-mail": ""}, "Enter the e-mail address."),
        (
            {"e-mail": "ada@"},
            "“ada@” is no e-mail address. Enter one e-mail address, such as name@hospital.example.",
        ),
        (
            {"e-mail": "a@example.org, b@example.org"},
            "“a@example.org, b@example.org” is no e-mail address. "
            "Enter one e-mail address, such as name@hospital.example.",
        ),
        ({"e-mail": "ada@example.org\nBcc: x@example.org"}, "The cell “e-mail” holds a line break. Take it out."),
        ({"cohort": "24"}, "Enter in “cohort” the year that the training started, such as 2026."),
        ({"curriculum": "", "cohort": "2024"}, "Enter the curriculum of the trainee."),
        (
            {"trainees": "a@example.org"},
            "“trainees” is for officers, co-ordinators and assessors. Empty it for a trainee.",
        ),
    ],
)
def test_what_is_wrong_with_a_cell_is_said_in_words(changed: dict[str, str], problem: str) -> None:
    assert problems(**changed) == (problem,)


def test_all_that_is_wrong_with_a_row_is_said_at_once_and_of_a_cell_that_cannot_be_read_once() -> None:
    formula = "The cell “{}” holds a formula, or begins like one. Enter its value."
    assert problems(**{"name": "=A1", "e-mail": "ada@", "cohort": "24", "from": "soon", "curriculum": ""}) == (
        formula.format("name"),
        "“ada@” is no e-mail address. Enter one e-mail address, such as name@hospital.example.",
        *problems(**{"from": "soon"}),
        "Enter the curriculum of the trainee.",
        "Enter in “cohort” the year that the training started, such as 2026.",
    )
    every = dict.fromkeys(("name", "e-mail", "curriculum", "cohort", "from"), "=A1")
    assert sorted(problems(**every)) == sorted(formula.format(name) for name in every)
    assert problems(part="=A1", name="") == (formula.format("part"), "Enter the name.")
    (entry,) = read(text([role("assessor", "=A1", "=A1", **{"e-mail": "a@example.org", "from": "soon"})]))
    assert entry.problems == (formula.format("name"), formula.format("trainees"), *problems(**{"from": "soon"}))
    assert Entry.of(entry.stored) == entry


def test_of_a_name_that_cannot_be_read_nothing_is_held_against_another_row() -> None:
    rows = [trainee("=A1", **{"e-mail": "ada@example.org"}), role("assessor", "Ada Moss", "b@example.org")]
    rows[1]["e-mail"] = "ada@example.org"
    assert [len(entry.problems) for entry in read(text(rows))] == [1, 0]


def test_what_is_wrong_with_a_role_is_said_in_words() -> None:
    rows = [
        role("assessor", "Maya Lind"),
        role("assessor", "Maya Lind", "nobody"),
        role("assessor", "Maya Lind", "a@example.org", cohort="2024"),
    ]
    assert [entry.problems for entry in read(text(rows))] == [
        ("Enter in “trainees” the e-mail address of at least one trainee.",),
        ("“nobody” in “trainees” is no e-mail address.",),
        ("“cohort” is for trainees. Empty it for anybody else.",),
    ]


def test_repeats_inside_the_file_are_named_in_the_later_row() -> None:
    rows = [
        trainee(),
        trainee(),
        trainee("Ben Frost", **{"e-mail": "ada.moss@example.org", "curriculum": "OTHER"}),
        role("assessor", "Maya Lind", "ada.moss@example.org"),
        role("assessor", "Maya Lind", "ada.moss@example.org"),
    ]
    assert [entry.problems for entry in read(text(rows))] == [
        (),
        ("This trainee is in row 2 already. Remove one of the two.",),
        ("In row 2 this address is that of “Ada Moss”. Correct one of the two.",),
        (),
        ("The same role with ada.moss@example.org is in row 5 already. Remove one of the two.",),
    ]


def test_a_second_row_of_headings_is_named() -> None:
    lines = text([trainee()]).splitlines()
    first, second = read("\n".join([lines[0], lines[0], lines[1]]))
    assert (first.line, first.problems) == (2, ("This is a second row of headings. Remove it.",))
    assert (second.line, second.problems) == (3, ())
    starred = ",".join(f"{name} *".upper() for name in HEADINGS)  # as forms mark what must be filled in
    first, second = read("\n".join([starred, starred, lines[1]]))
    assert (first.problems, second.problems) == (("This is a second row of headings. Remove it.",), ())


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_may_have_its_columns_in_any_order_and_any_of_three_separators(delimiter: str) -> None:
    (entry,) = read("\ufeff" + text([trainee()], tuple(reversed(HEADINGS)), delimiter))
    assert (entry.name, entry.cohort, entry.problems) == ("Ada Moss", 2024, ())


def test_what_is_no_table_of_people_is_refused_in_words() -> None:
    headings = ", ".join(HEADINGS)
    assert refusal(b"") == "The selected file is empty."
    assert refusal("\n\n") == "The selected file has no rows."
    assert refusal(text([])) == "The table has headings and no rows."
    assert refusal("a,b,c\n1,2,3\n") == f"The first row must name the columns: {headings}."
    assert refusal("Our cohort\n" + text([trainee()])) == (
        "The names of the columns stand in row 2. Remove the rows above it."
    )
    assert refusal(text([trainee()], ("part", "name", "cohort"))) == (
        f"There is no column “e-mail”. The columns are: {headings}."
    )
    assert refusal(text([trainee()], (*HEADINGS, "shoe size"))) == (
        f"No column is called “shoe size”. The columns are: {headings}."
    )
    assert refusal(text([trainee()], (*HEADINGS, "name"))) == "Two columns are called “name”. Remove one of them."
    assert refusal('part,name,e-mail\ntrainee,"Ada,a@example.org') == (
        "The file cannot be read: a quotation mark is opened and not closed, or stands inside a cell."
    )


def test_a_file_in_another_encoding_or_of_another_kind_is_refused() -> None:
    said = "The selected file is not text in UTF-8. Save it again as UTF-8."
    assert refusal(text([trainee("Zoë Blum")]).encode("cp1252")) == said
    assert refusal(text([trainee()]).encode("utf-16")) == said
    assert refusal("part,name\x00,e-mail") == "The selected file is not plain text, whatever its name says."
    assert refusal("x", "cohort.pdf") == "The selected file must be a CSV or XLSX."
    assert refusal("x", "cohort.xlsx") == "The selected file is not in XLSX format, whatever its name says."


def test_ten_thousand_rows_and_a_file_that_is_too_large_are_refused() -> None:
    many = [trainee(f"Ada Moss{number}") for number in range(10_000)]
    assert refusal(text(many)) == "The file has more than 500 rows. Upload 500 or fewer at a time."
    assert refusal(b"x" * (2 * 1024 * 1024 + 1)) == (
        "The selected file must be 2 MB or smaller, and have 500 rows or fewer."
    )
    assert refusal(text([trainee(department="x" * 10_001)])) == "A cell of row 2 holds more than 10,000 characters."
    assert len(read(text(many[:500]))) == 500
    addresses = [f"a{number}@example.org" for number in range(200)]
    roles = [role("assessor", f"Maya Blum{at}", *addresses) for at in range(6)]
    assert refusal(text(roles)) == "The table gives more than 1,000 roles. Upload it in several parts."


# --- workbooks ----------------------------------------------------------------------------------------------------


def test_a_workbook_is_read_as_its_cells_are_seen() -> None:
    cells = ("trainee", "Ada Moss", "ada@example.org", None, None, "TST1-1-24", 2024.0, datetime(2024, 9, 3), None)
    (entry,) = read(workbook(HEADINGS, cells), "cohort.xlsx")
    assert (entry.cohort, entry.starts_on, entry.post, entry.problems) == (2024, date(2024, 9, 3), "", ())


def test_the_first_sheet_is_read_and_the_names_of_the_others_are_kept() -> None:
    sheet = sheets.read(upload(workbook(HEADINGS, ["trainee"], sheets=("People", "Lists")), "cohort.xlsx"))
    assert (len(sheet.lines), sheet.left_out) == (2, ("Lists",))


def test_a_formula_in_a_workbook_is_named_and_not_computed() -> None:
    cells = ("trainee", '=CONCAT("Ada"," Moss")', "ada@example.org", "", "", "TST1-1-24", 2024, "3/9/2024", "")
    (entry,) = read(workbook(HEADINGS, cells), "cohort.xlsx")
    assert entry.problems == ("The cell “name” holds a formula, or begins like one. Enter its value.",)


def test_true_and_false_are_no_names() -> None:
    cells = ("trainee", True, "ada@example.org", False, "", "TST1-1-24", 2024, "3/9/2024", "")
    (entry,) = read(workbook(HEADINGS, cells), "cohort.xlsx")
    said = "The cell “{}” holds {}, a value of a spreadsheet and no text. Enter its value in words."
    assert entry.problems == (said.format("name", "TRUE"), said.format("post", "FALSE"))
    assert problems(name="TRUE") == (said.format("name", "TRUE"),)
    assert problems(name="True Blum") == ()


def test_a_workbook_that_fetches_swells_or_is_broken_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    fetch = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
    not_xlsx = "The selected file is not in XLSX format, whatever its name says."
    for content in (bomb, fetch):
        assert refusal(package(content), "cohort.xlsx") == not_xlsx
    assert refusal(package(b"<worksheet", extra=b""), "cohort.xlsx") == sheets.UNREADABLE
    assert refusal(package(b"<x/>", zeros=b"0" * (60 * 1024 * 1024)), "cohort.xlsx") == (
        "The selected file unpacks to far more than it should."
    )
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 1_000)
    assert refusal(workbook(HEADINGS), "cohort.xlsx") == (
        "The selected file unpacks to far more than a table of people holds."
    )


def test_a_row_far_below_and_a_column_far_to_the_right_cost_nothing() -> None:
    ns = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    cell = b'<c r="%s" t="inlineStr"><is><t>part</t></is></c>'
    far = b'<row r="1">' + cell % b"A1" + cell % b"XFD1" + b'</row><row r="1048576">' + cell % b"A1048576" + b"</row>"
    sheet = b"<worksheet " + ns + b"><sheetData>" + far + b"</sheetData></worksheet>"
    assert refusal(package(sheet), "cohort.xlsx") == (
        "The sheet goes on below row 20,000. Delete the rows under your table, and save it again."
    )


def test_nothing_of_an_upload_is_kept_among_the_files(settings: Settings) -> None:
    read(text([trainee()]))
    refusal("x", "cohort.xlsx")
    assert [path for path in settings.FILES_DIR.rglob("*") if path.is_file()] == []


def test_the_table_of_the_page_has_the_columns_that_are_read() -> None:
    assert tuple(reading.COLUMNS) == HEADINGS
    assert sheets.read(table()).lines[0].cells == HEADINGS
