"""The log in every mode: no address is written with the key that is in it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CANARY = "Canary0Canary1Canary2Canary3Canary4Canary5x"
ADDRESSES = [
    f"/feedback/{CANARY}/",
    f"/calendar/{CANARY}.ics",
    f"/sign/{CANARY}/?from=mail",
    f"/accounts/password/reset/key/{CANARY}/",
    f"/accounts/confirm-email/{CANARY}/",
]
# As Django does it: its own server, its refusals, and an exception with an address in it.
WRITE = """
import json, logging, sys
import django
django.setup()
for address in json.loads(sys.argv[1]):
    logging.getLogger("django.server").info('"GET %s HTTP/1.1" %s %s', address, "200", "512")
    logging.getLogger("django.request").warning("Not Found: %s", address)
    logging.getLogger("portfolio.anything").error("At %s", address)
    try:
        raise ValueError(f"Cannot read {address}")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", address)
"""


@pytest.mark.parametrize("debug", ["", "1"], ids=["as in use", "debugging"])
def test_no_line_of_the_log_holds_the_key_of_an_address(tmp_path: Path, debug: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STP_")}
    told = {"STP_MODE": "local", "STP_DATA_DIR": str(tmp_path), "STP_DEBUG": debug}
    done = subprocess.run(
        [sys.executable, "-c", WRITE, json.dumps(ADDRESSES)],
        cwd=ROOT,
        env=kept | told | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    written = done.stdout + done.stderr
    assert "Canary" not in written
    for begins in ("/feedback/", "/calendar/", "/sign/", "/accounts/password/reset/key/", "/accounts/confirm-email/"):
        # By its three loggers, and twice with the exception: in its message and in its trace. One handler writes each.
        assert written.count(f"{begins}[key]") == 5, begins
