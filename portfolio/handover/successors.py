"""What waits with somebody goes to the successor whom an administrator named, once the role has ended.

Each request is passed on by a step of its own table ("hand over"), taken by the administrator who named the successor,
and only where the successor may decide. Whatever cannot be passed on is with nobody, as without a successor.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.chain import append
from curriculum.structure import INSTANCE
from portfolio import access
from portfolio.models import Activity, Addressee, Assessment, AssessmentAddressee, Handover, Portfolio, Role
from portfolio.states import AssessmentState, ItemState
from portfolio.workflow import Redirect, Refused, perform
from portfolio.workflow.machine import locked

logger = logging.getLogger(__name__)
NAMED = "role successor named"  # as the instance's chain calls it


@dataclass
class Passed:
    """What became of what waited with somebody."""

    on: int = 0
    with_nobody: int = 0


def why_not(role: Role, ends_on: date, successor: User) -> str:
    """Why this person cannot take over from a role that ends on that day; "" when they can."""
    first = max(ends_on + timedelta(days=1), timezone.localdate())
    if successor.pk == role.user_id:
        return "This is whose role ends. Name somebody else."
    able = access.deciding_roles(first).filter(portfolio=role.portfolio_id, user=successor, user__one_off=False)
    if not able.exists():
        return f"{successor.name} may not decide in this portfolio after that day. Give them a role in it first."
    return ""


def name_successor(role: Role, successor: User, *, by: User) -> Handover:
    """Inside the transaction that ends the role, under the portfolio's lock."""
    row, _ = Handover.objects.update_or_create(
        role=role, defaults={"successor": successor, "named_by": by, "named_at": timezone.now()}
    )
    append(INSTANCE, NAMED, by=by, data={"role": role.pk, "portfolio": role.portfolio.ref, "successor": successor.pk})
    return row


def hand_over(row: Handover) -> Passed:
    """Pass on what waits, if the role has ended and nobody did so before."""
    with transaction.atomic():
        portfolio = locked(row.role.portfolio_id)
        rows = Handover.objects.select_for_update(of=("self",)).select_related("role__user", "successor", "named_by")
        row = rows.get(pk=row.pk)
        if row.done_at is not None or row.role.ends_on is None or row.role.ends_on >= timezone.localdate():
            return Passed()
        done = pass_on(portfolio, row.role.user, row.successor, by=row.named_by)
        row.done_at, row.passed = timezone.now(), done.on
        row.save(update_fields=["done_at", "passed"])
        return done


def pass_on(portfolio: Portfolio, old: User, new: User, *, by: User) -> Passed:
    """What waits in this portfolio, which is locked, with somebody who may decide on it no more."""
    done = Passed()
    for subject in _waiting(portfolio, old):
        try:
            perform("hand over", subject, by=by, given=Redirect(new))
            done.on += 1
        except Refused as refused:
            logger.warning("Not handed over (portfolio %s, person %s): %s", portfolio.ref, old.pk, refused.said)
            done.with_nobody += 1
    return done


def hand_over_what_is_due() -> int:
    """For roles that have ended since: how many requests were passed on. One that fails keeps no other back."""
    ended = Handover.objects.filter(done_at=None, role__ends_on__lt=timezone.localdate())
    passed = 0
    for row in ended.select_related("role").order_by("pk"):
        try:
            passed += hand_over(row).on
        except Exception:  # it is tried again next time
            logger.exception("The handover of role %s failed.", row.role_id)
    return passed


def _waiting(portfolio: Portfolio, person: User) -> Iterator[Any]:
    """One activity of each submission, and each assessment, that waits with somebody who may decide on it no more."""
    asked = Addressee.objects.filter(assessor=person, until=None, submission__portfolio=portfolio)
    for submission in asked.values_list("submission", flat=True).order_by("pk"):
        items = Activity.objects.filter(items__submission=submission, items__state=ItemState.UNDECIDED)
        modules = set(items.values_list("module", flat=True))
        if modules and not access.may_decide_on(portfolio, modules).filter(pk=person.pk).exists():
            yield items.select_related("module").order_by("pk")[0]
    to_assess = AssessmentAddressee.objects.filter(
        assessor=person, until=None, assessment__portfolio=portfolio, assessment__state=AssessmentState.WITH_ASSESSOR
    )
    for row in Assessment.objects.filter(pk__in=to_assess.values("assessment")).select_related("module").order_by("pk"):
        if not access.may_decide_on(portfolio, [row.module_id]).filter(pk=person.pk).exists():
            yield row
