"""What somebody is today, on the portfolios of others and on their own, as plain facts: one query that every page asks.

The rules are those of roles.py, seeing.py and doing.py; tests hold the two equal for everybody. A step reads its rules
from the database, under its lock; a page that shows what was fetched asks here.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Case, FilteredRelation, Q, QuerySet, When
from django.utils import timezone

from accounts.models import User
from curriculum import structure
from portfolio.access.roles import DECIDING, LEADING, PART_OF_ROLE
from portfolio.models import Portfolio
from portfolio.states import Part, RoleKind


@dataclass(frozen=True)
class Standing:
    """Ids of people, portfolios, modules and programmes.

    `led`: the kinds of role in which they lead, by portfolio. `supervised`: the modules of their placements, by
    portfolio. `everywhere`: the portfolios on which they decide when asked; `somewhere`: on these modules. `scopes`:
    what they administer, a programme and a cohort's year or None for all. `training`: where they train themselves.
    """

    user: int
    led: Mapping[int, frozenset[RoleKind]] = field(default_factory=dict)
    supervised: Mapping[int, frozenset[int]] = field(default_factory=dict)
    everywhere: frozenset[int] = frozenset()
    somewhere: frozenset[tuple[int, int]] = frozenset()
    scopes: frozenset[tuple[int, int | None]] = frozenset()
    training: frozenset[int] = frozenset()
    owns: bool = False
    superuser: bool = False

    @property
    def decides(self) -> bool:
        """On anything at all."""
        return bool(self.everywhere or self.somewhere)

    @property
    def enters_admin(self) -> bool:
        return bool(self.superuser or self.scopes)

    def decides_on(self, portfolio: int, module: int | None) -> bool:
        """Whether they may decide on this module of this portfolio when asked; without one, on any."""
        return portfolio in self.everywhere or (portfolio, module) in self.somewhere

    def administers(self, portfolio: Portfolio) -> bool:
        programme = portfolio.programme_id
        return (programme, None) in self.scopes or (programme, portfolio.cohort_year) in self.scopes

    def in_whole(self, portfolio: Portfolio) -> bool:
        """Whether they own it or are one of its trainee's people: officer, co-ordinator or administrator."""
        return self.user == portfolio.trainee_id or portfolio.pk in self.led or self.administers(portfolio)

    def sees(self, portfolio: Portfolio) -> bool:
        return self.in_whole(portfolio) or portfolio.pk in self.supervised

    def parts(self, portfolio: Portfolio, addressed: int | None, module: int | None) -> frozenset[Part]:
        """As `doing.parts`."""
        if self.user == portfolio.trainee_id:
            return frozenset({Part.TRAINEE})
        if portfolio.programme_id in self.training:
            return frozenset()
        held = {PART_OF_ROLE[kind] for kind in self.led.get(portfolio.pk, ())}
        if self.administers(portfolio):
            held.add(Part.ADMINISTRATOR)
        if addressed == self.user and self.decides_on(portfolio.pk, module):
            held.add(Part.ADDRESSED)
        if module in self.supervised.get(portfolio.pk, ()):
            held.add(Part.SUPERVISOR)
        return frozenset(held)


class Row(NamedTuple):
    """A role of today beside an administration of today and a portfolio of their own; None where there is none."""

    own: int | None
    own_programme: int
    own_closed: Any
    administered: int | None
    cohort_year: int | None
    kind: RoleKind
    of: int
    trainee: int | None
    programme: int
    placement: int | None
    module: int | None


def standing(user: Any) -> Standing:
    """What this user is today. Somebody who is not signed in, or deactivated, is nothing."""
    if not user.is_active:
        return Standing(user.pk)
    rows = [Row(*row) for row in _rows(user)]
    training = {row.own_programme for row in rows if row.own_closed is None}
    others = [row for row in rows if row.trainee not in (None, user.pk)]
    leading = [row for row in others if row.kind in LEADING]
    placed = [row for row in others if row.kind == RoleKind.SUPERVISOR and row.placement]
    able = {row.of for row in others if row.programme not in training}
    return Standing(
        user=user.pk,
        led=_by_portfolio((row.of, row.kind) for row in leading),
        supervised=_by_portfolio((row.of, row.module) for row in placed),
        everywhere=frozenset(row.of for row in others if row.kind in DECIDING) & able,
        somewhere=frozenset((row.of, row.module) for row in placed if row.module and row.of in able),
        scopes=frozenset((row.administered, row.cohort_year) for row in rows if row.administered),
        training=frozenset(training),
        owns=any(row.own for row in rows),
        superuser=user.is_superuser,
    )


def _rows(user: User) -> Any:
    today = timezone.localdate()

    def of_today(path: str) -> FilteredRelation:
        lasts = Q(**{f"{path}__ends_on": None}) | Q(**{f"{path}__ends_on__gte": today})
        return FilteredRelation(path, condition=Q(**{f"{path}__starts_on__lte": today}) & lasts)

    joined = User.objects.filter(pk=user.pk).annotate(role=of_today("roles"), keeps=of_today("administrations"))
    own = ("portfolios", "portfolios__programme", "portfolios__closed_at")
    kept = ("keeps__programme", "keeps__cohort_year")
    of = ("role__portfolio", "role__portfolio__trainee", "role__portfolio__programme")
    return joined.values_list(*own, *kept, "role__kind", *of, "role__placement", "role__modules")


def _by_portfolio(pairs: Any) -> dict[int, frozenset[Any]]:
    """What is None says only that there is a row."""
    found: dict[int, set[Any]] = defaultdict(set)
    for of, what in pairs:
        found[of] |= {what} - {None}
    return {of: frozenset(held) for of, held in found.items()}


def portfolio_at(ref: str, reader: Standing) -> Portfolio | None:
    """`portfolios(user)` at this reference, with what a page tells of it, with its `reader`, and with the head of the
    instance's chain, which says whether curricula have changed."""
    rows = Portfolio.objects.select_related("trainee", "curriculum", "programme", "organisation")
    portfolio: Any = rows.filter(ref=ref).annotate(instance_head=structure.instance_head()).first()
    if portfolio is None or not reader.sees(portfolio):
        return None
    portfolio.reader, portfolio.in_whole = reader, reader.in_whole(portfolio)
    found: Portfolio = portfolio
    return found


def in_whole_of(reader: Standing, path: str = "") -> Q:
    """Rows of the portfolios of others that they see in whole; `path` leads from a row to its portfolio.

    In plain conditions: of ten thousand portfolios, these are found from an index.
    """
    to = f"{path}__" if path else ""
    whole = Q(**{f"{to}pk__in": reader.led})
    for programme, cohort_year in reader.scopes:
        all_cohorts = Q(**{f"{to}programme": programme})
        whole = whole | (all_cohorts if cohort_year is None else all_cohorts & Q(**{f"{to}cohort_year": cohort_year}))
    return whole & ~Q(**{f"{to}trainee": reader.user})


def looked_after_now(reader: Standing) -> QuerySet[Portfolio]:
    """`looked_after(user)`, from what they are at this moment: for a page, which asks it for several things at once."""
    whole = in_whole_of(reader)
    rows = Portfolio.objects.filter(whole | Q(pk__in=reader.supervised))
    return rows.annotate(in_whole=Case(When(whole, then=True), default=False))


def reader_of(portfolio: Portfolio, user: User) -> Standing | None:
    """What this user was when the portfolio was fetched for them; None when it was not."""
    reader: Standing | None = getattr(portfolio, "reader", None)
    return reader if reader is not None and reader.user == user.pk else None
