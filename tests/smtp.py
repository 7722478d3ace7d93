"""Real mail servers for tests, and what may be wrong with one."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.server import free_port


class Box:
    """Takes what arrives."""

    def __init__(self) -> None:
        self.letters: list[Message] = []

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.letters.append(message_from_bytes(envelope.content))
        return "250 OK"

    @property
    def copies(self) -> Counter[str]:
        """How often each mail arrived, by its Message-ID."""
        return Counter(str(letter["Message-ID"]) for letter in self.letters)


class NotNow(Box):
    """Says "not now" to everybody."""

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        return "451 Try again later"


class NotThat(Box):
    """Reads the whole letter and says that it does not take it."""

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        return "554 Not that"


class Dying(Box):
    """Takes the whole letter and hangs up without a word: each, or the first `times` of them."""

    def __init__(self, times: int = 1_000_000) -> None:
        super().__init__()
        self.left = times

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        said = await super().handle_DATA(server, session, envelope)
        if self.left > 0:
            self.left -= 1
            server.transport.abort()
        return said


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
def hanging_at(word: bytes) -> Iterator[int]:
    """Agrees to everything until it hears this word, such as DATA, and says nothing any more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_agree_until, args=[server, word], daemon=True).start()
        yield server.getsockname()[1]


def _agree_until(server: socket.socket, word: bytes) -> None:
    silent = []  # kept open
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        connection.sendall(b"220 here\r\n")
        with connection.makefile("rb") as heard:
            for line in heard:
                if line.upper().startswith(word):
                    break
                connection.sendall(b"250 OK\r\n")
        silent.append(connection)
