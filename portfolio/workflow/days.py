"""Refusing the days that nobody can mean, at the field in which they were typed."""

from datetime import date

from portfolio.dates import meant
from portfolio.models import Portfolio
from portfolio.workflow.machine import Incomplete


def check_meant(portfolio: Portfolio, day: date, field: str) -> None:
    """No slip of the keyboard."""
    _refuse(meant.why_not_meant(portfolio.starts_on, day), field)


def check_in_training(portfolio: Portfolio, day: date, field: str) -> None:
    """No day before the training, and no slip of the keyboard."""
    _refuse(meant.why_not_in_training(portfolio.starts_on, day), field)


def _refuse(why: str, field: str) -> None:
    if why:
        raise Incomplete(why, field)
