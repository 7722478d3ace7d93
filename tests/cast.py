"""Named people around one portfolio, the awkward ones included."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from portfolio.models import Portfolio
from portfolio.states import RoleKind
from tests import make

ELSEWHERE: list[dict[str, Any]] = [
    {"title": "Higher", "credits": 180, "modules": [{"code": "H-C1", "credits": 180, "kind": "core", "activities": 1}]}
]


@dataclass
class Cast:
    """Who is who. `portfolio` is Priya's; `other` is Tom's, in the same department; Zara has hers in another programme.

    A supervisor in dates sees a part of it, and stands elsewhere: tests/portfolio/everybody.py, and the placements'.
    """

    portfolio: Portfolio
    other: Portfolio
    trainee: User
    other_trainee: User
    other_programme_trainee: User
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
    supervisor_out_of_dates: User  # who is nobody yet: see `surround`
    nominee: User  # likewise
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
    officer_in_training, other_programme_trainee = make.person("Owen Hart"), make.person("Zara Byrne")
    make.portfolio(officer_in_training)
    make.portfolio(other_programme_trainee, make.curriculum("HST8-1-24", programme_code="HSST", blocks=ELSEWHERE))
    cast = Cast(
        portfolio=portfolio,
        other=other,
        trainee=trainee,
        other_trainee=other_trainee,
        other_programme_trainee=other_programme_trainee,
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
        supervisor_out_of_dates=make.person("Ines Marr"),
        nominee=make.person("Nia Falk"),
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


def surround(cast: Cast) -> None:
    """The nominee is named for S-X1 3, and the officer has not answered; a placement in every module is over.

    `assemble` does not: it is a submission and a placement more, and most tests speak of the only one.
    """
    who = make.nominee(cast.nominee.name, cast.nominee.email)
    make.nominated(cast.portfolio, 3, code="S-X1", who=who)
    make.placed(cast.portfolio, cast.officer, cast.supervisor_out_of_dates, ("S-C1", "S-X1"), since=-100, until=-70)
