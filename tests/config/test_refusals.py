"""Refusals go to the log: who, what and which status, on one line, and nothing that was sent."""

import json
import logging

import pytest
from django.test import Client

from accounts.models import User
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(client: Client) -> User:
    person = make.person("Eve Nolan")
    client.force_login(person)
    return person


def told(log: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    lines = [record.getMessage() for record in log.records if record.name == "config.middleware"]
    assert [line for line in lines if not line.isprintable() or not line.isascii()] == []
    return [json.loads(line.removeprefix("Refused: ")) for line in lines]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/portfolios/nobodys/", 404),
        ("POST", "/portfolios/nobodys/submit/", 404),
        ("GET", "/admin/", 403),
        ("POST", "/trainees/", 405),
        ("DELETE", "/trainees/", 405),
        ("GET", "/nothing/here/", 404),
    ],
)
def test_who_was_refused_what(
    client: Client, stranger: User, caplog: pytest.LogCaptureFixture, method: str, path: str, status: int
) -> None:
    client.generic(method, path)
    assert told(caplog) == [{"status": status, "person": stranger.pk, "method": method, "path": path}]


def test_somebody_signed_out_has_no_number(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.post("/trainees/")
    assert told(caplog) == [{"status": 401, "person": None, "method": "POST", "path": "/trainees/"}]


def test_what_is_answered_is_no_refusal(client: Client, stranger: User, caplog: pytest.LogCaptureFixture) -> None:
    assert client.get("/trainees/").status_code == 200
    assert client.get("/accounts/login/").status_code == 302
    assert told(caplog) == []


def test_nothing_that_was_sent_is_in_the_line(client: Client, stranger: User, caplog: pytest.LogCaptureFixture) -> None:
    client.post("/trainees/?q=canary-in-the-address", {"body": "canary-in-a-field"}, headers={"User-Agent": "canary"})
    assert [line for line in told(caplog) if "canary" in json.dumps(line)] == []
    assert len(told(caplog)) == 1


@pytest.mark.parametrize(
    "odd", ["%0d%0aWARNING forged", "%1b[31m", "%e2%80%ae", "%0a", "x" * 5000, "%22,%22person%22:1"]
)
def test_an_odd_address_stays_on_one_line(
    client: Client, stranger: User, caplog: pytest.LogCaptureFixture, odd: str
) -> None:
    caplog.set_level(logging.WARNING)
    client.generic("GET", f"/nothing/{odd}/")
    line = told(caplog)[0]
    assert (line["status"], line["person"]) == (404, stranger.pk)
    assert len(str(line["path"])) <= 300


def test_the_key_of_a_link_is_not_in_the_line(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.post("/accounts/confirm-email/canary-key/")
    assert told(caplog) == [{"status": 404, "person": None, "method": "POST", "path": "/accounts/confirm-email/[key]/"}]
