"""What a portfolio's diary holds: working time and leave, review meetings and what was agreed in them, goals.

Plain facts by portfolio, each kind in one query. The ledger reads them for the pages that tell of dates and reviews;
goals, and what only the chain tells, are read for the page of one review.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import CharField, DateField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone

from audit.models import Event
from portfolio.dates import Hours, Leave
from portfolio.models import Goal, GoalReview, Interruption, Portfolio, ReviewMeeting, WorkingTime
from portfolio.prepared import prepared
from portfolio.states import GoalOutcome, GoalState, Side


@dataclass(frozen=True)
class AgreedAction:
    """What was agreed in a review: who does what by when. `done_on` is None while it is open."""

    id: int
    what: str
    side: Side
    by_when: date
    done_on: date | None = None


@dataclass(frozen=True)
class Meeting:
    """A record of the meeting of a review point, by the point's key. `number` counts the records of one point.

    `signed` says on which day each side signed. It is held once both have.
    """

    point: str
    number: int
    planned_on: date
    signed: Mapping[Side, date] = field(default_factory=dict)
    actions: tuple[AgreedAction, ...] = ()

    @property
    def held_on(self) -> date | None:
        """The day from which both have signed; None before."""
        return max(self.signed.values()) if len(self.signed) == len(Side) else None

    @property
    def frozen_on(self) -> date | None:
        """The day whose figures it holds, that of the first signature; None before both have signed."""
        return min(self.signed.values()) if self.held_on else None


@dataclass(frozen=True)
class GoalFacts:
    """A goal, by its title: when it was set, by when it is meant, and its reviews with the day of each."""

    title: str
    state: GoalState
    set_on: date
    target_on: date
    reviews: tuple[tuple[GoalOutcome, date], ...] = ()


@dataclass(frozen=True)
class Told:
    """What only the chain still knows: the step, the day, and what its event holds, as far as it can be read.

    That is a placement by its id, a module by its code, or the first and the last day of what was removed: working time
    if `hours`.
    """

    step: str
    on: date
    placement: str = ""
    module: str = ""
    first: date | None = None
    last: date | None = None
    hours: bool = False


PLACEMENTS = ("remove placement", "end placement", "extend placement", "close placement")
TOLD = (*PLACEMENTS, "remove training time", "confirm requirements")


def agreed_actions(meetings: Iterable[Meeting]) -> tuple[tuple[str, AgreedAction], ...]:
    """What was agreed, the earliest due first, each with the key of its review point.

    Agreed is what both signed. A later record of the same point replaces an earlier one.
    """
    agreed = {one.point: one for one in sorted(meetings, key=lambda one: one.number) if one.held_on}
    actions = [(point, action) for point, one in agreed.items() for action in one.actions]
    return tuple(sorted(actions, key=lambda found: (found[1].by_when, found[1].id)))


def open_actions(meetings: Iterable[Meeting]) -> tuple[tuple[str, AgreedAction], ...]:
    """What of this is not done."""
    return tuple(found for found in agreed_actions(meetings) if found[1].done_on is None)


def training_time(portfolios: Collection[int]) -> tuple[dict[int, list[Hours]], dict[int, list[Leave]]]:
    """Working time and leave by portfolio, in order, in one query. Of each day its newest version counts."""
    ordered = sorted(_times(portfolios), key=lambda row: (row[1], row[2]))
    newest = {(of, number is None, day): row for row in ordered for of, day, _, _, number, *_ in [row]}
    hours, leave = defaultdict(list), defaultdict(list)
    for of, day, _, removed, number, until, on in newest.values():
        if not removed and number is None:
            leave[of].append(Leave(day, until, on))
        elif not removed:
            hours[of].append(Hours(day, number, on))
    return hours, leave


@prepared
def _times(portfolios: list[int]) -> QuerySet[Any, Any]:
    columns = ("portfolio", "starts_on", "version", "removed", "number", "until", "said_on")
    no_date, no_number = Cast(Value(None), DateField()), Cast(Value(None), IntegerField())
    hours = WorkingTime.objects.filter(portfolio__in=portfolios).order_by()
    working = hours.annotate(number=F("hundredths"), until=no_date, said_on=TruncDate("at"))
    leave = Interruption.objects.filter(portfolio__in=portfolios).order_by()
    away = leave.annotate(number=no_number, until=F("ends_on"), said_on=TruncDate("at"))
    return working.values_list(*columns).union(away.values_list(*columns), all=True)


def review_meetings(portfolios: Collection[int]) -> dict[int, list[Meeting]]:
    """The records of review meetings by portfolio, with their signatures and actions, in one query."""
    found: dict[int, tuple[int, str, int, date]] = {}
    signed: dict[int, dict[Side, date]] = defaultdict(dict)
    actions: dict[int, dict[int, AgreedAction]] = defaultdict(dict)
    for pk, of, point, number, planned_on, side, at, *agreed in _meetings(portfolios):
        found[pk] = (of, point, number, planned_on)
        if side:
            signed[pk][Side(side)] = timezone.localdate(at)
        key, what, whose, by_when, done_at, dropped = agreed
        if key and not dropped:
            done_on = timezone.localdate(done_at) if done_at else None
            actions[pk][key] = AgreedAction(key, what, Side(whose), by_when, done_on)
    meetings = defaultdict(list)
    for pk, (of, point, number, planned_on) in found.items():
        meetings[of].append(Meeting(point, number, planned_on, signed[pk], tuple(actions[pk].values())))
    return meetings


@prepared
def _meetings(portfolios: list[int]) -> QuerySet[Any, Any]:
    rows = ReviewMeeting.objects.filter(portfolio__in=portfolios).order_by("number", "actions__by_when", "actions__pk")
    signature = ("signatures__side", "signatures__signed_at")
    action = ("pk", "what", "side", "by_when", "done_at", "dropped")
    of_action = [f"actions__{name}" for name in action]
    return rows.values_list("pk", "portfolio", "point", "number", "planned_on", *signature, *of_action)


def goals_and_told(portfolio: Portfolio) -> tuple[tuple[GoalFacts, ...], tuple[Told, ...]]:
    """The goals in the order in which they were set, and the steps of `TOLD` in the order in which they were taken.

    In one query, for the page of one review and what is signed on it.
    """
    none, blank, never = Value(None, IntegerField()), Value("", CharField()), Cast(Value(None), DateField())
    text = {"said": Cast("title", TextField())}
    goals = Goal.objects.filter(portfolio=portfolio).order_by().annotate(**text)
    reviews = GoalReview.objects.filter(goal__portfolio=portfolio).order_by()
    events = Event.objects.filter(chain__name=portfolio.chain, kind__in=TOLD).order_by()
    day = TruncDate("at")
    rows = goals.values_list(none, "pk", "state", "set_on", "target_on", "said").union(
        reviews.values_list("pk", "goal", "outcome", day, never, Cast(blank, TextField())),
        events.values_list("seq", none, "kind", day, never, "data"),
        all=True,
    )
    found: dict[int, GoalFacts] = {}
    reviewed: dict[int, list[tuple[GoalOutcome, date]]] = defaultdict(list)
    told: list[Told] = []
    for order, goal, what, on, target, said in sorted(rows, key=lambda row: (row[0] or 0, row[1] or 0)):
        if goal is None:
            told.append(_told(what, on, said))
        elif order is None:
            found[goal] = GoalFacts(said, GoalState(what), on, target)
        else:
            reviewed[goal].append((GoalOutcome(what), on))
    goals_found = (replace(one, reviews=tuple(reviewed[pk])) for pk, one in found.items())
    return tuple(goals_found), tuple(told)


def _told(step: str, on: date, data: str) -> Told:
    """Of an event that somebody changed whatever can still be read: its own page says that it was."""
    try:
        found = json.loads(data)
    except ValueError:
        found = None
    of: dict[str, Any] = found if isinstance(found, dict) else {}
    placement, module = str(of.get("placement", "")), str(of.get("module", ""))
    return Told(step, on, placement, module, _day(of.get("from")), _day(of.get("to")), "hundredths" in of)


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        return None
