from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from portfolio.models import Portfolio
from tests import make
from tests.cast import Cast, assemble

NOW = datetime(2026, 3, 12, 10, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def clock() -> Iterator[None]:
    """12 March 2026: plans speak of months."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(clock: None, db: None) -> Cast:
    """Everybody, with roles that hold on 12 March 2026."""
    return assemble()


@pytest.fixture
def of(cast: Cast) -> Portfolio:
    """The cast's portfolio on a curriculum with two review points."""
    cast.portfolio = make.with_rules(cast.portfolio)
    return cast.portfolio


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Somebody's browser."""

    def signed_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in
