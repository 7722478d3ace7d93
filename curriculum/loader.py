"""Loads files of facts: all of them or none, and a second time changes nothing.

A curriculum that no portfolio follows becomes what its file says. One in use is only filled in, as changes.py allows;
then a key that the file leaves out, or an empty value for what is known already, says nothing.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db import transaction

from audit.chain import Actor, append
from audit.models import Event

from . import structure
from .files import facts
from .files.complaints import understand
from .files.facts import Facts
from .files.plans import (
    Added,
    Change,
    CurriculumPlan,
    MarkFormsPlan,
    Plan,
    PromptsPlan,
    QuestionsPlan,
    Removed,
    RulesPlan,
)
from .files.reading import Document, Problem, read
from .files.writing import KNOWN_PROGRAMMES
from .models import Curriculum, Programme, Rules
from .schema import AnySaid, CurriculumSaid, MarkFormsSaid, PromptsSaid, QuestionsSaid, RulesSaid
from .structure import INSTANCE

LISTED_IN_AN_EVENT = 200
LOADED = " loaded"  # the end of each event's kind


@dataclass(frozen=True)
class Given:
    """One file, and what it says."""

    document: Document
    said: AnySaid

    @property
    def name(self) -> tuple[str, str]:
        """What two files must not both be."""
        match self.said:
            case CurriculumSaid():
                return "curriculum", self.said.code
            case RulesSaid():
                return "rules", self.said.name
            case QuestionsSaid():
                return "questions", self.said.programme
            case MarkFormsSaid():
                return "mark forms", self.said.programme
        return "prompts", self.said.programme


@dataclass
class Outcome:
    """What loading did, would do, or why it did nothing (`problems`)."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)


def load(
    paths: Sequence[str],
    *,
    draft: bool = False,
    dry_run: bool = False,
    new_only: bool = False,
    by: Actor | None = None,
) -> Outcome:
    """Validates every file, compares it with the database, and unless something is wrong, or it is a dry run, writes.

    `by` is None on the command line. The order of the files does not matter. `new_only`: of what this instance has, or
    had, nothing is touched, so that what a programme edited or removed stays so.
    """
    outcome = Outcome()
    given = _understood(paths, outcome.problems)
    outcome.problems += _unknown_names(given)
    with transaction.atomic():
        planned = [(each, _plan(each.said, draft=draft)) for each in given]
        if new_only:
            had = _loaded_before()
            planned = [(each, plan) for each, plan in planned if plan.is_new and (plan.kind, plan.name) not in had]
        outcome.plans = [plan for _, plan in planned]
        for each, plan in planned:
            outcome.problems += [
                Problem(each.document.file, change.where, f"cannot change: {change.why} ({change})")
                for change in plan.changes
                if change.why
            ]
        outcome.warnings = [*_warnings(planned), *_differing_copies(outcome.plans)]
        if not outcome.problems and not dry_run:
            for each, plan in planned:
                if plan.changes:
                    plan.write()
                    append(INSTANCE, f"{plan.kind}{LOADED}", by=by, data=_event(each.document, plan))
    return outcome


def _loaded_before() -> set[tuple[str, str]]:
    """What was ever loaded here, by kind and name: also what is gone since."""
    events = Event.objects.filter(chain__name=INSTANCE, kind__endswith=LOADED)
    return {(event.kind.removesuffix(LOADED), event.details["name"]) for event in events}


def _understood(paths: Sequence[str], problems: list[Problem]) -> list[Given]:
    """The files that say something sound: rules first, then curricula, then prompts and questions."""
    given: list[Given] = []
    seen: dict[tuple[str, str], str] = {}
    for path in paths:
        document, unreadable = read(path)
        problems += unreadable
        if document is None:
            continue
        said, complaints = understand(document.content)
        problems += [Problem(path, where, what) for where, what in complaints]
        if said is None:
            continue
        each = Given(document, said)
        if each.name in seen:
            problems.append(Problem(path, "", f"{' '.join(each.name)} is in {seen[each.name]} already"))
        else:
            seen[each.name] = path
            given.append(each)
    order = (RulesSaid, CurriculumSaid, PromptsSaid, QuestionsSaid, MarkFormsSaid)
    return sorted(given, key=lambda each: order.index(type(each.said)))


