"""What a plan is made of, for portfolios that were themselves fetched through `visible`, or found by their key."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from django.db.models import CharField, DateField, F, IntegerField, Value
from django.db.models.functions import Cast, Coalesce

from portfolio import ledger
from portfolio.models import Assessment, CalendarFeed, Placement, Portfolio, ScheduledActivity
from portfolio.plan.board import Board, Dated, Key, Stay, plan_board
from portfolio.plan.months import offered
from portfolio.record import Record
from portfolio.reviews import Point, review_points
from portfolio.states import AssessmentState
from portfolio.titles import entitled

MONTH, STAY = "month", "stay"
TO_COME = (AssessmentState.PLANNED, AssessmentState.WITH_ASSESSOR)


class Planned(NamedTuple):
    """The months of the activities that have one; the placements in order of time, with what is planned there; and the
    assessments that have a day to come, the earliest first."""

    months: dict[Key, date]
    stays: tuple[Stay, ...]
    dated: tuple[Dated, ...] = ()


COLUMNS = ("row", "pid", "title", "starts_on", "ends_on", "of", "code", "at", "year", "month")


def planned(portfolio: Portfolio) -> Planned:
    """What the trainee put where, in one query."""
    never, none, blank = Cast(Value(None), DateField()), Cast(Value(None), IntegerField()), Value("", CharField())
    months = ScheduledActivity.objects.filter(portfolio=portfolio).order_by()
    months = months.annotate(row=Value(MONTH), pid=blank, title=blank, starts_on=never, ends_on=never, of=blank)
    stays = Placement.objects.filter(portfolio=portfolio).order_by()
    stays = stays.annotate(row=Value(STAY), of=Coalesce("module__code", blank), year=none, month=none)
    dated = Assessment.objects.filter(portfolio=portfolio, state__in=TO_COME).order_by()
    dated = dated.annotate(row=F("state"), pid=F("aid"), starts_on=F("happens_on"), ends_on=never, of=F("kind"))
    dated = dated.annotate(code=F("module__code"), at=none, year=none, month=none)
    rows = months.annotate(code=F("module__code"), at=F("number")).values_list(*COLUMNS)
    there = stays.annotate(code=F("planned__module__code"), at=F("planned__number")).values_list(*COLUMNS)
    put: dict[Key, date] = {}
    found: dict[str, Stay] = {}
    days: list[Dated] = []
    every = rows.union(there, dated.values_list(*COLUMNS), all=True)
    for row, pid, title, first, last, of, code, number, year, month in every:
        if row == MONTH:
            put[code, number] = date(year, month, 1)
            continue
        if row in TO_COME:
            days.append(Dated(code, of, first, row == AssessmentState.WITH_ASSESSOR, pid))
            continue
        stay = found.get(pid, Stay(pid, title, first, last, of or None, ()))
        found[pid] = replace(stay, activities=(*stay.activities, *([(code, number)] if code else ())))
    ordered = sorted(found.values(), key=lambda stay: stay.starts_on)
    whole = tuple(replace(stay, activities=tuple(sorted(stay.activities))) for stay in ordered)
    return Planned(put, whole, tuple(sorted(days, key=lambda one: (one.on, one.module, one.kind))))


def key_digest(key: str) -> str:
    """What is stored of the secret in a calendar's address."""
    return hashlib.sha256(key.encode()).hexdigest()


def behind(key: str) -> Portfolio | None:
    """The open portfolio whose calendar address holds this key, while its trainee may sign in; else None.

    It is looked up by its digest, so that how long that takes tells nothing of the key.
    """
    feeds = CalendarFeed.objects.filter(
        key_digest=key_digest(key), portfolio__closed_at=None, portfolio__trainee__is_active=True
    )
    found = feeds.select_related("portfolio__trainee", "portfolio__curriculum").first()
    return found.portfolio if found else None


@dataclass(frozen=True)
class Plan:
    """A portfolio's plan on a day, with the record that it is of."""

    record: Record
    points: tuple[Point, ...]
    stays: tuple[Stay, ...]
    board: Board
    months: tuple[date, ...]
    today: date
    dated: tuple[Dated, ...] = ()

    def dates_for(self, *, own: bool) -> tuple[Dated, ...]:
        """The days of assessments: to others than the trainee, of those alone that somebody was asked about."""
        return tuple(one for one in self.dated if own or one.asked)


def read(portfolio: Portfolio, *, today: date) -> Plan:
    """All that a plan is made of. `months` are those that can be planned."""
    record, put = ledger.read_one(portfolio, people=False, reviews=True), planned(portfolio)
    points = review_points(record)
    board = plan_board(replace(record, structure=entitled(record)), put.months, put.stays, today=today)
    months = offered(points, record.time.starts_on, today)
    return Plan(record, points, put.stays, board, months, today, put.dated)
