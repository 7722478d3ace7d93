"""Who takes part in `make load`: people with sessions, and what each of them has before them."""

from typing import Any

from accounts.models import User
from bench.sessions import cookie
from portfolio import access
from portfolio.models import Activity, Evidence, Portfolio, Submission
from portfolio.states import ActivityState

ASSESSORS, OFFICERS = 20, 20  # of a hundred people; the rest are trainees


def crowd(people: int) -> list[dict[str, Any]]:
    """Each a dict that locust reads: a part, a Cookie header, and the keys of what is theirs."""
    assessors = User.objects.filter(email__contains="assessor-").order_by("-email")[: people * ASSESSORS // 100]
    officers = User.objects.filter(email__startswith="officer-").order_by("pk")[: people * OFFICERS // 100]
    found = [{"part": "assessor", "cookie": cookie(person), "name": person.name} for person in assessors]
    for officer in officers:
        refs = list(access.looked_after(officer).values_list("ref", flat=True))
        found.append({"part": "officer", "cookie": cookie(officer), "name": officer.name, "refs": refs})
    trainees = User.objects.filter(email__startswith="trainee-").order_by("pk")
    return found + [_trainee(person) for person in trainees[: people - len(found)]]


def _trainee(person: User) -> dict[str, Any]:
    portfolio = Portfolio.objects.get(trainee=person)
    pages = Evidence.objects.filter(portfolio=portfolio, archived_at=None, binned_at=None, revisions__isnull=False)
    begun = Activity.objects.filter(portfolio=portfolio).exclude(state=ActivityState.NOT_STARTED)
    drafts = Activity.objects.filter(portfolio=portfolio, state=ActivityState.DRAFT)
    return {
        "part": "trainee",
        "cookie": cookie(person),
        "name": person.name,
        "ref": portfolio.ref,
        "assessor": access.may_decide_on(portfolio).values_list("pk", flat=True).first(),
        "pages": list(pages.distinct().values_list("eid", flat=True)[:20]),
        "activities": [f"{code}/{number}" for code, number in begun.values_list("module__code", "number")],
        "drafts": [f"{code}/{number}" for code, number in drafts.values_list("module__code", "number")],
        "submissions": list(Submission.objects.filter(portfolio=portfolio).values_list("sid", flat=True)[:10]),
    }
