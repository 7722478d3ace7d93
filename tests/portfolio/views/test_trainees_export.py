"""The list of trainees as a file: what the page shows, for whoever the page shows it to, and for nobody else."""

import csv
import re
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from portfolio.cohort import summaries
from portfolio.cohort.table import HEAD
from portfolio.models import Organisation
from portfolio.spreadsheets import read_back
from portfolio.states import LeaveKind, RoleKind
from portfolio.views.trainees import export
from portfolio.workflow import perform
from portfolio.workflow.training_time import Away
from tests import make
from tests.cast import Cast
from tests.portfolio.cohort.test_assessors import said
from tests.portfolio.cohort.test_heat import cells as heard
from tests.portfolio.test_spreadsheets import HOSTILE
from tests.portfolio.views.counting import queries
from tests.portfolio.views.test_trainees import page_of, rows

pytestmark = pytest.mark.django_db
Lines = list[dict[str, Any]]
# How the page says a number that it leaves out where it is 0.
COUNTS = {"Signed elsewhere": "%s signed elsewhere", "Items in review": "%s in review", "Target today": "target %s"}
BETWEEN = {
    "Cohort",
    "Closed",
    "on",
    "of",
    "in",
    "review",
    "signed",
    "elsewhere",
    "target",
    "Moved",
    "by",
    "with",
    "None",
}
BETWEEN |= {"No", "flags", "days"}  # which the page says between its figures, and where there is none
FILES = ("", "modules_", "assessors_")
SAVED_AS = {"modules_": '"trainees-by-module-', "assessors_": '"assessors-'}
HALF: dict[str, Any] = {"credits": 90, "kind": "specialist", "activities": 2, **make.KNOWN}
ONE: list[dict[str, Any]] = [
    {"title": "All of it", "credits": 180, "modules": [{"code": "S-A1", **HALF, "credits": 180}]}
]
OPTIONS: list[dict[str, Any]] = [
    {
        "title": "Choice",
        "credits": 180,
        "modules": [{"code": code, **HALF} for code in ("S-A1", "S-B1", "S-B2")],
        "options": [["S-B1"], ["S-B2"]],
    }
]


def answer(client: Client, user: User, kind: str, query: str = "", *, name: str = "") -> Any:
    client.force_login(user)
    return client.get(reverse(f"trainees_{name}{kind}") + query)


def as_csv(client: Client, user: User, query: str = "", *, name: str = "") -> Lines:
    found = answer(client, user, "csv", query, name=name)
    assert found.status_code == 200
    text = b"".join(found.streaming_content).decode("utf-8-sig")
    return [{key: read_back(cell) for key, cell in line.items()} for line in csv.DictReader(StringIO(text, newline=""))]


def as_xlsx(client: Client, user: User, query: str = "", *, name: str = "") -> Lines:
    found = answer(client, user, "xlsx", query, name=name)
    assert found.status_code == 200
    sheet = load_workbook(BytesIO(b"".join(found.streaming_content))).active
    assert sheet is not None
    head, *lines = ([cell.value for cell in row] for row in sheet.iter_rows())
    return [{key: "" if value is None else str(value) for key, value in zip(head, line, strict=True)} for line in lines]


def names(lines: Lines) -> list[str]:
    return [line["Trainee"] for line in lines]


def filled(cast: Cast) -> None:
    make.asked_since(make.in_review(cast.portfolio, cast.assessor), 20)
    for number in (1, 2, 3):
        make.signed_off(cast.other, cast.assessor, number=number)
    make.module_signed_off(cast.other, cast.other_officer)
    make.signed_elsewhere(cast.portfolio, cast.officer, make.entry(number=3))
    cast.portfolio.organisation = Organisation.objects.create(name="Exbridge Hospitals")
    cast.portfolio.save()
    summaries.renew()


