"""Who holds which part of which portfolio today: roles, and what somebody administers, between two dates."""

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from portfolio.models import Administration, Portfolio, Role
from portfolio.states import RoleKind

LEADING = (RoleKind.OFFICER, RoleKind.COORDINATOR)
DECIDING = (RoleKind.OFFICER, RoleKind.COORDINATOR, RoleKind.ASSESSOR)


def in_dates(on: date | None = None) -> Q:
    """A role or an administration on that day, today by default. Both its dates count."""
    on = on or timezone.localdate()
    return Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gte=on))


def deciding_roles() -> QuerySet[Role]:
    """The roles by which somebody may decide today, when asked.

    The person is active, it is not their own portfolio, and they have no open portfolio in its programme.
    """
    own_portfolio = Portfolio.objects.filter(
        trainee=OuterRef("user"), programme=OuterRef("portfolio__programme"), closed_at=None
    )
    return (
        Role.objects.filter(in_dates(), kind__in=DECIDING, user__is_active=True)
        .exclude(user=F("portfolio__trainee"))
        .exclude(Exists(own_portfolio))
    )


def may_decide_on(portfolio: Portfolio) -> QuerySet[User]:
    """Whom the trainee may ask for a decision."""
    return User.objects.filter(pk__in=deciding_roles().filter(portfolio=portfolio).values("user")).order_by(
        "name", "pk"
    )


def deciding_role(user: User, portfolio: Portfolio) -> Role | None:
    """The role in which somebody decides on this portfolio; of several, the highest (DECIDING's order)."""
    roles = deciding_roles().filter(portfolio=portfolio, user=user)
    return min(roles, key=lambda role: (DECIDING.index(RoleKind(role.kind)), role.pk), default=None)


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


def administering(portfolio: Portfolio) -> QuerySet[Administration]:
    """Everybody who ever administers a portfolio that was itself fetched through `visible`."""
    cohort = Q(cohort_year=None) | Q(cohort_year=portfolio.cohort_year)
    return Administration.objects.filter(cohort, programme=portfolio.programme_id)
