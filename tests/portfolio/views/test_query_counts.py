"""No page asks the database more for 300 rows than for one; each asks few questions and is short (docs/performance.md).

On a real database without a transaction around it: there a page finds its curriculum remembered, as in real use.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from curriculum.loader import load
from curriculum.models import Module
from portfolio import access
from portfolio.cohort import SORTS
from portfolio.management import seeding
from portfolio.management.seeding import people
from portfolio.management.seeding.plan import Size
from portfolio.models import Activity, Assessment, Evidence, Portfolio
from portfolio.states import ActivityState, AssessmentState, ElsewhereKind, ItemState
from portfolio.workflow import ModuleOf, perform
from tests import make

DATA = Path(__file__).resolve().parents[3] / "curriculum" / "data"
MOST = 15
MORE = {"one review": 18}  # docs/performance.md says why
LONGEST = 100_000  # bytes of HTML
FEW, MANY = Size(pages=8, links=54, activities=50), Size(pages=300, links=300, activities=110)
pytestmark = pytest.mark.django_db(transaction=True)


class Cost(NamedTuple):
    """How many queries a page takes, once whatever is remembered is remembered, and how many bytes it is."""

    queries: int
    bytes: int


Asked = dict[str, Cost]


def person(part: str, number: int = 1) -> User:
    return User.objects.get(email=people.address(part, number))


def asked(user: User, path: str) -> Cost:
    client = Client()
    client.force_login(user)
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        page = client.get(path)
    return Cost(len(queries), len(page.content))


def pages_of(trainee: int) -> Iterator[tuple[str, str]]:
    portfolio = Portfolio.objects.get(trainee=person("trainee", trainee))
    page = Evidence.objects.filter(portfolio=portfolio, attachments__isnull=False).order_by("pk")[0]
    ref = portfolio.ref
    yield "progress", reverse("progress", args=[ref])
    yield "plan", reverse("plan", args=[ref])
    yield "module", reverse("module", args=[ref, "S-C1"])
    for state in (ActivityState.DRAFT, ActivityState.IN_REVIEW, ActivityState.RETURNED, ActivityState.SIGNED_OFF):
        yield f"activity that is {state}", _in_state(portfolio, state)
    yield "evidence list", reverse("evidence_list", args=[ref])
    yield "evidence page", reverse("evidence", args=[ref, page.eid])
    yield "submissions", reverse("submissions", args=[ref])
    yield "goals", reverse("goals", args=[ref])
    yield "assessments", reverse("assessments", args=[ref])
    assessed = Assessment.objects.filter(portfolio=portfolio, state=AssessmentState.SATISFACTORY)[0]
    yield "assessment", reverse("assessment", args=[ref, assessed.aid])
    yield "reviews", reverse("reviews", args=[ref])
    yield "one review", reverse("review_point", args=[ref, 1])
    yield "training time", reverse("training_time", args=[ref])
    yield "awards", reverse("awards", args=[ref])
    yield "signed elsewhere", reverse("elsewhere", args=[ref])
    yield "feedback", reverse("feedback", args=[ref])
    yield "people", reverse("people", args=[ref])
    yield "history", reverse("history", args=[ref])


def fill(trainee: int, rows: int) -> None:
    """What seeding does not make: assessments in each state, goals, and a review's agreed actions."""
    portfolio, officer = Portfolio.objects.get(trainee=person("trainee", trainee)), person("officer")
    of = ModuleOf.read(portfolio, "S-C1")
    if of.record.module(of.facts).signed:
        perform("void module sign-off", of, by=officer, reason="Signed too soon.")
    make.confirmed(portfolio, officer, "S-C1", cbd=4, observed=25)
    for number in range(rows):
        make.planned(portfolio, code="S-C1")
        make.asked(portfolio, officer, code="S-C1")
        make.assessed(portfolio, officer, code="S-C1")
        make.goal(portfolio, f"Goal {number}", actions=["Chair a meeting"])
        make.signed_elsewhere(
            portfolio, officer, make.entry("S-C1", None, kind=ElsewhereKind.CBD, title=f"Case {number}")
        )
    make.review_planned(portfolio, officer)
    for number in range(rows):
        make.agreed_action(portfolio, officer, f"Plan {number}", "trainee")


