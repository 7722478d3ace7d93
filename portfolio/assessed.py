"""What a portfolio's assessments are, read in bulk: those that are satisfactory, and those on their way."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from portfolio.models import Assessment
from portfolio.prepared import prepared
from portfolio.states import FILLING, AssessmentKind
from portfolio.states import AssessmentState as State


@dataclass(frozen=True)
class Waiting:
    """An item in review: who it is with and since when. `assessor` is None when that person can no longer decide.
    Somebody new whom the officer has still to approve stands there as such, and `assessor_id` is 0.

    `sid` is the submission's, or of an assessment its `aid`.
    """

    sid: str
    assessor: str | None
    assessor_id: int
    since: datetime
    due_on: date

    def late(self, today: date) -> bool:
        """Whether its due date is past."""
        return self.due_on < today


@dataclass(frozen=True)
class Done:
    """Satisfactory assessments of one module, and whether the university's result is recorded: that it was passed.

    Those signed in another system are in the numbers; `cbd_elsewhere` and `observed_elsewhere` say how many they are.
    `days` tells of each which kind it was, on which day it was decided, and whether in another system; `recorded` of
    those of other systems alone the kind, and the day on which it was recorded here.
    """

    cbd: int = 0
    dops: int = 0
    oce: int = 0
    university_result: bool = False
    cbd_elsewhere: int = 0
    observed_elsewhere: int = 0
    days: tuple[tuple[str, date, bool], ...] = ()
    recorded: tuple[tuple[str, date], ...] = ()


NOTHING_DONE = Done()


@dataclass(frozen=True)
class Attempt:
    """An assessment that counts or is on its way: not yet satisfactory, where no attempt has followed it. Or voided.

    Of a plan, which is its trainee's alone, nothing is told but that there is one. `waiting` is None where nobody is
    asked; `by` and `at` say whose decision it is, and when; of a voided one `at` is when it was voided.
    """

    aid: str
    kind: AssessmentKind
    state: State
    title: str = ""
    waiting: Waiting | None = None
    by: str = ""
    at: datetime | None = None

    @property
    def counts(self) -> bool:
        return self.state is State.SATISFACTORY

    @property
    def unsaid(self) -> "Attempt":
        """The same for somebody who may know that there is one, and what state it is in."""
        return replace(self, title="", by="")


Able = set[tuple[int, int, int | None]]  # portfolio, person, and the module; without one, in every module


def decides(able: Able, portfolio: int, person: int, module: int) -> bool:
    """Whether this person may decide on what is of this module."""
    return not able.isdisjoint({(portfolio, person, None), (portfolio, person, module)})


def assessed(portfolios: Collection[int], able: Able, people: bool) -> dict[tuple[int, int], list[Attempt]]:
    """By portfolio and module, in the order of the days that they were planned for."""
    found: dict[tuple[int, int], list[Attempt]] = defaultdict(list)
    for of, module, aid, kind, value, at, *more in _rows(portfolios, people):
        state, title, waiting, by = State(value), "", None, ""
        if people and state is not State.PLANNED:
            assessor, name, since, due_on, title, signer, *named_as = more
            by = signer or ""
            if state is State.WITH_ASSESSOR and assessor:
                called = name if decides(able, of, assessor, module) else None
                waiting = Waiting(aid, called, assessor, since, due_on)
            elif state is State.WITH_ASSESSOR and named_as[0]:
                waiting = nominated(aid, *named_as)
        found[of, module].append(Attempt(aid, AssessmentKind(kind), state, title, waiting, by, at))
    return found


@prepared
def _rows(portfolios: list[int], people: bool) -> QuerySet[Any, Any]:
    now = FilteredRelation("addressees", condition=Q(addressees__until=None))
    named = FilteredRelation("nominations", condition=Q(nominations__until=None))
    counted = Q(state__in=(*FILLING, State.VOIDED)) | Q(state=State.NOT_YET, next_attempt=None)
    rows = Assessment.objects.filter(counted, portfolio__in=portfolios).annotate(now=now, named=named)
    at_last = Coalesce("void__voided_at", "decision__decided_at")
    columns: tuple[Any, ...] = ("portfolio", "module", "aid", "kind", "state", at_last)
    asked = ("now__assessor", "now__assessor__name", "now__since", "now__due_on")
    nominee = ("named__name", "named__since", "named__due_on", "named__answer")
    told = ("title", "decision__signer_name")
    more = (*asked, *told, *nominee) if people else ()
    return rows.order_by("happens_on", "pk").values_list(*columns, *more)


def nominated(key: str, name: str, since: datetime, due_on: date, answer: int | None) -> Waiting:
    """With somebody new: the officer has still to approve them. Once they are declined, with nobody."""
    return Waiting(key, None if answer else f"{name} (to be approved by the training officer)", 0, since, due_on)


def done(attempts: Iterable[Attempt]) -> Done:
    """How many of each kind are satisfactory, and on which day each was decided."""
    counted = [one for one in attempts if one.counts]
    if not counted:
        return NOTHING_DONE
    number = Counter(one.kind for one in counted)
    days = tuple((one.kind.value, timezone.localdate(one.at), False) for one in counted)
    return Done(number[AssessmentKind.CBD], number[AssessmentKind.DOPS], number[AssessmentKind.OCE], days=days)
