"""An instance to measure: settings of production, seeded trainees, gunicorn as in production, on this machine alone."""

import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

HOST = "portfolio.example.org"
PROXIED = {"Host": HOST, "X-Forwarded-Proto": "https"}  # as the proxy in front of a real instance would say
ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 60


def prepare(folder: Path, trainees: int, port: int, *, settings: str = "bench.settings") -> None:
    """Set this process up for the instance; make and seed its database where that is not done yet.

    STP_DATABASE_URL of scripts/with_postgres.py is used where it is set; else a SQLite file in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    database = os.environ.get("STP_DATABASE_URL") or f"sqlite:///{folder}/portfolio.sqlite3"
    for name in [name for name in os.environ if name.startswith(("STP_", "DJANGO_"))]:
        del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": settings,
        "STP_MODE": "production",
        "STP_SECRET_KEY": secrets.token_urlsafe(64),
        "STP_HOSTS": HOST,
        "STP_SITE_URL": f"https://{HOST}",
        "STP_BEHIND_PROXY": "1",
        "STP_DATABASE_URL": database,
        "STP_DATA_DIR": str(folder),
        "STP_STATIC_ROOT": str(folder / "static"),
        "STP_MAIL_URL": "smtp://127.0.0.1:9",  # nobody listens
        "STP_BACKGROUND": "db_worker",  # and no worker runs: mail waits, and what is measured is the pages
        "STP_BIND": f"127.0.0.1:{port}",
    }
    fictional = {
        **os.environ,
        "STP_MODE": "demo",
        "STP_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    for command in (
        ["migrate", "--verbosity", "0"],
        ["createcachetable", "--verbosity", "0"],
        ["load_curriculum", "--new", *map(str, sorted((ROOT / "curriculum" / "data").glob("*.yaml")))],
        ["seed", "--trainees", str(trainees)],
    ):
        manage(command, fictional)
    manage(["collectstatic", "--no-input", "--verbosity", "0"], dict(os.environ))


def manage(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
    )


class Server:
    """gunicorn, as config/serving.py has it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    def __enter__(self) -> "Server":
        self.log = (self.folder / "server.log").open("wb")
        command = [sys.executable, "-m", "gunicorn", "--config", "python:config.serving", "config.wsgi"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self.log, stderr=self.log, start_new_session=True)
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                sys.exit(f"The server did not start:\n{(self.folder / 'server.log').read_text()}")
            time.sleep(0.1)
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()
        self.log.close()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz", headers=PROXIED)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
