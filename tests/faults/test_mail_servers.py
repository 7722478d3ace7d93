"""F8: whatever the mail server does, the decision stands, the page answers, and nothing of it waits for the mail.

There is no second try yet: a mail that did not leave is in the log.
"""

import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from portfolio.models import Decision
from portfolio.states import ActivityState
from tests import make
from tests.cast import assemble
from tests.races.arena import Arena, Send, edit, everything_agrees
from tests.server import RealServer, free_port

pytestmark = pytest.mark.faults
MAIL_SECONDS = 5  # settings.EMAIL_TIMEOUT
ALLOWANCE = 4  # seconds, for the page itself on a busy machine


class Box:
    """Takes what arrives."""

    def __init__(self) -> None:
        self.letters: list[Message] = []

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.letters.append(message_from_bytes(envelope.content))
        return "250 OK"


class NotNow(Box):
    """Says "not now" to everybody."""

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        return "451 Try again later"


class Dying(Box):
    """Takes the whole letter and hangs up without a word."""

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        server.transport.abort()
        return "250 OK"


@contextmanager
def serving(box: Box) -> Iterator[int]:
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


@contextmanager
def refusing() -> Iterator[int]:
    yield free_port()


@contextmanager
def hanging() -> Iterator[int]:
    """Takes the connection, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def last_of_a_module(server: RealServer, port: int) -> Iterator[tuple[Arena, Send]]:
    """What an assessor sends to sign off the last activity of a module: its trainee and the officer are told."""
    server.start(STP_MAIL_URL=f"smtp://127.0.0.1:{port}")
    arena = Arena(server, assemble())
    for number in (2, 3):
        make.signed_off(arena.cast.portfolio, arena.cast.assessor, number=number)
    sign = arena.signing(arena.asked())
    yield arena, sign
    assert Decision.objects.count() == 3
    assert arena.activity.state == ActivityState.SIGNED_OFF
    assert "What I did" not in server.log
    everything_agrees()


def complaints(arena: Arena) -> list[str]:
    """What the log says of mail, by the person that it was for."""
    names = {arena.cast.trainee.pk: "trainee", arena.cast.officer.pk: "officer"}
    said = "\n".join(record["message"] for record in arena.server.errors() if record["logger"] == "portfolio.mail")
    found = re.findall(r"^Mail to person (\d+) did not leave: (\w+)$", said, re.MULTILINE)
    return [f"{names[int(person)]}: {what}" for person, what in found]


def test_a_mail_server_that_works_gets_each_letter_once(stopped_server: RealServer) -> None:
    box = Box()
    with serving(box) as port, last_of_a_module(stopped_server, port) as (arena, sign):
        assert sign().status_code == 302
        assert [letter["Subject"] for letter in box.letters] == [
            "Signed off: S-C1 1",
            "Ready to sign off: S-C1 of Priya Raman",
        ]
        assert complaints(arena) == []


@pytest.mark.parametrize(
    ("mail_server", "what"),
    [
        (refusing, "ConnectionRefusedError"),
        (lambda: serving(NotNow()), "SMTPRecipientsRefused"),
        (lambda: serving(Dying()), "SMTPServerDisconnected"),
    ],
    ids=["refuses", "says 451", "dies after DATA"],
)
def test_a_mail_server_that_fails_is_logged_and_the_decision_stands(
    stopped_server: RealServer, mail_server: Callable[[], AbstractContextManager[int]], what: str
) -> None:
    with mail_server() as port, last_of_a_module(stopped_server, port) as (arena, sign):
        began = time.monotonic()
        assert sign().status_code == 302
        assert time.monotonic() - began < ALLOWANCE
        assert complaints(arena) == [f"trainee: {what}", f"officer: {what}"]


def test_a_mail_server_that_hangs_is_waited_for_once_and_holds_nobody_else_up(stopped_server: RealServer) -> None:
    with (
        hanging() as port,
        last_of_a_module(stopped_server, port) as (arena, sign),
        ThreadPoolExecutor(1) as pool,
    ):
        began = time.monotonic()
        answer = pool.submit(sign)
        while Decision.objects.count() < 3:
            assert time.monotonic() - began < ALLOWANCE  # made, before anybody is told
        assert edit(arena, "Other words.").status_code == 302  # and the portfolio is free
        assert not answer.done()
        assert answer.result().status_code == 302
        assert MAIL_SECONDS <= time.monotonic() - began < MAIL_SECONDS + ALLOWANCE
        assert complaints(arena) == ["trainee: SMTPServerDisconnected", "officer: SMTPServerDisconnected"]
