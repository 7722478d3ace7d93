"""When the database cannot do it now: 503 with Retry-After, our page, and what was typed. Other faults stay 500."""

import logging
import sqlite3
from collections.abc import Iterator

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, DataError, IntegrityError, OperationalError, ProgrammingError, connection
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User
from config.errors import cannot_now
from tests.config import urls

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.urls")]
LOCKED = OperationalError("database is locked at a secret place")


@pytest.fixture(autouse=True)
def quiet_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.CRITICAL, "django.request"):
        yield


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody for whom /failing fails as a locked database does."""
    monkeypatch.setattr(urls, "failure", LOCKED)
    return Client(raise_request_exception=False)


def by_sqlite(code: int) -> OperationalError:
    """As Django raises it, with what SQLite said beneath."""
    cause = sqlite3.OperationalError("told by SQLite")
    cause.sqlite_errorcode = code
    failure = OperationalError(str(cause))
    failure.__cause__ = cause
    return failure


def by_postgresql(cause: psycopg.Error) -> OperationalError:
    failure = OperationalError(str(cause))
    failure.__cause__ = cause
    return failure


@pytest.mark.parametrize(
    "failure",
    [
        OperationalError("plain"),
        by_sqlite(sqlite3.SQLITE_BUSY),
        by_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT),
        by_sqlite(sqlite3.SQLITE_LOCKED),
        by_postgresql(psycopg.OperationalError("the connection is lost")),
        by_postgresql(psycopg.errors.LockNotAvailable()),
        by_postgresql(psycopg.errors.AdminShutdown()),
        by_postgresql(psycopg.errors.CannotConnectNow()),
        by_postgresql(psycopg.errors.DeadlockDetected()),
        by_postgresql(psycopg.errors.TooManyConnections()),
    ],
    ids=lambda failure: type(failure.__cause__).__name__ + str(getattr(failure.__cause__, "sqlite_errorcode", "")),
)
def test_the_database_says_not_now(failure: OperationalError) -> None:
    assert cannot_now(failure) is True


@pytest.mark.parametrize(
    "failure",
    [
        None,
        RuntimeError("x"),
        DatabaseError("x"),
        IntegrityError("x"),
        DataError("x"),
        ProgrammingError("x"),
        by_sqlite(sqlite3.SQLITE_ERROR),
        by_sqlite(sqlite3.SQLITE_CANTOPEN),
        by_postgresql(psycopg.errors.ObjectNotInPrerequisiteState()),
        by_postgresql(psycopg.errors.StatementTooComplex()),
    ],
    ids=lambda failure: f"{type(failure).__name__} {type(getattr(failure, '__cause__', None)).__name__}",
)
def test_anything_else_is_a_fault_of_ours(failure: Exception | None) -> None:
    assert cannot_now(failure) is False


def test_a_missing_table_is_a_fault_on_either_database() -> None:
    with pytest.raises(DatabaseError) as raised, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM there_is_no_such_table")
    assert cannot_now(raised.value) is False


def test_a_busy_database_is_answered_with_503_and_when_to_come_back(visitor: Client) -> None:
    response = visitor.get("/failing")
    page = response.content.decode()
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert response["Cache-Control"] == "private, no-store"
    assert '<h1 class="nhsuk-heading-l">The service is busy</h1>' in page
    assert "secret" not in page
    assert "What you typed" not in page


def test_what_was_typed_is_given_back(visitor: Client) -> None:
    typed = {"body": "Two hours' <b>work</b>", "empty": "", "password": "correct horse"}
    response = visitor.post("/failing", {**typed, "notes": SimpleUploadedFile("notes.txt", b"x")})
    page = response.content.decode()
    assert response.status_code == 503
    assert "Two hours&#x27; &lt;b&gt;work&lt;/b&gt;</textarea>" in page
    assert page.count("<textarea") == 1
    assert "correct horse" not in page


def test_what_another_site_sent_is_not_shown(visitor: Client) -> None:
    response = visitor.post(
        "/failing", {"body": "Ring this number"}, headers={"origin": "https://elsewhere.example.org"}
    )
    assert response.status_code == 503
    assert "Ring this number" not in response.content.decode()


@pytest.mark.parametrize("failure", [ProgrammingError("x"), IntegrityError("x"), DataError("x"), DatabaseError("x")])
def test_other_errors_of_the_database_stay_500(
    visitor: Client, failure: DatabaseError, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urls, "failure", failure)
    response = visitor.get("/failing")
    assert response.status_code == 500
    assert "Retry-After" not in response


def test_a_session_that_cannot_be_read_is_busy_too_and_the_page_needs_no_database(
    visitor: Client,
    django_user_model: type[User],
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visitor.force_login(django_user_model.objects.create_user("jo@example.org", name="Jo Fielding"))

    def locked(*args: object) -> None:
        raise LOCKED

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", locked)
    connection.ensure_connection()
    with django_db_blocker.block():
        response = visitor.post("/private", {"body": "Kept"})
    assert response.status_code == 503
    assert "Kept</textarea>" in response.content.decode()


def test_a_broken_page_still_says_when_to_come_back(visitor: Client, settings: Settings) -> None:
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": []}]
    response = visitor.get("/failing")
    assert (response.status_code, response["Retry-After"]) == (503, "30")
