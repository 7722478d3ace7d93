"""Placements as plain facts, for pages of plans; and the trainee's own titles of rotations."""

from dataclasses import dataclass, replace
from datetime import date

from curriculum.models import Module
from curriculum.structure import ModuleFacts, Structure
from portfolio.ledger import Record
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


def own_title(record: Record, module: ModuleFacts) -> ModuleFacts:
    """The module with the trainee's own title of it: of two placements for one rotation, that of the later one."""
    own = record.titles.get(module.id) if _takes_a_title(module) else None
    return replace(module, title=f"{module.title}: {own}") if own else module


def entitled(record: Record) -> Structure:
    """The structure with the trainee's own titles: "Rotation 1: the host specialty"."""
    facts = record.structure
    if not any(one.id in record.titles and _takes_a_title(one) for one in facts.modules):
        return facts
    blocks = [replace(block, modules=tuple(own_title(record, one) for one in block.modules)) for block in facts.blocks]
    return replace(facts, blocks=tuple(blocks))


def _takes_a_title(module: ModuleFacts) -> bool:
    """A rotation whose title is provisional."""
    return module.provisional and module.kind == Module.Kind.ROTATION
