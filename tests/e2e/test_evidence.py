"""Writing evidence in a real browser: by keyboard alone, without scripts, and when the server does not answer."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from portfolio.models import Evidence, Link, Portfolio
from tests import make
from tests.cast import Cast, assemble
from tests.portfolio.views.counting import large

SignedIn = Callable[[Page, User], Page]
Opened = Callable[..., Page]
Checked = Callable[[Page], None]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return assemble()


@pytest.fixture
def signed_in(live_server: LiveServer) -> Callable[[Page, User], Page]:
    """The browser of somebody who has signed in already (tests/e2e/test_signing_in.py does it by hand)."""

    def with_session(page: Page, user: User) -> Page:
        client = Client()
        client.force_login(user)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return page

    return with_session


def new_url(portfolio: Portfolio) -> str:
    return reverse("evidence_new", args=[portfolio.ref])


def url(page: Evidence, name: str = "evidence") -> str:
    return reverse(name, args=[page.portfolio.ref, page.eid])


def focused(page: Page) -> str:
    """The name of the field that has the focus, or the words of the button."""
    return str(page.evaluate("(on => on.matches('button') ? on.textContent.trim() : on.name)(document.activeElement)"))


def tab_to(page: Page, name: str, *, most: int = 60) -> None:
    """Press Tab until the control of that name has the focus: whoever cannot get there is trapped."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    raise AssertionError(f"Tab never reached {name!r}: it stands on {focused(page)!r}")


def test_a_page_is_written_kept_previewed_linked_and_saved_by_keyboard_alone(
    cast: Cast, signed_in: SignedIn, watched_page: Page
) -> None:
    page = signed_in(watched_page, cast.trainee)
    page.goto(new_url(cast.portfolio))
    tab_to(page, "title")
    page.keyboard.type("Lunch session")
    for name, text in (
        ("happened_on_0", "31"),
        ("happened_on_1", "1"),
        ("happened_on_2", "2025"),
        ("body", "## Shared"),
    ):
        tab_to(page, name)
        page.keyboard.type(text)
    expect(page.locator("#kept")).to_contain_text("Kept ")
    expect(page).to_have_url(url(Evidence.objects.get(), "evidence_edit"))
    page.reload()
    expect(page.get_by_label("Your account")).to_have_value("## Shared")
    expect(page.locator("#found")).to_be_hidden()
    tab_to(page, "body")
    tab_to(page, "Preview")
    page.keyboard.press("Enter")
    expect(page.locator("#preview h3")).to_have_text("Shared")
    page.locator("#find-text").focus()
    page.keyboard.type("task 2 of s-c1")
    expect(page.locator("[data-pick]:visible")).to_have_count(1)
    tab_to(page, "tick-S-C1-2")
    page.keyboard.press("Space")
    tab_to(page, "why-S-C1-2")
    page.keyboard.type("I planned and gave it.")
    expect(page.locator("#chosen")).to_have_text("1 chosen")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Saved as version 1.")
    assert (Evidence.objects.count(), str(Link.objects.get().activity)) == (1, "S-C1 2")
    assert page.evaluate("Object.keys(localStorage)") == []


@pytest.mark.parametrize("width", [1280, 375])
def test_without_scripts_the_same_page_does_the_same(
    cast: Cast, signed_in: SignedIn, open_page: Opened, width: int
) -> None:
    page = signed_in(open_page(java_script_enabled=False, viewport={"width": width, "height": 800}), cast.trainee)
    page.goto(new_url(cast.portfolio) + "?activity=S-C1/2")
    page.get_by_label("Title", exact=True).fill("Lunch session")
    page.get_by_label("Your account").fill("*Three* ideas")
    page.get_by_label("How does it show S-C1 2?").fill("I gave it.")
    page.get_by_role("button", name="Preview").first.click()
    expect(page.locator("#preview em")).to_have_text("Three")
    expect(page.get_by_label("How does it show S-C1 2?")).to_have_value("I gave it.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("Enter the date you did it.")
    for label, text in (("Day", "31"), ("Month", "1"), ("Year", "2025")):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".app-meta")).to_contain_text("Version 1")
    assert (Evidence.objects.count(), Link.objects.count()) == (1, 1)


def test_what_the_server_did_not_take_is_kept_in_the_browser_and_offered_again(
    cast: Cast, signed_in: SignedIn, watched_page: Page, check_axe: Checked
) -> None:
    """As when the session ended: the answer is a sign-in page, not ours."""
    page = signed_in(watched_page, cast.trainee)
    page.route("**/autosave/", lambda route: route.fulfill(content_type="text/html", body="Sign in"))
    page.goto(new_url(cast.portfolio) + "?activity=S-C1/2")
    page.get_by_label("Your account").fill("Two hours of work")
    page.get_by_label("How does it show S-C1 2?").fill("My sentence")
    expect(page.locator("#trouble")).to_contain_text("What you typed is kept in this browser")
    assert Evidence.objects.count() == 0
    page.unroute("**/autosave/")
    page.goto(new_url(cast.portfolio))
    expect(page.locator("#found")).to_contain_text("This browser holds text that was not kept")
    check_axe(page)
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_label("Your account")).to_have_value("Two hours of work")
    expect(page.get_by_label("How does it show S-C1 2?")).to_have_value("My sentence")
    expect(page.locator("#kept")).to_contain_text("Kept ")
    assert Evidence.objects.get().body == "Two hours of work"


