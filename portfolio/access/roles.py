"""Who holds which part of which portfolio today: roles, and what somebody administers, between two dates."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from portfolio.models import Administration, Portfolio, Role
from portfolio.states import Part, RoleKind

LEADING = (RoleKind.OFFICER, RoleKind.COORDINATOR)
PART_OF_ROLE = {RoleKind.OFFICER: Part.OFFICER, RoleKind.COORDINATOR: Part.COORDINATOR}
DECIDING = (RoleKind.OFFICER, RoleKind.COORDINATOR, RoleKind.ASSESSOR)


def in_dates(on: date | None = None) -> Q:
    """A role or an administration on that day, today by default. Both its dates count."""
    on = on or timezone.localdate()
    return Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gte=on))


def deciding_roles(on: date | None = None) -> QuerySet[Role]:
    """The roles by which somebody may decide today (or on that day), when asked, whatever the module.

    The person is active, it is not their own portfolio, and they have no open portfolio in its programme.
    """
    return _able(Role.objects.filter(in_dates(on), kind__in=DECIDING))


def supervising_roles() -> QuerySet[Role]:
    """The roles of placement supervisors today. One without its placement gives nothing: that is not confirmed."""
    return Role.objects.filter(in_dates(), kind=RoleKind.SUPERVISOR, placement__isnull=False)


def deciding_supervisors() -> QuerySet[Role]:
    """The supervisors who may decide today, when asked: each on the modules of their role and on no other."""
    return _able(supervising_roles())


def with_ability(roles: QuerySet[Role]) -> QuerySet[Role]:
    """Each with `able`: whether its person may decide by it, if it is of today and of a kind that decides.

    Of a supervisor's: with its placement, and on the modules of the role alone.
    """
    return roles.annotate(able=Exists(_able(Role.objects.filter(pk=OuterRef("pk")))))


def _able(roles: QuerySet[Role]) -> QuerySet[Role]:
    """IN and not EXISTS: of the latter PostgreSQL believes that nearly no role passes, and plans lists badly."""
    own = Portfolio.objects.filter(trainee=OuterRef("user"), closed_at=None).values("programme")
    roles = roles.filter(user__is_active=True).exclude(user=F("portfolio__trainee"))
    return roles.exclude(portfolio__programme__in=own)


def decides(user: User, portfolio: str, module: str) -> Q:
    """Rows on which this user may decide today, when asked; the paths lead to the portfolio and the module of a row."""
    limited = deciding_supervisors().filter(user=user, portfolio=OuterRef(portfolio), modules=OuterRef(module))
    return Q(**{f"{portfolio}__in": deciding_roles().filter(user=user).values("portfolio")}) | Q(Exists(limited))


def roles_that_decide(portfolio: Portfolio, modules: Iterable[int] = ()) -> QuerySet[Role]:
    """The roles by which somebody may decide on activities of these modules, all of them, by their ids.

    Without modules: by which they may decide on any.
    """
    wanted = set(modules)
    unlimited = deciding_roles().filter(portfolio=portfolio)
    if not wanted:
        return unlimited
    limited = deciding_supervisors().filter(portfolio=portfolio)
    for module in wanted:
        limited = limited.filter(pk__in=Role.objects.filter(modules=module).values("pk"))
    return Role.objects.filter(Q(pk__in=unlimited.values("pk")) | Q(pk__in=limited.values("pk")))


def askable_roles(**only: User | Portfolio) -> QuerySet[Role]:
    """The roles by which somebody may decide today on anything at all: supervisors with a module among them.

    `only`: of this `user`, or in this `portfolio`. Each half asks for these alone: else the roles of everybody are read
    to find a few.
    """
    unlimited, some = deciding_roles().filter(**only), deciding_supervisors().filter(**only, modules__isnull=False)
    return Role.objects.filter(Q(pk__in=unlimited.values("pk")) | Q(pk__in=some.values("pk")))


def askable(portfolio: Portfolio, modules: Collection[int] = ()) -> QuerySet[Role]:
    """The choices for activities of these modules; while nothing is chosen, everybody who decides on anything here.

    Not those without an account: each link of theirs follows from a nomination.
    """
    roles = roles_that_decide(portfolio, modules) if modules else askable_roles(portfolio=portfolio)
    return roles.filter(user__one_off=False)


def may_decide_on(portfolio: Portfolio, modules: Iterable[int] = ()) -> QuerySet[User]:
    """Whom the trainee may ask for a decision on activities of these modules; without modules, on any."""
    asked = User.objects.filter(pk__in=roles_that_decide(portfolio, modules).values("user"))
    return asked.order_by("name", "pk")


@dataclass(frozen=True)
class Deciders:
    """Who may decide on a portfolio today, by the ids of people: on every module, or on some by their ids."""

    everywhere: frozenset[int]
    somewhere: dict[int, set[int]]

    def may(self, person: int, modules: Collection[int]) -> bool:
        """Whether this person may decide on all of these modules."""
        return person in self.everywhere or self.somewhere.get(person, set()).issuperset(modules)


def who_decides(portfolio: Portfolio) -> Deciders:
    """The same as `may_decide_on` of any modules, for pages that ask it of many: in one query."""
    held = list(askable_roles(portfolio=portfolio).values_list("user", "kind", "modules"))
    somewhere: dict[int, set[int]] = defaultdict(set)
    for person, kind, module in held:
        if kind == RoleKind.SUPERVISOR:
            somewhere[person].add(module)
    return Deciders(frozenset(person for person, kind, _ in held if kind in DECIDING), somewhere)


def deciding_role(user: User, portfolio: Portfolio, module: int | None = None) -> Role | None:
    """The role in which somebody decides on an activity of this module (without one: of any); of several, the highest.

    The order is DECIDING's; a supervisor's role comes last.
    """
    order = (*DECIDING, RoleKind.SUPERVISOR)
    roles = roles_that_decide(portfolio, [] if module is None else [module]).filter(user=user)
    return min(roles, key=lambda role: (order.index(RoleKind(role.kind)), role.pk), default=None)


def leaders(portfolio: Portfolio) -> list[User]:
    """The training officer and the co-ordinators of today, each once."""
    roles = deciding_roles().filter(portfolio=portfolio, kind__in=LEADING).select_related("user")
    return sorted({role.user for role in roles}, key=lambda person: person.pk)


def supervised_modules(user: User, portfolio: Portfolio) -> frozenset[int]:
    """The ids of the modules of which this user, as placement supervisor, sees the contents today."""
    roles = supervising_roles().filter(user=user, portfolio=portfolio, modules__isnull=False)
    return frozenset(roles.values_list("modules", flat=True))


def administered(user: User) -> QuerySet[Administration]:
    """What somebody administers today."""
    if not user.is_active:
        return Administration.objects.none()
    return Administration.objects.filter(in_dates(), user=user)


def leading_roles(user: User) -> QuerySet[Role]:
    """The roles in which somebody leads today, as officer or co-ordinator."""
    return Role.objects.filter(in_dates(), user=user, kind__in=LEADING)


def administered_portfolios(user: User) -> QuerySet[Portfolio]:
    """The portfolios of the programmes and cohorts that somebody administers today."""
    scope = administered(user).filter(programme=OuterRef("programme"))
    return Portfolio.objects.filter(Exists(scope.filter(Q(cohort_year=None) | Q(cohort_year=OuterRef("cohort_year")))))


def has_a_part(user: User, ref: str) -> bool:
    """Whether somebody owns the portfolio of this reference, has any role in it that is not over, or administers it.

    Who supervises a placement is told before it begins.
    """
    not_over = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    own, held = Q(trainee=user), Q(pk__in=Role.objects.filter(not_over, user=user).values("portfolio"))
    theirs = own | held | Q(pk__in=administered_portfolios(user).values("pk"))
    return Portfolio.objects.filter(theirs, ref=ref).exists()


def administering(portfolio: Portfolio) -> QuerySet[Administration]:
    """Everybody who ever administers a portfolio that was itself fetched through `visible`."""
    cohort = Q(cohort_year=None) | Q(cohort_year=portfolio.cohort_year)
    return Administration.objects.filter(cohort, programme=portfolio.programme_id)


def administrators(portfolio: Portfolio) -> list[User]:
    """Active people who administer it today, each once; not its own trainee."""
    rows = administering(portfolio).filter(in_dates(), user__is_active=True).exclude(user=portfolio.trainee_id)
    return sorted({row.user for row in rows.select_related("user")}, key=lambda person: person.pk)


def leaders_or_administrators(portfolio: Portfolio) -> list[User]:
    """Who is told of what must not go unheard: those who lead, and where nobody does today, those who administer."""
    return leaders(portfolio) or administrators(portfolio)
