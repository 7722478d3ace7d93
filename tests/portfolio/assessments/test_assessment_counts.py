"""Slots are counted by state, blockers say with whom each waits, and the whole portfolio is asked for both kinds."""

from datetime import timedelta

import pytest

from portfolio import ledger, requirements
from portfolio.models import Assessment, Portfolio
from portfolio.progress import do_next, module_progress, with_others
from portfolio.record import Record
from portfolio.requirements import At, BlockerKind, Who
from portfolio.requirements.words import day
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast

CODE = "S-A1"


def record(of: Portfolio) -> Record:
    return ledger.read_one(of)


def missing(of: Portfolio) -> list[tuple[str, str, str, Who]]:
    now = record(of)
    return [(b.kind, b.words, b.reason, b.who) for b in requirements.blockers(now, now.structure.module(CODE))]


@pytest.fixture
def busy(cast: Cast, priya: Portfolio) -> Portfolio:
    """A slot in each state: 1 CBD not yet satisfactory, 1 open; 1 observed satisfactory, 1 asked, 1 planned."""
    make.assessed(priya, cast.assessor, "not_yet_satisfactory", kind="CBD")
    make.assessed(priya, cast.assessor, kind="DOPS")
    make.asked(priya, cast.assessor, "OCE")
    make.planned(priya, "DOPS")
    return priya


def test_slots_are_counted_by_state_in_the_words_of_assessments(busy: Portfolio) -> None:
    now = record(busy)
    count = module_progress(now, now.structure.module(CODE)).assessments
    assert (count.base, count.done) == (5, 1)
    assert count.detail == "1 satisfactory, 1 with assessor, 1 not yet satisfactory, 1 planned, 1 open"


def test_what_is_missing_says_who_and_where(busy: Portfolio) -> None:
    assert missing(busy) == [
        (BlockerKind.CBD, "Do 2 more case-based discussions (CBD)", "0 of 2 satisfactory.", Who.TRAINEE),
        (BlockerKind.OBSERVED, "Do 1 more DOPS or OCE", "1 of 3 satisfactory. 1 planned.", Who.TRAINEE),
        (BlockerKind.IN_REVIEW, "Wait for an OCE", f"With Maya Lind since {day(make.today())}.", Who.ASSESSOR),
    ]


def test_what_is_with_nobody_says_so(cast: Cast, busy: Portfolio) -> None:
    cast.assessor.roles.filter(portfolio=busy).update(ends_on=make.today() - timedelta(days=1))
    found = [one for one in missing(busy) if one[0] == BlockerKind.WITH_NOBODY]
    assert [(reason, who) for _, _, reason, who in found] == [("It is with nobody who can decide.", Who.TRAINEE)]


def test_the_next_steps_name_each_and_no_plan_is_told(busy: Portfolio) -> None:
    asked = Assessment.objects.get(state="with_assessor")
    failed = Assessment.objects.get(state="not_yet_satisfactory")
    steps = {step.tag: (step.words, step.at) for step in do_next(record(busy), today=make.today())}
    assert steps["Plan again"] == ("S-A1 CBD", At("assessment", CODE, aid=failed.aid))
    assert steps["Ask an assessor"] == ("S-A1 DOPS", At("module", CODE))
    waits = with_others(record(busy), today=make.today())
    assert [(step.words, step.at) for step in waits] == [("S-A1 OCE", At("assessment", CODE, aid=asked.aid))]


def test_a_new_attempt_takes_the_place_of_the_one_before(cast: Cast, busy: Portfolio) -> None:
    failed = Assessment.objects.get(state="not_yet_satisfactory")
    given = make.plan("CBD", attempt_of=failed)
    perform("plan", make.slot(busy), by=cast.trainee, given=given)
    now = record(busy)
    detail = module_progress(now, now.structure.module(CODE)).assessments.detail
    assert detail == "1 satisfactory, 1 with assessor, 2 planned, 1 open"


def test_both_kinds_are_asked_for_from_the_first_day_and_where_they_are_planned(cast: Cast, priya: Portfolio) -> None:
    first = requirements.portfolio_blockers(record(priya))[0]
    assert (first.kind, first.words, first.who, first.at) == (
        BlockerKind.BOTH_KINDS,
        "Do at least one DOPS and one OCE",
        Who.TRAINEE,
        At("assessments"),
    )
    make.assessed(priya, cast.assessor, kind="DOPS")
    make.assessed(priya, cast.assessor, kind="OCE")
    assert requirements.missing_kinds(record(priya)) == ()


def test_correcting_a_kind_changes_what_the_portfolio_lacks(cast: Cast, priya: Portfolio) -> None:
    row = make.assessed(priya, cast.assessor, kind="DOPS")
    make.assessed(priya, cast.assessor, kind="DOPS")
    assert requirements.missing_kinds(record(priya)) == ("OCE",)
    make.corrected(row)
    assert requirements.missing_kinds(record(priya)) == ()


def test_what_is_voided_counts_nothing_and_its_slot_is_open_again(cast: Cast, priya: Portfolio) -> None:
    row = make.assessed(priya, cast.assessor, kind="CBD")
    perform("void assessment", row, by=cast.officer, reason="Of another trainee.")
    now = record(priya)
    assert now.module(now.structure.module(CODE)).done.cbd == 0
    assert requirements.slots(now, now.structure.module(CODE))[0].may_plan


def test_one_title_serves_two_slots_of_a_module_on_two_days_or_confirmed_on_one(cast: Cast, priya: Portfolio) -> None:
    """A title is not a slot: what is observed twice is two observations."""
    title = "Taking a sample"
    for kind, before, another in (("DOPS", 9, False), ("DOPS", 5, False), ("OCE", 5, True)):
        on = make.today() - timedelta(days=before)
        make.assessed(priya, cast.assessor, kind=kind, title=title, happens_on=on, another=another)
    assert Assessment.objects.filter(portfolio=priya, title=title, module__code=CODE).count() == 3
    now = record(priya)
    found = requirements.slots(now, now.structure.module(CODE))[1]
    assert (found.done, found.left, found.may_plan) == (3, 0, False)
    assert [one.title for one in found.satisfactory] == [title] * 3
