"""Why somebody should look at a trainee: each reason in words. The table is all there is, for pages and files alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portfolio.cohort.row import Row
from portfolio.requirements.words import day, plural
from portfolio.reviews import behind_since
from portfolio.shapes import FLAG_SHAPES
from portfolio.states import FlagKind, Met

BEHIND_BY = 5  # items: so many below the target is no matter
AT_RISK_DAYS = 60  # before a review point
QUIET_DAYS = 42  # without a page being linked
MONTH = 30  # days, where a stretch of time is told roughly


@dataclass(frozen=True)
class Flag:
    """One reason. `shape` is a shape of the sprite; `modules` are the codes of the modules that it names."""

    kind: FlagKind
    shape: str
    words: str
    modules: tuple[str, ...] = ()

    @property
    def ink(self) -> str:
        """The class that colours its shape."""
        return f"app-ink--{self.shape}"


def _late(row: Row) -> str:
    late = [wait for wait in row.waiting if wait.late]
    if not late:
        return ""
    waits = _days((row.today - late[0].since).days)
    return f"{len(late)} {plural(len(late), 'request')} past the due date, longest {waits}"


def _nobody(row: Row) -> str:
    number = row.with_nobody
    return f"With nobody: {number} {plural(number, 'item')}, choose another assessor" if number else ""


def _no_officer(row: Row) -> str:
    return "" if row.record.officer else "No training officer"


def _behind(row: Row) -> str:
    ahead = row.pace.ahead
    if row.pace.finished or ahead is None or ahead >= -BEHIND_BY:
        return ""
    since = behind_since(row.record, today=row.today)
    return f"Below target by {-ahead}{f' for {_stretch((row.today - since).days)}' if since else ''}"


def _overdue(row: Row) -> str:
    point = row.overdue
    return f"{point.name} not signed by both, was due on {_on(point.day)}" if point else ""


def _at_risk(row: Row) -> str:
    """Its meeting comes at its time, and is no risk before."""
    point = row.coming
    if point is None or point.day is None or not 0 <= (point.day - row.today).days <= AT_RISK_DAYS:
        return ""
    lines = point.beside_the_meeting
    lacking = sum(line.met is Met.NOT_MET for line in lines)
    if not lacking:
        return ""
    when = _days((point.day - row.today).days)
    return f"{point.name} in {when}: {lacking} of {len(lines)} {plural(len(lines), 'condition')} not met"


def _quiet(row: Row) -> str:
    """Nobody who is away, or has everything done, has to link anything."""
    begun = row.record.starts_on or row.today
    if row.pace.finished or row.record.time.away(row.today):
        return ""
    days = (row.today - max(row.last_linked or begun, begun)).days
    return f"No evidence linked for {_days(days)}" if days > QUIET_DAYS else ""


def _ready(row: Row) -> str:
    return "Ready to sign off:" if row.ready else ""


# The kind, and the reason in words: nothing where there is none. What presses most comes first.
RULES: tuple[tuple[FlagKind, Callable[[Row], str]], ...] = (
    (FlagKind.LATE, _late),
    (FlagKind.NOBODY, _nobody),
    (FlagKind.NO_OFFICER, _no_officer),
    (FlagKind.OVERDUE, _overdue),
    (FlagKind.AT_RISK, _at_risk),
    (FlagKind.BEHIND, _behind),
    (FlagKind.QUIET, _quiet),
    (FlagKind.READY, _ready),
)


def flags(row: Row) -> tuple[Flag, ...]:
    """The reasons to look at this trainee; none of a closed portfolio, nor for who may not see what waits."""
    if row.portfolio.closed_at is not None or not row.whole:
        return ()
    said = [(kind, reason(row)) for kind, reason in RULES]
    return tuple(
        Flag(kind, FLAG_SHAPES[kind], words, row.ready if kind is FlagKind.READY else ())
        for kind, words in said
        if words
    )


def _on(value: date | None) -> str:
    return day(value) if value else ""


def _days(number: int) -> str:
    return f"{number} {plural(number, 'day')}"


def _stretch(days: int) -> str:
    """3 months; 12 days."""
    months = days // MONTH
    return f"{months} {plural(months, 'month')}" if months else _days(days)
