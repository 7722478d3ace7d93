"""Trainees by modules: where a cohort stands, at a glance."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from portfolio.cohort.heat import heat
from portfolio.views.trainees.asked import Asked


@require_safe
def trainees_modules(request: SignedIn) -> HttpResponse:
    """The same trainees in the same order as in the list, a table a curriculum."""
    asked = Asked(request)
    context = asked.context("trainees_modules") | {"tables": heat(asked.page)}
    return render(request, "portfolio/trainees/modules.html", context)
