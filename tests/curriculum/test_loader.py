"""Loading: all or nothing, twice is once, and what may change in a curriculum that portfolios follow."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from audit.chain import verify
from audit.models import Event
from curriculum import publishing, structure
from curriculum.files.complaints import understand
from curriculum.files.plans import Added
from curriculum.loader import Outcome
from curriculum.models import Curriculum, MarkForm, Programme, Prompt, Question, Rules, TrainingActivity
from tests.curriculum.given import (
    DATA,
    PROMPTS,
    QUESTIONS,
    REAL,
    RULES,
    Files,
    activities,
    follow,
    module_of,
    small,
    stored,
    stored_module,
)

pytestmark = pytest.mark.django_db
Alter = Callable[[dict[str, Any]], Any]


def reasons(outcome: Outcome) -> list[tuple[str, str]]:
    return [(problem.where, problem.what) for problem in outcome.problems]


def alter(code: str, **fields: Any) -> Alter:
    """Says other things of one module."""
    return lambda content: module_of(content, code).update(fields)


def top(**fields: Any) -> Alter:
    return lambda content: content.update(fields)


def activity(code: str, index: int, **fields: Any) -> Alter:
    return lambda content: module_of(content, code)["activities"][index].update(fields)


def more(code: str, *numbers: int, **fields: Any) -> Alter:
    def change(content: dict[str, Any]) -> None:
        module = module_of(content, code)
        module["activities"] = [*module.get("activities", []), *activities(*numbers)]
        module.update(fields)

    return change


def trade(content: dict[str, Any]) -> None:
    module_of(content, "ROT-1")["credits"], module_of(content, "ROT-2")["credits"] = 15, 25


def shift_credits_between_blocks(content: dict[str, Any]) -> None:
    content["blocks"][0]["credits"] = module_of(content, "S-C1")["credits"] = 10
    content["blocks"][1]["credits"], module_of(content, "ROT-1")["credits"] = 50, 30


def move(content: dict[str, Any]) -> None:
    content["blocks"][1]["modules"].reverse()


def another_module(content: dict[str, Any]) -> None:
    content["blocks"][0]["modules"].append({"code": "S-C4", "title": "Goals", "kind": "core", "credits": 0})


def another_block(content: dict[str, Any]) -> None:
    module = {"code": "S-C4", "title": "Goals", "kind": "core", "credits": 0}
    content["blocks"].append({"title": "Goals", "phase": None, "credits": 0, "modules": [module]})


KNOWN = {"cbd": 1, "observed": 1, "titles": [{"kind": "OCE", "title": "Explain a result"}]}
ASSESSED = {"cbd": 2, "observed": 0}
# What may be done with portfolios, and what of it is then read back.
ALLOWED: dict[str, tuple[Alter, Callable[[], Any], Any]] = {
    "correct the wording of a known activity": (
        activity("S-C1", 0, title="Better words"),
        lambda: stored_module("S-C1").activities.get(number=1).title,
        "Better words",
    ),
    "fill a missing type": (
        activity("ROT-1", 0, type="OTA"),
        lambda: stored_module("ROT-1").activities.get(number=1).type,
        "OTA",
    ),
    "fill a missing url": (
        alter("ROT-1", url="https://library.example.org/rot-1"),
        lambda: stored_module("ROT-1").url,
        "https://library.example.org/rot-1",
    ),
    "fill missing assessments": (
        alter("ROT-1", assessments=ASSESSED),
        lambda: (stored_module("ROT-1").cbd, stored_module("ROT-1").observed),
        (2, 0),
    ),
    "fill missing assessment titles": (
        alter("ROT-1", assessments={**ASSESSED, "titles": [{"kind": "DOPS", "title": "Do it"}]}),
        lambda: list(stored_module("ROT-1").assessment_titles.values_list("kind", "title")),
        [("DOPS", "Do it")],
    ),
    "raise the expected activities": (
        alter("ROT-1", expected_activities=5),
        lambda: stored_module("ROT-1").expected_activities,
        5,
    ),
    "say how many activities are expected": (
        alter("ROT-2", expected_activities=10),
        lambda: stored_module("ROT-2").expected_activities,
        10,
    ),
    "add activities to an incomplete list": (
        more("ROT-1", 2, 4),
        lambda: list(stored_module("ROT-1").activities.values_list("number", "type", "title")),
        [(1, "", "Visit"), (2, "DTA", "Task 2"), (3, "OTA", "Visit again"), (4, "DTA", "Task 4")],
    ),
    "add activities beyond the expected ones": (
        more("ROT-1", 5, expected_activities=5),
        lambda: list(stored_module("ROT-1").activities.values_list("number", flat=True)),
        [1, 3, 5],
    ),
    "complete a list, shorter than expected": (
        alter("ROT-1", activities_complete=True),
        lambda: stored_module("ROT-1").activities_complete,
        True,
    ),
    "complete a list and add to it at once": (
        more("ROT-1", 2, activities_complete=True),
        lambda: (stored_module("ROT-1").activities_complete, stored_module("ROT-1").activities.count()),
        (True, 3),
    ),
    "confirm a provisional title": (
        alter("ROT-1", title="Introduction", provisional=False),
        lambda: (stored_module("ROT-1").title, stored_module("ROT-1").provisional),
        ("Introduction", False),
    ),
    "confirm provisional credits": (
        trade,
        lambda: (stored_module("ROT-1").credits, stored_module("ROT-2").credits),
        (15, 25),
    ),
    "write another note": (top(note="What is known now."), lambda: stored().note, "What is known now."),
    "fill in the page in the Library": (
        top(source="https://library.example.org/"),
        lambda: stored().source,
        "https://library.example.org/",
    ),
}
REFUSED: dict[str, tuple[Alter, str]] = {
    "the specialty": (top(specialty="Other Science"), "specialty"),
    "the start year": (top(start_year=2025), "start year"),
    "the rules": (top(rules="test rules"), "rules"),
    "being fictional": (top(fictional=True), "fictional"),
    "a block's title": (lambda content: content["blocks"][0].update(title="Other"), "block 1: title"),
    "a block's phase": (lambda content: content["blocks"][1].update(phase=2), "block 2: phase"),
    "a block's phase to throughout": (lambda content: content["blocks"][1].update(phase=None), "block 2: phase"),
    "credits of a confirmed module": (shift_credits_between_blocks, "block 1: credits"),
    "a choice": (
        lambda content: content["blocks"][2].update(choose_one_of=[["S-B", "S-D"], ["S-A"]]),
        "block 3: choice",
    ),
    "a confirmed title": (alter("S-C1", title="Other"), "S-C1: title"),
    "a kind": (alter("S-C1", kind="project"), "S-C1: kind"),
    "a module's place in its block": (move, "ROT-1: place in its block"),
    "a confirmed module to provisional": (alter("S-C1", provisional=True), "S-C1: provisional"),
    "fewer expected activities": (alter("ROT-1", expected_activities=3), "ROT-1: expected activities"),
    "more expected activities of a complete list": (
        alter("S-C1", expected_activities=4),
        "S-C1: expected activities",
    ),
    "a known quota of CBDs": (alter("S-C1", assessments={**KNOWN, "cbd": 2}), "S-C1: CBDs"),
    "a known quota of none": (alter("S-C1", assessments={**KNOWN, "observed": 0}), "S-C1: DOPS and OCE"),
    "known assessment titles": (
        alter("S-C1", assessments={**KNOWN, "titles": [{"kind": "DOPS", "title": "Other"}]}),
        "S-C1: assessment titles",
    ),
    "a university result": (alter("S-E", university_result=True), "S-E: university result"),
    "a known url": (alter("S-C1", url="https://elsewhere.example.org/"), "S-C1: page in the Library"),
    "a known type": (activity("S-C1", 0, type="ETA"), "S-C1 activity 1: type"),
    "an activity of a complete list": (more("S-C1", 4, expected_activities=4), "S-C1 activity 4"),
    "a complete list without a known number": (
        alter("ROT-1", activities=activities(1, 2), activities_complete=True),
        "ROT-1: activity list complete",
    ),
    "another module": (another_module, "S-C4"),
    "another block": (another_block, "S-C4"),
    "a module's code": (lambda content: module_of(content, "ROT-1").update(code="S-R1"), "ROT-1"),
}
SILENT: dict[str, Alter] = {
    "assessments left out": lambda content: module_of(content, "S-C1").pop("assessments"),
    "assessment titles left out": alter("S-C1", assessments={"cbd": 1, "observed": 1}),
    "assessment titles empty": alter("S-C1", assessments={"cbd": 1, "observed": 1, "titles": []}),
    "a url left out": lambda content: module_of(content, "S-C1").pop("url"),
    "a url empty": alter("S-C1", url=""),
    "expected activities left out": lambda content: module_of(content, "S-C1").pop("expected_activities"),
    "expected activities null": alter("S-C1", expected_activities=None),
    "complete false": alter("S-C1", activities_complete=False),
    "complete left out": lambda content: module_of(content, "S-C1").pop("activities_complete"),
    "activities left out": lambda content: module_of(content, "S-C1").pop("activities"),
    "activities empty": alter("S-C1", activities=[]),
    "one activity left out": lambda content: module_of(content, "S-C1")["activities"].pop(),
    "a type left out": lambda content: module_of(content, "S-C1")["activities"][0].pop("type"),
    "university result false": alter("S-C1", university_result=False),
    "provisional left out": lambda content: module_of(content, "ROT-1").pop("provisional"),
}


@pytest.fixture
def loaded(files: Files) -> Files:
    assert files.load(RULES, small()).problems == []
    return files


# --- in use: the table of domain.md, row by row ------------------------------------------------------------------
@pytest.mark.parametrize("what", ALLOWED)
def test_in_use_a_file_may(what: str, loaded: Files) -> None:
    change, read_back, wanted = ALLOWED[what]
    follow()
    content = small()
    change(content)
    before = read_back()
    outcome = loaded.load(content)
    assert (reasons(outcome), before == wanted, read_back()) == ([], False, wanted)
    assert loaded.load(content).plans[0].changes == []


@pytest.mark.parametrize("what", REFUSED)
def test_in_use_a_file_may_not_change(what: str, loaded: Files) -> None:
    change, where = REFUSED[what]
    follow()
    content = small(note="This would be allowed.")
    change(content)
    before = publishing.content_of(stored())
    outcome = loaded.load(content)
    assert where in [problem.where for problem in outcome.problems]
    assert all(problem.what.startswith("cannot change: ") for problem in outcome.problems)
    assert publishing.content_of(stored()) == before


@pytest.mark.parametrize("what", SILENT)
def test_in_use_what_a_file_leaves_out_or_empty_says_nothing(what: str, loaded: Files) -> None:
    follow()
    content = small()
    SILENT[what](content)
    outcome = loaded.load(content)
    assert (reasons(outcome), outcome.plans[0].changes) == ([], [])


def test_in_use_a_known_0_is_a_number_and_not_a_gap(loaded: Files) -> None:
    content = small()
    module_of(content, "ROT-1")["assessments"] = {"cbd": 0, "observed": 0}
    assert loaded.load(content).problems == []
    follow()
    module_of(content, "ROT-1")["assessments"] = {"cbd": 1, "observed": 0}
    assert [problem.where for problem in loaded.load(content).problems] == ["ROT-1: CBDs"]


def test_credits_of_a_provisional_module_stay_once_a_portfolio_has_signed_it(loaded: Files) -> None:
    follow(signed=("ROT-1",))
    content = small()
    trade(content)
    assert [problem.where for problem in loaded.load(content).problems] == ["ROT-1: credits"]
    assert stored_module("ROT-2").credits == 20


def test_a_provisional_title_may_be_confirmed_after_a_sign_off(loaded: Files) -> None:
    follow(signed=("ROT-1",))
    content = small()
    module_of(content, "ROT-1").update(title="Introduction", provisional=False)
    assert loaded.load(content).problems == []


def test_a_new_title_that_stays_provisional_is_mentioned(loaded: Files) -> None:
    follow()
    content = small()
    module = module_of(content, "ROT-1")
    module["title"] = "Introduction"
    del module["provisional"]
    outcome = loaded.load(content)
    assert outcome.problems == []
    assert outcome.warnings == [
        "TST1-1-24: ROT-1 gets another title and stays provisional: `provisional: false` confirms it"
    ]
    assert stored_module("ROT-1").provisional is True


def test_in_use_rows_keep_their_ids(loaded: Files) -> None:
    before = list(TrainingActivity.objects.order_by("pk").values_list("pk", "number"))
    follow()
    content = small()
    more("ROT-1", 2)(content)
    loaded.load(content)
    assert list(TrainingActivity.objects.order_by("pk").values_list("pk", "number"))[:-1] == before


def test_a_curriculum_in_use_cannot_be_a_draft_again(loaded: Files) -> None:
    follow()
    assert [problem.where for problem in loaded.load(small(), draft=True).problems] == ["status"]


def test_rules_that_a_curriculum_in_use_refers_to_stay(loaded: Files) -> None:
    loaded.load(small(rules="test rules"))
    changed = {**RULES, "multi_source_feedback": [{"round": "first", "month": 18}]}
    follow()
    assert [problem.where for problem in loaded.load(changed).problems] == ["multi_source_feedback"]
    assert loaded.load({**changed, "name": "other rules"}).problems == []


def test_what_a_report_of_feedback_can_show_is_filled_in_also_where_a_curriculum_in_use_refers_to_it(
    loaded: Files,
) -> None:
    rounds = [{"round": "first", "month": 18}]
    rules = {**RULES, "multi_source_feedback": rounds}
    assert loaded.load(rules, small(rules="test rules")).problems == []
    follow()
    shows = {**rules, "multi_source_feedback": [{**rounds[0], "shows": {"S-C1": [1, 2]}}]}
    assert loaded.load(shows).problems == []
    assert Rules.objects.get(name="test rules").content["multi_source_feedback"][0]["shows"] == {"S-C1": [1, 2]}
    assert loaded.load(shows).plans[0].changes == []


def test_a_review_point_with_a_key_gets_another_name_also_where_a_curriculum_in_use_refers_to_it(
    loaded: Files,
) -> None:
    assert loaded.load(RULES, small(rules="test rules")).problems == []
    follow()
    first, *others = RULES["review_points"]
    named = {**RULES, "review_points": [{**first, "name": "Another name"}, *others]}
    assert [problem.where for problem in loaded.load(named).problems] == ["review_points"]
    keyed = {**RULES, "review_points": [{**first, "name": "Another name", "key": first["name"]}, *others]}
    assert loaded.load(keyed).problems == []
    assert Rules.objects.get(name="test rules").content["review_points"][0]["name"] == "Another name"
    assert loaded.load(keyed).plans[0].changes == []


# --- not in use ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("draft", [True, False])
@pytest.mark.parametrize("what", [*ALLOWED, *REFUSED, *SILENT])
def test_what_nobody_follows_becomes_what_the_file_says(what: str, draft: bool, loaded: Files) -> None:
    loaded.load(small(), draft=draft)
    content = small()
    change = {**ALLOWED, **REFUSED, **SILENT}[what]
    (change[0] if isinstance(change, tuple) else change)(content)
    assert loaded.load(content, draft=draft).problems == []
    assert plain(publishing.content_of(stored())) == plain(content)
    assert (stored().status == Curriculum.Status.DRAFT) == draft
    assert loaded.load(content, draft=draft).plans[0].changes == []


def plain(content: dict[str, Any]) -> dict[str, Any]:
    """All that a file says, with its defaults written out and its activities in order."""
    said, _ = understand(content)
    assert said is not None
    whole = said.model_dump(exclude={"complete"})
    for module in [module for block in whole["blocks"] for module in block["modules"]]:
        module["activities"].sort(key=lambda activity: activity["number"])
    return whole


def test_a_draft_is_published_by_loading_it_without_draft(files: Files) -> None:
    files.load(small(), draft=True)
    assert stored().status == Curriculum.Status.DRAFT
    outcome = files.load(small())
    assert [str(change) for change in outcome.plans[0].changes] == ["status: draft -> published"]
    assert stored().status == Curriculum.Status.PUBLISHED


# --- all or nothing, once -----------------------------------------------------------------------------------------
def test_a_dry_run_says_what_would_change_and_writes_nothing(loaded: Files) -> None:
    content = small(note="New")
    events = Event.objects.count()
    outcome = loaded.load(content, small(code="TST2-1-24"), dry_run=True)
    assert [[str(change) for change in plan.changes] for plan in outcome.plans] == [
        ["note: none -> New"],
        ["curriculum: added"],
    ]
    assert (Curriculum.objects.count(), stored().note, Event.objects.count()) == (1, "", events)


def test_one_wrong_file_and_none_is_loaded(files: Files) -> None:
    outcome = files.load(small(), small(code="TST2-1-24", credits="180"), "a: [")
    assert len(outcome.problems) == 2
    assert (Curriculum.objects.count(), Programme.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_refused_change_stops_the_other_files_too(loaded: Files) -> None:
    follow()
    outcome = loaded.load(small(specialty="Other"), small(code="TST2-1-24"))
    assert [problem.where for problem in outcome.problems] == ["specialty"]
    assert Curriculum.objects.count() == 1


def test_the_order_of_the_files_does_not_matter(files: Files) -> None:
    outcome = files.load(PROMPTS, small(rules="test rules"), RULES)
    assert outcome.problems == []
    assert stored().rules == Rules.objects.get(name="test rules")


def test_unknown_rules_and_programmes_are_errors(files: Files) -> None:
    outcome = files.load(small(rules="2019"), {**PROMPTS, "programme": "HSST"})
    assert reasons(outcome) == [
        ("rules", "there are no rules called '2019' (known: none)"),
        ("programme", "there is no programme 'HSST': add it in the administration first"),
    ]


def test_the_same_curriculum_in_two_files_is_an_error(files: Files) -> None:
    outcome = files.load(small(), small(note="Another"))
    assert len(outcome.problems) == 1
    assert outcome.problems[0].what.startswith("curriculum TST1-1-24 is in ")


def test_the_programme_is_made_with_its_name(loaded: Files) -> None:
    assert list(Programme.objects.values_list("code", "name")) == [("STP", "Scientist Training Programme")]


def test_every_file_that_changes_something_is_told_in_the_chain_of_the_instance(loaded: Files) -> None:
    follow()
    content = small()
    activity("S-C1", 0, title="Better words")(content)
    alter("ROT-1", expected_activities=5)(content)
    loaded.load(content)
    loaded.load(content)
    events = list(Event.objects.filter(chain__name="instance").order_by("seq"))
    assert [event.kind for event in events] == ["rules loaded", "curriculum loaded", "curriculum loaded"]
    data = json.loads(events[-1].data)
    assert (data["name"], data["count"]) == ("TST1-1-24", 2)
    assert {"what": "ROT-1: expected activities", "old": 4, "new": 5} in data["changes"]
    assert "Better words" not in events[-1].data
    assert verify("instance") is None


# --- warnings -----------------------------------------------------------------------------------------------------
def test_copies_of_one_module_that_differ_in_one_year_are_mentioned(loaded: Files) -> None:
    other = small(code="TST2-1-24")
    alter("S-C1", title="Foundation")(other)
    activity("S-C1", 2, title="Other words")(other)
    assert loaded.load(other).warnings == ["S-C1 is not the same in TST1-1-24 and TST2-1-24: title, activity 3"]
    assert loaded.load(small(code="TST3-1-25", start_year=2025)).warnings == []


def test_rules_that_speak_of_a_module_that_is_not_there_are_mentioned(files: Files) -> None:
    point = {"name": "Half", "due": {"year": 1, "month": 1, "day": 1}, "requires": [{"module": "S-C9", "percent": 50}]}
    outcome = files.load({**RULES, "review_points": [point]}, small(rules="test rules"))
    assert outcome.warnings == ["TST1-1-24: the rules 'test rules' speak of S-C9, which is not in this curriculum"]
    shows = [{"round": "first", "month": 18, "shows": {"S-C8": [1]}}]
    outcome = files.load({**RULES, "multi_source_feedback": shows}, small(rules="test rules"))
    assert outcome.warnings == ["TST1-1-24: the rules 'test rules' speak of S-C8, which is not in this curriculum"]


# --- mark forms ---------------------------------------------------------------------------------------------------
MARK_FORM = {"kind": "CBD", "scale": ["Below", "Meets"], "criteria": ["Presents the case", "Gives reasons"]}


def test_mark_forms_become_those_of_the_file_and_a_second_time_changes_nothing(files: Files) -> None:
    assert files.load({"programme": "STP", "mark_forms": [MARK_FORM]}).problems == []
    other = {**MARK_FORM, "scale": ["Not yet", "Well"], "criteria": ["Gives reasons"]}
    assert files.load({"programme": "STP", "mark_forms": [other]}).problems == []
    form = MarkForm.objects.get()
    assert (form.words, [row.text for row in form.criteria.all()]) == (("Not yet", "Well"), ["Gives reasons"])
    again = files.load({"programme": "STP", "mark_forms": [other]})
    assert [plan.changes for plan in again.plans] == [[]]


def test_a_mark_form_that_cannot_be_is_refused_with_its_place(files: Files) -> None:
    wrong = {"programme": "STP", "mark_forms": [{"kind": "MSF", "scale": ["One"], "criteria": []}]}
    assert [problem.where for problem in files.load(wrong).problems] == [
        "mark_forms[1].kind",
        "mark_forms[1].scale",
        "mark_forms[1].criteria",
    ]


# --- prompts ------------------------------------------------------------------------------------------------------
def test_prompts_become_those_of_the_file_in_its_order(files: Files) -> None:
    files.load(PROMPTS)
    again = {
        "programme": "STP",
        "prompts": [
            {"section": "reflection", "label": "Before", "text": "What for?"},
            {"section": "reflection", "label": "After"},
        ],
    }
    outcome = files.load(again)
    assert [str(change) for change in outcome.plans[0].changes] == [
        "reflection every type 1: none -> Before: What for?",
        "reflection every type 2: none -> After: ",
        "shows DTA 1: Action plan: What next. -> none",
    ]
    assert list(Prompt.objects.values_list("section", "type", "position", "label")) == [
        ("reflection", "", 1, "Before"),
        ("reflection", "", 2, "After"),
    ]
    assert files.load(again).plans[0].changes == []


# --- the feedback questionnaire -----------------------------------------------------------------------------------
def test_questions_become_those_of_the_file_in_its_order_each_with_its_scale(files: Files) -> None:
    files.load(QUESTIONS)
    assert list(Question.objects.values_list("position", "kind", "text", "hint", "scale")) == [
        (1, "rating", "Listens", "", "Seldom\nOften"),
        (2, "rating", "Explains", "", "No\nPartly\nYes"),
        (3, "text", "What goes well?", "An example.", ""),
    ]
    assert files.load(QUESTIONS).plans[0].changes == []
    again = {**QUESTIONS, "questions": QUESTIONS["questions"][1:]}
    assert [change.where for change in files.load(again).plans[0].changes] == ["question 1", "question 2", "question 3"]
    assert list(Question.objects.values_list("position", "text")) == [(1, "Explains"), (2, "What goes well?")]


# --- the real files -----------------------------------------------------------------------------------------------
def test_the_files_that_come_with_the_project_load_and_hold_these_facts(files: Files) -> None:
    paths = sorted(str(path) for path in DATA.glob("*.yaml"))
    outcome = files.load(*[(DATA / path).read_text() for path in paths])
    assert outcome.problems == []
    assert all(isinstance(plan.changes[0].new, Added) for plan in outcome.plans)
    rows = {row.code: row for row in Curriculum.objects.all()}
    wholes = {row.code: structure.read([row.pk])[row.pk] for row in rows.values()}
    assert sorted(rows) == sorted(REAL)
    assert {code: sum(block.credits for block in whole.blocks) for code, whole in wholes.items()} == dict.fromkeys(
        REAL, 180
    )
    assert {code: len(whole.modules) for code, whole in wholes.items()} == dict.fromkeys(REAL, 13)
    assert {code: len(whole.blocks) for code, whole in wholes.items()} == dict.fromkeys(REAL, 7)
    assert [whole.fictional for whole in wholes.values()] == [row.code == "DEMO-1-24" for row in rows.values()]
    informatics = wholes["SBI1-3-23"]
    assert " ".join(informatics.by_code) == (
        "S-C1 S-C4 ROT-1 ROT-2 ROT-3 ROT-4 S-C2 S-HI-S1 S-HI-S2 S-C3 S-HI-S3 S-HI-S4 S-HI-S5"
    )
    assert informatics.module("S-C1").known_numbers == tuple(range(1, 21))
    assert {activity.type for activity in informatics.module("S-C1").activities} == {"DTA"}
    assert (informatics.module("S-C1").complete, informatics.module("S-C1").cbd) == (True, None)
    assert informatics.module("S-HI-S2").known_numbers == (3, 10)
    assert informatics.module("S-HI-S1").activities[0].type == ""
    assert sum(module.provisional for module in informatics.modules) == 7
    assert (informatics.module("S-C3").university_result, informatics.module("S-C3").expected) == (True, None)
    assert wholes["SLS1-2-23"].blocks[6].options == (("S-HT-S2",), ("S-HT-S3", "S-HT-S4"))
    assert [module.code for module in wholes["SLS1-2-23"].blocks[6].required] == ["S-HT-S5"]
    demonstration = wholes["DEMO-1-24"]
    assert demonstration.rules is not None
    assert [point["name"] for point in demonstration.rules["review_points"]] == [
        "Six-month check-in",
        "End of year 1 review",
        "End of year 2 review",
        "Completion",
    ]
    assert len(demonstration.module("D-DM-S1").titles) == 4
    assert sum(len(module.activities) for module in demonstration.modules) == 153
