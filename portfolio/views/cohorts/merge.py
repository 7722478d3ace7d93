"""Two accounts of one person: named, shown side by side, and merged."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.middleware import SignedIn
from portfolio.forms.cohorts import MergeForm
from portfolio.handover.merging import NotMerged, Pair, check, merge
from portfolio.views.cohorts.intake import crumbs, only_administrators
from portfolio.workflow import TooLate


@require_http_methods(["GET", "HEAD", "POST"])
def merge_accounts(request: SignedIn) -> HttpResponse:
    """Name the two, look at them, confirm. What is confirmed is what was shown: its digest is in the form."""
    only_administrators(request)
    form = MergeForm(*[request.POST] if request.method == "POST" else [], back=reverse("admin:index"))
    pair, status = None, 200
    if request.method == "POST" and form.is_valid():
        pair = Pair(form.cleaned_data["gone"], form.cleaned_data["kept"])
        try:
            check(pair, by=request.user)
            if "confirm" in request.POST:
                return _merged(request, pair)
        except NotMerged as refused:
            form.add_error(None, str(refused))
            pair = None
        except TooLate as late:
            messages.error(request, late.said)
            status = late.status
    context = {
        "form": form,
        "pair": pair,
        "sides": [_side("Goes", pair.gone), _side("Stays", pair.kept)] if pair else [],
        "crumbs": crumbs(),
    }
    return render(request, "portfolio/cohorts/merge.html", context, status=422 if form.errors else status)


def _merged(request: SignedIn, pair: Pair) -> HttpResponse:
    passed = merge(pair, by=request.user, shown=request.POST.get("seen", ""))
    gone, kept = pair.gone, pair.kept
    messages.success(request, f"Merged: {gone.email} is deactivated, and {kept.name} goes on as {kept.email}.")
    if passed.with_nobody:
        messages.warning(request, f"With nobody, for that account or you may not take it over: {passed.with_nobody}.")
    return redirect("merge_accounts")


def _side(what: str, person: Any) -> dict[str, Any]:
    return {"what": what, "person": person, "roles": person.roles.count(), "portfolios": person.portfolios.count()}
