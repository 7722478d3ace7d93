"""What a portfolio's assessments are, read in bulk: those that are satisfactory, and those on their way."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import FilteredRelation, Q

from portfolio.models import Assessment
from portfolio.states import FILLING, AssessmentKind
from portfolio.states import AssessmentState as State


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
    """

    cbd: int = 0
    dops: int = 0
    oce: int = 0
    university_result: bool = False
    cbd_elsewhere: int = 0
    observed_elsewhere: int = 0


@dataclass(frozen=True)
class Attempt:
    """An assessment that counts or is on its way: not yet satisfactory, where no attempt has followed it.

    Of a plan, which is its trainee's alone, nothing is told but that there is one. `waiting` is None where nobody is
    asked; `by` and `at` say whose decision it is, and when.
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


def assessed(
    portfolios: Iterable[int], able: set[tuple[int, int]], people: bool
) -> dict[tuple[int, int], list[Attempt]]:
    """By portfolio and module, in the order of the days that they were planned for."""
    found: dict[tuple[int, int], list[Attempt]] = defaultdict(list)
    now = FilteredRelation("addressees", condition=Q(addressees__until=None))
    counted = Q(state__in=FILLING) | Q(state=State.NOT_YET, next_attempt=None)
    rows = Assessment.objects.filter(counted, portfolio__in=portfolios).annotate(now=now).order_by("happens_on", "pk")
    columns = ("portfolio", "module", "aid", "kind", "state")
    asked = ("now__assessor", "now__assessor__name", "now__since", "now__due_on")
    told = ("title", "decision__signer_name", "decision__decided_at")
    for of, module, aid, kind, value, *more in rows.values_list(*columns, *((*asked, *told) if people else ())):
        one = Attempt(aid, AssessmentKind(kind), State(value))
        if people and one.state is not State.PLANNED:
            assessor, name, since, due_on, title, by, at = more
            waiting = Waiting(aid, name if (of, assessor) in able else None, assessor, since, due_on)
            waits = one.state is State.WITH_ASSESSOR and assessor
            one = replace(one, title=title, waiting=waiting if waits else None, by=by or "", at=at)
        found[of, module].append(one)
    return found


def done(attempts: Iterable[Attempt]) -> Done:
    """How many of each kind are satisfactory."""
    number = Counter(one.kind for one in attempts if one.counts)
    return Done(number[AssessmentKind.CBD], number[AssessmentKind.DOPS], number[AssessmentKind.OCE])
