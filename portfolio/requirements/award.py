"""The awards that the rules of a curriculum ask for, such as the MSc: what the university gives for the whole."""

from collections.abc import Iterator
from typing import Any

from curriculum.structure import Structure
from portfolio.record import Record


def awards(structure: Structure) -> tuple[str, ...]:
    """In the words and the order of the rules' review points, each once; none where there are no rules."""
    points = (structure.rules or {}).get("review_points", ())
    return tuple(dict.fromkeys(name for point in points for name in _named(point.get("requires", ()))))


def missing_awards(record: Record) -> tuple[str, ...]:
    """Those that the rules ask for and the university has not given, as far as it is recorded."""
    return tuple(name for name in awards(record.structure) if name not in record.awards)


def _named(conditions: Any) -> Iterator[str]:
    """Those of a list of conditions, and of the branches of an either/or."""
    for condition in conditions:
        if "award" in condition:
            yield str(condition["award"])
        for branch in condition.get("any_of", ()):
            yield from _named(branch)
