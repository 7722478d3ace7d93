"""What is planned when, what is not, and what was planned and has not happened: by hand, with no database."""

from dataclasses import replace
from datetime import date

import pytest

from portfolio.assessed import Attempt
from portfolio.dates import Leave
from portfolio.plan.board import Board, Stay, plan_board
from portfolio.plan.months import later, months, offered, words
from portfolio.reviews import review_points
from portfolio.states import ActivityState, AssessmentKind, AssessmentState
from tests.portfolio.records import DRAFT, IN_REVIEW, NOT_STARTED, RETURNED, SIGNED, block, held, module, record, whole
from tests.portfolio.reviews.test_conditions import point
from tests.portfolio.reviews.test_pace import of_points

TODAY = date(2025, 3, 20)
MARCH, FEBRUARY, MAY = date(2025, 3, 1), date(2025, 2, 1), date(2025, 5, 1)
ELSEWHERE = ActivityState.SIGNED_ELSEWHERE


def stay(first: date, last: date, *activities: int, pid: str = "p1") -> Stay:
    return Stay(pid, "Genomics", first, last, None, tuple(("S-A", number) for number in activities))


SPRING = stay(date(2025, 4, 1), date(2025, 5, 31), 1)
WINTER = stay(date(2025, 1, 6), date(2025, 3, 19), 1, pid="p0")


def board(*states: ActivityState, scheduled: dict[int, date] | None = None, stays: tuple[Stay, ...] = ()) -> Board:
    of = record(whole("S-A", max(len(states), 1)), modules={"S-A": held(*states)})
    return plan_board(of, {("S-A", number): month for number, month in (scheduled or {}).items()}, stays, today=TODAY)


def names(entries: tuple[object, ...]) -> list[str]:
    return [entry.name for entry in entries]  # type: ignore[attr-defined]


# --- planned, unplanned, late -------------------------------------------------------------------------------------


def test_what_is_done_is_on_no_plan_and_what_is_with_an_assessor_need_not_be_planned() -> None:
    found = board(NOT_STARTED, DRAFT, IN_REVIEW, RETURNED, SIGNED, ELSEWHERE, scheduled={5: MAY})
    assert names(found.entries) == ["S-A 1", "S-A 2", "S-A 3", "S-A 4"]
    assert names(found.unplanned) == ["S-A 1", "S-A 2", "S-A 4"]


def test_what_is_planned_is_in_its_month_and_not_unplanned() -> None:
    found = board(NOT_STARTED, NOT_STARTED, NOT_STARTED, scheduled={1: MAY, 3: MARCH})
    assert (names(found.in_month(MAY)), names(found.in_month(MARCH))) == (["S-A 1"], ["S-A 3"])
    assert (names(found.unplanned), found.months) == (["S-A 2"], (MARCH, MAY))
    assert [entry.when for entry in found.planned] == ["May 2025", "March 2025"]


@pytest.mark.parametrize(
    ("state", "month", "late"),
    [
        (NOT_STARTED, FEBRUARY, True),
        (DRAFT, FEBRUARY, True),
        (RETURNED, FEBRUARY, True),
        (IN_REVIEW, FEBRUARY, False),
        (NOT_STARTED, MARCH, False),  # this month is not over
        (NOT_STARTED, MAY, False),
    ],
)
def test_late_is_what_was_planned_for_a_month_that_is_past_and_is_not_submitted(
    state: ActivityState, month: date, late: bool
) -> None:
    assert names(board(state, scheduled={1: month}).late) == (["S-A 1"] if late else [])


def test_what_is_planned_into_a_placement_is_planned() -> None:
    found = board(NOT_STARTED, NOT_STARTED, stays=(SPRING,))
    assert (names(found.in_stay("p1")), names(found.unplanned), found.months) == (["S-A 1"], ["S-A 2"], ())
    assert found.planned[0].when == "Genomics"


def test_a_placement_to_come_goes_before_a_month_and_a_month_before_a_placement_that_has_ended() -> None:
    ahead = board(NOT_STARTED, scheduled={1: MAY}, stays=(SPRING,))
    assert (names(ahead.in_stay("p1")), ahead.months, ahead.late) == (["S-A 1"], (), ())
    ended = board(NOT_STARTED, scheduled={1: MAY}, stays=(WINTER,))
    assert (ended.in_stay("p0"), ended.months, ended.late) == ((), (MAY,), ())
    both = board(NOT_STARTED, stays=(WINTER, SPRING))
    assert names(both.in_stay("p1")) == ["S-A 1"]


