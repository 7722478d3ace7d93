"""How phases and times are said."""

from datetime import date

from portfolio.dates import TrainingTime, after_months
from portfolio.record import Record


def phase_words(phase: int | None) -> str:
    return "Throughout" if phase is None else f"Phase {phase}"


def days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def ago(then: date, today: date) -> str:
    """8 days ago; today."""
    return f"{days((today - then).days)} ago" if then < today else "today"


def programme_month(record: Record, today: date) -> str:
    """Year 2, month 18: the month that is running, by the trainee's own time: leave and part time count as in rule 11.

    The record was read with `reviews`.
    """
    starts_on = record.starts_on
    if starts_on is None:
        return ""
    if today < starts_on:
        return "Not started yet"
    whole = 12 * (today.year - starts_on.year) + today.month - starts_on.month
    while whole and not _is_over(record.time, whole, today):
        whole -= 1
    return f"Year {whole // 12 + 1}, month {whole + 1}"


def _is_over(time: TrainingTime, months: int, today: date) -> bool:
    """Whether that many months of training have passed before this day."""
    on = after_months(time, months).day
    return on is not None and on <= today
