"""What every test stands on: a cache and a file store of its own, and a browser where there is one."""

import gc
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect
from pytest_django import DjangoDbBlocker, Settings
from pytest_django.live_server_helper import LiveServer

from curriculum import structure
from outbox.models import Mail
from tests.curricula import ReadOnce
from tests.look.checks import violations
from tests.server import RealServer, make_cache_table
from tests.world import World, build, undone

CHROMIUM = Path("/usr/bin/chromium")
NO_CHROMIUM = f"Browser tests were skipped: there is no {CHROMIUM}. To run them: sudo apt-get install chromium"
# Seconds for a page, an element or a request's end: a machine may be busy, and a test that passes waits for none of it.
PATIENCE = 30
expect.set_options(timeout=PATIENCE * 1000)
# Nor does an example that took long on a busy machine say anything of what it shows.
hypothesis_settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("tests")
# Playwright's synchronous interface runs an event loop in the test's thread; the database is used beside it, not in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# And with the one connection that the thread had before: Django would take a second one from then on, and what the
# first holds open (the transaction around a module's world) would lock the tables against later tests.
connections._connections = threading.local()  # type: ignore[assignment]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a browser is a browser test, marked or not."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser") and not CHROMIUM.exists():
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_collection_finish() -> None:
    """What was loaded stays until the end: to look through it for cycles, again and again, took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says once what was skipped for want of a browser, and how to get one."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_CHROMIUM in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(NO_CHROMIUM, yellow=True)


@pytest.fixture(autouse=True)
def own_cache_and_files(settings: Settings, tmp_path: Path) -> None:
    """Nothing counted or stored by one test is seen by the next."""
    cache.clear()
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture(autouse=True)
def curricula_read_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """In a test with one transaction around it. Where others write too, requests or processes, it is as in real use."""
    marked = request.node.get_closest_marker("django_db")
    if (marked and marked.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    once = ReadOnce(structure.read)
    monkeypatch.setattr(structure, "read", once.read)
    with connection.execute_wrapper(once.watch):
        yield


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of this run, and the same for all its processes."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture
def django_capture_on_commit_callbacks(django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """A test commits nothing before such a block: what was told by then does not leave with the rest."""

    @contextmanager
    def captured(*args: Any, **options: Any) -> Iterator[Any]:
        Mail.objects.all().delete()
        with django_capture_on_commit_callbacks(*args, **options) as callbacks:
            yield callbacks

    return captured


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """On PostgreSQL a database with somebody in it cannot be dropped: threads of a live server may still be there."""
    yield
    with django_db_blocker.unblock():
        end_the_others()


def end_the_others() -> None:
    """Of PostgreSQL's connections: of a process that was killed one may live until what it waits for has come."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "  # once it has gone, within 10 s
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


# --- everybody, with work in every state --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built_world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Built once for all tests of a module, in a transaction around theirs that is undone."""
    files = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), override_settings(FILES_DIR=files), undone():
        yield build(files)


@pytest.fixture
def world(built_world: World, own_cache_and_files: None, settings: Settings) -> World:
    """Ask it thousands of times: zeal, which is slow, has its say in the tests of each page."""
    settings.FILES_DIR = built_world.files
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "zeal" not in name]
    return built_world


# --- the browser --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium: it comes with security updates, and nothing is downloaded."""
    return {
        **browser_type_launch_args,
        "executable_path": str(CHROMIUM),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--no-first-run",
        ],
    }


class Watch:
    """What a browser must not do while a page is shown: complain, or ask another host."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self._visited: set[str] = set()

    def over(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        """Everything counts but the browser's own note that a page which we asked for is a 404, 409 or 422."""
        refused = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        if not (refused and message.location["url"].partition("#")[0] in self._visited):
            self.complaints.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if request.is_navigation_request():
            self._visited.add(request.url.partition("#")[0])
        if not request.url.startswith((self.origin, "data:", "blob:", "about:")):
            self.elsewhere.append(request.url)


@pytest.fixture
def open_page(live_server: LiveServer, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a context of its own, such as `open_page(java_script_enabled=False)`. `goto("/")` is the server.

    When the test ends, no page may have written to the console or asked another host.
    """
    watch = Watch(live_server.url)
    contexts = []

    def opened(**options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url, locale="en-GB", timezone_id="Europe/London", reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    requests_end()
    end_the_others()
    assert watch.complaints == []
    assert watch.elsewhere == []


@pytest.fixture
def watched_page(open_page: Callable[..., Page]) -> Page:
    """One page on a desktop, watched."""
    return open_page(viewport={"width": 1280, "height": 900})


@pytest.fixture
def check_axe() -> Callable[[Page], None]:
    """Fails with axe's own words for whatever it finds wrong with the page as it stands."""

    def check(page: Page) -> None:
        found = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}: "
            + ", ".join(str(node["target"]) for node in violation["nodes"])
            for violation in violations(page)
        ]
        assert found == []

    return check


def requests_end() -> None:
    """A page that was closed may have left one, whose locks would stop the flush. AssertionError with its stack."""
    deadline = time.monotonic() + PATIENCE
    for thread in [thread for thread in threading.enumerate() if "process_request_thread" in thread.name]:
        thread.join(max(deadline - time.monotonic(), 0))
        if thread.is_alive():
            stack = "".join(traceback.format_stack(sys._current_frames()[thread.ident or 0]))
            raise AssertionError(f"A request still runs after its test:\n{stack}")


# --- the real server ----------------------------------------------------------------------------------------------


@pytest.fixture
def stopped_server(transactional_db: None, tmp_path: Path) -> Iterator[RealServer]:
    """Gunicorn on this test's database and files, for `start` with variables of the test's own; see tests/server.py."""
    make_cache_table()
    server = RealServer(tmp_path)
    yield server
    server.kill()
    end_the_others()


@pytest.fixture
def real_server(stopped_server: RealServer) -> RealServer:
    """The same, started."""
    stopped_server.start()
    return stopped_server
