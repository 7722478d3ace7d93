"""Which days somebody can mean. What lies further off is a slip of the keyboard, and is refused where it is typed."""

from datetime import date, timedelta

from portfolio.dates.falls import said

YEARS = range(2000, 2101)  # in which a training or a role begins or ends
LATEST = timedelta(days=20 * 366)  # after the training began
EARLIEST = timedelta(days=50 * 366)  # before it: a certificate that somebody brings along may be as old as that
NOT_IN_ORDER = "The last day is before the first. Correct one of the two dates."


def why_not_meant(began: date, day: date) -> str:
    """Why nobody whose training began then can mean this day; "" where they may."""
    if day - began > LATEST:
        return "This is more than 20 years after the training began. Check the year."
    if began - day > EARLIEST:
        return "This is more than 50 years before the training began. Check the year."
    return ""


def why_not_in_training(began: date, day: date) -> str:
    """The same of what there is in the training alone."""
    if day < began:
        return f"The training began on {said(began)}. Enter that day or a later one."
    return why_not_meant(began, day)


def why_no_such_year(day: date) -> str:
    """Why no training and no role begins or ends in the year of this day; "" where one may."""
    return "" if day.year in YEARS else f"Check the year. It must be from {YEARS[0]} to {YEARS[-1]}."
