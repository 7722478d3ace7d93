"""Signing in and out in a real browser: without JavaScript, on a phone, and for somebody whose session ended."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.invitations import verified
from accounts.models import User
from tests import make

PASSWORD = "a long and private phrase"


@pytest.fixture
def asha(transactional_db: None) -> User:
    user = make.person("Asha Rowe", email="asha@example.org", password=PASSWORD)
    verified(user)
    return user


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill("asha@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize(
    "options",
    [{}, {"java_script_enabled": False}, {"viewport": {"width": 375, "height": 700}, "has_touch": True}],
    ids=["desktop", "no JavaScript", "phone"],
)
def test_a_person_signs_in_and_comes_to_the_page_they_asked_for(
    asha: User, open_page: Callable[..., Page], options: dict[str, object]
) -> None:
    page = open_page(**options)
    page.goto("/accounts/password/change/")
    sign_in(page)
    expect(page).to_have_url("/accounts/password/change/")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_words_typed_after_the_session_ended_are_given_back(
    asha: User, watched_page: Page, check_axe: Callable[[Page], None]
) -> None:
    page = watched_page
    page.goto("/accounts/password/change/")
    sign_in(page)
    page.wait_for_url("/accounts/password/change/")
    form = page.locator("form", has=page.get_by_label("Current password"))
    form.evaluate("form => form.insertAdjacentHTML('beforeend', '<textarea name=body>Two hours of work</textarea>')")
    page.context.clear_cookies(name="sessionid")
    form.get_by_label("Current password").fill(PASSWORD)
    form.get_by_label("New password", exact=True).fill("another private phrase")
    form.get_by_label("New password again").fill("another private phrase")
    form.get_by_role("button").click()
    expect(page.get_by_label("body")).to_have_value("Two hours of work")
    assert PASSWORD not in page.content()
    check_axe(page)


@pytest.mark.parametrize("address", ["/admin/", "/admin/accounts/user/", "/admin/accounts/user/add/"])
def test_the_admin_site_lives_under_the_same_policy(transactional_db: None, watched_page: Page, address: str) -> None:
    verified(make.person("Asha Rowe", email="asha@example.org", password=PASSWORD, is_superuser=True))
    watched_page.goto(address)
    sign_in(watched_page)
    expect(watched_page).to_have_url(address)
