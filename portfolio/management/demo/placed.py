"""The placements and the journal of the demonstration (placements.yaml), step by real step."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import User
from curriculum.models import Module
from portfolio.management.demo.work import Author, content
from portfolio.models import Placement
from portfolio.workflow import PlanActivities, PlanPlacement, Reflect, journal, perform
from portfolio.workflow.placements.reflecting import reflection_seen

Told = dict[str, Any]


def plan_placements(author: Author, name: str, supervisor: User) -> None:
    """All of one trainee, at its time; `supervisor` is who supervises where somebody does."""
    rows: dict[str, Placement] = {}
    told, add = content("placements").get(name, {}), author.story.add
    for placement in told.get("placements", []):
        add(placement["days"][0], partial(_plan, author, rows, placement, supervisor))
        if "asked" in placement:
            code, _, digits = placement["asked"]["at"].partition("/")
            add(placement["asked"]["days"], partial(author.ask, code, int(digits), supervisor))
        if "reflection" in placement:
            answers = dict(placement["reflection"])
            add(answers.pop("days"), partial(_reflect, author, rows, placement["title"], answers))
    for note in told.get("notes", []):
        add(note["days"], partial(_note, author, note))


def _plan(author: Author, rows: dict[str, Placement], told: Told, supervisor: User) -> None:
    """Planned and confirmed on the same day, with what is to be done there."""
    portfolio, by = author.portfolio, author.portfolio.trainee
    found = {row.code: row for row in Module.objects.filter(curriculum=portfolio.curriculum)}
    start = timezone.localdate() + timedelta(days=told["days"][0] - told["days"][1])
    given = PlanPlacement(
        kind=told["kind"],
        title=told["title"],
        starts_on=start,
        ends_on=start + timedelta(days=told["lasts"]),
        module=found[told["module"]] if "module" in told else None,
        modules=tuple(found[code] for code in told["modules"]),
        department=told["department"],
        organisation=told["organisation"],
        supervisor=supervisor if told.get("supervised") else None,
        aims=told["aims"].strip(),
    )
    row = perform("plan placement", Placement(portfolio=portfolio), by=by, given=given).subject
    activities = [(found[code].pk, number) for code, numbers in told["planned"].items() for number in numbers]
    perform("plan activities", row, by=by, given=PlanActivities(activities))
    rows[told["title"]] = row
    if told.get("confirmed", True):
        perform("confirm placement", row, by=author.people.officer, seen=row.seen)


def _reflect(author: Author, rows: dict[str, Placement], title: str, answers: dict[str, str]) -> None:
    given, row = Reflect({name: text.strip() for name, text in answers.items()}), rows[title]
    perform("close placement", row, by=author.portfolio.trainee, given=given, seen=reflection_seen(row))


def _note(author: Author, told: Told) -> None:
    by = author.portfolio.trainee
    typed = journal.Note(timezone.localdate(), told["happened"], told["thought"])
    row = journal.keep(author.portfolio, typed, by=by)
    if told.get("turned"):
        journal.turn_note(row, by=by)
