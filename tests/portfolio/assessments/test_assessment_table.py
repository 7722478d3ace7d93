"""Every state × action × person of a work-based assessment, and what its steps write."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.test import Client
from django.urls import reverse

from portfolio.models import (
    Assessment,
    AssessmentAddressee,
    AssessmentDecision,
    AssessmentReflection,
    AssessmentVoid,
    KindCorrection,
    ModuleSignOff,
    ModuleVoid,
    Portfolio,
)
from portfolio.states import AssessmentState as State
from portfolio.states import ModuleState
from portfolio.workflow import AskFor, Correct, ModuleOf, Redirect, Refused, TooLate, available, perform
from portfolio.workflow.assessments import AssessmentTable
from portfolio.workflow.assessments.planning import planned_seen
from portfolio.workflow.assessments.reflecting import reflect
from portfolio.workflow.modules import ModuleTable
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything

OFFICERS = {"officer", "coordinator"}
ADMINISTRATORS = {"administrator", "cohort_administrator"}
DECIDED = {State.SATISFACTORY, State.NOT_YET}

LEGAL: dict[str, tuple[set[str], set[str]]] = {
    "plan": ({State.OPEN, State.PLANNED}, {"trainee"}),
    "ask": ({State.PLANNED}, {"trainee"}),
    "withdraw": ({State.WITH_ASSESSOR}, {"trainee"}),
    "redirect": ({State.WITH_ASSESSOR}, {"trainee"} | OFFICERS),
    "hand over": ({State.WITH_ASSESSOR}, ADMINISTRATORS),
    "lend device": ({State.WITH_ASSESSOR}, {"trainee"}),
    "complete": ({State.WITH_ASSESSOR}, {"assessor"}),
    "correct the kind": ({State.WITH_ASSESSOR} | DECIDED, {"assessor"}),
    "void assessment": (DECIDED, OFFICERS | ADMINISTRATORS),
}


def test_the_table_has_exactly_these_steps() -> None:
    assert set(AssessmentTable.steps) == set(LEGAL)


def reach(state: str, cast: Cast) -> Assessment:
    of = cast.portfolio
    match state:
        case State.OPEN:
            return make.slot(of)
        case State.PLANNED:
            return make.planned(of)
        case State.WITH_ASSESSOR:
            return make.asked(of, cast.assessor)
        case State.VOIDED:
            row = make.assessed(of, cast.assessor)
            perform("void assessment", row, by=cast.officer, reason="The wrong trainee.")
            return make.assessment(row)
    return make.assessed(of, cast.assessor, state)


def arguments(action: str, row: Assessment, cast: Cast) -> dict[str, Any]:
    decided = row.state in DECIDED
    match action:
        case "plan":
            return {"given": make.plan(), "seen": "" if row._state.adding else planned_seen(row)}
        case "ask":
            return {"given": AskFor(cast.assessor, declared=True)}
        case "redirect" | "hand over":
            return {"given": Redirect(cast.second_assessor)}
        case "complete":
            return {"given": make.completed(row), "seen": make.seen_of(row)}
        case "correct the kind":
            marks = make.marks_of(row, "OCE") if decided else {}
            return {"given": Correct(marks), "seen": make.seen_of(row, "OCE")}
        case "void assessment":
            return {"reason": "The wrong trainee."}
    return {}


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("state", list(State))
def test_every_action_by_everybody(
    cast: Cast, priya: Portfolio, state: str, closed: bool, django_capture_on_commit_callbacks: Any
) -> None:
    row = reach(state, cast)
    if closed:
        perform("close portfolio", priya, by=cast.administrator, reason="Completed.")
        row.portfolio = cast.portfolio = Portfolio.objects.get(pk=priya.pk)
    before = everything()
    mail.outbox.clear()
    for action, (sources, who) in LEGAL.items():
        for name, person in cast.people().items():
            legal = state in sources and name in who and not closed
            said = f"{action} by {name} from {state}"
            assert (action in available(row, row.portfolio, by=person)) == legal, said
            if legal:
                with transaction.atomic():
                    if action == "hand over":
                        priya.roles.filter(user=cast.assessor).update(ends_on=make.today() - timedelta(days=1))
                    perform(action, row, by=person, **arguments(action, row, cast))
                    transaction.set_rollback(True)
            else:
                with pytest.raises(Refused) as refusal, django_capture_on_commit_callbacks(execute=True):
                    perform(action, row, by=person, **arguments(action, row, cast))
                assert refusal.value.status == (403 if state in sources or closed else 409), said
    assert everything() == before
    assert mail.outbox == []


def test_a_completed_form_stores_who_what_was_shown_and_what_was_marked(cast: Cast, priya: Portfolio) -> None:
    row = make.assessed(priya, cast.assessor)
    decision = AssessmentDecision.objects.get()
    assert (row.state, decision.outcome, decision.signer, decision.role_kind) == (
        State.SATISFACTORY,
        "satisfactory",
        cast.assessor,
        "assessor",
    )
    assert decision.manifest_digest == row.digest
    assert json.loads(decision.marks) == {
        "v": "stp-marks-1",
        "kind": "DOPS",
        "scale": make.SCALE.split("\n"),
        "marked": [
            {"text": "Prepares (DOPS)", "mark": "Meets expectations"},
            {"text": "Explains (DOPS)", "mark": "Meets expectations"},
        ],
    }


def test_a_module_is_signed_on_its_assessments_and_voided_with_one_of_them(cast: Cast, priya: Portfolio) -> None:
    rows = [make.assessed(priya, cast.assessor, kind=kind) for kind in ("CBD", "CBD", "DOPS", "OCE", "DOPS")]
    assert ModuleTable().state(ModuleOf.read(priya, "S-A1")) == ModuleState.READY
    make.module_signed_off(priya, cast.officer, "S-A1")
    signed = json.loads(ModuleSignOff.objects.get().manifest)["assessments"]
    assert {line["assessment"] for line in signed} == {row.aid for row in rows}
    move = perform("void assessment", rows[0], by=cast.administrator, reason="The wrong trainee.")
    void, with_it = AssessmentVoid.objects.get(), ModuleVoid.objects.get()
    assert move.event is not None
    assert (void.audit_seq, with_it.audit_seq, with_it.reason) == (move.event.seq, move.event.seq, "The wrong trainee.")
    assert make.assessment(rows[0]).state == State.VOIDED
    assert ModuleTable().state(ModuleOf.read(priya, "S-A1")) == ModuleState.IN_PROGRESS


def test_what_was_not_signed_on_is_voided_alone(cast: Cast, priya: Portfolio) -> None:
    failed = make.assessed(priya, cast.assessor, State.NOT_YET)
    again = make.plan("DOPS", attempt_of=failed)
    row = perform("plan", make.slot(priya), by=cast.trainee, given=again).subject
    perform("ask", row, by=cast.trainee, given=AskFor(cast.assessor, declared=True))
    make.complete(make.assessment(row))
    for kind in ("CBD", "CBD", "OCE", "DOPS"):
        make.assessed(priya, cast.assessor, kind=kind)
    make.module_signed_off(priya, cast.officer, "S-A1")
    perform("void assessment", failed, by=cast.officer, reason="Recorded twice.")
    assert not ModuleVoid.objects.exists()


@pytest.mark.parametrize("state", [State.WITH_ASSESSOR, State.SATISFACTORY, State.NOT_YET])
def test_a_corrected_kind_counts_as_what_it_is_the_trainee_is_told_and_the_history_keeps_both(
    cast: Cast, priya: Portfolio, state: str, django_capture_on_commit_callbacks: Any
) -> None:
    row = reach(state, cast)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        perform("correct the kind", row, by=cast.assessor, **arguments("correct the kind", row, cast))
    assert [(one.to, one.subject) for one in mail.outbox] == [([cast.trainee.email], "Now an OCE: S-A1")]
    row, correction = make.assessment(row), KindCorrection.objects.get()
    assert (row.kind, row.planned_kind, row.state) == ("OCE", "DOPS", state)
    assert (correction.was, correction.kind, correction.signer) == ("DOPS", "OCE", cast.assessor)
    assert ("Prepares (OCE)" in correction.marks) == (state in DECIDED)
    done = ModuleOf.read(priya, "S-A1").record.modules["S-A1"].done
    assert (done.dops, done.oce) == (0, int(state == State.SATISFACTORY))


def test_the_assessor_who_decided_corrects_only_while_their_role_lasts(cast: Cast, priya: Portfolio) -> None:
    row = reach(State.SATISFACTORY, cast)
    cast.assessor.roles.filter(portfolio=priya).update(ends_on=make.today() - make.timedelta(days=1))
    with pytest.raises(Refused) as refusal:
        perform("correct the kind", row, by=cast.assessor, **arguments("correct the kind", row, cast))
    assert refusal.value.status == 403


def test_a_kind_stays_once_its_module_is_signed_off_until_that_sign_off_is_voided(
    client: Client, cast: Cast, priya: Portfolio
) -> None:
    rows = [make.assessed(priya, cast.assessor, kind=kind) for kind in ("DOPS", "CBD", "CBD", "OCE", "DOPS")]
    make.module_signed_off(priya, cast.officer, "S-A1")
    with pytest.raises(TooLate, match="S-A1 is signed off, so its assessments stay as they are"):
        perform("correct the kind", rows[0], by=cast.assessor, **arguments("correct the kind", rows[0], cast))
    where, there = reverse("assess", args=[rows[0].aid]), reverse("assess_kind", args=[rows[0].aid])
    page = reverse("assessment", args=[priya.ref, rows[0].aid])
    client.force_login(cast.assessor)
    assert (there in client.get(where).text, client.get(there).status_code) == (False, 409)
    client.force_login(cast.trainee)
    assert "S-A1 is signed off, so the kind stays." in client.get(page).text
    perform("void module sign-off", ModuleOf.read(priya, "S-A1"), by=cast.officer, reason="One is of the wrong kind.")
    assert "can correct the kind until S-A1 is signed off." in client.get(page).text
    client.force_login(cast.assessor)
    assert (there in client.get(where).text, client.get(there).status_code) == (True, 200)
    assert make.corrected(make.assessment(rows[0])).kind == "OCE"


def test_the_database_refuses_an_assessment_that_makes_no_sense(cast: Cast, priya: Portfolio) -> None:
    """Each of these would pass if one constraint were not there."""
    case, other_case = make.planned(priya, "CBD"), make.planned(priya, "CBD")
    asked = make.asked(priya, cast.assessor)
    failed = make.corrected(make.assessed(priya, cast.assessor, State.NOT_YET))
    voided = reach(State.VOIDED, cast)
    after = make.planned(priya, attempt_of=failed)
    for text in ("First.", "Second."):
        reflect(failed, text, by=cast.trainee)
    addressed = asked.addressees.get()
    ended = {"since": addressed.since, "due_on": addressed.due_on, "assessor": cast.second_assessor}
    AssessmentAddressee.objects.create(assessment=asked, until=addressed.since, **ended)
    wrong: list[tuple[type[Model], dict[str, Any], dict[str, Any]]] = [
        (Assessment, {"pk": asked.pk}, {"state": "done"}),
        (Assessment, {"pk": asked.pk}, {"digest": ""}),
        (Assessment, {"pk": asked.pk}, {"what": ""}),
        (Assessment, {"pk": asked.pk}, {"case_key": "case 1"}),
        (Assessment, {"pk": asked.pk}, {"title_key": after.title_key, "happens_on": after.happens_on}),
        (Assessment, {"pk": asked.pk}, {"attempt_of": failed}),
        (Assessment, {"pk": case.pk}, {"case_key": ""}),
        (Assessment, {"pk": case.pk}, {"kind": "DOPS", "case_key": ""}),
        (Assessment, {"pk": case.pk}, {"case_key": other_case.case_key}),
        (AssessmentAddressee, {"assessment": asked}, {"until": None}),
        (AssessmentDecision, {"assessment": failed}, {"outcome": "excellent"}),
        (AssessmentDecision, {"assessment": failed}, {"to_develop": ""}),
        (AssessmentDecision, {"assessment": failed}, {"action": ""}),
        (AssessmentDecision, {"assessment": failed}, {"standing": ""}),
        (KindCorrection, {"assessment": failed}, {"was": "OCE"}),
        (AssessmentVoid, {"assessment": voided}, {"reason": ""}),
        (AssessmentReflection, {"assessment": failed}, {"number": 1}),
        (AssessmentReflection, {"assessment": failed}, {"text": ""}),
    ]
    for table, which, fields in wrong:
        rows: QuerySet[Any] = QuerySet(table)
        assert rows.filter(**which).exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.filter(**which).update(**fields)
