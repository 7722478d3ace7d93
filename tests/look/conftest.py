"""A live server answers in this process: what zeal need not say to the tests of views, it need not say here."""

from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Page

from accounts.models import User
from tests.look.kinds import Kind
from tests.portfolio.conftest import a_step_rereads_each_of_its_subjects, sign_in

__all__ = ["a_step_rereads_each_of_its_subjects", "sign_in", "walk"]


@pytest.fixture
def walk(
    open_page: Callable[..., Page], sign_in: Callable[[Page, User], None]
) -> Callable[[Iterable[Kind], Callable[[Page, Kind], list[str]]], list[str]]:
    """Visits each page as whoever it is for, and gives what `visit` found."""

    def walked(kinds: Iterable[Kind], visit: Callable[[Page, Kind], list[str]]) -> list[str]:
        found: list[str] = []
        page = open_page(viewport={"width": 1280, "height": 900})
        for kind in kinds:
            page.context.clear_cookies()
            if kind.person is not None:
                sign_in(page, kind.person)
            found += visit(page, kind)
        return found

    return walked
