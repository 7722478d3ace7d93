"""Placements as plain facts, for pages of plans; and the trainee's own titles of rotations."""

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


def own_title(portfolio: Portfolio, module: ModuleFacts) -> ModuleFacts:
    """The module with the trainee's own title of it, while it is a rotation whose title is provisional."""
    return _named(module, _titles(portfolio, [module]))


def entitled(portfolio: Portfolio, facts: Structure) -> Structure:
    """The structure with the trainee's own titles: "Rotation 1: the host specialty"."""
    own = _titles(portfolio, facts.modules)
    blocks = [replace(block, modules=tuple(_named(one, own) for one in block.modules)) for block in facts.blocks]
    return replace(facts, blocks=tuple(blocks)) if own else facts


def _named(one: ModuleFacts, own: dict[int, str]) -> ModuleFacts:
    return replace(one, title=f"{one.title}: {own[one.id]}") if one.id in own else one


def _titles(portfolio: Portfolio, modules: Iterable[ModuleFacts]) -> dict[int, str]:
    """Of two placements for one rotation the later one's. No query where no module is a provisional rotation."""
    wanted = [one.id for one in modules if one.provisional and one.kind == Module.Kind.ROTATION]
    if not wanted:
        return {}
    rows = Placement.objects.filter(portfolio=portfolio, module__in=wanted).order_by("starts_on")
    return {module: title for module, title in rows.values_list("module", "title") if module}
