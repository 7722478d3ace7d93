"""Writing goals: setting and changing one, ticking off its actions, and turning it into a page of evidence.

No state of a table moves here. Each function locks the portfolio first, and tells the chain what the goal is now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.canonical import digest
from audit.chain import append
from portfolio import prose
from portfolio.access import WRITE
from portfolio.models import Evidence, Goal, GoalAction, GoalReview, Portfolio
from portfolio.requirements.words import day
from portfolio.states import EvidenceKind, GoalState
from portfolio.workflow import writing
from portfolio.workflow.days import check_meant
from portfolio.workflow.machine import Incomplete, TooLate, writable

PAST = "The target date must be today or later."
NOT_OPEN = "This goal is {}. Open it again to change it."


@dataclass(frozen=True)
class GoalText:
    """What was typed of a goal."""

    title: str
    why: str
    criteria: str
    target_on: date


@dataclass(frozen=True)
class ActionText:
    """What was typed of an action: a new one, or the one `of` this id, which goes when nothing is said of it."""

    what: str
    due_on: date | None = None
    of: str = ""


def as_told(goal: Goal) -> dict[str, Any]:
    """What the chain holds of a goal and its actions: ids, dates, and each text as a salted digest."""
    return {
        "goal": goal.gid,
        "text": goal.text_digest,
        "set_on": goal.set_on.isoformat(),
        "target_on": goal.target_on.isoformat(),
        "actions": [
            {
                "action": action.aid,
                "what": action.what_digest,
                "set_on": action.set_on.isoformat(),
                "due_on": action.due_on.isoformat(),
                "done_on": action.done_on.isoformat() if action.done_on else None,
            }
            for action in sorted(goal.actions.all(), key=lambda action: action.pk)
        ],
    }


def seen(goal: Goal) -> str:
    """A digest of what a goal says: a form carries it, so that a stale tab is told from a current one."""
    return digest(as_told(goal))


@transaction.atomic
def set_goal(portfolio: Portfolio, text: GoalText, actions: Iterable[ActionText] = (), *, by: User) -> Goal:
    """A new goal. A form sent twice finds the goal that its first sending set."""
    portfolio = writable(portfolio.pk, WRITE, by=by)
    today = timezone.localdate()
    same = Goal.objects.filter(portfolio=portfolio, set_on=today, state=GoalState.OPEN, **vars(text)).first()
    if same is not None:
        return same
    if text.target_on < today:
        raise Incomplete(PAST, "target_on")
    check_meant(portfolio, text.target_on, "target_on")
    goal = Goal.objects.create(portfolio=portfolio, set_on=today, **vars(text))
    for action in actions:
        _write(goal, action)
    append(portfolio.chain, "goal set", by=by, data=as_told(goal))
    return goal


@transaction.atomic
def change_goal(goal: Goal, text: GoalText, actions: Iterable[ActionText] = (), *, opened: str, by: User) -> Goal:
    """Other words, dates and actions. `opened` is what `seen` said when the form was opened.

    TooLate when the goal says something else by now, and not this: a form sent twice says nothing new.
    """
    portfolio = writable(goal.portfolio_id, WRITE, by=by)
    row = _open(portfolio, goal)
    before = seen(row)
    if text.target_on != row.target_on and text.target_on < timezone.localdate():
        raise Incomplete(PAST, "target_on")
    check_meant(portfolio, text.target_on, "target_on")
    for name, value in vars(text).items():
        setattr(row, name, value)
    row.save(update_fields=list(vars(text)))
    for action in actions:
        _write(row, action)
    if seen(row) == before:
        return row
    if opened != before:
        raise TooLate("This goal was changed in another tab or window after you opened this form.")
    append(portfolio.chain, "goal changed", by=by, data=as_told(row))
    return row


@transaction.atomic
def mark_done(action: GoalAction, on: date, *, by: User) -> None:
    """Tick an action off, or correct the day on which it was done."""
    portfolio = writable(action.goal.portfolio_id, WRITE, by=by)
    row = _action(portfolio, action)
    if on < row.set_on:
        raise Incomplete(f"The action was set on {day(row.set_on)}. Enter that day or a later one.", "done_on")
    if on > timezone.localdate():
        raise Incomplete("The day it was done must be today or in the past.", "done_on")
    if _tick(row, on):
        append(portfolio.chain, "goal action done", by=by, data=as_told(row.goal))


@transaction.atomic
def mark_not_done(action: GoalAction, *, by: User) -> None:
    """Take the tick off again."""
    portfolio = writable(action.goal.portfolio_id, WRITE, by=by)
    row = _action(portfolio, action)
    if _tick(row, None):
        append(portfolio.chain, "goal action not done", by=by, data=as_told(row.goal))


@transaction.atomic
def write_up(goal: Goal, *, by: User, eid: str = "") -> Evidence:
    """A page of evidence of this goal and its reviews, as a draft: the trainee reads it, links it and saves it."""
    portfolio = writable(goal.portfolio_id, WRITE, by=by)
    row = Goal.objects.get(pk=goal.pk, portfolio=portfolio)
    reviews = list(row.reviews.order_by("at", "pk"))
    last = timezone.localdate(reviews[-1].at) if reviews else row.set_on
    page = writing.Page(row.title, last, EvidenceKind.REFLECTION, _body(row, reviews))
    return writing.keep(portfolio, page, by=by, eid=eid)


def _body(goal: Goal, reviews: Iterable[GoalReview]) -> str:
    """In Markdown. What somebody else wrote is quoted, under their name."""
    parts = [f"Goal set on {day(goal.set_on)}, to be reached by {day(goal.target_on)}."]
    parts += ["## Why", goal.why] if goal.why else []
    parts += ["## Success criteria", goal.criteria]
    if actions := goal.actions.all():
        parts += ["## What I did", "\n".join(_line(action) for action in actions)]
    for row in reviews:
        parts.append(f"## {row.get_outcome_display()}, {day(row.at)}")
        own = row.signer_id == goal.portfolio.trainee_id
        said = [row.happened, *([f"Next: {row.next_steps}"] if row.next_steps else [])]
        parts += said if own else [f"{row.signer_name} wrote:", prose.quotation("\n\n".join(said))]
    return "\n\n".join(parts)


def _line(action: GoalAction) -> str:
    done = f"done on {day(action.done_on)}" if action.done_on else f"planned for {day(action.due_on)}, not done"
    return f"- {action.what} ({done})"


def _write(goal: Goal, typed: ActionText) -> None:
    """One action of a form. The same new one twice is one."""
    rows = GoalAction.objects.filter(goal=goal)
    if not typed.of:
        if typed.due_on is None:
            raise Incomplete("Enter the date by which you will do each action.")
        if not rows.filter(what=typed.what, due_on=typed.due_on).exists():
            GoalAction.objects.create(goal=goal, what=typed.what, due_on=typed.due_on)
        return
    row = rows.filter(aid=typed.of).first()
    if row is None and typed.what:
        raise TooLate("One of these actions was taken away after you opened this form.")
    if row is not None and not typed.what:
        row.delete()
    elif row is not None:
        row.what, row.due_on = typed.what, typed.due_on or row.due_on
        row.save(update_fields=["what", "due_on"])


def _tick(row: GoalAction, on: date | None) -> bool:
    """Whether that is anything new."""
    if row.done_on == on:
        return False
    row.done_on = on
    row.save(update_fields=["done_on"])
    return True


def _open(portfolio: Portfolio, goal: Goal) -> Goal:
    """The goal as it stands under the lock, if it is open."""
    row = Goal.objects.get(pk=goal.pk, portfolio=portfolio)
    if row.state != GoalState.OPEN:
        raise TooLate(NOT_OPEN.format(row.get_state_display().lower()))
    return row


def _action(portfolio: Portfolio, action: GoalAction) -> GoalAction:
    """The action as it stands under the lock, of a goal that is open."""
    row = GoalAction.objects.filter(pk=action.pk).first()
    if row is None:
        raise TooLate("This action was taken away.")
    row.goal = _open(portfolio, action.goal)
    return row
