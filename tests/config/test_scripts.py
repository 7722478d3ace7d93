"""The scripts behind make: a PostgreSQL that leaves nothing behind, a port, a Python."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = [sys.executable, "scripts/with_postgres.py"]
needs_postgres = pytest.mark.skipif(
    not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")), reason="There is no PostgreSQL here."
)


@needs_postgres
def test_a_command_runs_with_a_postgres_of_its_own_and_its_status_comes_back() -> None:
    query = (
        "import environ, os, psycopg, sys; found = environ.Env.db_url_config(os.environ['STP_DATABASE_URL']);"
        "row = psycopg.connect(host=found['HOST'], user=found['USER'], dbname=found['NAME'])"
        ".execute('show fsync').fetchone();"
        "print(found['HOST'], row[0]); sys.exit(7)"
    )
    done = subprocess.run(
        [*POSTGRES, sys.executable, "-c", query], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    folder, fsync = done.stdout.split()
    assert (done.returncode, fsync) == (7, "off")
    assert not Path(folder).exists()


@needs_postgres
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_an_end_from_outside_remove_the_postgres_too(signum: int) -> None:
    shown = "import os, sys, time; print(os.environ['STP_DATABASE_URL'], flush=True); time.sleep(600)"
    with subprocess.Popen(
        [*POSTGRES, sys.executable, "-c", shown], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        folder = Path("/tmp") / running.stdout.readline().split("%2F")[2].split("/")[0]
        server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        running.send_signal(signum)
        assert running.wait(timeout=60) == 128 + signum
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_a_port_that_is_taken_is_said_plainly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            [sys.executable, "scripts/port_free.py", str(taken.getsockname()[1])],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "Stop what runs there, or add PORT=8001 to the command." in done.stderr


def without_venv(tmp_path: Path, version: str) -> subprocess.CompletedProcess[str]:
    """Runs scripts/environment.sh in a copy of the tree whose only Python is a stand-in without venv."""
    tree, tools = tmp_path / "tree", tmp_path / "tools"
    (tree / "scripts").mkdir(parents=True)
    tools.mkdir()
    script = (ROOT / "scripts" / "environment.sh").read_text().replace("/usr/bin/python3", "no-python3")
    (tree / "scripts" / "environment.sh").write_text(script)
    for tool in ("dirname", "git", "bash"):
        found = next(path for folder in ("/usr/bin", "/bin") if (path := Path(folder) / tool).exists())
        (tools / tool).symlink_to(found)
    python = tools / "python3"
    python.write_text(f'#!/bin/bash\n[[ "$2" == *version_info* ]] && exit {0 if version >= "3.11" else 1}\nexit 1\n')
    python.chmod(0o755)
    return subprocess.run(
        ["bash", "scripts/environment.sh", "requirements.txt"],
        cwd=tree,
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("version", "missing"), [("3.11", "Python's venv module"), ("3.09", "Python 3.11 or newer")])
def test_what_is_missing_is_named_with_the_one_debian_line(tmp_path: Path, version: str, missing: str) -> None:
    done = without_venv(tmp_path, version)
    assert (done.returncode, done.stderr) == (
        1,
        f"Missing: {missing}.\nOn Debian or Ubuntu: sudo apt-get install python3 python3-venv make git\n",
    )
