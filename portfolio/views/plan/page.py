"""The plan: the timeline, what is planned when and what is not, and the pace. The trainee plans; others read."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.kept import kept_page
from accounts.middleware import SignedIn
from portfolio.forms.plan import PlanForm, columns, label
from portfolio.models import Portfolio
from portfolio.plan.board import Entry
from portfolio.plan.chart import RATE, pace_chart
from portfolio.plan.months import words
from portfolio.plan.reading import Plan, read
from portfolio.plan.timeline import timeline
from portfolio.requirements import At
from portfolio.reviews import pace
from portfolio.views.fetch import say_on
from portfolio.views.links import address, crumbs
from portfolio.views.reviews.fetch import fetch_diary
from portfolio.views.reviews.shown import in_short
from portfolio.views.voice import about
from portfolio.workflow import Incomplete, NotAllowed
from portfolio.workflow.machine import CLOSED, NOT_YOURS
from portfolio.workflow.plan import Put, put


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedIn, ref: str) -> HttpResponse:
    portfolio, voice = fetch_diary(request, ref)
    if request.method == "POST" and not voice.writes:
        raise NotAllowed(NOT_YOURS)
    if request.method == "POST" and portfolio.closed_at is not None:
        return kept_page(request, why=CLOSED, status=NotAllowed.status)
    now = read(portfolio, today=timezone.localdate())
    form = None
    if voice.writes and portfolio.closed_at is None:
        form = PlanForm(request.POST if request.method == "POST" else None, plan=now)
        if form.is_bound and _planned(request, portfolio, form):
            return redirect(f"{reverse('plan', args=[ref])}#schedule")
    context = (
        about(portfolio)
        | _shown(portfolio, now, own=voice.own)
        | {"voice": voice, "form": form, "crumbs": crumbs(portfolio)}
    )
    return render(request, "portfolio/plan/plan.html", context, status=422 if form and form.errors else 200)


def _planned(request: SignedIn, portfolio: Portfolio, form: PlanForm) -> bool:
    """Whether it was done; else the form says why not."""
    if not form.is_valid():
        return False
    given = form.given()
    try:
        entries = put(portfolio, given, by=request.user)
    except Incomplete as incomplete:
        say_on(form, incomplete)
        return False
    messages.success(request, _said(given, entries))
    return True


def _said(given: Put, entries: list[Entry]) -> str:
    what = entries[0].name if len(entries) == 1 else f"{len(entries)} activities"
    if given.month:
        return f"Planned {what} for {words(given.month)}."
    return f"Planned {what} for the placement." if given.placement else f"Took {what} out of the plan."


def _shown(portfolio: Portfolio, now: Plan, *, own: bool) -> dict[str, Any]:
    """What the page shows to everybody who reads it."""
    return {
        "timeline": timeline(now.record, now.points, now.board, now.stays, now.dates_for(own=own), today=now.today),
        "points": [in_short(portfolio, point, now.today) for point in now.points],
        "chart": pace_chart(now.record, today=now.today),
        "pace": pace(now.record, today=now.today),
        "assumption": RATE,
        "board": now.board,
        "columns": [(column, [_row(portfolio, one) for one in inside]) for column, inside in columns(now)],
        "late": [_row(portfolio, one) for one in now.board.late],
        "slots": [(one, address(portfolio, At("module", one.module.code))) for one in now.board.slots],
    }


def _row(portfolio: Portfolio, entry: Entry) -> dict[str, Any]:
    """An activity with its address, for whoever reads."""
    return {"entry": entry, "label": label(entry), "href": address(portfolio, At("activity", *entry.key))}
