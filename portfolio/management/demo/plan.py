"""What the trainees plan, from plan.yaml: real steps, each at its time."""

from functools import partial
from typing import Any

from django.utils import timezone

from portfolio.management.demo.work import Author, content
from portfolio.plan.board import Key
from portfolio.plan.months import first_of, later
from portfolio.plan.reading import read
from portfolio.workflow.plan import Put, make_address, put


def plan_months(author: Author, who: str) -> None:
    """What plan.yaml says of this trainee, and their calendar. What is signed off by then needs no plan."""
    told = content("plan").get(who, {})
    for month in told.get("months", []):
        author.story.add(month["said"], partial(_put, author, month))
    if "calendar" in told:
        author.story.add(told["calendar"], partial(make_address, author.portfolio, by=author.portfolio.trainee))


def _put(author: Author, told: dict[str, Any]) -> None:
    wanted: set[Key] = {(code, number) for code, numbers in told["of"].items() for number in numbers}
    open_ = {entry.key for entry in read(author.portfolio, today=timezone.localdate()).board.entries}
    month = later(first_of(author.story.today), told["month"])
    if chosen := wanted & open_:
        put(author.portfolio, Put(chosen, month=month), by=author.portfolio.trainee)
