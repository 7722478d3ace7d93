"""Whole curricula as facts: the same seven queries however many, and unknown is never 0."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curriculum import structure, wording
from curriculum.models import Curriculum
from curriculum.structure import ActivityFacts, BlockFacts, ModuleFacts, PromptFacts
from tests.curriculum.given import PROMPTS, Files, small, stored


def module(*numbers: int, **fields: Any) -> ModuleFacts:
    known: dict[str, Any] = {
        "id": 1,
        "code": "S-C1",
        "title": "Foundations",
        "kind": "core",
        "credits": 20,
        "phase": None,
        "block_position": 1,
        "provisional": False,
        "complete": False,
        "expected": None,
        "cbd": None,
        "observed": None,
        "university_result": False,
        "url": "",
        "activities": tuple(ActivityFacts(number, "DTA", f"Task {number}") for number in numbers),
    }
    return ModuleFacts(**{**known, **fields})


@pytest.mark.parametrize(
    ("known", "complete", "expected", "places"),
    [
        ((), False, None, ()),
        ((), False, 0, ()),
        ((), True, 10, ()),
        ((), False, 3, (1, 2, 3)),
        ((2,), False, None, (1, 2)),
        ((2,), False, 4, (1, 2, 3, 4)),
        ((5,), False, 4, (1, 2, 3, 4, 5)),
        ((1, 2), True, 4, (1, 2)),
        ((1, 3), True, None, (1, 3)),
    ],
)
def test_the_places_of_a_module(
    known: tuple[int, ...], complete: bool, expected: int | None, places: tuple[int, ...]
) -> None:
    assert module(*known, complete=complete, expected=expected).places == places


@pytest.mark.parametrize(
    ("known", "complete", "expected", "words"),
    [
        ((), False, None, "Training activities not recorded yet"),
        ((1,), False, None, "1 training activity known, the total is not recorded yet"),
        ((), False, 10, "10 places"),
        ((1, 2), False, 10, "2 training activities and 8 places"),
        ((1, 2), False, 2, "2 training activities"),
        ((1, 2), True, 10, "2 training activities"),
        ((), True, None, "0 training activities"),
    ],
)
def test_how_many_activities_in_words(known: tuple[int, ...], complete: bool, expected: int | None, words: str) -> None:
    assert wording.activities(module(*known, complete=complete, expected=expected)) == words


@pytest.mark.parametrize(
    ("cbd", "observed", "words"),
    [
        (None, None, "Assessments not recorded yet"),
        (0, 0, "No CBD, DOPS or OCE"),
        (1, 0, "1 CBD"),
        (0, 2, "2 DOPS or OCE"),
        (2, 1, "2 CBDs, 1 DOPS or OCE"),
    ],
)
def test_assessments_in_words(cbd: int | None, observed: int | None, words: str) -> None:
    assert wording.assessments(module(cbd=cbd, observed=observed)) == words


def test_a_block_knows_what_everybody_does_and_what_is_chosen() -> None:
    modules = tuple(module(code=code) for code in ("S-A", "S-B", "S-D", "S-E"))
    block = BlockFacts(1, 1, "Specialist", 3, 60, modules, (("S-A",), ("S-B", "S-D")))
    assert block.has_choice is True
    assert [each.code for each in block.required] == ["S-E"]
    assert wording.choice(block) == "Choose one option: S-A; or S-B with S-D"
    assert [wording.place_in_choice(block, each) for each in modules] == [
        "Option 1 of 2",
        "Option 2 of 2",
        "Option 2 of 2",
        "",
    ]


@pytest.mark.django_db
def test_one_curriculum_or_many_are_read_in_seven_queries(files: Files) -> None:
    files.load(small(), *(small(code=f"TST{number}-1-24") for number in range(2, 12)))
    for ids in ([stored().pk], list(Curriculum.objects.values_list("pk", flat=True))):
        with CaptureQueriesContext(connection) as captured:
            wholes = structure.read(ids)
        assert (len(captured), sorted(wholes)) == (7, sorted(ids))
        assert [len(whole.modules) for whole in wholes.values()] == [7] * len(ids)


@pytest.mark.django_db
def test_a_curriculum_has_the_prompts_of_its_programme(files: Files) -> None:
    files.load(small(), PROMPTS)
    assert structure.read([stored().pk])[stored().pk].prompts == (
        PromptFacts("shows", "DTA", "Action plan", "What next."),
    )


@pytest.mark.django_db
def test_what_is_read_is_what_was_said(files: Files) -> None:
    files.load(small())
    whole = structure.read([stored().pk, 0])[stored().pk]
    assert (whole.code, whole.programme_code, whole.rules, whole.draft) == ("TST1-1-24", "STP", None, False)
    assert [(block.position, block.phase, block.credits) for block in whole.blocks] == [
        (1, None, 20),
        (2, 1, 40),
        (3, 3, 120),
    ]
    assert whole.blocks[2].options == (("S-A",), ("S-B", "S-D"))
    assert whole.block(whole.module("S-B")).title == "Specialist modules"
    assert whole.module("ROT-1").activities == (ActivityFacts(1, "", "Visit"), ActivityFacts(3, "OTA", "Visit again"))
    assert (whole.module("ROT-1").highest_known, whole.module("ROT-2").highest_known) == (3, 0)
    assert whole.module("ROT-1").activity(2) is None
    assert whole.module("S-C1").titles == (("OCE", "Explain a result"),)
    with pytest.raises(KeyError):
        whole.module("S-X")
