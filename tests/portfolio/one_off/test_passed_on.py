"""A link that somebody else has: nothing is shown, and the officer is told once."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from outbox.models import Mail
from portfolio.models import Assessment, Item
from portfolio.proof.assessed import assessments
from portfolio.proof.submitted import items
from portfolio.states import RoleKind
from portfolio.workflow import perform
from portfolio.workflow.one_off import codes
from tests import make
from tests.cast import Cast

KIND = "link opened elsewhere"
Thing = Item | Assessment


@pytest.fixture(params=["to decide", "to assess"])
def asked(request: pytest.FixtureRequest, cast: Cast) -> tuple[Thing, str]:
    """What somebody without an account is asked, and the address of their link."""
    found: tuple[Thing, str]
    if request.param == "to assess":
        found = make.linked_to_assess(make.with_assessments(cast.portfolio), cast.officer)
    else:
        found = make.linked(cast.portfolio, cast.officer)
    return found[0], reverse("sign", args=[found[1]])


def proved(at: str) -> Client:
    """The browser of whoever is asked, with their code entered."""
    browser = Client()
    browser.post(f"{at}code/")
    assert browser.post(f"{at}prove/", {"code": make.coded()}).status_code == 302
    return browser


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def told(officer: User) -> list[str]:
    return [row.text for row in Mail.objects.filter(kind=codes.KIND).order_by("pk") if row.person == officer]


def events() -> list[dict[str, object]]:
    return [event.details for event in Event.objects.filter(kind=KIND).order_by("seq")]


def test_a_second_browser_after_one_proved_the_mailbox_is_shown_nothing_and_told_to_the_officer_once(
    cast: Cast, asked: tuple[Thing, str], caplog: pytest.LogCaptureFixture
) -> None:
    thing, at = asked
    Client().post(f"{at}code/")  # before: it is not yet known whose browser is which
    browser, peer = proved(at), Client()
    for _ in range(2):
        assert browser.get(at).status_code == 200
    peer.head(at)
    assert "Priya" not in peer.get(at).text  # a mail filter looks too
    assert (told(cast.officer), events()) == ([], [])
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert "Priya" not in peer.post(f"{at}prove/", {"code": "000000"}).text
    (said,) = told(cast.officer)
    assert "was opened in another browser than the one in which they proved their address. Nothing was shown." in said
    of = {"assessment": thing.aid} if isinstance(thing, Assessment) else {"submission": thing.submission.sid}
    grace = User.objects.get(email="grace.hall@example.org")
    assert events() == [{**of, "assessor": grace.pk, "signed_in": None}]
    assert sum("opened by somebody else" in one.getMessage() for one in caplog.records) == 3
    page = signed_in(cast.officer).get(reverse("history", args=[cast.portfolio.ref])).text
    assert page.count("The link of Grace Hall was opened elsewhere") == 1
    assert [*assessments(), *items()] == []  # what was asked is still what was recorded


def test_who_is_signed_in_and_is_not_the_person_asked_is_told_of_by_name_once(
    cast: Cast, asked: tuple[Thing, str]
) -> None:
    grace, at = User.objects.get(email="grace.hall@example.org"), asked[1]
    for _ in range(2):
        assert signed_in(cast.stranger).get(at).status_code == 403
        assert signed_in(cast.other_trainee).post(at).status_code == 403
    (said,) = told(cast.officer)
    assert f"was opened in a browser in which {cast.stranger.name} was signed in. Nothing was shown." in said
    assert [(one["assessor"], one["signed_in"]) for one in events()] == [(grace.pk, cast.stranger.pk)]


def test_nobody_is_told_of_whoever_is_asked_of_a_proof_that_is_over_or_of_a_link_that_is(
    cast: Cast, client: Client, asked: tuple[Thing, str]
) -> None:
    thing, at = asked
    proved(at)
    with time_machine.travel(timezone.now() + timedelta(hours=2, minutes=1)):
        assert client.get(at).status_code == 200  # the next day, perhaps, with the browser closed meanwhile
    grace = User.objects.get(email="grace.hall@example.org")
    User.objects.filter(pk=grace.pk).update(one_off=False)
    assert signed_in(grace).get(at).status_code == 403
    User.objects.filter(pk=grace.pk).update(one_off=True, is_active=False, merged_into=cast.assessor)
    assert signed_in(cast.assessor).get(at).status_code == 403
    perform("withdraw", thing if isinstance(thing, Assessment) else thing.activity, by=cast.trainee)
    assert signed_in(cast.stranger).get(at).status_code == 403
    assert (told(cast.officer), events()) == ([], [])


def test_an_officer_who_opens_it_themselves_is_told_nothing_and_of_the_next_who_does(
    cast: Cast, asked: tuple[Thing, str]
) -> None:
    assert signed_in(cast.officer).get(asked[1]).status_code == 403
    assert (told(cast.officer), events()) == ([], [])
    signed_in(cast.stranger).get(asked[1])
    assert (len(told(cast.officer)), [one["signed_in"] for one in events()]) == (1, [cast.stranger.pk])


def test_where_nobody_leads_today_those_who_administer_are_told(cast: Cast) -> None:
    """The row says that it was told: it would never be told again."""
    _, token = make.linked(cast.portfolio, cast.officer)
    leading = cast.portfolio.roles.filter(kind__in=[RoleKind.OFFICER, RoleKind.COORDINATOR])
    leading.update(starts_on=make.today() - timedelta(days=3), ends_on=make.today() - timedelta(days=1))
    signed_in(cast.stranger).get(reverse("sign", args=[token]))
    assert (told(cast.officer), len(told(cast.administrator)), len(told(cast.cohort_administrator))) == ([], 1, 1)
    assert told(cast.other_cohort_administrator) == []
    Mail.objects.all().delete()
    make.nominated(cast.portfolio, 2)
    said = {row.person: row.text for row in Mail.objects.select_related("person")}
    assert said.keys() == {cast.administrator, cast.cohort_administrator}
    assert "this portfolio has none today: appoint one." in said[cast.administrator]
