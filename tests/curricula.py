"""Curricula, read once in a test: its transaction is open from start to end, and inside one the service keeps nothing.

Every page and every step would read them anew, which in real use they never do, and which was a fifth of the time that
tests take. What stands here sees each statement of the test's own connection: whatever writes to a curriculum, or takes
back what was written, makes the next reading a real one.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from curriculum.structure import Structure

WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "curriculum_')
TAKES_BACK = re.compile(r'ROLLBACK TO SAVEPOINT "(\w+)"')


class ReadOnce:
    """In the place of `curriculum.structure.read`, and around each statement of the connection."""

    def __init__(self, read: Callable[[Iterable[int]], dict[int, Structure]]) -> None:
        self._read = read
        self._kept: dict[int, Structure] = {}
        self._written_in: set[str] = set()  # savepoints that were open when something was written

    def read(self, curriculum_ids: Iterable[int]) -> dict[int, Structure]:
        ids = set(curriculum_ids)
        if not connection.in_atomic_block:
            return self._read(ids)
        if missing := ids - self._kept.keys():
            self._kept |= self._read(missing)
        return {pk: self._kept[pk] for pk in ids if pk in self._kept}

    def watch(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if WRITES.search(sql):
            self._kept.clear()
            self._written_in |= {name for name in connection.savepoint_ids if name}
        elif (taken_back := TAKES_BACK.search(sql)) and taken_back[1] in self._written_in:
            self._kept.clear()
        return execute(sql, params, many, context)
