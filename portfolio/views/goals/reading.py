"""All goals of a trainee, and one of them with its actions and reviews."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from portfolio import proof
from portfolio.access import visible_in
from portfolio.forms.evidence import new_token
from portfolio.models import Goal, GoalAction, GoalReview, Portfolio
from portfolio.patient_data import looks_like
from portfolio.states import GoalState
from portfolio.templatetags.look import day
from portfolio.views.fetch import fetch_portfolio
from portfolio.views.goals import shown
from portfolio.views.links import crumbs, goals_crumb
from portfolio.views.voice import Voice, about
from portfolio.workflow import available

PER_PAGE = 25


@require_safe
def goals(request: SignedIn, ref: str) -> HttpResponse:
    portfolio = fetch_portfolio(request, ref)
    page = Paginator(shown.listed(request.user, portfolio), PER_PAGE).get_page(request.GET.get("page"))
    voice = Voice(request.user, portfolio)
    groups = [
        {"state": state, "rows": shown.rows(portfolio, [goal for goal in page if goal.state == state])}
        for state in GoalState
    ]
    context = about(portfolio) | {
        "page": page,
        "groups": [group for group in groups if group["rows"]],
        "voice": voice,
        "writes": voice.writes and portfolio.closed_at is None,
        "crumbs": crumbs(portfolio),
    }
    return render(request, "portfolio/goals/goals.html", context)


@require_safe
def goal(request: SignedIn, ref: str, gid: str) -> HttpResponse:
    portfolio = fetch_portfolio(request, ref)
    found = shown.fetch_goal(request, portfolio, gid)
    prefetch_related_objects(
        [found],
        Prefetch("actions", visible_in(portfolio, request.user, GoalAction)),
        Prefetch("reviews", visible_in(portfolio, request.user, GoalReview)),
    )
    actions, reviews = list(found.actions.all()), list(found.reviews.all())
    voice, today = Voice(request.user, portfolio), timezone.localdate()
    writes = voice.writes and portfolio.closed_at is None
    context = about(portfolio) | {
        "goal": found,
        "voice": voice,
        "mark": (shown.shape(found, today), shown.standing(found, today)),
        "when": shown.when(found),
        "actions": [_action(action, writes and found.state == GoalState.OPEN) for action in actions],
        "reviews": [shown.said(row, portfolio.trainee_id) for row in reviews],
        "doubt": _doubt(portfolio, found, reviews),
        "steps": available(found, portfolio, by=request.user, parts=voice.parts),
        "may_change": writes and found.state == GoalState.OPEN,
        "page_token": new_token(portfolio) if writes else "",
        "warning": looks_like(*texts(found, actions)) if voice.own else "",
        "crumbs": crumbs(portfolio, goals_crumb(portfolio)),
    }
    return render(request, "portfolio/goals/goal.html", context)


def texts(found: Goal, actions: list[GoalAction]) -> list[str]:
    """What the trainee typed, and can still change."""
    return [found.title, found.why, found.criteria, *(action.what for action in actions)]


def _action(action: GoalAction, tickable: bool) -> dict[str, Any]:
    """One action with what can be done with it."""
    today = timezone.localdate()
    late = action.done_on is None and action.due_on < today
    note = f"Done on {day(action.done_on)}" if action.done_on else f"By {day(action.due_on)}"
    return {
        "action": action,
        "shape": "yes" if action.done_on else "alert" if late else "no",
        "note": f"{note}. {shown.left(action.due_on, today)}" if late else note,
        "tickable": tickable,
    }


def _doubt(portfolio: Portfolio, found: Goal, reviews: list[GoalReview]) -> str:
    """Said of the goal as it was written last, and of each of its reviews."""
    whole = proof.as_written(found) and proof.all_agree(portfolio, reviews, [GoalReview], goal=found.gid)
    return "" if whole else proof.DOUBT
