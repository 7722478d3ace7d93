"""Progress: how much is signed off, what to do next, where every module stands. The same numbers for every reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from curriculum.models import Module
from portfolio import access, ledger
from portfolio import progress as how_far
from portfolio.models import Portfolio
from portfolio.progress import Progress, Step
from portfolio.requirements import At, BlockerKind, places
from portfolio.requirements.words import day
from portfolio.views.fetch import fetch_in_part, fetch_record
from portfolio.views.links import address
from portfolio.views.voice import Voice, about

SHOWN = 5  # rows of "Next" in sight at once; the rest opens


@require_safe
def progress(request: SignedIn, ref: str) -> HttpResponse:
    portfolio = fetch_in_part(request, ref)
    record, today = fetch_record(request, portfolio), timezone.localdate()
    voice = Voice.of(request.user, portfolio, request.reader)
    whole = how_far.portfolio_progress(record)
    first = how_far.headline(record, today=today)
    led_to = Ways.of(request, portfolio, record)
    context = about(portfolio) | {
        "voice": voice,
        "progress": whole,
        "month": how_far.programme_month(record, today),
        "may_log": voice.writes and portfolio.closed_at is None,
        "headline": first,
        "headline_href": led_to.address(first.at) if first.at else "",
        "bar": how_far.credit_bar(whole),
        "mine": _rows(led_to, how_far.do_next(record, today=today)),
        "others": _rows(led_to, how_far.with_others(record, today=today)),
        "whole": _whole(whole),
        "facts": _facts(portfolio, record),
        "table": how_far.programme_table(whole),
        "core": _core(portfolio, record, whole, led_to),
        "shut": led_to.shut,
    }
    return render(request, "portfolio/progress.html", context)


@dataclass(frozen=True)
class Ways:
    """Where the page leads. `shut` are the codes of modules whose pages are not this reader's: a placement supervisor
    reads their states here, and no more of them."""

    portfolio: Portfolio
    shut: frozenset[str]

    @classmethod
    def of(cls, request: SignedIn, portfolio: Portfolio, record: ledger.Record) -> "Ways":
        if request.reader.sees_whole:
            return cls(portfolio, frozenset())
        theirs = access.supervised_modules(request.user, portfolio)
        return cls(portfolio, frozenset(one.code for one in record.structure.modules if one.id not in theirs))

    def address(self, at: At) -> str:
        return "" if at.module in self.shut else address(self.portfolio, at)


def _rows(led_to: Ways, steps: Iterable[Step]) -> dict[str, Any]:
    """Rows of components/next.html: those in sight, and the rest."""
    rows = [
        {
            "shape": "alert" if step.late else step.icon,
            "title": step.words,
            "href": led_to.address(step.at),
            "note": step.why,
            "tag": step.tag,
        }
        for step in steps
    ]
    return {"count": len(rows), "first": rows[:SHOWN], "rest": rows[SHOWN:]}


def _whole(whole: Progress) -> list[dict[str, Any]]:
    """What the whole portfolio needs, as components/conditions.html takes it."""
    modules = {"met": whole.all_signed_off, "title": "Every module signed off", "note": whole.modules_words}
    others = [one for one in whole.blockers if one.kind is not BlockerKind.MODULE]
    return [modules, *({"met": False, "title": one.words, "note": one.reason} for one in others)]


def _facts(portfolio: Portfolio, record: ledger.Record) -> list[dict[str, str]]:
    """Rows of components/facts.html."""
    where = [portfolio.organisation.name if portfolio.organisation else "", portfolio.department]
    rows = [
        ("Training officer", record.officer or "Nobody now"),
        ("Started", day(portfolio.starts_on)),
        ("Where", ", ".join(filter(None, where))),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _core(portfolio: Portfolio, record: ledger.Record, whole: Progress, led_to: Ways) -> list[dict[str, Any]]:
    """The core modules with a tile for each activity: for S-C1 its twenty."""
    found = []
    for module in record.structure.modules:
        tiles = [
            {
                "number": place.number,
                "title": place.title or "Wording not recorded",
                "href": (href := reverse("activity", args=[portfolio.ref, module.code, place.number])),
                "state": place.state,
                "evidence": place.pages,
                "evidence_href": f"{href}#evidence" if place.pages else "",
            }
            for place in places(record, module)
            if module.kind == Module.Kind.CORE and module.code not in led_to.shut
        ]
        if tiles:
            found.append({"progress": whole.modules[module.code], "tiles": tiles})
    return found
