"""Every state × action × person of a module and of a portfolio, and what their steps write."""

import json
from typing import Any

import pytest
from django.db import transaction

from portfolio.models import Closure, Confirmation, ModuleSignOff, ModuleVoid, Portfolio
from portfolio.states import ModuleState as State
from portfolio.workflow import Confirm, Incomplete, ModuleOf, NotAllowed, Refused, TooLate, available, modules, perform
from portfolio.workflow.modules import ModuleTable
from portfolio.workflow.portfolios import PortfolioTable
from tests import make
from tests.cast import Cast, surround
from tests.portfolio.workflow.test_activity_table import everything, told

OFFICERS = {"officer", "coordinator"}
ADMINISTRATORS = {"administrator", "cohort_administrator"}
CODE = "S-Z1"
BLOCKS: list[dict[str, Any]] = [
    {
        "title": "Everything but the number of activities is known",
        "credits": 180,
        "modules": [
            {"code": CODE, "credits": 180, "kind": "specialist", "activities": [1], "cbd": 0, "observed": 0},
        ],
    }
]

LEGAL: dict[str, tuple[set[str], set[str]]] = {
    "sign off module": ({State.READY}, OFFICERS),
    "void module sign-off": ({State.SIGNED_OFF}, OFFICERS | ADMINISTRATORS),
    "confirm requirements": ({State.NOT_STARTED, State.IN_PROGRESS, State.READY}, OFFICERS),
}


def test_the_table_has_exactly_these_steps() -> None:
    assert set(ModuleTable.steps) == set(LEGAL)
    assert set(PortfolioTable.steps) == {"close portfolio", "reopen portfolio"}


@pytest.fixture
def unsure(cast: Cast) -> Portfolio:
    """A portfolio of the cast on a curriculum with a module that does not know how many activities it has."""
    surround(cast)
    make.add_block(cast.portfolio.curriculum, 3, dict(BLOCKS[0]))
    return cast.portfolio


def reach(state: str, cast: Cast) -> None:
    if state == State.IN_PROGRESS:
        make.drafted(cast.portfolio, CODE, 1)
    if state in (State.READY, State.SIGNED_OFF):
        make.confirmed(cast.portfolio, cast.officer, CODE, activities=1)
        make.signed_off(cast.portfolio, cast.assessor, CODE, 1)
    if state == State.SIGNED_OFF:
        make.module_signed_off(cast.portfolio, cast.officer, CODE)


def arguments(action: str, subject: ModuleOf) -> dict[str, Any]:
    if action == "sign off module":
        return {"seen": modules.shown(subject)}
    if action == "void module sign-off":
        return {"reason": "Signed too early."}
    return {"given": Confirm(source="The Library's page", read_on=make.today(), activities=2)}


@pytest.mark.parametrize("state", [State.NOT_STARTED, State.IN_PROGRESS, State.READY, State.SIGNED_OFF])
def test_every_action_by_everybody(cast: Cast, unsure: Portfolio, state: str) -> None:
    reach(state, cast)
    before, leaving = everything(), told()
    for action, (sources, who) in LEGAL.items():
        for name, person in cast.people().items():
            subject = ModuleOf.read(unsure, CODE)
            assert ModuleTable().state(subject) == state
            legal = state in sources and name in who
            said = f"{action} by {name} from {state}"
            assert (action in available(subject, unsure, by=person)) == legal, said
            if legal:
                with transaction.atomic():
                    perform(action, subject, by=person, **arguments(action, subject))
                    transaction.set_rollback(True)
            else:
                with pytest.raises(Refused) as refusal:
                    perform(action, subject, by=person, **arguments(action, subject))
                assert refusal.value.status == (403 if state in sources else 409), said
    assert (everything(), told()) == (before, leaving)


def test_a_sign_off_stores_credits_requirements_and_the_decisions_it_rests_on(cast: Cast, unsure: Portfolio) -> None:
    reach(State.SIGNED_OFF, cast)
    row = ModuleSignOff.objects.get()
    parts = json.loads(row.manifest)
    assert (row.credits, row.number, row.signer, row.role_kind) == (180, 1, cast.officer, "officer")
    assert (row.signer_name, row.signer_post, row.signer_registration) == ("Ana Reyes", "Training officer", "CS00001")
    assert parts["requirements"] == {
        "activities": [1],
        "cbd": 0,
        "observed": 0,
        "university_result": False,
        "confirmed_by": "Ana Reyes",
    }
    assert [(item["number"], item["attempt"]) for item in parts["items"]] == [(1, 1)]


def test_a_sign_off_by_the_co_ordinator_is_recorded_as_theirs(cast: Cast, unsure: Portfolio) -> None:
    reach(State.READY, cast)
    make.module_signed_off(cast.portfolio, cast.coordinator, CODE)
    assert ModuleSignOff.objects.get().role_kind == "coordinator"


