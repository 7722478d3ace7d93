"""Named people around one portfolio, the awkward ones included."""

from dataclasses import dataclass

from accounts.models import User
from portfolio.models import Portfolio
from portfolio.states import RoleKind
from tests import make


@dataclass
class Cast:
    """Who is who. `portfolio` is Priya's; `other` is Tom's, in the same department."""

    portfolio: Portfolio
    other: Portfolio
    trainee: User
    other_trainee: User
    officer: User
    coordinator: User
    assessor: User
    second_assessor: User
    administrator: User
    other_officer: User
    former_officer: User
    former_assessor: User
    future_assessor: User
    former_administrator: User
    cohort_administrator: User
    other_cohort_administrator: User
    other_programme_administrator: User
    officer_in_training: User
    deactivated: User
    stranger: User
    superuser: User

    def people(self) -> dict[str, User]:
        """Everybody by the name of their part."""
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}


def assemble() -> Cast:
    """Everybody, with their roles in Priya's portfolio."""
    trainee, other_trainee = make.person("Priya Raman"), make.person("Tom Okafor")
    portfolio, other = make.portfolio(trainee), make.portfolio(other_trainee)
    officer_in_training = make.person("Owen Hart")
    make.portfolio(officer_in_training)
    cast = Cast(
        portfolio=portfolio,
        other=other,
        trainee=trainee,
        other_trainee=other_trainee,
        officer=make.person("Ana Reyes", post="Training officer", registration_number="CS00001"),
        coordinator=make.person("Colin Berg"),
        assessor=make.person("Maya Lind", post="Principal Clinical Scientist", registration_number="CS00002"),
        second_assessor=make.person("Femi Adeyemi"),
        administrator=make.person("Ruth Clarke"),
        other_officer=make.person("Nora Quist"),
        former_officer=make.person("Karl Vance"),
        former_assessor=make.person("Iris Bell"),
        future_assessor=make.person("Leo Marsh"),
        former_administrator=make.person("Dot Hale"),
        cohort_administrator=make.person("Sam Wren"),
        other_cohort_administrator=make.person("Bea Frost"),
        other_programme_administrator=make.person("Gus Pike"),
        officer_in_training=officer_in_training,
        deactivated=make.person("Vic Stone"),
        stranger=make.person("Eve Nolan"),
        superuser=User.objects.create_superuser("root@example.org", name="Root Rowe"),
    )
    make.role(portfolio, cast.former_officer, RoleKind.OFFICER, since=-300, until=-101)
    make.role(portfolio, cast.officer, RoleKind.OFFICER)
    make.role(portfolio, cast.coordinator, RoleKind.COORDINATOR)
    make.role(portfolio, officer_in_training, RoleKind.COORDINATOR)
    make.role(portfolio, cast.assessor)
    make.role(portfolio, cast.second_assessor)
    make.role(portfolio, cast.former_assessor, until=-1)
    make.role(portfolio, cast.future_assessor, since=1)
    make.role(portfolio, cast.deactivated)
    make.role(other, cast.other_officer, RoleKind.OFFICER)
    make.role(other, cast.assessor)
    User.objects.filter(pk=cast.deactivated.pk).update(is_active=False)
    cast.deactivated.refresh_from_db()
    make.administration(cast.administrator)
    make.administration(cast.cohort_administrator, cohort=2024)
    make.administration(cast.other_cohort_administrator, cohort=2019)
    make.administration(cast.other_programme_administrator, code="HSST")
    make.administration(cast.former_administrator, until=-1)
    return cast