def _in_state(portfolio: Portfolio, state: ActivityState) -> str:
    """One in review is with the officer, who asks most."""
    one = Activity.objects.filter(portfolio=portfolio, state=state).order_by("number")[0]
    officer = person("officer")
    if state == ActivityState.IN_REVIEW and not access.with_me(officer).filter(activity=one).exists():
        make.redirected(one.items.get(state=ItemState.UNDECIDED), officer)
    return reverse("activity", args=[portfolio.ref, one.module.code, one.number])


def of_a_portfolio(trainee: int) -> Asked:
    """What the pages of one portfolio ask, as its trainee and as the officer; and the trainee's own forms."""
    own, officer = person("trainee", trainee), person("officer")
    found = {}
    for name, path in pages_of(trainee):
        found[f"{name}, trainee"] = asked(own, path)
        found[f"{name}, officer"] = asked(officer, path)
    ref = own.portfolios.get().ref
    page = dict(pages_of(trainee))["evidence page"]
    found["edit form, trainee"] = asked(own, f"{page}edit/")
    found["submit form, trainee"] = asked(own, reverse("submit", args=[ref]))
    waits = Assessment.objects.filter(portfolio__ref=ref, state=AssessmentState.WITH_ASSESSOR)[0]
    found["mark form, officer"] = asked(officer, reverse("assess", args=[waits.aid]))
    return found


def cohort() -> int:
    """The year of the first trainee's."""
    return person("trainee").portfolios.get().cohort_year


def of_the_lists() -> Asked:
    """What the pages of many people's work ask."""
    busy, trainees = person("busy-assessor"), reverse("trainees")
    waiting = access.what_waits(busy)[0]
    return {
        "trainees, officer": asked(person("officer"), reverse("trainees")),
        "trainees, administrator": asked(person("administrator"), reverse("trainees")),
        **{f"trainees by {sort}": asked(person("administrator"), f"{trainees}?sort={sort}") for sort in SORTS},
        "trainees by module": asked(person("administrator"), reverse("trainees_modules")),
        "trainees by module, officer": asked(person("officer"), reverse("trainees_modules")),
        "assessors of trainees": asked(person("administrator"), reverse("trainees_assessors")),
        "trainees with a flag": asked(person("administrator"), f"{trainees}?flag=overdue&cohort=STP-{cohort()}"),
        "queue, busy assessor": asked(busy, reverse("reviewing")),
        "queue, officer": asked(person("officer"), reverse("reviewing")),
        "decision, busy assessor": asked(busy, reverse("review", args=[waiting.key])),
    }


def too_many(found: Asked) -> Asked:
    def most(name: str) -> int:
        return next((number for page, number in MORE.items() if name.startswith(page)), MOST)

    return {name: cost for name, cost in found.items() if cost.queries > most(name)}


def too_long(found: Asked) -> Asked:
    return {name: cost for name, cost in found.items() if cost.bytes >= LONGEST}


def test_pages_are_short_and_ask_few_questions_and_no_more_of_many_rows_than_of_few() -> None:
    load([str(path) for path in sorted(DATA.glob("*.yaml"))])
    Module.objects.filter(code="S-C1").update(
        observed=None, cbd=None
    )  # so that the officer confirms more than are planned
    seeding.seed(3, size=FEW)  # of three curricula; the fourth trainee follows that of the first again
    fill(1, 1)
    few = of_a_portfolio(1) | of_the_lists()
    seeding.seed(4, size=MANY)
    fill(4, 8)
    many = of_a_portfolio(4)
    seeding.seed(100, size=Size(pages=2, links=44, activities=44))  # who share a busy assessor
    seeding.seed(300, size=Size(pages=1, links=1, activities=1))
    many |= of_the_lists()
    assert Evidence.objects.filter(portfolio__trainee=person("trainee", 4)).count() == 300
    assert access.looked_after(person("administrator")).count() == 300
    assert access.with_me(person("busy-assessor")).count() >= 300
    assert {name: (few[name], cost) for name, cost in many.items() if cost.queries != few[name].queries} == {}
    assert too_many(many) == {}
    assert too_long(many) == {}
