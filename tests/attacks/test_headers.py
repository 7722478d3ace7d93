"""Attacks 65 to 67: what the real server says around its answers, the way back after signing out, and framing."""

import json
import re
import socket
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
import requests
from django.contrib.staticfiles.finders import get_finders
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.invitations import verified
from accounts.models import User
from tests import make
from tests.cast import Cast
from tests.config.test_headers import ON_EVERY_ANSWER, POLICY
from tests.portfolio.test_files import GOOD
from tests.server import RealServer

PASSWORD = "a long and private phrase"
HOST = "portfolio.example.org"
STYLES = "admin/css/base.css"


@pytest.fixture
def in_production(real_server: RealServer, tmp_path: Path) -> RealServer:
    """The real server in production mode, behind a proxy that speaks https, with one static file gathered."""
    real_server.kill()
    names = [name for finder in get_finders() for name, _ in finder.list([])]
    static = tmp_path / "static"
    (static / STYLES).parent.mkdir(parents=True)
    (static / STYLES).write_text("body { color: teal }")
    (static / "staticfiles.json").write_text(json.dumps({"version": "1.1", "paths": {name: name for name in names}}))
    real_server.start(
        STP_MODE="production",
        STP_HOSTS=f"{HOST},127.0.0.1",
        STP_SITE_URL=f"https://{HOST}",
        STP_MAIL_URL="smtp+tls://post:word@127.0.0.1:1",
        STP_BEHIND_PROXY="1",
        STP_STATIC_ROOT=str(static),
        STP_SECRET_KEY="a-key-of-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
    )
    return real_server


def ask(server: RealServer, path: str, method: str = "GET", **options: object) -> requests.Response:
    """As the proxy would, for the service's own name."""
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", **options.pop("headers", {})}
    return requests.request(method, server.url + path, headers=headers, allow_redirects=False, timeout=30, **options)


@pytest.fixture
def asha(transactional_db: None, settings: Settings) -> User:
    """Somebody who signs in with a password that production can check."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user = make.person("Asha Rowe", email="asha@example.org", password=PASSWORD)
    verified(user)
    return user


def sign_in(server: RealServer) -> requests.Response:
    """Through the form, as a browser would."""
    page = ask(server, "/accounts/login/")
    mark = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert mark is not None
    return ask(
        server,
        "/accounts/login/",
        "POST",
        data={"login": "asha@example.org", "password": PASSWORD, "csrfmiddlewaretoken": mark[1]},
        headers={"Cookie": f"__Host-csrf={page.cookies['__Host-csrf']}", "Origin": f"https://{HOST}"},
    )


ANSWERS = [
    ("GET", "/accounts/login/", {}, 200),
    ("GET", "/healthz", {}, 200),
    ("GET", "/readyz", {}, 200),
    ("GET", "/robots.txt", {}, 200),
    ("GET", f"/static/{STYLES}", {}, 200),
    ("GET", "/", {}, 200),
    ("GET", "/trainees/", {}, 302),
    ("GET", "/accounts/login/", {"X-Forwarded-Proto": "http"}, 301),
    ("GET", "/healthz", {"Host": "elsewhere.example.org"}, 400),
    ("CHUNKS", "/accounts/login/", {}, 400),
    ("POST", "/accounts/login/", {}, 403),
    ("GET", "/admin/nowhere/", {}, 302),
    ("GET", "/nowhere", {}, 404),
    ("GET", "/static/nowhere.css", {}, 404),
    ("PUT", "/healthz", {}, 403),
    ("POST", "/accounts/login/", {"Content-Length": "900000000"}, 413),
]


def test_in_production_every_answer_has_every_header_and_no_banner(in_production: RealServer) -> None:
    for method, path, headers, status in ANSWERS:
        chunks = {"data": iter([b"login=x"])} if method == "CHUNKS" else {}
        answer = ask(in_production, path, "POST" if chunks else method, headers=headers, **chunks)
        assert (method, path, answer.status_code) == (method, path, status)
        assert {name: answer.headers.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
        assert set(answer.headers["Content-Security-Policy"].split("; ")) == POLICY
        assert "Server" not in answer.headers
        assert ("no-store" in answer.headers["Cache-Control"]) == (answer.status_code != 200 or "static" not in path)
        if headers.get("X-Forwarded-Proto") != "http":
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_what_is_no_http_is_refused_with_headers_and_is_not_repeated(real_server: RealServer) -> None:
    for sent, status in (
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: <b>evil</b>\r\n\r\n", "400"),
        (b"GET /" + b"evil" * 3000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", "414"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Evil: " + b"evil" * 3000 + b"\r\n\r\n", "431"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X-Evil: evil\r\n" * 200 + b"\r\n", "431"),
        (b"evil\r\n\r\n", "400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nevil", "400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: evil\r\n\r\n", "400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nevil", "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Evil : evil\r\n\r\n", "400"),
    ):
        answer = raw(real_server, sent)
        head, _, body = answer.partition("\r\n\r\n")
        assert head.split()[1] == status
        assert "evil" not in answer
        assert "gunicorn" not in answer.lower()
        assert {f"{name}: {value}" for name, value in ON_EVERY_ANSWER.items()} <= set(head.split("\r\n"))
        assert body == "This service could not understand what was sent. Nothing was changed.\n"


def raw(server: RealServer, sent: bytes) -> str:
    """What comes back for these very bytes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b"")).decode()


