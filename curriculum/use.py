"""Who uses a curriculum: asked here, answered from above.

Imports go down only, so nothing here may know portfolios, and yet a curriculum in use may change little. Whoever
keeps portfolios says so once, when the site starts (AppConfig.ready): `use.asks(in_use=..., signed=...)`. Until
somebody does, nothing is in use.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from .models import Curriculum, Module


@dataclass(frozen=True)
class Questions:
    in_use: Callable[[Curriculum], bool] = lambda curriculum: False
    signed: Callable[[Module], bool] = lambda module: False
    administered: Callable[[Any], Collection[int] | None] = lambda user: None


_questions = Questions()


def asks(**answers: Callable[..., Any]) -> None:
    """Registers who answers `in_use(curriculum)`, `signed(module)` and `administered(user)`; each may come alone."""
    global _questions
    _questions = replace(_questions, **answers)


def in_use(curriculum: Curriculum) -> bool:
    """Whether any portfolio, open or closed, follows this curriculum."""
    return curriculum.pk is not None and _questions.in_use(curriculum)


def signed(module: Module) -> bool:
    """Whether any portfolio has a standing sign-off of this module."""
    return module.pk is not None and _questions.signed(module)


def administered(user: Any) -> Collection[int] | None:
    """The ids of the programmes whose curricula this person administers; None for all of them."""
    return _questions.administered(user)
