"""Rows in bulk."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet


def write(rows: Sequence[Any]) -> None:
    """INSERT rows of one kind. What is never changed refuses bulk writing through its own manager; here, in a database
    that nobody works in, a plain queryset does it."""
    if rows:
        QuerySet(type(rows[0])).bulk_create(rows)
