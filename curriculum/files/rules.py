"""What of a set of rules binds those who follow it: all but names and what leads to pages."""

from collections.abc import Callable, Mapping
from typing import Any

Part = Mapping[str, Any]


def _nameless(point: Part) -> dict[str, Any]:
    """A review point by its key, which is its name where none is said."""
    return {**point, "key": point.get("key", point["name"]), "name": ""}


def _showing_nothing(one: Part) -> dict[str, Any]:
    """A round of feedback without what its report can show."""
    return {**one, "shows": None}


BARE: dict[str, Callable[[Part], dict[str, Any]]] = {
    "review_points": _nameless,
    "multi_source_feedback": _showing_nothing,
}


def binding_differs(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether this part of two sets of rules, which are not the same there, differs in what binds."""
    if name not in BARE:
        return True
    before, after = ([BARE[name](one) for one in content.get(name, ())] for content in (old, new))
    return before != after
