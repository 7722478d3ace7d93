"""Every answer carries the headers that protect its reader: pages, static files, redirects and errors alike."""

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.urls")]

ON_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "manifest-src 'self'",
}
ANSWERS = [
    ("/accounts/login/", "localhost", 200),
    ("/static/admin/css/base.css", "localhost", 200),
    ("/private", "localhost", 302),
    ("/nowhere", "localhost", 404),
    ("/static/nowhere.css", "localhost", 404),
    ("/refusing", "localhost", 403),
    ("/late", "localhost", 409),
    ("/broken", "localhost", 500),
    ("/healthz", "elsewhere.example.org", 400),
]


BEHIND_A_KEY = [
    ("/sign/the-key/broken", "localhost", 500),
    ("/sign/the-key/failing", "localhost", 503),
    ("/sign/the-key/refusing", "localhost", 403),
    ("/sign/the-key/late", "localhost", 409),
    ("/sign/the-key/taking", "localhost", 200),
    ("/sign/the-key/taking", "elsewhere.example.org", 400),
    ("/sign/the-key/no/such/page", "localhost", 404),
    ("/sign/the-key", "localhost", 301),
    ("/lent/nowhere", "localhost", 404),
    ("/feedback/the-key/nowhere", "localhost", 404),
    ("/calendar/the-key", "localhost", 404),
    ("/accounts/password/reset/key/1-the-key/nowhere/", "localhost", 200),
    ("/accounts/confirm-email/the-key/", "localhost", 200),
]


@pytest.mark.parametrize(("address", "host", "status"), BEHIND_A_KEY)
def test_no_answer_behind_a_key_tells_the_address_to_anybody(
    address: str, host: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.config.urls.failure", OperationalError("the connection was lost"))
    response = asked(address, host)
    assert (response.status_code, response.headers["Referrer-Policy"]) == (status, "strict-origin")
    posted = Client(raise_request_exception=False, enforce_csrf_checks=True, headers={"host": host}).post(address)
    assert posted.headers["Referrer-Policy"] == "strict-origin"


def asked(address: str, host: str) -> HttpResponse:
    return Client(raise_request_exception=False, headers={"host": host}).get(address)


@pytest.mark.parametrize(("address", "host", "status"), ANSWERS)
def test_the_headers_are_on_it(address: str, host: str, status: int) -> None:
    response = asked(address, host)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
    assert set(response.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert "Server" not in response.headers
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(("address", "host", "status"), ANSWERS)
def test_only_static_files_may_be_kept_by_a_cache(address: str, host: str, status: int) -> None:
    kept = asked(address, host).headers["Cache-Control"]
    if address == "/static/admin/css/base.css":
        assert "public" in kept
    else:
        assert {"private", "no-store"} <= set(kept.split(", "))


def test_a_redirect_to_https_carries_them_too(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    response = asked("/accounts/login/", "localhost")
    assert (response.status_code, response.headers["Location"]) == (301, "https://localhost/accounts/login/")
    assert {name: response.headers.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
    secure = Client().get("/accounts/login/", secure=True, headers={"host": "localhost"})
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"
