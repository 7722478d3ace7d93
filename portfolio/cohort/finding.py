"""Finding some of many trainees, and putting them in order: by their rows, and by the summary of each.

Open portfolios come first in every order. Whoever supervises a placement alone is not told what waits, and so finds
nobody by a flag, and orders nobody by what they do not see (`in_whole`, as access.looked_after says it).
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)

from curriculum.models import Curriculum, Programme
from portfolio.models import Organisation, Portfolio
from portfolio.states import FlagKind

NAME, NAME_KEPT = "trainee__name", "summary__name"  # as it is, and as it was when the summary was made
IN_WHOLE = Q(in_whole=True)  # of looked_after: one of the trainee's people, not a placement supervisor alone


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; what is empty narrows nothing. `cohort` is a programme's code and a year."""

    name: str = ""
    cohort: tuple[str, int] | None = None
    specialty: str = ""
    organisation: int | None = None
    flag: FlagKind | None = None

    @property
    def narrowed(self) -> bool:
        return self != Wanted()


@dataclass(frozen=True)
class Sort:
    """An order. `down`: its first way is from the most to the least, as a reader sees the column.

    `field` holds what is compared; where it is a day since which something lasts, the earlier is the `longer`.
    """

    label: str
    field: str
    words: tuple[str, str]
    down: bool = False
    longer: bool = False
    to_people: bool = True


SORTS: dict[str, Sort] = {
    "flags": Sort("Flags", "summary__flag_count", ("Most flags first", "Fewest flags first"), down=True),
    "name": Sort("Trainee", NAME, ("Name, A to Z", "Name, Z to A"), to_people=False),
    "credits": Sort("Credits", "summary__credits", ("Fewest credits first", "Most credits first"), to_people=False),
    "items": Sort("Items done", "summary__items", ("Fewest items first", "Most items first"), to_people=False),
    "target": Sort("Against target", "summary__ahead", ("Furthest below target", "Furthest above target")),
    "review": Sort("Next review", "summary__review_on", ("Next review first", "Next review last")),
    "wait": Sort(
        "Longest wait", "summary__waits_since", ("Longest wait first", "Shortest wait first"), down=True, longer=True
    ),
}
USUAL = "flags"


def found(portfolios: QuerySet[Portfolio], wanted: Wanted) -> QuerySet[Portfolio]:
    """Those of `looked_after` that are wanted."""
    return portfolios.filter(_matching(wanted))


def _matching(wanted: Wanted) -> Q:
    matching = Q(pk__isnull=False)
    if wanted.name:
        matching &= Q(trainee__name__icontains=wanted.name)
    if wanted.cohort:
        matching &= Q(programme__code=wanted.cohort[0], cohort_year=wanted.cohort[1])
    if wanted.specialty:
        matching &= Q(curriculum__specialty=wanted.specialty)
    if wanted.organisation is not None:
        matching &= Q(organisation=wanted.organisation)
    if wanted.flag:
        matching &= IN_WHOLE & Q(summary__flags__contains=f" {wanted.flag} ")
    return matching


@dataclass(frozen=True)
class Group:
    """Trainees who share what can be chosen from, and how many of them are wanted."""

    cohort: tuple[str, int]
    specialty: str
    organisation: int | None
    organisation_name: str
    found: int


def groups(portfolios: QuerySet[Portfolio], wanted: Wanted) -> list[Group]:
    """What the filters offer, and how many are found by them: one query, however many there are.

    Names are looked up for each group and not for each trainee, so that thousands are counted by short numbers alone.
    """
    columns = ("programme", "cohort_year", "curriculum", "organisation")
    counted = portfolios.order_by().values(*columns).annotate(wanted=Count("pk", filter=_matching(wanted)))
    rows = counted.annotate(
        code=_looked_up(Programme, "programme", "code"),
        specialty=_looked_up(Curriculum, "curriculum", "specialty"),
        called=_looked_up(Organisation, "organisation", "name"),
    ).values_list("code", "cohort_year", "specialty", "organisation", "called", "wanted")
    return [Group((code, year), specialty, at, name or "", n) for code, year, specialty, at, name, n in rows]


def _looked_up(model: type[Model], column: str, what: str) -> Subquery:
    return Subquery(model._default_manager.filter(pk=OuterRef(column)).values(what))


def ordered(
    portfolios: QuerySet[Portfolio], sort: str, *, back: bool = False, called: str = NAME
) -> QuerySet[Portfolio]:
    """In this order, or `back`: in the other way. What there is nothing to compare by comes last in both.

    Those that are equal follow by name. To find 25 of thousands `called` is NAME_KEPT: by NAME each person would have
    to be looked up.
    """
    by = SORTS[sort]
    value: Any = Case(When(IN_WHOLE, then=F(by.field))) if by.to_people else F(by.field)
    falls = (by.down != by.longer) != back
    key = value.desc(nulls_last=True) if falls else value.asc(nulls_last=True)
    equal = [] if by.field == NAME else [F(called).asc(nulls_last=True)]
    closed = ExpressionWrapper(Q(closed_at__isnull=False), BooleanField())
    return portfolios.order_by(closed, key, *equal, "pk")
