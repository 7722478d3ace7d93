"""What the database knows of its tables, on which its plans rest."""

import logging
from datetime import date
from functools import lru_cache

from django.db import OperationalError, connection, transaction
from django.utils import timezone

logger = logging.getLogger(__name__)
ROWS = 400  # of an index tell enough of it: ten thousand trainees take 11 ms


def look_anew() -> None:
    """After much was written in one transaction: until then a query is planned in the dark.

    Where autovacuum looked at the tables before that transaction ended, PostgreSQL takes them to be empty and joins
    each with each: a list of 30 pages took half a minute.
    """
    with connection.cursor() as cursor:  # raw SQL: the ORM has no ANALYZE
        cursor.execute("ANALYZE")


def keep_up() -> None:
    """SQLite never looks at its tables by itself, as PostgreSQL does: without it the open requests of ten thousand
    trainees took two seconds to find. Each process that runs this looks once a day; while somebody else writes for
    long it waits for its next turn.
    """
    if connection.vendor == "sqlite":
        try:
            _look(timezone.localdate())
        except OperationalError as failure:
            logger.info("The tables are looked at another time: %s", failure)


@lru_cache(maxsize=1)
def _look(day: date) -> None:
    """In a transaction that begins by waiting for its turn to write: within another, SQLite would not wait."""
    with transaction.atomic(), connection.cursor() as cursor:  # raw SQL: as above
        cursor.execute(f"PRAGMA analysis_limit = {ROWS}")
        cursor.execute("ANALYZE")