def test_a_file_says_what_the_page_says_and_nothing_else(client: Client, cast: Cast) -> None:
    """Each cell of each column stands on the page, in the row of its trainee."""
    filled(cast)
    shown = rows(page_of(client, cast.administrator))
    for lines in (as_csv(client, cast.administrator), as_xlsx(client, cast.administrator)):
        assert tuple(lines[0]) == HEAD
        assert names(lines) == list(shown)
        (priya,) = (line for line in lines if line["Trainee"] == "Priya Raman")
        assert (priya["Longest wait"], priya["Waits for"]) == ("Waiting 20 days", "S-C1 1, with Maya Lind")
        assert priya["Flags"] == "1 request past the due date, longest 20 days"
        assert (priya["Organisation"], priya["Signed elsewhere"]) == ("Exbridge Hospitals", "1")
        for line in lines:
            told = shown[line["Trainee"]]
            assert f"{line['Credits signed off']} of {line['Credits in all']} {line['Items done']}" in told
            assert [flag for flag in line["Flags"].split("; ") if flag not in told] == []
            for column, words in COUNTS.items():
                number = line[column]
                assert number in ("", "0") or words % number in told, (column, told)
            rest = line.keys() - COUNTS.keys() - {"Flags", "Credits signed off", "Credits in all"}
            assert [(column, line[column]) for column in rest if line[column] not in told] == []


def test_a_file_leaves_out_nothing_that_the_page_says(client: Client, cast: Cast) -> None:
    """What a row of the page says beside the cells of its line in the file are the words between them, and no more."""
    filled(cast)
    next_year = {"year": make.today().year + 1 - cast.portfolio.cohort_year, "month": 6, "day": 30}
    review = {"name": "Second review", "due": next_year, "requires": [{"meeting": True}, {"overall": 90}]}
    cast.portfolio = make.with_rules(cast.portfolio, {"review_points": [review]})
    away = Away(make.today() - timedelta(days=60), make.today() - timedelta(days=30), LeaveKind.SICK)
    make.training_time(cast.portfolio, cast.officer, away)
    done = make.portfolio(make.person("Una Voss"), make.curriculum("ONE1-1-24", blocks=ONE))
    make.role(done, cast.officer, RoleKind.OFFICER)
    make.role(done, cast.assessor, RoleKind.ASSESSOR)
    for number in (1, 2):
        make.signed_off(done, cast.assessor, code="S-A1", number=number)
    make.module_signed_off(done, cast.officer, code="S-A1")
    perform("close portfolio", cast.other, by=cast.administrator, reason="Left.")
    shown = rows(page_of(client, cast.administrator))
    lines = as_csv(client, cast.administrator)
    assert [column for column in HEAD if not any(line[column] not in ("", "0") for line in lines)] == []
    for line in lines:
        cells = [
            cell for column, value in line.items() for cell in (value.split("; ") if column == "Flags" else [value])
        ]
        rest = shown[line["Trainee"]]
        for cell in sorted(filter(None, cells), key=len, reverse=True):
            rest = re.sub(rf"(?<!\w){re.escape(cell)}(?!\w)", "|", rest, count=1)
        assert {*re.findall(r"[\w’]+", rest)} <= BETWEEN, (shown[line["Trainee"]], rest)


def test_a_file_says_of_a_review_that_is_past_how_long_ago_it_was(client: Client, cast: Cast) -> None:
    on = make.today() - timedelta(days=20)
    due = {"year": on.year - cast.portfolio.cohort_year, "month": on.month, "day": on.day}
    make.with_rules(
        cast.portfolio, {"review_points": [{"name": "Check-in", "due": due, "requires": [{"meeting": True}]}]}
    )
    assert "20 days ago" in rows(page_of(client, cast.officer))["Priya Raman"]
    (line,) = as_csv(client, cast.officer)
    assert (line["Next review"], line["Days until then"]) == ("Check-in", "-20")


@pytest.mark.parametrize("query", ["?q=ra", "?sort=-name", "?flag=late", "?cohort=STP-2019", "?sort=items&page=2"])
def test_a_file_follows_the_filter_and_the_order_of_the_page(client: Client, cast: Cast, query: str) -> None:
    filled(cast)
    shown = list(rows(page_of(client, cast.administrator, query)))
    assert names(as_csv(client, cast.administrator, query)) == shown
    assert names(as_xlsx(client, cast.administrator, query)) == shown


