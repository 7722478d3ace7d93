"""The demonstration of `make demo`, made once a run: each test that wants it works on a copy of its own.

What is kept is every row and every file that `make_demo` wrote, in a folder that all processes of a run share; the
first process that wants it makes it while the others wait. What was made yesterday is made again: its days count from
the day on which it is made.
"""

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from portfolio.statistics import look_anew

CURRICULA = Path(settings.BASE_DIR) / "curriculum" / "data"


def give(shared: Path) -> None:
    """To this test's database and file store, both empty: the demonstration, as it was when it was made."""
    connection.ensure_connection()
    kept = shared / f"demonstration-{timezone.localdate()}"
    with alone(shared / "demonstration.lock"):
        made = not kept.exists()
        if made:
            _make()
            keep(kept)
    if not made:
        take(kept)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time; one that is killed holds nothing."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _make() -> None:
    call_command("load_curriculum", *sorted(str(path) for path in CURRICULA.glob("*.yaml")), stdout=StringIO())
    call_command("make_demo", quiet=True)


def keep(kept: Path) -> None:
    """Whole or not at all: what was cut short has another name."""
    unfinished = kept.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(settings.FILES_DIR, unfinished / "files")
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(unfinished / "rows")) as rows:
            connection.connection.backup(rows)
    else:
        with connection.cursor() as cursor:
            for table in _tables():
                with (unfinished / table).open("wb") as rows, cursor.copy(f'COPY "{table}" TO STDOUT BINARY') as copy:
                    rows.writelines(copy)
    unfinished.rename(kept)


def take(kept: Path) -> None:
    shutil.copytree(kept / "files", settings.FILES_DIR)
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(kept / "rows")) as rows:
            rows.backup(connection.connection)
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in _tables()))
            for table in _tables():
                with (kept / table).open("rb") as rows, cursor.copy(f'COPY "{table}" FROM STDIN BINARY') as copy:
                    copy.write(rows.read())
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
                cursor.execute(statement)
        look_anew()  # make_demo ends with it
    ContentType.objects.clear_cache()  # they are numbered as they were in the database that it was made in


def _tables() -> list[str]:
    """Of every model; what was migrated is the same in each database of a run."""
    return connection.introspection.django_table_names(only_existing=True, include_views=False)
