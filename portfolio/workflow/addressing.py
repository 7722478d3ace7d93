"""Whom something is with: what is declared, who may be asked, and by when a decision is due."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from portfolio import access
from portfolio.models import Assessment
from portfolio.models.asking import AskedFor
from portfolio.workflow.machine import Incomplete, Move

NOT_DECLARED = "Confirm that nothing here could identify a patient."
NOT_AN_ASSESSOR = "Choose somebody who may decide on this portfolio."


def check_assessor(move: Move, assessor: User | None) -> None:
    """Somebody who may decide on all of this: a placement supervisor in the placement's modules, and in no other."""
    modules = {subject.module_id for subject in move.subjects}
    if assessor is None or not access.may_decide_on(move.portfolio, modules).filter(pk=assessor.pk).exists():
        raise Incomplete(_who_may(move, assessor), "assessor")
    if assessor.one_off:
        raise Incomplete(
            f"{assessor.name} has no account here. Name them as somebody new to ask them again.", "assessor"
        )


def check_handover(move: Move, asked: User | None) -> None:
    """An administrator passes on what waits with somebody who may not decide on it any more, and nothing else."""
    modules = {subject.module_id for subject in move.subjects}
    if asked is None or access.may_decide_on(move.portfolio, modules).filter(pk=asked.pk).exists():
        raise Incomplete("It is with somebody who may decide on it. There is nothing to hand over.", "assessor")


def _who_may(move: Move, assessor: User | None) -> str:
    supervised = access.supervised_modules(assessor, move.portfolio) if assessor else frozenset()
    others = {subject.module.code: None for subject in move.subjects if subject.module_id not in supervised}
    if assessor is None or not supervised or not others:
        return NOT_AN_ASSESSOR
    return f"{assessor.name} decides in the modules of the placement only, and not in {', '.join(others)}."


def due_on(move: Move, asked_for: AskedFor) -> date:
    """The day by which whoever is asked now should have decided."""
    return runs_from(asked_for, move.now) + timedelta(days=settings.DECISION_DUE_DAYS)


def runs_from(asked_for: AskedFor, at: datetime) -> date:
    """The day from which the time for a decision runs: today, or that of an assessment that is still to come."""
    today = timezone.localdate(at)
    return max(today, asked_for.happens_on) if isinstance(asked_for, Assessment) else today
