"""Deciding on a device that was handed over while something else is decided, through the real server."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import pytest
from django.conf import settings
from django.db import connection

from audit.models import Event
from outbox.models import Mail
from portfolio.models import Decision, Item, Lending, SignCode
from portfolio.workflow.machine import Incomplete
from portfolio.workflow.one_off import codes
from tests import make
from tests.races.arena import Arena, at_once, everything_agrees, sent_code
from tests.server import Visitor

pytestmark = pytest.mark.races
ROUNDS = 4


def handed_over(arena: Arena, item: Item) -> Visitor:
    """The trainee's browser after it was handed over. Its code is sent from here: the server posts its own at once."""
    trainee = arena.server.visitor(arena.cast.trainee)
    answer = trainee.send_form(f"{arena.at}/submissions/{item.submission.sid}/lend/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/lent/")
    browser = Visitor(arena.server.url, None)  # as that one is now: with the new session, and nothing of the old
    for cookie in answer.cookies:
        if cookie.name == settings.SESSION_COOKIE_NAME:
            browser.cookies.set_cookie(cookie)
    return browser


def entered(arena: Arena, item: Item) -> Visitor:
    browser = handed_over(arena, item)
    code = sent_code(Lending.objects.latest("pk"))
    assert browser.send_form("/lent/prove/", {"code": code}).status_code == 302
    return browser


def test_of_a_decision_on_the_device_and_one_after_signing_in_one_is_made(arena: Arena) -> None:
    for _ in range(ROUNDS):
        item = arena.asked()
        browser = entered(arena, item)
        form = {"S-C1-1-outcome": "signed_off", "S-C1-1-seen": item.digest}
        signed_in = arena.signing(item)
        answers = at_once(lambda: browser.send_form("/lent/", form), signed_in)  # noqa: B023
        statuses = [answer.status_code for answer in answers]
        row = Decision.objects.get(item=item)
        assert (row.by_lending is not None) == (statuses[0] == 302)
        assert statuses[0 if row.by_lending is None else 1] in (409, 410)
    everything_agrees()
    assert arena.server.errors() == []


def test_a_decision_that_is_sent_twice_at_once_is_made_once(arena: Arena) -> None:
    item = arena.asked()
    browser = entered(arena, item)
    form = {"S-C1-1-outcome": "signed_off", "S-C1-1-seen": item.digest}
    answers = at_once(*[lambda: browser.send_form("/lent/", form)] * 4)
    assert sorted(answer.status_code for answer in answers)[0] == 302
    assert {answer.status_code for answer in answers} <= {302, 409, 410}
    assert (Decision.objects.count(), Event.objects.filter(kind="sign off").count()) == (1, 1)
    everything_agrees()


def test_a_decision_and_the_handing_back_leave_one_of_two_serial_outcomes(arena: Arena) -> None:
    for _ in range(ROUNDS):
        item = arena.asked()
        browser = entered(arena, item)
        form = {"S-C1-1-outcome": "signed_off", "S-C1-1-seen": item.digest}
        one, two = at_once(
            lambda: browser.send_form("/lent/", form),  # noqa: B023
            lambda: browser.send_form("/lent/back/"),  # noqa: B023
        )
        assert two.status_code in (302, 410)
        assert Decision.objects.filter(item=item).exists() == (one.status_code == 302)
        assert one.status_code in (302, 403, 410)
    everything_agrees()
    assert arena.server.errors() == []


def test_handed_over_on_two_devices_at_once_it_is_with_one_of_them(arena: Arena) -> None:
    item = arena.asked()
    browsers = [arena.server.visitor(arena.cast.trainee) for _ in range(2)]
    address = f"{arena.at}/submissions/{item.submission.sid}/lend/"
    answers = at_once(*[lambda one=one: one.send_form(address) for one in browsers])
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (Lending.objects.count(), Lending.objects.filter(ended_at=None).count()) == (2, 1)
    assert SignCode.objects.count() == 2
    everything_agrees()


def test_of_wrong_codes_on_two_devices_at_once_one_is_the_last_and_the_officer_is_told_once(
    arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, assessor = arena.cast.portfolio, arena.cast.assessor
    lendings = [make.lent(make.in_review(of, assessor, number=number)) for number in (2, 3)]
    wrong = [(one, f"{(int(sent_code(one)) + 1) % 1_000_000:06}") for one in lendings]
    for one in lendings:
        SignCode.objects.create(lending=one, sent_at=one.made_at, tries=4)
        one.codes.exclude(tries=4).update(tries=3)
    ends = codes._ends
    monkeypatch.setattr(codes, "_ends", lambda way: time.sleep(0.5) or ends(way))

    def enter(way: Lending, code: str) -> None:
        with suppress(Incomplete), closing(connection):
            codes.prove(way, code)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: enter(*one), wrong))
    assert sorted(row.tries for row in SignCode.objects.all()) == [4, 4, 4, 4]
    assert Mail.objects.filter(kind=codes.KIND, person=arena.cast.officer).count() == 1
