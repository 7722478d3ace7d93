"""What else verify_audit looks at. The floors above register their checks when they start: audit knows none of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what is wrong with it."""

    subject: str
    what: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.what}"


Check = Callable[[], Iterable[Finding]]
_checks: dict[str, Check] = {}


def register(name: str, function: Check) -> None:
    """Have verify_audit run this as well. A name stands for one check; the same check may be registered again."""
    if _checks.setdefault(name, function) is not function:
        raise ValueError(f"There is another check named {name!r}.")


def registered() -> dict[str, Check]:
    """The checks by name, in the order of their names."""
    return dict(sorted(_checks.items()))
