"""Which rounds of multi-source feedback the rules of a curriculum ask for, when, and what their reports can show."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RuledRound:
    """A round that the rules ask for. `shows` are the activities that its report can show, by module code."""

    name: str
    month: int
    shows: dict[str, tuple[int, ...]] = field(default_factory=dict, hash=False)

    @property
    def words(self) -> str:
        return f"{self.name} feedback"

    def can_show(self, code: str, number: int) -> bool:
        return number in self.shows.get(code, ())

    @property
    def activities(self) -> tuple[tuple[str, int], ...]:
        """What its report can show, each as module code and number."""
        return tuple((code, number) for code, numbers in self.shows.items() for number in numbers)


def ruled_rounds(rules: dict[str, Any] | None) -> list[RuledRound]:
    """The rounds of these rules, in their order."""
    return [
        RuledRound(one["round"], one["month"], {code: tuple(said) for code, said in one.get("shows", {}).items()})
        for one in (rules or {}).get("multi_source_feedback", [])
    ]
