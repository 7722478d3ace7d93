"""Rule 11: on which day a date of the programme falls for one trainee."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.dates import FULL, Hours, Leave, TrainingTime, after_months, falls_on

START = date(2023, 9, 4)
YEAR_1, YEAR_2, COMPLETION = date(2024, 9, 30), date(2025, 9, 30), date(2026, 9, 15)
AWAY = Leave(date(2024, 7, 1), date(2024, 12, 31))


def time(*rows: Hours | Leave, starts_on: date = START) -> TrainingTime:
    hours = tuple(row for row in rows if isinstance(row, Hours))
    return TrainingTime(starts_on, hours, tuple(row for row in rows if isinstance(row, Leave)))


def on(*, of: TrainingTime, nominal: date) -> str:
    return str(falls_on(of, nominal).day)


# --- the table of domain.md, row by row ---------------------------------------------------------------------------

TABLE = {
    "full time": (time(), "2024-09-30", "2025-09-30", "2026-09-15"),
    "0.6 throughout": (time(Hours(START, 60)), "2025-06-19", "2027-02-17", "2028-09-22"),
    "away 2024-07-01 to 2024-12-31": (time(AWAY), "2025-04-02", "2026-04-02", "2027-03-18"),
    "0.8 from 2025-01-01": (time(Hours(date(2025, 1, 1), 80)), "2024-09-30", "2025-12-07", "2027-02-18"),
}


@pytest.mark.parametrize("row", list(TABLE))
def test_the_table_of_the_rule_row_by_row(row: str) -> None:
    of, *expected = TABLE[row]
    assert [on(of=of, nominal=nominal) for nominal in (YEAR_1, YEAR_2, COMPLETION)] == expected


# --- odd cases by hand --------------------------------------------------------------------------------------------


def test_of_several_working_times_the_one_that_began_last_counts() -> None:
    of = time(Hours(date(2024, 1, 1), 60), Hours(date(2024, 6, 1), 80))
    days = date(2023, 12, 31), date(2024, 1, 1), date(2024, 5, 31), date(2024, 6, 1)
    assert [of.counts(day) for day in days] == [100, 60, 60, 80]
    assert on(of=of, nominal=YEAR_1) == "2025-01-15"  # counted day by day


def test_leave_without_an_end_hides_every_date_after_it_and_none_before() -> None:
    of = time(Leave(date(2025, 3, 1), None))
    assert on(of=of, nominal=YEAR_1) == "2024-09-30"
    hidden = falls_on(of, YEAR_2)
    assert hidden.day is None
    assert hidden.moved is None
    assert hidden.words == "Not known while leave has no end"
    assert hidden.how == (
        "30 September 2025 for somebody full time. "
        "The date cannot be known while the leave from 1 March 2025 has no end."
    )


def test_a_date_on_the_very_day_on_which_open_leave_begins_is_known() -> None:
    of = time(Leave(YEAR_1, None))
    assert on(of=of, nominal=YEAR_1) == "2024-09-30"
    assert falls_on(of, YEAR_1 + timedelta(days=1)).day is None


def test_leave_from_the_first_day_on_moves_everything() -> None:
    of = time(Leave(START, START + timedelta(days=9)))
    assert on(of=of, nominal=START) == "2023-09-04"
    assert on(of=of, nominal=START + timedelta(days=1)) == str(START + timedelta(days=11))


def test_leave_and_hours_from_before_the_training_began_count_from_its_first_day() -> None:
    of = time(Hours(date(2020, 1, 1), 50), Leave(date(2023, 8, 1), date(2023, 9, 5)))
    assert of.passed(START + timedelta(days=12)) == 10 * 50
    assert of.days_away(START + timedelta(days=12)) == 2


def test_a_date_before_the_training_began_is_that_very_day() -> None:
    of = time(Hours(START, 20), starts_on=date(2025, 1, 6))
    assert on(of=of, nominal=YEAR_1) == "2024-09-30"


def test_each_date_says_how_it_came_about() -> None:
    def how(*rows: Hours | Leave) -> str:
        return falls_on(time(*rows), YEAR_1).how

    assert how() == "30 September 2024 for somebody full time, and nothing moves it."
    assert how(AWAY) == "30 September 2024 for somebody full time; moved by 184 days of leave."
    assert how(Hours(START, 60)) == (
        "30 September 2024 for somebody full time; moved by 262 days of part-time working."
    )
    assert how(Leave(START, START), Hours(YEAR_1, 50)) == (
        "30 September 2024 for somebody full time; moved by 1 day of leave and 1 day of part-time working."
    )


def test_months_of_training_end_on_the_trainees_own_days() -> None:
    assert str(after_months(time(), 18).day) == "2025-03-04"
    assert str(after_months(time(AWAY), 18).day) == "2025-09-04"
    assert str(after_months(time(starts_on=date(2023, 8, 31)), 6).day) == "2024-02-29"


def test_a_leave_that_ends_on_the_last_day_of_the_calendar_is_no_fault() -> None:
    assert falls_on(time(Leave(date(2024, 1, 1), date.max)), YEAR_1).day is None


# --- what holds of any trainee ------------------------------------------------------------------------------------

DAYS = st.integers(-400, 2500).map(lambda days: START + timedelta(days=days))
HOURS = st.lists(st.builds(Hours, DAYS, st.integers(1, 100)), max_size=4, unique_by=lambda row: row.starts_on)
LEAVES = st.lists(
    st.tuples(DAYS, st.none() | st.integers(0, 500)).map(
        lambda given: Leave(given[0], None if given[1] is None else given[0] + timedelta(days=given[1]))
    ),
    max_size=4,
)
OFFSETS = st.integers(-100, 1500)
TIMES = st.builds(TrainingTime, st.just(START), HOURS.map(tuple), LEAVES.map(tuple))


def slowly(of: TrainingTime, offset: int) -> date | None:
    """The rule word by word, a day at a time."""
    day, passed = START, 0
    for _ in range(60_000):
        if passed >= offset * FULL:
            return day
        passed += of.counts(day)
        day += timedelta(days=1)
    return None


@settings(max_examples=150)
@given(TIMES, st.integers(0, 400))
def test_it_is_the_first_day_before_which_that_much_training_time_has_passed(of: TrainingTime, offset: int) -> None:
    found = falls_on(of, START + timedelta(days=offset)).day
    assert found == slowly(of, offset)
    if found is not None and offset > 0:
        assert of.passed(found) >= offset * FULL > of.passed(found - timedelta(days=1))


@given(OFFSETS)
def test_full_time_without_leave_it_is_the_very_day(offset: int) -> None:
    nominal = START + timedelta(days=offset)
    assert falls_on(time(), nominal).day == nominal
    assert falls_on(time(), nominal).moved == 0


@given(TIMES, LEAVES, OFFSETS)
def test_more_leave_never_gives_an_earlier_date(of: TrainingTime, more: list[Leave], offset: int) -> None:
    nominal = START + timedelta(days=offset)
    before = falls_on(of, nominal).day
    after = falls_on(replace(of, leave=(*of.leave, *more)), nominal).day
    assert after is None or (before is not None and after >= before)


@given(TIMES, OFFSETS, st.integers(0, 400))
def test_what_is_due_later_never_falls_earlier(of: TrainingTime, offset: int, further: int) -> None:
    first = falls_on(of, START + timedelta(days=offset)).day
    second = falls_on(of, START + timedelta(days=offset + further)).day
    assert second is None or (first is not None and first <= second)


@given(TIMES, OFFSETS)
def test_no_date_falls_before_that_of_somebody_full_time_and_each_says_why(of: TrainingTime, offset: int) -> None:
    found = falls_on(of, START + timedelta(days=offset))
    assert found.moved is None or found.moved >= 0
    assert ("moved by" in found.how) == bool(found.moved)
    assert ("has no end" in found.how) == (found.day is None)
