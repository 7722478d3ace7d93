"""Why a trainee is flagged: each rule at its edge, in the words that the pages say."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from portfolio.cohort import Row, flags, rows_of
from portfolio.cohort.flags import RULES
from portfolio.models import Link, Portfolio, Role
from portfolio.reviews import behind_since
from portfolio.states import FlagKind, LeaveKind
from portfolio.workflow import ReviewOf, perform
from portfolio.workflow.reviews import Plan
from portfolio.workflow.training_time import Away
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def row_of(of: Portfolio) -> Row:
    (row,) = rows_of(Portfolio.objects.filter(pk=of.pk).select_related("trainee"), today=make.today())
    return row


def said(of: Portfolio) -> dict[FlagKind, str]:
    return {flag.kind: flag.words for flag in flags(row_of(of))}


def linked(of: Portfolio, days: int) -> None:
    """A page was linked at noon so many days ago, and none since: the clocks may have changed meanwhile."""
    make.drafted(of)
    noon = datetime.combine(make.today() - timedelta(days=days), time(12), timezone.get_current_timezone())
    Link.objects.update(linked_at=noon)


def test_every_kind_of_flag_has_its_rule_and_the_shapes_are_of_the_sprite() -> None:
    assert sorted(kind for kind, _ in RULES) == sorted(FlagKind)
    assert len("".join(f" {kind} " for kind in FlagKind)) <= 200  # what a summary can hold


def test_somebody_who_has_just_linked_a_page_and_waits_for_nothing_has_no_flag(cast: Cast) -> None:
    linked(cast.portfolio, 1)
    assert said(cast.portfolio) == {}


def test_late_is_what_is_past_its_due_date_and_not_what_is_due_today(cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    make.asked_since(item, 14)
    assert said(cast.portfolio) == {}
    make.asked_since(item, 15)
    assert said(cast.portfolio) == {FlagKind.LATE: "1 request past the due date, longest 15 days"}


def test_with_nobody_are_items_whose_assessor_can_no_longer_decide(cast: Cast) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    make.asked(cast.portfolio, cast.assessor, code="S-X1")
    Role.objects.filter(user=cast.assessor).update(ends_on=make.today() - timedelta(days=1))
    assert said(cast.portfolio) == {FlagKind.NOBODY: "With nobody: 2 items, choose another assessor"}


def test_a_portfolio_without_an_officer_says_so(cast: Cast) -> None:
    linked(cast.portfolio, 1)
    Role.objects.filter(user=cast.officer).update(ends_on=make.today() - timedelta(days=1))
    assert said(cast.portfolio) == {FlagKind.NO_OFFICER: "No training officer"}


@pytest.mark.parametrize(("days", "words"), [(42, {}), (43, {FlagKind.QUIET: "No evidence linked for 43 days"})])
def test_quiet_is_after_six_weeks(cast: Cast, days: int, words: dict[FlagKind, str]) -> None:
    linked(cast.portfolio, days)
    assert said(cast.portfolio) == words


def test_nobody_who_is_away_is_quiet(cast: Cast) -> None:
    linked(cast.portfolio, 100)
    make.training_time(cast.portfolio, cast.officer, Away(make.today(), None, LeaveKind.SICK, "Away"))
    assert FlagKind.QUIET not in said(cast.portfolio)


def test_a_module_that_lacks_nothing_is_ready(cast: Cast) -> None:
    for number in (1, 2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    (flag,) = flags(row_of(cast.portfolio))
    assert (flag.kind, flag.words, flag.modules) == (FlagKind.READY, "Ready to sign off:", ("S-C1",))


def reviewed(of: Portfolio, *days: int) -> Portfolio:
    """The same, with a review point that asks for all items in so many days: each point is on the day of its year."""
    points = [
        {"name": f"Review {number}", "requires": [{"meeting": True}, {"overall": 100}], "due": _due(of, day)}
        for number, day in enumerate(days, start=1)
    ]
    return make.with_rules(of, {"review_points": points})


def _due(of: Portfolio, days: int) -> dict[str, int]:
    on = make.today() + timedelta(days=days)
    return {"year": on.year - of.cohort_year, "month": on.month, "day": on.day}


def test_who_has_done_what_is_asked_for_is_behind_since_no_day(cast: Cast) -> None:
    assert behind_since(row_of(reviewed(cast.portfolio, 3_000)).record, today=make.today()) is None


def test_below_target_is_said_in_items_and_for_how_long(cast: Cast) -> None:
    of = reviewed(cast.portfolio, 365)  # half of the time is over, and 7 items are asked for
    row = row_of(of)
    assert (row.pace.target, behind_since(row.record, today=make.today())) == (3, make.today() - timedelta(days=260))
    assert FlagKind.BEHIND not in said(of)
    of = reviewed(cast.portfolio, 0)
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        assert row_of(of).pace.ahead == -6
        assert said(of)[FlagKind.BEHIND] == "Below target by 6 for 10 months"
    make.signed_off(cast.portfolio, cast.assessor)
    assert row_of(of).pace.ahead == -6
    make.signed_off(cast.portfolio, cast.assessor, number=2)
    assert FlagKind.BEHIND not in said(of)


def test_a_review_that_is_past_is_flagged_until_both_signed_it(cast: Cast) -> None:
    linked(cast.portfolio, 1)
    of = reviewed(cast.portfolio, -20, 300)
    on = make.today() - timedelta(days=20)
    words = f"Review 1 not signed by both, was due on {on.day} {on:%B %Y}"
    assert said(of)[FlagKind.OVERDUE] == words
    make.review_signed(of, 1)
    assert said(of)[FlagKind.OVERDUE] == words
    make.review_signed(of, 1, trainee=False, officer=cast.officer)
    assert FlagKind.OVERDUE not in said(of)
    again = ReviewOf.read(of, 1)
    perform("record review again", again, by=cast.officer, given=Plan(make.today()), reason="One is missing.")
    assert FlagKind.OVERDUE not in said(of)  # what was signed counts until both have signed the correction


def test_one_review_can_be_past_and_the_one_to_come_at_risk(cast: Cast) -> None:
    found = said(reviewed(cast.portfolio, -20, 40))
    assert found[FlagKind.OVERDUE].startswith("Review 1 not signed by both")
    assert found[FlagKind.AT_RISK] == "Review 2 in 40 days: 1 of 1 condition not met"


@pytest.mark.parametrize(("days", "flagged"), [(60, True), (61, False)])
def test_a_review_is_at_risk_in_the_two_months_before_it(cast: Cast, days: int, flagged: bool) -> None:
    found = said(reviewed(cast.portfolio, days)).get(FlagKind.AT_RISK)
    assert found == ("Review 1 in 60 days: 1 of 1 condition not met" if flagged else None)


def test_a_closed_portfolio_has_no_flags(cast: Cast) -> None:
    make.asked_since(make.in_review(cast.portfolio, cast.assessor), 20)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left.")
    assert said(Portfolio.objects.get(pk=cast.portfolio.pk)) == {}
