"""A table of items signed elsewhere: what is understood, what is refused in words, and that it is all or nothing."""

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portfolio import files
from portfolio.dates.written import read_date
from portfolio.forms.elsewhere_table import MOST_ROWS, Unreadable, read
from portfolio.models import SignedElsewhere
from portfolio.states import ElsewhereKind
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything

HEADINGS = "module,number or kind,title,system,date,signed by,note"
ROW = "S-C1,1,,Old system,3 May 2025,Lena Voss,Seen"
SECOND = "S-C1,CBD,A case,Old system,2025-05-04,Lena Voss,Seen"


# --- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADINGS}\n{ROW}\n{SECOND}",
        f"{ROW}\r\n{SECOND}\r\n",
        f"\ufeff{HEADINGS}\n\n{ROW}\n,,,,,,\n{SECOND}\n",
        f"{HEADINGS}\n{ROW}\n{SECOND}".replace(",", "\t"),
        f"{HEADINGS}\n{ROW}\n{SECOND}".replace(",", ";"),
        "Note,Signed by,Date,System,Title,Number,Module\nSeen,Lena Voss,03/05/2025,Old system,,1,s-c1\n"
        'Seen,Lena Voss,4.5.2025,Old system,"A\ncase",cbd,S-C1',
        f"{HEADINGS.upper().replace(',', ' *,').replace('OR KIND *', 'OR  KIND:')}\n{ROW}\n{SECOND}",
    ],
    ids=["csv", "no headings", "bom and empty rows", "tabs", "semicolons", "another order", "stars and colons"],
)
def test_a_table_is_understood_however_it_was_copied(text: str) -> None:
    first, second = read(text)
    assert (first.problems, second.problems) == ((), ())
    assert (first.entry.module, first.entry.kind, first.entry.number) == ("S-C1", ElsewhereKind.ACTIVITY, 1)
    assert (first.entry.signed_on, first.entry.signed_by) == (date(2025, 5, 3), "Lena Voss")
    assert (second.entry.kind, second.entry.number, second.entry.title) == (ElsewhereKind.CBD, None, "A case")
    assert second.entry.signed_on == date(2025, 5, 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Paste the rows of a table, or choose a CSV file."),
        (" \n\n", "Paste the rows of a table, or choose a CSV file."),
        (HEADINGS, "The table has headings and no rows."),
        ("module,title,system,date,signed by,note\n", "There is no column “number or kind”."),
        (f"{HEADINGS},date\n{ROW}", "Two columns are called “date”."),
        (f'{HEADINGS}\n"{ROW}', "a quotation mark is opened and not closed"),
        ("\n".join([ROW] * (MOST_ROWS + 1)), "The table has 501 rows. Record 500 or fewer at a time."),
    ],
)
def test_a_table_that_cannot_be_read_says_why(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(text)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (HEADINGS, "This is a second row of headings. Remove it."),
        (ROW + ",more,and more", "This row has more cells than the table has columns."),
        ("S-C1,first,,Old,3 May 2025,Lena,Seen", "“first” is no number of an activity, and not CBD, DOPS or OCE."),
        ("S-C1,1,,Old,yesterday,Lena,Seen", "“yesterday” is no date that can be read."),
    ],
)
def test_a_row_that_cannot_be_read_says_why(row: str, said: str) -> None:
    found = read(f"{HEADINGS}\n{ROW}\n{row}")[1]
    assert found.line == 3
    assert said in found.problems[0]


