"""The assessor decides on the device that the trainee hands over, in a real browser: 3 pages, 10 interactions."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from portfolio.models import AssessmentDecision, Decision
from portfolio.states import AssessmentOutcome, Outcome
from tests import make
from tests.cast import assemble
from tests.look import checks

pytestmark = pytest.mark.job
PDF = Path(settings.BASE_DIR) / "tests" / "e2e" / "notes.pdf"
ROUNDS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "no-javascript": {"viewport": {"width": 375, "height": 700}, "java_script_enabled": False},
    "phone": {"viewport": {"width": 375, "height": 700}, "has_touch": True},
}
MOST_PAGES, MOST_INTERACTIONS = 3, 10


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=button).click()


def code_for(address: str) -> str:
    body = next(str(one.body) for one in reversed(mail.outbox) if one.to == [address])
    found = re.search(r"Your code is (\d{6})", body)
    assert found is not None, body
    return found[1]


@pytest.mark.django_db(transaction=True)
def test_the_assessor_decides_on_the_trainees_device_and_reaches_nothing_else(
    open_page: Callable[..., Page],
    sign_in: Callable[[Page, User], None],
    check_axe: Callable[[Page], None],
    live_server: LiveServer,
) -> None:
    cast = assemble()
    ref = cast.portfolio.ref
    for number, (name, options) in enumerate(ROUNDS.items(), start=1):
        looks = check_axe if name != "no-javascript" else lambda page: None
        evidence = make.page(cast.portfolio, f"What I did, {name}")
        make.attachment(evidence, "notes.pdf", PDF.read_bytes())
        item = make.submit(cast.assessor, make.drafted(cast.portfolio, number=number, evidence=evidence))[0]

        page = open_page(**options)
        heading = page.get_by_role("heading", level=1)
        sign_in(page, cast.trainee)
        page.goto(f"{live_server.url}/portfolios/{ref}/submissions/{item.submission.sid}/")
        press(page, "Hand over this device to Maya Lind")

        # From here on it is the assessor. The first page is the one that they were handed.
        pages, interactions = 1, 0
        expect(heading).to_have_text("Enter the code")
        expect(page.get_by_role("main")).not_to_contain_text("What I did")
        looks(page)
        page.get_by_label("The code from the mail").fill(code_for(cast.assessor.email))
        press(page, "Show me the evidence")
        pages, interactions = pages + 1, interactions + 2
        expect(page.get_by_role("main")).to_contain_text(f"What I did, {name}")
        expect(page.get_by_role("link", name="notes.pdf").first).to_have_attribute("href", re.compile("^/lent/files/"))
        expect(page.get_by_role("navigation")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        if name != "no-javascript":
            assert checks.in_every_way(page) == []
        page.get_by_label("Sign off", exact=True).check()
        press(page, "Record your decision")
        pages, interactions = pages + 1, interactions + 2
        expect(heading).to_have_text("Thank you. Hand the device back")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        looks(page)
        assert (pages <= MOST_PAGES, interactions <= MOST_INTERACTIONS) == (True, True)
        row = Decision.objects.latest("pk")
        assert (row.outcome, row.signer, row.by_lending is not None) == (Outcome.SIGNED_OFF, cast.assessor, True)

        # Nothing of the trainee's is behind it, by the back button or by an address, until they sign in.
        seen = []
        while page.go_back() and page.url != "about:blank":
            expect(page.get_by_role("main")).not_to_contain_text("What I did")
            expect(page.get_by_role("navigation")).to_have_count(0)
            seen.append(heading.inner_text())
        assert seen[-1] == "Sign in"  # where the submission of the trainee was
        page.goto(f"{live_server.url}/portfolios/{ref}/")
        expect(heading).to_have_text("Sign in")
        page.goto(f"{live_server.url}/lent/")
        with page.expect_navigation():
            page.get_by_role("link", name="Sign in as Priya Raman").click()
        expect(heading).to_have_text("Sign in")
        assert page.url.endswith(f"submissions%2F{item.submission.sid}%2F")
        page.context.close()


@pytest.mark.django_db(transaction=True)
def test_the_assessor_completes_the_mark_form_on_the_trainees_device(
    open_page: Callable[..., Page],
    sign_in: Callable[[Page, User], None],
    check_axe: Callable[[Page], None],
    live_server: LiveServer,
) -> None:
    cast = assemble()
    of = make.with_assessments(cast.portfolio)
    row = make.asked(of, cast.assessor)
    page = open_page(**ROUNDS["phone"])
    heading = page.get_by_role("heading", level=1)
    sign_in(page, cast.trainee)
    page.goto(f"{live_server.url}/portfolios/{of.ref}/assessments/{row.aid}/")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    check_axe(page)
    press(page, "Hand over this device to Maya Lind")
    expect(heading).to_have_text("Enter the code")
    page.get_by_label("The code from the mail").fill(code_for(cast.assessor.email))
    press(page, "Show me the mark form")
    expect(heading).to_have_text(row.title)
    expect(page.get_by_role("navigation")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert checks.in_every_way(page) == []
    for criterion in ("Prepares (DOPS)", "Explains (DOPS)"):
        page.get_by_role("group", name=criterion).get_by_label("Meets expectations").check()
    page.get_by_label("Satisfactory", exact=True).check()
    page.get_by_label("I confirm my standing").check()
    press(page, "Record the outcome")
    expect(heading).to_have_text("Thank you. Hand the device back")
    made = AssessmentDecision.objects.get()
    assert (made.outcome, made.signer, made.by_lending is not None) == (
        AssessmentOutcome.SATISFACTORY,
        cast.assessor,
        True,
    )
    page.context.close()
