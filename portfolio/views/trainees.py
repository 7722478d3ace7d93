"""The trainees whom somebody looks after: how far each is, and what waits."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from portfolio import ledger
from portfolio.access import looked_after
from portfolio.forms.trainees import FindTrainee
from portfolio.ledger import Record
from portfolio.models import Portfolio
from portfolio.progress import Progress, portfolio_progress, strip, with_others
from portfolio.requirements.words import day
from portfolio.reviews import pace
from portfolio.states import ActivityState, ModuleState
from portfolio.views.reviews.shown import next_review

A_PAGE = 25


@require_safe
def trainees(request: SignedIn) -> HttpResponse:
    """Open portfolios first, by name. Somebody who looks after nobody reads so: the page itself holds no secret."""
    everybody = looked_after(request.user).select_related("trainee", "curriculum")
    form = FindTrainee(request.GET)
    wanted = form.cleaned_data["q"] if form.is_valid() else ""
    rows = everybody.filter(trainee__name__icontains=wanted) if wanted else everybody
    ordered = rows.order_by(F("closed_at").desc(nulls_first=True), "trainee__name", "pk")
    page = Paginator(ordered, A_PAGE).get_page(request.GET.get("page"))
    records = ledger.read(page.object_list, said=False, reviews=True)
    context = {
        "form": form,
        "wanted": wanted,
        "page": page,
        "rows": [_row(portfolio, records[portfolio.pk]) for portfolio in page],
    }
    return render(request, "portfolio/trainees.html", context)


def _row(portfolio: Portfolio, record: Record) -> dict[str, Any]:
    """One line of the list: the same numbers as on the trainee's own progress page."""
    whole = portfolio_progress(record)
    shown = {
        "portfolio": portfolio,
        "href": reverse("progress", args=[portfolio.ref]),
        "progress": whole,
        "bar": strip(whole),
    }
    return shown | _to_their_people(portfolio, record, whole) if portfolio.in_whole else shown  # type: ignore[attr-defined]


def _to_their_people(portfolio: Portfolio, record: Record, whole: Progress) -> dict[str, Any]:
    """What waits, and the next review: not for who supervises a placement alone."""
    waiting = [(step, step.since) for step in with_others(record, today=timezone.localdate()) if step.since]
    longest, since = waiting[0] if waiting else (None, None)
    rows = [row for module in record.modules.values() for row in module.activities.values()]
    in_review = [row for row in rows if row.state == ActivityState.IN_REVIEW]
    return {
        "in_whole": True,
        "in_review": len(in_review),
        "with_nobody": sum(1 for row in in_review if row.waiting is None or row.waiting.assessor is None),
        "longest": longest,
        "longest_with": f"{longest.words}. Since {day(since)}" if longest and since else "",
        "review": next_review(portfolio, record, timezone.localdate()),
        "pace": pace(record, today=timezone.localdate()),
        "ready": [one.module.code for one in whole.counted if one.state == ModuleState.READY],
    }
