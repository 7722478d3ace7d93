"""F6: the database cannot do it now. Nobody waits for more than five seconds or sees a fault, and nothing is lost."""

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
from django.conf import settings
from django.db import connection, connections

from tests import make
from tests.cast import assemble
from tests.faults.operations import FEEDBACK, WORDS, SignOff, Upload
from tests.races.arena import Arena, at_once, everything_agrees
from tests.server import RealServer

pytestmark = pytest.mark.faults
SQLITE = "sqlite" in settings.DATABASES["default"]["ENGINE"]
SECONDS = 5  # that anybody waits
ALLOWANCE = 4  # seconds, for the page itself on a busy machine
SERVED = "served"  # what the server's connections are called
CUTS = 10  # of each operation
LONGEST_REQUEST = 0.15  # seconds


@contextmanager
def locked_by_somebody_else(table: str = "portfolio_portfolio") -> Iterator[None]:
    """Nobody can write; on PostgreSQL nobody can even read this table, and the others are free."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")
        return
    with closing(connections.create_connection("default")) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
        cursor.execute("ROLLBACK")


def test_a_locked_database_is_answered_with_503_and_what_was_typed(arena: Arena) -> None:
    sign_off, upload = SignOff(arena, arena.asked()), Upload(arena, make.PDF)
    upload.open()
    arena.visitor(arena.cast.assessor).get("/reviewing/")  # the server is warm
    with locked_by_somebody_else():
        began = time.monotonic()
        answers = at_once(sign_off.send, upload.send)
        took = time.monotonic() - began
    assert [answer.status_code for answer in answers] == [503, 503]
    assert [answer.headers["Retry-After"] for answer in answers] == ["30", "30"]
    assert all("The service is busy" in answer.text for answer in answers)
    assert [FEEDBACK in answers[0].text, WORDS in answers[1].text] == [True, True]
    assert SECONDS <= took < SECONDS + ALLOWANCE
    assert (sign_off.there(), upload.there()) == ([], [])
    assert [answer.status_code for answer in at_once(sign_off.send, upload.send)] == [302, 302]
    assert (sign_off.there(), upload.there()) == (sign_off.whole(), upload.whole())
    assert sign_off.send().status_code == 409
    assert upload.send().status_code == 302  # the page that it made, as it is
    assert (sign_off.there(), upload.there()) == (sign_off.whole(), upload.whole())
    everything_agrees()


def test_signing_in_is_503_where_its_attempts_cannot_be_counted(arena: Arena) -> None:
    """Nobody gets in uncounted, nobody is told that they tried too often, and what they try later is counted."""
    stranger = arena.server.visitor()
    form = {"login": arena.cast.trainee.email, "password": "not the password"}
    with locked_by_somebody_else("cache"):
        began = time.monotonic()
        answer = stranger.send_form("/accounts/login/", form)
        took = time.monotonic() - began
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "30")
    assert "The service is busy" in answer.text
    assert form["password"] not in answer.text
    assert SECONDS <= took < SECONDS + ALLOWANCE
    assert stranger.send_form("/accounts/login/", form).status_code == 422


@pytest.mark.skipif(SQLITE, reason="SQLite has no connections that could be cut")
def test_connections_that_the_database_cuts_are_503_and_what_is_sent_again_is_made_once(
    stopped_server: RealServer,
) -> None:
    stopped_server.start(PGAPPNAME=SERVED)
    arena = Arena(stopped_server, assemble())
    statuses: Counter[int] = Counter()
    for _ in range(CUTS):
        for operation in (Upload(arena, make.PDF + random.randbytes(50_000)), SignOff(arena, arena.asked())):
            if isinstance(operation, Upload):
                operation.open()
            with ThreadPoolExecutor(1) as pool:
                answer = pool.submit(operation.send)
                time.sleep(random.uniform(0, LONGEST_REQUEST))  # the fault itself: at any moment
                cut_connections()
            statuses[answer.result().status_code] += 1
            assert operation.there() in ([], operation.whole())
            while (again := operation.send().status_code) == 503:  # one that was cut while it rested
                statuses[again] += 1
            assert again in (302, 409)
            assert operation.there() == operation.whole()
    assert set(statuses) <= {302, 503}
    assert statuses[503] > 0
    everything_agrees()


def cut_connections() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [SERVED])
