"""Who keeps what in the admin site: curricula, portfolios and people of what they administer. Never upwards."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from portfolio.access.roles import administered, administered_portfolios
from portfolio.models import Portfolio, Role
from portfolio.states import RoleKind


def administered_programmes(user: User) -> list[int] | None:
    """The programmes whose curricula somebody keeps today; None means all of them."""
    if user.is_superuser and user.is_active:
        return None
    return list(administered(user).values_list("programme", flat=True).distinct())


def may_enter_admin(user: User) -> bool:
    """The admin site is for those who administer a programme, and for the one who appoints them."""
    return user.is_active and (user.is_superuser or administered(user).exists())


def may_manage(actor: User, person: User) -> bool:
    """Whether somebody in the admin site may change a person's account: its address is a key to it.

    An administrator manages those who have nothing outside what they administer, and no administrator: never upwards,
    never sideways.
    """
    if not may_enter_admin(actor) or actor.is_superuser:
        return may_enter_admin(actor)
    if person.is_superuser or person.administrations.exists():
        return False
    theirs = administered_portfolios(actor).values("pk")
    held = Role.objects.filter(user=person).exclude(portfolio__in=theirs)
    owned = Portfolio.objects.filter(trainee=person).exclude(pk__in=theirs)
    return not held.exists() and not owned.exists()


def portfolios_in_scope(user: User) -> QuerySet[Portfolio]:
    """The portfolios whose facts and roles somebody keeps in the admin site; a superuser's are all.

    Keeping them gives no sight of the work in them: that is `visible`.
    """
    return Portfolio.objects.all() if _keeps_all(user) else administered_portfolios(user)


def in_scope(user: User, programme_id: int, cohort_year: int) -> bool:
    """Whether somebody keeps the portfolios of this cohort."""
    cohort = Q(cohort_year=None) | Q(cohort_year=cohort_year)
    return _keeps_all(user) or administered(user).filter(cohort, programme=programme_id).exists()


def officers() -> QuerySet[Role]:
    """The roles of training officers, of any day, for portfolios that were themselves found in somebody's scope."""
    return Role.objects.filter(kind=RoleKind.OFFICER).select_related("user").order_by("starts_on", "pk")


@dataclass(frozen=True)
class Kept:
    """The cohorts that somebody keeps today, as (programme, year); a year of None stands for every one of them."""

    everything: bool
    cohorts: frozenset[tuple[int, int | None]]

    def keeps(self, programme: int, cohort_year: int) -> bool:
        """The same as `in_scope`, for those who ask it of many."""
        return self.everything or bool(self.cohorts & {(programme, None), (programme, cohort_year)})

    def any_of(self, programme: int) -> bool:
        """Whether any cohort of this programme is theirs."""
        return self.everything or any(of == programme for of, _ in self.cohorts)


def kept(user: User) -> Kept:
    """What somebody keeps today, in one query."""
    return Kept(_keeps_all(user), frozenset(administered(user).values_list("programme", "cohort_year")))


def people_in_scope(user: User) -> QuerySet[User]:
    """The people whom somebody finds in the admin site; a superuser finds all.

    That is everybody with a portfolio or a role, of today or not, in what they administer; those who administer the
    same programme; themselves; and newcomers: accounts that have nothing yet.
    """
    if _keeps_all(user):
        return User.objects.all()
    theirs = administered_portfolios(user).values("pk")
    own_programmes = administered(user).values("programme")
    newcomer = Q(is_superuser=False, portfolios=None, roles=None, administrations=None)
    found = User.objects.filter(
        newcomer
        | Q(pk=user.pk)
        | Q(portfolios__in=theirs)
        | Q(roles__portfolio__in=theirs)
        | Q(administrations__programme__in=own_programmes)
    )
    return User.objects.filter(pk__in=found.values("pk"))


def _keeps_all(user: User) -> bool:
    return user.is_active and user.is_superuser
