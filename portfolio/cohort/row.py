"""One trainee among many: what the list, its files and its flags say, each worked out once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from portfolio import ledger
from portfolio.assessed import Waiting
from portfolio.models import Link, Portfolio
from portfolio.prepared import prepared
from portfolio.progress import Progress, Step, Wait, portfolio_progress, waits
from portfolio.record import Record
from portfolio.reviews import Pace, Point, coming_point, next_point, overdue_point, pace, review_points
from portfolio.states import ActivityState, AssessmentState, ModuleState


@dataclass(frozen=True)
class Row:
    """A portfolio with its record. `whole`: the reader is one of the trainee's people, and sees what waits as well.

    `last_linked` is the day on which a page was linked to an activity last.
    """

    portfolio: Portfolio
    record: Record = field(repr=False, compare=False)
    today: date
    whole: bool = True
    last_linked: date | None = None

    @cached_property
    def progress(self) -> Progress:
        return portfolio_progress(self.record)

    @cached_property
    def pace(self) -> Pace:
        return pace(self.record, today=self.today, rate=False)

    @cached_property
    def points(self) -> tuple[Point, ...]:
        return review_points(self.record)

    @cached_property
    def review(self) -> Point | None:
        """The review point that is next: the one that is overdue, else the first to come."""
        return next_point(self.points, self.today)

    @cached_property
    def overdue(self) -> Point | None:
        """The review point whose day is past, and that both have still to sign."""
        return overdue_point(self.points, self.today)

    @cached_property
    def coming(self) -> Point | None:
        """The first review point whose day is still to come."""
        return coming_point(self.points, self.today)

    @property
    def conditions(self) -> str:
        """How many conditions of the next review are met; nothing where there is none."""
        return self.review.conditions_words if self.review else ""

    @cached_property
    def waiting(self) -> tuple[Wait, ...]:
        """What somebody was asked and has not decided, the longest waiting first."""
        return waits(self.record, today=self.today)

    @cached_property
    def longest(self) -> Step | None:
        return self.waiting[0].step if self.waiting else None

    @cached_property
    def _undecided(self) -> list[Waiting | None]:
        """With whom each item in review is: an activity or an assessment."""
        modules = self.record.modules.values()
        activities = [one for module in modules for one in module.activities.values()]
        asked = [one.waiting for one in activities if one.state is ActivityState.IN_REVIEW]
        attempts = [one for module in modules for one in module.attempts]
        return asked + [one.waiting for one in attempts if one.state == AssessmentState.WITH_ASSESSOR]

    @property
    def with_nobody(self) -> int:
        """Items in review whose assessor can no longer decide."""
        return sum(one is None or one.assessor is None for one in self._undecided)

    @property
    def requests(self) -> Collection[Waiting]:
        """What assessors were asked, each once however many items it holds; also of one who can no longer decide."""
        return {one.sid: one for one in self._undecided if one and one.assessor_id}.values()

    @cached_property
    def ready(self) -> tuple[str, ...]:
        """The codes of the modules that lack nothing but the officer's signature."""
        return tuple(one.module.code for one in self.progress.counted if one.state == ModuleState.READY)


def rows_of(portfolios: Iterable[Portfolio], *, today: date) -> list[Row]:
    """A row for each of these, in their order, in a constant number of queries."""
    portfolios = list(portfolios)
    records = ledger.read(portfolios, said=False, linked=False, reviews=True)
    linked = {of: timezone.localdate(at) for of, at in _last_linked(records)}
    return [Row(one, records[one.pk], today, getattr(one, "in_whole", True), linked.get(one.pk)) for one in portfolios]


@prepared
def _last_linked(portfolios: list[int]) -> QuerySet[Any, Any]:
    links = Link.objects.filter(activity__portfolio__in=portfolios).order_by().values_list("activity__portfolio")
    return links.annotate(Max("linked_at"))
