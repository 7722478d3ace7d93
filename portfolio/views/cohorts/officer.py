"""Another training officer for many trainees at once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.middleware import SignedIn
from portfolio import access
from portfolio.forms.cohorts import FindPortfolios, OfficerForm
from portfolio.handover.officers import Days, NotGiven, give_officer, nobody_after
from portfolio.models import Portfolio, Role
from portfolio.requirements.words import day, plural
from portfolio.views.cohorts.intake import crumbs, only_administrators

A_PAGE = 100  # ticks in one form: an officer has fewer trainees
HERE = "change_officer"


@require_http_methods(["GET", "HEAD", "POST"])
def change_officer(request: SignedIn) -> HttpResponse:
    """Find the trainees, tick them, name the officer and the days. All of them change, or none."""
    only_administrators(request)
    rows = access.portfolios_in_scope(request.user).filter(closed_at=None)
    years = sorted(set(rows.order_by().values_list("cohort_year", flat=True)), reverse=True)
    find = FindPortfolios(request.GET, years=years)
    found = find.found(rows).select_related("trainee", "curriculum").prefetch_related(_officers())
    page = Paginator(found.order_by("trainee__name", "pk"), A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    sent = [request.POST] if request.method == "POST" else []
    form = OfficerForm(*sent, shown=shown, by=request.user, back=reverse("admin:index"))
    if request.method == "POST" and form.is_valid() and (done := _given(request, form)):
        return done
    context = {
        "form": form,
        "find": find,
        "filtered": bool(find.cleaned_data.get("q") or find.cleaned_data.get("cohort")),
        "page": page,
        "rows": [_row(one, form) for one in shown],
        "crumbs": crumbs(),
    }
    return render(request, "portfolio/cohorts/officer.html", context, status=422 if form.errors else 200)


def _given(request: SignedIn, form: OfficerForm) -> HttpResponse | None:
    """On to the page as it is now; None where the form says why it cannot be."""
    said = form.cleaned_data
    try:
        roles = give_officer(said["trainees"], said["officer"], form.days, by=request.user)
    except NotGiven as refused:
        for why in refused.reasons:
            form.add_error("trainees", why)
        return None
    count = f"{len(roles)} {plural(len(roles), 'trainee')}"
    words = f"{said['officer'].name} is the training officer of {count} {form.days.words}."
    messages.success(request, " ".join([words, *_afterwards(roles, form.days)]))
    return redirect(HERE)


def _afterwards(given: list[Role], days: Days) -> Iterator[str]:
    """What a last day leaves: the role of the officer before was ended, with its days after this one."""
    if days.until is None or not (left := nobody_after(given, days.until)):
        return
    whom = "they have" if left == len(given) else f"{left} of them {'has' if left == 1 else 'have'}"
    since = day(days.until + timedelta(days=1))
    yield f"The officer before does not come back: from {since} {whom} no training officer until one is named."


def _officers() -> Prefetch[Any]:
    """The officers of today and later."""
    return Prefetch("roles", queryset=access.officers(), to_attr="officers")


def _row(portfolio: Portfolio, form: OfficerForm) -> dict[str, Any]:
    today, chosen = timezone.localdate(), [str(pk) for pk in form["trainees"].value() or []]
    officers: list[Role] = portfolio.officers  # type: ignore[attr-defined]
    return {
        "portfolio": portfolio,
        "ticked": str(portfolio.pk) in chosen,
        "officers": [role for role in officers if role.ends_on is None or role.ends_on >= today],
    }
