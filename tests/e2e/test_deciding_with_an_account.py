"""From the mail to a signed decision with an account, in a real browser: at most 3 pages and 10 interactions."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.invitations import verified
from accounts.models import User
from outbox.delivery import deliver
from portfolio.models import AssessmentDecision, Decision
from portfolio.states import AssessmentOutcome, Outcome
from tests import make
from tests.cast import assemble
from tests.e2e.test_deciding_by_link import MOST_INTERACTIONS, MOST_PAGES, ROUNDS, Counted

pytestmark = pytest.mark.job
PASSWORD = "only-for-this-test-2026"


def way_in(page: Page, assessor: User) -> Counted:
    """She opens the link of the newest mail and signs in: what she came for stands there."""
    deliver()
    body = next(str(one.body) for one in reversed(mail.outbox) if one.to == [assessor.email])
    found = re.search(r"(http\S+/reviewing/\S+)", body)
    assert found is not None, body
    her = Counted(page)
    her.open(found[1])
    her.fill("E-mail address", assessor.email)
    her.fill("Password", PASSWORD)
    her.click("Sign in")
    expect(page).to_have_url(found[1])
    return her


@pytest.mark.django_db(transaction=True)
def test_an_assessor_decides_from_the_mail_in_three_pages_and_ten_interactions_signing_in_included(
    open_page: Callable[..., Page], live_server: LiveServer, settings: Settings
) -> None:
    settings.SITE_URL = live_server.url
    cast = assemble()
    cast.assessor.set_password(PASSWORD)
    cast.assessor.save()
    verified(cast.assessor)
    for number, (name, options) in enumerate(ROUNDS.items(), start=1):
        make.in_review(cast.portfolio, cast.assessor, number=number)
        page = open_page(**options)
        her = way_in(page, cast.assessor)
        her.choose("Sign off")
        her.click("Record your decision")
        expect(page.get_by_text(f"Signed off S-C1 {number}")).to_be_visible()
        assert (her.pages <= MOST_PAGES, her.interactions <= MOST_INTERACTIONS) == (True, True), (name, vars(her))
        row = Decision.objects.latest("pk")
        assert (row.outcome, row.signer, row.by_link) == (Outcome.SIGNED_OFF, cast.assessor, None)
    made = make.asked(make.with_assessments(cast.other), cast.assessor)
    page = open_page(**options)
    her = way_in(page, cast.assessor)
    for criterion in ("Prepares (DOPS)", "Explains (DOPS)"):
        page.get_by_role("group", name=criterion).get_by_label("Meets expectations").check()
        her.interactions += 1
    her.choose("Satisfactory")
    her.choose("I confirm my standing")
    her.click("Record the outcome")
    assert (her.pages <= MOST_PAGES, her.interactions <= MOST_INTERACTIONS) == (True, True), vars(her)
    outcome = AssessmentDecision.objects.get(assessment=made)
    assert (outcome.outcome, outcome.signer) == (AssessmentOutcome.SATISFACTORY, cast.assessor)
