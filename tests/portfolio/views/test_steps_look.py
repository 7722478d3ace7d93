"""The pages of asking, deciding and signing in a real browser: axe finds nothing, and nothing is wider than a phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from portfolio.models import Decision, Item
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast

LONG = "Verwaltungsgerichtsverfahrensbeschleunigungsgesetz" * 3
BODY = """## What I went to

A two-day national informatics conference. I chose the talks on interoperability.

- publish the data contract before the code,
- test with bad messages first.

| Talk | Learnt |
| --- | --- |
| One | Much |
"""


def waiting(cast: Cast) -> list[Item]:
    """Two items that wait, one of them in its second round, after 20 days."""
    first = make.page(cast.portfolio, "Lunch session for the team", BODY)
    make.attachment(first, "lunch-session-slides.pdf")
    make.decide(
        make.submit(cast.assessor, make.drafted(cast.portfolio, evidence=first))[0],
        "return",
        feedback="Name two things you will change, and by when.",
    )
    make.change(first, body=BODY + "\n\nBy 31 May I will write the data contract.")
    second = make.page(cast.portfolio, LONG, LONG)
    also = make.drafted(cast.portfolio, number=2, evidence=second)
    with time_machine.travel(timezone.now() - timedelta(days=20), tick=False):
        return make.submit(cast.assessor, make.activity(cast.portfolio), also)


def pages(cast: Cast) -> list[tuple[User, str]]:
    """Every page of this wing with something on it, and who looks."""
    items = waiting(cast)
    ref, sid = cast.portfolio.ref, items[0].submission.sid
    make.drafted(cast.portfolio, number=3)
    make.change(make.page(cast.portfolio, "Typed on"), save=False, title="Typed on and on")
    for number in (1, 2, 3):
        make.signed_off(cast.other, cast.assessor, number=number)
    perform("unlock", make.activity(cast.other, number=3), by=cast.other_officer, reason="The wrong file was attached.")
    decided = Decision.objects.filter(item__activity__portfolio=cast.other).first()
    assert decided is not None
    other, theirs = cast.other.ref, decided.item.submission.sid
    return [
        (cast.trainee, reverse("submit", args=[ref])),
        (cast.trainee, reverse("submissions", args=[ref])),
        (cast.trainee, reverse("submission", args=[ref, sid])),
        (cast.trainee, reverse("submission_withdraw", args=[ref, sid])),
        (cast.officer, reverse("submission_redirect", args=[ref, sid])),
        (cast.assessor, reverse("reviewing")),
        (cast.assessor, reverse("reviewing") + "?show=decided"),
        (cast.officer, reverse("reviewing") + "?show=modules"),
        (cast.assessor, reverse("review", args=[sid])),
        (cast.assessor, reverse("review", args=[theirs])),
        (cast.officer, reverse("history", args=[ref]) + "?verify=1"),
        (cast.administrator, reverse("people", args=[ref])),
        (cast.administrator, reverse("portfolio_close", args=[ref])),
        (cast.officer, reverse("module_sign_off", args=[ref, "S-C1"])),
        (cast.officer, reverse("module_requirements", args=[ref, "S-X1"])),
        (cast.other_officer, reverse("activity_unlock", args=[other, "S-C1", 1])),
    ]


@pytest.mark.parametrize("width", [1280, 375])
def test_every_page_passes_axe_and_fits(
    cast: Cast,
    open_page: Callable[..., Page],
    sign_in: Callable[[Page, User], None],
    check_axe: Callable[[Page], None],
    width: int,
) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    for person, address in pages(cast):
        sign_in(page, person)
        response = page.goto(address)
        assert response is not None
        assert response.status == 200, address
        check_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_a_decision_without_script_on_a_phone(
    cast: Cast, open_page: Callable[..., Page], sign_in: Callable[[Page, User], None], check_axe: Callable[[Page], None]
) -> None:
    """Return without feedback, be told so at the box, write it, and be done."""
    items = waiting(cast)
    page = open_page(viewport={"width": 375, "height": 800}, java_script_enabled=False)
    sign_in(page, cast.assessor)
    page.goto(reverse("review", args=[items[0].submission.sid]))
    page.get_by_role("link", name="Go to decision").click()
    page.get_by_role("group", name="Your decision on S-C1 1").get_by_label("Sign off").check()
    page.get_by_role("group", name="Your decision on S-C1 2").get_by_label("Return with feedback").check()
    page.get_by_role("button", name="Record your decision").click()
    expect(page.get_by_role("link", name="Say what is needed: the trainee reads it.")).to_be_visible()
    page.get_by_label("Feedback on S-C1 2").fill("Add the session plan.")
    page.get_by_role("button", name="Record your decision").click()
    expect(page.get_by_text("Signed off S-C1 1. Returned S-C1 2.")).to_be_visible()
    expect(page.get_by_text("Nothing waits for your decision")).to_be_visible()
    assert [(d.item.activity.number, d.outcome) for d in Decision.objects.filter(item__in=items).order_by("item")] == [
        (1, "signed_off"),
        (2, "returned"),
    ]


def test_an_error_on_the_decision_page_passes_axe(
    cast: Cast, watched_page: Page, sign_in: Callable[[Page, User], None], check_axe: Callable[[Page], None]
) -> None:
    items = waiting(cast)
    sign_in(watched_page, cast.assessor)
    watched_page.goto(reverse("review", args=[items[0].submission.sid]))
    watched_page.get_by_role("button", name="Record your decision").click()
    expect(watched_page.get_by_role("alert")).to_contain_text("for at least one item")
    check_axe(watched_page)
