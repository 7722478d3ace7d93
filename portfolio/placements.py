"""Placements as plain facts, and the trainee's own titles of rotations: for the ledger and for pages of plans."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from curriculum.models import Module
from curriculum.structure import ModuleFacts, Structure
from portfolio.models import Placement, Portfolio
from portfolio.states import PlacementKind, PlacementState


@dataclass(frozen=True)
class Placed:
    """A placement, both dates inclusive. `modules` are codes, `activities` the module code and number of each."""

    pid: str
    kind: PlacementKind
    state: PlacementState
    title: str
    module: str | None
    modules: tuple[str, ...]
    department: str
    organisation: str
    supervisor: str | None
    starts_on: date
    ends_on: date
    activities: tuple[tuple[str, int], ...]


def of_portfolio(portfolio: Portfolio) -> list[Placed]:
    """The placements of a portfolio that was itself fetched through `visible`, in order of time, in four queries."""
    rows = Placement.objects.filter(portfolio=portfolio).select_related("module", "supervisor")
    return [
        Placed(
            pid=row.pid,
            kind=PlacementKind(row.kind),
            state=PlacementState(row.state),
            title=row.title,
            module=row.module.code if row.module else None,
            modules=tuple(module.code for module in row.modules.all()),
            department=row.department,
            organisation=row.organisation,
            supervisor=row.supervisor.name if row.supervisor else None,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            activities=tuple((one.module.code, one.number) for one in row.planned.all()),
        )
        for row in rows.prefetch_related("modules", "planned__module").order_by("starts_on", "pk")
    ]


def titles(portfolios: Iterable[int], structures: dict[int, Structure]) -> dict[int, dict[int, str]]:
    """The trainee's own title of each rotation that is provisional, by portfolio and module; of two, the later one's.

    No query where no curriculum has such a rotation.
    """
    modules = [one for facts in structures.values() for one in facts.modules]
    provisional = [one.id for one in modules if one.provisional and one.kind == Module.Kind.ROTATION]
    found: dict[int, dict[int, str]] = defaultdict(dict)
    if provisional:
        rows = Placement.objects.filter(portfolio__in=portfolios, module__in=provisional).order_by("starts_on")
        for of, module, title in rows.values_list("portfolio", "module", "title"):
            found[of][module] = title
    return found


def entitled(facts: Structure, own: dict[int, str]) -> Structure:
    """The structure with the trainee's own titles: "Rotation 1: the host specialty"."""
    if not own:
        return facts

    def named(one: ModuleFacts) -> ModuleFacts:
        return replace(one, title=f"{one.title}: {own[one.id]}") if one.id in own else one

    return replace(
        facts, blocks=tuple(replace(block, modules=tuple(map(named, block.modules))) for block in facts.blocks)
    )
