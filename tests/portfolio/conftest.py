from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer
from zeal import zeal_ignore

from accounts.models import User
from portfolio import workflow
from portfolio.workflow import writing
from tests.cast import Cast, assemble


@pytest.fixture
def cast(db: None) -> Cast:
    """Named people around one portfolio."""
    return assemble()


@pytest.fixture(autouse=True)
def a_step_rereads_each_of_its_subjects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the lock, one by one, by design: there zeal has nothing to say. Pages it watches as ever."""
    monkeypatch.setattr(workflow, "run", unwatched(workflow.run))
    for name in ("keep", "save", "attach", "detach"):  # one form may do all of them, each under the lock
        monkeypatch.setattr(writing, name, unwatched(getattr(writing, name)))


def unwatched(step: Callable[..., Any]) -> Callable[..., Any]:
    """The same, without zeal."""

    def taken(*args: Any, **kwargs: Any) -> Any:
        with zeal_ignore():
            return step(*args, **kwargs)

    return taken


@pytest.fixture
def sign_in(live_server: LiveServer) -> Callable[[Page, User], None]:
    """Gives a browser's page somebody's session, without the form."""

    def signed_in(page: Page, person: User) -> None:
        client = Client()
        client.force_login(person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

    return signed_in
