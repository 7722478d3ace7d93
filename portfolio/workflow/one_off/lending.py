"""Handing the trainee's device over to whoever is to decide, so that they decide on it there and then."""

from typing import Any

from portfolio import access
from portfolio.models.asking import Asking
from portfolio.workflow.machine import Move, TooLate
from portfolio.workflow.one_off import devices

NOBODY = "It is with nobody who may decide on it. Nothing was handed over."
BLOCKED = "Wrong codes were entered for this assessor too often. Ask your training officer. Nothing was handed over."


def check_lending_to(move: Move, asked: Asking | None) -> None:
    """There is somebody who may decide on all of it now, and their codes were not guessed at."""
    modules = {subject.module_id for subject in move.subjects}
    if asked is None or not access.may_decide_on(move.portfolio, modules).filter(pk=asked.assessor_id).exists():
        raise TooLate(NOBODY)
    if devices.blocked(asked, now=move.now):
        raise TooLate(BLOCKED)


def lend_to(move: Move, asked: Asking | None, what: dict[str, Any]) -> None:
    """`what`: how the event names what they are to decide on."""
    assert asked is not None  # check_lending_to, under the same lock
    event = move.record({**what, "assessor": asked.assessor_id})
    devices.make_lending(asked, at=move.now, audit_seq=event.seq)
