"""What a portfolio's assessments are, read in bulk: how many are satisfactory, and those on their way."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import FilteredRelation, Q
from django.utils import timezone

from portfolio.models import Assessment
from portfolio.states import FILLING, AssessmentKind, AssessmentState


@dataclass(frozen=True)
class Waiting:
    """An item in review: who it is with and since when. `assessor` is None when that person can no longer decide.

    `sid` is the submission's, or of an assessment its `aid`.
    """

    sid: str
    assessor: str | None
    assessor_id: int
    since: datetime
    due_on: date


@dataclass(frozen=True)
class Done:
    """Satisfactory assessments of one module, and whether the university's result is recorded: that it was passed.

    Those signed in another system are in the numbers; `cbd_elsewhere` and `observed_elsewhere` say how many they are.
    `days` tells of each which kind it was, on which day it was decided, and whether in another system.
    """

    cbd: int = 0
    dops: int = 0
    oce: int = 0
    university_result: bool = False
    cbd_elsewhere: int = 0
    observed_elsewhere: int = 0
    days: tuple[tuple[str, date, bool], ...] = ()


@dataclass(frozen=True)
class OpenAttempt:
    """An assessment on its way: planned, with an assessor, or not yet satisfactory with no attempt after it.

    Its title is the trainee's plan, so it is not told here. `waiting` is None where nobody was asked.
    """

    aid: str
    kind: AssessmentKind
    state: AssessmentState
    waiting: Waiting | None = None


Able = set[tuple[int, int, int | None]]  # portfolio, person, and the module; without one, in every module


def decides(able: Able, portfolio: int, person: int, module: int) -> bool:
    """Whether this person may decide on what is of this module."""
    return not able.isdisjoint({(portfolio, person, None), (portfolio, person, module)})


def assessed(
    portfolios: Iterable[int], able: Able, people: bool
) -> tuple[dict[tuple[int, int], Done], dict[tuple[int, int], list[OpenAttempt]]]:
    """By portfolio and module: how many assessments are satisfactory, and those that are on their way."""
    done: dict[tuple[int, int], Done] = {}
    attempts: dict[tuple[int, int], list[OpenAttempt]] = defaultdict(list)
    now = FilteredRelation("addressees", condition=Q(addressees__until=None))
    counted = Q(state__in=FILLING) | Q(state=AssessmentState.NOT_YET, next_attempt=None)
    rows = Assessment.objects.filter(counted, portfolio__in=portfolios).annotate(now=now).order_by("happens_on", "pk")
    asked = ("now__assessor", "now__assessor__name", "now__since", "now__due_on")
    columns = ("portfolio", "module", "aid", "kind", "state", "decision__decided_at")
    for of, module, aid, kind, value, decided_at, *whom in rows.values_list(*columns, *(asked if people else ())):
        state = AssessmentState(value)
        if state is AssessmentState.SATISFACTORY:
            so_far = done.get((of, module), Done())
            name = kind.lower()
            days = (*so_far.days, (kind, timezone.localdate(decided_at), False))
            done[of, module] = replace(so_far, days=days, **{name: getattr(so_far, name) + 1})
            continue
        waiting = None
        if state is AssessmentState.WITH_ASSESSOR and people:
            assessor, called, since, due_on = whom
            if assessor:
                waiting = Waiting(aid, called if decides(able, of, assessor, module) else None, assessor, since, due_on)
        attempts[of, module].append(OpenAttempt(aid, AssessmentKind(kind), state, waiting))
    return done, attempts
