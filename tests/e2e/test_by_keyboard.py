"""The queue worked through by the keyboard alone: by single keys, which can be turned off, and by Tab without them."""

from collections.abc import Callable

from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from portfolio.models import Decision
from tests import make
from tests.cast import Cast, assemble


def maya(page: Page, live_server: LiveServer) -> Cast:
    """Three submissions wait for her, and she is signed in."""
    cast = assemble()
    for number in (1, 2, 3):
        make.in_review(cast.portfolio, cast.assessor, number=number)
    client = Client()
    client.force_login(cast.assessor)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(reverse("reviewing"))
    return cast


def comes(page: Page, text: str) -> None:
    """The page that holds it has come, and its scripts listen: a key that is pressed sooner is lost."""
    expect(page.get_by_text(text)).to_be_visible()
    expect(page.get_by_role("region", name="Keyboard shortcuts")).to_be_visible()


def test_from_the_queue_to_a_decision_and_on_by_single_keys(
    transactional_db: None, watched_page: Page, live_server: LiveServer, check_axe: Callable[[Page], None]
) -> None:
    page = watched_page
    maya(page, live_server)
    keys = page.get_by_role("region", name="Keyboard shortcuts")
    expect(keys).to_contain_text("j next in the list")
    check_axe(page)
    for key, number in (("j", 0), ("j", 1), ("k", 0), ("k", 0), ("j", 1)):
        page.keyboard.press(key)
        expect(page.locator("[data-walk]").nth(number)).to_be_focused()
    page.keyboard.press("Enter")
    comes(page, "Number 2 of 3")
    page.keyboard.press("p")
    comes(page, "Number 1 of 3")
    page.keyboard.press("n")
    comes(page, "Number 2 of 3")
    check_axe(page)
    page.keyboard.press("d")
    expect(page.get_by_label("Sign off")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("njpdq")  # in a text these are letters
    expect(page.locator("textarea:focus")).to_have_value("njpdq")
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.matches('button.app-decide__go')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    comes(page, "Number 2 of 2")
    assert Decision.objects.get().feedback == "njpdq"
    page.keyboard.press("q")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your queue")


def test_the_keys_can_be_turned_off_and_stay_off(
    transactional_db: None, watched_page: Page, live_server: LiveServer
) -> None:
    page = watched_page
    maya(page, live_server)
    page.get_by_role("button", name="Turn keyboard shortcuts off").click()
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Turn keyboard shortcuts on")).to_be_focused()
    page.reload()
    expect(page.get_by_role("button", name="Turn keyboard shortcuts on")).to_be_visible()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body") is True
    page.get_by_role("button", name="Turn keyboard shortcuts on").click()
    page.keyboard.press("j")
    expect(page.locator("[data-walk]").first).to_be_focused()


def test_without_scripts_nothing_is_said_of_keys_and_tab_reaches_all(
    transactional_db: None, open_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = open_page(java_script_enabled=False)
    maya(page, live_server)
    expect(page.get_by_text("keyboard shortcuts")).to_have_count(0)
    expect(page.locator(".app-keys")).to_be_hidden()
    first = page.locator("[data-walk]").first
    while not first.evaluate("one => one === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Number 1 of 3")).to_be_visible()
