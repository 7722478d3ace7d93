"""The settings of the tests: config/settings.py in test mode, on folders of their own, and with zeal watching.

Of the environment only STP_DATABASE_URL counts: it says which database the suite runs on. Without it that is a SQLite
*file* (not SQLite in memory, whose one connection the threads of a live server would have to share), with the same
options as in real use. Every process of pytest-xdist has a folder of its own, so nothing is ever written into the tree.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

worker = os.environ.get("PYTEST_XDIST_WORKER")
if worker and "STP_DATA_DIR" in os.environ:
    folder = Path(os.environ["STP_DATA_DIR"]) / worker
else:
    folder = Path(tempfile.mkdtemp(prefix="stp-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

for name in [name for name in os.environ if name.startswith("STP_") and name != "STP_DATABASE_URL"]:
    del os.environ[name]
os.environ |= {"STP_MODE": "test", "STP_DATA_DIR": str(folder)}

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE  # noqa: E402

DATABASES["default"]["CONN_MAX_AGE"] = 0  # the threads of a live server end without a word: none keeps a connection
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(folder / "test.sqlite3")}

# A page that asks the database once for each row it shows is an error.
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
# Not loops over rows: a sign-in reads its session twice, links are sent to people one by one, and what is refused as
# too late is answered with the page as it stands now, fetched anew.
ZEAL_ALLOWLIST = [
    {"model": "sessions.Session"},
    {"model": "account.EmailAddress"},
    {"model": "portfolio.*", "field": "get()"},
]
