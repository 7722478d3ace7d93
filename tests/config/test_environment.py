"""A bad environment refuses to start: it says what is wrong, all of it, and nothing else."""

import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.environment import Environment, machine_key, private_folder

ROOT = Path(__file__).resolve().parents[2]
KEY = "k3pQ9vT2xLw8ZrN5bYc7HfJ1sDg6MaE4uXo0iRtPnVyKqWlBzC"


def start(folder: Path, *command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Runs a command with a good production environment, changed; an empty value takes a variable away."""
    good = {
        "STP_MODE": "production",
        "STP_SECRET_KEY": KEY,
        "STP_HOSTS": "portfolio.example.org",
        "STP_SITE_URL": "https://portfolio.example.org",
        "STP_DATABASE_URL": f"sqlite:///{folder}/portfolio.sqlite3",
        "STP_DATA_DIR": str(folder / "data"),
        "STP_MAIL_URL": "smtp+tls://mail.example.org:587",
        "STP_STATIC_ROOT": str(folder / "static"),
    }
    env = {"PATH": os.environ["PATH"], **{name: value for name, value in {**good, **changes}.items() if value}}
    return subprocess.run(
        [sys.executable, *(command or ("manage.py", "check"))],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_good_production_environment_starts(tmp_path: Path) -> None:
    done = start(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"STP_MODE": "live"}, "STP_MODE is 'live'; it must be one of demo, local, test, production."),
        ({"STP_SECRET_KEY": ""}, "STP_SECRET_KEY must be set in production mode."),
        ({"STP_SECRET_KEY": KEY[:49]}, "STP_SECRET_KEY is too short or too plain: use 50 or more random characters."),
        ({"STP_SECRET_KEY": "x" * 80}, "STP_SECRET_KEY is too short or too plain: use 50 or more random characters."),
        ({"STP_DEBUG": "1"}, "STP_DEBUG is on: production mode refuses to start."),
        ({"STP_DEBUG": "True"}, "STP_DEBUG is on: production mode refuses to start."),
        ({"STP_DEBUG": "off?"}, "STP_DEBUG is 'off?'; it must be 1 (on) or 0 (off)."),
        ({"STP_HOSTS": ""}, "STP_HOSTS must be set in production mode."),
        (
            {"STP_HOSTS": "portfolio.example.org,*"},
            "STP_HOSTS holds a '*' or a name that begins with a dot: name each host that serves this site.",
        ),
        (
            {"STP_HOSTS": "portfolio.example.org,.example.org"},
            "STP_HOSTS holds a '*' or a name that begins with a dot: name each host that serves this site.",
        ),
        ({"STP_HOSTS": "portfolio.example.org,"}, "STP_HOSTS holds an empty name: check its commas."),
        ({"STP_SITE_URL": ""}, "STP_SITE_URL must be set in production mode."),
        (
            {"STP_SITE_URL": "http://portfolio.example.org"},
            "STP_SITE_URL must begin with https:// in production mode.",
        ),
        ({"STP_SITE_URL": "https://elsewhere.example.org"}, "STP_SITE_URL is not on one of the STP_HOSTS."),
        ({"STP_DATABASE_URL": ""}, "STP_DATABASE_URL must be set in production mode."),
        (
            {"STP_DATABASE_URL": "mysql://user@host/name"},
            "STP_DATABASE_URL must look like postgresql://user:password@host/name or sqlite:////folder/file.",
        ),
        ({"STP_DATA_DIR": ""}, "STP_DATA_DIR must be set in production mode."),
        ({"STP_DATA_DIR": "/proc/nowhere"}, "The folder /proc/nowhere cannot be made: No such file or directory."),
        ({"STP_MAIL_URL": ""}, "STP_MAIL_URL must be set in production mode."),
        (
            {"STP_MAIL_URL": "consolemail://"},
            "STP_MAIL_URL must name a mail server, like smtp+tls://user:password@host:587.",
        ),
        ({"STP_UPLOAD_MAX_BYTES": "25 MB"}, "STP_UPLOAD_MAX_BYTES is '25 MB'; it must be a whole number, 1 or more."),
        ({"STP_MODE": "local", "STP_SITE_URL": ""}, "STP_HOSTS names another machine"),
    ],
)
def test_one_bad_setting_refuses_to_start_and_says_only_that(
    tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    done = start(tmp_path, **changes)
    assert done.returncode == 1
    head, *problems = done.stderr.splitlines()
    assert (head, len(problems), done.stdout) == ("STP Portfolio does not start:", 1, "")
    assert problems[0].startswith(f"- {said}")


def test_everything_that_is_wrong_is_said_at_once_and_no_secret_is_repeated(tmp_path: Path) -> None:
    done = start(tmp_path, STP_SECRET_KEY="short-and-secret", STP_DEBUG="1", STP_HOSTS="*", STP_SITE_URL="http://x")
    assert done.returncode == 1
    assert [line.split()[1] for line in done.stderr.splitlines()[1:]] == [
        "STP_DEBUG",
        "STP_HOSTS",
        "STP_SECRET_KEY",
        "STP_SITE_URL",
    ]
    assert "short-and-secret" not in done.stderr


def test_the_server_itself_refuses_too_with_the_reason_and_no_traceback(tmp_path: Path) -> None:
    gunicorn = ("-m", "gunicorn", "--config", "python:config.serving", "config.wsgi")
    done = start(tmp_path, *gunicorn, STP_HOSTS="*", STP_BIND="127.0.0.1:0")
    assert done.returncode == 1
    assert "- STP_HOSTS holds a '*'" in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_production_the_key_is_made_once_in_the_data_folder(tmp_path: Path) -> None:
    local = {"STP_MODE": "local", "STP_HOSTS": "", "STP_SECRET_KEY": "", "STP_DATABASE_URL": "", "STP_SITE_URL": ""}
    shown = ("-c", "from config import settings; print(settings.SECRET_KEY)")
    first, second = start(tmp_path, *shown, **local), start(tmp_path, *shown, **local)
    kept = tmp_path / "data" / "secret_key"
    assert first.stdout == second.stdout == f"{kept.read_text()}\n"
    assert len(kept.read_text()) >= 50
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_starts_at_the_same_moment_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: machine_key(tmp_path / "secret_key"), range(32)))) == 1


def test_a_folder_that_stands_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir(mode=0o750)
    assert stat.S_IMODE(private_folder(tmp_path / "ours").stat().st_mode) == 0o750


def test_a_database_keeps_the_options_of_its_address() -> None:
    env = Environment({})
    found = env.database("X", "postgresql://user:p%40ss@db.example.org:5433/stp?sslmode=verify-full")
    assert env.problems == []
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"], found["OPTIONS"]) == (
        "user",
        "p@ss",
        "db.example.org",
        5433,
        "stp",
        {"sslmode": "verify-full"},
    )


def test_mail_with_tls_is_never_sent_without() -> None:
    assert Environment({}).mail("X", "smtp+tls://user:p%40ss@mail.example.org:587", real=True) == {
        "EMAIL_FILE_PATH": "",
        "EMAIL_HOST_USER": "user",
        "EMAIL_HOST_PASSWORD": "p@ss",
        "EMAIL_HOST": "mail.example.org",
        "EMAIL_PORT": 587,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_USE_TLS": True,
    }


def test_every_setting_of_the_environment_is_in_the_readme() -> None:
    code = "".join((ROOT / "config" / name).read_text() for name in ("settings.py", "serving.py"))
    table = re.findall(r"^\| `(STP_\w+)` \|", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    assert sorted(table) == sorted(set(re.findall(r'"(STP_\w+)"', code)))
