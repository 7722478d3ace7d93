"""The step of one activity that has a page of its own: unlocking what was signed off."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.middleware import SignedIn
from portfolio.access import visible, visible_in
from portfolio.forms.steps import ReasonForm
from portfolio.models import Activity, Item, ModuleSignOff
from portfolio.states import Outcome
from portfolio.views.fetch import fetch_portfolio, fetch_step, too_late
from portfolio.views.links import crumbs, module_crumb
from portfolio.workflow import TooLate, perform


@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: SignedIn, ref: str, code: str, number: int) -> HttpResponse:
    """Open a signed-off activity again, and with it the sign-off of its module. The decision stays in the history."""
    portfolio = fetch_portfolio(request, ref)
    rows = visible_in(portfolio, request.user, Activity).select_related("module", "portfolio")
    activity = get_object_or_404(rows, module__code=code, number=number)
    back = reverse("activity", args=[ref, code, number])
    try:
        step = fetch_step(request, "unlock", activity, portfolio)
        form = ReasonForm(request.POST if request.method == "POST" else None, step=step, back=back)
        if request.method == "POST" and form.is_valid():
            perform("unlock", activity, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, f"Unlocked: {activity} is with {portfolio.trainee.name} again.")
            return redirect(back)
    except TooLate as late:
        return too_late(request, late, back)
    signed = visible(request.user, Item).filter(activity=activity, decision__outcome=Outcome.SIGNED_OFF)
    standing = visible_in(portfolio, request.user, ModuleSignOff).filter(module=activity.module, void=None)
    context = {
        "portfolio": portfolio,
        "activity": activity,
        "crumbs": crumbs(portfolio, module_crumb(portfolio, code), (str(activity), back)),
        "form": form,
        "item": signed.filter(decision__unlock=None).select_related("decision").order_by("-attempt").first(),
        "standing": standing.first(),
    }
    return render(request, "portfolio/activity_unlock.html", context, status=422 if form.errors else 200)
