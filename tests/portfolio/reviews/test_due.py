"""Which review is next, and whose turn it is: to plan its meeting, to meet, or to sign."""

from datetime import date
from typing import Any

import pytest

from portfolio.diary import Meeting
from portfolio.record import Record
from portfolio.reviews import reviews_due
from portfolio.states import Side
from tests.portfolio.records import SIGNED, curriculum, held, record, whole

DAY = date(2026, 9, 30)  # of the second point; it opens on the 1st
BOTH = {Side.TRAINEE: DAY, Side.OFFICER: DAY}
RULES = {
    "portfolio": {"both_dops_and_oce": False},
    "review_points": [
        {"name": "First", "due": {"year": 1, "month": 3, "day": 31}, "requires": [{"meeting": True}]},
        {
            "name": "Second",
            "due": {"year": 2, "month": 9, "day": 30},
            "window_opens": {"year": 2, "month": 9, "day": 1},
            "requires": [{"meeting": True}, {"module": "S-A", "percent": 50}],
        },
    ],
}


def of(*meetings: Meeting, done: bool = True, **fields: Any) -> Record:
    given = {"starts_on": date(2024, 9, 2), "cohort_year": 2024, "officer": "Ana Reyes", **fields}
    modules = {"S-A": held(SIGNED)} if done else {}
    return record(of=curriculum(whole("S-A", 2), rules=RULES), meetings=meetings, modules=modules, **given)


def said(given: Record, today: date) -> tuple[list[str], list[str]]:
    due = reviews_due(given, today=today)
    return [step.words for step in due.mine], [step.words for step in due.others]


@pytest.mark.parametrize(
    ("today", "mine"),
    [
        (date(2025, 1, 29), []),
        (date(2025, 1, 30), ["Plan the meeting “First”"]),  # 60 days before its day: it asks for a meeting alone
        (date(2025, 4, 1), ["Plan the meeting “First”"]),
        (date(2026, 8, 31), ["Plan the meeting “First”"]),
        (date(2026, 9, 1), ["Plan the meeting “First”", "Plan the meeting “Second”"]),
        (date(2026, 10, 1), ["Plan the meeting “Second”"]),  # of what is past the last alone
    ],
)
def test_a_review_is_to_be_planned_once_it_can_be_held(today: date, mine: list[str]) -> None:
    assert said(of(), today) == (mine, [])


def test_a_review_whose_conditions_are_not_met_is_not_to_be_planned() -> None:
    first = Meeting("First", 1, date(2025, 3, 31), BOTH)
    assert said(of(first), DAY) == (["Plan the meeting “Second”"], [])
    assert said(of(first, done=False), DAY) == ([], [])


def test_a_planned_review_waits_for_its_day_then_for_the_trainee_and_then_for_the_officer() -> None:
    first, planned = Meeting("First", 1, date(2025, 3, 31), BOTH), Meeting("Second", 1, DAY)
    assert said(of(first, planned), date(2026, 9, 29)) == ([], ["Meet for the review “Second”"])
    assert said(of(first, planned), DAY) == (["Sign the review “Second”"], [])
    by_one = Meeting("Second", 1, DAY, {Side.TRAINEE: DAY})
    assert said(of(first, by_one, done=False), DAY) == ([], ["Sign the review “Second”"])
    assert reviews_due(of(first, by_one), today=DAY).others[0].why == (
        "By Ana Reyes, the training officer. The meeting was planned for 30 September 2026."
    )
    assert said(of(first, Meeting("Second", 1, DAY, BOTH)), DAY) == ([], [])


def test_what_a_later_review_held_is_not_asked_for_again_and_a_correction_is_to_be_signed() -> None:
    later = Meeting("Second", 1, DAY, BOTH)
    assert said(of(later), DAY) == ([], [])
    assert said(of(later, Meeting("First", 1, DAY)), DAY) == (["Sign the review “First”"], [])
    assert said(of(later, Meeting("Second", 2, DAY)), DAY) == (["Sign the review “Second”"], [])


def test_in_a_closed_portfolio_no_review_is_next() -> None:
    assert said(of(closed=True), DAY) == ([], [])
