"""Deciding by a link in several browsers at the same moment, through the real server (attack case 24)."""

import pytest

from accounts.models import User
from audit.models import Event
from portfolio.models import Assessment, Decision, Item, Nomination, Portfolio, SignCode, SignLink
from portfolio.workflow import perform
from tests import make
from tests.races.arena import ROUNDS, Arena, Send, at_once, everything_agrees, sent_code, sent_link
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
    row = make.nominated(arena.cast.portfolio, 2)
    token, item = sent_link(row, arena.cast.officer), Item.objects.get()
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
    nomination = make.named_to_assess(make.with_assessments(arena.cast.portfolio))
    token, row = sent_link(nomination, arena.cast.officer), Assessment.objects.get()
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
    token = sent_link(make.nominated(arena.cast.portfolio, 2), arena.cast.officer)
    form = {"code": sent_code(SignLink.objects.get())}
    browsers = [Visitor(arena.server.url, None) for _ in range(BROWSERS)]
    answers = at_once(*[lambda one=one: one.send_form(f"/sign/{token}/prove/", form) for one in browsers])
    assert sorted(answer.status_code for answer in answers) == [302] + [422] * (BROWSERS - 1)
    assert SignCode.objects.get().proved_at is not None


def approving(arena: Arena, of: Portfolio, officer: User, address: str) -> tuple[Nomination, Send]:
    """Somebody new is named; the officer reads that, and then approves."""
    row = make.nominated(of, 2, who=make.nominee(address=address))
    visitor, at = arena.visitor(officer), f"/portfolios/{of.ref}/people/nominations/{row.nid}/"
    assert visitor.get(at).status_code == 200
    return row, lambda: visitor.send_form(at, {"step": "approve nomination", "reason": ""})


def test_two_officers_who_approve_one_new_address_at_once_make_one_person_with_a_link_each(arena: Arena) -> None:
    """However it is written in capitals. Two portfolios, so no lock of theirs holds one back: the database does."""
    cast = arena.cast
    for number in range(1, ROUNDS + 1):
        before, address = User.objects.count(), f"new.one{number}@example.org"
        here, first = approving(arena, cast.portfolio, cast.officer, address)
        there, second = approving(arena, cast.other, cast.other_officer, address.replace("new.one", "New.One"))
        assert arena.race(first, second) == (302, 302)
        assert User.objects.count() == before + 1
        person = User.objects.get(email__iexact=address)
        asked = [Nomination.objects.get(pk=row.pk).answer.assessor for row in (here, there)]
        assert asked == [person, person]
        links = SignLink.objects.filter(addressee__assessor=person, addressee__until=None)
        ready = sorted(link.asking.asked_for.portfolio_id for link in links)
        assert ready == sorted([cast.portfolio.pk, cast.other.pk])
        added = Event.objects.filter(chain__name="instance", kind="person.add")
        assert added.count() == number
        arena.first_won(added.latest("seq").details["nomination"] == here.nid)
        for of in (cast.portfolio, cast.other):
            perform("withdraw", make.activity(of, number=2), by=of.trainee)
    arena.is_whole()
