"""The work-based assessments of the demonstration (assessments.yaml), step by real step."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from curriculum.models import Module
from portfolio.management.demo.work import Author, content
from portfolio.models import Assessment
from portfolio.states import AssessmentOutcome
from portfolio.workflow import AskFor, Complete, Correct, Plan, perform
from portfolio.workflow.assessments.deciding import other_kind
from portfolio.workflow.assessments.marking import Criteria, criteria, shown
from portfolio.workflow.assessments.reflecting import reflect

Told = dict[str, Any]


def plan_assessments(author: Author, name: str) -> None:
    """All of one trainee, at its time."""
    rows: dict[int, Assessment] = {}
    for at, told in enumerate(content("assessments")[name]):
        planned, *further = told["days"]
        author.story.add(planned, partial(_plan, author, rows, at, told))
        if further:
            author.story.add(further[0], partial(_ask, author, rows, at))
        if len(further) > 1:
            author.story.add(further[1], partial(_complete, author, rows, at, told))
        if "correct" in told:
            author.story.add(told["correct"], partial(_correct, author, rows, at, told))
        if "reflection" in told:
            day = further[1] - 2
            author.story.add(day, partial(_reflect, author, rows, at, told["reflection"]))
        if "voided" in told:
            author.story.add(told["voided"]["days"], partial(_void, author, rows, at, told["voided"]["reason"]))


def _plan(author: Author, rows: dict[int, Assessment], at: int, told: Told) -> None:
    portfolio = author.portfolio
    module = Module.objects.get(curriculum=portfolio.curriculum, code=told["module"])
    given = Plan(
        kind=told["kind"],
        title=told["title"],
        from_curriculum=module.assessment_titles.filter(kind=told["kind"], title=told["title"]).exists(),
        what=told["what"],
        happens_on=timezone.localdate() + timedelta(days=1),
        where=told["where"],
        case_reference=told.get("case", ""),
        attempt_of=rows[told["after"]] if "after" in told else None,
    )
    slot = Assessment(portfolio=portfolio, module=module)
    rows[at] = perform("plan", slot, by=portfolio.trainee, given=given).subject


def _ask(author: Author, rows: dict[int, Assessment], at: int) -> None:
    perform("ask", _now(rows, at), by=author.portfolio.trainee, given=AskFor(author.people.assessor, declared=True))


def _complete(author: Author, rows: dict[int, Assessment], at: int, told: Told) -> None:
    row = _now(rows, at)
    form = criteria(row)
    given = Complete(
        outcome=told.get("outcome", AssessmentOutcome.SATISFACTORY),
        marks=_marks(form, told),
        strengths=told["strengths"],
        to_develop=told.get("to_develop", ""),
        action=told.get("action", ""),
        standing=True,
    )
    perform("complete", row, by=author.people.assessor, given=given, seen=shown(row, form))


def _correct(author: Author, rows: dict[int, Assessment], at: int, told: Told) -> None:
    row = _now(rows, at)
    right = criteria(row, other_kind(row.kind))
    given = Correct(_marks(right, told))
    perform("correct the kind", row, by=author.people.assessor, given=given, seen=shown(row, right))


def _reflect(author: Author, rows: dict[int, Assessment], at: int, text: str) -> None:
    reflect(rows[at], text, by=author.portfolio.trainee)


def _void(author: Author, rows: dict[int, Assessment], at: int, reason: str) -> None:
    perform("void assessment", _now(rows, at), by=author.people.officer, reason=reason)


def _marks(form: Criteria, told: Told) -> dict[int, str]:
    """Mostly the same mark, and one place that was not seen."""
    last = len(form.texts) - 1
    return {at: form.scale[-1 if at == last else told["marks"]] for at in range(len(form.texts))}


def _now(rows: dict[int, Assessment], at: int) -> Assessment:
    return Assessment.objects.select_related("portfolio__curriculum", "module").get(pk=rows[at].pk)
