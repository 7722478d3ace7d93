"""The cache in the database, in which attempts to sign in are counted."""

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import OperationalError, connections, router


class Cache(DatabaseCache):
    """Says when the database is too busy to write. Django's says nothing then, and an attempt would not be counted."""

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """Raises the OperationalError that Django's keeps to itself."""
        failures: list[OperationalError] = []

        def watched(execute: Callable[..., Any], *query: Any) -> Any:
            try:
                return execute(*query)
            except OperationalError as failure:
                failures.append(failure)
                raise

        with connections[router.db_for_write(self.cache_model_class)].execute_wrapper(watched):
            done = bool(super()._base_set(mode, key, value, timeout))  # type: ignore[misc]  # unknown to the stubs
        if failures:
            raise failures[0]
        return done
