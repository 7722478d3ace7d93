"""Somebody whose session ended while they wrote gets their words back."""

import pytest
from django.test import Client, RequestFactory

from accounts.kept import MOST_FIELDS, typed

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.urls")]
LONG = "An honest account of the day.\n" * 2000


def test_somebody_signed_out_who_asks_for_a_page_signs_in_and_comes_back(client: Client) -> None:
    response = client.get("/private?page=2")
    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/?next=/private%3Fpage%3D2")


def test_somebody_signed_out_who_sends_a_form_gets_every_word_back(client: Client) -> None:
    here = {"host": "localhost", "referer": "http://localhost/private?page=2"}
    response = client.post("/private", {"title": "A day", "body": LONG}, headers=here)
    assert response.status_code == 401
    assert response.context["kept"] == [("title", "A day"), ("body", LONG)]
    assert response.context["sign_in_url"] == "/accounts/login/?next=%2Fprivate%3Fpage%3D2"
    assert LONG in response.content.decode()
    assert "readonly" in response.content.decode()


@pytest.mark.parametrize(
    "referer",
    [
        "https://elsewhere.example.org/private",
        "http://localhost//elsewhere.example.org/",
        "",
        "javascript:x",
        "http://[::1",
    ],
)
def test_the_way_back_leads_nowhere_else(client: Client, referer: str) -> None:
    response = client.post("/private", {"title": "A day"}, headers={"host": "localhost", "referer": referer})
    assert response.context["sign_in_url"] == "/accounts/login/?next=%2F"


def test_secrets_are_never_shown_again() -> None:
    names = (
        "password",
        "password1",
        "oldpassword",
        "csrfmiddlewaretoken",
        "recovery_code",
        "api_token",
        "Code",
        "body",
    )
    request = RequestFactory().post("/private", dict.fromkeys(names, "x"))
    assert typed(request) == [("body", "x")]


def test_what_a_form_carries_unseen_is_nothing_that_was_typed() -> None:
    sent = {
        "S-C1-3-seen": "5e" * 32,
        "seen": "5e" * 32,
        "was-S-C1-4": "Before.",
        "why-S-C1-4": "Now.",
        "seen_it": "Yes.",
    }
    request = RequestFactory().post("/", sent)
    assert typed(request) == [("why-S-C1-4", "Now."), ("seen_it", "Yes.")]


def test_no_more_fields_are_shown_than_a_form_has() -> None:
    request = RequestFactory().post("/private", {f"field{number}": "x" for number in range(MOST_FIELDS + 50)})
    assert len(typed(request)) == MOST_FIELDS
