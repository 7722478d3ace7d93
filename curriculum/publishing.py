"""Whether a stored draft is fit to be published: it must say what a file that loads would say."""

from typing import Any

from . import structure
from .files.complaints import understand
from .models import Curriculum
from .structure import BlockFacts, ModuleFacts


def unfit(row: Curriculum) -> list[str]:
    """What stands against publishing this curriculum as it is stored, each with its path; nothing when it is fit."""
    _, complaints = understand(content_of(row))
    return [f"{where}: {what}" if where else what for where, what in complaints]


def content_of(row: Curriculum) -> dict[str, Any]:
    """The stored curriculum in the shape of a file."""
    whole = structure.read([row.pk])[row.pk]
    return {
        "code": row.code,
        "programme": whole.programme_code,
        "specialty": row.specialty,
        "fictional": row.fictional,
        "start_year": row.start_year,
        "credits": row.credits,
        "rules": row.rules.name if row.rules else None,
        "source": row.source,
        "note": row.note,
        "blocks": [_block(block) for block in whole.blocks],
    }


def _block(block: BlockFacts) -> dict[str, Any]:
    return {
        "title": block.title,
        "phase": block.phase,
        "credits": block.credits,
        "choose_one_of": [list(option) for option in block.options],
        "modules": [_module(module) for module in block.modules],
    }


def _module(module: ModuleFacts) -> dict[str, Any]:
    titles = [{"kind": kind, "title": title} for kind, title in module.titles]
    known = module.cbd is not None
    return {
        "code": module.code,
        "title": module.title,
        "kind": module.kind,
        "credits": module.credits,
        "provisional": module.provisional,
        "expected_activities": module.expected,
        "activities_complete": module.complete,
        "university_result": module.university_result,
        "url": module.url,
        "assessments": {"cbd": module.cbd, "observed": module.observed, "titles": titles} if known else None,
        "activities": [
            {"number": activity.number, "type": activity.type or None, "title": activity.title}
            for activity in module.activities
        ],
    }
