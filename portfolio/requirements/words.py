"""How numbers and dates are said in a sentence."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone


def day(value: date | datetime) -> str:
    """11 March 2026, in London where it is a moment."""
    date_ = timezone.localdate(value) if isinstance(value, datetime) else value
    return f"{date_.day} {date_:%B %Y}"


def plural(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"


def a(kind: str) -> str:
    """a DOPS, an OCE"""
    return f"{'an' if kind == 'OCE' else 'a'} {kind}"


def pages(number: int) -> str:
    return f"{number} {plural(number, 'page')}"


def spans(numbers: Iterable[int]) -> str:
    """3, 7 and 9 to 12: two neighbours stay apart, three or more become a span."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts: list[str] = []
    for run in runs:
        parts += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(number) for number in run]
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


# --- whose turn it is ---------------------------------------------------------------------------------------------

NO_OFFICER = "There is no training officer now."
WITH_NOBODY = "It is with nobody who can decide."


def with_somebody(assessor: str, since: date | datetime) -> str:
    """Whom it is with, and since when."""
    return f"With {assessor} since {day(since)}."


def with_officer(officer: str | None) -> str:
    """That it is the officer's turn, where there is one."""
    return f"With {officer}, the training officer." if officer else NO_OFFICER
