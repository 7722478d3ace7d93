"""The calendar: the page on which its address is made and stopped, and what stands at that address."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import SignedIn
from portfolio.access import visible_in
from portfolio.models import CalendarFeed, Portfolio
from portfolio.plan import calendar as written
from portfolio.plan.reading import behind, read
from portfolio.views.fetch import fetch_own
from portfolio.views.links import crumbs
from portfolio.views.voice import about
from portfolio.workflow.plan import make_address, stop_address
from portfolio.workflow.writing import may_write


@require_safe
def address(request: SignedIn, ref: str) -> HttpResponse:
    """Whether there is an address, and since when; its key is shown once, when it is made."""
    return _page(request, fetch_own(request, ref))


@require_POST
def make(request: SignedIn, ref: str) -> HttpResponse:
    """A new address, on the page that answers: after it nobody can show it again."""
    portfolio = fetch_own(request, ref)
    key = make_address(portfolio, by=request.user)
    return _page(request, portfolio, made=settings.SITE_URL + reverse("calendar", args=[key]))


@require_POST
def stop(request: SignedIn, ref: str) -> HttpResponse:
    """Whoever has the address reads nothing there any more."""
    portfolio = fetch_own(request, ref)
    stop_address(portfolio, by=request.user)
    messages.success(request, "The calendar address is stopped. Calendars that use it are told nothing any more.")
    return redirect("plan_calendar", ref)


def _page(request: SignedIn, portfolio: Portfolio, made: str = "") -> HttpResponse:
    plan = ("Plan", reverse("plan", args=[portfolio.ref]))
    context = about(portfolio) | {
        "feed": visible_in(portfolio, request.user, CalendarFeed).first(),
        "made": made,
        "may": may_write(portfolio, by=request.user),
        "hours": written.HOURS,
        "crumbs": crumbs(portfolio, plan),
    }
    return render(request, "portfolio/plan/calendar.html", context)


@login_not_required
@require_safe
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """The calendar behind this key: no session, no cookie. One answer for a key that never was and one that is dead."""
    portfolio = behind(key)
    if portfolio is None:
        raise Http404
    told = written.events(read(portfolio, today=timezone.localdate()))
    content = written.calendar(portfolio.ref, told, now=timezone.now())
    headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, nofollow"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
