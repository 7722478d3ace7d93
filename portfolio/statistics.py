"""What the database knows of its tables, on which its plans rest."""

from django.db import connection

ROWS = 400  # of an index are enough, as SQLite's documentation has it


def look_anew() -> None:
    """After much was written in one transaction: until then a query is planned in the dark.

    Where autovacuum looked at the tables before that transaction ended, PostgreSQL takes them to be empty and joins
    each with each: a list of 30 pages took half a minute.
    """
    with connection.cursor() as cursor:  # raw SQL: the ORM has no ANALYZE
        cursor.execute("ANALYZE")


def keep_up() -> None:
    """SQLite knows nothing of its tables until it is told to look: of ten thousand trainees, whose requests are open
    took 1.7 seconds to find. It looks at what this connection read, where it never did or where there is 25 times as
    much now; mostly that is nothing. PostgreSQL does this by itself.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # raw SQL: the ORM has no PRAGMA
            cursor.execute(f"PRAGMA analysis_limit = {ROWS}")
            cursor.execute("PRAGMA optimize")