def test_a_stale_tab_says_so_and_writes_over_nothing(cast: Cast, signed_in: SignedIn, open_page: Opened) -> None:
    evidence = make.page(cast.portfolio, body="First")
    page = signed_in(open_page(), cast.trainee)
    page.route("**/autosave/", stale_without_the_browser_s_note)
    page.goto(url(evidence, "evidence_edit"))
    make.change(evidence, body="From another tab", save=False)
    page.get_by_label("Your account").fill("From this tab")
    expect(page.locator("#trouble")).to_contain_text("changed in another tab")
    evidence.refresh_from_db()
    assert evidence.body == "From another tab"


def stale_without_the_browser_s_note(route: Route) -> None:
    """The server's own answer, as 200: Chromium writes every 409 to the console by itself."""
    answer = route.fetch()
    assert answer.status == 409
    route.fulfill(response=answer, status=200)


# --- more activities than the page has room for ---------------------------------------------------------------------


@pytest.fixture
def wide(transactional_db: None) -> Portfolio:
    """300 activities in 25 modules, of which the form shows the first five whole."""
    return large(12, modules=25)


def module(page: Page, code: str) -> Locator:
    return page.locator(f"#pick-{code}")


def test_a_module_that_is_opened_gets_its_rows_and_what_was_typed_stays(
    wide: Portfolio, signed_in: SignedIn, watched_page: Page, check_axe: Checked
) -> None:
    evidence = make.page(wide)
    for number in range(1, 26):
        make.drafted(wide, f"S-B{number}", 12, evidence=evidence)
    page = signed_in(watched_page, wide.trainee)
    page.goto(url(evidence, "evidence_edit"))
    page.get_by_label("How does it show S-B25 12?").fill("Changed before the others came.")
    page.get_by_label("How does it show S-B9 12?").fill("This one too.")
    expect(module(page, "S-B9").locator("[data-pick]")).to_have_count(1)
    tab_to(page, "Show all 12 activities of S-B9")
    page.keyboard.press("Enter")
    expect(module(page, "S-B9").locator("[data-pick]")).to_have_count(12)
    assert focused(page) == "tick-S-B9-1"
    module(page, "S-B8").locator("summary").click()
    module(page, "S-B8").locator("summary").click()  # closed, and opened again
    expect(module(page, "S-B8").locator("[data-pick]")).to_have_count(12)
    page.locator("#find-text").fill("s-b25")
    expect(page.locator("#found-count")).to_have_text("12 activities match")
    expect(page.get_by_label("How does it show S-B25 12?")).to_have_value("Changed before the others came.")
    page.get_by_role("checkbox", name="Task 11 of S-B25").check()
    page.get_by_label("How does it show S-B25 11?").fill("Found by its words.")
    page.get_by_role("checkbox", name="Task 12 of S-B25").uncheck()
    expect(page.locator("#chosen")).to_have_text("25 chosen")
    check_axe(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Saved as version 1.")
    kept = {str(link.activity): link.why for link in evidence.links.all()}
    assert (len(kept), kept["S-B9 12"], kept["S-B25 11"], "S-B25 12" in kept) == (
        25,
        "This one too.",
        "Found by its words.",
        False,
    )


def test_what_this_browser_kept_of_a_module_that_is_not_shown_is_brought_back(
    wide: Portfolio, signed_in: SignedIn, watched_page: Page
) -> None:
    page = signed_in(watched_page, wide.trainee)
    page.route("**/autosave/", lambda route: route.fulfill(content_type="text/html", body="Sign in"))
    page.goto(new_url(wide) + "?activity=S-B25/2")
    page.get_by_label("How does it show S-B25 2?").fill("My sentence")
    expect(page.locator("#trouble")).to_contain_text("What you typed is kept in this browser")
    page.goto(new_url(wide))
    page.route("**/new/?show=*", lambda route: route.fulfill(content_type="text/html", body="Sign in"))
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator("#trouble")).to_contain_text("Not brought back")
    expect(page.locator("#found")).to_be_visible()
    page.unroute("**/new/?show=*")
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator("[name='why-S-B25-2']")).to_have_value("My sentence")
    expect(page.locator("[name='tick-S-B25-2']")).to_be_checked()


@pytest.mark.parametrize("width", [1280, 375])
def test_without_scripts_a_button_shows_the_module_and_keeps_what_was_typed(
    wide: Portfolio, signed_in: SignedIn, open_page: Opened, width: int
) -> None:
    evidence = make.page(wide)
    page = signed_in(open_page(java_script_enabled=False, viewport={"width": width, "height": 800}), wide.trainee)
    page.goto(url(evidence, "evidence_edit"))
    page.get_by_label("Your account").fill("*Three* ideas")
    module(page, "S-B25").locator("summary").click()
    page.get_by_role("button", name="Show all 12 activities of S-B25").click()
    expect(page).to_have_url(re.compile("#pick-S-B25$"))
    expect(module(page, "S-B25").locator("summary")).to_be_in_viewport()
    expect(page.get_by_label("Your account")).to_have_value("*Three* ideas")
    page.get_by_role("checkbox", name="Task 7 of S-B25").check()
    page.get_by_label("How does it show S-B25 7?").fill("It does.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".app-meta")).to_contain_text("Version 2")
    assert [(str(link.activity), link.why) for link in evidence.links.all()] == [("S-B25 7", "It does.")]
