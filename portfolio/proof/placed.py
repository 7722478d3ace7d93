"""Whether each placement is still what its trainee planned and its officer confirmed: by its dates somebody decides."""

from collections.abc import Iterator
from typing import Any

from audit.checks import Finding
from portfolio.models import Placement, Portfolio
from portfolio.proof.told import ALTERED, MISSING, Only, holds, of_kinds, portfolios, told
from portfolio.workflow.placements import PlacementTable
from portfolio.workflow.placements.planning import facts

STEPS = of_kinds(*PlacementTable.steps)
REMOVED = "remove placement"


def placements(only: Only = None) -> Iterator[Finding]:
    """Each against all that its events told of it, the newest last."""
    for portfolio in portfolios(only):
        yield from _placements(portfolio)


def _placements(portfolio: Portfolio) -> Iterator[Finding]:
    said: dict[str, dict[str, Any]] = {}
    for event in told(portfolio, STEPS):
        if "placement" not in event.data:  # of what was seeded
            continue
        pid = event.data["placement"]
        said[pid] = said.get(pid, {}) | event.data
        if event.kind == REMOVED:
            del said[pid]
    for row in Placement.objects.filter(portfolio=portfolio).select_related("module").order_by("pk"):
        if not holds(_agrees, row, said.pop(row.pid, {})):
            yield Finding(f"portfolio {portfolio.ref}, placement {row.pid}", ALTERED)
    for pid in sorted(said):
        yield Finding(f"portfolio {portfolio.ref}, placement {pid}", MISSING)


def _agrees(row: Placement, said: dict[str, Any]) -> bool:
    return all(said[name] == value for name, value in facts(row).items())
