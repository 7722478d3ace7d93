"""Everything that a trainee wrote, findable; for their people, what they may read of it."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from portfolio import pages
from portfolio.access import visible_in
from portfolio.forms.evidence import FindEvidence
from portfolio.ledger import structures_of
from portfolio.models import Placement, Portfolio
from portfolio.states import EvidenceKind
from portfolio.templatetags.look import day
from portfolio.views.fetch import fetch_in_part
from portfolio.views.voice import Voice, about
from portfolio.workflow import writing

PAGED_AT = 25


@require_safe
def evidence_list(request: SignedIn, ref: str) -> HttpResponse:
    """Narrowed by words, module, kind, state and placement; archived and binned pages are lists of their own."""
    portfolio = fetch_in_part(request, ref)
    curriculum = structures_of([portfolio])[portfolio.curriculum_id]
    states = pages.states_for(request.user, portfolio)
    placements = list(visible_in(portfolio, request.user, Placement))
    form = FindEvidence(request.GET, modules=curriculum.modules, states=states, placements=placements)
    own = pages.is_own(request.user, portfolio)
    found = pages.listed(request.user, portfolio, form.wanted())
    page = Paginator(found, PAGED_AT).get_page(request.GET.get("page"))
    voice = Voice(request.user, portfolio)
    context = about(portfolio) | {
        "form": form.as_understood(),
        "page": page,
        "rows": _rows(request, portfolio, list(page)),
        "own": own,
        "voice": voice,
        "narrowed": form.narrowed,
        "activity": form.cleaned_data.get("activity", "").replace("/", " activity "),
        "shown": form.shown_list if own else "",
        "writes": voice.writes and portfolio.closed_at is None,
        "clear": _address(portfolio, form.shown_list) if form.narrowed else "",
        "bin_days": settings.BIN_DAYS,
        "crumbs": [("Progress", reverse("progress", args=[ref]))],
    }
    return render(request, "portfolio/evidence_list.html", context)


def _address(portfolio: Portfolio, shown: str) -> str:
    """The list without a filter."""
    return reverse("evidence_list", args=[portfolio.ref]) + (f"?list={shown}" if shown else "")


def _rows(request: SignedIn, portfolio: Portfolio, found: list[Any]) -> list[dict[str, Any]]:
    """Rows of `pages.listed` as the page shows them, in a constant number of queries."""
    names: dict[int, list[str]] = {row.pk: [] for row in found}
    for link in pages.links(request.user, portfolio, found):
        names[link.evidence_id].append(str(link.activity))
    return [
        {
            "title": row.shown_title or "Untitled page",
            "href": reverse("evidence", args=[portfolio.ref, row.eid]),
            "note": ", ".join(filter(None, [EvidenceKind(row.shown_kind).label, day(row.shown_on) or "no date yet"])),
            "files": row.files,
            "shows": names[row.pk],
            "states": pages.states_of(row),
            "unsaved": getattr(row, "is_unsaved", False),
            "shared": row.shared,
            "until": day(writing.bin_until(row)),
        }
        for row in found
    ]
