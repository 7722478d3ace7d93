"""Every kind of page in a browser: axe, width, keyboard, focus, contrast themes, paper. And no template is left out."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.test.signals import template_rendered
from playwright.sync_api import Page, expect

from portfolio.templatetags import look
from tests.cast import assemble
from tests.look import checks
from tests.look.kinds import WINGS, Kind

pytestmark = [pytest.mark.urls("tests.config.urls")]
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

# Shown by no page: mails and what allauth says, its pieces that no page of ours uses, and Django's own admin site.
ELSEWHERE = ("account/email/", "account/messages/", "accounts/mail/", "admin/")
UNUSED = {
    "account/demo_people.html": "only in a demonstration",
    "portfolio/one_off/decide.html": "needs the code of a mail: tests/e2e/test_deciding_by_link.py looks at it",
    "portfolio/one_off/assess.html": "the same of an assessment, in the same file",
    "portfolio/one_off/done.html": "comes after that page: the same test",
    **{
        f"portfolio/one_off/{name}.html": "on a device that was handed over: tests/e2e/test_deciding_on_the_device.py"
        for name in ("lent_door", "lent_decide", "lent_assess", "lent_over", "lent_until")
    },
    "account/email_confirm.html": "only for whom the command line made a superuser: needs their single-use link",
    **{
        f"allauth/elements/{name}.html": "for pages of allauth that are not ours"
        for name in ("alert", "badge", "button_group", "details", "h2", "hr", "panel")
    },
}


@pytest.fixture(autouse=True)
def quiet_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Faults are wanted here."""
    with caplog.at_level(logging.CRITICAL):
        yield


@pytest.fixture
def shown() -> Iterator[set[str]]:
    """The names of all templates rendered so far, in this thread or in the server's."""
    names: set[str] = set()
    look._drawn.cache_clear()  # what was drawn before is not drawn again

    def seen(*, template: Any, **_: Any) -> None:
        names.add(template.name)

    template_rendered.connect(seen)
    yield names
    template_rendered.disconnect(seen)


def visit(page: Page, kind: Kind) -> list[str]:
    """Look at one kind in every way."""
    page.set_viewport_size({"width": 1280, "height": 900})
    answer = page.goto(kind.address)
    assert answer is not None
    found = [] if answer.status == kind.status else [f"answered {answer.status}"]
    if kind.press:
        page.locator("main").get_by_role("button", name=kind.press, exact=True).click()
        expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    found += checks.in_every_way(page)
    return [f"{kind.name}: {one}" for one in found]


@pytest.mark.parametrize("wing", WINGS)
@pytest.mark.django_db(transaction=True)
def test_every_kind_of_page_can_be_used_by_everybody(wing: str, walk: Callable[..., list[str]]) -> None:
    assert walk(WINGS[wing](assemble()), visit) == []


@pytest.mark.django_db
def test_no_template_is_left_out(shown: set[str]) -> None:
    """A new template needs a kind of page in kinds.py that shows it, or a name and a reason above."""
    for wing in WINGS.values():
        with transaction.atomic():
            for kind in wing(assemble()):
                visitor = Client(raise_request_exception=False)
                if kind.person is not None:
                    visitor.force_login(kind.person)
                visitor.get(kind.address, follow=True)
                if kind.press:
                    visitor.post(kind.address, {"go": "save"})
            transaction.set_rollback(True)
    every = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    assert sorted(name for name in every - shown - set(UNUSED) if not name.startswith(ELSEWHERE)) == []
    assert sorted(set(UNUSED) - every) == []
