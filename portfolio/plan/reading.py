"""What a plan is made of, for portfolios that were themselves fetched through `visible`, or found by their key."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from portfolio import ledger
from portfolio.ledger import Record
from portfolio.models import CalendarFeed, Placement, Portfolio, ScheduledActivity
from portfolio.plan.board import Board, Key, Stay, plan_board
from portfolio.plan.months import offered
from portfolio.reviews import Point, review_points


def scheduled(portfolio: Portfolio) -> dict[Key, date]:
    """The months of the activities that have one, in one query."""
    rows = ScheduledActivity.objects.filter(portfolio=portfolio).order_by()
    columns = ("module__code", "number", "year", "month")
    return {(code, number): date(year, month, 1) for code, number, year, month in rows.values_list(*columns)}


def stays(portfolio: Portfolio) -> tuple[Stay, ...]:
    """The placements in order of time, each with what is planned into it, in one query."""
    rows = Placement.objects.filter(portfolio=portfolio).order_by("starts_on", "pk", "planned__pk")
    columns = ("pid", "title", "starts_on", "ends_on", "module__code", "planned__module__code", "planned__number")
    found: dict[str, Stay] = {}
    for pid, title, first, last, of, code, number in rows.values_list(*columns):
        before = found.get(pid, Stay(pid, title, first, last, of, ()))
        planned = ((code, number),) if code else ()
        found[pid] = replace(before, activities=(*before.activities, *planned))
    return tuple(found.values())


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
    record, here = ledger.read_one(portfolio, reviews=True), stays(portfolio)
    points = review_points(record)
    board = plan_board(record, scheduled(portfolio), here, today=today)
    return Plan(record, points, here, board, offered(points, record.time.starts_on, today), today)
