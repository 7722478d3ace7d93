"""Attack 48: too much, too long, without end and too slow, against the real server."""

import io
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from portfolio.models import Attachment
from tests import make
from tests.attacks.test_uploads import edit_url, multipart
from tests.server import TOKEN, RealServer

LARGEST = 25 * 1024**2
MOST_GROWTH = 100 * 1024  # kB


class Memory:
    """The memory of the server's workers, in kB: the most that any has had."""

    def __init__(self, server: RealServer) -> None:
        assert server.process is not None
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        self.workers = [Path(f"/proc/{pid}/status") for pid in children]

    def most(self) -> int:
        return max(int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) for status in self.workers)


@pytest.fixture
def wire(real_server: RealServer) -> Iterator[Callable[..., socket.socket]]:
    """Opens a connection to the server and sends the head of a form of Priya's, and what else is given."""
    cast = make.page(make.portfolio(), "What I did")
    visitor = real_server.visitor(cast.portfolio.trainee)
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    lines = []

    def opened(head: str, start: bytes = b"") -> socket.socket:
        line = socket.create_connection(("127.0.0.1", real_server.port), timeout=60)
        lines.append(line)
        text = f"POST {edit_url(cast)} HTTP/1.1\r\nHost: 127.0.0.1:{real_server.port}\r\nCookie: {cookies}\r\n"
        line.sendall(f"{text}Content-Type: multipart/form-data; boundary=xx\r\n{head}".encode() + start)
        return line

    yield opened
    for line in lines:
        line.close()


def answer(line: socket.socket) -> tuple[int, str]:
    """The status and the page that come back; 0 when the server hung up without a word."""
    got = io.BytesIO()
    with suppress(ConnectionResetError):
        while piece := line.recv(65536):
            got.write(piece)
    text = got.getvalue().decode()
    return (int(text.split()[1]) if text else 0), text.partition("\r\n\r\n")[2]


def whole(parts: list[tuple[bytes, bytes]]) -> tuple[str, bytes]:
    body = multipart([(b'name="csrfmiddlewaretoken"', TOKEN.encode()), *parts])
    return f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n", body


FLOODS = {
    "one byte more than the largest file": ([(b'name="files"; filename="a.txt"', b"x" * (LARGEST + 1))], 422),
    "10,000 fields": ([(b'name="f%d"' % number, b"x") for number in range(10_000)], 413),
    "10,000 files": ([(b'name="files"; filename="%d.txt"' % number, b"x") for number in range(10_000)], 413),
    "3 MB of text": ([(b'name="body"', b"x" * (3 * 1024**2))], 413),
    "a name of 1 MB": ([(b'name="files"; filename="%s.txt"' % (b"x" * 1024**2), b"x")], 400),
}
WORDS = {
    413: "This is more than one form can bring",
    400: "We could not understand that",
    422: "must be 25 MB or smaller",
}


def test_what_is_as_large_as_may_be_is_taken(real_server: RealServer, wire: Callable[..., socket.socket]) -> None:
    """The positive control: a file to the byte, in a form with as many fields as the largest of ours."""
    filled = [(b'name="title"', b"What I did"), (b'name="kind"', b"reflection"), (b'name="go"', b"draft")]
    fields = [(b'name="f%d"' % number, b"x") for number in range(500)]
    parts = [*filled, *fields, (b'name="files"; filename="a.txt"', b"x" * LARGEST)]
    found, page = answer(wire(*whole(parts)))
    assert (found, WORDS[422] in page) == (302, False)
    assert [row.file.size for row in Attachment.objects.select_related("file")] == [LARGEST]


def test_a_flood_is_refused_in_words_and_takes_no_memory(
    real_server: RealServer, wire: Callable[..., socket.socket]
) -> None:
    memory = Memory(real_server)
    before = memory.most()
    for name, (parts, status) in FLOODS.items():
        found, page = answer(wire(*whole(parts)))
        assert (name, found) == (name, status)
        assert WORDS[status] in page
    found, page = answer(wire("Content-Length: 99999999999\r\n\r\n", b"--xx\r\n"))
    assert (found, WORDS[413] in page) == (413, True)
    assert memory.most() - before < MOST_GROWTH
    assert real_server.answers()


def test_a_body_without_end_is_refused_unread(real_server: RealServer, wire: Callable[..., socket.socket]) -> None:
    line = wire("Transfer-Encoding: chunked\r\n\r\n")
    sent = 0
    with suppress(BrokenPipeError, ConnectionResetError):
        while sent < 64 * 1024**2:
            line.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            sent += 0x10000
    assert sent < 64 * 1024**2  # the server hung up
    short = wire("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n", b"1\r\nx\r\n0\r\n\r\n")
    found, page = answer(short)
    assert (found, WORDS[400] in page) == (400, True)


def test_who_sends_slowly_or_less_than_they_said_is_let_go(
    real_server: RealServer, wire: Callable[..., socket.socket]
) -> None:
    """Else as many of them as there are threads would stop the service for everybody."""
    head, body = whole([(b'name="body"', b"x" * 1000)])
    slow = {wire(head, body[:-200]), wire(head, body[:-200]), wire(head[:-2]), wire(head[:-2], b"X-Slow: ")}
    for line in slow:
        line.settimeout(0.25)
    began = time.monotonic()
    while slow and time.monotonic() - began < 60:
        slow = {line for line in slow if still_waited_for(line)}
        assert requests.get(f"{real_server.url}/healthz", timeout=30).status_code == 200
    assert slow == set()
    assert time.monotonic() - began > 10  # nobody on a slow line is cut off at once


def still_waited_for(line: socket.socket) -> bool:
    """After one more byte: whether the server says nothing yet, and holds the line."""
    with suppress(OSError):
        line.sendall(b"x")
    try:
        line.recv(65536)
    except TimeoutError:
        return True
    except OSError:
        pass
    return False
