"""A trainee's goals as lists show them: here, on the page of the module that rests on them, and at its sign-off."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.middleware import SignedIn
from accounts.models import User
from portfolio.access import visible_in
from portfolio.models import Goal, GoalAction, GoalReview, Portfolio
from portfolio.requirements.words import plural
from portfolio.shapes import GOAL_OUTCOME_SHAPES, GOAL_SHAPES
from portfolio.states import GoalState
from portfolio.templatetags.look import day
from portfolio.templatetags.waiting import counted

ORDER = Case(
    *(When(state=state, then=Value(place)) for place, state in enumerate(GoalState)), output_field=IntegerField()
)


def listed(user: User, portfolio: Portfolio) -> QuerySet[Any]:
    """The goals: open ones by target date, then what was achieved and what was given up, the newest first.

    Each row says how many `to_do` and `done` actions and how many `times` it was reviewed.
    """
    rows = visible_in(portfolio, user, Goal).annotate(
        to_do=Count("actions", distinct=True),
        done=Count("actions", filter=Q(actions__done_on__isnull=False), distinct=True),
        times=Count("reviews", distinct=True),
    )
    return rows.order_by(ORDER, F("ended_on").desc(nulls_last=True), "target_on", "pk")


def fetch_goal(request: SignedIn, portfolio: Portfolio, gid: str) -> Goal:
    """The goal at this address, with the portfolio that was fetched."""
    goal = visible_in(portfolio, request.user, Goal).filter(gid=gid).first()
    if goal is None:
        raise Http404
    goal.portfolio = portfolio
    return goal


def fetch_action(request: SignedIn, goal: Goal, aid: str) -> GoalAction:
    """The action of this goal at this address."""
    action = visible_in(goal.portfolio, request.user, GoalAction).filter(goal=goal, aid=aid).first()
    if action is None:
        raise Http404
    action.goal = goal
    return action


def rows(portfolio: Portfolio, goals: Iterable[Any]) -> list[dict[str, str]]:
    """Rows of `listed` as components/next.html takes them."""
    today = timezone.localdate()
    return [
        {
            "shape": shape(goal, today),
            "title": goal.title,
            "href": reverse("goal", args=[portfolio.ref, goal.gid]),
            "note": f"{when(goal)}. {_actions(goal)}. {_reviews(goal.times)}",
            "tag": left(goal.target_on, today) if goal.state == GoalState.OPEN else "",
        }
        for goal in goals
    ]


def in_words(goals: Iterable[Any]) -> str:
    """2 open, 1 achieved, 4 reviews"""
    goals = list(goals)
    if not goals:
        return "No goal yet"
    states = [(state.label.lower(), sum(goal.state == state for goal in goals)) for state in GoalState]
    counts = [f"{number} {word}" for word, number in states if number]
    return ", ".join([*counts, _reviews(sum(goal.times for goal in goals)).lower()])


def of_module(user: User, portfolio: Portfolio) -> dict[str, Any]:
    """The goals on the pages of the module that rests on them."""
    goals = list(listed(user, portfolio))
    return {"rows": rows(portfolio, goals), "words": in_words(goals), "href": reverse("goals", args=[portfolio.ref])}


def shape(goal: Goal, today: date) -> str:
    return "alert" if overdue(goal, today) else GOAL_SHAPES[goal.state]


def overdue(goal: Goal, today: date) -> bool:
    return goal.state == GoalState.OPEN and goal.target_on < today


def when(goal: Goal) -> str:
    """By 3 March 2026; Achieved on 3 March 2026"""
    if goal.ended_on:
        return f"{goal.get_state_display()} on {day(goal.ended_on)}"
    return f"By {day(goal.target_on)}"


def standing(goal: Goal, today: date) -> str:
    """Open; Open, overdue by 9 days; Achieved"""
    state = str(goal.get_state_display())
    return f"{state}, {left(goal.target_on, today).lower()}" if overdue(goal, today) else state


def left(until: date, today: date) -> str:
    """Overdue by 9 days; Today; In 12 days"""
    days = (until - today).days
    if days < 0:
        return f"Overdue by {counted(-days)}"
    return f"In {counted(days)}" if days else "Today"


def said(row: GoalReview, trainee: int) -> dict[str, str]:
    """A review as components/timeline.html takes it."""
    role = "Trainee" if row.signer_id == trainee else row.get_role_kind_display()
    return {
        "shape": GOAL_OUTCOME_SHAPES[row.outcome],
        "what": row.get_outcome_display(),
        "who": f"{day(row.at)}, {row.signer_name}, {role}",
        "said": "\n\n".join([row.happened, *([f"Next: {row.next_steps}"] if row.next_steps else [])]),
    }


def _actions(goal: Any) -> str:
    return f"{goal.done} of {goal.to_do} {plural(goal.to_do, 'action')} done" if goal.to_do else "No actions"


def _reviews(number: int) -> str:
    return f"{number} {plural(number, 'review')}" if number else "Not reviewed yet"
