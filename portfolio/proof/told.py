"""What a portfolio's chain says: the rows are held against it.

An event that was altered tells nothing (the chain's own check names it), so what rests on it is in doubt as well.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q

from audit.chain import unaltered
from audit.models import Event
from portfolio.manifest import SEEDED, SEEDED_FROM
from portfolio.models import Portfolio

SPOILT = (TypeError, ValueError, AttributeError, LookupError, ObjectDoesNotExist)  # what spoilt columns raise
ALTERED = "it is not what was recorded when it was made"
MISSING = "its row is missing"


@dataclass(frozen=True)
class Told:
    """One event of a portfolio."""

    seq: int
    kind: str
    at: datetime
    actor: int | None
    data: dict[str, Any]


def told(portfolio: Portfolio, which: Q) -> Iterator[Told]:
    """The events of a portfolio that were not altered, in order.

    Whether an event was seeded is asked first: what one of those holds is long, and need not be searched.
    """
    for event in Event.objects.filter(Q(kind=SEEDED) | which, chain__name=portfolio.chain).order_by("seq"):
        if unaltered(event):
            yield from _seeded(event) if event.kind == SEEDED else (_told(event),)


def _told(event: Event) -> Told:
    return Told(event.seq, event.kind, event.at, event.actor_id, event.details)


def _seeded(event: Event) -> Iterator[Told]:
    """What the events of real steps would have told, in the one event that the bench's seeding left."""
    for number, one in enumerate(event.details["told"], start=SEEDED_FROM + 1):
        yield Told(number, one["kind"], datetime.fromisoformat(one["at"]), one["actor"], one["data"])


def of_kinds(*kinds: str) -> Q:
    return Q(kind__in=kinds)


Only = Iterable[Portfolio] | None


def portfolios(only: Only) -> Iterable[Portfolio]:
    """Those that a check is to look at: all, unless it is told which."""
    return only or Portfolio.objects.select_related("curriculum").order_by("pk").iterator()


def holds(agrees: Callable[..., bool], *rows: Any) -> bool:
    """A row that cannot even be read does not hold."""
    try:
        return agrees(*rows)
    except SPOILT:
        return False
