"""Everything that is wrong with a file is said at once, each with its path."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.files.complaints import understand
from curriculum.files.reading import read
from curriculum.schema import CurriculumSaid, PromptsSaid, QuestionsSaid, RulesSaid
from tests.curriculum.given import DATA, PROMPTS, QUESTIONS, REAL, RULES, module_of, small


def complaints(content: dict[Any, Any]) -> list[tuple[str, str]]:
    said, found = understand(content)
    assert (said is None) == bool(found)
    return found


def rules(*conditions: Any, **fields: Any) -> dict[str, Any]:
    content = {**deepcopy(RULES), **fields}
    content["review_points"][0]["requires"] = list(conditions) or [{"meeting": True}]
    return content


@pytest.mark.parametrize("name", [*REAL, "rules-2023", "prompts", "questionnaire"])
def test_the_files_that_come_with_the_project_are_sound(name: str) -> None:
    document, problems = read(str(DATA / f"{name}.yaml"))
    assert problems == []
    assert document is not None
    assert understand(document.content)[1] == []


def test_a_file_is_known_by_its_keys() -> None:
    said = [type(understand(content)[0]) for content in (small(), rules(), deepcopy(PROMPTS), deepcopy(QUESTIONS))]
    assert said == [CurriculumSaid, RulesSaid, PromptsSaid, QuestionsSaid]
    assert complaints({"name": "x"}) == [
        (
            "",
            "this is no curriculum (`blocks`), no set of rules (`review_points`), no prompts (`prompts`), no "
            "questionnaire (`questions`) and no mark forms (`mark_forms`)",
        )
    ]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"kind": "rating", "text": "Listens", "scale": ["Yes"]}, "Give two to seven points, one a line."),
        (
            {"kind": "rating", "text": "Listens", "scale": ["Yes", "yes"]},
            "Two points are the same. Give each its own words.",
        ),
        ({"kind": "rating", "text": "Listens", "scale": ["Yes", "N" * 61]}, "A point has at most 60 characters."),
        ({"kind": "text", "text": "Why?", "scale": ["Yes", "No"]}, "free text has no scale"),
    ],
)
def test_a_question_without_a_sound_scale_is_named(question: dict[str, Any], said: str) -> None:
    content = {**deepcopy(QUESTIONS), "questions": [question]}
    assert complaints(content) == [("questions[1].scale", said)]


def test_all_errors_are_said_at_once_each_with_its_path() -> None:
    content = small(start_year="2024", source="javascript:alert(1)", title="x")
    del content["specialty"]
    module_of(content, "S-C1")["activities"][1]["type"] = "XTA"
    module_of(content, "S-C1")["activities"][2]["number"] = True
    module_of(content, "ROT-1")["actvities_complete"] = True
    module_of(content, "ROT-2")["credits"] = 21
    content["blocks"][2]["credits"] = 100
    assert complaints(content) == [
        ("specialty", "is missing"),
        ("start_year", "must be a whole number, not text"),
        ("blocks[1].modules[1].activities[2].type (S-C1)", "must be one of DTA, ETA, OTA (it is 'XTA')"),
        ("blocks[1].modules[1].activities[3].number (S-C1)", "must be a whole number, not true or false"),
        (
            "blocks[2].modules[1].actvities_complete (ROT-1)",
            "is no key that this file may have here; perhaps `activities_complete` was meant",
        ),
        ("source", "must be an address that begins with https:// or http://, or empty"),
        ("title", "is no key that this file may have here"),
        ("blocks[3].credits", "the block has 100 credits, but its required modules with option 1 make 120"),
        ("blocks[3].credits", "the block has 100 credits, but its required modules with option 2 make 120"),
        ("blocks", "the blocks add up to 160 credits, not 180"),
    ]


@pytest.mark.parametrize(
    ("code", "fields", "where", "what"),
    [
        ("S-C1", {"credits": "20"}, "credits", "must be a whole number, not text"),
        ("S-C1", {"credits": 20.0}, "credits", "must be a whole number, not a number with decimals"),
        ("S-C1", {"credits": -1}, "credits", "must be 0 or more (it is -1)"),
        ("S-C1", {"credits": None}, "credits", "must be a whole number, not empty"),
        ("S-C1", {"title": " "}, "title", "must not be empty"),
        ("S-C1", {"title": "a\x00b"}, "title", "must be one line, without control characters"),
        ("S-C1", {"title": "a" * 201}, "title", "must be at most 200 characters (it has 201)"),
        ("S-C1", {"code": "S C1"}, "code", "must be letters, digits and single hyphens between them (it is 'S C1')"),
        ("S-C1", {"kind": "elective"}, "kind", None),
        ("S-C1", {"provisional": 1}, "provisional", "must be true or false, not a number"),
        ("S-C1", {"activities": {}}, "activities", "must be a list, not a mapping"),
        ("S-C1", {"activities": ["x"]}, "activities[1]", "must be a mapping of keys to values, not text"),
        ("S-C1", {"assessments": {"cbd": 1}}, "assessments.observed", "is missing"),
        ("S-C1", {"url": "//library"}, "url", "must be an address that begins with https:// or http://, or empty"),
        (
            "S-C1",
            {"url": "ftp://a.example"},
            "url",
            "must be an address that begins with https:// or http://, or empty",
        ),
        ("S-C1", {"expected_activities": 2}, "expected_activities", "is 2, but there is an activity 3"),
        ("ROT-1", {"expected_activities": 2}, "expected_activities", "is 2, but there is an activity 3"),
        ("ROT-2", {"code": "ROT-1"}, "code", "ROT-1 is in this curriculum already"),
    ],
)
def test_what_a_module_may_not_say(code: str, fields: dict[str, Any], where: str, what: str | None) -> None:
    content = small()
    module = module_of(content, code)
    module.update(fields)
    found = complaints(content)
    assert len(found) == 1
    path, said = found[0]
    assert path.split(".", 2)[2].split(" ")[0] == where
    assert what is None or said == what


def test_activity_numbers_are_unique_and_begin_at_1() -> None:
    content = small()
    module_of(content, "ROT-1")["activities"] = [{"number": 2, "title": "A"}, {"number": 2, "title": "B"}]
    module_of(content, "S-C1")["activities"][0]["number"] = 0
    assert complaints(content) == [
        ("blocks[1].modules[1].activities[1].number (S-C1)", "must be 1 or more (it is 0)"),
        ("blocks[2].modules[1].activities[2].number (ROT-1)", "there are two activities with the number 2"),
    ]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ([["S-A"], ["S-C1"]], "S-C1 is no module of this block"),
        ([["S-A"]], "one option alone is no choice"),
        ([["S-A", "S-B"], ["S-B", "S-D"]], "S-B is named 2 times: a module is in one option, or in none"),
        ([["S-A"], ["S-B"]], "the block has 120 credits, but its required modules with option 1 make 150"),
        ([["S-A"], []], "must hold at least 1"),
    ],
)
def test_a_choice_is_between_modules_of_its_block_that_make_its_credits(options: list[list[str]], what: str) -> None:
    content = small()
    content["blocks"][2]["choose_one_of"] = options
    assert what in [said for _, said in complaints(content)]


def test_an_stp_curriculum_has_180_credits() -> None:
    content = small(credits=170)
    content["blocks"][0]["credits"] = module_of(content, "S-C1")["credits"] = 10
    assert complaints(content) == [
        ("credits", "must be 180: the blocks of every STP curriculum add up to that"),
    ]


def test_complete_is_checked_and_not_believed() -> None:
    content = small(complete=True)
    found = complaints(content)
    assert [where for where, _ in found] == ["complete"] * 6
    assert found[0][1] == (
        "is true, but ROT-1 is not: it is provisional, its activity list is not complete, "
        "its assessments are not known, the type of activity 1 is not recorded"
    )


@pytest.mark.parametrize("phase", [0, 4, "1", True])
def test_a_phase_is_1_2_3_or_null(phase: Any) -> None:
    content = small()
    content["blocks"][0]["phase"] = phase
    assert [where for where, _ in complaints(content)] == ["blocks[1].phase"]


@pytest.mark.parametrize(
    "condition",
    [
        {"meeting": False},
        {"meeting": 1},
        {"phase": 1},
        {"attendance": 90},
        {"any_of": [[{"any_of": []}], [{"overall": 1}]]},
        {"overall": 0},
        {"overall": 101},
        {"phase": 4, "percent": 1},
        {"meeting": True, "overall": 1},
        "meeting",
        {"any_of": []},
    ],
)
def test_a_condition_that_is_not_known_is_an_error(condition: Any) -> None:
    found = complaints(rules(condition))
    assert len(found) == 1
    assert found[0][0].startswith("review_points[1].requires[1]")


def test_review_points_are_real_days_in_order_with_names_of_their_own() -> None:
    point = deepcopy(RULES["review_points"][0])
    content = rules(review_points=[point, {**point, "due": {"year": 3, "month": 2, "day": 30}}])
    assert complaints(content) == [
        ("review_points[2].due", "day 30 is not in month 2 of every year"),
        ("review_points[2].due", "must be later than that of the review point before it"),
        ("review_points[2].name", "there are two review points called 'Completion'"),
    ]
    later = {**point, "name": "Another", "key": point["name"], "due": {"year": 4, "month": 2, "day": 28}}
    content = rules(review_points=[point, later])
    assert complaints(content) == [("review_points[2].key", "there are two review points with the key 'Completion'")]


def test_rules_say_which_modules_they_speak_of() -> None:
    branches = [[{"module": "S-C2", "percent": 100}], [{"overall": 60}]]
    said, _ = understand(rules({"module": "S-C1", "percent": 50}, {"any_of": branches}))
    assert isinstance(said, RulesSaid)
    assert said.module_codes == {"S-C1", "S-C2"}
    assert said.content["review_points"][0]["requires"][1] == {"any_of": branches}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150)
@given(value=anything, data=st.data())
def test_nothing_that_a_file_may_hold_breaks_the_check(value: Any, data: st.DataObject) -> None:
    """Whatever stands anywhere in a file, it is understood or complained about: no exception."""
    content: Any = data.draw(st.sampled_from([small(), rules(), deepcopy(PROMPTS)]))
    part: Any = content
    while True:
        keys = list(part) if isinstance(part, dict) else range(len(part))
        key = data.draw(st.sampled_from(list(keys)))
        deeper = isinstance(part[key], dict | list) and len(part[key]) > 0
        if not deeper or data.draw(st.booleans()):
            part[key] = value
            break
        part = part[key]
    said, found = understand(content)
    assert (said is None) == bool(found)
