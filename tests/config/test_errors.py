"""Error pages: our look, our words, and nothing that was typed is lost."""

import logging
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.urls")]


@pytest.fixture(autouse=True)
def quiet_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.CRITICAL, "django.request"):
        yield


def asked(address: str, **headers: str) -> tuple[int, str]:
    response = Client(raise_request_exception=False, headers=headers).get(address)
    return response.status_code, response.content.decode()


@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        ("/nowhere", 404, "Page not found"),
        ("/refusing", 403, "You cannot do that"),
        ("/late", 409, "Something changed before you"),
        ("/broken", 500, "There is a problem with this service"),
    ],
)
def test_each_error_has_its_page_in_our_look(address: str, status: int, heading: str) -> None:
    found, page = asked(address)
    assert found == status
    assert f'<h1 class="nhsuk-heading-l">{heading}</h1>' in page


def test_a_wrong_host_gets_our_page_for_400() -> None:
    found, page = asked("/accounts/login/", host="elsewhere.example.org")
    assert found == 400
    assert "This service has another address." in page
    assert "elsewhere.example.org" not in page


def test_a_refusal_and_what_came_too_late_say_why() -> None:
    assert "This page is for the trainee alone." in asked("/refusing")[1]
    assert "Somebody decided this before you." in asked("/late")[1]


def test_the_page_for_a_fault_tells_nothing_and_needs_no_database(
    django_db_blocker: DjangoDbBlocker, client: Client
) -> None:
    connection.ensure_connection()
    client.raise_request_exception = False
    with django_db_blocker.block():
        response = client.get("/broken")
    assert response.status_code == 500
    assert b"a secret detail" not in response.content


def test_a_broken_page_for_faults_still_answers(settings: Settings) -> None:
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": []}]
    status, page = asked("/broken")
    assert (status, "Something went wrong" in page) == (500, True)


def test_a_form_with_an_old_mark_is_refused_and_given_back() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    typed = {"body": "Two hours' <b>work</b>", "csrfmiddlewaretoken": "b" * 32, "empty": ""}
    response = client.post("/taking", {**typed, "notes": SimpleUploadedFile("notes.txt", b"x")})
    assert response.status_code == 403
    assert response.context["kept"] == [("body", "Two hours' <b>work</b>")]
    assert response.context["files"] == ["notes.txt"]
    assert "Two hours&#x27; &lt;b&gt;work&lt;/b&gt;</textarea>" in response.content.decode()


def test_what_another_site_sent_is_refused_and_not_shown() -> None:
    client = Client(enforce_csrf_checks=True, headers={"origin": "https://elsewhere.example.org"})
    response = client.post("/taking", {"body": "Ring this number"})
    assert response.status_code == 403
    assert "Ring this number" not in response.content.decode()


def test_a_step_that_came_too_late_gives_back_what_was_typed(django_user_model: type[User]) -> None:
    client = Client()
    client.force_login(django_user_model.objects.create_user("jo@example.org", name="Jo Fielding"))
    response = client.post("/late", {"feedback": "Say more about the limits."})
    assert response.status_code == 409
    assert response.context["kept"] == [("feedback", "Say more about the limits.")]
    assert response.context["sign_in_url"] == ""


def test_too_much_text_is_413_and_says_what_is_too_much() -> None:
    response = Client().post("/taking", {"body": "x" * (2 * 1024 * 1024 + 1)})
    assert response.status_code == 413
    assert "2 MB of text" in response.content.decode()
