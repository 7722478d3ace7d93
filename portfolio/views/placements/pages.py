"""Where I was, with whom, what I meant to learn and what came of it: the list, and one placement."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from portfolio import ledger, requirements
from portfolio.access import visible_in
from portfolio.models import Placement, Portfolio
from portfolio.models.placement import QUESTIONS
from portfolio.patient_data import looks_like
from portfolio.record import Record
from portfolio.requirements.words import day
from portfolio.shapes import PLACEMENT_SHAPES
from portfolio.states import PlacementState
from portfolio.views.fetch import fetch_in_part
from portfolio.views.links import crumbs
from portfolio.views.placements.fetching import (
    dates,
    facts_of,
    fetch_placement,
    placement_address,
    placements_crumb,
    reflection_of,
    shown_title,
    where,
)
from portfolio.views.voice import Voice, about
from portfolio.workflow import TABLES, Step, available

PER_PAGE = 25
PLAN = TABLES[Placement].steps["plan placement"]
# Where each step of a placement is offered on its page, and in which order. A test says that none is forgotten.
STEP_PAGES = {
    "confirm placement": "placement_confirm",
    "close placement": "placement_close",
    "plan placement": "placement_change",
    "plan activities": "placement_activities",
    "extend placement": "placement_extend",
    "end placement": "placement_end",
    "remove placement": "placement_remove",
}
LABELS = {
    "close placement": "Write the closing reflection",
    "plan placement": "Change this placement",
    "plan activities": "Plan activities",
}


@require_safe
def placements(request: SignedIn, ref: str) -> HttpResponse:
    """The latest first. A placement supervisor finds their own alone."""
    portfolio = fetch_in_part(request, ref)
    voice = Voice(request.user, portfolio)
    rows = visible_in(portfolio, request.user, Placement).select_related("module", "supervisor")
    page = Paginator(rows.prefetch_related("modules"), PER_PAGE).get_page(request.GET.get("page"))
    context = about(portfolio) | {
        "crumbs": crumbs(portfolio),
        "voice": voice,
        "page": page,
        "rows": [_row(portfolio, placement) for placement in page],
        "may_plan": bool(PLAN.who & voice.parts) and portfolio.closed_at is None,
    }
    return render(request, "portfolio/placements/placements.html", context)


def _row(portfolio: Portfolio, placement: Placement) -> dict[str, Any]:
    codes = get_text_list(sorted(module.code for module in placement.modules.all()), "and")
    about_it = [
        f"{placement.get_kind_display()}, {dates(placement)}",
        where(placement),
        f"Works on {codes}" if codes else "",
        f"Supervised by {placement.supervisor.name}" if placement.supervisor else "",
    ]
    return {
        "title": shown_title(placement),
        "href": placement_address(portfolio, placement),
        "note": ". ".join(filter(None, about_it)),
        "shape": PLACEMENT_SHAPES[placement.state],
        "word": placement.get_state_display(),
        "when": _when(placement),
    }


def _when(placement: Placement) -> str:
    """Whether it is ahead, going on or over."""
    today = timezone.localdate()
    if placement.starts_on > today:
        return "Ahead"
    return "Now" if placement.ends_on >= today else "Over"


@require_safe
def placement(request: SignedIn, ref: str, pid: str) -> HttpResponse:
    """One placement, for its trainee, their people, and its supervisor in its dates."""
    portfolio = fetch_in_part(request, ref)
    row = fetch_placement(request, portfolio, pid)
    voice = Voice(request.user, portfolio)
    record = ledger.read([portfolio], people=False)[portfolio.pk]  # states alone: no word that anybody said
    steps = available(row, portfolio, by=request.user, parts=voice.parts)
    context = about(portfolio) | {
        "placement": row,
        "voice": voice,
        "title": shown_title(row),
        "caption": f"{row.get_kind_display()}, {_when(row).lower()}",
        "shape": PLACEMENT_SHAPES[row.state],
        "stands": _stands(row),
        "facts": facts_of(row),
        "tasks": _tasks(portfolio, record, row),
        "reflection": reflection_of(row),
        "steps": [
            {"label": _label(row, steps[name]), "href": reverse(url, args=[ref, pid])}
            for name, url in STEP_PAGES.items()
            if name in steps
        ],
        "may_close": "close placement" in steps,
        "may_turn": voice.writes and portfolio.closed_at is None,
        "page_href": _page(portfolio, row, voice),
        "warning": _warning(row) if voice.own else "",
        "evidence_href": f"{reverse('evidence_list', args=[ref])}?placement={pid}",
        "crumbs": crumbs(portfolio, placements_crumb(portfolio)),
    }
    return render(request, "portfolio/placements/placement.html", context)


def _label(row: Placement, step: Step) -> str:
    if step.name == "close placement" and reflection_of(row):
        return "Change the closing reflection"
    return LABELS.get(step.name, step.label)


def _stands(row: Placement) -> str:
    """What its state means for its supervisor."""
    if row.state == PlacementState.PLANNED:
        return "The training officer has not confirmed it. Until then its supervisor sees nothing."
    by = ""
    if row.confirmed_by and row.confirmed_at:
        by = f"Confirmed by {row.confirmed_by.name} on {day(row.confirmed_at)}."
    if row.supervisor is None:
        return f"{by} It has no supervisor here."
    return f"{by} {row.supervisor.name} sees and decides in its modules on these days, and no longer."


def _tasks(portfolio: Portfolio, record: Record, row: Placement) -> list[dict[str, Any]]:
    """The activities planned into it, as components/tasks.html takes them, with their states."""
    found, modules = [], {module.id: module for module in record.structure.modules}
    for one in row.planned.all():
        module = modules[one.module_id]
        place = next((each for each in requirements.places(record, module) if each.number == one.number), None)
        if place is not None:
            href = reverse("activity", args=[portfolio.ref, module.code, place.number])
            found.append(
                {
                    "number": place.number,
                    "title": f"{module.code} {place.number} {place.title}".rstrip(),
                    "href": href,
                    "note": "",
                    "type": place.type,
                    "state": place.state,
                    "evidence": place.pages,
                    "evidence_href": f"{href}#evidence" if place.pages else "",
                }
            )
    return found


def _page(portfolio: Portfolio, row: Placement, voice: Voice) -> str:
    """The page that the reflection was turned into: the trainee's own until it is submitted."""
    if not voice.own or row.page is None or row.page.binned_at is not None:
        return ""
    return reverse("evidence", args=[portfolio.ref, row.page.eid])


def _warning(row: Placement) -> str:
    return looks_like(row.title, row.aims, *(getattr(row, name) for name in QUESTIONS))
