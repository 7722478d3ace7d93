"""Runs a command with a PostgreSQL of its own, and removes that again, whatever happens.

    scripts/with_postgres.py .venv/bin/pytest
    scripts/with_postgres.py --durable .venv/bin/python -m bench

The server is Debian's package, in a temporary folder, reached by a socket in that folder only: no port, no clash, no
network. It is for tests: it writes nothing safely (fsync is off), and joins in the order in which a query names its
tables. With a few rows each order is quick, and to look for the best took a tenth of a run. With --durable it writes
and plans as it would in real use, for measuring. PostgreSQL refuses to run as root, so root hands it to the user
`postgres`, or to `nobody`. The command finds it in STP_DATABASE_URL.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from urllib.parse import quote

QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "join_collapse_limit=1",
    "from_collapse_limit=1",
)
SECONDS_TO_START = 60


def programs() -> Path:
    """The folder of the newest PostgreSQL here: Debian's, else the one on the PATH."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    if on_path is None:
        sys.exit("There is no PostgreSQL here. On Debian or Ubuntu: sudo apt-get install postgresql")
    return Path(on_path).resolve().parent


def owner() -> pwd.struct_passwd | None:
    """Whom the server runs as; None: as whoever runs this."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    sys.exit("PostgreSQL does not run as root, and there is no user postgres or nobody to run it.")


def stop(signum: int, frame: FrameType | None) -> None:
    """A signal ends this as an error does: through every `finally`."""
    sys.exit(128 + signum)


def main(command: list[str]) -> int:
    durable = command[:1] == ["--durable"]
    command = command[durable:]
    if not command:
        sys.exit(__doc__)
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, stop)
    bin_folder, user = programs(), owner()
    # A short path: the name of a socket may have about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="stp-postgres-", dir="/tmp"))
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    server = child = None
    log_path = folder / "log"
    try:
        with log_path.open("wb") as log:
            if user:
                os.chown(folder, user.pw_uid, user.pw_gid)
            options = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **as_user}
            data = folder / "data"
            initdb = [
                bin_folder / "initdb",
                "-D",
                data,
                "-U",
                "stp",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ]
            if subprocess.run(initdb, **options).returncode != 0:
                sys.exit(f"PostgreSQL could not be set up:\n{log_path.read_text()}")
            settings = (
                *(() if durable else QUICK),
                "listen_addresses=",
                f"unix_socket_directories={folder}",
                "max_connections=100",
            )
            arguments = [argument for setting in settings for argument in ("-c", setting)]
            # A session of its own: Ctrl-C reaches the command and us, and we stop the server after the command.
            server = subprocess.Popen(
                [bin_folder / "postgres", "-D", data, *arguments], start_new_session=True, **options
            )
            deadline = time.monotonic() + SECONDS_TO_START
            while subprocess.run([bin_folder / "pg_isready", "-q", "-h", folder], check=False).returncode != 0:
                if server.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"PostgreSQL did not start:\n{log_path.read_text()}")
                time.sleep(0.1)
        url = f"postgresql://stp@/{quote(str(folder), safe='')}/postgres"
        child = subprocess.Popen(command, env={**os.environ, "STP_DATABASE_URL": url})
        return child.wait()
    finally:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, signal.SIG_IGN)
        finish(child, signal.SIGTERM)
        finish(server, signal.SIGINT)  # PostgreSQL's "fast": ends sessions, and itself
        shutil.rmtree(folder, ignore_errors=True)


def finish(process: "subprocess.Popen[bytes] | None", signum: int) -> None:
    """Ends a process of ours, gently and then firmly."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(signum)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
