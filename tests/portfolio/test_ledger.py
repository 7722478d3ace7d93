"""The bulk reading: every fact is there, and the number of queries depends on nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from audit.chain import append
from curriculum.models import Module
from curriculum.structure import INSTANCE
from portfolio import ledger
from portfolio.assessed import Waiting
from portfolio.models import Portfolio, Role
from portfolio.progress import portfolio_progress
from portfolio.record import UNTOUCHED, ModuleRecord
from portfolio.requirements import is_ready, places
from portfolio.states import ActivityState, RoleKind
from portfolio.views.activity_history import items_of
from portfolio.workflow import ModuleOf, perform
from tests import make
from tests.cast import Cast

QUERIES = 8  # once the curriculum is remembered


def test_an_activity_in_review_says_with_whom_since_when_and_by_when(cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    row = ledger.read_one(cast.portfolio).modules["S-C1"].activities[1]
    assert (row.state, row.pages, row.feedback, row.signed_at) == (ActivityState.IN_REVIEW, 1, None, None)
    assert row.waiting == Waiting(
        sid=item.submission.sid,
        assessor="Maya Lind",
        assessor_id=cast.assessor.pk,
        since=item.submission.submitted_at,
        due_on=make.today() + timedelta(days=14),
    )


def test_an_item_whose_assessor_can_no_longer_decide_is_with_nobody(cast: Cast) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    Role.objects.filter(user=cast.assessor).update(ends_on=make.today() - timedelta(days=1))
    waiting = ledger.read_one(cast.portfolio).modules["S-C1"].activities[1].waiting
    assert waiting is not None
    assert waiting.assessor is None


def test_a_returned_activity_carries_its_feedback_and_an_unlocked_one_the_reason(cast: Cast) -> None:
    make.returned(cast.portfolio, cast.assessor, number=1)
    perform("unlock", make.signed_off(cast.portfolio, cast.assessor, number=2), by=cast.officer, reason="Wrong file.")
    activities = ledger.read_one(cast.portfolio).modules["S-C1"].activities
    told = {number: (row.feedback.text, row.feedback.by) for number, row in activities.items() if row.feedback}
    assert told == {1: ("Add the action plan.", "Maya Lind"), 2: ("Wrong file.", "Ana Reyes")}


def test_a_signed_module_carries_what_it_was_signed_against_until_it_is_voided(cast: Cast) -> None:
    for number in (1, 2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    make.module_signed_off(cast.portfolio, cast.officer)
    signed = ledger.read_one(cast.portfolio).modules["S-C1"].signed
    assert signed is not None
    assert (signed.credits, signed.activities, signed.cbd, signed.observed, signed.by) == (
        20,
        (1, 2, 3),
        0,
        0,
        "Ana Reyes",
    )
    perform("unlock", make.activity(cast.portfolio), by=cast.officer, reason="Wrong file.")
    assert ledger.read_one(cast.portfolio).modules["S-C1"].signed is None


def test_the_newest_confirmation_counts(cast: Cast) -> None:
    make.confirmed(cast.portfolio, cast.officer, "S-X1", activities=6, cbd=0, observed=1)
    make.confirmed(cast.portfolio, cast.officer, "S-X1", activities=5, cbd=2, observed=3)
    confirmed = ledger.read_one(cast.portfolio).modules["S-X1"].confirmed
    assert confirmed is not None
    assert (confirmed.activities, confirmed.cbd, confirmed.observed) == (5, 2, 3)


# Each the only thing that a portfolio holds of a module.
ALONE: dict[str, tuple[Callable[[Cast], Any], Callable[[ModuleRecord], Any]]] = {
    "an activity": (lambda cast: make.drafted(cast.portfolio, "S-X1", 1), lambda held: held.activities),
    "an assessment": (lambda cast: make.planned(cast.portfolio, code="S-X1"), lambda held: held.attempts),
    "requirements": (
        lambda cast: make.confirmed(cast.portfolio, cast.officer, "S-X1", activities=6, cbd=0, observed=1),
        lambda held: held.confirmed,
    ),
    "a result": (
        lambda cast: [
            Module.objects.filter(code="S-X1").update(university_result=True),
            append(INSTANCE, "curriculum changed", by=cast.administrator, data={}),
            make.result(cast.portfolio, cast.officer, "S-X1"),
        ],
        lambda held: held.result,
    ),
    "an assessment elsewhere": (
        lambda cast: make.signed_elsewhere(cast.portfolio, cast.officer, make.entry("S-X1", None, kind="cbd")),
        lambda held: held.done.cbd_elsewhere,
    ),
    "an assessment elsewhere, taken back": (
        lambda cast: make.elsewhere_voided(
            make.signed_elsewhere(cast.portfolio, cast.officer, make.entry("S-X1", None, kind="cbd")), cast.officer
        ),
        lambda held: held.taken_back,
    ),
}


@pytest.mark.parametrize("what", ALONE)
def test_what_alone_is_held_of_a_module_is_read_and_of_a_module_without_it_nothing(cast: Cast, what: str) -> None:
    assert ledger.read_one(cast.portfolio).modules["S-X1"] is UNTOUCHED
    make_it, read = ALONE[what]
    make_it(cast)
    modules = ledger.read_one(cast.portfolio).modules
    assert read(modules["S-X1"])
    assert modules["S-C1"] is UNTOUCHED


NOTHING_NEEDED = {"activities": 0, "activities_complete": True, "cbd": 0, "observed": 0}
NIL = [
    {"title": "All", "credits": 180, "modules": [{"code": "S-N1", "credits": 180, "kind": "core", **NOTHING_NEEDED}]}
]


def test_a_sign_off_alone_is_read_and_its_void_alone(cast: Cast) -> None:
    of = make.portfolio(make.person("Nia Vale"), make.curriculum("NIL1-1-24", blocks=NIL))
    make.role(of, cast.officer, kind=RoleKind.OFFICER)
    make.module_signed_off(of, cast.officer, "S-N1")
    assert ledger.read_one(of).modules["S-N1"].signed
    perform("void module sign-off", ModuleOf.read(of, "S-N1"), by=cast.officer, reason="Signed too soon.")
    held = ledger.read_one(of).modules["S-N1"]
    assert held.signed is None
    assert held.opened_at


def test_the_number_of_queries_is_the_same_for_one_portfolio_and_for_thirty(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.returned(cast.portfolio, cast.assessor)
    rows = Portfolio.objects.select_related("trainee")
    with django_assert_num_queries(QUERIES):
        ledger.read(rows.filter(pk=cast.portfolio.pk))
    for number in range(30):
        other = make.portfolio(make.person(f"Trainee {number}"))
        make.role(other, cast.assessor)
        make.in_review(other, cast.assessor)
    many = list(rows)
    ledger.read(many)  # of another curriculum too: from now on it is remembered
    with django_assert_num_queries(QUERIES - 1):
        read = ledger.read(many)
    assert len(read) == 34


def test_what_a_list_leaves_out_changes_no_state_and_no_number(cast: Cast) -> None:
    make.returned(cast.portfolio, cast.assessor)
    make.in_review(cast.portfolio, cast.assessor, number=2)
    whole = ledger.read_one(cast.portfolio)
    for left_out in ({"people": False}, {"said": False}, {"linked": False}):
        read = ledger.read([cast.portfolio], **left_out)[cast.portfolio.pk]
        assert portfolio_progress(read).items == portfolio_progress(whole).items
        for module in whole.structure.modules:
            assert is_ready(read, module) == is_ready(whole, module)
            states = [place.state for place in places(whole, module)]
            assert [place.state for place in places(read, module)] == states


def test_what_an_activitys_page_reads_from_its_items_is_what_the_ledger_says(cast: Cast) -> None:
    portfolio = cast.portfolio
    for number in (1, 2):
        make.returned(portfolio, cast.assessor, number=number)
    make.submit(cast.assessor, make.activity(portfolio, number=1))
    make.redirected(make.submit(cast.assessor, make.activity(portfolio, number=2))[0], cast.second_assessor)
    perform("unlock", make.signed_off(portfolio, cast.assessor, number=3), by=cast.officer, reason="Wrong file.")
    make.signed_off(portfolio, cast.assessor, "S-X1", 1)
    perform("withdraw", make.in_review(portfolio, cast.assessor, "S-X1", 2).activity, by=cast.trainee)
    make.drafted(portfolio, "S-X1", 3)
    Role.objects.filter(user=cast.second_assessor).update(ends_on=make.today() - timedelta(days=1))
    for code, number in [("S-C1", 1), ("S-C1", 2), ("S-C1", 3), ("S-X1", 1), ("S-X1", 2), ("S-X1", 3)]:
        whole = ledger.read_one(portfolio).modules[code].activities[number]
        alone = ledger.read_one(portfolio, people=False).modules[code].activities[number]
        items = items_of(cast.trainee, portfolio, alone.id)
        assert (code, number, ledger.with_its_items(alone, items)) == (code, number, whole)


def test_what_the_curriculum_asks_about_its_use(cast: Cast) -> None:
    unused = make.curriculum("TST9-1-24")
    assert ledger.in_use(cast.portfolio.curriculum)
    assert not ledger.in_use(unused)
    module = Module.objects.get(curriculum=cast.portfolio.curriculum, code="S-C1")
    for number in (1, 2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    assert not ledger.signed(module)
    make.module_signed_off(cast.portfolio, cast.officer)
    assert ledger.signed(module)
