"""Reviewing a goal, by its trainee or their officer, and opening one again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.middleware import SignedIn
from portfolio.forms.goals import OUTCOMES, ReopenForm, ReviewForm
from portfolio.models import Goal
from portfolio.views.fetch import fetch_portfolio, fetch_step, say_on, too_late
from portfolio.views.goals.shown import fetch_goal
from portfolio.views.links import crumbs, goals_crumb
from portfolio.workflow import Incomplete, TooLate, available, perform
from portfolio.workflow.goals import STEP_OF


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedIn, ref: str, gid: str) -> HttpResponse:
    """The trainee may also say that it is achieved or given up; their officer adds a word on how it goes."""
    portfolio = fetch_portfolio(request, ref)
    goal = fetch_goal(request, portfolio, gid)
    back = reverse("goal", args=[ref, gid])
    try:
        fetch_step(request, "review goal", goal, portfolio)
        steps = available(goal, portfolio, by=request.user)
        outcomes = [outcome for outcome in OUTCOMES if STEP_OF[outcome] in steps]
        form = ReviewForm(request.POST if request.method == "POST" else None, outcomes=outcomes, back=back)
        if request.method == "POST" and form.is_valid():
            given = form.given()
            perform(STEP_OF[given.outcome], goal, by=request.user, reason=form.cleaned_data["happened"], given=given)
            messages.success(request, "Your review is saved.")
            return redirect(back)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, back)
    context = _context(request, goal) | {"form": form}
    return render(request, "portfolio/goals/review.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: SignedIn, ref: str, gid: str) -> HttpResponse:
    """A goal that was achieved or given up is worked on again; its reviews stay."""
    portfolio = fetch_portfolio(request, ref)
    goal = fetch_goal(request, portfolio, gid)
    back = reverse("goal", args=[ref, gid])
    try:
        step = fetch_step(request, "reopen goal", goal, portfolio)
        form = ReopenForm(request.POST if request.method == "POST" else None, step=step, back=back)
        if request.method == "POST" and form.is_valid():
            perform(step.name, goal, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, "The goal is open again.")
            return redirect(back)
    except TooLate as late:
        return too_late(request, late, back)
    context = _context(request, goal) | {"form": form}
    return render(request, "portfolio/goals/reopen.html", context, status=422 if form.errors else 200)


def _context(request: SignedIn, goal: Goal) -> dict[str, object]:
    portfolio = goal.portfolio
    here = (goal.title, reverse("goal", args=[portfolio.ref, goal.gid]))
    return {
        "portfolio": portfolio,
        "goal": goal,
        "own": request.user.pk == portfolio.trainee_id,
        "crumbs": crumbs(portfolio, goals_crumb(portfolio), here),
    }
