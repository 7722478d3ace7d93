"""The university's results: who records them, what counts, and what a correction may do."""

import json
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from curriculum.models import Curriculum, Rules
from portfolio import ledger, proof, requirements
from portfolio.manifest import result_digest
from portfolio.models import ModuleSignOff, Portfolio, UniversityResult
from portfolio.requirements import At, BlockerKind, Who
from portfolio.states import ModuleState
from portfolio.states import ResultState as State
from portfolio.workflow import Incomplete, RecordResult, Refused, TooLate, available, perform
from portfolio.workflow.results import ResultTable
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything

OFFICERS = {"officer", "coordinator"}
SEES = {"trainee", "officer", "coordinator", "officer_in_training", "administrator", "cohort_administrator"}
CODE, MSC = "S-P1", "MSc Clinical Science"
PROJECT = {"code": CODE, "credits": 180, "kind": "project", "activities": 1, "university_result": True, **make.KNOWN}
BLOCKS: list[dict[str, Any]] = [{"title": "A project", "credits": 180, "modules": [PROJECT]}]
DUE = {"year": 3, "month": 9, "day": 15}
POINTS = [
    {
        "name": "Completion",
        "due": DUE,
        "requires": [{"overall": 100}, {"award": MSC}, {"any_of": [[{"award": "Final Year"}]]}],
    }
]


@pytest.fixture
def asked(cast: Cast) -> Portfolio:
    """A portfolio of the cast on a curriculum whose module and whose rules ask for results."""
    of = make.curriculum("TST3-1-24", blocks=BLOCKS)
    rules = Rules.objects.create(name="results", content={"review_points": POINTS})
    Curriculum.objects.filter(pk=of.pk).update(rules=rules)
    Portfolio.objects.filter(pk=cast.portfolio.pk).update(curriculum=of)
    cast.portfolio = Portfolio.objects.get(pk=cast.portfolio.pk)
    return cast.portfolio


REACH: dict[str, list[str]] = {
    State.NOT_RECORDED: [],
    State.PASSED: [State.PASSED],
    State.NOT_PASSED: [State.NOT_PASSED],
    State.TAKEN_BACK: [State.PASSED, State.TAKEN_BACK],
}
LEGAL = {"record result": {State.NOT_RECORDED}, "correct result": set(REACH) - {State.NOT_RECORDED}}


def test_the_table_has_exactly_these_steps() -> None:
    assert set(ResultTable.steps) == set(LEGAL)
    assert set(REACH) == set(State)


@pytest.mark.parametrize("award", ["", MSC], ids=["module", "award"])
@pytest.mark.parametrize("state", list(REACH))
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_every_action_by_everybody(
    cast: Cast, asked: Portfolio, award: str, state: str, closed: bool, django_capture_on_commit_callbacks: Any
) -> None:
    for says in REACH[state]:
        make.result(asked, cast.officer, "" if award else CODE, award=award, says=says, reason="Misread.")
    if closed:
        perform("close portfolio", asked, by=cast.administrator, reason="Completed.")
    asked.refresh_from_db()
    before = everything()
    mail.outbox.clear()
    for action, sources in LEGAL.items():
        for name, person in cast.people().items():
            subject = make.result_of(asked, "" if award else CODE, award)
            seen = result_digest(subject.newest) if subject.newest else ""
            given = RecordResult(State.PASSED, make.today(), "The transcript")
            said = f"{action} by {name} from {state}"
            assert ResultTable().state(subject) == state
            legal = not closed and state in sources and name in OFFICERS
            assert (action in available(subject, asked, by=person)) == legal, said
            if legal:
                with transaction.atomic():
                    perform(action, subject, by=person, seen=seen, given=given, reason="Misread.")
                    assert ResultTable().state(subject) == State.PASSED
                    transaction.set_rollback(True)
                continue
            with django_capture_on_commit_callbacks(execute=True), pytest.raises(Refused) as refusal:
                perform(action, subject, by=person, seen=seen, given=given, reason="Misread.")
            assert refusal.value.status == (403 if closed or state in sources else 409), said
    assert everything() == before
    assert mail.outbox == []


def missing(of: Portfolio) -> list[tuple[Any, ...]]:
    record = ledger.read_one(of)
    found = requirements.blockers(record, record.structure.module(CODE))
    return [(one.kind, one.reason, one.who, one.at) for one in found]


