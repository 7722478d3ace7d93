"""Whether each role, each administration and each portfolio is what the instance's chain says of it last.

Who may see and decide follows from the first two, so one that nothing gave is as bad as one that was altered; whose
curriculum counts, from which day and who administers it, from what a portfolio holds.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from audit.chain import unaltered
from audit.checks import Finding
from audit.models import Event
from curriculum.structure import INSTANCE
from portfolio.manifest import SEEDED
from portfolio.models import Administration, Portfolio, Role
from portfolio.models.portfolio import CHAIN
from portfolio.proof.told import ALTERED, MISSING, holds

ROWS_AT_A_TIME = 1000
UNTOLD = "nothing was recorded that gives it"
Facts = dict[str, Any]


def appointments() -> Iterator[Finding]:
    """Every role, administration and portfolio: a query each, and a walk over what the instance's chain tells of it."""
    yield from _of("role", Role.objects.select_related("portfolio").prefetch_related("modules"), but=_seeded())
    yield from _of("administration", Administration.objects.select_related("programme"), but=frozenset())
    yield from _portfolios()


def _portfolios() -> Iterator[Finding]:
    """Those of which the chain tells: of what the demonstration and seeding made, nothing is told."""
    told = _told("portfolio", "added", "changed")
    for row in Portfolio.objects.select_related("curriculum").order_by("pk").iterator(chunk_size=ROWS_AT_A_TIME):
        said = told.pop(row.ref, None)
        if said is not None and not holds(_agrees, row, said):
            yield Finding(f"portfolio {row.ref}", ALTERED)
    yield from (Finding(f"portfolio {ref}", MISSING) for ref in sorted(told))


def _of(called: str, rows: QuerySet[Any], *, but: frozenset[str]) -> Iterator[Finding]:
    """`but`: the portfolios whose roles seeding made, of which nothing is told."""
    told = _told(called, "given", "changed", "ended")
    for row in rows.order_by("pk").iterator(chunk_size=ROWS_AT_A_TIME):
        said = told.pop(row.pk, None)
        if said is None and not (called == "role" and row.portfolio.ref in but):
            yield Finding(f"{called} {row.pk}", UNTOLD)
        elif said is not None and not holds(_agrees, row, said):
            yield Finding(f"{called} {row.pk}", ALTERED)
    yield from (Finding(f"{called} {pk}", MISSING) for pk, said in sorted(told.items()) if not _never_held(said))


def _told(called: str, *happened: str) -> dict[Any, Facts]:
    """The newest facts of each, by its id; of a portfolio by its reference."""
    kinds = [f"{called} {what}" for what in happened]
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
