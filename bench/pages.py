"""The pages that are measured, each as somebody who uses it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse

from accounts.models import User
from portfolio import access
from portfolio.cohort import SORTS
from portfolio.cohort.assessors import busiest
from portfolio.management.seeding.people import address
from portfolio.models import Activity, Evidence, ItemPage, Portfolio
from portfolio.states import ActivityState
from portfolio.views.trainees.asked import A_PAGE

TRAINEE = 7  # in the first group; the modules of a second-year trainee, in every state


@dataclass(frozen=True)
class Measured:
    """`times`: at most so many times the base page, where the issue aims at a number."""

    name: str
    path: str
    person: User | None
    times: int | None = None


def pages() -> Iterator[Measured]:
    trainee, officer = _person("trainee", TRAINEE), _person("officer", 1)
    busy, administrator = _person("busy-assessor", 1), _person("administrator", 1)
    portfolio = Portfolio.objects.get(trainee=trainee)
    page = _page(portfolio)
    activity = Activity.objects.filter(portfolio=portfolio, state=ActivityState.SIGNED_OFF, module__code="S-C1").first()
    assert activity is not None
    ref = portfolio.ref
    one = reverse("activity", args=[ref, "S-C1", activity.number])
    waiting = access.what_waits(busy)[0]
    yield Measured("Base template", "/bench/base/", trainee)
    yield Measured("Progress", reverse("progress", args=[ref]), trainee, 4)
    yield Measured("Progress, as the officer", reverse("progress", args=[ref]), officer, 4)
    yield Measured("Module", reverse("module", args=[ref, "S-C1"]), trainee, 4)
    yield Measured("Module, as the officer", reverse("module", args=[ref, "S-C1"]), officer, 4)
    yield Measured("Activity", one, trainee, 4)
    yield Measured("Activity, as the officer", one, officer, 4)
    yield Measured("Evidence list", reverse("evidence_list", args=[ref]), trainee, 4)
    yield Measured("Evidence list, as the officer", reverse("evidence_list", args=[ref]), officer, 4)
    yield Measured("Evidence page", reverse("evidence", args=[ref, page.eid]), trainee, 4)
    yield Measured("Evidence page, as the officer", reverse("evidence", args=[ref, page.eid]), officer, 4)
    yield Measured("Edit form", reverse("evidence_edit", args=[ref, page.eid]), trainee)
    yield Measured("Submit form", reverse("submit", args=[ref]), trainee)
    yield Measured("Submissions", reverse("submissions", args=[ref]), trainee)
    yield Measured("Queue, as a busy assessor", reverse("reviewing"), busy, 4)
    yield Measured("Queue, as the officer", reverse("reviewing"), officer, 4)
    yield Measured("Decision", reverse("review", args=[waiting.key]), busy, 4)
    yield Measured("Trainees, 25 of an officer", reverse("trainees"), officer, 8)
    yield Measured("Trainees, an administrator's first 25", reverse("trainees"), administrator, 8)
    for sort in SORTS:
        ordered = f"{reverse('trainees')}?sort={sort}"
        yield Measured(f"Trainees of an administrator, by {sort}", ordered, administrator, 8)
    halfway = f"?page={1 + Portfolio.objects.count() // A_PAGE // 2}"
    yield Measured("Trainees of an administrator, halfway", reverse("trainees") + halfway, administrator, 8)
    yield Measured("Trainees by module, an administrator's first 25", reverse("trainees_modules"), administrator, 8)
    yield Measured("Assessors of trainees, as the administrator", reverse("trainees_assessors"), administrator, 8)
    halfway = f"?page={1 + len(busiest(access.standing(administrator))) // A_PAGE // 2}"  # who decided most
    yield Measured("Assessors of trainees, halfway", reverse("trainees_assessors") + halfway, administrator, 8)
    yield Measured("People", reverse("people", args=[ref]), trainee)
    yield Measured("History", reverse("history", args=[ref]), trainee)
    yield Measured("Sign-in page", reverse("account_login"), None)
    yield Measured("A static file", staticfiles_storage.url("css/base.css"), None)


def _person(part: str, number: int) -> User:
    return User.objects.get(email=address(part, number))


def _page(portfolio: Portfolio) -> Evidence:
    """A page that was submitted and has a file."""
    submitted = ItemPage.objects.filter(revision__evidence__portfolio=portfolio).values("revision__evidence")
    return Evidence.objects.filter(pk__in=submitted, attachments__isnull=False, archived_at=None).order_by("pk")[0]
