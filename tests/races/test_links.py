"""Deciding by a link in several browsers at the same moment, through the real server (attack case 24)."""

import pytest

from audit.models import Event
from portfolio.models import Decision, SignCode, SignLink
from tests import make
from tests.races.arena import Arena, at_once, everything_agrees, sent_code
from tests.races.test_assessments import MARKS, decided_as
from tests.server import Visitor

pytestmark = pytest.mark.races
BROWSERS = 4


def proved(arena: Arena, token: str) -> Visitor:
    """A browser without a sign-in that entered a code."""
    browser = Visitor(arena.server.url, None)
    code = sent_code(SignLink.objects.get())
    assert browser.send_form(f"/sign/{token}/prove/", {"code": code}).status_code == 302
    return browser


def test_of_several_browsers_with_one_link_one_decides_and_the_rest_are_too_late(arena: Arena) -> None:
    item, token = make.linked(arena.cast.portfolio, arena.cast.officer, 2)
    browsers = [proved(arena, token) for _ in range(BROWSERS)]
    form = {"S-C1-2-outcome": "signed_off", "S-C1-2-seen": item.digest}
    answers = at_once(*[lambda one=one: one.send_form(f"/sign/{token}/", form) for one in browsers])
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {409, 410}  # too late for the step, or for the link
    assert [decision.manifest_digest for decision in Decision.objects.all()] == [item.digest]
    assert Event.objects.filter(kind="sign off").count() == 1
    everything_agrees()


def test_of_several_browsers_with_one_link_one_records_the_outcome_of_an_assessment(arena: Arena) -> None:
    row, token = make.linked_to_assess(make.with_assessments(arena.cast.portfolio), arena.cast.officer)
    browsers = [proved(arena, token) for _ in range(BROWSERS)]
    form = MARKS | {"seen": make.seen_of(row)}
    answers = at_once(*[lambda one=one: one.send_form(f"/sign/{token}/", form) for one in browsers])
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {409, 410}
    assert decided_as(row) == [form["seen"]]
    assert make.assessment(row).state == "satisfactory"
    assert Event.objects.filter(kind="complete").count() == 1
    everything_agrees()


def test_a_code_that_is_entered_in_several_browsers_at_once_proves_one_of_them(arena: Arena) -> None:
    _, token = make.linked(arena.cast.portfolio, arena.cast.officer, 2)
    form = {"code": sent_code(SignLink.objects.get())}
    browsers = [Visitor(arena.server.url, None) for _ in range(BROWSERS)]
    answers = at_once(*[lambda one=one: one.send_form(f"/sign/{token}/prove/", form) for one in browsers])
    assert sorted(answer.status_code for answer in answers) == [302] + [422] * (BROWSERS - 1)
    assert SignCode.objects.get().proved_at is not None