def test_a_stale_page_signs_nothing(cast: Cast, unsure: Portfolio) -> None:
    reach(State.READY, cast)
    subject = ModuleOf.read(unsure, CODE)
    seen = modules.shown(subject)
    perform("unlock", make.activity(unsure, CODE, 1), by=cast.officer, reason="Wrong file.")
    again = make.submit(cast.assessor, make.activity(unsure, CODE, 1))[0]
    make.decide(again)
    with pytest.raises(TooLate):
        perform("sign off module", subject, by=cast.officer, seen=seen)
    with pytest.raises(TooLate):
        perform("sign off module", subject, by=cast.officer, seen=None)
    assert ModuleSignOff.objects.count() == 0


def test_unlocking_an_activity_voids_the_module_sign_off_over_it(cast: Cast, unsure: Portfolio) -> None:
    reach(State.SIGNED_OFF, cast)
    move = perform("unlock", make.activity(unsure, CODE, 1), by=cast.administrator, reason="Wrong file.")
    void = ModuleVoid.objects.get()
    assert (void.sign_off, void.reason, void.signer) == (ModuleSignOff.objects.get(), "Wrong file.", cast.administrator)
    assert move.event is not None
    assert void.audit_seq == move.event.seq
    assert json.loads(move.event.data)["voids"] == void.sign_off.digest
    assert ModuleTable().state(ModuleOf.read(unsure, CODE)) == State.IN_PROGRESS


def test_a_voided_module_can_be_signed_again_under_the_next_number(cast: Cast, unsure: Portfolio) -> None:
    reach(State.SIGNED_OFF, cast)
    perform("void module sign-off", ModuleOf.read(unsure, CODE), by=cast.administrator, reason="Signed too early.")
    make.module_signed_off(unsure, cast.officer, CODE)
    assert list(ModuleSignOff.objects.order_by("number").values_list("number", "void__reason")) == [
        (1, "Signed too early."),
        (2, None),
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"activities": None}, "activities"),
        ({"activities": -1}, "activities"),
        ({"activities": 100}, "activities"),
        ({"activities": 0}, "activities"),  # the curriculum already has activity 1
        ({"cbd": 1}, "cbd"),  # the curriculum knows this number
        ({"source": "  "}, "source"),
        ({"read_on": None}, "read_on"),
        ({"read_on": make.date(2999, 1, 1)}, "read_on"),
        ({"read_on": make.date(1066, 10, 14)}, "read_on"),
    ],
)
def test_a_confirmation_that_cannot_be_is_refused_at_its_field(
    cast: Cast, unsure: Portfolio, given: dict[str, Any], field: str
) -> None:
    whole = {"source": "The Library's page", "read_on": make.today(), "activities": 2, **given}
    with pytest.raises(Incomplete) as refusal:
        perform("confirm requirements", ModuleOf.read(unsure, CODE), by=cast.officer, given=Confirm(**whole))
    assert list(refusal.value.errors) == [field]
    assert Confirmation.objects.count() == 0


def test_nothing_is_confirmed_of_a_module_that_is_known(cast: Cast) -> None:
    with pytest.raises(TooLate):
        make.confirmed(cast.portfolio, cast.officer, "S-C1", activities=3)


def test_unknown_assessment_numbers_are_confirmed_together(cast: Cast) -> None:
    make.confirmed(cast.portfolio, cast.officer, "S-X1", activities=6, cbd=0, observed=0)
    row = Confirmation.objects.get()
    assert (row.activities, row.cbd, row.observed, row.signer) == (6, 0, 0, cast.officer)


def test_only_an_administrator_closes_and_reopens_and_says_why(cast: Cast) -> None:
    for action, source in (("close portfolio", None), ("reopen portfolio", "closed")):
        for name, person in cast.people().items():
            current = Portfolio.objects.get(pk=cast.portfolio.pk)
            assert (action in available(current, current, by=person)) == (name in ADMINISTRATORS), (action, name)
            if name not in ADMINISTRATORS:
                with pytest.raises(NotAllowed):
                    perform(action, current, by=person, reason="A reason.")
        with pytest.raises(Incomplete):
            perform(action, cast.portfolio, by=cast.administrator, reason=" ")
        assert (Portfolio.objects.get(pk=cast.portfolio.pk).closed_at is None) == (source is None)
        perform(action, cast.portfolio, by=cast.administrator, reason=f"Because of {action}.")
    assert Portfolio.objects.get(pk=cast.portfolio.pk).closed_at is None
    assert list(Closure.objects.order_by("pk").values_list("closes", "reason")) == [
        (True, "Because of close portfolio."),
        (False, "Because of reopen portfolio."),
    ]


def test_a_portfolio_is_not_reopened_beside_another_open_one(cast: Cast) -> None:
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Withdrawn.")
    make.portfolio(cast.trainee)
    with pytest.raises(Incomplete):
        perform("reopen portfolio", cast.portfolio, by=cast.administrator, reason="Back again.")
    assert Portfolio.objects.get(pk=cast.portfolio.pk).closed_at is not None
