"""Queries that are put into SQL once: Django takes longer to do so than a database to answer.

What a record is read from, or what waits for somebody, is always asked in the same words, of other ids each time.
"""

from collections.abc import Callable, Collection
from functools import lru_cache, wraps
from itertools import chain
from typing import Any, NamedTuple, TypeVarTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql import Query

Of = TypeVarTuple("Of")
PLACE = -(2**62)  # stands where the ids come; nothing else has this number
KEPT = 16  # of one function: it may be asked in a few ways, and of a new day


class _Sql(NamedTuple):
    """`parts` stand between the values of `params`; `query` and `columns` say how a row that comes back is read."""

    parts: list[str]
    params: tuple[Any, ...]
    query: Query
    columns: list[Any]


def prepared(
    query: Callable[[list[int], *Of], QuerySet[Any, Any]],
) -> Callable[[Collection[int], *Of], list[tuple[Any, ...]]]:
    """What the `values_list` that this function makes finds, of the portfolios (or people) with these ids.

    The function is called seldom, for each of its other arguments, of which a few are kept: nothing else, such as the
    day, may change what it makes. It holds the ids in lookups with `__in` alone. ValueError for what cannot be so.
    """

    @lru_cache(maxsize=KEPT)
    def sql(vendor: str, *of: Any) -> _Sql:
        asked = query([PLACE], *of).query
        compiler = asked.get_compiler(connection=connection)
        words, params = compiler.as_sql()
        parts = words.split("%s")
        if len(parts) != len(params) + 1 or PLACE not in params or compiler.has_extra_select:
            raise ValueError(f"{query.__qualname__} cannot be prepared: {words}")
        return _Sql(parts, params, asked, [column for column, *_ in compiler.select[: compiler.col_count]])

    @wraps(query)
    def found(ids: Collection[int], *of: *Of) -> list[tuple[Any, ...]]:
        if not ids:
            return []
        parts, params, asked, columns = sql(connection.vendor, *of)
        many = ", ".join(["%s"] * len(ids))
        words = parts[0] + "".join(
            [(many if param == PLACE else "%s") + part for param, part in zip(params, parts[1:], strict=True)]
        )
        values = chain.from_iterable(ids if param == PLACE else (param,) for param in params)
        with connection.cursor() as cursor:  # raw SQL: it is Django's own, of this query, with its values bound
            cursor.execute(words, tuple(values))
            rows = cursor.fetchall()
        compiler = asked.get_compiler(connection=connection)
        converters = compiler.get_converters(columns)
        return list(map(tuple, compiler.apply_converters(rows, converters))) if converters else rows

    return found
