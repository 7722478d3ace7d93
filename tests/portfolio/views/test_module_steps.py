"""The steps of a module and the unlocking of an activity: what each page says before it is taken, and who takes it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.models import Confirmation, ModuleSignOff, ModuleVoid, Portfolio, Unlock
from portfolio.states import ActivityState
from portfolio.workflow import ModuleOf, modules, perform
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import large, queries

REASON = {"reason": "The evidence belongs to somebody else."}


def step(portfolio: Portfolio, name: str, code: str = "S-C1") -> str:
    return reverse(f"module_{name}", args=[portfolio.ref, code])


def unlock(portfolio: Portfolio, number: int = 1) -> str:
    return reverse("activity_unlock", args=[portfolio.ref, "S-C1", number])


def complete(cast: Cast) -> None:
    for number in (1, 2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)


# --- sign-off -----------------------------------------------------------------------------------------------------


def test_an_officer_signs_a_module_that_is_ready(cast: Cast, client: Client) -> None:
    complete(cast)
    client.force_login(cast.officer)
    response = client.get(step(cast.portfolio, "sign_off"))
    seen = modules.shown(ModuleOf.read(cast.portfolio, "S-C1"))
    assert [(line["met"], line["title"]) for line in response.context["rule"]] == [
        (True, "3 of 3 activities"),
        (True, "No CBD needed"),
        (True, "No DOPS or OCE needed"),
    ]
    assert [str(item.activity) for item in response.context["items"]] == ["S-C1 1", "S-C1 2", "S-C1 3"]
    assert f'value="{seen}"' in response.text
    assert "for 20 credits, under your name, Ana Reyes, today." in response.text
    assert client.post(step(cast.portfolio, "sign_off"), {"seen": seen}).status_code == 302
    row = ModuleSignOff.objects.get()
    assert (row.signer, row.credits, row.digest) == (cast.officer, 20, seen)


def test_a_module_that_is_not_ready_says_what_is_missing_and_has_no_button(cast: Cast, client: Client) -> None:
    make.signed_off(cast.portfolio, cast.assessor)
    client.force_login(cast.officer)
    response = client.get(step(cast.portfolio, "sign_off"))
    assert response.status_code == 200
    assert "What is missing" in response.text
    assert "Start 2 activities: 2 and 3" in response.text
    assert 'name="seen"' not in response.text
    seen = modules.shown(ModuleOf.read(cast.portfolio, "S-C1"))
    assert client.post(step(cast.portfolio, "sign_off"), {"seen": seen}).status_code == 409
    assert ModuleSignOff.objects.count() == 0


def test_what_the_curriculum_does_not_know_reads_not_recorded_yet(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer)
    response = client.get(step(cast.portfolio, "sign_off", "S-X1"))
    assert [(line["met"], line["title"]) for line in response.context["rule"]] == [
        (None, "0 of 4 activities"),
        (None, "CBD: number not recorded yet"),
        (None, "DOPS or OCE: number not recorded yet"),
    ]
    assert step(cast.portfolio, "requirements", "S-X1") in response.text


def test_a_module_changed_since_the_page_was_opened_is_not_signed(cast: Cast, client: Client) -> None:
    complete(cast)
    seen = modules.shown(ModuleOf.read(cast.portfolio, "S-C1"))
    activity = make.activity(cast.portfolio)
    perform("unlock", activity, by=cast.officer, reason="Once more.")
    make.decide(make.submit(cast.assessor, make.activity(cast.portfolio))[0])
    client.force_login(cast.officer)
    response = client.post(step(cast.portfolio, "sign_off"), {"seen": seen})
    assert response.status_code == 409
    assert "S-C1 is not as this page showed it. Nothing was signed." in response.text
    assert ModuleSignOff.objects.count() == 0


def test_signing_twice_signs_once(cast: Cast, client: Client) -> None:
    complete(cast)
    seen = {"seen": modules.shown(ModuleOf.read(cast.portfolio, "S-C1"))}
    client.force_login(cast.officer)
    assert [client.post(step(cast.portfolio, "sign_off"), seen).status_code for _ in range(2)] == [302, 409]
    shown = client.get(step(cast.portfolio, "sign_off")).text
    assert "Module S-C1 is signed off" in shown
    assert 'name="seen"' not in shown
    assert ModuleSignOff.objects.count() == 1


# --- void ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "coordinator", "administrator"])
def test_a_sign_off_is_voided_with_a_reason(cast: Cast, client: Client, who: str) -> None:
    complete(cast)
    make.module_signed_off(cast.portfolio, cast.officer)
    client.force_login(getattr(cast, who))
    assert "Ana Reyes signed off S-C1 on" in client.get(step(cast.portfolio, "void")).text
    assert client.post(step(cast.portfolio, "void"), REASON).status_code == 302
    assert ModuleVoid.objects.get().reason == REASON["reason"]


def test_a_reason_is_asked_for_at_its_box(cast: Cast, client: Client) -> None:
    complete(cast)
    make.module_signed_off(cast.portfolio, cast.officer)
    client.force_login(cast.officer)
    for where, words in (
        (step(cast.portfolio, "void"), "Give the reason: the trainee reads it."),
        (unlock(cast.portfolio), "Give the reason: the trainee, the assessor and the officer read it."),
    ):
        for typed in ({}, {"reason": "  "}):
            response = client.post(where, typed)
            assert response.status_code == 422
            assert response.context["form"].errors == {"reason": [words]}
    assert (ModuleVoid.objects.count(), Unlock.objects.count()) == (0, 0)


def test_what_is_not_signed_cannot_be_voided_and_the_reason_is_given_back(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer)
    assert client.get(step(cast.portfolio, "void")).status_code == 409
    response = client.post(step(cast.portfolio, "void"), REASON)
    assert response.status_code == 409
    assert REASON["reason"] in response.text


# --- requirements -------------------------------------------------------------------------------------------------


def confirmation(**changed: Any) -> dict[str, Any]:
    today = make.today()
    return {
        "activities": "5",
        "cbd": "0",
        "observed": "2",
        "source": "The Library's page",
        "read_on_0": today.day,
        "read_on_1": today.month,
        "read_on_2": today.year,
    } | changed


def test_the_officer_confirms_what_the_curriculum_does_not_know(cast: Cast, client: Client) -> None:
    where = step(cast.portfolio, "requirements", "S-X1")
    client.force_login(cast.officer)
    assert list(client.get(where).context["form"].fields) == ["activities", "cbd", "observed", "source", "read_on"]
    assert client.post(where, confirmation()).status_code == 302
    row = Confirmation.objects.get()
    assert (row.activities, row.cbd, row.observed, row.source, row.read_on) == (
        5,
        0,
        2,
        "The Library's page",
        make.today(),
    )
    shown = client.get(where).text
    assert "Confirmed by Ana Reyes on" in shown
    assert "5 activities, 0 CBD, 2 DOPS or OCE. From “The Library&#x27;s page”" in shown


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"cbd": ""}, {"cbd": ["Enter a number. Enter 0 if the module asks for none."]}),
        ({"observed": "two"}, {"observed": ["Enter a whole number, such as 3."]}),
        ({"observed": "-1"}, {"observed": ["Enter a whole number from 0 to 99."]}),
        ({"activities": "100"}, {"activities": ["Enter a whole number from 0 to 99."]}),
        ({"activities": "0"}, {"activities": ["The curriculum already has activity 1. Enter 1 or more."]}),
        ({"source": " "}, {"source": ["Say what you read, for example the Library's page."]}),
        ({"read_on_2": "2999"}, {"read_on": ["Enter the date you read it, today or earlier."]}),
        ({"read_on_0": "", "read_on_1": "", "read_on_2": ""}, {"read_on": ["Enter the date you read it."]}),
        ({"read_on_0": "31", "read_on_1": "2"}, {"read_on": ["The date you read it must be a real date"]}),
    ],
)
def test_a_wrong_confirmation_says_so_at_its_box(
    cast: Cast, client: Client, changed: dict[str, str], errors: dict[str, list[str]]
) -> None:
    client.force_login(cast.officer)
    response = client.post(step(cast.portfolio, "requirements", "S-X1"), confirmation(**changed))
    assert response.status_code == 422
    assert response.context["form"].errors == errors
    assert Confirmation.objects.count() == 0


def test_there_is_nothing_to_confirm_where_the_curriculum_knows(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer)
    response = client.get(step(cast.portfolio, "requirements"))
    assert response.status_code == 409
    assert "There is nothing to confirm." in response.text
    assert client.post(step(cast.portfolio, "requirements"), confirmation()).status_code == 409


# --- unlock -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "coordinator", "administrator"])
def test_unlocking_opens_the_activity_and_voids_the_module(cast: Cast, client: Client, who: str) -> None:
    complete(cast)
    make.module_signed_off(cast.portfolio, cast.officer)
    client.force_login(getattr(cast, who))
    shown = client.get(unlock(cast.portfolio)).text
    assert "Maya Lind signed it off on" in shown
    assert "The sign-off of the module S-C1 is voided with it" in shown
    response = client.post(unlock(cast.portfolio), REASON)
    assert (response.status_code, response.url) == (302, reverse("activity", args=[cast.portfolio.ref, "S-C1", 1]))
    assert make.activity(cast.portfolio).state == ActivityState.RETURNED
    assert Unlock.objects.get().reason == ModuleVoid.objects.get().reason == REASON["reason"]


def test_without_a_module_sign_off_unlocking_does_not_speak_of_one(cast: Cast, client: Client) -> None:
    make.signed_off(cast.portfolio, cast.assessor)
    client.force_login(cast.officer)
    assert "voided" not in client.get(unlock(cast.portfolio)).text


def test_what_is_not_signed_off_cannot_be_unlocked(cast: Cast, client: Client) -> None:
    make.drafted(cast.portfolio)
    client.force_login(cast.officer)
    assert client.get(unlock(cast.portfolio)).status_code == 409
    response = client.post(unlock(cast.portfolio), REASON)
    assert response.status_code == 409
    assert REASON["reason"] in response.text
    assert client.get(unlock(cast.portfolio, 2)).status_code == 404
    assert make.activity(cast.portfolio).state == ActivityState.DRAFT


# --- who ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        ("sign_off", {"officer", "coordinator"}),
        ("requirements", {"officer", "coordinator"}),
        ("void", {"officer", "coordinator", "administrator", "cohort_administrator"}),
        ("unlock", {"officer", "coordinator", "administrator", "cohort_administrator"}),
    ],
)
def test_each_step_is_for_its_people_403_for_those_who_see_and_404_for_the_rest(
    cast: Cast, client: Client, page: str, allowed: set[str]
) -> None:
    complete(cast)
    make.module_signed_off(cast.portfolio, cast.officer)
    if page in ("sign_off", "requirements"):
        where = step(cast.portfolio, page, "S-X1")
    else:
        where = unlock(cast.portfolio) if page == "unlock" else step(cast.portfolio, page)
    seeing = {"trainee", "officer", "coordinator", "officer_in_training", "administrator", "cohort_administrator"}
    for name, person in cast.people().items():
        if person == cast.deactivated:
            continue
        client.force_login(person)
        expected = 200 if name in allowed else 403 if name in seeing else 404
        assert client.get(where).status_code == expected, name
        if name not in allowed:
            assert client.post(where, REASON | confirmation()).status_code == expected, name
    assert (ModuleVoid.objects.count(), Unlock.objects.count(), Confirmation.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("page", ["sign_off", "void", "requirements"])
def test_a_module_that_the_curriculum_does_not_have_is_404(cast: Cast, client: Client, page: str) -> None:
    client.force_login(cast.officer)
    assert client.get(step(cast.portfolio, page, "S-Z9")).status_code == 404


def test_in_a_closed_portfolio_no_step_is_taken(cast: Cast, client: Client) -> None:
    complete(cast)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left the programme.")
    client.force_login(cast.officer)
    seen = {"seen": modules.shown(ModuleOf.read(cast.portfolio, "S-C1"))}
    assert 'name="seen"' not in client.get(step(cast.portfolio, "sign_off")).text
    assert client.post(step(cast.portfolio, "sign_off"), seen).status_code == 403
    for where in (unlock(cast.portfolio), step(cast.portfolio, "requirements", "S-X1"), step(cast.portfolio, "void")):
        assert client.get(where).status_code == client.post(where, REASON).status_code == 403


def test_thirty_activities_cost_no_more_queries_than_one(client: Client, db: None) -> None:
    portfolio, officer = large(), make.person("Ana Reyes")
    make.role(portfolio, officer, "officer")
    client.force_login(officer)
    make.signed_off(portfolio, officer, "S-B1", 1)
    one = queries(client, step(portfolio, "sign_off", "S-B1"))
    for number in range(2, 31):
        make.signed_off(portfolio, officer, "S-B1", number)
    assert queries(client, step(portfolio, "sign_off", "S-B1")) == one
