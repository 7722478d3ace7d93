"""What the database knows of its tables, on which its plans rest."""

from django.db import connection


def look_anew() -> None:
    """After much was written in one transaction: until then a query is planned in the dark.

    Where autovacuum looked at the tables before that transaction ended, PostgreSQL takes them to be empty and joins
    each with each: a list of 30 pages took half a minute.
    """
    with connection.cursor() as cursor:  # raw SQL: the ORM has no ANALYZE
        cursor.execute("ANALYZE")
