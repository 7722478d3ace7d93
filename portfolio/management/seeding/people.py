"""Who there is: groups of trainees in one department, with the people who look after them and decide on their work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from audit.chain import append
from curriculum import structure
from curriculum.models import Curriculum, Module
from curriculum.structure import INSTANCE, Structure
from portfolio.management.demo.clock import first_of_september
from portfolio.management.seeding import words
from portfolio.management.seeding.writing import write
from portfolio.manifest import SEEDED_FROM, iso
from portfolio.models import Activity, Administration, Evidence, Organisation, Portfolio, Revision, Role
from portfolio.states import RoleKind

PASSWORD = "seeded-for-measuring"  # fictional people on a machine that serves nobody
DOMAIN = "seeded.example.org"
GROUP = 25  # trainees of one officer
REGION = 4  # groups that share a busy assessor


@dataclass(frozen=True)
class Followed:
    """A curriculum with its facts, and its modules' rows by id."""

    curriculum: Curriculum
    facts: Structure
    modules: dict[int, Module]


def published() -> list[Followed]:
    """The curricula that portfolios can follow."""
    rows = Curriculum.objects.filter(status=Curriculum.Status.PUBLISHED).select_related("programme").order_by("code")
    facts = structure.read(row.pk for row in rows)
    return [Followed(row, facts[row.pk], {module.pk: module for module in row.modules.all()}) for row in rows]


@dataclass
class Seeded:
    """A trainee with what was written of them so far. `roles` is by person; `pages` in order, each with its saved
    revisions, the oldest first; `activities` in the order of the plan. `told` is what the seeded event will hold."""

    number: int
    portfolio: Portfolio
    follows: Followed
    chance: Random
    officer: User
    assessors: Sequence[User]
    busy: User
    supervisor: User
    roles: dict[int, Role] = field(default_factory=dict)
    pages: list[Evidence] = field(default_factory=list)
    revisions: dict[int, list[Revision]] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, kind: str, by: User, at: datetime, data: dict[str, Any]) -> int:
        """Note what the event of a step would have said; its number."""
        self.told.append({"kind": kind, "actor": by.pk, "at": iso(at), "data": data})
        return SEEDED_FROM + len(self.told)


def seeded() -> int:
    """How many trainees there are."""
    return User.objects.filter(email__startswith="trainee-", email__endswith=f"@{DOMAIN}").count()


def address(part: str, number: int) -> str:
    """Where somebody signs in: trainee-00001@seeded.example.org."""
    return f"{part}-{number:05}@{DOMAIN}"


def group(numbers: Iterable[int], followed: Sequence[Followed]) -> list[Seeded]:
    """The trainees of these numbers, all of one group, with their portfolios and everybody's roles."""
    numbers = list(numbers)
    which = (numbers[0] - 1) // GROUP
    officer, *assessors = staff(which)
    busy = _found("busy-assessor", which // REGION + 1, "Consultant Clinical Scientist")
    supervisor = _found("supervisor", which + 1, "Principal Imaging Scientist")
    where, _ = Organisation.objects.get_or_create(
        name=words.organisation(which // REGION), defaults={"mail_domains": DOMAIN}
    )
    trainees = _people("trainee", numbers, "Trainee Clinical Scientist")
    found = []
    for number, trainee in zip(numbers, trainees, strict=True):
        follows = followed[number % len(followed)]
        portfolio = Portfolio(
            trainee=trainee,
            curriculum=follows.curriculum,
            programme=follows.curriculum.programme,
            cohort_year=(begun := first_of_september(year_of_training=1 + number % 3)).year,
            starts_on=begun,
            organisation=where,
            department=words.DEPARTMENTS[which % len(words.DEPARTMENTS)],
        )
        found.append(Seeded(number, portfolio, follows, Random(number), officer, assessors, busy, supervisor))
    write([one.portfolio for one in found])
    _appoint(found)
    return found


def staff(which: int) -> list[User]:
    """The officer and the two assessors of a group."""
    return [
        _found("officer", which + 1, "Lead Clinical Scientist"),
        _found("assessor", 2 * which + 1, "Principal Clinical Scientist"),
        _found("assessor", 2 * which + 2, "Senior Clinical Scientist"),
    ]


@transaction.atomic
def administrator(followed: Sequence[Followed]) -> User:
    """Somebody who looks after everybody."""
    person = _found("administrator", 1, "Programme manager")
    for programme in {one.curriculum.programme for one in followed}:
        row, new = Administration.objects.get_or_create(
            user=person, programme=programme, defaults={"starts_on": first_of_september(year_of_training=3)}
        )
        if new:
            append(INSTANCE, "administration given", by=None, data=row.facts)
    return person


def _appoint(found: Sequence[Seeded]) -> None:
    roles: list[Role] = []
    for one in found:
        begun = one.portfolio.starts_on
        one.roles = {
            person.pk: Role(portfolio=one.portfolio, user=person, kind=kind, starts_on=begun + timedelta(days=after))
            for person, kind, after in (
                (one.officer, RoleKind.OFFICER, 0),
                *((assessor, RoleKind.ASSESSOR, 7) for assessor in (*one.assessors, one.busy)),
            )
        }
        roles += one.roles.values()
    write(roles)


def _found(part: str, number: int, post: str) -> User:
    """This person, made if they are not there yet."""
    return User.objects.filter(email=address(part, number)).first() or _people(part, [number], post)[0]


def _people(part: str, numbers: Sequence[int], post: str) -> list[User]:
    people = [
        User(
            email=address(part, number),
            name=words.name(number + 11 * len(part)),
            post=post,
            registration_number="" if part == "trainee" else f"CS{number:05}",
            password=_hash(),
        )
        for number in numbers
    ]
    write(people)
    write([EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in people])
    return people


@cache
def _hash() -> str:
    """One for all: checking a password costs half a second by design, and so does making one."""
    return make_password(PASSWORD)
