"""Assessors who have open requests of the trainees whom somebody looks after."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from portfolio.cohort.assessors import busiest, loads, with_times
from portfolio.views.fetch import standing
from portfolio.views.trainees.asked import A_PAGE


@require_safe
def trainees_assessors(request: SignedIn) -> HttpResponse:
    """Most overdue first. Of whom somebody supervises a placement alone nothing: whom things are with is not theirs.

    Where there is more than a page of them, summaries find those of this one, and no page says how many there are.
    """
    reader, today = standing(request), timezone.localdate()
    kept = busiest(reader)
    few = len(kept) <= A_PAGE
    found: Any = loads(reader, today=today) if few else kept
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    rows = list(page) if few else loads(reader, today=today, only=dict(page))
    context = {"page": page, "rows": with_times(rows, reader, today=today), "number": len(found) if few else None}
    return render(request, "portfolio/trainees/assessors.html", context)
