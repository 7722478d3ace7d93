"""The days that somebody can mean: from fifty years before the training to twenty after its start."""

from datetime import date

import pytest

from portfolio.dates.meant import why_no_such_year, why_not_in_training, why_not_meant

BEGAN = date(2024, 9, 2)
BEFORE = "The training began on 2 September 2024. Enter that day or a later one."
LATE = "This is more than 20 years after the training began. Check the year."
EARLY = "This is more than 50 years before the training began. Check the year."
YEAR = "Check the year. It must be from 2000 to 2100."


@pytest.mark.parametrize(
    ("day", "meant", "in_training"),
    [
        (BEGAN, "", ""),
        (date(2024, 9, 1), "", BEFORE),
        (date(1998, 7, 1), "", BEFORE),
        (date(1974, 9, 2), "", BEFORE),
        (date(1974, 7, 1), EARLY, BEFORE),
        (date.min, EARLY, BEFORE),
        (date(2044, 9, 2), "", ""),
        (date(2044, 10, 1), LATE, LATE),
        (date.max, LATE, LATE),
    ],
)
def test_a_day_is_held_against_the_first_of_the_training(day: date, meant: str, in_training: str) -> None:
    assert (why_not_meant(BEGAN, day), why_not_in_training(BEGAN, day)) == (meant, in_training)


@pytest.mark.parametrize("began", [date.min, date.max])
def test_a_training_that_itself_began_in_no_such_year_is_no_fault(began: date) -> None:
    assert why_not_meant(began, BEGAN) in (LATE, EARLY)
    assert why_no_such_year(began) == YEAR


def test_trainings_and_roles_begin_and_end_in_this_century() -> None:
    days = [date(1999, 12, 31), date(2000, 1, 1), date(2100, 12, 31), date(2101, 1, 1)]
    assert [why_no_such_year(day) for day in days] == [YEAR, "", "", YEAR]