def test_only_a_pass_completes_a_module_and_the_newest_counts(cast: Cast, asked: Portfolio) -> None:
    make.signed_off(asked, cast.assessor, CODE)
    where = (Who.OFFICER, At("result", CODE))
    assert missing(asked) == [(BlockerKind.UNIVERSITY_RESULT, "The module needs it.", *where)]
    row = make.result(asked, cast.officer, CODE, says=State.NOT_PASSED)
    on = requirements.blocker.day(row.dated_on)
    failed = f"Not passed on {on}. The module needs a pass."
    assert missing(asked) == [(BlockerKind.UNIVERSITY_RESULT, failed, *where)]
    make.result(asked, cast.officer, CODE, reason="Passed at the second attempt.")
    assert missing(asked) == []
    make.result(asked, cast.officer, CODE, says=State.TAKEN_BACK, reason="Somebody else's.")
    assert missing(asked) == [(BlockerKind.UNIVERSITY_RESULT, "The module needs it.", *where)]
    assert list(UniversityResult.objects.order_by("number").values_list("number", "result", "reason")) == [
        (1, "not_passed", ""),
        (2, "passed", "Passed at the second attempt."),
        (3, "taken_back", "Somebody else's."),
    ]


def test_the_ledger_tells_of_awards_that_were_passed_and_of_no_other(cast: Cast, asked: Portfolio) -> None:
    row = make.result(asked, cast.officer, award=MSC)
    make.result(asked, cast.officer, award="Final Year", says=State.NOT_PASSED)
    assert ledger.read_one(asked).awards == {MSC: row.dated_on}
    make.result(asked, cast.officer, award=MSC, says=State.TAKEN_BACK, reason="Misread.")
    assert ledger.read_one(asked).awards == {}


def test_a_result_under_a_signed_module_is_taken_away_only_after_its_sign_off(cast: Cast, asked: Portfolio) -> None:
    make.signed_off(asked, cast.assessor, CODE)
    first = make.result(asked, cast.officer, CODE)
    make.module_signed_off(asked, cast.officer, CODE)
    assert json.loads(ModuleSignOff.objects.get().manifest)["result"] == result_digest(first)
    with pytest.raises(TooLate, match="signed off on this result"):
        make.result(asked, cast.officer, CODE, says=State.TAKEN_BACK, reason="Misread.")
    make.result(asked, cast.officer, CODE, reason="The date was wrong.")
    record = ledger.read_one(asked)
    assert requirements.module_state(record, record.structure.module(CODE)) == ModuleState.SIGNED_OFF
    assert list(proof.signed_rows()) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"result": "excellent"}, "result"),
        ({"result": State.NOT_RECORDED}, "result"),
        ({"result": State.TAKEN_BACK}, "result"),  # there is nothing to take back
        ({"dated_on": None}, "dated_on"),
        ({"dated_on": make.date(2999, 1, 1)}, "dated_on"),
        ({"dated_on": make.date(1066, 10, 14)}, "dated_on"),
        ({"source": "  "}, "source"),
    ],
)
def test_what_a_result_lacks_is_said_at_its_field(
    cast: Cast, asked: Portfolio, given: dict[str, Any], field: str
) -> None:
    whole = {"result": State.PASSED, "dated_on": make.today(), "source": "The transcript", **given}
    with pytest.raises(Incomplete) as refusal:
        perform("record result", make.result_of(asked, CODE), by=cast.officer, seen="", given=RecordResult(**whole))
    assert set(refusal.value.errors) == {field}
    assert UniversityResult.objects.count() == 0


def test_a_module_or_an_award_that_asks_for_no_result_gets_none(cast: Cast, asked: Portfolio) -> None:
    given = RecordResult(State.PASSED, make.today(), "The transcript")
    with pytest.raises(TooLate):
        perform("record result", make.result_of(asked, award="Best in show"), by=cast.officer, seen="", given=given)
    with pytest.raises(TooLate):
        perform("record result", make.result_of(cast.other, "S-C1"), by=cast.other_officer, seen="", given=given)


def test_two_results_recorded_at_once_do_not_hide_each_other(cast: Cast, asked: Portfolio) -> None:
    make.result(asked, cast.coordinator, CODE)
    given = RecordResult(State.NOT_PASSED, make.today(), "The transcript")
    subject = make.result_of(asked, CODE)
    with pytest.raises(TooLate, match="another result was recorded"):
        perform("correct result", subject, by=cast.officer, seen="", given=given, reason="Misread.")


