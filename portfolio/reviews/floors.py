"""The fewest items that must be signed off for conditions to hold (domain.md rules 10 and 12).

A condition asks for at least so many items of a module, of a phase or of everything. Modules lie in phases and phases
in the whole, so that the fewest are found from the inside out, exactly.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portfolio.progress import ModuleProgress, Progress
from portfolio.requirements import Standing

Condition = Mapping[str, Any]


@dataclass(frozen=True)
class Floors:
    """At least so many items signed off: by module code, by phase, and of everything."""

    modules: Mapping[str, int] = field(default_factory=dict)
    phases: Mapping[int, int] = field(default_factory=dict)
    overall: int = 0

    def and_(self, other: "Floors") -> "Floors":
        """Both hold."""
        return Floors(
            _larger(self.modules, other.modules), _larger(self.phases, other.phases), max(self.overall, other.overall)
        )

    def fewest(self, whole: Progress) -> int:
        """The smallest number of items with which all of these hold."""
        inside: dict[int | None, int] = defaultdict(int)
        for one in whole.counted:
            inside[one.module.phase] += self.modules.get(one.module.code, 0)
        return max(self.overall, sum(max(items, self.phases.get(phase or 0, 0)) for phase, items in inside.items()))

    def to_go(self, whole: Progress) -> int:
        """How many more are needed, beside what is signed off now."""
        now = Floors({one.module.code: one.count.done for one in whole.counted})
        return self.and_(now).fewest(whole) - whole.items.done


def _larger(one: Mapping[Any, int], other: Mapping[Any, int]) -> Mapping[Any, int]:
    """Of each key the larger; mostly one of the two is empty."""
    if not one or not other:
        return one or other
    return {**one, **{key: max(number, one.get(key, 0)) for key, number in other.items()}}


NOTHING = Floors()


def floors(whole: Progress, condition: Condition) -> list[Floors]:
    """What a condition asks for in items: one for each way in which it can hold.

    There is none for a module that the curriculum lacks, or that is not in the option taken.
    """
    match condition:
        case {"any_of": branches}:
            return [found for branch in branches for found in together(whole, branch)]
        case {"phase": phase, "percent": percent}:
            modules = [one for one in whole.counted if one.module.phase == phase]
            return [_all(modules) if percent == 100 else Floors(phases={phase: share(modules, percent)})]
        case {"module": code, "percent": percent}:
            there = whole.modules.get(code)
            if there is None or there.standing is Standing.NOT_TAKEN:
                return []
            modules = [one for one in whole.counted if one.module.code == code]
            return [Floors(modules={code: share(modules, percent)})]
        case {"overall": percent}:
            return [_all(whole.counted) if percent == 100 else Floors(overall=share(whole.counted, percent))]
    return [NOTHING]


def together(whole: Progress, conditions: Iterable[Condition]) -> list[Floors]:
    """What all of these ask for together: each way in which they can hold."""
    ways = [NOTHING]
    for condition in conditions:
        ways = both(ways, floors(whole, condition))
    return ways


def both(ways: Iterable[Floors], others: Sequence[Floors]) -> list[Floors]:
    """Each way in which one of the first and one of the others hold, the same ones once."""
    found = [way.and_(other) for way in ways for other in others]
    return [way for at, way in enumerate(found) if way not in found[:at]]


def share(modules: Iterable[ModuleProgress], percent: int) -> int:
    """So many per cent of the known items of these, rounded up."""
    return -(-percent * sum(one.count.base for one in modules) // 100)


def _all(modules: Iterable[ModuleProgress]) -> Floors:
    return Floors(modules={one.module.code: one.count.base for one in modules})
