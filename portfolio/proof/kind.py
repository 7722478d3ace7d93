"""A kind of row that an event vouches for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from portfolio.models import Portfolio
from portfolio.models.signed import Signed

Details = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of row that an event vouches for: where its portfolio is, the event's key, and whether they agree."""

    noun: str
    model: type[Signed]
    portfolio: str
    about: str | tuple[str, ...]
    key: str
    agrees: Callable[[Any, Details], bool]
    words: Callable[[Any], str]
    beside: tuple[str, ...] = ()  # rows that are read with it

    def rows(self, portfolio: Portfolio) -> QuerySet[Any]:
        found = self.model._default_manager.filter(**{self.portfolio: portfolio})
        about = (self.about,) if isinstance(self.about, str) else self.about
        return found.select_related(*filter(None, about)).prefetch_related(*self.beside).order_by("pk")
