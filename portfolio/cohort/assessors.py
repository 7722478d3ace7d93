"""Assessors who have open requests: how many, how many are past their due date, and how long they take to decide.

A request is a submission with something undecided, or an assessment. A decision took the days from when the request
came to whoever decided it, in whole days. Every decision of the last 12 months on the work of these trainees counts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from statistics import median
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from accounts.models import User
from portfolio import access
from portfolio.access import Standing
from portfolio.models import Addressee, AssessmentAddressee, AssessmentDecision, Decision, Item, Summary
from portfolio.states import AssessmentState, ItemState

WINDOW = 365  # days
MOST_OF_THEM = 90  # percent
HOUR = len("2026-11-30 13")  # of a moment, as both databases write it


@dataclass(frozen=True)
class Load:
    """One assessor. `took` are the days that each of their decisions took, the fewest first."""

    assessor: int
    name: str
    open: int = 0
    overdue: int = 0
    took: tuple[int, ...] = field(default=())

    @property
    def median(self) -> str:
        return f"{median(self.took):g}" if self.took else ""

    @property
    def most(self) -> str:
        """The days within which nine of ten decisions came: the smallest number that holds so many of them."""
        return str(self.took[-(-len(self.took) * MOST_OF_THEM // 100) - 1]) if self.took else ""


@dataclass(frozen=True)
class Busiest:
    """Assessors with their names, most overdue first, a page of them at a time.

    `asked` has how many are late and open of each. Those that are equal follow by name, and names are looked up for
    these alone: there may be thousands of others.
    """

    asked: Mapping[int, tuple[int, int]]

    def __len__(self) -> int:
        return len(self.asked)

    def __getitem__(self, part: slice) -> list[tuple[int, str]]:
        ranked = sorted(self.asked, key=self._rank)
        ranks = {self._rank(pk) for pk in ranked[part]}
        equal = [pk for pk in ranked if self._rank(pk) in ranks]
        names = dict(User.objects.filter(pk__in=equal).values_list("pk", "name"))
        before = ranked.index(equal[0]) if equal else 0
        ordered = sorted(equal, key=lambda pk: (self._rank(pk), names[pk], pk))
        return [(pk, names[pk]) for pk in [*ranked[:before], *ordered][part]]

    def _rank(self, pk: int) -> tuple[int, int]:
        late, opened = self.asked[pk]
        return -late, -opened


def busiest(reader: Standing) -> Busiest:
    """Who has an open request of those whom the reader sees in whole: as the summaries have it.

    To find those of a page: `loads` says what is so now.
    """
    opened, late = Counter[int](), Counter[int]()
    kept = Summary.objects.filter(access.in_whole_of(reader, "portfolio"), portfolio__closed_at=None)
    words = Counter(" ".join(kept.exclude(asked="").values_list("asked", flat=True)).split())  # most stand often
    for asked, times in words.items():
        assessor, number, overdue = map(int, asked.split(":"))
        opened[assessor] += number * times
        late[assessor] += overdue * times
    return Busiest({pk: (late[pk], opened[pk]) for pk in opened})


def loads(reader: Standing, *, today: date, only: Mapping[int, str] | None = None) -> list[Load]:
    """Who has an open request of those whom the reader sees in whole, most overdue first; without the days it took.

    `only`: of these assessors, by their ids, with their names: for a page.
    """
    opened, late = Counter[int](), Counter[int]()
    of_these = Q() if only is None else Q(assessor__in=only)
    for assessor, number, overdue in (*_submissions(reader, of_these, today), *_assessments(reader, of_these, today)):
        opened[assessor] += number
        late[assessor] += overdue
    names = dict(User.objects.filter(pk__in=opened).values_list("pk", "name")) if only is None else only
    found = [Load(assessor, names[assessor], opened[assessor], late[assessor]) for assessor in opened]
    return sorted(found, key=lambda one: (-one.overdue, -one.open, one.name, one.assessor))


def with_times(loads: Iterable[Load], reader: Standing, *, today: date) -> list[Load]:
    """The same with the days that decisions took: two queries, for those of a page."""
    loads = list(loads)
    people = [one.assessor for one in loads]
    since = timezone.make_aware(datetime.combine(today - timedelta(days=WINDOW), time.min))
    items = Decision.objects.filter(access.in_whole_of(reader, "portfolio"))
    assessments = AssessmentDecision.objects.filter(access.in_whole_of(reader, "assessment__portfolio"))
    took: dict[int, list[int]] = defaultdict(list)
    for rows in (items, assessments):
        for signer, into, came, decided, number in _times(rows, people, since):
            days = max(0, (_day(decided) - _day(came)).days)  # a clock may have been set back
            for account in (signer, into):
                took[account] += [days] * number
    return [Load(one.assessor, one.name, one.open, one.overdue, tuple(sorted(took[one.assessor]))) for one in loads]


def _submissions(reader: Standing, of_these: Q, today: date) -> Iterable[Any]:
    """With one that is undecided, looked up for each: to join them PostgreSQL read those of everybody first."""
    items = Item.objects.order_by().filter(submission=OuterRef("submission"), state=ItemState.UNDECIDED)
    waiting = Q(undecided__isnull=False, submission__portfolio__closed_at=None)
    theirs = access.in_whole_of(reader, "submission__portfolio")
    rows = Addressee.objects.alias(undecided=Subquery(items.values("submission")[:1]))
    return _counted(rows.filter(waiting, theirs, of_these), today)


def _assessments(reader: Standing, of_these: Q, today: date) -> Iterable[Any]:
    waiting = Q(assessment__state=AssessmentState.WITH_ASSESSOR, assessment__portfolio__closed_at=None)
    theirs = access.in_whole_of(reader, "assessment__portfolio")
    return _counted(AssessmentAddressee.objects.filter(waiting, theirs, of_these), today)


def _counted(rows: QuerySet[Any], today: date) -> Iterable[Any]:
    counts = {"open": Count("pk"), "late": Count("pk", filter=Q(due_on__lt=today))}
    return rows.filter(until=None).order_by().values_list("assessor").annotate(**counts)


def _times(rows: QuerySet[Any], people: Iterable[int], since: datetime) -> Iterable[Any]:
    """A row for each signer, hour of asking and hour of deciding: how many decisions these people made so.

    With the account that the signer's was merged into, if it was. Hours are text, in UTC.
    """
    rows = rows.filter(signer__in=access.accounts_of(people), decided_at__gte=since).order_by()
    hours = _hour("came_at"), _hour("decided_at")
    return rows.values_list("signer", "signer__merged_into", *hours).annotate(number=Count("pk"))


def _hour(moment: str) -> Substr:
    return Substr(Cast(moment, TextField()), 1, HOUR)


@lru_cache(maxsize=16_384)
def _day(hour: str) -> date:
    """The day in London of an hour, which is in UTC and lies in one day there: of 10,000 decisions each once."""
    return timezone.localdate(datetime.fromisoformat(f"{hour}:00:00+00:00"))
