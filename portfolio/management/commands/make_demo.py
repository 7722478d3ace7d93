"""Fills an empty database with the demonstration: fictional people and believable work in every state."""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.invitations import verified
from accounts.models import User
from audit.chain import append
from curriculum.models import Curriculum, Programme
from curriculum.structure import INSTANCE
from portfolio.cohort import summaries
from portfolio.management.demo.assessed import plan_assessments
from portfolio.management.demo.clock import Story, first_of_september
from portfolio.management.demo.complete import plan_grace
from portfolio.management.demo.feedback import plan_feedback
from portfolio.management.demo.placed import plan_placements
from portfolio.management.demo.plan import plan_months
from portfolio.management.demo.reviews import plan_reviews
from portfolio.management.demo.talk import plan_talk
from portfolio.management.demo.work import Author, People, plan_daniel, plan_priya
from portfolio.models import Administration, Organisation, Portfolio, Role
from portfolio.states import RoleKind
from portfolio.statistics import look_anew
from portfolio.workflow.placements import GIVEN

PASSWORD = "demonstration-only"  # shown on the terminal; the data is fictional and the server answers this machine only
CAST = {
    "priya": ("Priya Raman", "priya.raman@example.org", "Trainee, second year", "trainee on SBI1-3-23"),
    "daniel": ("Daniel Osei", "daniel.osei@example.org", "Trainee, third year", "trainee on DEMO-1-24"),
    "grace": ("Grace Hall", "grace.hall@example.org", "Trainee, last months", "complete on DEMO-1-24"),
    "ana": ("Ana Reyes", "ana.reyes@example.org", "Lead Clinical Scientist", "training officer of all three"),
    "maya": ("Maya Lind", "maya.lind@example.org", "Principal Clinical Scientist", "assessor of all three"),
    "femi": ("Femi Adeyemi", "femi.adeyemi@example.org", "Senior Clinical Scientist", "second assessor of all three"),
    "hugh": ("Hugh Sole", "hugh.sole@example.org", "Radiotherapy physicist", "supervises Priya's placement now"),
    "ruth": ("Ruth Clarke", "ruth.clarke@example.org", "Programme manager", "administrator of the programme"),
}
REGISTRATIONS = {"ana": "CS00001", "maya": "CS00002", "femi": "CS00003"}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="do not print the sign-in addresses")

    def handle(self, **options: Any) -> None:
        if settings.STP_MODE not in ("demo", "test"):
            raise CommandError("Demonstration data is for demo mode: use `make demo`.")
        if not User.objects.filter(email=CAST["priya"][1]).exists():
            if User.objects.exists():
                raise CommandError("There are other people in this database: the demonstration needs an empty one.")
            self._make()
            look_anew()
        if not options["quiet"]:
            self._introduce()

    @transaction.atomic
    def _make(self) -> None:
        people = {key: _person(key) for key in CAST}
        years = {"priya": 2, "daniel": 3, "grace": 4}
        begun = {key: first_of_september(year_of_training=year) for key, year in years.items()}
        programme = Programme.objects.get(code="STP")
        looks_after = Administration.objects.create(user=people["ruth"], programme=programme, starts_on=begun["grace"])
        append(INSTANCE, "administration given", by=None, data=looks_after.facts)
        where = Organisation.objects.create(name="Northmoor Hospitals (fictional)", mail_domains="example.org")
        story = Story()
        parts = People(officer=people["ana"], assessor=people["maya"], second=people["femi"])
        for key, code, department, plan in (
            ("priya", "SBI1-3-23", "Clinical Informatics", plan_priya),
            ("daniel", "DEMO-1-24", "Demonstration Science", plan_daniel),
            ("grace", "DEMO-1-24", "Demonstration Science", plan_grace),
        ):
            portfolio = _portfolio(people[key], code, begun[key], where, department)
            _roles(portfolio, parts)
            author = Author(portfolio, parts, story)
            plan(author)
            plan_reviews(author, key)
            plan_feedback(author, key)
            plan_assessments(author, key)
            plan_months(author, key)
            plan_placements(author, key, people["hugh"])
            plan_talk(author, key)
        story.tell()
        summaries.rebuild(Portfolio.objects.values_list("pk", flat=True))

    def _introduce(self) -> None:
        write = self.stdout.write
        write("\nSign in with any of these addresses. The people are fictional.\n")
        for name, address, _, what in CAST.values():
            write(f"  {address:<28} {name}, {what}")
        write(f"\n  password: {PASSWORD}\n")


def _person(key: str) -> User:
    name, address, post, _ = CAST[key]
    user = User.objects.create_user(
        address, PASSWORD, name=name, post=post, registration_number=REGISTRATIONS.get(key, "")
    )
    verified(user)
    return user


def _portfolio(trainee: User, code: str, begun: date, where: Organisation, department: str) -> Portfolio:
    curriculum = Curriculum.objects.get(code=code)
    return Portfolio.objects.create(
        trainee=trainee,
        curriculum=curriculum,
        programme=curriculum.programme,
        cohort_year=begun.year,
        starts_on=begun,
        organisation=where,
        department=department,
    )


def _roles(portfolio: Portfolio, people: People) -> None:
    first_week = portfolio.starts_on + timedelta(days=7)
    for user, kind, since in (
        (people.officer, RoleKind.OFFICER, portfolio.starts_on),
        (people.assessor, RoleKind.ASSESSOR, first_week),
        (people.second, RoleKind.ASSESSOR, first_week),
    ):
        role = Role.objects.create(portfolio=portfolio, user=user, kind=kind, starts_on=since)
        append(INSTANCE, GIVEN, by=None, data=role.facts)
