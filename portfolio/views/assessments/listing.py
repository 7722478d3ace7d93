"""DOPS, OCE and CBD of a portfolio: the slots filled and open, and every attempt."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from portfolio import requirements
from portfolio.access import visible_in
from portfolio.assessed import Attempt
from portfolio.models import Assessment
from portfolio.progress import module_progress
from portfolio.record import Record
from portfolio.requirements import Standing
from portfolio.states import AssessmentState
from portfolio.templatetags.look import day
from portfolio.titles import entitled
from portfolio.views.assessments.shown import SHORT, note_of, planned_for, settled, slot_pips, slot_words, word_of
from portfolio.views.fetch import fetch_in_part, fetch_record, theirs
from portfolio.views.links import crumbs, plan_address
from portfolio.views.voice import Voice, about

PER_PAGE = 25


@require_safe
def assessments(request: SignedIn, ref: str) -> HttpResponse:
    """By module in the order of the programme, then the attempts, newest first. A supervisor reads of their modules."""
    portfolio = fetch_in_part(request, ref)
    record, in_whole = fetch_record(request, portfolio), request.portfolio.in_whole
    voice = Voice(request.user, portfolio)
    may_plan = voice.writes and portfolio.closed_at is None
    rows = visible_in(portfolio, request.user, Assessment).select_related("module", "decision", "void")
    page = Paginator(rows.order_by("-happens_on", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    asked = {one.aid: one for held in record.modules.values() for one in held.attempts if one.waiting}
    modules = [one for one in entitled(record).modules if in_whole or one.id in theirs(request)]
    lines = [_line(portfolio, record, module, may_plan) for module in modules]
    context = about(portfolio) | {
        "crumbs": crumbs(portfolio),
        "voice": voice,
        "lacking": requirements.missing_kinds(record) if in_whole else (),
        "modules": [line for line in lines if line["sorts"]],
        "page": page,
        "attempts": [_attempt(portfolio, row, asked.get(row.aid)) for row in page],
    }
    return render(request, "portfolio/assessments/list.html", context)


def _line(portfolio: Any, record: Record, module: Any, may_plan: bool) -> dict[str, Any]:
    """One module with its two sorts of slots; a sort of which nothing is asked and nothing done is left out.

    `unknown`: of no sort is a number known or anything done, which is said once.
    """
    found = module_progress(record, module)
    sorts, unknown = [], True
    href = reverse("module", args=[portfolio.ref, module.code]) + "#assessments"
    for sort in requirements.slots(record, module):
        if sort.needed == 0 and not sort.done and not sort.attempts:
            continue
        kind = requirements.plan_kind(sort)
        name = SHORT[len(sort.kinds)]
        plan = plan_address(portfolio, module.code, kind) if may_plan and sort.may_plan else ""
        pips = slot_pips(sort, name, href)
        unknown = unknown and sort.needed is None and not pips
        sorts.append({"name": name, "words": slot_words(sort), "pips": pips, "plan": plan})
    taken = found.standing is not Standing.NOT_TAKEN
    return {"module": module, "href": href, "sorts": sorts if taken else [], "unknown": unknown}


def _attempt(portfolio: Any, row: Assessment, asked: Attempt | None) -> dict[str, Any]:
    """A row of components/next.html. `asked`: whom it is with."""
    shape, word = word_of(row)
    return {
        "shape": shape,
        "title": f"{row.module.code} {row.kind}: {row.title}",
        "href": reverse("assessment", args=[portfolio.ref, row.aid]),
        "note": note_of(asked) if asked else _note(row),
        "tag": word,
    }


def _note(row: Assessment) -> str:
    if row.state == AssessmentState.PLANNED:
        return planned_for(row)
    by_and_at = settled(row)
    return f"{day(by_and_at[1])}, {by_and_at[0]}" if by_and_at else ""