def test_a_file_has_all_pages(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "AT_A_TIME", 10)
    for number in range(30):
        make.role(make.portfolio(make.person(f"Trainee {number:02}")), cast.officer, RoleKind.OFFICER)
    expected = ["Priya Raman", *(f"Trainee {number:02}" for number in range(30))]
    assert names(as_csv(client, cast.officer, "?sort=name&page=2")) == expected
    assert names(as_xlsx(client, cast.officer, "?sort=name")) == expected


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_begins_to_leave_after_the_first_lot_however_many_there_are(
    client: Client, cast: Cast, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that sends nothing for a minute is taken for one that hangs, and so is it by whoever waits."""
    monkeypatch.setattr(export, "AT_A_TIME", 10)
    for number in range(40):
        make.role(make.portfolio(make.person(f"Trainee {number:02}")), cast.officer, RoleKind.OFFICER)
    read: list[int] = []
    rows_of = export.cohort.rows_of
    monkeypatch.setattr(export.cohort, "rows_of", lambda lot, **of: read.append(len(lot)) or rows_of(lot, **of))
    found = answer(client, cast.officer, kind)
    assert read == []
    first = next(part for part in found.streaming_content if part)
    assert (len(first) > 0, read in ([], [10])) == (True, True)
    assert b"".join(found.streaming_content) != b""
    assert read == [10, 10, 10, 10, 1]


def test_the_page_leads_to_the_files_with_its_filters(client: Client, cast: Cast) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    summaries.renew()
    client.force_login(cast.officer)
    asked, filters = "?q=pri&sort=-items&page=1&odd=1", "?q=pri&amp;sort=-items"
    for name, narrowed in (("trainees", filters), ("trainees_modules", filters), ("trainees_assessors", "")):
        page = client.get(reverse(name) + asked).content.decode()
        for kind in ("csv", "xlsx"):
            assert f'href="{reverse(f"{name}_{kind}")}{narrowed}"' in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_officer_is_given_their_own_trainees_alone(client: Client, cast: Cast, kind: str) -> None:
    read = {"csv": as_csv, "xlsx": as_xlsx}[kind]
    assert names(read(client, cast.officer)) == ["Priya Raman"]
    assert names(read(client, cast.other_officer)) == ["Tom Okafor"]
    assert names(read(client, cast.officer, "?q=Tom")) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "who", ["trainee", "assessor", "stranger", "former_officer", "former_administrator", "superuser"]
)
def test_who_looks_after_nobody_is_refused(client: Client, cast: Cast, kind: str, who: str) -> None:
    assert answer(client, cast.people()[who], kind).status_code == 403


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_supervisor_is_refused_and_who_leads_another_is_given_that_one_alone(
    client: Client, cast: Cast, kind: str
) -> None:
    supervisor = make.person("Hugh Sole")
    make.placed(cast.portfolio, cast.officer, supervisor, ("S-X1",))
    assert answer(client, supervisor, kind).status_code == 403
    assert reverse(f"trainees_{kind}") not in page_of(client, supervisor)
    make.role(cast.other, supervisor, RoleKind.COORDINATOR)
    assert names({"csv": as_csv, "xlsx": as_xlsx}[kind](client, supervisor)) == ["Tom Okafor"]
    assert "left out" in page_of(client, supervisor)


def test_what_people_typed_is_text_in_both_files_and_is_read_back_whole(client: Client, cast: Cast) -> None:
    """Case 76: names, organisations and specialties that a spreadsheet would work out."""
    typed = [text for text in HOSTILE if "\r" not in text]
    for number, text in enumerate(typed):
        of = make.portfolio(make.person(f"T{number}"), organisation=Organisation.objects.create(name=text))
        User.objects.filter(pk=of.trainee_id).update(name=text)
        make.role(of, cast.second_assessor, RoleKind.OFFICER)
    for lines in (as_csv(client, cast.second_assessor), as_xlsx(client, cast.second_assessor)):
        assert sorted(names(lines)) == sorted(typed)
        assert sorted(line["Organisation"] for line in lines) == sorted(typed)
    content = b"".join(answer(client, cast.second_assessor, "csv").streaming_content).decode("utf-8-sig")
    raw = list(csv.reader(StringIO(content, newline="")))
    assert [row[0] for row in raw[1:] if not row[0].startswith("'")] == []


def test_the_answer_says_what_it_is_and_is_kept_nowhere(client: Client, cast: Cast) -> None:
    found = answer(client, cast.officer, "csv")
    name = f"trainees-{make.today().isoformat()}"
    assert found["Content-Type"] == "text/csv; charset=utf-8"
    assert found["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert "no-store" in found["Cache-Control"]
    assert answer(client, cast.officer, "xlsx")["Content-Disposition"] == f'attachment; filename="{name}.xlsx"'


def test_a_file_of_many_asks_no_more_than_one_of_one(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    one = queries(client, reverse("trainees_xlsx"))
    for number in range(29):
        make.role(make.portfolio(make.person(f"Trainee {number:02}")), cast.officer, RoleKind.OFFICER)
    assert queries(client, reverse("trainees_xlsx")) == one


def test_the_file_by_module_says_what_the_page_says_to_ears(client: Client, cast: Cast) -> None:
    """A trainee of another curriculum has the modules that both have in the same columns."""
    filled(cast)
    of = make.portfolio(make.person("Una Voss"), make.curriculum("OPT1-1-24", blocks=OPTIONS))
    make.role(of, cast.other_officer, RoleKind.OFFICER)
    own, other = ["3 of 3, signed off", "0 of 4", "", "", ""], ["", "", "0 of 2", "to be chosen", "another option"]
    for read in (as_csv, as_xlsx):
        lines = read(client, cast.other_officer, "?sort=name", name="modules_")
        assert list(lines[0]) == ["Trainee", "Curriculum", "S-C1", "S-X1", "S-A1", "S-B1", "S-B2"]
        expected = [["Tom Okafor", str(cast.other.curriculum), *own], ["Una Voss", str(of.curriculum), *other]]
        assert [list(line.values()) for line in lines] == expected
        shown = heard(client.get(reverse("trainees_modules") + "?sort=name").content.decode())
        assert shown == {"Tom Okafor": own[:2], "Una Voss": other[2:]}
        assert names(read(client, cast.other_officer, "?sort=-name&q=o", name="modules_")) == ["Una Voss", "Tom Okafor"]
        assert names(read(client, cast.officer, name="modules_")) == ["Priya Raman"]


def test_the_file_of_assessors_says_what_the_page_says(client: Client, cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(export, "AT_A_TIME", 1)
    filled(cast)
    make.in_review(cast.portfolio, cast.second_assessor, number=2)
    summaries.renew()
    took = ["No decision yet", "No decision yet", "0"]
    for read in (as_csv, as_xlsx):
        lines = read(client, cast.officer, name="assessors_")
        assert [list(line.values()) for line in lines] == [
            ["Maya Lind", "1", "1", *took],
            ["Femi Adeyemi", "1", "0", *took],
        ]
        (maya, femi) = read(client, cast.administrator, name="assessors_")
        assert list(maya.values()) == ["Maya Lind", "1", "1", "0 days", "0 days", "3"]
        page = client.get(reverse("trainees_assessors")).content.decode()
        assert re.findall(r'<th role="columnheader"[^>]*>(.*?)</th>', page) == list(maya)
        shown = said(page)
        for line, row in zip((maya, femi), shown, strict=True):
            assert [cell for cell in line.values() if cell != "0" and cell not in row] == []
        assert read(client, cast.other_officer, name="assessors_") == []


def test_files_of_modules_and_assessors_are_refused_hold_text_and_ask_a_fixed_number_of_queries(
    client: Client, cast: Cast
) -> None:
    supervisor = make.person("Hugh Sole")
    make.placed(cast.portfolio, cast.officer, supervisor, ("S-X1",))
    User.objects.filter(pk=cast.assessor.pk).update(name="=1+1")
    User.objects.filter(pk=cast.trainee.pk).update(name="@SUM(A1)")
    make.in_review(cast.portfolio, cast.assessor)
    for name, typed in (("modules_", "@SUM(A1)"), ("assessors_", "=1+1")):
        for who in (cast.trainee, cast.assessor, cast.stranger, cast.former_officer, supervisor):
            assert {answer(client, who, kind, name=name).status_code for kind in ("csv", "xlsx")} == {403}
        raw = b"".join(answer(client, cast.officer, "csv", name=name).streaming_content).decode("utf-8-sig")
        assert f'"\'{typed}"' in raw
        assert [next(iter(line.values())) for line in as_xlsx(client, cast.officer, name=name)] == [typed]
        assert SAVED_AS[name] in answer(client, cast.officer, "csv", name=name)["Content-Disposition"]
    client.force_login(cast.officer)
    places = [reverse(f"trainees_{name}xlsx") for name in FILES]
    few = [queries(client, place) for place in places]
    for number in range(10):
        of = make.portfolio(make.person(f"Trainee {number:02}"))
        make.role(of, cast.officer, RoleKind.OFFICER)
        assessor = make.person(f"Assessor {number:02}")
        make.role(of, assessor, RoleKind.ASSESSOR)
        make.in_review(of, assessor)
    assert [queries(client, place) for place in places] == few
