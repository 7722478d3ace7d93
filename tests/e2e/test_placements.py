"""A placement in a real browser, on the demonstration: planned, confirmed, supervised, over; and the journal.

The trainee plans it, with two mistakes put right on the way; the officer confirms it; its supervisor finds the trainee,
decides on what was sent to them, and finds nothing of another module. The trainee turns a note into evidence.
"""

from collections.abc import Callable
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from portfolio.management.commands.make_demo import CAST
from portfolio.models import Placement, Portfolio
from tests.e2e.test_main_job import ROUNDS, demo, fits, sign_in, sign_out

__all__ = ["demo"]


def fill_day(page: Page, label: str, day: date) -> None:
    group = page.get_by_role("group", name=label)
    for part, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(part).fill(str(number))


def plan(page: Page, title: str, first: date) -> None:
    """With the last day before the first, then on days that are another placement's, then right."""
    page.get_by_role("link", name="Plan", exact=True).click()
    page.get_by_role("link", name="Placements", exact=True).click()
    page.get_by_role("link", name="Plan a placement").first.click()
    page.get_by_label("Elective").check()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Supervisor’s e-mail address").fill(CAST["hugh"][1])
    page.get_by_label("S-C1").check()
    page.get_by_label("Aims").fill("See how an image is found again.")
    fill_day(page, "First day", first)
    fill_day(page, "Last day", first - timedelta(days=1))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("The last day is before the first.")
    today = timezone.localdate()
    fill_day(page, "First day", today)
    fill_day(page, "Last day", today + timedelta(days=4))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("These dates overlap with “Radiotherapy”")
    expect(page.get_by_label("Aims")).to_have_value("See how an image is found again.")
    fits(page)
    fill_day(page, "First day", first)
    fill_day(page, "Last day", first + timedelta(days=4))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    fits(page)


def test_a_placement_is_planned_and_confirmed(
    demo: Portfolio, open_page: Callable[..., Page], check_axe: Callable[[Page], None]
) -> None:
    for number, (name, options) in enumerate(ROUNDS.items()):
        page, title = open_page(**options), f"Imaging, {name}"
        sign_in(page, "priya")
        plan(page, title, timezone.localdate() + timedelta(days=200 + 10 * number))
        if options.get("java_script_enabled", True):
            check_axe(page)
        placement = Placement.objects.get(title=title)
        assert placement.state == "planned"
        sign_out(page)
        sign_in(page, "ana")
        page.goto(reverse("placement", args=[demo.ref, placement.pid]))
        page.get_by_role("link", name="Confirm this placement").click()
        expect(page.get_by_role("button", name="Confirm this placement")).to_be_visible()
        fits(page)
        page.get_by_role("button", name="Confirm this placement").click()
        expect(page.get_by_text("Confirmed. The trainee and the supervisor are told.")).to_be_visible()
        placement.refresh_from_db()
        assert (placement.state, placement.role is not None) == ("confirmed", True)
        sign_out(page)


def test_its_supervisor_finds_the_trainee_decides_and_finds_no_other_module(
    demo: Portfolio, open_page: Callable[..., Page], check_axe: Callable[[Page], None]
) -> None:
    page = open_page(viewport={"width": 375, "height": 700}, has_touch=True)
    sign_in(page, "hugh")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your trainees")
    fits(page)
    page.get_by_role("link", name="Priya Raman").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Priya Raman")
    fits(page)
    check_axe(page)
    assert page.get_by_role("link", name="ROT-3").count() > 0
    assert page.get_by_role("link", name="S-C1").count() == 0
    page.get_by_role("link", name="Queue (1)").click()
    page.get_by_role("link", name="Priya Raman: ROT-3 1", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("as placement supervisor, under your name")
    fits(page)
    page.get_by_label("Sign off", exact=True).check()
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text("Signed off ROT-3 1")).to_be_visible()
    assert demo.activities.get(module__code="ROT-3", number=1).state == "signed_off"


def test_a_note_becomes_a_page_of_evidence_with_nothing_retyped(
    demo: Portfolio, open_page: Callable[..., Page]
) -> None:
    page = open_page(**ROUNDS["no-javascript"])
    sign_in(page, "priya")
    page.get_by_role("link", name="Evidence", exact=True).click()
    page.get_by_role("link", name="Journal", exact=True).click()
    page.get_by_role("link", name="Write a note").first.click()
    page.get_by_label("What happened").fill("A long meeting about names.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Only you read it.")).to_be_visible()
    page.get_by_role("button", name="Make it a page of evidence").click()
    expect(page.get_by_text("This page holds your note.")).to_be_visible()
    assert "A long meeting about names." in page.content()
