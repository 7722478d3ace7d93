"""Whom something is with: who may be asked, and by when a decision is due."""

from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from portfolio import access
from portfolio.workflow.machine import Incomplete, Move


def check_assessor(move: Move, assessor: User | None) -> None:
    if assessor is None or not access.may_decide_on(move.portfolio).filter(pk=assessor.pk).exists():
        raise Incomplete("Choose somebody who may decide on this portfolio.", "assessor")


def due_on(move: Move) -> date:
    """The day by which whoever is asked now should have decided."""
    return timezone.localdate(move.now) + timedelta(days=settings.DECISION_DUE_DAYS)
