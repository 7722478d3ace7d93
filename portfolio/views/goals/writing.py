"""The trainee sets and changes goals, ticks their actions off, and turns one into a page of evidence."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.kept import kept_page
from accounts.middleware import SignedIn
from portfolio.access import visible_in
from portfolio.forms.checked import warning
from portfolio.forms.evidence import made_by
from portfolio.forms.goals import ActionForm, DoneForm, GoalForm, action_forms
from portfolio.models import Evidence, Goal, GoalAction, Portfolio
from portfolio.states import GoalState
from portfolio.views.fetch import as_it_stands, fetch_own, say_on, too_late
from portfolio.views.goals.reading import goal as goal_page
from portfolio.views.goals.shown import fetch_action, fetch_goal
from portfolio.views.links import crumbs, goals_crumb
from portfolio.workflow import Incomplete, NotAllowed, TooLate
from portfolio.workflow.goals import writing
from portfolio.workflow.machine import CLOSED
from portfolio.workflow.writing import may_write


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, ref: str) -> HttpResponse:
    """A goal, with its first actions if the trainee knows them."""
    portfolio = fetch_own(request, ref)
    return _closed(request, portfolio) or _write(request, portfolio, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, ref: str, gid: str) -> HttpResponse:
    """Other words, another date, other actions; while the goal is open."""
    portfolio = fetch_own(request, ref)
    goal = fetch_goal(request, portfolio, gid)
    return _closed(request, portfolio) or _write(request, portfolio, goal)


@require_http_methods(["GET", "HEAD", "POST"])
def done(request: SignedIn, ref: str, gid: str, act: str) -> HttpResponse:
    """Tick an action off: today, or with the day that is typed. Or take the tick off again."""
    portfolio = fetch_own(request, ref)
    goal = fetch_goal(request, portfolio, gid)
    action = fetch_action(request, goal, act)
    if refused := _closed(request, portfolio):
        return refused
    back = reverse("goal", args=[ref, gid])
    sent = request.POST if request.method == "POST" and not request.POST.get("go") else None
    form = DoneForm(sent, back=back, initial={"done_on": action.done_on or timezone.localdate()})
    try:
        if request.method == "POST" and _tick(request, action, form):
            return redirect("goal", ref, gid)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return as_it_stands(request, late, goal_page, ref, gid)
    context = {"portfolio": portfolio, "action": action, "form": form, "crumbs": _crumbs(portfolio, goal)}
    return render(request, "portfolio/goals/done.html", context, status=422 if form.errors else 200)


@require_POST
def write_up(request: SignedIn, ref: str, gid: str) -> HttpResponse:
    """A page of evidence with all that the goal says, for the trainee to go on with. Sent twice, it makes one."""
    portfolio = fetch_own(request, ref)
    goal = fetch_goal(request, portfolio, gid)
    eid = made_by(portfolio, request.POST)
    made = visible_in(portfolio, request.user, Evidence).filter(eid=eid).first()
    if made is not None:
        return redirect("evidence", ref, made.eid)
    page = writing.write_up(goal, by=request.user, eid=eid)
    messages.success(request, "This page was made from your goal. Read it, change what you want, and save it.")
    return redirect("evidence_edit", ref, page.eid)


def _closed(request: SignedIn, portfolio: Portfolio) -> HttpResponse | None:
    """403 in a closed portfolio, with what was typed."""
    if may_write(portfolio, by=request.user):
        return None
    if request.method == "POST":
        return kept_page(request, why=CLOSED, status=NotAllowed.status)
    raise NotAllowed(CLOSED)


def _write(request: SignedIn, portfolio: Portfolio, goal: Goal | None) -> HttpResponse:
    """One round of the form with the rows of its actions."""
    sent = request.POST if request.method == "POST" else None
    actions = list(visible_in(portfolio, request.user, GoalAction).filter(goal=goal)) if goal else []
    form, rows = GoalForm(sent, initial=_initial(goal)), action_forms(sent, actions, portfolio=portfolio)
    try:
        if goal is not None and goal.state != GoalState.OPEN:
            raise TooLate(writing.NOT_OPEN.format(goal.get_state_display().lower()))
        if sent is not None and all([form.is_valid(), *(row.is_valid() for row in rows)]):
            return _keep(request, portfolio, goal, form, rows)
    except Incomplete as incomplete:
        say_on(form, incomplete)
    except TooLate as late:
        return too_late(request, late, _back(portfolio, goal))
    return _form_page(request, portfolio, goal, form, rows)


def _keep(
    request: SignedIn, portfolio: Portfolio, goal: Goal | None, form: GoalForm, rows: list[ActionForm]
) -> HttpResponse:
    given = [typed for row in rows if (typed := row.given())]
    if goal is None:
        goal = writing.set_goal(portfolio, form.given(), given, by=request.user)
        messages.success(request, "Your goal is set.")
    else:
        writing.change_goal(goal, form.given(), given, opened=form.cleaned_data["opened"], by=request.user)
        messages.success(request, "Your goal is changed.")
    return redirect("goal", portfolio.ref, goal.gid)


def _form_page(
    request: SignedIn, portfolio: Portfolio, goal: Goal | None, form: GoalForm, rows: list[ActionForm]
) -> HttpResponse:
    bad = [one for one in (form, *rows) if one.errors]
    boxes = [*(form[name] for name in ("title", "why", "criteria")), *(row["what"] for row in rows)]
    context: dict[str, Any] = {
        "portfolio": portfolio,
        "goal": goal,
        "form": form,
        "rows": rows,
        "bad": bad,
        "has_errors": bool(bad),
        "warning": warning(boxes),
        "back": _back(portfolio, goal),
        "crumbs": _crumbs(portfolio, goal),
    }
    return render(request, "portfolio/goals/edit.html", context, status=422 if bad else 200)


def _initial(goal: Goal | None) -> dict[str, Any]:
    if goal is None:
        return {}
    fields = ("title", "why", "criteria", "target_on")
    return {name: getattr(goal, name) for name in fields} | {"opened": writing.seen(goal)}


def _tick(request: SignedIn, action: GoalAction, form: DoneForm) -> bool:
    """False when the form lacks a day."""
    go = request.POST.get("go")
    if go == "undo":
        writing.mark_not_done(action, by=request.user)
        messages.success(request, "Not done yet: the action is open again.")
        return True
    if go != "today" and not form.is_valid():
        return False
    writing.mark_done(action, timezone.localdate() if go == "today" else form.cleaned_data["done_on"], by=request.user)
    messages.success(request, "Done: the action is ticked off.")
    return True


def _back(portfolio: Portfolio, goal: Goal | None) -> str:
    return reverse("goal", args=[portfolio.ref, goal.gid]) if goal else reverse("goals", args=[portfolio.ref])


def _crumbs(portfolio: Portfolio, goal: Goal | None) -> list[tuple[str, str]]:
    here = [(goal.title, _back(portfolio, goal))] if goal else []
    return crumbs(portfolio, goals_crumb(portfolio), *here)
