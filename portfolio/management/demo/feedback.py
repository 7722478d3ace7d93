"""Rounds of feedback in the demonstration: real invitations, answered through the links in their mails."""

import re
from functools import partial
from typing import Any
from unittest.mock import patch

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from portfolio.management.demo.work import Author, content
from portfolio.workflow import LinkTo, Move, RoundOf, perform, writing
from portfolio.workflow.feedback import Invite, Release, Respondent
from portfolio.workflow.feedback.answering import Said, answer
from portfolio.workflow.feedback.using import use

Links = list[str]


def plan_feedback(author: Author, who: str) -> None:
    """What feedback.yaml tells of one trainee, at its time."""
    told = content("feedback")
    for plan in told[who]:
        _plan_round(author, told, plan)


def _plan_round(author: Author, told: dict[str, Any], plan: dict[str, Any]) -> None:
    add, name, links = author.story.add, plan["round"], Links()
    add(plan["opened"], partial(_take, author, name, "open feedback"))
    add(plan["invited"], partial(_invite, author, name, _people(told["respondents"], plan["people"]), links))
    for at, days in enumerate(plan["answered"]):
        add(days, partial(_answer, links, at, told["answers"][at]))
    if "reminded" in plan:
        add(plan["reminded"], partial(_take, author, name, "remind respondents"))
    if "closed" in plan:
        add(plan["closed"], partial(_take, author, name, "close feedback"))
    if "discussed" in plan:
        add(plan["discussed"], partial(_release, author, name, plan["notes"]))
    if "used" in plan:
        add(plan["used"]["days"], partial(_use, author, name, plan["used"]))


def _people(respondents: dict[str, list[str]], count: int) -> list[Respondent]:
    every = [Respondent(f"{who}@example.org", group) for group, names in respondents.items() for who in names]
    return every[:count]


def _use(author: Author, name: str, told: dict[str, Any]) -> None:
    """The released report becomes a page, linked to an activity."""
    by = author.portfolio.trainee
    page = use(RoundOf.read(author.portfolio, name).opened, by=by, eid="")
    writing.save(page, by=by)
    perform("link", author.activity(told["module"], told["number"]), by=by, given=LinkTo(page, told["why"]))


def _take(author: Author, name: str, step: str) -> None:
    perform(step, RoundOf.read(author.portfolio, name), by=author.portfolio.trainee)


def _invite(author: Author, name: str, people: list[Respondent], links: Links) -> None:
    """The keys of the links stand in the mails alone: they are read before nobody posts them."""
    subject = RoundOf.read(author.portfolio, name)
    with patch.object(Move, "tell") as told:
        perform("invite respondents", subject, by=author.portfolio.trainee, given=Invite(people))
    for letter in told.call_args.args[0]():
        links += re.findall(r"/feedback/([^/\s]+)/", letter.body)


def _answer(links: Links, at: int, said: list[Any]) -> None:
    ratings, *texts = said
    given = [Said(rating=int(digit) or None) for digit in ratings] + [Said(text=text) for text in texts]
    answer(links[at], given, by=AnonymousUser())


def _release(author: Author, name: str, notes: str) -> None:
    subject = RoundOf.read(author.portfolio, name)
    given = Release(timezone.localdate(), notes)
    perform("release feedback", subject, by=author.people.officer, seen=subject.opened.closing.digest, given=given)