def test_in_production_cookies_are_bound_to_this_host_and_to_https(asha: User, in_production: RealServer) -> None:
    answer = sign_in(in_production)
    assert answer.status_code == 302
    set_cookies = [SimpleCookie(line) for line in answer.raw.headers.getlist("Set-Cookie")]
    cookies = {name: cookie for each in set_cookies for name, cookie in each.items() if cookie.value}
    assert {"__Host-session", "__Host-csrf"} <= set(cookies)
    for name in ("__Host-session", "__Host-csrf"):
        cookie = cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (
            *(True, True, "Lax", "/"),
            "",
        )
    session = {"Cookie": f"__Host-session={cookies['__Host-session'].value}"}
    assert ask(in_production, "/accounts/password/change/", headers=session).status_code == 200


# --- caches -------------------------------------------------------------------------------------------------------

DISGUISES = (
    *("profile.css", "x.js", "logo.png", "%2e%2e/static/x.css", ";x.css", "%00.css", "%0a.css", "%23x.css", "%3fx.css"),
    *("index.html", "favicon.ico", "robots.txt"),
)


@pytest.mark.parametrize("of", ["progress", "evidence_list", "people", "history"])
def test_no_page_is_served_under_a_name_that_a_cache_would_keep(cast: Cast, client: Client, of: str) -> None:
    client.force_login(cast.trainee)
    address = reverse(of, args=[cast.portfolio.ref])
    shown = client.get(address)
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "private, no-store")
    for disguise in DISGUISES:
        answer = client.get(address + disguise)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "private, no-store")
        assert b"Priya's" not in answer.content
    asked = client.get(address, {"x": "/profile.css"}, headers={"accept": "text/css,*/*;q=0.1"})
    assert asked.headers["Cache-Control"] == "private, no-store"


def test_after_signing_out_the_way_back_shows_nothing(
    live_server: LiveServer, cast: Cast, open_page: Callable[..., Page], sign_in: Callable[[Page, User], None]
) -> None:
    evidence = make.page(cast.portfolio, "A private page", "What nobody else may read")
    page = open_page()
    sign_in(page, cast.trainee)
    page.goto(reverse("evidence", args=[cast.portfolio.ref, evidence.eid]))
    expect(page.get_by_text("What nobody else may read")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{live_server.url}/")
    page.go_back()
    page.wait_for_url("**/accounts/login/**")
    assert "What nobody else may read" not in page.content()


# --- framing ------------------------------------------------------------------------------------------------------


def test_no_page_and_no_file_of_ours_is_shown_in_a_frame(
    live_server: LiveServer, cast: Cast, browser: Browser, sign_in: Callable[[Page, User], None]
) -> None:
    """Nor in one of our own: of three frames on each page only that of a third host, which allows it, has anything."""
    picture = make.attachment(make.page(cast.portfolio), "a.png", GOOD["a.png"])
    file = reverse("evidence_file", args=[cast.portfolio.ref, picture.evidence.eid, picture.fid])
    context = browser.new_context()
    context.set_default_timeout(10_000)
    page = context.new_page()
    sign_in(page, cast.trainee)
    addresses = [f"{live_server.url}/", f"{live_server.url}{file}?inline=1", "http://third.example.org/"]
    frames = "".join(f'<iframe src="{address}"></iframe>' for address in addresses)
    pages = ["http://elsewhere.example.org/", f"{live_server.url}/frames"]
    for address in pages:
        page.route(address, lambda route: route.fulfill(content_type="text/html", body=frames))
    page.route(addresses[2], lambda route: route.fulfill(content_type="text/html", body="Shown"))
    for address in pages:
        page.goto(address)
        expect(page.frame_locator("iframe >> nth=2").get_by_text("Shown")).to_be_visible()
        assert [frame.url for frame in page.frames[1:]] == ["chrome-error://chromewebdata/"] * 2 + [addresses[2]]
    context.close()
