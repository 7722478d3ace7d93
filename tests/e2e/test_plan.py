"""Planning in a real browser: by keyboard, without scripts on a phone, and by dragging."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from portfolio.models import Portfolio
from portfolio.plan.months import first_of, later, words
from portfolio.plan.reading import planned as planned_of
from portfolio.workflow.plan import Put, put
from tests import make
from tests.cast import Cast, assemble
from tests.portfolio.conftest import sign_in

__all__ = ["sign_in"]  # a fixture
SignedIn = Callable[[Page, User], None]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return assemble()


def plan_of(cast: Cast) -> tuple[Portfolio, str]:
    cast.portfolio = make.with_rules(cast.portfolio)
    return cast.portfolio, reverse("plan", args=[cast.portfolio.ref])


def months(of: Portfolio) -> dict[str, str]:
    return {f"{code} {number}": words(month) for (code, number), month in planned_of(of).months.items()}


def test_an_activity_is_planned_by_keyboard_alone(cast: Cast, sign_in: SignedIn, watched_page: Page) -> None:
    of, address = plan_of(cast)
    page, month = watched_page, later(first_of(make.today()))
    sign_in(page, cast.trainee)
    page.goto(address)
    page.get_by_label("Plan what is ticked for").focus()
    page.keyboard.type(words(month))
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "S-C1/2":
            break
    page.keyboard.press("Space")
    page.get_by_role("button", name="Plan", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Planned S-C1 2 for {words(month)}.")).to_be_visible()
    assert months(of) == {"S-C1 2": words(month)}


def test_several_are_planned_and_taken_out_without_scripts_on_a_phone(
    cast: Cast, sign_in: SignedIn, open_page: Callable[..., Page]
) -> None:
    of, address = plan_of(cast)
    month = words(later(first_of(make.today())))
    page = open_page(viewport={"width": 375, "height": 800}, java_script_enabled=False)
    sign_in(page, cast.trainee)
    page.goto(address)
    assert not page.get_by_text("You can also drag").is_visible()
    for number in (1, 3):
        page.get_by_label(f"S-C1 {number} Task {number} of S-C1").check()
    page.get_by_label("Plan what is ticked for").select_option(label=month)
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.get_by_text(f"Planned 2 activities for {month}.")).to_be_visible()
    assert months(of) == {"S-C1 1": month, "S-C1 3": month}
    page.get_by_label("S-C1 3 Task 3 of S-C1").check()
    page.get_by_role("button", name="Take out of the plan").click()
    expect(page.get_by_text("Took S-C1 3 out of the plan.")).to_be_visible()
    assert months(of) == {"S-C1 1": month}


def test_an_activity_is_dragged_into_a_month_on_into_a_placement_and_back_and_nothing_goes_into_the_past(
    cast: Cast, sign_in: SignedIn, watched_page: Page
) -> None:
    of, address = plan_of(cast)
    page, now = watched_page, first_of(make.today())
    there = make.placement_planned(of, codes=("S-C1",))
    put(of, Put({("S-C1", 3)}, month=now), by=cast.trainee)
    of.scheduled.update(year=now.year - 1)  # a month that is past
    sign_in(page, cast.trainee)
    page.goto(address)

    def drag(number: int, place: str) -> None:
        expect(page.get_by_text("You can also drag")).to_be_visible()  # the page's script listens
        item = page.locator(".nhsuk-checkboxes__item", has=page.locator(f"input[value='S-C1/{number}']"))
        item.drag_to(page.locator(f"[data-place='{place}']").first)

    page.get_by_label("S-C1 1 Task 1 of S-C1").check()  # ticked for something else: it stays where it is
    for month in (later(now), later(now, 2)):
        drag(2, f"{month:%Y-%m}")
        expect(page.get_by_text(f"Planned S-C1 2 for {words(month)}.")).to_be_visible()
        assert months(of)["S-C1 2"] == words(month)
        assert "S-C1 1" not in months(of)
    drag(2, f"placement-{there.pid}")
    expect(page.get_by_text("Planned S-C1 2 for the placement.")).to_be_visible()
    assert "S-C1 2" not in months(of)
    assert list(there.planned.values_list("module__code", "number")) == [("S-C1", 2)]
    drag(1, f"{now.year - 1}-{now.month:02}")
    page.wait_for_timeout(500)
    assert "S-C1 1" not in months(of)
    drag(2, "out")
    expect(page.get_by_text("Took S-C1 2 out of the plan.")).to_be_visible()
    assert "S-C1 2" not in months(of)
    assert there.planned.count() == 0
