"""Whether each role and each administration is what the instance's chain says was given, changed or ended last.

Who may see and decide follows from these rows, so one that nothing gave is as bad as one that was altered.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from audit.chain import unaltered
from audit.checks import Finding
from audit.models import Event
from curriculum.structure import INSTANCE
from portfolio.manifest import SEEDED
from portfolio.models import Administration, Role
from portfolio.models.portfolio import CHAIN
from portfolio.proof.told import ALTERED, MISSING, holds

ROWS_AT_A_TIME = 1000
UNTOLD = "nothing was recorded that gives it"
Facts = dict[str, Any]


def appointments() -> Iterator[Finding]:
    """Every role and every administration: a query each, and one walk over what the instance's chain tells of them."""
    yield from _of("role", Role.objects.select_related("portfolio").prefetch_related("modules"), but=_seeded())
    yield from _of("administration", Administration.objects.select_related("programme"), but=frozenset())


def _of(called: str, rows: QuerySet[Any], *, but: frozenset[str]) -> Iterator[Finding]:
    """`but`: the portfolios whose roles seeding made, of which nothing is told."""
    told = _told(called)
    for row in rows.order_by("pk").iterator(chunk_size=ROWS_AT_A_TIME):
        said = told.pop(row.pk, None)
        if said is None and not (called == "role" and row.portfolio.ref in but):
            yield Finding(f"{called} {row.pk}", UNTOLD)
        elif said is not None and not holds(_agrees, row, said):
            yield Finding(f"{called} {row.pk}", ALTERED)
    yield from (Finding(f"{called} {pk}", MISSING) for pk, said in sorted(told.items()) if not _never_held(said))


def _told(called: str) -> dict[int, Facts]:
    """The newest facts of each, by its id."""
    kinds = [f"{called} {happened}" for happened in ("given", "changed", "ended")]
    events = Event.objects.filter(chain__name=INSTANCE, kind__in=kinds).order_by("seq")
    return {event.details[called]: event.details for event in events.iterator() if unaltered(event)}


def _agrees(row: Any, said: Facts) -> bool:
    """An event of before roles told their modules says nothing of these."""
    return all(said[name] == value for name, value in row.facts.items() if name != "modules" or name in said)


def _never_held(said: Facts) -> bool:
    """A supervisor's role that was taken back before its first day: its row is gone."""
    return said["to"] is not None and said["to"] < said["from"]


def _seeded() -> frozenset[str]:
    """The references of the portfolios that `manage.py seed` made."""
    names = Event.objects.filter(kind=SEEDED, chain__name__startswith=CHAIN).values_list("chain__name", flat=True)
    return frozenset(name.removeprefix(CHAIN) for name in names)
