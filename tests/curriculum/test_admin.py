"""The admin site changes curricula under the same rules as the loader, and tells the chain of the instance."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from zeal import zeal_ignore

from accounts.models import User
from audit.models import Event
from curriculum import use
from curriculum.models import Curriculum, Module, Option, Programme, Prompt, Question, Rules
from tests import make
from tests.curriculum.given import (
    PROMPTS,
    QUESTIONS,
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


@pytest.fixture
def administrator(client: Client) -> User:
    """Signed in; no superuser: she administers the STP."""
    person = make.person("Ruth Clarke")
    make.administration(person)
    client.force_login(person)
    return person


@pytest.fixture
def loaded(files: Files) -> Files:
    assert files.load(RULES, small(rules="test rules"), PROMPTS).problems == []
    return files


def address(row: Any, step: str = "change") -> str:
    return reverse(f"admin:curriculum_{row._meta.model_name}_{step}", args=[row.pk])


def fields_of(client: Client, page: str) -> dict[str, Any]:
    """What the form on this page holds, as a browser would send it."""
    answer = client.get(page)
    assert answer.status_code == 200
    data: dict[str, Any] = {}
    if "adminform" not in answer.context:
        return data
    forms = [answer.context["adminform"].form]
    for formset in answer.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if isinstance(value, bool):
                data |= {bound.html_name: "on"} if value else {}
            elif value is not None:
                data[bound.html_name] = (
                    [str(getattr(each, "pk", each)) for each in value] if isinstance(value, list) else value
                )
    return data


def send(client: Client, row: Any, *, without: tuple[str, ...] = (), **changed: Any) -> list[str]:
    """Saves the page of this row with other values. The errors that it shows; none when it was saved."""
    data = fields_of(client, address(row)) | changed
    with zeal_ignore():  # Django's formsets fetch each row of a posted form by itself
        answer = client.post(address(row), {name: value for name, value in data.items() if name not in without})
    if answer.status_code == 302:
        return []
    assert answer.status_code == 422
    return list(answer.context["errors"])


def events(kind: str) -> list[dict[str, Any]]:
    return [json.loads(event.data) for event in Event.objects.filter(kind=kind).order_by("seq")]


# --- the rules of change, in use ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("ROT-1", {"title": "Introduction"}),
        ("ROT-1", {"expected_activities": "5"}),
        ("ROT-1", {"cbd": "2", "observed": "0"}),
        ("ROT-1", {"url": "https://library.example.org/rot-1"}),
        ("ROT-1", {"activities_complete": "on"}),
        ("ROT-1", {"activities-0-type": "OTA"}),
        ("S-C1", {"activities-0-title": "Better words"}),
    ],
)
def test_in_use_the_gaps_of_a_module_may_be_filled(
    code: str, changed: dict[str, str], client: Client, administrator: User, loaded: Files
) -> None:
    follow()
    assert send(client, stored_module(code), **changed) == []
    data = fields_of(client, address(stored_module(code)))
    assert {name: str(data[name]) for name in changed} == changed


@pytest.mark.parametrize(
    ("code", "changed", "why"),
    [
        ("S-C1", {"title": "Other"}, "and this module is confirmed"),
        ("S-C1", {"provisional": "on"}, "what is confirmed stays confirmed"),
        ("S-C1", {"cbd": "2"}, "what is known stays as it is"),
        ("S-C1", {"url": "https://elsewhere.example.org/"}, "what is known stays as it is"),
        ("S-C1", {"url": ""}, "what is known stays as it is"),
        ("S-C1", {"expected_activities": "4"}, "so no more are expected"),
        ("S-C1", {"activities-0-number": "9"}, "so this stays as it is"),
        ("S-C1", {"activities-0-type": "ETA"}, "what is known stays as it is"),
        ("ROT-1", {"expected_activities": "3"}, "can only be raised"),
        ("ROT-1", {"cbd": "2"}, "Fill in both numbers"),
        ("ROT-1", {"credits": "15"}, "The block has 40 credits, its modules 35."),
    ],
)
def test_in_use_what_is_known_stays_and_the_page_says_why(
    code: str, changed: dict[str, str], why: str, client: Client, administrator: User, loaded: Files
) -> None:
    follow()
    before = Module.objects.filter(code=code).values().get()
    errors = send(client, stored_module(code), **changed)
    assert len(errors) == 1
    assert why in str(errors)
    assert Module.objects.filter(code=code).values().get() == before
    assert stored_module(code).activities.filter(number=1, type__in=["DTA", ""]).exists()


def test_in_use_a_complete_list_stays_complete(client: Client, administrator: User, loaded: Files) -> None:
    follow()
    errors = send(client, stored_module("S-C1"), without=("activities_complete",))
    assert "a complete list stays complete" in str(errors)


def test_in_use_codes_kinds_and_numbers_of_a_block_are_not_even_offered(
    client: Client, administrator: User, loaded: Files
) -> None:
    follow()
    offered = set(fields_of(client, address(stored_module("S-C1"))))
    assert offered & {"code", "kind", "position", "block", "curriculum", "university_result"} == set()
    assert set(fields_of(client, address(stored()))) & {"code", "specialty", "credits", "start_year", "rules"} == set()
    send(client, stored_module("S-C1"), code="S-X1", kind="project", university_result="")
    assert Module.objects.filter(code="S-C1", kind="core", university_result=True).count() == 1


def test_an_activity_is_added_to_an_incomplete_list_and_the_list_completed_in_one_step(
    client: Client, administrator: User, loaded: Files
) -> None:
    follow()
    new = {"activities-2-number": "2", "activities-2-type": "OTA", "activities-2-title": "Watch"}
    errors = send(client, stored_module("ROT-1"), activities_complete="on", **new, **{"activities-TOTAL_FORMS": "3"})
    assert errors == []
    assert list(stored_module("ROT-1").activities.values_list("number", flat=True)) == [1, 2, 3]
    assert stored_module("ROT-1").activities_complete is True
    assert events("module changed")[-1]["rows"][-1]["did"] == "added"


def test_no_activity_is_added_to_a_complete_list_or_taken_away(
    client: Client, administrator: User, loaded: Files
) -> None:
    follow()
    new = {"activities-3-number": "4", "activities-3-type": "OTA", "activities-3-title": "Watch"}
    send(client, stored_module("S-C1"), **new, **{"activities-TOTAL_FORMS": "4", "activities-0-DELETE": "on"})
    assert list(stored_module("S-C1").activities.values_list("number", flat=True)) == [1, 2, 3]


def test_provisional_modules_trade_credits_on_the_page_of_their_block(
    client: Client, administrator: User, loaded: Files
) -> None:
    follow()
    block = stored_module("ROT-1").block
    assert send(client, block, **{"modules-0-credits": "15", "modules-1-credits": "25"}) == []
    assert [stored_module(code).credits for code in ("ROT-1", "ROT-2")] == [15, 25]
    assert "The block has 40 credits, its modules 45." in str(send(client, block, **{"modules-0-credits": "20"}))
    follow(signed=("ROT-2",))
    errors = send(client, block, **{"modules-0-credits": "20", "modules-1-credits": "20"})
    assert "a portfolio has this module signed off with these credits" in str(errors)


def test_assessment_titles_are_filled_in_only_where_there_are_none(
    client: Client, administrator: User, loaded: Files
) -> None:
    follow()
    new = {
        "assessment_titles-0-position": "1",
        "assessment_titles-0-kind": "DOPS",
        "assessment_titles-0-title": "Do it",
    }
    assert send(client, stored_module("ROT-1"), **new, **{"assessment_titles-TOTAL_FORMS": "1"}) == []
    assert stored_module("ROT-1").assessment_titles.get().title == "Do it"
    send(client, stored_module("S-C1"), **{"assessment_titles-0-title": "Other"})
    assert stored_module("S-C1").assessment_titles.get().title == "Explain a result"


def test_a_curriculum_in_use_cannot_be_made_a_draft_again(client: Client, administrator: User, loaded: Files) -> None:
    follow()
    assert "it cannot be a draft again" in str(send(client, stored(), status="draft"))
    assert stored().status == Curriculum.Status.PUBLISHED


# --- published, and nobody follows it -----------------------------------------------------------------------------
def test_what_nobody_follows_is_made_a_draft_changed_and_published_again(
    client: Client, administrator: User, loaded: Files
) -> None:
    assert send(client, stored(), status="draft") == []
    assert send(client, stored(), **{"blocks-0-credits": "30"}) == []
    errors = send(client, stored(), status="published")
    assert "the block has 30 credits, its modules 20" in str(errors)
    assert "the blocks add up to 190 credits, not 180" in str(errors)
    assert stored().status == Curriculum.Status.DRAFT
    assert send(client, stored(), **{"blocks-0-credits": "20"}) == []
    assert send(client, stored(), status="published") == []
    assert stored().status == Curriculum.Status.PUBLISHED


def test_a_curriculum_begins_as_a_draft_and_is_built_page_by_page(client: Client, administrator: User) -> None:
    programme = make.programme()
    page = reverse("admin:curriculum_curriculum_add")
    data = fields_of(client, page) | {
        "code": "NEW-1-26",
        "programme": programme.pk,
        "specialty": "New Science",
        "start_year": "2026",
        "credits": "180",
        "status": "published",
        "blocks-TOTAL_FORMS": "1",
        "blocks-0-position": "1",
        "blocks-0-title": "Everything",
        "blocks-0-credits": "180",
    }
    assert client.post(page, data).status_code == 302
    new = stored("NEW-1-26")
    assert new.status == Curriculum.Status.DRAFT
    block = new.blocks.get()
    row = {"position": "1", "code": "S-A", "title": "All", "kind": "core", "credits": "180"}
    modules = {f"modules-0-{name}": value for name, value in row.items()}
    assert send(client, block, **modules, **{"modules-TOTAL_FORMS": "1"}) == []
    assert list(new.modules.values_list("code", flat=True)) == ["S-A"]
    assert send(client, new, status="published") == []
    assert [event["code"] for event in events("curriculum added")] == ["NEW-1-26"]


def test_an_option_is_among_the_modules_of_its_block(client: Client, administrator: User, loaded: Files) -> None:
    send(client, stored(), status="draft")
    block = stored_module("S-A").block
    before = {tuple(sorted(option.modules.values_list("code", flat=True))) for option in Option.objects.all()}
    assert send(client, block, **{"options-0-modules": [stored_module("S-C1").pk]}) != []
    both = [stored_module(code).pk for code in ("S-A", "S-E")]
    assert send(client, block, **{"options-0-modules": both}) == []
    after = {tuple(sorted(option.modules.values_list("code", flat=True))) for option in Option.objects.all()}
    assert (before, after) == ({("S-A",), ("S-B", "S-D")}, {("S-A", "S-E"), ("S-B", "S-D")})


# --- deleting -----------------------------------------------------------------------------------------------------
def test_nothing_of_a_published_curriculum_is_deleted(client: Client, administrator: User, loaded: Files) -> None:
    rows = [stored(), stored_module("S-C1"), stored_module("S-C1").block, Rules.objects.get(), Programme.objects.get()]
    assert [client.post(address(row, "delete"), {"post": "yes"}).status_code for row in rows] == [403] * 5
    page = reverse("admin:curriculum_curriculum_changelist")
    client.post(page, {"action": "delete_selected", "_selected_action": [stored().pk], "post": "yes"})
    assert Curriculum.objects.count() == 1


def test_a_draft_is_deleted_with_its_parts_and_that_is_told(client: Client, administrator: User, files: Files) -> None:
    files.load(small(), draft=True)
    with zeal_ignore():  # Django names each row that goes, one by one
        assert client.post(address(stored(), "delete"), {"post": "yes"}).status_code == 302
    assert Curriculum.objects.count() == 0
    assert [event["code"] for event in events("curriculum deleted")] == ["TST1-1-24"]


def test_a_draft_that_somebody_follows_is_not_deleted(client: Client, administrator: User, files: Files) -> None:
    files.load(small(), draft=True)
    follow()
    assert client.post(address(stored(), "delete"), {"post": "yes"}).status_code == 403


def test_prompts_are_changed_and_deleted_freely(client: Client, administrator: User, loaded: Files) -> None:
    follow()
    assert send(client, Prompt.objects.get(), label="Next steps") == []
    assert Prompt.objects.get().label == "Next steps"
    assert client.post(address(Prompt.objects.get(), "delete"), {"post": "yes"}).status_code == 302
    assert Prompt.objects.count() == 0


def test_questions_are_changed_and_deleted_freely_but_a_rating_keeps_a_scale(
    client: Client, administrator: User, files: Files
) -> None:
    files.load(QUESTIONS)
    row = Question.objects.get(position=1)
    assert send(client, row, text="Listens well") == []
    assert Question.objects.get(position=1).text == "Listens well"
    assert send(client, row, scale="") != []
    assert send(client, row, scale="One") == [["Give two to seven points, one a line."]]
    assert send(client, row, kind="text") != []
    assert Question.objects.get(position=1).scale == "Seldom\nOften"
    assert client.post(address(row, "delete"), {"post": "yes"}).status_code == 302
    assert Question.objects.count() == 2


# --- who, and what is told ----------------------------------------------------------------------------------------
def test_a_change_is_told_with_who_which_row_and_which_fields_but_no_text(
    client: Client, administrator: User, loaded: Files
) -> None:
    module = stored_module("ROT-1")
    send(client, module, title="Introduction to it", **{"activities-0-title": "Watch"})
    event = Event.objects.filter(kind="module changed").get()
    assert event.actor_id == administrator.pk
    assert json.loads(event.data) == {
        "model": "module",
        "id": module.pk,
        "code": "ROT-1",
        "curriculum": stored().pk,
        "fields": ["title"],
        "rows": [
            {
                "model": "trainingactivity",
                "id": module.activities.get(number=1).pk,
                "code": None,
                "curriculum": stored().pk,
                "did": "changed",
                "fields": ["title"],
            }
        ],
    }


def test_saving_without_a_change_tells_nothing(client: Client, administrator: User, loaded: Files) -> None:
    assert send(client, stored_module("ROT-1")) == []
    assert events("module changed") == []


def test_rules_are_shown_and_not_changed(client: Client, administrator: User, loaded: Files) -> None:
    answer = client.get(address(Rules.objects.get()))
    assert b"review_points" in answer.content
    assert client.post(address(Rules.objects.get()), {"name": "x"}).status_code == 403


def test_an_administrator_sees_only_the_curricula_of_their_programme(
    client: Client, administrator: User, loaded: Files
) -> None:
    make.curriculum("OTH1-1-24", programme_code="OTH")
    other = stored("OTH1-1-24")
    mine = stored().programme_id
    use.asks(administered=lambda user: None if user.is_superuser else [mine])
    for name in ("curriculum", "block", "module"):
        said = client.get(reverse(f"admin:curriculum_{name}_changelist")).content.decode()
        assert ("TST1-1-24" in said, "OTH1-1-24" in said) == (True, False)
    assert client.get(address(other)).status_code == 404
    assert client.get(reverse("admin:curriculum_programme_add")).status_code == 403
    page = reverse("admin:curriculum_curriculum_add")
    answer = client.post(page, fields_of(client, page) | {"code": "N-1", "programme": other.programme_id})
    assert "programme" in answer.context["adminform"].form.errors


@pytest.mark.parametrize("name", ["programme", "rules", "curriculum", "block", "module", "prompt"])
def test_whoever_does_not_administer_is_refused(name: str, client: Client) -> None:
    client.force_login(make.person("Priya Raman"))
    assert client.get(reverse(f"admin:curriculum_{name}_changelist")).status_code == 403


@pytest.mark.parametrize("name", ["programme", "rules", "curriculum", "block", "module", "prompt"])
def test_every_list_can_be_searched(name: str, client: Client, administrator: User, loaded: Files) -> None:
    assert client.get(reverse(f"admin:curriculum_{name}_changelist"), {"q": "Task"}).status_code == 200


def test_the_list_of_modules_asks_the_same_for_few_and_many(client: Client, administrator: User, files: Files) -> None:
    content = small()
    content["blocks"] = [{**content["blocks"][0], "credits": 180}]
    module_of(content, "S-C1").update(credits=180, activities=activities(1))
    files.load(content)
    page = reverse("admin:curriculum_module_changelist")
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    files.load(small(code="TST2-1-24"), small(code="TST3-1-24"))
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert len(few) == len(many)
