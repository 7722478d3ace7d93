"""Attacks 62 and 63: where somebody is sent after signing in, and which host a request or a mail speaks of."""

import re
import socket
from urllib.parse import quote

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.invitations import verified
from accounts.models import User
from outbox.delivery import deliver
from outbox.models import Mail
from tests import make
from tests.server import RealServer

PASSWORD = "a long and private phrase"


@pytest.fixture
def asha(db: None) -> User:
    user = make.person("Asha Rowe", email="asha@example.org", password=PASSWORD)
    verified(user)
    return user


# --- next ---------------------------------------------------------------------------------------------------------

ELSEWHERE = [
    *("//evil.test", "///evil.test", "https://evil.test", "https:evil.test", "https:/evil.test", "http:///evil.test"),
    *("/\\evil.test", "\\\\evil.test", "\\/evil.test", "/\t/evil.test", "\t//evil.test", " //evil.test"),
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x"),
    *("https://testserver@evil.test", "https://testserver.evil.test", "//testserver:80@evil.test", "\x00//evil.test"),
    *(
        "ftp://testserver/",
        "https://[::1",
        "//[",
        "\u2028//evil.test",
        "／／evil.test",
        "//evil。test",
        "//evil.test/%2e",
    ),
    *("/%09/evil.test", "%2f%2fevil.test", "@evil.test", "evil.test"),
]


@pytest.mark.parametrize("to", ELSEWHERE)
def test_nobody_is_sent_away_after_signing_in(client: Client, asha: User, to: str) -> None:
    typed = {"login": asha.email, "password": PASSWORD, "next": to}
    for answer in (
        client.get(f"/accounts/login/?next={quote(to)}"),
        client.post("/accounts/login/", typed),
        client.get(f"/accounts/login/?next={quote(to)}"),  # signed in by now: sent on at once
        client.get(f"/admin/login/?next={quote(to)}"),
        client.post(f"/accounts/logout/?next={quote(to)}", {"next": to}),
    ):
        assert answer.status_code in (200, 302)
        assert is_here(answer.headers.get("Location", "/"))


def is_here(address: str) -> bool:
    """Whether a browser that is sent there stays with this service. It drops tabs and lines, and turns \\ into /."""
    read = re.sub(r"[\t\r\n]", "", address).strip("".join(map(chr, range(33)))).replace("\\", "/")
    return not re.match(r"//|[a-z][a-z0-9+.-]*:", read, re.IGNORECASE)


def test_this_browser_sees_what_leads_away() -> None:
    here = [to for to in ELSEWHERE if is_here(to)]
    assert here == [
        *("\u2028//evil.test", "／／evil.test", "/%09/evil.test", "%2f%2fevil.test", "@evil.test", "evil.test"),
    ]


def test_somebody_is_sent_to_the_page_of_ours_that_they_asked_for(client: Client, asha: User) -> None:
    typed = {"login": asha.email, "password": PASSWORD, "next": "/trainees/?page=2"}
    assert client.post("/accounts/login/", typed).headers["Location"] == "/trainees/?page=2"


# --- host ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-host": "evil.test"},
        {"x-forwarded-host": "evil.test", "forwarded": "host=evil.test"},
        {"x-host": "evil.test", "x-original-host": "evil.test", "x-forwarded-server": "evil.test"},
        {"referer": "https://evil.test/", "x-original-url": "//evil.test/", "x-rewrite-url": "//evil.test/"},
    ],
)
def test_a_mail_speaks_of_this_service_whatever_the_request_says(
    client: Client, asha: User, settings: Settings, headers: dict[str, str]
) -> None:
    settings.SITE_URL = "https://portfolio.example.org"
    answer = client.post("/accounts/password/reset/", {"email": asha.email}, headers=headers)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/password/reset/done/")
    deliver()
    (sent,) = mail.outbox
    assert "https://portfolio.example.org/accounts/password/reset/key/" in sent.body
    assert "evil.test" not in f"{sent.message()} {client.get('/accounts/login/', headers=headers).content.decode()}"


@pytest.mark.parametrize(
    "host", ["evil.test", "testserver.evil.test", "testserver@evil.test", "testserver:80:80", "a b", ""]
)
def test_another_host_gets_no_mail_sent(client: Client, asha: User, host: str) -> None:
    answer = client.post("/accounts/password/reset/", {"email": asha.email}, headers={"host": host})
    assert (answer.status_code, Mail.objects.count()) == (400, 0)


def test_the_real_server_answers_one_host_by_its_own_name(real_server: RealServer) -> None:
    ours = f"127.0.0.1:{real_server.port}".encode()
    for sent, status in (
        (b"GET /robots.txt HTTP/1.1\r\nHost: %s\r\n\r\n" % ours, 200),
        (b"GET /robots.txt HTTP/1.1\r\nHost: %s\r\nX-Forwarded-Host: evil.test\r\n\r\n" % ours, 200),
        (b"GET /robots.txt HTTP/1.1\r\nHost: evil.test\r\n\r\n", 400),
        (b"GET /robots.txt HTTP/1.1\r\nHost: evil.test\r\nX-Forwarded-Host: %s\r\n\r\n" % ours, 400),
        (b"GET /robots.txt HTTP/1.1\r\nHost: %s\r\nHost: evil.test\r\n\r\n" % ours, 400),
        (b"GET /robots.txt HTTP/1.1\r\nHost: evil.test\r\nHost: %s\r\n\r\n" % ours, 400),
        (b"GET /robots.txt HTTP/1.1\r\nHost: %s, evil.test\r\n\r\n" % ours, 400),
        (b"GET http://evil.test/robots.txt HTTP/1.1\r\nHost: %s\r\n\r\n" % ours, 400),
        (b"GET http://%s/robots.txt HTTP/1.1\r\nHost: evil.test\r\n\r\n" % ours, 400),
        (b"GET //evil.test/robots.txt HTTP/1.1\r\nHost: %s\r\n\r\n" % ours, 404),
    ):
        with socket.create_connection(("127.0.0.1", real_server.port), timeout=10) as line:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
        assert (sent, int(answer.split()[1])) == (sent, status)
        assert "evil.test" not in answer
