"""The real thing for tests: gunicorn as in production (workers, threads, no test client) on the test's own database.

What it writes is really committed, so a test that uses it runs on `transactional_db`. It takes its files from the
test's own folder, its clock and its mail from the machine. Start, kill and start again as often as you like.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import requests
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings

from accounts.models import User

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 30
TOKEN = "t" * 32  # a form's mark that the visitor's own cookie repeats, as a browser's would


class Visitor(requests.Session):
    """Somebody with a session of their own. Paths are the server's; a POST carries the form's mark. No redirects."""

    def __init__(self, url: str, person: User | None) -> None:
        super().__init__()
        self.trust_env = False
        self.url = url
        self.cookies.set(settings.CSRF_COOKIE_NAME, TOKEN)
        if person is not None:
            client = Client()
            client.force_login(person)
            self.cookies.set(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", 30)
        kwargs["allow_redirects"] = False
        return super().request(method, urljoin(self.url, url), *args, **kwargs)

    def send_form(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> requests.Response:
        """POST these fields as the page's own form would."""
        return self.post(path, data={**(data or {}), "csrfmiddlewaretoken": TOKEN}, **kwargs)


class RealServer:
    """One gunicorn on one port. `log` is what it and its workers said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log_path = folder / "server.log"
        self.held = socket.socket()  # until it starts: nobody else is given its port meanwhile
        self.held.bind(("127.0.0.1", 0))
        self.port = self.held.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def errors(self) -> list[dict[str, str]]:
        """What the application logged as an error."""
        records = [json.loads(line) for line in self.log.splitlines() if line.startswith('{"at": ')]
        return [record for record in records if record["level"] == "ERROR"]

    def environment(self) -> dict[str, str]:
        """A local instance on the test's database, files and key; what the test says on top comes with `start`."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("STP_", "DJANGO_"))}
        return {
            **kept,
            "STP_MODE": "local",
            "STP_DATA_DIR": str(self.folder),
            "STP_DATABASE_URL": database_url(),
            "STP_SECRET_KEY": settings.SECRET_KEY,
            "STP_SITE_URL": self.url,
            "STP_BIND": f"127.0.0.1:{self.port}",
        }

    def start(self, **variables: str) -> None:
        """Serve; returns once it answers. AssertionError with its log when it does not."""
        command = [sys.executable, "-m", "gunicorn", "--config", "python:config.serving", "config.wsgi"]
        self.held.close()
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.environment(), **variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self.answers():
            assert self.process.poll() is None, f"The server did not start:\n{self.log}"
            assert time.monotonic() < deadline, f"The server did not answer:\n{self.log}"
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether a worker, not only the socket, is there."""
        with suppress(OSError, requests.RequestException):
            return requests.get(f"{self.url}/healthz", timeout=2).status_code == 200
        return False

    def kill(self) -> None:
        """SIGKILL for the whole process group, at once."""
        self.held.close()
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def visitor(self, person: User | None = None) -> Visitor:
        return Visitor(self.url, person)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url() -> str:
    """Where the test's own database is, in the words of STP_DATABASE_URL."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['STP_DATABASE_URL'].rpartition('/')[0]}/{quote(name)}"


def make_cache_table() -> None:
    """The table of the shared cache, which the tests' own cache does without."""
    shared = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    }
    with override_settings(CACHES=shared):
        call_command("createcachetable", verbosity=0)
