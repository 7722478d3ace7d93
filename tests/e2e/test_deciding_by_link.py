"""From the mail to a signed decision without an account, in a real browser: at most 3 pages and 10 interactions."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from portfolio.models import AssessmentDecision, Decision, Nomination
from portfolio.states import AssessmentOutcome, Outcome
from portfolio.workflow import perform
from tests import make
from tests.cast import assemble
from tests.look import checks

pytestmark = pytest.mark.job
PDF = Path(settings.BASE_DIR) / "tests" / "e2e" / "notes.pdf"
ROUNDS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "no-javascript": {"viewport": {"width": 1280, "height": 900}, "java_script_enabled": False},
    "phone": {"viewport": {"width": 375, "height": 700}, "has_touch": True},
}
MOST_PAGES, MOST_INTERACTIONS = 3, 10


class Counted:
    """What somebody does on a page, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.pages, self.interactions = page, 0, 0

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.pages += 1
        self.interactions += 1

    def click(self, button: str, *, leads_on: bool = True) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("button", name=button).click()
        self.pages += leads_on
        self.interactions += 1

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)
        self.interactions += 1

    def choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).check()
        self.interactions += 1


def newest(pattern: str) -> str:
    """From the newest mail to her: the link, or the code."""
    body = next(str(one.body) for one in reversed(mail.outbox) if one.to == ["grace.hall@example.org"])
    found = re.search(pattern, body)
    assert found is not None, body
    return found[1]


@pytest.mark.django_db(transaction=True)
def test_somebody_without_an_account_decides_from_the_mail_in_three_pages_and_ten_interactions(
    open_page: Callable[..., Page],
    check_axe: Callable[[Page], None],
    live_server: LiveServer,
    settings: Settings,
) -> None:
    settings.SITE_URL = live_server.url
    cast = assemble()
    for number, (name, options) in enumerate(ROUNDS.items(), start=1):
        evidence = make.page(cast.portfolio, f"What I did, {name}")
        make.attachment(evidence, "notes.pdf", PDF.read_bytes())
        make.drafted(cast.portfolio, number=number, evidence=evidence)
        make.nominated(cast.portfolio, number)
        perform("approve nomination", Nomination.objects.get(until=None), by=cast.officer)

        page = open_page(**options)
        her = Counted(page)
        her.open(newest(r"(http\S+/sign/\S+)"))
        expect(page.get_by_role("main")).not_to_contain_text("Priya")
        if name != "no-javascript":
            check_axe(page)
        her.click("Send me a code")
        her.fill("The code from the mail", newest(r"Your code is (\d{6})"))
        her.click("Show me the evidence")
        expect(page.get_by_role("main")).to_contain_text(f"What I did, {name}")
        expect(page.get_by_role("link", name="notes.pdf").first).to_have_attribute("href", re.compile("^/sign/"))
        expect(page.locator("a[href='#decision']")).to_be_visible(visible=name == "phone")  # there it is far below
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        if name != "no-javascript":
            assert checks.in_every_way(page) == []
        her.choose("Sign off")
        her.click("Record your decision", leads_on=False)
        expect(page.get_by_role("heading", level=1)).to_have_text("Your decision is recorded")
        if name != "no-javascript":
            check_axe(page)
        assert (her.pages <= MOST_PAGES, her.interactions <= MOST_INTERACTIONS) == (True, True), vars(her)

        row = Decision.objects.latest("pk")
        assert (row.outcome, row.signer_name, row.by_link is not None) == (Outcome.SIGNED_OFF, "Grace Hall", True)
        assert "This is a copy of what you decided" in newest(r"(?s)(.*)")
        page.reload()
        expect(page.get_by_role("main")).to_contain_text("This link was used")


@pytest.mark.django_db(transaction=True)
def test_somebody_without_an_account_completes_a_mark_form_in_three_pages_and_ten_interactions(
    open_page: Callable[..., Page],
    live_server: LiveServer,
    settings: Settings,
) -> None:
    settings.SITE_URL = live_server.url
    cast = assemble()
    of = make.with_assessments(cast.portfolio)
    for name, options in ROUNDS.items():
        row, _ = make.linked_to_assess(of, cast.officer, title=f"What I did, {name}")
        page = open_page(**options)
        her = Counted(page)
        her.open(newest(r"(http\S+/sign/\S+)"))
        expect(page.get_by_role("main")).not_to_contain_text("Priya")
        her.click("Send me a code")
        her.fill("The code from the mail", newest(r"Your code is (\d{6})"))
        her.click("Show me the mark form")
        expect(page.get_by_role("heading", level=1)).to_have_text(f"What I did, {name}")
        expect(page.get_by_role("navigation")).to_have_count(0)
        expect(page.locator("a[href='#decision']")).to_be_visible(visible=name == "phone")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        if name != "no-javascript":
            assert checks.in_every_way(page) == []
        for criterion in ("Prepares (DOPS)", "Explains (DOPS)"):
            page.get_by_role("group", name=criterion).get_by_label("Meets expectations").check()
            her.interactions += 1
        her.choose("Satisfactory")
        her.choose("I confirm my standing")
        her.click("Record the outcome", leads_on=False)
        expect(page.get_by_role("heading", level=1)).to_have_text("Your decision is recorded")
        assert (her.pages <= MOST_PAGES, her.interactions <= MOST_INTERACTIONS) == (True, True), vars(her)
        made = AssessmentDecision.objects.latest("pk")
        known = (AssessmentOutcome.SATISFACTORY, "Grace Hall", True)
        assert (made.outcome, made.signer_name, made.by_link is not None) == known
        assert made.assessment == row
        assert "This is a copy of what you recorded" in newest(r"(?s)(.*)")
