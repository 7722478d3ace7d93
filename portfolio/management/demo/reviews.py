"""The reviews, working time and leave of a trainee's story, from reviews.yaml: real steps, each at its time."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from portfolio.management.demo.work import Author, content
from portfolio.models import ReviewAction
from portfolio.states import Side
from portfolio.workflow import ReviewOf, TimeOf, perform
from portfolio.workflow.reviews import Agree, Notes, Plan, Which, notes_seen, shown
from portfolio.workflow.training_time import Away, Works


def plan_reviews(author: Author, who: str) -> None:
    """What reviews.yaml says of this trainee. What would lie in the future does not happen yet."""
    told = content("reviews")[who]
    if leave := told.get("leave"):
        away = Away(_day(author, leave["from"]), _day(author, leave["to"]), leave["kind"], leave["note"])
        _add(author, leave["from"], partial(_record, author, away))
    if hours := told.get("hours"):
        works = Works(_day(author, hours["from"]), hours["hundredths"], hours["note"])
        _add(author, hours["from"], partial(_record, author, works))
    held = told["held"]
    _add(author, held["day"] - 14, partial(_plan, author, held["point"], _day(author, held["day"])))
    _add(author, held["day"], partial(_hold, author, held))
    for action in held["actions"]:
        if "done" in action:
            _add(author, action["done"], partial(_done, author, held["point"], action["what"]))
    if planned := told.get("planned"):
        author.story.add(3, partial(_plan, author, planned["point"], author.story.today + timedelta(planned["in"])))


def _day(author: Author, days: int) -> date:
    """So many days after the training began."""
    return author.portfolio.starts_on + timedelta(days=days)


def _add(author: Author, days: int, happening: Any) -> None:
    ago = (author.story.today - _day(author, days)).days
    if ago > 0:
        author.story.add(ago, happening)


def _record(author: Author, given: Works | Away) -> None:
    perform("record training time", TimeOf(author.portfolio), by=author.people.officer, given=given)


def _plan(author: Author, point: int, on: date) -> None:
    perform("plan review", ReviewOf.read(author.portfolio, point), by=author.people.officer, given=Plan(on))


def _hold(author: Author, held: dict[str, Any]) -> None:
    """Both write, they agree actions, and both sign."""
    trainee, officer, point = author.portfolio.trainee, author.people.officer, held["point"]
    for by, side, text in ((trainee, Side.TRAINEE, held["trainee"]), (officer, Side.OFFICER, held["officer"])):
        subject = ReviewOf.read(author.portfolio, point)
        assert subject.meeting is not None
        seen = notes_seen(subject.meeting, side)
        perform("write review notes", subject, by=by, given=Notes(text), seen=seen)
    for action in held["actions"]:
        given = Agree(action["what"], Side(action["who"]), _day(author, action["days"]))
        perform("agree action", ReviewOf.read(author.portfolio, point), by=officer, given=given)
    for by, name in ((officer, "officer"), (trainee, "trainee")):
        subject = ReviewOf.read(author.portfolio, point)
        perform(f"sign review as {name}", subject, by=by, seen=shown(subject))


def _done(author: Author, point: int, what: str) -> None:
    row = ReviewAction.objects.get(meeting__portfolio=author.portfolio, what=what)
    by = author.portfolio.trainee if row.side == Side.TRAINEE else author.people.officer
    perform("complete action", ReviewOf.read(author.portfolio, point), by=by, given=Which(row.pk))
