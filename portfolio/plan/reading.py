"""What a plan is made of, for portfolios that were themselves fetched through `visible`, or found by their key."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from django.db.models import CharField, DateField, F, IntegerField, Value
from django.db.models.functions import Cast, Coalesce

from portfolio import ledger
from portfolio.ledger import Record
from portfolio.models import CalendarFeed, Placement, Portfolio, ScheduledActivity
from portfolio.plan.board import Board, Key, Stay, plan_board
from portfolio.plan.months import offered
from portfolio.reviews import Point, review_points


class Planned(NamedTuple):
    """The months of the activities that have one; and the placements in order of time, with what is planned there."""

    months: dict[Key, date]
    stays: tuple[Stay, ...]


COLUMNS = ("pid", "title", "starts_on", "ends_on", "of", "code", "at", "year", "month")


def planned(portfolio: Portfolio) -> Planned:
    """What the trainee put where, in one query."""
    never, none, blank = Cast(Value(None), DateField()), Cast(Value(None), IntegerField()), Value("", CharField())
    months = ScheduledActivity.objects.filter(portfolio=portfolio).order_by()
    months = months.annotate(pid=blank, title=blank, starts_on=never, ends_on=never, of=blank)
    stays = Placement.objects.filter(portfolio=portfolio).order_by()
    stays = stays.annotate(of=Coalesce("module__code", blank), year=none, month=none)
    rows = months.annotate(code=F("module__code"), at=F("number")).values_list(*COLUMNS)
    there = stays.annotate(code=F("planned__module__code"), at=F("planned__number")).values_list(*COLUMNS)
    put: dict[Key, date] = {}
    found: dict[str, Stay] = {}
    for pid, title, first, last, of, code, number, year, month in rows.union(there, all=True):
        if year:
            put[code, number] = date(year, month, 1)
            continue
        stay = found.get(pid, Stay(pid, title, first, last, of or None, ()))
        found[pid] = replace(stay, activities=(*stay.activities, *([(code, number)] if code else ())))
    ordered = sorted(found.values(), key=lambda stay: stay.starts_on)
    return Planned(put, tuple(replace(stay, activities=tuple(sorted(stay.activities))) for stay in ordered))


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


def read(portfolio: Portfolio, *, today: date) -> Plan:
    """All that a plan is made of. `months` are those that can be planned."""
    record, put = ledger.read_one(portfolio, people=False, reviews=True), planned(portfolio)
    points = review_points(record)
    board = plan_board(record, put.months, put.stays, today=today)
    return Plan(record, points, put.stays, board, offered(points, record.time.starts_on, today), today)
