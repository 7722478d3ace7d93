"""Everybody at a browser of their own, what each is answered, and that a refusal leaves no trace.

A module that imports `cast`, `browsers` and what they stand on has its cast built once, with all their sessions.
"""

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from portfolio.models import Portfolio
from portfolio.states import RoleKind
from tests import make
from tests.cast import Cast, assemble, surround
from tests.holders import ASSESSOR, HOLDERS, forward, lend, prove
from tests.portfolio.workflow.test_activity_table import everything
from tests.world import undone

OFFICERS = {"officer", "coordinator"}
ADMINISTRATORS = {"administrator", "cohort_administrator"}
# Who sees the portfolio: the trainee, the officers and the administrators of today. One of them is in training too.
SEES = {"trainee", "officer_in_training"} | OFFICERS | ADMINISTRATORS
SUPERVISOR = (
    "supervisor"  # sees the states, and what is in the modules of their placement; may comment on that, and do nothing
)
# Nobody is signed in there: what the holders have is for other work of the same trainee.
OUT = {"anonymous", "deactivated", *HOLDERS}
SIGNED_OUT = 401  # what they get for a form that they send
Answers = dict[str, int]
Cookies = dict[str, SimpleCookie]

HELD = make.WITH_ASSESSMENTS[0] | {"modules": [make.WITH_ASSESSMENTS[0]["modules"][0] | {"code": "S-H1"}]}


def answers(cast: Cast, *, sees: int, others: int = 404, **named: int) -> Answers:
    """The status that each person gets: `named`, else by whether they see the portfolio, or a part of it."""
    inside = {name: sees if name in SEES | {SUPERVISOR} else others for name in (*cast.people(), SUPERVISOR)}
    return inside | named | each(OUT, SIGNED_OUT)


def each(names: set[str], status: int) -> Answers:
    return dict.fromkeys(names, status)


@pytest.fixture(scope="module")
def everybody(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Cast, Cookies]]:
    """Built once for all tests of a module, in a transaction around theirs that is undone."""
    with django_db_blocker.unblock(), override_settings(FILES_DIR=tmp_path_factory.mktemp("files")), undone():
        cast = assemble()
        surround(cast)
        yield cast, {name: browser.cookies for name, browser in _signed_in(cast).items()}


@pytest.fixture
def cast(everybody: tuple[Cast, Cookies], db: None) -> Cast:
    return deepcopy(everybody[0])


@pytest.fixture
def browsers(everybody: tuple[Cast, Cookies], db: None) -> dict[str, Client]:
    """As they were at first: a refusal may end a session."""
    found = {}
    for name, cookies in everybody[1].items():
        found[name] = Client()
        found[name].cookies = deepcopy(cookies)
    return found


def _signed_in(cast: Cast) -> dict[str, Client]:
    """Everybody of the cast, whoever was deactivated since as well, a supervisor, and whoever is signed in nowhere."""
    supervisor = make.person("Hugh Sole")
    placement = make.placed(cast.portfolio, cast.officer, supervisor, since=200, until=210)
    # Their role is of today all the same, and other placements of today can be planned.
    cast.portfolio.roles.filter(pk=placement.role_id).update(
        starts_on=make.today() - timedelta(days=20), ends_on=make.today() + timedelta(days=20)
    )
    with_blocks(cast, HELD)
    make.mark_forms(cast.portfolio.programme)
    browsers = {name: Client() for name in (*cast.people(), SUPERVISOR, "anonymous", *HOLDERS)}
    for name, person in {**cast.people(), SUPERVISOR: supervisor}.items():
        browsers[name].force_login(person)
    _hold(cast, browsers)
    return browsers


def with_blocks(cast: Cast, *blocks: dict[str, Any]) -> Portfolio:
    """The curriculum of the cast's portfolio has these too, and the supervisor's placement is in every module of it."""
    curriculum = cast.portfolio.curriculum
    for position, block in enumerate(blocks, start=curriculum.blocks.count() + 1):
        make.add_block(curriculum, position, dict(block))
    cast.portfolio = Portfolio.objects.get(pk=cast.portfolio.pk)
    supervises = cast.portfolio.roles.get(kind=RoleKind.SUPERVISOR, ends_on__gt=make.today())
    supervises.modules.set(curriculum.modules.all())
    return cast.portfolio


def _hold(cast: Cast, browsers: dict[str, Client]) -> None:
    """Two decide on activities of S-X1, two assess in S-H1, all for the cast's own trainee."""
    of, beside = cast.portfolio, make.person("Cass Doyle")
    make.role(of, beside)
    _, token = make.linked(of, cast.officer, 2, code="S-X1")
    forward(browsers["forwarded_link_holder"], token)
    prove(browsers["link_holder"], token)
    lend(browsers["device_holder"], make.in_review(of, beside, "S-X1", 4).submission)
    _, token = make.linked_to_assess(of, cast.officer, who=ASSESSOR, code="S-H1")
    prove(browsers["assessment_link_holder"], token, ASSESSOR.address)
    lend(browsers["assessment_device_holder"], make.asked(of, beside, code="S-H1"))


# --- asking -------------------------------------------------------------------------------------------------------


def _kept() -> dict[str, list[Any]]:
    """Every row but the working copies: what a trainee typed is kept also where a link is refused."""
    return {name: rows for name, rows in everything().items() if name != "Evidence"}


def asked_of_all(
    browsers: dict[str, Client], where: str, sent: dict[str, Any], wanted: Answers, said: str, mailed: Any
) -> None:
    """Everybody sends this. Who is refused changes nothing, and nobody is told."""
    before = _kept()
    mail.outbox.clear()
    found = {}
    for name, browser in browsers.items():
        if wanted[name] == 302:
            with undone():
                found[name] = browser.post(where, sent).status_code
                assert _kept() != before, f"{said} by {name} changed nothing"
        else:
            with mailed(execute=True):
                found[name] = browser.post(where, sent).status_code
    assert found == wanted, said
    assert _kept() == before, said
    assert mail.outbox == [], said