def test_what_was_planned_into_a_placement_that_has_ended_is_late_until_it_is_submitted() -> None:
    assert names(board(DRAFT, stays=(WINTER,)).late) == ["S-A 1"]
    assert names(board(IN_REVIEW, stays=(WINTER,)).late) == []


def test_a_number_that_the_module_has_no_more_stays_where_it_was_planned_and_counts_nothing() -> None:
    found = board(NOT_STARTED, scheduled={9: MAY})
    assert names(found.in_month(MAY)) == ["S-A 9"]
    assert (found.in_month(MAY)[0].counts, names(found.unplanned)) == (False, ["S-A 1"])


def test_where_the_number_of_activities_is_unknown_they_can_be_planned_and_none_is_demanded() -> None:
    of = record(module("S-X", known=[1, 2]))
    found = plan_board(of, {("S-X", 1): MAY}, (), today=TODAY)
    assert (names(found.entries), names(found.unplanned)) == (["S-X 1", "S-X 2"], [])


def test_an_option_that_is_not_taken_has_nothing_to_plan_and_before_that_each_has() -> None:
    of = record(block(whole("S-A", 2), whole("S-B", 1), options=(("S-A",), ("S-B",))))
    before = plan_board(of, {}, (), today=TODAY)
    assert (names(before.entries), names(before.unplanned)) == (["S-A 1", "S-A 2", "S-B 1"], ["S-A 1", "S-A 2"])
    taken = plan_board(replace(of, taken={1: 1}), {}, (), today=TODAY)
    assert names(taken.unplanned) == ["S-B 1"]


def test_open_slots_of_assessments_are_said_and_those_of_a_signed_module_are_none() -> None:
    of = record(whole("S-A", 1, assessments=(1, 2)), whole("S-B", 1))
    assert [(one.module.code, one.words) for one in plan_board(of, {}, (), today=TODAY).slots] == [
        ("S-A", "1 CBD and 2 DOPS or OCE")
    ]


def test_a_slot_whose_attempt_did_not_succeed_is_not_planned_until_another_attempt_is() -> None:
    def said(*states: AssessmentState) -> list[str]:
        attempts = tuple(Attempt(f"a{at}", AssessmentKind.CBD, state) for at, state in enumerate(states))
        of = record(whole("S-A", 1, assessments=(1, 0)), modules={"S-A": held(attempts=attempts)})
        return [one.words for one in plan_board(of, {}, (), today=TODAY).slots]

    assert said(AssessmentState.NOT_YET) == ["1 CBD"]
    assert said(AssessmentState.PLANNED) == said(AssessmentState.WITH_ASSESSOR) == []


# --- months -------------------------------------------------------------------------------------------------------


def test_months_follow_one_another_over_the_turn_of_the_year() -> None:
    assert [words(month) for month in months(date(2024, 11, 30), date(2025, 1, 1))] == [
        "November 2024",
        "December 2024",
        "January 2025",
    ]
    assert (later(date(2024, 12, 1)), later(date(2024, 1, 1), 26)) == (date(2025, 1, 1), date(2026, 3, 1))


def test_this_month_to_the_end_of_the_programme_can_be_planned() -> None:
    points = review_points(of_points(point({"overall": 100}, name="End", year=3)))
    found = offered(points, date(2024, 9, 2), TODAY)
    assert (found[0], found[-1], len(found)) == (MARCH, date(2027, 9, 1), 31)


def test_a_year_from_now_can_always_be_planned_and_nothing_before_the_first_day() -> None:
    points = review_points(of_points(point({"overall": 100})))
    assert offered(points, date(2024, 9, 2), date(2026, 2, 3))[-1] == date(2027, 1, 1)
    assert offered(points, date(2024, 9, 2), date(2024, 6, 3))[0] == date(2024, 9, 1)


def test_leave_without_an_end_leaves_the_months_of_somebody_full_time() -> None:
    points = review_points(of_points(point({"overall": 100}, year=2), leave=(Leave(date(2025, 1, 1), None),)))
    assert offered(points, date(2024, 9, 2), TODAY)[-1] == date(2026, 9, 1)
