"""The decision page in a real browser: without a script on a phone, and in error."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from portfolio.models import Decision, Item
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