@pytest.mark.parametrize(
    "wrong", [{"award": MSC}, {"module": None}, {"number": 2}, {"number": 0}, {"result": "not_recorded"}]
)
def test_the_database_refuses_a_result_that_makes_no_sense(cast: Cast, asked: Portfolio, wrong: dict[str, Any]) -> None:
    row = make.result(asked, cast.officer, CODE)
    row.pk, row._state.adding, row.number, row.reason = None, True, 5, "" if "number" in wrong else "Misread."
    for name, value in wrong.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


# --- the pages ----------------------------------------------------------------------------------------------------


def typed(**fields: Any) -> dict[str, Any]:
    today = make.today()
    date = {"dated_on_0": today.day, "dated_on_1": today.month, "dated_on_2": today.year}
    return {"result": "passed", "source": "The transcript", "seen": "", **date, **fields}


def test_who_reads_and_who_records_a_result_over_http(cast: Cast, asked: Portfolio) -> None:
    where = reverse("module_result", args=[asked.ref, CODE])
    for name, person in cast.people().items():
        client = Client()
        client.force_login(person)
        if name == "deactivated":
            continue
        page = client.get(where)
        assert page.status_code == (200 if name in SEES else 404), name
        if name in SEES:
            assert (page.context["form"] is not None) == (name in OFFICERS), name
        with transaction.atomic():
            wanted = 404 if name not in SEES else 302 if name in OFFICERS else 403
            assert client.post(where, typed()).status_code == wanted, name
            transaction.set_rollback(True)
    assert UniversityResult.objects.count() == 0


def test_what_was_typed_is_kept_when_a_field_is_missing(client: Client, cast: Cast, asked: Portfolio) -> None:
    client.force_login(cast.officer)
    where = reverse("module_result", args=[asked.ref, CODE])
    answer = client.post(where, typed(result="", source="The transcript of June"))
    assert answer.status_code == 422
    assert "Choose what the university says." in answer.content.decode()
    assert "The transcript of June" in answer.content.decode()


def test_a_correction_needs_a_reason_and_tells_the_trainee_without_the_result(
    client: Client, cast: Cast, asked: Portfolio, django_capture_on_commit_callbacks: Any
) -> None:
    row = make.result(asked, cast.officer, CODE)
    client.force_login(cast.officer)
    where = reverse("module_result", args=[asked.ref, CODE])
    sent = typed(result="not_passed", seen=result_digest(row))
    assert client.post(where, sent).status_code == 422
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(where, sent | {"reason": "Misread."}).status_code == 302
    assert [(one.to, one.subject) for one in mail.outbox] == [
        ([cast.trainee.email], f"University result corrected: {CODE}")
    ]
    assert "not passed" not in mail.outbox[0].body.lower()
    assert client.post(where, sent | {"reason": "Misread."}).status_code == 409  # what it was opened on is gone
    client.force_login(cast.trainee)
    page = client.get(where).content.decode()
    assert "Not passed" in page
    assert "Misread." in page


def test_a_module_without_a_result_has_no_page_for_one(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    assert client.get(reverse("module_result", args=[cast.portfolio.ref, "S-C1"])).status_code == 404


def test_awards_are_those_of_the_rules_and_one_is_recorded_by_its_name_and_corrected_with_a_reason(
    client: Client, cast: Cast, asked: Portfolio
) -> None:
    client.force_login(cast.officer)
    where = reverse("awards", args=[asked.ref])
    assert [one.name for one in client.get(where).context["shown"]] == [MSC, "Final Year"]
    assert client.get(f"{where}?award={MSC}").context["form"] is not None
    assert client.post(where, typed()).status_code == 422  # which award?
    assert client.post(where, typed(award="Best in show")).status_code == 422
    assert client.post(where, typed(award=MSC)).status_code == 302
    assert ledger.read_one(asked).awards == {MSC: make.today()}
    seen = result_digest(UniversityResult.objects.get(award=MSC))
    corrects = typed(award=MSC, result="not_passed", seen=seen)
    assert client.post(where, corrects).status_code == 422  # without a reason
    assert client.post(where, corrects | {"reason": "Misread."}).status_code == 302
    assert (ledger.read_one(asked).awards, "Misread." in client.get(where).text) == ({}, True)
    client.force_login(cast.trainee)
    assert client.post(where, typed(award=MSC)).status_code == 403
    page = client.get(reverse("progress", args=[asked.ref])).content.decode()
    assert where in page


def test_awards_where_the_rules_ask_for_none_say_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.trainee)
    assert "No award is asked for" in client.get(reverse("awards", args=[cast.portfolio.ref])).content.decode()
