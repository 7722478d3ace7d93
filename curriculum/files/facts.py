"""A curriculum as a flat table of facts, whether it comes from a file or from the database: so the two compare.

A fact's key is the thing it is about and the name of the fact: ("curriculum", "source"), ("block", 3, "credits"),
("module", "S-C1", "title"), ("activity", "S-C1", 4, "type"). Not known is None or "".
"""

from collections.abc import Iterable
from typing import Any

from ..models import Curriculum
from ..schema import BlockSaid, CurriculumSaid, ModuleSaid, Said
from ..structure import Structure

Key = tuple[Any, ...]
Facts = dict[Key, Any]

STATEMENTS = ("provisional", "phase")  # `provisional: false` confirms, `phase: null` means throughout
WORDS = {
    "activities_complete": "activity list complete",
    "expected_activities": "expected activities",
    "cbd": "CBDs",
    "observed": "DOPS and OCE",
    "titles": "assessment titles",
    "university_result": "university result",
    "start_year": "start year",
    "options": "choice",
    "position": "place in its block",
    "source": "page in the Library",
    "url": "page in the Library",
}


def of_file(said: CurriculumSaid, *, draft: bool) -> Facts:
    """Everything that this file says, and that loading it says about its status."""
    facts: Facts = {
        ("curriculum", "status"): Curriculum.Status.DRAFT.value if draft else Curriculum.Status.PUBLISHED.value,
        ("curriculum", "programme"): said.programme,
        ("curriculum", "specialty"): said.specialty,
        ("curriculum", "start_year"): said.start_year,
        ("curriculum", "credits"): said.credits,
        ("curriculum", "rules"): said.rules or "",
        ("curriculum", "source"): said.source,
        ("curriculum", "note"): said.note,
        ("curriculum", "fictional"): said.fictional,
    }
    for position, block in enumerate(said.blocks, start=1):
        facts |= _block(position, block)
    return facts


def _block(position: int, block: BlockSaid) -> Facts:
    facts: Facts = {
        ("block", position, "title"): block.title,
        ("block", position, "phase"): block.phase,
        ("block", position, "credits"): block.credits,
        ("block", position, "options"): _options(block.choose_one_of),
    }
    for index, module in enumerate(block.modules, start=1):
        facts |= _module(position, index, module)
    return facts


def _module(block: int, position: int, module: ModuleSaid) -> Facts:
    asked = module.assessments
    facts: Facts = {
        ("module", module.code, "block"): block,
        ("module", module.code, "position"): position,
        ("module", module.code, "title"): module.title,
        ("module", module.code, "kind"): module.kind,
        ("module", module.code, "credits"): module.credits,
        ("module", module.code, "provisional"): module.provisional,
        ("module", module.code, "activities_complete"): module.activities_complete,
        ("module", module.code, "expected_activities"): module.expected_activities,
        ("module", module.code, "cbd"): asked.cbd if asked else None,
        ("module", module.code, "observed"): asked.observed if asked else None,
        ("module", module.code, "titles"): tuple((each.kind, each.title) for each in asked.titles) if asked else (),
        ("module", module.code, "university_result"): module.university_result,
        ("module", module.code, "url"): module.url,
    }
    for activity in module.activities:
        facts["activity", module.code, activity.number, "type"] = activity.type or ""
        facts["activity", module.code, activity.number, "title"] = activity.title
    return facts


def of_stored(row: Curriculum, structure: Structure) -> Facts:
    """What the database holds, under the same keys."""
    facts: Facts = {
        ("curriculum", "status"): row.status,
        ("curriculum", "programme"): row.programme.code,
        ("curriculum", "specialty"): row.specialty,
        ("curriculum", "start_year"): row.start_year,
        ("curriculum", "credits"): row.credits,
        ("curriculum", "rules"): row.rules.name if row.rules else "",
        ("curriculum", "source"): row.source,
        ("curriculum", "note"): row.note,
        ("curriculum", "fictional"): row.fictional,
    }
    for block in structure.blocks:
        facts["block", block.position, "title"] = block.title
        facts["block", block.position, "phase"] = block.phase
        facts["block", block.position, "credits"] = block.credits
        facts["block", block.position, "options"] = _options(block.options)
        for index, module in enumerate(block.modules, start=1):
            facts["module", module.code, "block"] = block.position
            facts["module", module.code, "position"] = index
            facts["module", module.code, "title"] = module.title
            facts["module", module.code, "kind"] = module.kind
            facts["module", module.code, "credits"] = module.credits
            facts["module", module.code, "provisional"] = module.provisional
            facts["module", module.code, "activities_complete"] = module.complete
            facts["module", module.code, "expected_activities"] = module.expected
            facts["module", module.code, "cbd"] = module.cbd
            facts["module", module.code, "observed"] = module.observed
            facts["module", module.code, "titles"] = module.titles
            facts["module", module.code, "university_result"] = module.university_result
            facts["module", module.code, "url"] = module.url
            for activity in module.activities:
                facts["activity", module.code, activity.number, "type"] = activity.type
                facts["activity", module.code, activity.number, "title"] = activity.title
    return facts


def _options(options: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """The order of the options counts, that of the modules within one does not."""
    return tuple(tuple(sorted(option)) for option in options)


def left_out(said: CurriculumSaid) -> set[Key]:
    """The keys of the facts that the file does not mention, so that its defaults are not taken for statements."""
    keys: set[Key] = {("curriculum", name) for name in _unset(said)}
    for module in said.modules:
        unset = _unset(module)
        if module.assessments is None:
            unset |= {"cbd", "observed", "titles"}
        elif "titles" not in module.assessments.model_fields_set:
            unset.add("titles")
        keys |= {("module", module.code, name) for name in unset}
        for activity in module.activities:
            keys |= {("activity", module.code, activity.number, name) for name in _unset(activity)}
    return keys


def _unset(said: Said) -> set[str]:
    return set(type(said).model_fields) - said.model_fields_set


def is_nothing(value: Any) -> bool:
    """Whether the value is empty. 0 is not: none are asked for, and that is known."""
    return value is None or value is False or value == "" or value == ()


def says_nothing(key: Key, old: Any, new: Any) -> bool:
    """Whether a file's value is only an empty one for what is known already."""
    return is_nothing(new) and not is_nothing(old) and key[-1] not in STATEMENTS


def things(facts: Iterable[Key]) -> dict[Key, None]:
    """What the facts are about, in order."""
    return dict.fromkeys(key[:-1] for key in facts)


def words(key: Key) -> str:
    """A key or the thing it is about, as a person would say it."""
    match key:
        case ("curriculum",):
            return "curriculum"
        case ("curriculum", field):
            return WORDS.get(field, str(field))
        case ("block", position):
            return f"block {position}"
        case ("module", code):
            return str(code)
        case ("activity", code, number):
            return f"{code} activity {number}"
        case ("rules",) | ("prompts",) | ("questions",) | ("mark forms",):
            return str(key[0])
        case ("rules", field):
            return str(field)
        case ("mark form", kind):
            return f"mark form of {kind}"
        case ("prompt", section, kind, position):
            return f"{section} {kind or 'every type'} {position}"
        case ("question", position):
            return f"question {position}"
    return f"{words(key[:-1])}: {WORDS.get(key[-1], key[-1])}"


def value_words(value: Any) -> str:
    if value is None or value == "" or value == ():
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(" ".join(each) for each in value)
    return str(value)
