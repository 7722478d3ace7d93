"""Progress: how much is signed off, what to do next, where every module stands. The same numbers for every reader."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from curriculum.models import Module
from portfolio import access, titles
from portfolio import progress as how_far
from portfolio.access import visible_in
from portfolio.models import GoalAction, Portfolio
from portfolio.plan.chart import RATE, pace_chart
from portfolio.progress import DueAction, FeedbackDue, Headline, Progress, Step
from portfolio.record import Record
from portfolio.requirements import At, Blocker, BlockerKind, awards, needed_awards, places, whole_blockers
from portfolio.requirements.words import day
from portfolio.reviews import ReviewsDue, pace, reviews_due
from portfolio.states import GoalState
from portfolio.views.fetch import fetch_in_part, fetch_record, theirs
from portfolio.views.links import address
from portfolio.views.reviews.shown import next_review
from portfolio.views.voice import Voice, about

NOTHING_OF_THEIRS = Headline("Nothing to do", "In the modules of the placement nothing waits.", None)
SHOWN = 5  # rows of "Next" in sight at once; the rest opens
OPENED = 25  # rows in sight and opened; what is left is said, and stands on its module's page


@require_safe
def progress(request: SignedIn, ref: str) -> HttpResponse:
    portfolio = fetch_in_part(request, ref)
    record, today = fetch_record(request, portfolio, reviews=True), timezone.localdate()
    record = replace(record, structure=titles.entitled(record))
    voice, way = Voice(request.user, portfolio), Ways.of(request, portfolio, record)
    whole = how_far.portfolio_progress(record)
    also: tuple[Step, ...] = ()
    meetings, feedback = ReviewsDue(), FeedbackDue()
    if way.in_whole:
        actions = how_far.actions_due(_actions(request, portfolio), today=today)
        meetings = reviews_due(record, today=today)
        knows = voice.own or bool(access.OFFICERS & voice.parts)
        feedback = how_far.feedback_due(record, today=today, counts=knows)
        also = (*meetings.mine, *feedback.mine, *actions)
    mine = way.of_theirs(how_far.do_next(record, today=today, also=also))
    others = way.of_theirs(how_far.with_others(record, today=today, also=(*meetings.others, *feedback.others)))
    nothing = not (way.in_whole or mine or others or record.closed)
    first = NOTHING_OF_THEIRS if nothing else how_far.headline(record, mine, others, today=today)
    context = about(portfolio) | {
        "voice": voice,
        "progress": whole,
        "month": how_far.programme_month(record, today) if way.in_whole else "",
        "may_log": voice.writes and portfolio.closed_at is None,
        "headline": first,
        "headline_href": way.to(first.at) if first.at else "",
        "pace": pace(record, today=today) if way.in_whole else None,
        "chart": pace_chart(record, today=today) if way.in_whole else None,
        "assumption": RATE,
        "review": next_review(portfolio, record, today) if way.in_whole else None,
        "bar": how_far.credit_bar(whole),
        "mine": _rows(way, mine),
        "others": _rows(way, others),
        "whole": _whole(way, record, whole),
        "further": _further_awards(record) if way.in_whole else [],
        "elsewhere": whole.items.signed_elsewhere if way.in_whole else 0,
        "may_record": portfolio.closed_at is None and bool(access.OFFICERS & voice.parts),
        "facts": _facts(portfolio, record),
        "table": how_far.programme_table(whole),
        "core": _core(way, record, whole),
        "shut": way.shut,
        "in_whole": way.in_whole,
    }
    return render(request, "portfolio/progress.html", context)


@dataclass(frozen=True)
class Ways:
    """Where the page leads. `shut` are the codes of modules whose pages are not this reader's: a placement supervisor
    reads their states here, and no more of them."""

    portfolio: Portfolio
    in_whole: bool
    shut: frozenset[str]

    @classmethod
    def of(cls, request: SignedIn, portfolio: Portfolio, record: Record) -> "Ways":
        if request.portfolio.in_whole:
            return cls(portfolio, True, frozenset())
        modules = record.structure.modules
        return cls(portfolio, False, frozenset(one.code for one in modules if one.id not in theirs(request)))

    def to(self, at: At) -> str:
        return "" if at.module in self.shut else address(self.portfolio, at, in_whole=self.in_whole)

    def of_theirs(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """Of what comes next and waits, what is of a module that this reader reads."""
        if self.in_whole:
            return steps
        return tuple(step for step in steps if step.at.module and step.at.module not in self.shut and self.to(step.at))


def _actions(request: SignedIn, portfolio: Portfolio) -> list[DueAction]:
    """The actions of open goals that are not done: one query, here alone."""
    rows = visible_in(portfolio, request.user, GoalAction).filter(goal__state=GoalState.OPEN, done_on=None)
    return [DueAction(*row) for row in rows.values_list("what", "goal__title", "goal__gid", "due_on")]


def _rows(way: Ways, steps: Sequence[Step]) -> dict[str, Any]:
    """Rows of components/next.html: those in sight, the rest, and how many are left out."""
    rows = [
        {
            "shape": "alert" if step.late else step.icon,
            "title": step.words,
            "href": way.to(step.at),
            "note": step.why,
            "tag": step.tag,
        }
        for step in steps[:OPENED]
    ]
    return {"count": len(steps), "first": rows[:SHOWN], "rest": rows[SHOWN:], "left": max(0, len(steps) - OPENED)}


def _whole(way: Ways, record: Record, whole: Progress) -> list[dict[str, Any]]:
    """What the whole portfolio needs, as components/conditions.html takes it. Awards are not for a supervisor."""
    modules = {"met": whole.all_signed_off, "title": "Every module signed off", "note": whole.modules_words}
    lacking = [_lacking(way, one) for one in whole_blockers(record) if one.kind is not BlockerKind.AWARD]
    given = needed_awards(record.structure) if way.in_whole else ()
    return [modules, *lacking, *(_award(way.portfolio, name, record) for name in given)]


def _lacking(way: Ways, blocker: Blocker) -> dict[str, Any]:
    """What is mended on a page of its own leads there."""
    href = "" if blocker.at.page == "progress" else way.to(blocker.at)
    return {"met": False, "title": blocker.words, "note": blocker.reason, "href": href}


def _further_awards(record: Record) -> list[str]:
    """Those that a review names as one way among others: nothing here waits for them."""
    return [name for name in awards(record.structure) if name not in needed_awards(record.structure)]


def _award(portfolio: Portfolio, name: str, record: Record) -> dict[str, Any]:
    """What the university gives for the whole: a condition of completion by the rules' review points."""
    given = record.awards.get(name)
    note = f"Passed on {day(given)}" if given else "The university's result is not recorded."
    return {"met": given is not None, "title": name, "note": note, "href": reverse("awards", args=[portfolio.ref])}


def _facts(portfolio: Portfolio, record: Record) -> list[dict[str, str]]:
    """Rows of components/facts.html."""
    where = [portfolio.organisation.name if portfolio.organisation else "", portfolio.department]
    rows = [
        ("Training officer", record.officer or "Nobody now"),
        ("Started", day(portfolio.starts_on)),
        ("Where", ", ".join(filter(None, where))),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _core(way: Ways, record: Record, whole: Progress) -> list[dict[str, Any]]:
    """The core modules with a tile for each activity: for S-C1 its twenty."""
    found = []
    for module in record.structure.modules:
        tiles = [
            {
                "number": place.number,
                "title": place.title or "Wording not recorded",
                "href": (href := reverse("activity", args=[way.portfolio.ref, module.code, place.number])),
                "state": place.state,
                "evidence": place.pages,
                "evidence_href": f"{href}#evidence" if place.pages else "",
            }
            for place in places(record, module)
            if module.kind == Module.Kind.CORE and module.code not in way.shut
        ]
        if tiles:
            found.append({"progress": whole.modules[module.code], "tiles": tiles})
    return found
