"""The real server of the tests is really there, on the test's own database."""

from contextvars import Context

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from playwright.sync_api import Browser

from tests.cast import assemble
from tests.server import RealServer


def test_the_real_server_serves_the_test_s_own_database(real_server: RealServer) -> None:
    cast = assemble()
    assert real_server.visitor(cast.trainee).get(f"/portfolios/{cast.portfolio.ref}/").status_code == 200
    assert real_server.visitor(cast.stranger).get(f"/portfolios/{cast.portfolio.ref}/").status_code == 404
    assert real_server.visitor().get(f"/portfolios/{cast.portfolio.ref}/").status_code == 302


def test_it_comes_back_after_a_kill_with_what_it_had(real_server: RealServer) -> None:
    cast = assemble()
    visitor = real_server.visitor(cast.trainee)
    real_server.kill()
    assert not real_server.answers()
    real_server.start()
    assert visitor.send_form(f"/portfolios/{cast.portfolio.ref}/submit/").status_code == 422  # not 403: the mark counts


@pytest.mark.job
def test_beside_a_browser_there_is_one_connection_whatever_the_context(db: None, browser: Browser) -> None:
    assert Context().run(lambda: connections[DEFAULT_DB_ALIAS]) is connections[DEFAULT_DB_ALIAS]
