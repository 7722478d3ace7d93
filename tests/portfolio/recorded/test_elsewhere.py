"""What was signed in another system: recorded by the officer, counted, told apart, and taken back."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from curriculum.models import Module
from portfolio import files, ledger, proof, requirements
from portfolio.manifest import elsewhere_digest
from portfolio.models import Assessment, ElsewhereVoid, ModuleSignOff, ModuleVoid, Portfolio, SignedElsewhere
from portfolio.outside import Elsewhere
from portfolio.progress import module_progress, portfolio_progress
from portfolio.reviews import DoneItem, done_items
from portfolio.states import ActivityState, ElsewhereKind, ModuleState
from portfolio.states import ElsewhereState as State
from portfolio.workflow import (
    AskFor,
    AssessmentElsewhere,
    Incomplete,
    Refused,
    TooLate,
    available,
    elsewhere,
    perform,
    perform_all,
)
from portfolio.workflow.elsewhere import ElsewhereTable
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything

OFFICERS = {"officer", "coordinator"}
KEEPERS = OFFICERS | {"administrator", "cohort_administrator"}
SEES = KEEPERS | {"trainee", "officer_in_training"}
CBD = {"kind": ElsewhereKind.CBD, "title": "A mismatch between two systems"}


def cbd(code: str = "S-C1", **fields: Any) -> elsewhere.Entry:
    return make.entry(code, **{**CBD, **fields})


LEGAL: dict[str, tuple[set[str], set[str]]] = {
    "record assessment elsewhere": ({State.NOT_RECORDED}, OFFICERS),
    "void assessment elsewhere": ({State.RECORDED}, KEEPERS),
}


def test_the_table_of_assessments_has_exactly_these_steps() -> None:
    assert set(ElsewhereTable.steps) == set(LEGAL)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_every_action_on_an_assessment_by_everybody(
    cast: Cast, state: str, closed: bool, django_capture_on_commit_callbacks: Any
) -> None:
    row = None if state == State.NOT_RECORDED else make.signed_elsewhere(cast.portfolio, cast.officer, cbd())
    if state == State.VOIDED and row:
        make.elsewhere_voided(row, cast.officer)
    if closed:
        perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    cast.portfolio.refresh_from_db()
    before = everything()
    mail.outbox.clear()
    for action, (sources, who) in LEGAL.items():
        for name, person in cast.people().items():
            found = SignedElsewhere.objects.select_related("void", "portfolio").filter(pk=row.pk).get() if row else None
            subject = AssessmentElsewhere(cast.portfolio, None if found else cbd(), found)
            said = f"{action} by {name} from {state}"
            assert ElsewhereTable().state(subject) == state
            legal = not closed and state in sources and name in who
            assert (action in available(subject, cast.portfolio, by=person)) == legal, said
            if legal:
                with transaction.atomic():
                    perform(action, subject, by=person, reason="The proof did not hold.")
                    transaction.set_rollback(True)
                continue
            with django_capture_on_commit_callbacks(execute=True), pytest.raises(Refused) as refusal:
                perform(action, subject, by=person, reason="The proof did not hold.")
            assert refusal.value.status == (403 if closed or state in sources else 409), said
    assert everything() == before
    assert mail.outbox == []


# --- what it counts -------------------------------------------------------------------------------------------------


def test_an_activity_signed_elsewhere_is_done_and_told_apart(cast: Cast) -> None:
    make.signed_off(cast.portfolio, cast.assessor, number=1)
    make.signed_elsewhere(cast.portfolio, cast.officer, make.entry(number=2))
    record = ledger.read_one(cast.portfolio)
    found = module_progress(record, record.structure.module("S-C1"))
    assert (found.activities.signed_off, found.activities.signed_elsewhere, found.activities.done) == (1, 1, 2)
    assert found.activities.detail == "1 signed off, 1 signed elsewhere, 1 not started"
    assert [one.number for one in found.blockers] == [3]
    assert portfolio_progress(record).items.done == 2
    held = record.modules["S-C1"].activities[2].elsewhere
    assert held == Elsewhere("The old portfolio", "Lena Voss, Consultant", make.entry().signed_on, make.today())


def test_an_assessment_signed_elsewhere_was_done_on_its_day_and_is_in_no_rate_of_what_is_here(
    cast: Cast,
) -> None:
    Module.objects.filter(code="S-C1").update(cbd=1, observed=1)
    on = make.today() - timedelta(days=20)
    make.signed_elsewhere(
        cast.portfolio, cast.officer, cbd(signed_on=on), cbd(kind="dops", title="A talk", signed_on=on)
    )
    make.signed_off(cast.portfolio, cast.assessor)
    done = done_items(portfolio_progress(ledger.read_one(cast.portfolio, reviews=True)))
    assert done == (DoneItem(make.today()), DoneItem(on, elsewhere=True), DoneItem(on, elsewhere=True))


def test_assessments_signed_elsewhere_fill_slots_and_never_more_than_there_are(cast: Cast) -> None:
    Module.objects.filter(code="S-C1").update(cbd=1, observed=2)
    make.signed_elsewhere(cast.portfolio, cast.officer, cbd(), cbd(title="Another"), cbd(kind="oce", title="A talk"))
    record = ledger.read_one(cast.portfolio)
    found = module_progress(record, record.structure.module("S-C1"))
    assert (found.assessments.done, found.assessments.base, found.assessments.signed_elsewhere) == (2, 3, 2)
    assert requirements.missing_kinds(record) == ("DOPS",)
    done = record.modules["S-C1"].done
    assert (done.cbd, done.oce, done.dops, done.cbd_elsewhere, done.observed_elsewhere) == (2, 1, 0, 2, 1)


def test_a_module_signed_off_over_it_lists_it_apart_and_keeps_the_numbers(cast: Cast) -> None:
    rows = [make.signed_elsewhere(cast.portfolio, cast.officer, make.entry(number=number)) for number in (1, 2)]
    make.signed_off(cast.portfolio, cast.assessor, number=3)
    make.module_signed_off(cast.portfolio, cast.officer)
    parts = json.loads(ModuleSignOff.objects.get().manifest)
    assert [item["number"] for item in parts["items"]] == [3]
    assert parts["elsewhere"] == [
        {"kind": "activity", "number": row.number, "record": elsewhere_digest(row)} for row in rows
    ]
    record = ledger.read_one(cast.portfolio)
    found = module_progress(record, record.structure.module("S-C1"))
    assert (found.activities.signed_off, found.activities.signed_elsewhere) == (1, 2)


def test_taking_it_back_voids_the_module_sign_off_over_it_and_tells_both(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    row = make.signed_elsewhere(cast.portfolio, cast.officer, make.entry(number=1))
    for number in (2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    make.module_signed_off(cast.portfolio, cast.officer)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        make.elsewhere_voided(row, cast.administrator)
    void, over = ElsewhereVoid.objects.get(), ModuleVoid.objects.get()
    assert (void.audit_seq, void.signer) == (over.audit_seq, cast.administrator)
    record = ledger.read_one(cast.portfolio)
    assert requirements.module_state(record, record.structure.module("S-C1")) == ModuleState.IN_PROGRESS
    assert sorted((one.to[0], one.subject.partition(":")[0]) for one in mail.outbox) == sorted(
        [
            (cast.trainee.email, "No longer recorded as signed elsewhere"),
            (cast.trainee.email, "No longer signed off"),
            (cast.officer.email, "No longer signed off"),
        ]
    )
    assert list(proof.signed_rows()) == []
    assert list(proof.states()) == []


@pytest.mark.parametrize("state", [ActivityState.NOT_STARTED, ActivityState.DRAFT, ActivityState.RETURNED])
def test_taken_back_it_stands_where_the_rows_say(cast: Cast, state: str) -> None:
    if state == ActivityState.DRAFT:
        make.drafted(cast.portfolio)
    if state == ActivityState.RETURNED:
        make.returned(cast.portfolio, cast.assessor)
    row = make.signed_elsewhere(cast.portfolio, cast.officer)
    assert make.activity(cast.portfolio).state == ActivityState.SIGNED_ELSEWHERE
    assert list(proof.states()) == []
    make.elsewhere_voided(row, cast.coordinator)
    assert make.activity(cast.portfolio).state == state
    assert list(proof.states()) == []
    make.signed_elsewhere(cast.portfolio, cast.officer)  # and it can be recorded again
    assert ledger.read_one(cast.portfolio).modules["S-C1"].activities[1].state == ActivityState.SIGNED_ELSEWHERE


def test_an_activity_that_was_only_withdrawn_is_a_draft_again(cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    perform("withdraw", item.activity, by=cast.trainee)
    perform("unlink", item.activity, by=cast.trainee, given=make.LinkTo(cast.portfolio.evidence.get()))
    row = make.signed_elsewhere(cast.portfolio, cast.officer)
    make.elsewhere_voided(row, cast.officer)
    assert make.activity(cast.portfolio).state == ActivityState.DRAFT


# --- what keeps it from being recorded ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"code": "S-Z9"}, "module", "The curriculum has no module S-Z9."),
        ({"number": 9}, "number", "S-C1 has no activity 9. It has activities 1 to 3."),
        ({"number": None}, "number", "Enter the number of the activity."),
        ({"number": 2}, "number", "S-C1 2 is in review already. It cannot be recorded as signed elsewhere."),
        ({"number": 3}, "number", "S-C1 3 is signed off already. It cannot be recorded as signed elsewhere."),
        ({"system": ""}, "system", "Enter the name of the system in which it was signed."),
        ({"signed_by": ""}, "signed_by", "Enter the name of the person who signed it."),
        ({"signed_on": None}, "signed_on", "Enter the date it was signed."),
        (
            {"signed_on": make.date(2999, 1, 1)},
            "signed_on",
            "1 January 2999 is in the future. Enter the day it was signed.",
        ),
        (
            {"signed_on": make.date(1066, 10, 14)},
            "signed_on",
            "This is more than 50 years before the training began. Check the year.",
        ),
        ({"note": ""}, "note", "Say what proves it, or add a file that does."),
        ({"title": "x" * 301}, "title", "Shorten this to 300 characters or fewer. It has 301."),
        ({**CBD, "title": ""}, "title", "Enter the title of the assessment."),
        ({**CBD, "code": "S-X1"}, "module", "S-X1 is signed off. Void its sign-off first."),
    ],
)
def test_what_is_wrong_is_said_in_words_at_its_field(cast: Cast, fields: dict[str, Any], field: str, said: str) -> None:
    make.in_review(cast.portfolio, cast.assessor, number=2)
    make.signed_off(cast.portfolio, cast.assessor, number=3)
    if fields.get("code") == "S-X1":
        make.confirmed(cast.portfolio, cast.officer, "S-X1", activities=1, cbd=0, observed=0)
        make.signed_off(cast.portfolio, cast.assessor, "S-X1")
        make.module_signed_off(cast.portfolio, cast.officer, "S-X1")
    entry = make.entry(**fields)
    assert list(elsewhere.wrong(ledger.read_one(cast.portfolio), entry)) == [(field, said)]
    with pytest.raises(Refused):
        make.signed_elsewhere(cast.portfolio, cast.officer, entry)
    assert SignedElsewhere.objects.count() == 0


def test_of_many_all_are_recorded_or_none(cast: Cast) -> None:
    before = everything()
    with pytest.raises(Incomplete):
        make.signed_elsewhere(cast.portfolio, cast.officer, make.entry(number=1), cbd(), cbd(title=""))
    assert everything() == before


def test_the_trainee_is_told_once_of_many(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    entries = [make.entry(number=number) for number in (1, 2, 3)] + [cbd(), cbd(title="Another")]
    with django_capture_on_commit_callbacks(execute=True):
        make.signed_elsewhere(cast.portfolio, cast.officer, *entries)
    told = [(one.to, one.subject) for one in mail.outbox]
    assert told == [
        ([cast.trainee.email], "Recorded as signed elsewhere"),
        ([cast.officer.email], "Ready to sign off: S-C1 of Priya Raman"),
    ]
    assert SignedElsewhere.objects.count() == 5


@pytest.mark.parametrize(
    "wrong", [{"number": None}, {"kind": "cbd"}, {"note": ""}, {"file_name": "proof.pdf"}, {"kind": "exam"}]
)
def test_the_database_refuses_a_record_that_makes_no_sense(cast: Cast, wrong: dict[str, Any]) -> None:
    row = make.signed_elsewhere(cast.portfolio, cast.officer)
    row.pk, row._state.adding, row.xid = None, True, "another"
    for name, value in wrong.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


# --- the pages ------------------------------------------------------------------------------------------------------


def typed(**fields: Any) -> dict[str, Any]:
    date = {"signed_on_0": "3", "signed_on_1": "3", "signed_on_2": "2025"}
    told = {"system": "The old portfolio", "signed_by": "Lena Voss", "note": "Seen on the screen.", "title": ""}
    return {"module": "S-C1", "kind": "activity", "number": "1", **date, **told, **fields}


def test_who_reads_and_who_records_over_http(cast: Cast) -> None:
    ref = cast.portfolio.ref
    row = make.signed_elsewhere(cast.portfolio, cast.officer, make.entry(number=2))
    void = reverse("elsewhere_void", args=[ref, row.xid])
    for name, person in cast.people().items():
        if name == "deactivated":
            continue
        client = Client()
        client.force_login(person)
        assert client.get(reverse("elsewhere", args=[ref])).status_code == (200 if name in SEES else 404), name
        for where, sent, who in (
            (reverse("elsewhere_new", args=[ref]), typed(), OFFICERS),
            (void, {"reason": "The proof did not hold."}, KEEPERS),
        ):
            before = everything()
            with transaction.atomic():
                wanted = 404 if name not in SEES else 302 if name in who else 403
                assert client.post(where, sent).status_code == wanted, (name, where)
                assert (everything() != before) == (wanted == 302), (name, where)
                transaction.set_rollback(True)


def test_the_title_is_the_curriculum_s_where_none_was_given(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    assert client.post(reverse("elsewhere_new", args=[cast.portfolio.ref]), typed()).status_code == 302
    assert SignedElsewhere.objects.get().title == "Task 1 of S-C1"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"module": "S-Z9"}, "Choose a module of this curriculum."),
        ({"number": ""}, "Enter the number of the activity."),
        ({"number": "9"}, "S-C1 has no activity 9."),
        ({"kind": "cbd", "title": ""}, "Enter the title of the assessment."),
        ({"signed_on_2": "2999"}, "is in the future"),
        ({"note": ""}, "Say what proves it, or add a file that does."),
    ],
)
def test_a_form_with_a_mistake_says_so_and_keeps_what_was_typed(
    client: Client, cast: Cast, fields: dict[str, str], said: str
) -> None:
    client.force_login(cast.officer)
    answer = client.post(
        reverse("elsewhere_new", args=[cast.portfolio.ref]), typed(signed_by="Lena Voss-Kern") | fields
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Lena Voss-Kern" in answer.content.decode()


@pytest.mark.parametrize("field", ["title", "case_reference", "note"])
def test_what_looks_like_a_patient_is_asked_about_before_it_stays(client: Client, cast: Cast, field: str) -> None:
    client.force_login(cast.officer)
    where = reverse("elsewhere_new", args=[cast.portfolio.ref])
    sent = typed(kind="cbd", title="A case") | {field: "Case 999 000 0026"}
    refused = client.post(where, sent)
    assert (refused.status_code, SignedElsewhere.objects.count()) == (422, 0)
    assert "Something in the text looks like an NHS number. Take it out, or confirm" in refused.text
    assert refused.context["form"][field].value() == "Case 999 000 0026"
    assert client.post(where, sent | {"checked": "on"}).status_code == 302
    assert getattr(SignedElsewhere.objects.get(), field) == "Case 999 000 0026"


def test_a_file_can_be_the_proof_and_only_their_people_get_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    upload = SimpleUploadedFile("export.pdf", make.PDF)
    sent = typed(note="") | {"file": upload}
    assert client.post(reverse("elsewhere_new", args=[cast.portfolio.ref]), sent).status_code == 302
    row = SignedElsewhere.objects.get()
    assert (row.file_name, row.file is not None and files.intact(row.file.sha256)) == ("export.pdf", True)
    where = reverse("elsewhere_file", args=[cast.portfolio.ref, row.xid])
    for name, person in cast.people().items():
        if name != "deactivated":
            client.force_login(person)
            answer = client.get(where)
            assert answer.status_code == (200 if name in SEES else 404), name
            if name in SEES:
                assert b"".join(answer.streaming_content) == make.PDF  # type: ignore[attr-defined]
    client.force_login(cast.officer)
    wrong = typed(number="2", note="") | {"file": SimpleUploadedFile("run.exe", b"MZ")}
    answer = client.post(reverse("elsewhere_new", args=[cast.portfolio.ref]), wrong)
    assert answer.status_code == 422
    assert "The selected file must be a PDF" in answer.content.decode()


def test_a_file_is_kept_while_a_form_has_errors_and_need_not_be_chosen_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    where = reverse("elsewhere_new", args=[cast.portfolio.ref])
    name = 'export <b>"1".pdf'
    first = client.post(where, typed(note="", number="9") | {"file": SimpleUploadedFile(name, make.PDF)})
    assert (first.status_code, "S-C1 has no activity 9." in first.text) == (422, True)
    assert "export &lt;b&gt;&quot;1&quot;.pdf is kept. Choose another file to take its place." in first.text
    assert stored() == []  # nothing came in to stay
    second = client.post(where, typed(note="", system="", mark=mark_of(first)))
    assert (second.status_code, "is kept." in second.text) == (422, True)
    assert client.post(where, typed(note="", mark=mark_of(second))).status_code == 302
    row = SignedElsewhere.objects.get()
    assert (row.file_name, row.file is not None and files.intact(row.file.sha256)) == (name, True)
    assert len(stored()) == 1


def test_another_file_takes_the_place_of_one_that_is_kept(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    where = reverse("elsewhere_new", args=[cast.portfolio.ref])
    page = client.post(where, typed(system="") | {"file": SimpleUploadedFile("old.pdf", make.PDF)})
    new = typed(mark=mark_of(page)) | {"file": SimpleUploadedFile("new.pdf", make.PDF + b"%")}
    assert client.post(where, new).status_code == 302
    assert SignedElsewhere.objects.get().file_name == "new.pdf"
    page = client.post(where, typed(number="2", system="") | {"file": SimpleUploadedFile("old.pdf", make.PDF)})
    wrong = client.post(where, typed(number="2", mark=mark_of(page)) | {"file": SimpleUploadedFile("run.exe", b"MZ")})
    assert (wrong.status_code, "old.pdf is kept." in wrong.text) == (422, True)


def test_a_file_that_is_kept_can_be_taken_off_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    where = reverse("elsewhere_new", args=[cast.portfolio.ref])
    page = client.post(where, typed(system="") | {"file": SimpleUploadedFile("wrong.pdf", make.PDF)})
    assert "Take wrong.pdf off" in page.text
    bare = client.post(where, typed(note="", mark=mark_of(page), take_off="on"))
    assert (bare.status_code, "Say what proves it" in bare.text, "wrong.pdf" in bare.text) == (422, True, False)
    assert not bare.context["form"]["mark"].value()
    assert client.post(where, typed(mark=mark_of(page), take_off="on")).status_code == 302
    row = SignedElsewhere.objects.get()
    assert (row.file, row.file_name, stored()) == (None, "", [])


def test_the_mark_of_a_file_is_good_for_one_person_and_portfolio_and_for_a_day(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    where = reverse("elsewhere_new", args=[cast.portfolio.ref])
    mark = mark_of(client.post(where, typed(system="") | {"file": SimpleUploadedFile("export.pdf", make.PDF)}))
    make.role(cast.other, cast.officer, "coordinator")
    elsewhere = reverse("elsewhere_new", args=[cast.other.ref])
    for address, person, sent in (
        (elsewhere, cast.officer, mark),
        (where, cast.coordinator, mark),
        (where, cast.officer, mark[:-1] + ("A" if mark[-1] != "A" else "B")),
        (where, cast.officer, "x" * 200),
    ):
        client.force_login(person)
        answer = client.post(address, typed(note="", mark=sent))
        assert (answer.status_code, "Say what proves it, or add a file" in answer.text) == (422, True)
    client.force_login(cast.officer)
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        client.force_login(cast.officer)
        files.sweep()
        assert client.post(where, typed(note="", mark=mark)).status_code == 422
    assert SignedElsewhere.objects.count() == 0


def test_a_kept_file_that_was_swept_or_damaged_is_asked_for_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    where = reverse("elsewhere_new", args=[cast.portfolio.ref])
    mark = mark_of(client.post(where, typed(system="") | {"file": SimpleUploadedFile("export.pdf", make.PDF)}))
    (held,) = (settings.FILES_DIR / files.INCOMING).glob("*.held")
    for change in (lambda: held.write_bytes(b"Other"), held.unlink):
        change()
        answer = client.post(where, typed(note="", mark=mark))
        assert (answer.status_code, "Choose it again." in answer.text) == (422, True)
    assert SignedElsewhere.objects.count() == 0


def mark_of(page: Any) -> str:
    """The mark that the form of a page carries."""
    return str(page.context["form"]["mark"].value())


def stored() -> list[Path]:
    """The files that are in the store to stay."""
    held = settings.FILES_DIR / files.INCOMING
    return [path for path in settings.FILES_DIR.rglob("*") if path.is_file() and held not in path.parents]


def test_a_record_is_shown_with_its_own_words_and_never_as_a_decision(client: Client, cast: Cast) -> None:
    make.signed_elsewhere(cast.portfolio, cast.officer)
    client.force_login(cast.trainee)
    page = client.get(reverse("activity", args=[cast.portfolio.ref, "S-C1", 1])).content.decode()
    status = page.partition("app-statusbar")[2].partition("</div>")[0]
    assert "Signed elsewhere" in status
    assert "By Lena Voss, Consultant on" in status
    assert "Signed off" not in status
    assert "i-elsewhere" in status
    module = client.get(reverse("module", args=[cast.portfolio.ref, "S-C1"])).content.decode()
    assert "Required items done" in module


def test_taken_back_twice_is_too_late(client: Client, cast: Cast) -> None:
    row = make.signed_elsewhere(cast.portfolio, cast.officer)
    client.force_login(cast.officer)
    where = reverse("elsewhere_void", args=[cast.portfolio.ref, row.xid])
    assert client.post(where, {}).status_code == 422
    assert client.post(where, {"reason": "A mistake."}).status_code == 302
    assert client.post(where, {"reason": "A mistake."}).status_code == 409
    make.signed_elsewhere(cast.portfolio, cast.officer)
    assert client.post(where, {"reason": "A mistake."}).status_code == 409  # another record stands now
    assert ElsewhereVoid.objects.count() == 1


def test_links_after_it_are_as_after_a_sign_off(cast: Cast) -> None:
    make.signed_elsewhere(cast.portfolio, cast.officer)
    page = make.page(cast.portfolio, "Later")
    perform("link", make.activity(cast.portfolio), by=cast.trainee, given=make.LinkTo(page, "More of it."))
    assert make.activity(cast.portfolio).state == ActivityState.SIGNED_ELSEWHERE
    perform("unlink", make.activity(cast.portfolio), by=cast.trainee, given=make.LinkTo(page))
    assert make.activity(cast.portfolio).state == ActivityState.SIGNED_ELSEWHERE


def test_a_record_that_somebody_changed_is_found_and_not_shown_as_true(client: Client, cast: Cast) -> None:
    row = make.signed_elsewhere(cast.portfolio, cast.officer)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portfolio_signedelsewhere SET signed_by = 'Nobody' WHERE id = %s", [row.pk])
    assert [one.what for one in proof.signed_rows()] == ["it is not what was recorded when it was made"]
    client.force_login(cast.trainee)
    for where in (
        reverse("elsewhere", args=[cast.portfolio.ref]),
        reverse("activity", args=[cast.portfolio.ref, "S-C1", 1]),
    ):
        assert "Record does not agree" in client.get(where).content.decode()


def test_a_portfolio_of_somebody_else_keeps_its_records_to_itself(client: Client, cast: Cast) -> None:
    row = make.signed_elsewhere(cast.portfolio, cast.officer)
    client.force_login(cast.other_officer)
    assert client.get(reverse("elsewhere_void", args=[cast.other.ref, row.xid])).status_code == 404


def test_the_list_asks_as_much_for_one_item_as_for_many(
    client: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    of: Portfolio = cast.portfolio
    client.force_login(cast.officer)
    where = reverse("elsewhere", args=[of.ref])
    make.signed_elsewhere(of, cast.officer)
    client.get(where)
    with django_assert_max_num_queries(15) as one:
        client.get(where)
    perform_all(elsewhere.asks(of, [cbd(title=f"Case {number}") for number in range(29)]), by=cast.officer)
    with django_assert_max_num_queries(15) as many:
        client.get(where)
    assert len(one) == len(many)


# --- one assessment, recorded once --------------------------------------------------------------------------------


def test_a_second_assessment_with_the_same_title_on_the_same_day_is_asked_about(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    where = reverse("elsewhere_new", args=[cast.portfolio.ref])
    sent = typed(kind="cbd", number="", title="A case of mine")
    assert client.post(where, sent).status_code == 302
    again = sent | {"title": " a CASE of  mine", "system": "Old portfolio"}
    answer = client.post(where, again)
    assert (answer.status_code, SignedElsewhere.objects.count()) == (422, 1)
    assert elsewhere.ANOTHER in answer.content.decode()
    assert client.post(where, again | {"another": "on"}).status_code == 422  # of how many it was said is not told
    confirmed = again | {"another": "on", "beside": answer.context["form"]["beside"].value()}
    assert client.post(where, confirmed).status_code == 302
    answer = client.post(where, confirmed)  # sent twice: the confirmation was of one
    assert (answer.status_code, SignedElsewhere.objects.count()) == (422, 2)
    assert answer.context["form"]["another"].value() is False
    assert client.post(where, sent | {"title": "A case of hers"}).status_code == 302


def test_an_assessment_that_is_satisfactory_here_is_asked_about_and_one_that_is_not_is_none(cast: Cast) -> None:
    row = make.assessed(cast.portfolio, cast.assessor, "not_yet_satisfactory", code="S-X1")
    same = make.entry("S-C1", kind="cbd", title=row.title.upper(), signed_on=row.happens_on)
    make.elsewhere_voided(make.signed_elsewhere(cast.portfolio, cast.officer, same), cast.officer)
    row = make.assessed(cast.portfolio, cast.assessor, code="S-X1")
    same = make.entry("S-C1", kind="cbd", title=row.title.upper(), signed_on=row.happens_on)
    with pytest.raises(Incomplete) as refusal:
        make.signed_elsewhere(cast.portfolio, cast.officer, same)
    assert refusal.value.errors == {"another": elsewhere.ANOTHER}
    make.signed_elsewhere(cast.portfolio, cast.officer, replace(same, another=1))


def test_an_assessment_that_is_with_an_assessor_is_asked_about_and_a_plan_is_its_trainees_alone(cast: Cast) -> None:
    row = make.planned(cast.portfolio, "CBD", code="S-X1")
    same = make.entry("S-C1", kind="cbd", title=row.title.upper(), signed_on=row.happens_on)
    assert elsewhere.Twins(cast.portfolio).of(same) == 0
    perform("ask", row, by=cast.trainee, given=AskFor(cast.assessor, declared=True))
    assert elsewhere.Twins(cast.portfolio).of(same) == 1
    with pytest.raises(Incomplete) as refusal:
        make.signed_elsewhere(cast.portfolio, cast.officer, same)
    assert refusal.value.errors == {"another": elsewhere.ANOTHER}


def test_one_observation_in_another_module_or_of_the_other_kind_is_asked_about_too(cast: Cast) -> None:
    make.signed_elsewhere(cast.portfolio, cast.officer, cbd())
    for same in (cbd(code="S-X1"), cbd(kind="dops")):
        with pytest.raises(Incomplete) as refusal:
            make.signed_elsewhere(cast.portfolio, cast.officer, same)
        assert refusal.value.errors == {"another": elsewhere.ANOTHER}
    assert SignedElsewhere.objects.count() == 1


def test_nobody_is_asked_to_assess_what_another_system_has_signed_since_it_was_planned(cast: Cast) -> None:
    row = make.planned(cast.portfolio, "CBD", code="S-X1")
    make.signed_elsewhere(cast.portfolio, cast.officer, cbd(title=row.title.upper(), signed_on=row.happens_on))
    with pytest.raises(TooLate, match="Another system has signed one with this title on this day"):
        perform("ask", row, by=cast.trainee, given=AskFor(cast.assessor, declared=True))
    Assessment.objects.filter(pk=row.pk).update(another=True)  # as the form of the plan does
    perform("ask", make.assessment(row), by=cast.trainee, given=AskFor(cast.assessor, declared=True))


def test_what_was_taken_back_and_what_another_portfolio_holds_is_no_reason_to_ask(cast: Cast) -> None:
    make.role(cast.other, cast.coordinator, "coordinator")
    make.signed_elsewhere(cast.other, cast.coordinator, cbd())
    for _ in range(2):
        make.elsewhere_voided(make.signed_elsewhere(cast.portfolio, cast.officer, cbd()), cast.officer)
    make.signed_elsewhere(cast.portfolio, cast.officer, cbd(), cbd(kind="dops", another=1), cbd(code="S-X1", another=2))
    assert elsewhere.Twins(cast.portfolio).of(cbd()) == 3
    with pytest.raises(Incomplete):
        make.signed_elsewhere(cast.portfolio, cast.officer, cbd(title="New"), cbd(title="NEW"))
    assert SignedElsewhere.objects.filter(portfolio=cast.portfolio, void=None).count() == 3
