"""What is asked of the pages about many trainees: the same filters and order on each of them."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.urls import reverse

from accounts.middleware import SignedIn
from curriculum.structure import instance_head
from portfolio import cohort
from portfolio.access import looked_after, looked_after_now
from portfolio.cohort import IN_WHOLE, NAME, NAME_KEPT, Group, Wanted
from portfolio.forms.trainees import FindTrainee
from portfolio.models import Portfolio
from portfolio.views.fetch import standing

A_PAGE = 25
SHOWN = ("trainee", "curriculum", "organisation")


class Counted(Paginator[Portfolio]):
    """Pages of a list whose length is known already."""

    def __init__(self, rows: QuerySet[Portfolio], number: int) -> None:
        super().__init__(rows, A_PAGE)
        self.number = number

    @cached_property
    def count(self) -> int:
        return self.number


@dataclass(frozen=True)
class Asked:
    """One request for a list of trainees."""

    request: SignedIn

    @cached_property
    def sent(self) -> FindTrainee:
        return FindTrainee(self.request.GET)

    @property
    def wanted(self) -> Wanted:
        return self.sent.wanted()

    @cached_property
    def theirs(self) -> QuerySet[Portfolio]:
        return looked_after_now(standing(self.request))

    @cached_property
    def groups(self) -> list[Group]:
        return cohort.groups(self.theirs, self.wanted)

    @property
    def rows(self) -> QuerySet[Portfolio]:
        """Whom is asked for, in the order that is asked for."""
        return self._ordered(self._found)

    @property
    def _found(self) -> QuerySet[Portfolio]:
        return cohort.found(self.theirs, self.wanted)

    def _ordered(self, rows: QuerySet[Portfolio], called: str = NAME) -> QuerySet[Portfolio]:
        sort, back = self.sent.order()
        return cohort.ordered(rows, sort, back=back, called=called)

    @cached_property
    def leads(self) -> bool:
        """Whether they look after anybody in whole, and not as a placement supervisor alone."""
        return self.theirs.filter(IN_WHOLE).exists()

    def whole(self, ids: Collection[int]) -> QuerySet[Portfolio]:
        """Those of these whom they look after in whole, when it is asked: a file is read for longer than a page."""
        return looked_after(self.request.user).filter(IN_WHOLE, pk__in=ids).select_related(*SHOWN)

    @cached_property
    def page(self) -> Page[Portfolio]:
        """What is shown of them is read of these 25 alone: the order of all is found without it."""
        number = sum(group.found for group in self.groups)
        rows = self._ordered(self._found, NAME_KEPT) if number else self.theirs.none()
        page = Counted(rows, number).get_page(self.request.GET.get("page"))
        first = A_PAGE * (page.number - 1)
        these = self.theirs.filter(pk__in=rows[first : first + A_PAGE].values("pk"))
        page.object_list = self._ordered(these).select_related(*SHOWN).annotate(instance_head=instance_head())
        return page

    def context(self, here: str) -> dict[str, Any]:
        """What the top and the foot of each of these pages show: of those looked after in whole there are files."""
        whole = [one.in_whole for one in self.page]  # type: ignore[attr-defined]  # annotated
        return {
            "form": self.sent.offering(self.groups),
            "narrowed": self.wanted.narrowed,
            "clear": reverse(here),
            "anybody": bool(self.groups),
            "page": self.page,
            "address": self.sent.address(),
            "downloads": any(whole),
            "in_part": not all(whole),
        }
