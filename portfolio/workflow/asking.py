"""Asking somebody, of a submission or an assessment alike: whom it is with from now on, and with whom no more.

It is an assessor, or somebody new whom the officer has still to approve (nominations/).
"""

from datetime import datetime

from accounts.models import User
from portfolio.models import Nomination
from portfolio.models.asking import AskedFor, Asking
from portfolio.workflow.addressing import check_assessor, due_on
from portfolio.workflow.machine import Incomplete, Move
from portfolio.workflow.nominations.naming import check_nominee, name_somebody


def check_whom(move: Move) -> None:
    """Of a step that asks: somebody who may decide on all of it, or somebody new."""
    if move.given.nominee is not None:
        check_nominee(move, move.given.nominee)
    else:
        check_assessor(move, move.given.assessor)


def check_somebody_else(move: Move, asked: Asking | None) -> None:
    """Of a step that asks again: not whoever it is with."""
    check_whom(move)
    if asked and move.given.assessor and asked.assessor_id == move.given.assessor.pk:
        raise Incomplete(f"It is with {asked.assessor.name} already. Choose somebody else.", "assessor")


def ask(move: Move, asked_for: AskedFor) -> Asking | Nomination:
    """A row that says whom it is with from now on, or whom the officer is to approve."""
    if move.given.nominee is not None:
        return name_somebody(move, asked_for, move.given.nominee)
    due = due_on(move, asked_for)
    asked: Asking = asked_for.addressees.create(assessor=move.given.assessor, since=move.now, due_on=due)
    return asked


def as_told(row: Asking | Nomination) -> dict[str, object]:
    """How an event tells of such a row: the one who is named, as a digest."""
    due = {"due_on": row.due_on.isoformat()}
    if isinstance(row, Nomination):
        return due | {"assessor": None, "nomination": row.nid, "nominee": row.digest}
    return due | {"assessor": row.assessor_id}


def with_whom(asked_for: AskedFor) -> Asking | None:
    """The row that says whom it is with, if it is with anybody."""
    found: Asking | None = asked_for.addressees.filter(until=None).select_related("assessor").first()
    return found


def came_at(asked_for: AskedFor) -> datetime:
    """When it came to whoever it is with. DoesNotExist where it is with nobody: nobody may decide then."""
    since: datetime = asked_for.addressees.values_list("since", flat=True).get(until=None)
    return since


def end(move: Move, asked_for: AskedFor) -> User | None:
    """Whom it is with, if anybody, from now on no more; nor is whoever was named."""
    asked_for.nominations.filter(until=None).update(until=move.now)
    asked = with_whom(asked_for)
    if asked is None:
        return None
    asked.until = move.now
    asked.save(update_fields=["until"])
    return asked.assessor
