"""Handing the trainee's device over to whoever is to decide, so that they decide on it there and then."""

from portfolio import access
from portfolio.models import Addressee
from portfolio.workflow.activities.which import place, undecided
from portfolio.workflow.machine import Move, TooLate
from portfolio.workflow.one_off import devices

NOBODY = "It is with nobody who may decide on it. Nothing was handed over."
BLOCKED = "Wrong codes were entered for this assessor too often. Ask your training officer. Nothing was handed over."


def check_lend(move: Move) -> None:
    """There is somebody who may decide on all of it now, and their codes were not guessed at."""
    asked = _asked(move)
    modules = {activity.module_id for activity in move.subjects}
    if asked is None or not access.may_decide_on(move.portfolio, modules).filter(pk=asked.assessor_id).exists():
        raise TooLate(NOBODY)
    if devices.blocked(asked, now=move.now):
        raise TooLate(BLOCKED)


def lend(move: Move) -> None:
    asked = _asked(move)
    assert asked is not None  # check_lend, under the same lock
    event = move.record(
        {
            "submission": asked.submission.sid,
            "assessor": asked.assessor_id,
            "items": [place(activity) for activity in move.subjects],
        }
    )
    devices.make_lending(asked, at=move.now, audit_seq=event.seq)


def _asked(move: Move) -> Addressee | None:
    """Whom it is with."""
    submission = undecided(move.subjects[0]).submission
    return submission.addressees.filter(until=None).select_related("assessor", "submission").first()