def _unknown_names(given: list[Given]) -> Iterator[Problem]:
    """Rules and programmes that neither the database nor these files know."""
    rules = set(Rules.objects.values_list("name", flat=True))
    rules |= {each.said.name for each in given if isinstance(each.said, RulesSaid)}
    programmes = {*Programme.objects.values_list("code", flat=True), *KNOWN_PROGRAMMES}
    for each in given:
        if isinstance(each.said, CurriculumSaid) and each.said.rules and each.said.rules not in rules:
            known = ", ".join(sorted(rules)) or "none"
            yield Problem(
                each.document.file, "rules", f"there are no rules called {each.said.rules!r} (known: {known})"
            )
        if not isinstance(each.said, RulesSaid) and each.said.programme not in programmes:
            what = f"there is no programme {each.said.programme!r}: add it in the administration first"
            yield Problem(each.document.file, "programme", what)


def _plan(said: AnySaid, *, draft: bool) -> Plan:
    match said:
        case RulesSaid():
            return RulesPlan(said)
        case CurriculumSaid():
            return CurriculumPlan(said, draft=draft)
        case QuestionsSaid():
            return QuestionsPlan(said)
        case MarkFormsSaid():
            return MarkFormsPlan(said)
    return PromptsPlan(said)


def _warnings(planned: list[tuple[Given, Plan]]) -> Iterator[str]:
    given_rules = {each.said.name: each.said for each, _ in planned if isinstance(each.said, RulesSaid)}
    for _, plan in planned:
        if not isinstance(plan, CurriculumPlan):
            continue
        yield from (f"{plan.name}: {warning}" for warning in plan.warnings)
        name = plan.said.rules or ""
        rules = given_rules.get(name) or _stored_rules(name)
        missing = rules.module_codes - {module.code for module in plan.said.modules} if rules else set()
        for code in sorted(missing):
            yield f"{plan.name}: the rules {name!r} speak of {code}, which is not in this curriculum"


def _stored_rules(name: str) -> RulesSaid | None:
    row = Rules.objects.filter(name=name).first()
    return RulesSaid.model_validate({"name": row.name, **row.content}) if row else None


def _differing_copies(plans: list[Plan]) -> Iterator[str]:
    """Copies of one module are intended; where those of one programme and year differ, one of them may be wrong."""
    loaded = {plan.name: plan.said_facts for plan in plans if isinstance(plan, CurriculumPlan)}
    cohorts = {_cohort(known) for known in loaded.values()}
    others = Curriculum.objects.filter(start_year__in=[year for _, year in cohorts]).select_related(
        "programme", "rules"
    )
    rows = {row.pk: row for row in others if row.code not in loaded}
    known = {rows[pk].code: facts.of_stored(rows[pk], whole) for pk, whole in structure.read(rows).items()} | loaded
    for first, second in combinations(sorted(known), 2):
        if _cohort(known[first]) != _cohort(known[second]) or not {first, second} & set(loaded):
            continue
        one, two = _modules(known[first]), _modules(known[second])
        for code in [code for code in one if code in two]:
            names = [
                name for name in dict.fromkeys([*one[code], *two[code]]) if one[code].get(name) != two[code].get(name)
            ]
            if names:
                yield f"{code} is not the same in {first} and {second}: {', '.join(names)}"


def _cohort(known: Facts) -> tuple[Any, Any]:
    return known["curriculum", "programme"], known["curriculum", "start_year"]


def _modules(known: Facts) -> dict[str, dict[str, Any]]:
    """What is known of each module, apart from its place in the programme, by code."""
    modules: dict[str, dict[str, Any]] = {}
    for key, value in known.items():
        if key[0] == "module" and key[2] not in ("block", "position"):
            modules.setdefault(key[1], {})[facts.WORDS.get(key[2], str(key[2]))] = value
        elif key[0] == "activity":
            activity = modules.setdefault(key[1], {}).setdefault(f"activity {key[2]}", {})
            activity[key[3]] = value
    return modules


def _event(document: Document, plan: Plan) -> dict[str, Any]:
    """What the audit chain keeps: codes, numbers and digests. Titles are in the file, whose digest is here."""
    return {
        "name": plan.name,
        "file": document.digest,
        "count": len(plan.changes),
        "changes": [_trace(change) for change in plan.changes[:LISTED_IN_AN_EVENT]],
    }


def _trace(change: Change) -> dict[str, Any]:
    if isinstance(change.new, Added | Removed):
        return {"what": change.where, "new": change.new.word}
    return {"what": change.where, "old": _short(change.old), "new": _short(change.new)}


def _short(value: Any) -> Any:
    """Numbers as they are; text, which is the School's or ours, as its digest."""
    if value is None or isinstance(value, bool | int):
        return value
    return hashlib.sha256(facts.value_words(value).encode()).hexdigest()
