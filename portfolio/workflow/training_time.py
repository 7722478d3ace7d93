"""Working time and leave: who says it, and what must hold. The trainee's dates follow from it (domain.md rule 11).

What was said stays: a change or a removal is a further version of the same day (portfolio/models/training_time.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from audit.canonical import digest
from portfolio import access, mail
from portfolio.dates.falls import said
from portfolio.dates.meant import NOT_IN_ORDER
from portfolio.manifest import iso, signer_parts
from portfolio.models import Interruption, Portfolio, WorkingTime
from portfolio.states import LeaveKind, Part, PortfolioState
from portfolio.workflow.days import check_in_training
from portfolio.workflow.machine import REASON, Incomplete, Move, Step, TooLate
from portfolio.workflow.signing import signer

KEEPERS = access.OFFICERS | {Part.ADMINISTRATOR}
Row = WorkingTime | Interruption
Kind = type[WorkingTime] | type[Interruption]
KEYS: dict[Kind, str] = {WorkingTime: "working_time", Interruption: "interruption"}


@dataclass(frozen=True)
class TimeOf:
    """The working time and the leave of a portfolio: what the steps of this table change."""

    portfolio: Portfolio


@dataclass(frozen=True)
class Works:
    """From this day on the trainee works so many hundredths of full time."""

    starts_on: date
    hundredths: int
    note: str = ""


@dataclass(frozen=True)
class Away:
    """The trainee is away from the first day to the last, both included. `ends_on` of None: nobody knows yet."""

    starts_on: date
    ends_on: date | None
    kind: LeaveKind | str
    note: str = ""


@dataclass(frozen=True)
class Gone:
    """What began on this day was not so."""

    of: Kind
    starts_on: date


def standing(portfolio: Portfolio, of: Kind) -> dict[date, Any]:
    """The rows that count, by the day on which they begin: the newest version of each, unless it was removed."""
    rows = of._default_manager.filter(portfolio=portfolio).order_by("starts_on", "version")
    return {day: row for day, row in {row.starts_on: row for row in rows}.items() if not row.removed}


def row_digest(row: Row) -> str:
    """What the chain holds of a row."""
    parts = {
        "v": "stp-training-time-1",
        **told(row),
        "note": row.note_digest,
        "at": iso(row.at),
        **signer_parts(row),
    }
    return digest(parts)


def told(row: Row) -> dict[str, Any]:
    """What the event says of a row in plain words: kinds and days."""
    facts: dict[str, Any] = {"from": row.starts_on.isoformat(), "version": row.version, "removed": row.removed}
    if isinstance(row, WorkingTime):
        return facts | {"hundredths": row.hundredths}
    return facts | {"leave": str(row.kind), "to": row.ends_on.isoformat() if row.ends_on else None}


def _of(given: Works | Away | Gone) -> Kind:
    if isinstance(given, Gone):
        return given.of
    return WorkingTime if isinstance(given, Works) else Interruption


def _check_record(move: Move) -> None:
    given: Works | Away = move.given
    if given.starts_on in standing(move.portfolio, _of(given)):
        what = "Leave" if isinstance(given, Away) else "Working time"
        raise Incomplete(f"{what} from {said(given.starts_on)} is recorded already. Change that.", "starts_on")
    _check(move, given)


def _check_change(move: Move) -> None:
    _known(move)
    _check(move, move.given)


def _known(move: Move) -> Row:
    """The row that is changed, if it still is the one that the page showed."""
    row: Row | None = standing(move.portfolio, _of(move.given)).get(move.given.starts_on)
    if row is None or move.seen != str(row.version):
        raise TooLate("This was changed since the page was opened. Nothing was done.")
    return row


def _check(move: Move, given: Works | Away) -> None:
    check_in_training(move.portfolio, given.starts_on, "starts_on")
    if isinstance(given, Works):
        if not 1 <= given.hundredths <= 100:
            raise Incomplete("Enter a whole number from 1 to 100. For time away, record leave.", "hundredths")
        return
    if given.ends_on and given.ends_on < given.starts_on:
        raise Incomplete(NOT_IN_ORDER, "ends_on")
    if given.ends_on:
        check_in_training(move.portfolio, given.ends_on, "ends_on")
    for other in standing(move.portfolio, Interruption).values():
        if other.starts_on != given.starts_on and _overlap(given, other):
            until = f"to {said(other.ends_on)}" if other.ends_on else "without an end"
            raise Incomplete(
                f"This overlaps with the leave from {said(other.starts_on)} {until}. Correct one of the two.",
                "starts_on" if other.starts_on < given.starts_on else "ends_on",
            )


def _overlap(one: Away, other: Interruption) -> bool:
    one_ends, other_ends = one.ends_on or date.max, other.ends_on or date.max
    return one.starts_on <= other_ends and other.starts_on <= one_ends


def _write(move: Move) -> None:
    """A further version of what begins on this day."""
    given: Works | Away = move.given
    what: dict[str, Any]
    if isinstance(given, Works):
        what = {"hundredths": given.hundredths}
    else:
        what = {"kind": given.kind, "ends_on": given.ends_on}
    _add(move, _of(given), given.starts_on, what, given.note.strip())


def _remove(move: Move) -> None:
    row = _known(move)
    kept = (
        {"hundredths": row.hundredths} if isinstance(row, WorkingTime) else {"kind": row.kind, "ends_on": row.ends_on}
    )
    _add(move, type(row), row.starts_on, kept | {"removed": True}, move.reason)


def _add(move: Move, of: Kind, starts_on: date, what: dict[str, Any], note: str) -> None:
    before = of._default_manager.filter(portfolio=move.portfolio, starts_on=starts_on).count()
    row = of(
        portfolio=move.portfolio,
        starts_on=starts_on,
        version=before + 1,
        note=note,
        at=move.now,
        **what,
        **signer(move),
    )
    event = move.record({**told(row), "note": row.note_digest, KEYS[of]: row_digest(row)})
    row.audit_seq = event.seq
    row.save()
    move.tell(lambda: mail.dates_changed(move.portfolio, by=move.by))


STAYS: Mapping[str, tuple[str, ...]] = {PortfolioState.OPEN: (PortfolioState.OPEN,)}
STEPS = [
    Step(
        name="record training time",
        label="Record",
        moves=STAYS,
        who=KEEPERS,
        check=_check_record,
        act=_write,
    ),
    Step(
        name="change training time",
        label="Save the change",
        moves=STAYS,
        who=KEEPERS,
        check=_check_change,
        act=_write,
    ),
    Step(
        name="remove training time",
        label="Remove",
        moves=STAYS,
        who=KEEPERS,
        needs_reason=REASON,
        act=_remove,
    ),
]


class TimeTable:
    """How the machine reads it: these steps move no state, and need an open portfolio."""

    states = PortfolioState
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: TimeOf) -> int:
        return subject.portfolio.pk

    def reread(self, subject: TimeOf, portfolio: Portfolio, step: Step) -> Sequence[TimeOf]:
        return [TimeOf(portfolio)]

    def state(self, subject: TimeOf) -> str:
        return subject.portfolio.state

    def addressed(self, subject: TimeOf) -> None:
        return None

    def write(self, subject: TimeOf, state: str) -> None:
        """Nothing: the rows are written by the steps."""

    def words(self, subject: TimeOf) -> str:
        return "The working time"
