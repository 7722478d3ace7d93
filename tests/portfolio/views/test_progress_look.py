"""The pages of progress, home and people in a real browser: axe finds nothing, and nothing is wider than a phone."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from portfolio.models import Portfolio
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast

LONG = "Verwaltungsgerichtsverfahrensbeschleunigungsgesetz" * 3


def in_every_state(cast: Cast) -> None:
    """Priya's portfolio holds an activity in each state, one with a very long name, and a module that is ready."""
    of = cast.portfolio
    make.signed_off(of, cast.assessor, "S-C1", 1)
    make.returned(of, cast.assessor, "S-C1", 2)
    make.in_review(of, cast.assessor, "S-C1", 3)
    make.drafted(of, "S-X1", 1, evidence=make.page(of, LONG, LONG))
    make.writing.name_place(of, "S-X1", 2, title=LONG, type="OTA", by=cast.trainee)
    for number in (1, 2, 3):
        make.signed_off(cast.other, cast.assessor, "S-C1", number)


def pages(cast: Cast) -> list[tuple[User | None, str]]:
    """Every page of this wing, and who looks."""
    in_every_state(cast)
    of, other = cast.portfolio, cast.other
    activities = [(cast.trainee, reverse("activity", args=[of.ref, "S-C1", number])) for number in (1, 2, 3)]
    return [
        (None, reverse("home")),
        (cast.stranger, reverse("home")),
        (cast.trainee, reverse("progress", args=[of.ref])),
        (cast.officer, reverse("progress", args=[of.ref])),
        (cast.other_trainee, reverse("progress", args=[other.ref])),
        (cast.trainee, reverse("module", args=[of.ref, "S-C1"])),
        (cast.trainee, reverse("module", args=[of.ref, "S-X1"])),
        (cast.other_officer, reverse("module", args=[other.ref, "S-C1"])),
        *activities,
        (cast.trainee, reverse("activity", args=[of.ref, "S-X1", 1])),
        (cast.trainee, reverse("activity", args=[of.ref, "S-X1", 4])),
        (cast.officer, reverse("activity", args=[of.ref, "S-C1", 1])),
        (cast.trainee, reverse("activity_label", args=[of.ref, "S-X1", 2])),
        (cast.administrator, reverse("trainees")),
        (cast.stranger, reverse("trainees")),
        (cast.trainee, reverse("people", args=[of.ref])),
        (cast.other_officer, reverse("reviewing") + "?show=modules"),
    ]


def after_sign_off(cast: Cast) -> list[tuple[User | None, str]]:
    """What can be looked at only once a module is signed off and a portfolio closed."""
    make.module_signed_off(cast.other, cast.other_officer)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed in November.")
    closed = Portfolio.objects.get(pk=cast.portfolio.pk)
    return [
        (cast.other_officer, reverse("module_void", args=[cast.other.ref, "S-C1"])),
        (cast.other_officer, reverse("module", args=[cast.other.ref, "S-C1"])),
        (cast.administrator, reverse("portfolio_reopen", args=[closed.ref])),
        (cast.trainee, reverse("progress", args=[closed.ref])),
    ]


@pytest.mark.parametrize("width", [1280, 375])
def test_every_page_passes_axe_and_fits(
    cast: Cast,
    open_page: Callable[..., Page],
    sign_in: Callable[[Page, User], None],
    check_axe: Callable[[Page], None],
    width: int,
) -> None:
    for look in (pages, after_sign_off):
        for person, address in look(cast):
            page = open_page(viewport={"width": width, "height": 900})
            if person is not None:
                sign_in(page, person)
            response = page.goto(address)
            assert response is not None
            assert response.status == 200, address
            check_axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            page.context.close()
