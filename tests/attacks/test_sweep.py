"""Attacks 42, 61, 65 and 66 at every address of the site, each asked by those who may do the most there.

Looking changes nothing, no form is taken without its mark or with somebody else's, every answer has its headers, and no
NUL is a fault, wherever in an address it stands.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse, QueryDict
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from accounts.invitations import verified
from config.logs import without_keys
from config.middleware import BEHIND_A_KEY
from tests.config.test_headers import ON_EVERY_ANSWER, POLICY
from tests.holders import HOLDERS
from tests.test_addresses import ROWS, Row, path_of, statuses
from tests.world import World, build, undone

pytestmark = pytest.mark.django_db
TOKEN, ANOTHER = "t" * 32, "u" * 32
SESSIONS = "django_session"  # a link to set a password is moved into the session when it is opened
STRICTER = ("no-referrer", "strict-origin")  # than the policy of every other answer
KEYS = tuple(prefix.removeprefix("/") for prefix in BEHIND_A_KEY)


@dataclass
class Swept:
    """One world for all of these tests, and what every address answered when it was looked at.

    `asked` holds the names that each looks for behind the question mark.
    """

    world: World
    answers: dict[str, HttpResponse]
    asked: dict[str, set[str]]
    written: dict[str, list[str]]
    before: dict[str, Any]
    after: dict[str, Any]


@pytest.fixture(scope="module")
def swept(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: Any) -> Iterator[Swept]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        files = tmp_path_factory.mktemp("files")
        patch.setattr("django.conf.settings.FILES_DIR", files)
        patch.setattr("django.conf.settings.MIDDLEWARE", [name for name in settings.MIDDLEWARE if "zeal" not in name])
        with undone():
            world = build(files)
            clients = {name: browser(world, name) for name in askers(world)}
            for name in clients:
                if person := world.people[name]:
                    verified(person)  # as whoever adds a person does
            found = Swept(world, {}, {}, {}, tables(), {})
            for row in ROWS:
                for name in those_who_may(row):
                    key = f"{name} at {row}"
                    cache.clear()  # of what is counted: so much is asked from one address
                    with writes() as found.written[key], reads() as found.asked[key]:
                        found.answers[key] = clients[name].get(path_of(world, row))
            found.after = tables()
            yield found


def those_who_may(row: Row) -> list[str]:
    """The people to whom this address shows the most."""
    if row.address.startswith("admin/"):
        return ["superuser", "administrator"]
    if row.address.startswith(("reviewing/", "feedback/")):
        return ["assessor", "second_assessor"]
    if row.address.startswith("sign/"):
        # each their own: that somebody else has a link is told, once (tests/portfolio/one_off/test_passed_on.py)
        return ["assessment_link_holder"] if row.of == "assess" else ["link_holder"]
    if row.address.startswith("lent/"):
        return ["device_holder", "assessment_device_holder"]
    if row.address.startswith(("trainees/", "cohorts/")) or re.search("ref>/(close|reopen)/$", row.address):
        return ["administrator", "officer"]
    if row.address.startswith("comments/"):
        return ["trainee", "officer", "supervisor"]
    return ["trainee", "officer"] if row.address.startswith("portfolios/") else ["trainee"]


def askers(world: World) -> set[str]:
    """Everybody who asks anything."""
    return {name for row in ROWS for name in those_who_may(row)}


def browser(world: World, name: str, *, checking: bool = False) -> Client:
    """Signed in, or with the session in which a mailbox was proved."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=checking)
    if person := world.people[name]:
        client.force_login(person)
    elif name != "forwarded_link_holder":  # who proved nothing, and has no session
        client.cookies["sessionid"] = world.browsers[name].cookies["sessionid"].value
    client.cookies["csrftoken"] = TOKEN
    return client


