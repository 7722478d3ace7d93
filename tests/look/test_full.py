"""Every list with as many rows as it may have: no page is endless, too heavy, or wider than its screen."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.cast import assemble
from tests.look import checks
from tests.look.full import FULL, Kind

# The names stay in place while the rest of the table scrolls under them: on a phone there is room for both.
COVERED = """() => [...document.querySelectorAll('.app-heatwrap')].filter(box =>
  box.querySelector('tbody th').clientWidth > .6 * box.clientWidth).map(() => 'names cover the table')"""
MOST_BYTES = 100_000  # of HTML
# What belongs together on one page may weigh more: compressed it is a tenth of that.
HEAVIER = {
    "submit": 160_000,  # 25 activities with all that was written of each
    "decision on many items": 220_000,  # 20 items, each with every snippet: nothing is signed unread
    "plan": 310_000,  # 300 activities, of which each can be dragged to any month
}


def visit(page: Page, kind: Kind) -> list[str]:
    """Whether it is heavy, wide, or against the rules of axe: one visit for all widths."""
    page.set_viewport_size({"width": 1280, "height": 900})
    answer = page.goto(kind.address)
    assert answer is not None
    found = [] if answer.status == kind.status else [f"answered {answer.status}"]
    bytes_of_html = len(answer.body())
    found += [] if bytes_of_html <= HEAVIER.get(kind.name, MOST_BYTES) else [f"{bytes_of_html:,} bytes of HTML"]
    if not kind.address.startswith(reverse("admin:index")):  # Django's own pages scroll sideways on a phone
        found += checks.fits(page, 1280) + checks.fits(page, 375) + checks.axe(page) + page.evaluate(COVERED)
    return [f"{kind.name}: {one}" for one in found]


@pytest.mark.parametrize("wing", FULL)
@pytest.mark.django_db(transaction=True)
def test_a_list_with_very_many_rows_can_be_read_by_everybody(wing: str, walk: Callable[..., list[str]]) -> None:
    assert walk(FULL[wing](assemble()), visit) == []
