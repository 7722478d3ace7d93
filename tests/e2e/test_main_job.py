"""The main job, end to end in a real browser, on the demonstration that `make demo` makes.

The trainee logs evidence against one of the 20 activities of S-C1 and submits it; the assessor reads it and signs it
off; the trainee's progress moves. On a desktop, without JavaScript, and on a phone of 375 px.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from portfolio.management.commands.make_demo import CAST, PASSWORD
from portfolio.models import Portfolio
from tests import demonstration
from tests.chains import broken_chains

pytestmark = pytest.mark.job
PDF = Path(settings.BASE_DIR) / "tests" / "e2e" / "notes.pdf"
ROUNDS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "no-javascript": {"viewport": {"width": 1280, "height": 900}, "java_script_enabled": False},
    "phone": {"viewport": {"width": 375, "height": 700}, "has_touch": True},
}


@pytest.fixture
def demo(transactional_db: None, shared_folder: Path) -> Portfolio:
    """The demonstration, whole, and this test's own."""
    demonstration.give(shared_folder)
    return Portfolio.objects.get(trainee__name="Priya Raman")


def sign_in(page: Page, key: str) -> None:
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Sign in").first.click()
    page.get_by_label("E-mail address").fill(CAST[key][1])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")


def fits(page: Page) -> None:
    """Of a page that has come: what was waited for before stands on it."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def test_evidence_is_logged_submitted_signed_off_and_counted(
    demo: Portfolio, open_page: Callable[..., Page], check_axe: Callable[[Page], None]
) -> None:
    for number, (name, options) in enumerate(ROUNDS.items()):
        activity = (8, 19, 20)[number]
        page = open_page(**options)
        title = f"What I did for activity {activity}, {name}"

        sign_in(page, "priya")
        expect(page.get_by_role("main")).to_contain_text(f"{12 + number} of 20 activities")
        fits(page)
        page.goto(f"/portfolios/{demo.ref}/modules/S-C1/{activity}/")
        page.get_by_role("link", name="Log evidence").first.click()
        page.get_by_label("Title", exact=True).fill(title)
        page.get_by_label("Day").fill("3")
        page.get_by_label("Month").fill("11")
        page.get_by_label("Year").fill("2026")
        page.get_by_label("Your account").fill("## What I did\n\nI wrote it **down** and had it read.")
        page.get_by_label("Add files").set_input_files(PDF)
        expect(page.locator(f"[name='tick-S-C1-{activity}']")).to_be_checked()
        page.get_by_label(f"How does it show S-C1 {activity}?").fill("Shows what I did and who read it.")
        fits(page)
        page.get_by_role("button", name="Save and submit to an assessor").click()

        page.wait_for_url("**/submit/**")
        page.get_by_label("Maya Lind").check()
        page.get_by_label("I have checked this").check()
        fits(page)
        page.get_by_role("button", name="Submit to the assessor").click()
        expect(page.get_by_role("main")).to_contain_text("Maya Lind")
        sign_out(page)

        sign_in(page, "maya")
        page.get_by_role("link", name=f"Priya Raman: S-C1 {activity}", exact=True).click()
        expect(page.get_by_role("heading", name="What I did", exact=True)).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text("Shows what I did and who read it.")
        fits(page)
        if options.get("java_script_enabled", True):
            check_axe(page)
        with page.expect_download() as download:
            page.get_by_role("link", name="notes.pdf").click()
        assert Path(download.value.path()).read_bytes() == PDF.read_bytes()
        page.get_by_label("Sign off", exact=True).check()
        page.get_by_label(f"Feedback on S-C1 {activity}").fill("Clear. Well done.")
        page.get_by_role("button", name="Record").click()
        expect(page.get_by_text(f"Signed off S-C1 {activity}")).to_be_visible()
        sign_out(page)

        sign_in(page, "priya")
        expect(page.get_by_role("main")).to_contain_text(f"{13 + number} of 20 activities")
        page.goto(f"/portfolios/{demo.ref}/modules/S-C1/{activity}/")
        expect(page.get_by_role("main")).to_contain_text("Clear. Well done.")
        sign_out(page)
    assert broken_chains() == []
