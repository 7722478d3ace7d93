"""Snippets put into feedback, and a thread of comments, in a real browser: with scripts and without, and on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from portfolio.models import Comment, Decision
from tests import make
from tests.cast import assemble

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 375, "height": 700}, "has_touch": True}
PLAIN = {**DESKTOP, "java_script_enabled": False}


@pytest.fixture
def sign_in(transactional_db: None, live_server: Any) -> Callable[[Page, User], None]:
    """Gives a browser's page somebody's session, without the form."""

    def signed_in(page: Page, person: User) -> None:
        client = Client()
        client.force_login(person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

    return signed_in


@pytest.mark.parametrize("options", [DESKTOP, PHONE, PLAIN], ids=["desktop", "phone", "no-javascript"])
def test_a_snippet_is_put_into_the_feedback_and_the_decision_is_made_with_it(
    sign_in: Callable[[Page, User], None],
    open_page: Callable[..., Page],
    check_axe: Callable[[Page], None],
    options: dict[str, Any],
) -> None:
    cast = assemble()
    make.snippet(cast.assessor, "Clear account.")
    make.snippet(cast.assessor, "Name what you would change.")
    items = make.submit(cast.assessor, *(make.drafted(cast.portfolio, number=number) for number in (1, 2)))
    page = open_page(**options)
    sign_in(page, cast.assessor)
    page.goto(reverse("review", args=[items[0].submission.sid]))
    second = page.locator("#dec-S-C1-2")
    first_box, box = page.get_by_label("Feedback on S-C1 1"), page.get_by_label("Feedback on S-C1 2")
    second.get_by_label("Return").check()
    first_box.fill("Typed for the first.")
    box.fill("Good. Thank you.")
    choice = second.get_by_label("Your snippets for S-C1 2")
    choice.select_option("Name what you would change.")
    if options is PLAIN:
        with page.expect_navigation():
            second.get_by_role("button", name="Put in").click()
        wanted = "Good. Thank you.\nName what you would change."
    else:
        box.evaluate("one => one.setSelectionRange(5, 5)")
        second.get_by_role("button", name="Put in").click()
        expect(box).to_be_focused()
        wanted = "Good.\nName what you would change. Thank you."
        expect(choice).to_have_value("")
        second.get_by_role("button", name="Put in").click()  # nothing is chosen
        expect(choice).to_be_focused()
        check_axe(page)
    expect(box).to_have_value(wanted)
    expect(first_box).to_have_value("Typed for the first.")
    expect(second.get_by_label("Return")).to_be_checked()
    assert Decision.objects.count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    first_box.fill("")
    page.get_by_role("button", name="Record your decision").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your queue")
    assert "Name what you would change." in Decision.objects.get().feedback


@pytest.mark.parametrize("options", [DESKTOP, PHONE, PLAIN], ids=["desktop", "phone", "no-javascript"])
def test_a_trainee_asks_and_whoever_decided_answers(
    sign_in: Callable[[Page, User], None],
    open_page: Callable[..., Page],
    check_axe: Callable[[Page], None],
    options: dict[str, Any],
) -> None:
    cast = assemble()
    item = make.returned(cast.portfolio, cast.assessor).items.get()
    page = open_page(**options)
    sign_in(page, cast.trainee)
    page.goto(reverse("activity", args=[cast.portfolio.ref, "S-C1", 1]))
    page.get_by_role("link", name="Comments: none yet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Comments on the decision on S-C1 1")
    page.get_by_label("Your comment").fill("What do you mean by a plan?")
    page.get_by_role("button", name="Add your comment").click()
    thread = page.get_by_role("article", name="Comment by Priya Raman")
    expect(thread).to_contain_text("What do you mean by a plan?")

    page.context.clear_cookies()
    sign_in(page, cast.assessor)
    page.goto(reverse("review", args=[item.submission.sid]))
    page.get_by_role("link", name="1 comment").click()
    thread.locator("summary").click()
    thread.get_by_label("Your answer to Priya Raman").fill("Three steps, with dates.")
    thread.get_by_role("button", name="Send your answer").click()
    expect(thread.get_by_role("list", name="Answers")).to_contain_text("Three steps, with dates.")
    if options is not PLAIN:
        check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    thread.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw this comment").click()
    expect(thread).to_contain_text("Withdrawn by Maya Lind")
    expect(thread).not_to_contain_text("Three steps")
    assert Comment.objects.count() == 2