@pytest.mark.parametrize(
    "said",
    ["3 May 2025", "3rd May 2025", "03/05/2025", "3.5.2025", "3-5-2025", "2025-05-03", "3-May-2025", "3 may, 2025"],
)
def test_a_day_is_understood_in_several_ways_the_day_before_the_month(said: str) -> None:
    assert read_date(said) == date(2025, 5, 3)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("3/5/25", "with 4 numbers"),
        ("5/13/2025", "The day comes first"),
        ("30/2/2025", "is not a real date"),
        ("45780", "no date that can be read"),
        ("3 Mai 2025", "no date that can be read"),
        ("٣/٥/٢٠٢٥", "no date that can be read"),
    ],
)
def test_a_day_that_could_be_misunderstood_is_refused(said: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_date(said)


# --- the page -----------------------------------------------------------------------------------------------------


def ask(client: Client, cast: Cast, text: str, **more: Any) -> Any:
    return client.post(reverse("elsewhere_table", args=[cast.portfolio.ref]), {"rows": text, **more})


def test_a_table_is_shown_first_and_recorded_when_it_is_confirmed(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    preview = ask(client, cast, f"{HEADINGS}\n{ROW}\n{SECOND}")
    page = preview.content.decode()
    assert (preview.status_code, SignedElsewhere.objects.count()) == (200, 0)
    assert "3 May 2025, Lena Voss" in page
    assert "Record 2 items as signed elsewhere" in page
    seen = preview.context["form"]["seen"].value()
    assert ask(client, cast, f"{HEADINGS}\n{ROW}\n{SECOND}", seen=seen, confirm="1").status_code == 302
    assert sorted(SignedElsewhere.objects.values_list("kind", "title")) == [
        ("activity", "Task 1 of S-C1"),
        ("cbd", "A case"),
    ]


def test_what_is_confirmed_is_what_was_shown(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    seen = ask(client, cast, ROW).context["form"]["seen"].value()
    before = everything()
    for text, shown in ((ROW.replace(",1,", ",2,"), seen), (ROW, ""), (ROW, "0" * 64)):
        answer = ask(client, cast, text, seen=shown, confirm="1")
        assert answer.status_code == 409
        assert text in answer.content.decode().replace("&quot;", '"')
    assert everything() == before


def test_what_changed_since_the_preview_is_said_and_nothing_is_recorded(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    seen = ask(client, cast, f"{ROW}\n{SECOND}").context["form"]["seen"].value()
    make.in_review(cast.portfolio, cast.assessor)
    answer = ask(client, cast, f"{ROW}\n{SECOND}", seen=seen, confirm="1")
    assert answer.status_code == 422
    assert "S-C1 1 is in review already." in answer.content.decode()
    assert SignedElsewhere.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROW.replace("S-C1", "S-Z9"), "The curriculum has no module S-Z9."),
        (ROW.replace(",1,", ",9,"), "S-C1 has no activity 9."),
        (ROW.replace(",1,", ",2,"), "S-C1 2 is signed off already."),
        (ROW.replace("2025", "2999"), "3 May 2999 is in the future."),
        (ROW.replace("2025", "1066"), "This is more than 50 years before the training began. Check the year."),
        (ROW.replace("Seen", ""), "Say what proves it"),
        (f"{ROW}\n{ROW}", "It is in row 1 already."),
        (f"{SECOND}\n{SECOND.replace('A case', 'a CASE')}", "It is in row 1 already."),
        (f"{HEADINGS}\n{HEADINGS}\n{ROW}", "This is a second row of headings."),
        (HEADINGS, "The table has headings and no rows."),
    ],
)
def test_a_mistake_in_any_row_records_nothing_and_keeps_the_text(
    client: Client, cast: Cast, text: str, said: str
) -> None:
    make.signed_off(cast.portfolio, cast.assessor, number=2)
    client.force_login(cast.officer)
    before = everything()
    for more in ({}, {"confirm": "1"}):
        answer = ask(client, cast, text, **more)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert text.splitlines()[-1] in answer.content.decode()
    assert everything() == before


def test_a_csv_file_takes_the_place_of_what_is_in_the_box(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    upload = SimpleUploadedFile("items.csv", f"\ufeff{HEADINGS}\r\n{ROW}\r\n".encode())
    answer = ask(client, cast, "whatever", file=upload)
    assert answer.status_code == 200
    assert len(answer.context["rows"]) == 1
    assert ROW in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "The selected file is not text in UTF-8."),
        (b"PK\x03\x04\x00\x00", "The selected file is not text in UTF-8."),
        (b"", "The selected file is empty."),
        (b"x" * 500_001, "The selected file is too large for a table."),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(client: Client, cast: Cast, content: bytes, said: str) -> None:
    client.force_login(cast.officer)
    answer = ask(client, cast, "kept, what was typed", file=SimpleUploadedFile("items.csv", content))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "kept, what was typed" in answer.content.decode()


def test_only_the_officer_and_the_co_ordinator_record_a_table(cast: Cast) -> None:
    sees = {"trainee", "officer_in_training", "administrator", "cohort_administrator"}
    for name, person in cast.people().items():
        if name == "deactivated":
            continue
        client = Client()
        client.force_login(person)
        wanted = 200 if name in ("officer", "coordinator") else 403 if name in sees else 404
        assert ask(client, cast, ROW).status_code == wanted, name
    assert SignedElsewhere.objects.count() == 0


def test_a_whole_table_of_500_rows_is_recorded_at_once(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    text = "\n".join(f"S-C1,CBD,Case {number},Old,3 May 2025,Lena,Seen" for number in range(MOST_ROWS))
    seen = ask(client, cast, text).context["form"]["seen"].value()
    assert ask(client, cast, text, seen=seen, confirm="1").status_code == 302
    assert SignedElsewhere.objects.count() == MOST_ROWS


def test_the_rows_of_a_file_stay_in_the_box_whatever_was_wrong_with_the_box(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    upload = SimpleUploadedFile("rows.csv", f"{HEADINGS}\n{ROW}".encode())
    answer = ask(client, cast, "x" * 500_001, file=upload)
    assert (answer.status_code, ROW in answer.context["form"]["rows"].value()) == (200, True)


def test_the_same_table_again_is_asked_about_row_by_row(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    table = f"{SECOND}\n{SECOND.replace('A case', 'Another case')}"
    seen = ask(client, cast, table).context["form"]["seen"].value()
    assert ask(client, cast, table, seen=seen, confirm="1").status_code == 302
    assert ask(client, cast, table, seen=seen, confirm="1").status_code == 409  # pressed twice
    table += f"\n{SECOND.replace('A case', 'A third case')}"
    preview = ask(client, cast, table)
    assert [row["beside"] for row in preview.context["rows"]] == [1, 1, 0]
    assert preview.content.decode().count("One with this title on this day is recorded already") == 2
    sent = {"seen": preview.context["form"]["seen"].value(), "confirm": "1"}
    refused = ask(client, cast, table, **sent)
    assert (refused.status_code, SignedElsewhere.objects.count()) == (422, 2)
    assert "Confirm that they are others, or take them out." in refused.content.decode()
    assert "A third case" in refused.content.decode()
    assert ask(client, cast, table, **sent, another="on").status_code == 302
    assert ask(client, cast, table, **sent, another="on").status_code == 409  # what was confirmed was less
    assert SignedElsewhere.objects.count() == 5


def test_rows_with_what_looks_like_a_patient_are_marked_and_asked_about(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    table = f"{ROW}\n{SECOND.replace('A case', 'A case born 3 May 1950')}"
    preview = ask(client, cast, table)
    found = [row["found"] for row in preview.context["rows"]]
    assert found == ["", "Something in the text looks like a date of birth."]
    sent = {"seen": preview.context["form"]["seen"].value(), "confirm": "1"}
    refused = ask(client, cast, table, **sent)
    assert (refused.status_code, SignedElsewhere.objects.count()) == (422, 0)
    assert "Some rows hold what looks like patient data. Nothing was recorded." in refused.text
    assert ask(client, cast, table, **sent, checked="on").status_code == 302
    assert SignedElsewhere.objects.count() == 2


def test_what_was_ticked_stays_ticked_when_the_rows_are_refused_and_not_when_they_are_others(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.officer)
    table = SECOND.replace("A case", "A case born 3 May 1950")
    make.signed_elsewhere(
        cast.portfolio,
        cast.officer,
        make.entry(number=None, kind="cbd", title="A case born 3 May 1950", signed_on=date(2025, 5, 4)),
    )
    seen = ask(client, cast, table).context["form"]["seen"].value()
    for tick, other in (("another", "checked"), ("checked", "another")):
        refused = ask(client, cast, table, seen=seen, confirm="1", **{tick: "on"})
        form = refused.context["form"]
        assert (refused.status_code, form[tick].value(), form[other].value()) == (422, True, None)
        assert refused.text.count(f'name="{tick}" type="checkbox" checked') == 1
    for changed in (f"{table}\n{ROW}", table.replace("Seen", "Read")):
        late = ask(client, cast, changed, seen=seen, confirm="1", another="on", checked="on")
        form = late.context["form"]
        assert (late.status_code, form["another"].value(), form["checked"].value()) == (409, None, None)
    assert ask(client, cast, table, seen=seen, confirm="1", another="on", checked="on").status_code == 302


# --- one file that proves all the rows ------------------------------------------------------------------------------

UNPROVED = "module,number,title,system,date,signed by\nS-C1,1,,Old,3 May 2025,Lena\nS-C1,CBD,A case,Old,4 May 2025,Lena"


def test_one_file_proves_every_row_and_is_held_from_the_preview_on(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    bare = ask(client, cast, UNPROVED)
    assert [row["problems"] for row in bare.context["rows"]] == [("Say what proves it, or add a file that does.",)] * 2
    preview = ask(client, cast, UNPROVED, proves=SimpleUploadedFile("export.pdf", make.PDF))
    assert (preview.status_code, "export.pdf is kept." in preview.text) == (200, True)
    assert [row["file"] for row in preview.context["rows"]] == ["export.pdf"] * 2
    sent = {name: preview.context["form"][name].value() for name in ("seen", "mark")} | {"confirm": "1"}
    assert ask(client, cast, UNPROVED, **sent | {"mark": ""}).status_code == 422  # what is confirmed is what was shown
    other = ask(client, cast, UNPROVED, **sent, proves=SimpleUploadedFile("other.pdf", make.PDF + b"%"))
    assert (other.status_code, SignedElsewhere.objects.count()) == (409, 0)
    assert ask(client, cast, UNPROVED, **sent).status_code == 302
    rows = list(SignedElsewhere.objects.order_by("pk").values_list("file_name", "note", "file__size"))
    assert rows == [("export.pdf", "", len(make.PDF))] * 2
    for row in SignedElsewhere.objects.all():
        where = reverse("elsewhere_file", args=[cast.portfolio.ref, row.xid])
        assert b"".join(client.get(where).streaming_content) == make.PDF  # type: ignore[attr-defined]


def test_the_one_file_can_be_taken_off_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    preview = ask(client, cast, ROW, proves=SimpleUploadedFile("wrong.pdf", make.PDF))
    assert "Take wrong.pdf off" in preview.text
    sent = {name: preview.context["form"][name].value() for name in ("seen", "mark")}
    for more, status in (({"read": "1"}, 200), ({"confirm": "1"}, 409)):  # what is confirmed is what was shown
        bare = ask(client, cast, ROW, **sent, **more, take_off="on")
        assert (bare.status_code, "wrong.pdf" in bare.text, SignedElsewhere.objects.count()) == (status, False, 0)
    seen = bare.context["form"]["seen"].value()
    assert (bare.context["form"]["mark"].value() or "") == ""
    assert ask(client, cast, ROW, seen=seen, confirm="1").status_code == 302
    assert list(SignedElsewhere.objects.values_list("file", "file_name")) == [(None, "")]


def test_a_file_that_proves_nothing_or_is_gone_records_nothing_and_keeps_the_rows(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    wrong = ask(client, cast, UNPROVED, proves=SimpleUploadedFile("run.exe", b"MZ"))
    assert (wrong.status_code, "The selected file must be a PDF" in wrong.text) == (422, True)
    assert wrong.context["form"]["rows"].value() == UNPROVED
    preview = ask(client, cast, UNPROVED, proves=SimpleUploadedFile("export.pdf", make.PDF))
    sent = {name: preview.context["form"][name].value() for name in ("seen", "mark")} | {"confirm": "1"}
    (held,) = (settings.FILES_DIR / files.INCOMING).glob("*.held")
    held.unlink()
    gone = ask(client, cast, UNPROVED, **sent)
    assert (gone.status_code, "Choose it again. Nothing was recorded." in gone.text) == (422, True)
    assert (gone.context["form"]["rows"].value(), SignedElsewhere.objects.count()) == (UNPROVED, 0)