def tables() -> dict[str, list[Any]]:
    """Every row of every table, but for sessions."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table != SESSIONS]
    return {m._meta.db_table: sorted(m._base_manager.values_list(), key=repr) for m in models if m._meta.managed}


@contextmanager
def writes() -> Iterator[list[str]]:
    """What is written into the database meanwhile."""
    seen: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.split()[0] in ("INSERT", "UPDATE", "DELETE") and SESSIONS not in sql:
            seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield seen


@contextmanager
def reads() -> Iterator[set[str]]:
    """The names that are looked for in a query, or in a form, meanwhile."""
    seen: set[str] = set()

    def noting(plain: Any) -> Any:
        return lambda query, name, *rest: (seen.add(name), plain(query, name, *rest))[1]

    with pytest.MonkeyPatch.context() as patch:
        for method in ("__getitem__", "getlist"):
            patch.setattr(QueryDict, method, noting(getattr(QueryDict, method)))
        yield seen


def test_looking_at_any_address_changes_nothing(swept: Swept) -> None:
    assert {key: sql for key, sql in swept.written.items() if sql} == {}
    assert swept.before == swept.after


def test_they_were_looked_at_by_those_who_may(swept: Swept) -> None:
    """The positive control: each is shown what is theirs, behind a link and in the admin site too."""
    for key in (
        "link_holder at /sign/<str:key>/ (sign)",
        "assessment_link_holder at /sign/<str:key>/ (assess)",
        "device_holder at /lent/",
        "assessment_device_holder at /lent/",
        "administrator at /admin/portfolio/role/<path:object_id>/change/",
        "administrator at /admin/portfolio/decision/<path:object_id>/change/",
        "superuser at /admin/audit/event/<path:object_id>/change/",
        "officer at /portfolios/<slug:ref>/elsewhere/new/",
    ):
        assert swept.answers[key].status_code == 200, key


def test_no_address_that_somebody_may_open_was_looked_at_only_by_those_whom_it_refuses(swept: Swept) -> None:
    """Else nothing was learned there of what looking does. Whom it answers with 200 stands in the table."""
    refused = {
        str(row)
        for row in ROWS
        if 200 in statuses(row.lines["GET"], list(swept.world.people)).values()
        and {swept.answers[f"{name} at {row}"].status_code for name in those_who_may(row)} <= {403, 404}
    }
    assert refused == set()


def test_the_eyes_of_this_sweep_see_a_change(swept: Swept) -> None:
    with undone(), writes() as written:
        browser(swept.world, "trainee").post(share(swept), {"on": "yes"})
        assert tables() != swept.before
    assert [sql for sql in written if sql.startswith('UPDATE "portfolio_evidence" SET')] != []


NUL = "a\x00b"
OPEN = re.compile(r"<(str|path):|\(\?P<")  # a part of an address that takes any letters


def test_42_a_nul_anywhere_in_an_address_or_in_a_cookie_is_no_fault(swept: Swept, settings: Settings) -> None:
    """In whatever the page looks for behind the question mark, in each part that takes any letters, and in cookies."""
    settings.FILES_DIR = swept.world.files
    clients = {name: browser(swept.world, name) for name in askers(swept.world)}
    paths = {}
    for row in ROWS:
        path = path_of(swept.world, row)
        parts, named = path.split("/"), f"/{row.address}".split("/")
        within = [at for at, part in enumerate(named[: len(parts)]) if OPEN.search(part)]
        spoilt = ["/".join([*parts[:at], f"{parts[at]}%00", *parts[at + 1 :]]) for at in within]
        for name in those_who_may(row)[:1]:
            asked = sorted(swept.asked[f"{name} at {row}"])
            paths[f"{name} at {row}"] = [*spoilt, *(f"{path}?{urlencode({each: NUL})}" for each in asked)]
    faults, met = [], set()
    for key, tried in paths.items():
        for path in tried:
            cache.clear()
            with undone():
                status = clients[key.partition(" at /")[0]].get(path).status_code
            met.add(status)
            if status >= 500:
                faults.append((key, path, status))
    for cookie in ("sessionid", "csrftoken", "messages"):
        client = browser(swept.world, "trainee")
        client.cookies[cookie] = f"{'a' * 31}{NUL}"
        if client.get("/").status_code >= 500:
            faults.append(("trainee", cookie, 500))
    assert faults == []
    assert {200, 404} <= met  # the control: they are read, as by anybody
    assert {"page", "q", "activity"} <= {name for names in swept.asked.values() for name in names}


def holds_a_key(address: str) -> bool:
    return address.replace("^", "").startswith(KEYS)


def test_every_answer_carries_its_headers_and_stays_in_no_cache(swept: Swept) -> None:
    assert {answer.status_code for answer in swept.answers.values()} == {200, 302, 403, 404, 405, 409}
    for key, answer in swept.answers.items():
        wanted = ON_EVERY_ANSWER
        if holds_a_key(key.partition(" at /")[2]):  # a page of it tells no log of ours either
            assert answer.headers["Referrer-Policy"] in STRICTER, key
            wanted = {name: value for name, value in wanted.items() if name != "Referrer-Policy"}
        assert {name: answer.headers.get(name) for name in wanted} == wanted, key
        policy = set(answer.headers["Content-Security-Policy"].split("; "))
        assert policy == POLICY or (policy >= {"sandbox", "default-src 'none'"} and re.search("/files?/", key)), key
        assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].replace(",", " ").split()), key
        assert "Access-Control-Allow-Origin" not in answer.headers, key


def test_every_address_that_holds_a_key_is_one_whose_answers_keep_it(swept: Swept) -> None:
    """And each way to ask there is answered so, whoever asks."""
    rows = [row for row in ROWS if holds_a_key(row.address)]
    held = {row.address for row in ROWS if "key>" in row.address}
    assert held == {row.address for row in rows if "key>" in row.address}
    assert without_keys(f"/sign/{'k' * 43}/") == "/sign/[key]/"
    clients = {name: browser(swept.world, name) for name in ("trainee", *HOLDERS)}
    for row in rows:
        for name, client in clients.items():
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
                cache.clear()
                with undone():
                    answer = client.generic(method, path_of(swept.world, row))
                assert answer.headers["Referrer-Policy"] in STRICTER, f"{method} {row} by {name}: {answer.status_code}"


def sent_everywhere(swept: Swept, below: str = "", **form: Any) -> dict[str, int]:
    """What each address below this one answers to a form, but for 403 with nothing written."""
    found = {}
    clients = {name: browser(swept.world, name, checking=True) for name in askers(swept.world)}
    for row in ROWS:
        for name in those_who_may(row) if row.address.startswith(below) else ():
            cache.clear()
            with writes() as written:
                status = clients[name].post(path_of(swept.world, row), **form).status_code
            if status != 403 or written:
                found[f"{name} at {row}"] = status
    return found


def test_a_form_without_its_mark_is_taken_at_no_address(swept: Swept) -> None:
    assert sent_everywhere(swept) == {}


@pytest.mark.parametrize(
    "form",
    [
        {"data": {"csrfmiddlewaretoken": ANOTHER}},
        {"data": f'{{"csrfmiddlewaretoken": "{TOKEN}"}}', "content_type": "text/plain"},
        {"data": f"csrfmiddlewaretoken={TOKEN}", "content_type": "text/plain"},
        {"data": {"csrfmiddlewaretoken": TOKEN}, "headers": {"origin": "https://elsewhere.example.org"}},
        {"data": {"csrfmiddlewaretoken": TOKEN}, "headers": {"origin": "null"}},
    ],
    ids=[
        "the mark of another session",
        "JSON that says it is text",
        "a form that says it is text",
        "another site",
        "null",
    ],
)
def test_a_form_that_is_not_from_our_page_is_taken_nowhere_in_a_portfolio(swept: Swept, form: dict[str, Any]) -> None:
    assert sent_everywhere(swept, "portfolios/", **form) == {}


def test_the_form_of_our_page_is_taken(swept: Swept) -> None:
    with undone(), writes() as written:
        client = browser(swept.world, "trainee", checking=True)
        client.post(share(swept), {"on": "yes", "csrfmiddlewaretoken": TOKEN})
        swept.world.pages["private"].refresh_from_db()
        assert swept.world.pages["private"].shared
    assert written != []


def share(swept: Swept) -> str:
    """Where a page of the trainee's is shared."""
    return f"/portfolios/{swept.world.portfolio.ref}/evidence/{swept.world.pages['private'].eid}/share/"
