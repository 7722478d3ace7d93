"""Attacks on what is recorded (docs/security.md, case 42). Each has its positive control in the same set-up.

Case 39, random changes of what was signed or audited, is tests/portfolio/test_tamper.py.
"""

import io
import json
import logging
import unicodedata
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.log import configure_logging
from zeal import zeal_ignore

from audit.chain import verify
from audit.models import Event
from config.logs import OneLine
from portfolio import files
from portfolio.models import Attachment, Evidence
from portfolio.workflow import writing
from tests import make
from tests.cast import Cast

STEERING = {
    "new line": "Eve\r\nINFO forged Everything is fine",
    "terminal": "Eve\x1b[31m\x1b]0;owned\x07",
    "turned around": "Eve\u202efdp.exe",
    "line of Unicode": "Eve\u2028\u2029\x85forged",
    "very long": "Eve" * 22_000,
}


def plain(text: str) -> bool:
    """Nothing in it ends a line, steers a terminal or turns the text around."""
    return not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in text)


@pytest.fixture
def log() -> Any:
    """What the log's own handler would write, line by line."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(OneLine())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def test_the_log_is_written_line_by_line_in_use() -> None:
    """In the settings as they are outside development; and that such settings can be taken."""
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "line"
    assert settings.LOGGING["formatters"]["line"] == {"()": "config.logs.OneLine"}
    configure_logging("logging.config.dictConfig", settings.LOGGING)


@pytest.mark.parametrize("text", STEERING.values(), ids=STEERING)
def test_42_an_address_that_steers_a_terminal_is_one_line_of_the_log(cast: Cast, client: Client, log, text) -> None:
    client.force_login(cast.stranger)
    # What is too long to be sent on to the same address with a slash is answered twice: 404, and then 400.
    with zeal_ignore([{"model": "accounts.User", "field": "get()"}]):
        response = client.get("/portfolios/" + text.replace("/", ""), HTTP_USER_AGENT=text.replace("\r\n", " "))
    assert response.status_code in (400, 404)  # 400: longer than any address of ours
    lines = log.getvalue().splitlines()
    assert all(line.isascii() and plain(line) and len(line) < 10_000 for line in lines)
    told = [json.loads(line) for line in lines]
    refused = [one for one in told if one["logger"] == "django.request"]
    assert len(refused) == (response.status_code == 404)
    assert all(one["message"].startswith("Not Found: /portfolios/Eve") for one in refused)


def test_42_an_error_is_one_line_of_the_log_with_its_trace(log) -> None:
    try:
        raise ValueError(STEERING["new line"] + STEERING["terminal"])
    except ValueError:
        logging.getLogger("portfolio").exception("It said: %s", STEERING["turned around"])
    (line,) = log.getvalue().splitlines()
    assert plain(line)
    assert json.loads(line)["message"] == "It said: Eve\u202efdp.exe"
    assert "ValueError: Eve\r\nINFO forged" in json.loads(line)["trace"]


@pytest.mark.parametrize("text", STEERING.values(), ids=STEERING)
def test_42_a_name_that_steers_a_terminal_is_one_line_of_the_audit(cast: Cast, client: Client, text: str) -> None:
    """A name that came in by another way than our forms, which take none of this."""
    cast.trainee.name = text[:200]
    cast.trainee.save()
    make.appointments_told()
    make.page(cast.portfolio)
    event = Event.objects.get(kind="evidence saved")
    assert event.actor_name.startswith("Eve")
    assert plain(event.actor_name)
    assert plain(event.data)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert [line for line in out.getvalue().splitlines() if not plain(line)] == []
    assert verify(cast.portfolio.chain) is None
    client.force_login(cast.officer)
    for name in ("progress", "history", "people"):
        page = client.get(reverse(name, args=[cast.portfolio.ref]))
        assert page.status_code == 200
        assert page.text.rstrip().endswith("</html>")


@pytest.mark.parametrize("text", [*STEERING.values(), "Eve\x00fdp"], ids=[*STEERING, "nothing at all"])
def test_42_a_file_name_that_steers_a_terminal_is_kept_as_one_plain_line(cast: Cast, text: str) -> None:
    page = make.page(cast.portfolio)
    stored = files.store(SimpleUploadedFile("notes.pdf", make.PDF))
    row = writing.attach(page, stored, files.clean_name(f"{text}.pdf"), by=cast.trainee)
    assert plain(row.name)
    assert row.name.endswith(".pdf")
    assert len(row.name) <= 150


def test_42_a_page_with_a_nul_in_any_box_is_not_kept_and_a_plain_one_is(cast: Cast, client: Client) -> None:
    client.force_login(cast.trainee)
    where = reverse("evidence_new", args=[cast.portfolio.ref])
    today = make.today()
    sent = {"kind": "reflection", "happened_on_0": today.day, "happened_on_1": today.month, "happened_on_2": today.year}
    for title, body in (("a\x00b", "Text."), ("Title", "a\x00b"), ("x" * 65_536, "Text.")):
        assert client.post(where, sent | {"title": title, "body": body}).status_code == 422
    assert [page for page in Evidence.objects.all() if "\x00" in page.title + page.body] == []
    assert Event.objects.filter(kind="evidence saved").count() == 0
    assert client.post(where, sent | {"title": "Title", "body": "Text."}).status_code == 302
    assert Event.objects.filter(kind="evidence saved").count() == 1
    assert Attachment.objects.count() == 0
