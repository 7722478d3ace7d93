"""The trainee's own titles of rotations, which the curriculum names only for the time being."""

from dataclasses import replace

from curriculum.models import Module
from curriculum.structure import ModuleFacts, Structure
from portfolio.models import Portfolio
from portfolio.outside import said_outside
from portfolio.record import Record


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


def title_of(portfolio: Portfolio, module: Module) -> str:
    """The same of one module, for a page that reads no record: one query where the module takes a title."""
    own = said_outside([portfolio.pk])[portfolio.pk].titles.get(module.pk) if _takes_a_title(module) else None
    return f"{module.title}: {own}" if own else module.title


def _takes_a_title(module: ModuleFacts | Module) -> bool:
    """A rotation whose title is provisional."""
    return module.provisional and module.kind == Module.Kind.ROTATION
