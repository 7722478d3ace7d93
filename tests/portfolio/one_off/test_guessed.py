"""Codes that are guessed at, a few tries at each: who is told, once, and what the link leads to then."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outbox.models import Mail
from portfolio.due import still_theirs
from portfolio.models import Assessment, Item, Nomination, SignLink
from portfolio.models.signing import Way
from portfolio.workflow import Redirect, perform, reminding
from portfolio.workflow.machine import Incomplete
from portfolio.workflow.one_off import codes, links
from tests import make
from tests.cast import Cast

GRACE = "grace.hall@example.org"
Asked = tuple[Item | Assessment, str]


@pytest.fixture(params=["to decide", "to assess"])
def asked(request: pytest.FixtureRequest, cast: Cast) -> Asked:
    """Somebody without an account has a link, of a submission or of an assessment; and the page where it is shown."""
    make.appointments_told()
    if request.param == "to assess":
        row, _ = make.linked_to_assess(make.with_assessments(cast.portfolio), cast.officer)
        return row, reverse("assessment", args=[cast.portfolio.ref, row.aid])
    item, _ = make.linked(cast.portfolio, cast.officer)
    return item, reverse("submission", args=[cast.portfolio.ref, item.submission.sid])


def guess(way: Way, times: int, *, a_code: int = 4) -> None:
    """Wrong codes, and a new code before any is spoilt."""
    for number in range(times):
        if number % a_code == 0:
            codes.send_code(way)
            right = make.coded(way.address)
        with pytest.raises(Incomplete):
            codes.prove(way, f"{(int(right) + 1) % 1_000_000:06}")


def told(*people: object) -> list[list[str]]:
    """What each was mailed of wrong codes, oldest first."""
    rows = list(Mail.objects.filter(kind=codes.KIND).order_by("pk"))
    return [[row.text for row in rows if row.person == person] for person in people]


def test_the_officer_and_the_trainee_are_told_once_that_a_link_is_blocked(cast: Cast, asked: Asked) -> None:
    link = SignLink.objects.get()
    guess(link, 14)
    assert told(cast.officer, cast.trainee) == [[], []]
    guess(link, 1)
    (to_officer,), (to_trainee,) = told(cast.officer, cast.trainee)
    assert "The link works no longer. Priya Raman is told, and can ask again." in to_officer
    assert "the link that was sent to Grace Hall, so it works no longer. Name them again" in to_trainee
    assert (asked[1] in to_officer, asked[1] in to_trainee) == (True, True)
    assert links.why_dead(link, now=timezone.now()) == links.BLOCKED


def test_who_spoils_code_after_code_is_told_of_at_each_and_the_last_says_that_the_link_is_blocked(
    cast: Cast, asked: Asked
) -> None:
    guess(SignLink.objects.get(), 15, a_code=5)
    to_officer, to_trainee = told(cast.officer, cast.trainee)
    assert [("works no longer" in text) for text in to_officer] == [False, False, True]
    assert len(to_trainee) == 1


def test_a_right_code_after_wrong_ones_tells_nobody_and_takes_them_off_the_count(cast: Cast, asked: Asked) -> None:
    link = SignLink.objects.get()
    guess(link, 14)
    codes.prove(link, make.coded(GRACE))
    assert (told(cast.officer, cast.trainee), links.why_dead(link, now=timezone.now())) == ([[], []], "")


def test_the_officer_is_told_once_that_no_device_is_handed_over_any_more(cast: Cast) -> None:
    lendings = [make.lent(make.in_review(cast.portfolio, cast.assessor, number=number)) for number in (1, 2)]
    guess(lendings[0], 8)
    guess(lendings[1], 6)
    assert told(cast.officer) == [[]]
    guess(lendings[1], 1)
    ((to_officer,),) = told(cast.officer)
    assert "on the device that Priya Raman handed over to Maya Lind" in to_officer
    assert "Priya Raman cannot hand a device over to Maya Lind for a month from now." in to_officer


def test_guesses_at_a_link_end_the_device_too_and_the_officer_is_told(cast: Cast) -> None:
    item, _ = make.linked(cast.portfolio, cast.officer)
    guess(make.lent(item), 8)
    guess(SignLink.objects.get(), 7)
    (to_officer,), to_trainee = told(cast.officer, cast.trainee)
    assert "Priya Raman cannot hand a device over to Grace Hall for a month from now." in to_officer
    assert (to_trainee, links.why_dead(SignLink.objects.get(), now=timezone.now())) == ([], "")


@pytest.mark.parametrize(("guesses", "reminders"), [(14, 1), (15, 0)])
def test_nobody_is_reminded_of_a_link_that_is_blocked_and_the_officer_hears_that_it_is_with_nobody(
    cast: Cast, asked: Asked, guesses: int, reminders: int
) -> None:
    guess(SignLink.objects.get(), guesses)
    Mail.objects.all().delete()
    noon = timezone.localtime().replace(hour=12)
    with time_machine.travel(noon + timedelta(days=14), tick=False):
        reminding.remind()
    assert sum(row.to == GRACE and "Open the link" in row.text for row in Mail.objects.all()) == reminders
    if not reminders:
        with time_machine.travel(noon + timedelta(days=21), tick=False):
            reminding.remind()
        assert "Grace Hall can no longer decide." in make.mailed(cast.officer.email)


@pytest.mark.parametrize(("guesses", "blocked"), [(14, False), (15, True)])
def test_the_page_says_that_a_link_is_blocked_and_hands_no_device_over(
    cast: Cast, client: Client, asked: Asked, guesses: int, blocked: bool
) -> None:
    guess(SignLink.objects.get(), guesses)
    client.force_login(cast.trainee)
    page = client.get(asked[1]).text
    assert ("so the link of Grace Hall works no longer. They get a new one when" in page) == blocked
    assert ("With nobody" in page, "Hand over this device" in page) == (blocked, not blocked)


def test_who_is_named_again_after_that_gets_a_link_that_works(cast: Cast, client: Client, asked: Asked) -> None:
    thing, page = asked
    guess(SignLink.objects.get(), 15)
    perform(
        "redirect",
        thing if isinstance(thing, Assessment) else thing.activity,
        by=cast.trainee,
        given=Redirect(None, make.nominee()),
    )
    make.approved(Nomination.objects.get(answer=None), cast.officer)
    assert links.why_dead(SignLink.objects.latest("pk"), now=timezone.now()) == ""
    client.force_login(cast.trainee)
    assert "works no longer" not in client.get(page).text


def test_a_code_does_not_leave_once_a_newer_one_is_asked_for_or_once_it_works_no_longer(cast: Cast) -> None:
    """Else the newest mail might hold an older code, or one that is over."""
    make.linked(cast.portfolio, cast.officer)
    make.linked(cast.portfolio, cast.officer, 2)
    link, other = SignLink.objects.order_by("pk")
    for way in (link, other, link):
        codes.send_code(way)
    first, of_other, newest = Mail.objects.filter(kind__startswith=codes.CODE).order_by("pk")
    assert (first.text, first.last_failure) == ("", "taken back")
    assert [still_theirs(mail) for mail in (of_other, newest)] == [True, True]
    assert (codes.newest(link), bool(newest.text)) == (link.codes.latest("pk"), True)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert [still_theirs(mail) for mail in (of_other, newest)] == [False, False]
