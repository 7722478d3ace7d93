"""Assessors who have open requests of the trainees whom somebody looks after."""

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
    """Most overdue first. Of whom somebody supervises a placement alone nothing: whom things are with is not theirs."""
    reader, today = standing(request), timezone.localdate()
    page = Paginator(busiest(reader), A_PAGE).get_page(request.GET.get("page"))
    rows = loads(reader, today=today, only=list(page))
    context = {"page": page, "rows": with_times(rows, reader, today=today)}
    return render(request, "portfolio/trainees/assessors.html", context)
