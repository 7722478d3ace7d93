"""The journal: private to its trainee, deleted for good, and turned into evidence with nothing retyped."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Event
from portfolio.models import Evidence, JournalNote, Portfolio
from portfolio.workflow import Incomplete, NotAllowed, TooLate, journal, perform, writing
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import queries


@pytest.fixture
def priya(client: Client, cast: Cast) -> Client:
    client.force_login(cast.trainee)
    return client


def at(name: str, of: Portfolio, note: JournalNote | None = None) -> str:
    return reverse(name, args=[of.ref, note.jid] if note else [of.ref])


def typed(**changes: Any) -> dict[str, Any]:
    day = make.today()
    return {
        "dated_0": day.day,
        "dated_1": day.month,
        "dated_2": day.year,
        "happened": "A long meeting.",
        "thought": "Names are data.",
        **changes,
    }


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_note_is_written_changed_and_deleted_for_good(priya: Client, cast: Cast) -> None:
    of = cast.portfolio
    assert priya.post(at("journal_new", of), typed()).status_code == 302
    note = JournalNote.objects.get()
    assert (note.dated, note.happened, note.thought) == (make.today(), "A long meeting.", "Names are data.")
    seen = priya.get(at("journal_edit", of, note)).context["form"]["seen"].value()
    assert priya.post(at("journal_edit", of, note), typed(thought="", seen=seen)).status_code == 302
    assert JournalNote.objects.get().thought == ""
    assert "for good" in words(priya.get(at("journal_delete", of, note)))
    assert JournalNote.objects.exists()
    assert priya.post(at("journal_delete", of, note)).status_code == 302
    assert not JournalNote.objects.exists()


def test_a_form_sent_twice_makes_one_note(priya: Client, cast: Cast) -> None:
    token = priya.get(at("journal_new", cast.portfolio)).context["form"]["note_token"].value()
    for _ in range(2):
        assert priya.post(at("journal_new", cast.portfolio), typed(note_token=token)).status_code == 302
    assert JournalNote.objects.count() == 1
    priya.post(at("journal_new", cast.portfolio), typed(note_token=f"{JournalNote.objects.get().jid}:forged"))
    assert JournalNote.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"happened": " ", "thought": ""}, "Write what happened, or what you make of it."),
        ({"dated_0": ""}, "The date must include a day"),
        ({"dated_2": "2999"}, "The date must be today or in the past."),
        ({"dated_2": "1066"}, "This is more than 50 years before the training began. Check the year."),
        ({"happened": "x" * 20_001}, "What happened must be 20,000 characters or fewer."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    priya: Client, cast: Cast, changes: dict[str, Any], said: str
) -> None:
    answer = priya.post(at("journal_new", cast.portfolio), typed(**changes))
    assert answer.status_code == 422
    assert said in words(answer)
    assert ("Names are data." in words(answer)) == ("thought" not in changes)
    assert not JournalNote.objects.exists()


def test_what_was_typed_in_a_session_that_ended_is_given_back(cast: Cast) -> None:
    answer = Client().post(at("journal_new", cast.portfolio), typed())
    assert answer.status_code == 401
    assert "Names are data." in words(answer)


def test_what_was_typed_for_a_closed_portfolio_is_given_back(priya: Client, cast: Cast) -> None:
    note = make.note(cast.portfolio)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    for path in (at("journal_new", cast.portfolio), at("journal_edit", cast.portfolio, note)):
        answer = priya.post(path, typed(thought="Written at the end."))
        assert answer.status_code == 403
        assert "Written at the end." in words(answer)
    assert priya.get(at("journal_note", cast.portfolio, note)).status_code == 200


def test_nobody_else_reads_it_whatever_they_are(cast: Cast) -> None:
    note = make.note(cast.portfolio)
    people: dict[str, User] = cast.people()
    for name, person in people.items():
        if name == "trainee" or not person.is_active:
            continue
        browser = Client()
        browser.force_login(person)
        for page in ("journal", "journal_new"):
            assert browser.get(at(page, cast.portfolio)).status_code in (403, 404), name
        for page in ("journal_note", "journal_edit", "journal_delete"):
            assert browser.get(at(page, cast.portfolio, note)).status_code in (403, 404), name


def test_nobody_else_writes_it(cast: Cast) -> None:
    note = make.note(cast.portfolio)
    for person in (cast.officer, cast.administrator, cast.superuser, cast.other_trainee):
        for act in (journal.delete, journal.turn_note):
            with pytest.raises(NotAllowed):
                act(note, by=person)
        with pytest.raises(NotAllowed):
            journal.keep(cast.portfolio, journal.Note(make.today(), "Mine", ""), by=person)
    assert JournalNote.objects.get() == note


def test_no_event_and_no_page_of_others_tells_of_a_note(cast: Cast) -> None:
    before = Event.objects.count()
    note = make.note(cast.portfolio)
    journal.delete(note, by=cast.trainee)
    assert Event.objects.count() == before


def test_the_note_of_another_portfolio_is_not_there(priya: Client, cast: Cast) -> None:
    theirs = make.note(cast.other)
    for page in ("journal_note", "journal_edit", "journal_delete"):
        assert priya.get(at(page, cast.portfolio, theirs)).status_code == 404
    assert priya.post(at("journal_evidence", cast.portfolio, theirs)).status_code == 404


def test_a_note_becomes_a_page_of_evidence_with_nothing_retyped_and_remembers_it(priya: Client, cast: Cast) -> None:
    of = cast.portfolio
    note = make.note(of, "A long meeting about the names of things in hospital systems and who owns them.", "Names.")
    for _ in range(2):
        answer = priya.post(at("journal_evidence", of, note))
        page = Evidence.objects.get()
        assert answer["Location"] == reverse("evidence_edit", args=[of.ref, page.eid])
    assert page.title == "A long meeting about the names of things in hospital systems …"
    assert (page.happened_on, page.kind) == (note.dated, "reflection")
    assert page.body == (
        "## What happened\n\nA long meeting about the names of things in hospital systems and who owns them."
        "\n\n## What I make of it\n\nNames."
    )
    assert page.eid in words(priya.get(at("journal_note", of, note)))
    assert "Made evidence" in words(priya.get(at("journal", of)))
    writing.discard(page, by=cast.trainee)
    priya.post(at("journal_evidence", of, note))
    assert Evidence.objects.filter(binned_at=None).count() == 1


def test_deleting_a_note_leaves_the_page_that_was_made_of_it(cast: Cast) -> None:
    note = make.note(cast.portfolio)
    page = journal.turn_note(note, by=cast.trainee)
    journal.delete(note, by=cast.trainee)
    assert Evidence.objects.get() == page


def test_a_note_that_was_deleted_in_another_tab_is_too_late(priya: Client, cast: Cast) -> None:
    note = make.note(cast.portfolio)
    journal.delete(note, by=cast.trainee)
    for act in (journal.delete, journal.turn_note):
        with pytest.raises(TooLate):
            act(note, by=cast.trainee)
    with pytest.raises(TooLate):
        journal.keep(cast.portfolio, journal.Note(make.today(), "Mine", ""), by=cast.trainee, row=note)


def test_an_empty_note_or_one_of_tomorrow_is_refused_and_the_database_holds_the_first(cast: Cast) -> None:
    for note in (journal.Note(make.today(), " ", ""), journal.Note(make.today() + timedelta(days=1), "Mine", "")):
        with pytest.raises(Incomplete):
            journal.keep(cast.portfolio, note, by=cast.trainee)
    row = make.note(cast.portfolio)
    with pytest.raises(IntegrityError), transaction.atomic():
        JournalNote.objects.filter(pk=row.pk).update(happened="", thought="")


def test_notes_stand_under_their_months_the_latest_first(priya: Client, cast: Cast) -> None:
    for day in (make.date(2025, 3, 1), make.date(2025, 3, 31), make.date(2025, 2, 28)):
        make.note(cast.portfolio, f"On {day}", dated=day)
    months = priya.get(at("journal", cast.portfolio)).context["months"]
    assert [(month, [note["title"] for note in notes]) for month, notes in months] == [
        ("March 2025", ["On 2025-03-31", "On 2025-03-01"]),
        ("February 2025", ["On 2025-02-28"]),
    ]


def test_what_looks_like_patient_data_is_warned_of(priya: Client, cast: Cast) -> None:
    note = make.note(cast.portfolio, "NHS number 999 000 0018")
    assert "looks like an NHS number" in words(priya.get(at("journal_note", cast.portfolio, note)))


def test_the_list_asks_the_same_of_thirty_notes_as_of_one(priya: Client, cast: Cast) -> None:
    make.note(cast.portfolio)
    one = queries(priya, at("journal", cast.portfolio))
    for _ in range(30):
        make.note(cast.portfolio)
    assert queries(priya, at("journal", cast.portfolio)) == one
    assert one <= 15
