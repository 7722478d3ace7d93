"""A page of a portfolio asks the database as much when it holds 300 of something as when it holds one.

What seeding makes 300 of is in test_query_counts.py. Here each kind of thing is made once as people make it, its pages
are asked, and 299 copies are put beside it: of what was signed they agree with nothing, which costs no query more.
"""

import json
from copy import copy
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.chain import append
from audit.models import Event
from curriculum.structure import INSTANCE
from portfolio.models import (
    Assessment,
    Comment,
    FeedbackInvitation,
    FeedbackRound,
    Goal,
    Placement,
    ScheduledActivity,
    SignedElsewhere,
    Submission,
)
from portfolio.plan.months import first_of
from portfolio.states import ElsewhereKind
from portfolio.workflow import plan
from tests import make
from tests.cast import Cast, assemble

MORE = 299
MOST = 15
BLOCKS = [
    {
        "title": "All of it",
        "credits": 180,
        "modules": [{"code": "S-C1", "credits": 180, "kind": "core", **make.KNOWN, "activities": 320, "observed": 350}],
    }
]
Pages = dict[str, tuple[str, list[User | None]]]  # the address of each, and who asks for it; None is nobody
pytestmark = pytest.mark.django_db(transaction=True)


def copies(row: models.Model, **changes: Any) -> list[Any]:
    """So many rows like this one. A change is a value, or a function of the number of the copy."""
    fields = [field for field in row._meta.concrete_fields if field.unique and field.has_default()]
    rows = []
    for number in range(MORE):
        one = copy(row)
        one._state = copy(row._state)
        one.pk, one._state.adding, one._state.fields_cache = None, True, {}
        for field in fields:
            setattr(one, field.attname, field.get_default())
        for name, value in changes.items():
            setattr(one, name, value(number) if callable(value) else value)
        rows.append(one)
    return models.QuerySet(type(row)).bulk_create(rows)  # whatever the rows of this model refuse


def of_each(parents: list[Any], name: str, rows: list[models.Model], **changes: Any) -> list[list[Any]]:
    """These rows of one parent, for each of the others."""
    return [copies(row, **{name: lambda number: parents[number]}, **changes) for row in rows]


def one_of_each(cast: Cast) -> Pages:
    """One thing of each kind, and its pages."""
    of, officer, today = cast.portfolio, cast.officer, make.today()
    make.mark_forms(of.programme)
    make.goal(of, "Chair a meeting", actions=["Ask to chair."])
    goal = Goal.objects.get()
    make.reviewed(goal, by=officer)
    item = make.signed_off(of, cast.assessor).items.get()
    make.commented(item, officer)
    assessment = make.assessed(of, officer, code="S-C1")
    make.commented(assessment, officer)
    make.placement_planned(of, codes=("S-C1",))
    make.note(of)
    make.signed_elsewhere(of, officer, make.entry("S-C1", None, kind=ElsewhereKind.OCE))
    (link, *_) = make.invited(make.feedback_round(of), 1).values()
    plan.put(of, plan.Put({("S-C1", 2)}, month=first_of(today)), by=of.trainee)
    key = plan.make_address(of, by=of.trainee)
    of_portfolio = (
        *("progress", "plan", "submissions", "goals", "assessments", "placements", "history", "people"),
        *("feedback", "elsewhere", "reviews"),
    )
    both: list[User | None] = [cast.trainee, officer]
    pages: Pages = {name: (reverse(name, args=[of.ref]), both) for name in of_portfolio}
    pages |= {
        "goal": (reverse("goal", args=[of.ref, goal.gid]), both),
        "journal": (reverse("journal", args=[of.ref]), [cast.trainee]),
        "round of feedback": (reverse("feedback_round", args=[of.ref, 1]), [cast.trainee]),
        "comments": (reverse("comments", args=[item.submission.sid, "S-C1", 1]), both),
        "comments on an outcome": (reverse("assessment_comments", args=[assessment.aid]), both),
        "decided": (f"{reverse('reviewing')}?show=decided", [cast.assessor, officer]),
        "questionnaire": (reverse("feedback_answer", args=[link]), [None]),
        "calendar": (reverse("calendar", args=[key]), [None]),
    }
    return pages


def three_hundred(cast: Cast) -> None:
    of, now = cast.portfolio, timezone.now()
    goal = Goal.objects.get()
    goals = copies(goal)
    of_each(goals, "goal", [*goal.actions.all(), *goal.reviews.all()])
    submission = Submission.objects.get()
    submissions = copies(submission)
    of_each(submissions, "submission", [submission.addressees.get()])
    item = submission.items.get()
    (items,) = of_each(submissions, "submission", [item], attempt=lambda number: number + 2)
    of_each(items, "item", [*item.pages.all(), item.decision])
    assessment = Assessment.objects.get()
    assessments = copies(assessment, happens_on=lambda number: assessment.happens_on - timedelta(days=number + 1))
    of_each(assessments, "assessment", [assessment.addressees.get(), assessment.decision])
    for comment in list(Comment.objects.all()):
        of_each(copies(comment), "comment", [comment.words])
    placement = Placement.objects.get()
    placements = copies(placement)
    through = Placement.modules.through
    of_each(placements, "placement", [through.objects.get()])
    copies(of.notes.get())
    copies(SignedElsewhere.objects.get())
    copies(FeedbackInvitation.objects.get(), address_key=lambda number: f"colleague{number}@else.example.org")
    asked = FeedbackRound.objects.get().questions
    models.QuerySet(FeedbackRound).update(questions=[*asked] * 100)
    copies(ScheduledActivity.objects.get(), number=lambda number: number + 3)
    people = copies(cast.stranger, email=lambda number: f"p{number}@example.org")
    copies(of.roles.get(user=cast.assessor), user=lambda number: people[number])
    told = list(Event.objects.filter(chain__name=of.chain).order_by("seq"))
    with transaction.atomic():  # the last 25 are of as many kinds as before
        for event in ([told[0]] * MORE + told)[-MORE:]:
            append(of.chain, event.kind, by=cast.trainee, data=json.loads(event.data), at=now)


def cost(path: str, who: User | None) -> int:
    """Once what is remembered is remembered."""
    client = Client()
    if who:
        client.force_login(who)
    assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def test_no_page_asks_more_of_three_hundred_than_of_one() -> None:
    make.curriculum(blocks=BLOCKS)
    cast = assemble()
    pages = one_of_each(cast)
    with transaction.atomic():  # as in real use: while it is the last of the instance, curricula are remembered
        append(INSTANCE, "something happened", by=None, data={})

    def costs() -> dict[str, int]:
        return {
            f"{name}, {who.name if who else 'nobody'}": cost(path, who)
            for name, (path, people) in pages.items()
            for who in people
        }

    few = costs()
    three_hundred(cast)
    many = costs()
    assert {name: (few[name], number) for name, number in many.items() if number != few[name]} == {}
    assert {name: number for name, number in many.items() if number > MOST} == {}
