"""The awards that the rules of a curriculum ask for, such as the MSc: what the university gives for the whole."""

from collections.abc import Iterator
from typing import Any

from curriculum.structure import Structure
from portfolio.record import Record


def awards(structure: Structure) -> tuple[str, ...]:
    """In the words and the order of the rules' review points, each once; none where there are no rules."""
    return tuple(dict.fromkeys(name for asked in _asked(structure) for name in _named(asked)))


def missing_awards(record: Record) -> tuple[str, ...]:
    """Those that are needed and that the university has not given, as far as it is recorded."""
    return tuple(name for name in needed_awards(record.structure) if name not in record.awards)


def needed_awards(structure: Structure) -> tuple[str, ...]:
    """Those without which a review point cannot hold. In an either/or an award is one way among others."""
    return tuple(dict.fromkeys(str(one["award"]) for asked in _asked(structure) for one in asked if "award" in one))


def _asked(structure: Structure) -> Iterator[Any]:
    """The conditions of each review point."""
    return (point.get("requires", ()) for point in (structure.rules or {}).get("review_points", ()))


def _named(conditions: Any) -> Iterator[str]:
    """Those of a list of conditions, and of the branches of an either/or."""
    for condition in conditions:
        if "award" in condition:
            yield str(condition["award"])
        for branch in condition.get("any_of", ()):
            yield from _named(branch)
