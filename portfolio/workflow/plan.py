"""Planning: which activity in which month or placement; and the address at which a calendar reads it.

A plan decides nothing, so no event tells of a month: the last that was said holds. That an address was made or stopped
is in the portfolio's chain; its key is not, nor its digest (docs/decisions/0012-the-plan-and-the-calendar.md).
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.chain import append
from portfolio.access import WRITE
from portfolio.models import CalendarFeed, Placement, Portfolio, ScheduledActivity
from portfolio.plan.board import Board, Entry, Key, Stay
from portfolio.plan.reading import Plan, key_digest, read
from portfolio.workflow import Ask, PlanActivities, perform_all
from portfolio.workflow.machine import Incomplete, writable

NOTHING_CHOSEN = "Tick at least one activity."
NO_MONTH = "Choose this month or a later one, up to the end of your programme."
NO_PLACEMENT = "Choose a placement of this portfolio that has not ended."
CANNOT_BE_PLANNED = (
    "One of these cannot be planned: it is signed off by now, or it is no activity of this portfolio. "
    "Nothing was changed."
)


@dataclass(frozen=True)
class Put:
    """These activities into this month or this placement; with neither they are taken out of the plan."""

    chosen: Collection[Key]
    month: date | None = None
    placement: str = ""


@transaction.atomic
def put(portfolio: Portfolio, given: Put, *, by: User) -> list[Entry]:
    """Do that, all of it or nothing. What was planned before, in another month or placement, gives way."""
    portfolio = writable(portfolio.pk, WRITE, by=by)
    plan = read(portfolio, today=timezone.localdate())
    entries = _chosen(plan.board, given.chosen)
    if given.month and given.month not in plan.months:
        raise Incomplete(NO_MONTH, "where")
    _into_placement(plan, given, by=by)
    before = ScheduledActivity.objects.filter(portfolio=portfolio).values_list("pk", "module__code", "number")
    chosen = {one.key for one in entries}
    gone = [pk for pk, code, number in before if (code, number) in chosen]
    ScheduledActivity.objects.filter(pk__in=gone).delete()
    if given.month:
        at = {"portfolio": portfolio, "year": given.month.year, "month": given.month.month}
        rows = [ScheduledActivity(module_id=one.module.id, number=one.place.number, **at) for one in entries]
        ScheduledActivity.objects.bulk_create(rows)
    return entries


def _chosen(board: Board, keys: Collection[Key]) -> list[Entry]:
    if not keys:
        raise Incomplete(NOTHING_CHOSEN, "chosen")
    found = [board.find(key) for key in sorted(set(keys))]
    entries = [one for one in found if one]
    if len(entries) < len(found):
        raise Incomplete(CANNOT_BE_PLANNED, "chosen")
    return entries


def _into_placement(plan: Plan, given: Put, *, by: User) -> None:
    """Placements keep their own plans: there these activities are added, or taken out, by the step of a placement."""
    if given.placement and not any(one.pid == given.placement and one.ends_on >= plan.today for one in plan.stays):
        raise Incomplete(NO_PLACEMENT, "where")
    ids = {code: facts.id for code, facts in plan.record.structure.by_code.items()}
    wanted = {
        stay.pid: PlanActivities([(ids[code], number) for code, number in sorted(after)])
        for stay in plan.stays
        if (after := _planned_there(stay, given, plan.today)) != set(stay.activities)
    }
    rows = Placement.objects.filter(pid__in=wanted).order_by("pk")
    try:
        perform_all([Ask("plan activities", [row], given=wanted[row.pid]) for row in rows], by=by)
    except Incomplete as incomplete:
        (said,) = incomplete.errors.values()
        raise Incomplete(f"{said} Nothing was changed.", "chosen") from incomplete


def _planned_there(stay: Stay, given: Put, today: date) -> set[Key]:
    """What is planned into a placement then. One that has ended stays told what was meant to be done in it."""
    before, chosen = set(stay.activities), set(given.chosen)
    if stay.pid == given.placement:
        return before | chosen
    moved_on = stay.ends_on < today and (given.month or given.placement)
    return before if moved_on else before - chosen


# --- the calendar's address ---------------------------------------------------------------------------------------


@transaction.atomic
def make_address(portfolio: Portfolio, *, by: User) -> str:
    """The key of a new address, which is shown once and kept nowhere; an address that there was is dead from now on."""
    portfolio = writable(portfolio.pk, WRITE, by=by)
    key = secrets.token_urlsafe(32)
    made = {"key_digest": key_digest(key), "made_at": timezone.now()}
    _, first = CalendarFeed.objects.update_or_create(portfolio=portfolio, defaults=made)
    append(portfolio.chain, "calendar address made", by=by, data={"replaced": not first})
    return key


@transaction.atomic
def stop_address(portfolio: Portfolio, *, by: User) -> None:
    """No address any more. Nothing happens where there is none."""
    portfolio = writable(portfolio.pk, WRITE, by=by)
    gone, _ = CalendarFeed.objects.filter(portfolio=portfolio).delete()
    if gone:
        append(portfolio.chain, "calendar address stopped", by=by, data={})
