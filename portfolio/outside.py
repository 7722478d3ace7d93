"""What is said of a portfolio's items beside decisions: requirements confirmed, the university's results, the option
taken, what other systems hold, and where the rounds of feedback stand.

For the ledger, which reads all of it in one query, whatever the number of portfolios.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate

from portfolio.models import (
    Confirmation,
    FeedbackInvitation,
    FeedbackRound,
    OptionTaken,
    Placement,
    SignedElsewhere,
    UniversityResult,
)
from portfolio.prepared import prepared
from portfolio.states import ElsewhereKind, FeedbackState, PlacementState, ResultState


@dataclass(frozen=True)
class Elsewhere:
    """That another system holds the signature of an activity: which one, by whom and when. `recorded`: here."""

    system: str
    by: str
    on: date
    recorded: date | None = None


@dataclass(frozen=True)
class Result:
    """What the university says of a module or an award: the newest row. `recorded` is the day it was written here."""

    state: ResultState
    on: date
    recorded: date | None = None

    @property
    def passed(self) -> bool:
        return self.state is ResultState.PASSED


@dataclass(frozen=True)
class Confirmed:
    """What the officer confirmed for what the curriculum does not know; None where it was not asked."""

    activities: int | None
    cbd: int | None
    observed: int | None
    by: str = ""
    read_on: date | None = None
    source: str = ""


@dataclass(frozen=True)
class RoundStands:
    """Where the newest attempt at a round of feedback stands, since which day. `number` is in its address.

    Of an open one: how many invitations stand, how many have answered, and how many must.
    """

    state: FeedbackState
    number: int
    since: date | None = None
    asked: int = 0
    answered: int = 0
    least: int = 0


@dataclass(frozen=True)
class Placed:
    """A placement, by its title and its first day. `planned`: its officer has still to confirm it.

    `recorded` is the day on which it was first written here.
    """

    title: str
    starts_on: date
    pid: str = ""
    planned: bool = False
    recorded: date | None = None


@dataclass
class Outside:
    """What one portfolio holds of these.

    Confirmations and results are by module, options by block position (counted from 0), what was signed elsewhere by
    module and number (`ever`: or was once), and of assessments that were, by module and kind, the days on which they
    were signed there and recorded here; `taken_back` has by module what was, the number of an activity or the kind of
    an assessment, and the day. `awards_recorded` says when each award was, and `awards_lost` which are none: not
    passed, or taken back. Rounds of feedback are by their
    name. `taken_on` is the day on which an option was confirmed, `asked_on` the one on which the trainee took what
    waits for that; `placed` are all placements, the one that starts first before the others.
    """

    confirmed: dict[int, Confirmed] = field(default_factory=dict)
    results: dict[int, Result] = field(default_factory=dict)
    awards: dict[str, date] = field(default_factory=dict)
    awards_recorded: dict[str, date] = field(default_factory=dict)
    awards_lost: dict[str, Result] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    asked: dict[int, int] = field(default_factory=dict)
    taken_on: dict[int, date] = field(default_factory=dict)
    asked_on: dict[int, date] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)
    elsewhere: dict[tuple[int, int], Elsewhere] = field(default_factory=dict)
    ever: set[tuple[int, int]] = field(default_factory=set)
    taken_back: dict[int, list[tuple[int | str, date]]] = field(default_factory=lambda: defaultdict(list))
    titles: dict[int, str] = field(default_factory=dict)
    feedback: dict[str, RoundStands] = field(default_factory=dict)
    assessments: dict[tuple[int, str], list[tuple[date, date]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def modules(self) -> set[int]:
        """The ids of the modules of which anything is said that counts."""
        of_parts = {module for module, _ in (*self.ever, *self.assessments)}
        return of_parts.union(self.confirmed, self.results, self.taken_back)


class _Row(NamedTuple):
    """One row of the query. `where` is a module's id or a block's position; the newest has the highest `order`.

    The three numbers are an option's position and the event that refused it; an activity's number and whether its
    record was taken back; the numbers that were confirmed; or how many a round of feedback asks, how many have
    answered and how many must. `on` is the day that a row says, and `recorded` the day on which it was written, or
    on which the record of another system was taken back.
    """

    table: str
    portfolio: int
    where: int | None
    order: int
    first: int | None
    second: int | None
    third: int | None
    kind: str
    text: str
    by: str
    on: date | None
    recorded: date


def said_outside(portfolios: Collection[int]) -> dict[int, Outside]:
    """By portfolio, in one query: six tables, each in the columns of a _Row."""
    found: dict[int, Outside] = defaultdict(Outside)
    for row in sorted(map(_Row._make, _said(portfolios)), key=_newest_last):
        _keep(found[row.portfolio], row)
    return found


@prepared
def _said(portfolios: list[int]) -> QuerySet[Any, Any]:
    first, *others = (table.filter(portfolio__in=portfolios) for table in _tables())
    return first.union(*others, all=True)


def _tables() -> tuple[QuerySet[Any, Any], ...]:
    """What is asked of each."""
    blank, none = Value("", CharField()), Value(None, IntegerField())
    confirmation, result, option, elsewhere, placement, feedback = (
        Value(table, CharField())
        for table in ("confirmation", "result", "option", "elsewhere", "placement", "feedback")
    )
    block, which, by = F("block__position"), F("option__position"), Coalesce("confirmation__signer_name", blank)
    stands = Case(
        When(closing=None, then=Value(FeedbackState.OPEN)),
        When(closing__enough=False, then=Value(FeedbackState.TOO_FEW)),
        When(closing__release=None, then=Value(FeedbackState.WITH_OFFICER)),
        default=Value(FeedbackState.RELEASED),
        output_field=CharField(),
    )
    changed = Coalesce("closing__release__released_at", "closing__closed_at", "opened_at")
    refused, said_on = F("refusal__audit_seq"), TruncDate(Coalesce("confirmation__confirmed_at", "taken_at"))
    recorded, confirmed_on, created = TruncDate("recorded_at"), TruncDate("confirmed_at"), TruncDate("created_at")
    stood_on = TruncDate(Coalesce("void__voided_at", "recorded_at"))
    asked, answered = _invitations(withdrawn=False), _invitations(answered=True)
    return (
        Confirmation.objects.order_by().values_list(
            confirmation,
            *("portfolio", "module", "pk", "activities", "cbd", "observed"),
            *(blank, "source", "signer_name", "read_on", confirmed_on),
        ),
        UniversityResult.objects.order_by().values_list(
            result, "portfolio", "module", "number", *[none] * 3, "result", "award", blank, "dated_on", recorded
        ),
        OptionTaken.objects.order_by().values_list(
            option, "portfolio", block, "number", which, refused, none, *[blank] * 2, by, said_on, said_on
        ),
        SignedElsewhere.objects.order_by().values_list(
            elsewhere,
            *("portfolio", "module", "pk", "number", "void", none),
            *("kind", "system", "signed_by", "signed_on", stood_on),
        ),
        FeedbackRound.objects.order_by().values_list(
            *(feedback, "portfolio", none, "number", asked, answered, "least"),
            *(stands, "name", blank, TruncDate(changed), TruncDate(changed)),
        ),
        Placement.objects.order_by().values_list(
            placement, "portfolio", "module", "pk", *[none] * 3, "state", "title", "pid", "starts_on", created
        ),
    )


def _invitations(**which: bool) -> Coalesce:
    """How many invitations of a round there are of this sort."""
    found = FeedbackInvitation.objects.filter(round=OuterRef("pk"), **which).order_by().values("round")
    return Coalesce(Subquery(found.annotate(number=Count("pk")).values("number")), 0)


def _newest_last(row: _Row) -> tuple[date, int]:
    """Of placements the newest is the one that starts last; of everything else, the row that was written last."""
    return (row.on if row.table == "placement" and row.on else date.min, row.order)


def _keep(outside: Outside, row: _Row) -> None:
    match row:
        case _Row(table="feedback"):
            counts = (row.first or 0, row.second or 0, row.third or 0)
            outside.feedback[row.text] = RoundStands(FeedbackState(row.kind), row.order, row.on, *counts)
        case _Row(table="placement", on=date() as day):
            outside.placed.append(Placed(row.text, day, row.by, row.kind == PlacementState.PLANNED, row.recorded))
            if row.where is not None:
                outside.titles[row.where] = row.text
        case _Row(table="confirmation", where=int(module)):
            numbers = (row.first, row.second, row.third)
            outside.confirmed[module] = Confirmed(*numbers, row.by, row.on, row.text)
        case _Row(table="option", where=int(block), first=int(position), on=date() as day):
            outside.asked.pop(block, None)
            if row.by:
                outside.taken[block], outside.taken_on[block] = position - 1, day
            elif row.second is None:
                outside.asked[block], outside.asked_on[block] = position - 1, day
        case _Row(table="result", where=int(module), on=date() as day):
            outside.results[module] = Result(ResultState(row.kind), day, row.recorded)
        case _Row(table="result", on=date() as day):
            outside.awards.pop(row.text, None)
            outside.awards_lost[row.text] = Result(ResultState(row.kind), day, row.recorded)
            if row.kind == ResultState.PASSED:
                outside.awards[row.text], outside.awards_recorded[row.text] = day, row.recorded
                del outside.awards_lost[row.text]
        case _Row(kind=ElsewhereKind.ACTIVITY, where=int(module), first=int(number), on=date() as day):
            outside.ever.add((module, number))
            if row.second is None:
                outside.elsewhere[module, number] = Elsewhere(row.text, row.by, day, row.recorded)
            else:
                outside.taken_back[module].append((number, row.recorded))
        case _Row(where=int(module), second=None, on=date() as day):
            outside.assessments[module, row.kind].append((day, row.recorded))
        case _Row(table="elsewhere", where=int(module)):
            outside.taken_back[module].append((str(ElsewhereKind(row.kind).label), row.recorded))
