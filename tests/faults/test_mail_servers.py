"""F8: whatever the mail server does, the decision stands, the page answers, and nothing of it waits for the mail.

Each mail arrives later: at least once, and at most twice.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aiosmtpd.smtp import SMTP
from django.utils import timezone
from pytest_django.fixtures import Settings

from outbox import delivery
from outbox.models import Mail
from portfolio.models import Decision
from portfolio.states import ActivityState
from tests import make
from tests.cast import assemble
from tests.races.arena import Arena, Send, edit, everything_agrees
from tests.server import RealServer
from tests.smtp import Box, Dying, NotNow, hanging, refusing, serving

pytestmark = pytest.mark.faults
ALLOWANCE = 4  # seconds, for the page itself on a busy machine; one word of a mail server may take 5
SOON = 20  # seconds, for what is done in the background
ASKED = ["Set your password", "There is no account with this address"]
TOLD = ["Signed off: S-C1 1", "Ready to sign off: S-C1 of Priya Raman"]


class Silent(Box):
    """Takes the whole letter, and never says a word again."""

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(60)
        return "250 OK"


@contextmanager
def last_of_a_module(server: RealServer, port: int, **variables: str) -> Iterator[tuple[Arena, Send]]:
    """What an assessor sends to sign off the last activity of a module: its trainee and the officer are told."""
    arena = Arena(server, assemble())
    for number in (2, 3):
        make.signed_off(arena.cast.portfolio, arena.cast.assessor, number=number)
    item = arena.asked()
    assert delivery.waiting().count() == 0  # of what came before: the test's own process delivers at each commit
    server.start(STP_MAIL_URL=f"smtp://127.0.0.1:{port}", **variables)  # only now: it takes up what waits at once
    sign = arena.signing(item)
    yield arena, sign
    assert Decision.objects.count() == 3
    assert arena.activity.state == ActivityState.SIGNED_OFF
    assert "What I did" not in server.log
    everything_agrees()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def subjects(box: Box) -> list[str]:
    return sorted(str(letter["Subject"]) for letter in box.letters)


def waits() -> list[Mail]:
    return list(delivery.waiting())


def ask_for_passwords(arena: Arena) -> None:
    """Somebody who has an account, and somebody who has none, forgot theirs: both are answered alike.

    Each of their own address: what is counted for one outlasts a test.
    """
    known = arena.cast.assessor.email
    for email in (known, f"not.{known}"):
        answer = arena.server.visitor().send_form("/accounts/password/reset/", {"email": email})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/password/reset/done/")


def delivered_later(settings: Settings, box: Box) -> None:
    """Another worker, a day later, with a mail server that works."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with serving(box) as port, time_machine.travel(timezone.now() + timedelta(days=1)):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        delivery.deliver()
    assert waits() == []


def test_a_mail_server_that_works_gets_each_letter_once_and_no_page_waits_for_it(stopped_server: RealServer) -> None:
    """Nothing but the server was started: it delivers by itself."""
    box = Box()
    with serving(box) as port, last_of_a_module(stopped_server, port) as (_, sign):
        assert sign().status_code == 302
        until(lambda: len(box.letters) == 2 and not waits())
        assert subjects(box) == sorted(TOLD)
        assert set(box.copies.values()) == {1}


@pytest.mark.parametrize(
    ("mail_server", "what"),
    [
        (refusing, "ConnectionRefusedError"),
        (hanging, "SMTPServerDisconnected"),
        (lambda: serving(NotNow()), "the server said 451"),
    ],
    ids=["refuses", "hangs", "says 451"],
)
def test_with_a_mail_server_that_fails_the_decision_is_made_at_once_and_its_mail_leaves_later(
    stopped_server: RealServer,
    settings: Settings,
    mail_server: Callable[[], AbstractContextManager[int]],
    what: str,
) -> None:
    box = Box()
    with mail_server() as port, last_of_a_module(stopped_server, port) as (arena, sign):
        began = time.monotonic()
        assert sign().status_code == 302
        ask_for_passwords(arena)
        assert edit(arena, "Other words.").status_code == 302  # and the portfolio is free
        assert time.monotonic() - began < ALLOWANCE
        until(lambda: any(mail.last_failure == what for mail in waits()))
        delivered_later(settings, box)
        assert subjects(box) == sorted(TOLD + ASKED)
        assert set(box.copies.values()) == {1}


def test_with_a_mail_server_that_dies_after_the_text_each_mail_arrives_twice_at_most(
    stopped_server: RealServer, settings: Settings
) -> None:
    dying, box = Dying(), Box()
    with serving(dying) as port, last_of_a_module(stopped_server, port) as (arena, sign):
        began = time.monotonic()
        assert sign().status_code == 302
        ask_for_passwords(arena)
        assert time.monotonic() - began < ALLOWANCE
        until(lambda: {mail.last_failure for mail in waits()} == {"SMTPServerDisconnected"})
        delivered_later(settings, box)
        assert subjects(dying) == subjects(box) == sorted(TOLD + ASKED)
        assert dying.copies == box.copies
        assert set(box.copies.values()) == {1}


def test_a_server_that_is_killed_while_it_delivers_leaves_no_mail_behind(
    stopped_server: RealServer, settings: Settings
) -> None:
    silent, box, alone = Silent(), Box(), {"GUNICORN_CMD_ARGS": "--workers 1"}  # another worker would take the second
    with serving(silent) as port, last_of_a_module(stopped_server, port, **alone) as (_, sign):
        assert sign().status_code == 302
        until(lambda: len(silent.letters) == 1)
        stopped_server.kill()
        assert [(mail.handed_over, bool(mail.claim)) for mail in waits()] == [(1, True), (0, False)]
        delivered_later(settings, box)
        assert subjects(box) == sorted(TOLD)
        assert max((silent.copies + box.copies).values()) == 2
