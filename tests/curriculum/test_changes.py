"""The table of changes: it is about real fields, and nothing outside it may change in a curriculum in use."""

from itertools import pairwise
from typing import Any

import pytest
from django.db.models import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curriculum import structure, use
from curriculum.changes import RULES, may_add_activity, may_add_or_remove, may_change
from curriculum.models import Block, Curriculum, Module, Option, TrainingActivity
from curriculum.structure import Structure
from tests.curriculum.given import Files, follow, module_of, small, stored

TITLES = "titles"  # the assessment titles of a module stand in the table as if they were one field of it


def fields(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.fields}


def test_the_table_names_fields_that_exist() -> None:
    assert [key for key in RULES if key[1] not in fields(key[0]) and key[1] != TITLES] == []


@pytest.mark.parametrize("model", [Curriculum, Block, Module, TrainingActivity, Option])
def test_what_is_not_in_the_table_may_not_change_in_use_and_may_otherwise(model: type[Model]) -> None:
    unlisted = [name for name in sorted(fields(model)) if (model, name) not in RULES]
    refused = [may_change(model(), name, "old", "new", used=True) for name in unlisted]
    assert set(refused) == {"portfolios follow this curriculum, so this stays as it is"}
    assert {may_change(model(), name, "old", "new", used=False) for name in unlisted} == {None}
    assert {may_change(model(), name, "same", "same", used=True) for name in unlisted} == {None}


def test_without_portfolios_structure_may_come_and_go() -> None:
    assert may_add_or_remove(used=False) is None
    assert may_add_activity(Module(activities_complete=True), used=False) is None
    assert may_add_or_remove(used=True) is not None


def known(whole: Structure) -> dict[Any, Any]:
    """What must never change again, by what it is about: only what is known today."""
    facts: dict[Any, Any] = {
        ("blocks",): [(block.title, block.phase, block.credits, block.options) for block in whole.blocks]
    }
    for module in whole.modules:
        facts[module.code, "kind"] = (module.kind, module.block_position, module.university_result)
        facts |= {(module.code, each.number, "known"): True for each in module.activities}
        facts |= {(module.code, each.number, "type"): each.type for each in module.activities if each.type}
        if module.cbd is not None:
            facts[module.code, "quota"] = (module.cbd, module.observed)
        if module.url:
            facts[module.code, "url"] = module.url
        if module.titles:
            facts[module.code, "titles"] = module.titles
        if not module.provisional:
            facts[module.code, "confirmed"] = (module.title, module.credits)
        if module.complete:
            facts[module.code, "complete"] = (module.known_numbers, module.expected)
    return facts


counts = st.integers(0, 4)
an_activity = st.fixed_dictionaries(
    {"number": st.integers(1, 4), "title": st.sampled_from(["Task", "Visit"])},
    optional={"type": st.sampled_from(["DTA", "OTA", "ETA"])},
)
SAID = {
    "title": st.sampled_from(["Foundations", "Rotation 1", "Other"]),
    "kind": st.sampled_from(["core", "rotation"]),
    "url": st.sampled_from(["", "https://library.example.org/s-c1", "https://other.example.org/"]),
    "provisional": st.booleans(),
    "university_result": st.booleans(),
    "activities_complete": st.booleans(),
    "expected_activities": st.none() | counts,
    "assessments": st.none() | st.fixed_dictionaries({"cbd": counts, "observed": counts}),
    "activities": st.lists(an_activity, max_size=4, unique_by=lambda each: each["number"]),
}
a_change = st.sampled_from(sorted(SAID)).flatmap(lambda name: st.tuples(st.just(name), SAID[name]))
changes_of_a_file = st.lists(st.tuples(st.sampled_from(["S-C1", "ROT-1", "ROT-2"]), a_change), min_size=1, max_size=3)


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(several=st.lists(changes_of_a_file, min_size=1, max_size=3))
def test_in_use_nothing_that_is_known_ever_changes_whatever_is_loaded(several: list[Any], files: Files) -> None:
    """File after file, taken or refused: each only adds to what was known."""
    use.asks(in_use=lambda curriculum: False)
    assert files.load(small()).problems == []
    follow()
    seen = [known(structure.read([stored().pk])[stored().pk])]
    for said in several:
        content = small()
        for code, (name, value) in said:
            module_of(content, code)[name] = value
        files.load(content)
        seen.append(known(structure.read([stored().pk])[stored().pk]))
    for before, after in pairwise(seen):
        assert {key: after.get(key) for key in before} == before
