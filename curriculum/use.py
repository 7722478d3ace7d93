"""Who uses a curriculum, and who may see and change it: asked here, answered from above.

Imports go down only, so nothing here may know portfolios, and yet a curriculum in use may change little. Whoever
keeps portfolios says so once, when the site starts (AppConfig.ready):

    use.asks(in_use=..., signed=..., visible=..., administered=...)

Until somebody does, nothing is in use and the published curricula are everybody's.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from .models import Curriculum, Module


def _published(user: Any) -> QuerySet[Curriculum]:
    return Curriculum.objects.filter(status=Curriculum.Status.PUBLISHED)


@dataclass(frozen=True)
class Questions:
    """What is asked, and the answer until somebody above gives one."""

    in_use: Callable[[Curriculum], bool] = lambda curriculum: False
    signed: Callable[[Module], bool] = lambda module: False
    visible: Callable[[Any], QuerySet[Curriculum]] = _published
    administered: Callable[[Any], Collection[int] | None] = lambda user: None


_questions = Questions()


def asks(**answers: Callable[..., Any]) -> None:
    """Registers who answers the questions; each may come alone."""
    global _questions
    _questions = replace(_questions, **answers)


def in_use(curriculum: Curriculum) -> bool:
    """Whether any portfolio, open or closed, follows this curriculum."""
    return curriculum.pk is not None and _questions.in_use(curriculum)


def signed(module: Module) -> bool:
    """Whether any portfolio has a standing sign-off of this module."""
    return module.pk is not None and _questions.signed(module)


def visible(user: Any) -> QuerySet[Curriculum]:
    """The curricula that this person may read: the published ones, and the drafts of who administers them."""
    return _questions.visible(user)


def administered(user: Any) -> Collection[int] | None:
    """The ids of the programmes whose curricula this person administers; None for all of them."""
    return _questions.administered(user)
