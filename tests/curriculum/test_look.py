"""The pages of curricula in a real browser: no fault that axe sees, a silent console, no sideways scrolling."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from curriculum.loader import load
from tests import make
from tests.curriculum.given import DATA, REAL

ADDRESSES = (
    "/curricula/",
    "/curricula/SBI1-3-23/",
    "/curricula/DEMO-1-24/",
    "/curricula/DEMO-1-24/D-DM-S3/",
    "/curricula/SBI1-3-23/S-HI-S2/",
    "/curricula/SBI1-3-23/S-HI-S2/4/",
    "/curricula/SBI1-3-23/S-C1/4/",
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 375])
def test_every_page_is_accessible_and_fits(
    width: int,
    live_server: LiveServer,
    open_page: Callable[..., Page],
    check_axe: Callable[[Page], None],
    client: Client,
) -> None:
    assert load([str(DATA / f"{name}.yaml") for name in [*REAL, "rules-2023", "prompts"]]).problems == []
    client.force_login(make.person("Priya Raman"))
    page = open_page(viewport={"width": width, "height": 800})
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    for address in ADDRESSES:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        check_axe(page)
