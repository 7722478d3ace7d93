"""The closing reflection of a placement."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from audit.canonical import digest
from portfolio.models import Placement
from portfolio.models.placement import QUESTIONS
from portfolio.states import PlacementState as State
from portfolio.workflow.machine import Incomplete, Move, TooLate

CHANGED = "This reflection was changed in another tab or window after you opened this form."


@dataclass(frozen=True)
class Reflect:
    """The closing reflection: an answer to each question of QUESTIONS, as far as there is one."""

    answers: Mapping[str, str] = field(default_factory=dict)


def reflection_seen(placement: Placement) -> str:
    """A digest of the reflection as it stands: a form carries it, so that a stale tab is told from a current one."""
    answers = [getattr(placement, name) for name in QUESTIONS]
    return digest({"v": "stp-reflection-1", "placement": placement.pid, "answers": answers})


def _answers(given: Reflect) -> dict[str, str]:
    return {name: given.answers.get(name, "").strip() for name in QUESTIONS}


def check_close(move: Move) -> None:
    row: Placement = move.subject
    answers = _answers(move.given)
    if move.seen != reflection_seen(row) and answers != {name: getattr(row, name) for name in QUESTIONS}:
        raise TooLate(CHANGED)
    if move.subject.starts_on > timezone.localdate(move.now):
        raise Incomplete("This placement has not begun. Write the reflection once it has.")
    if not any(answers.values()):
        raise Incomplete("Answer at least one of the questions.", next(iter(QUESTIONS)))


def after_close(move: Move, placement: Placement) -> str:
    """It can be begun while the placement goes on. Saved on the last day or later, it closes the placement."""
    over = placement.ends_on <= timezone.localdate(move.now)
    return State.CLOSED if over else State(placement.state)


def close(move: Move) -> None:
    for name, text in _answers(move.given).items():
        setattr(move.subject, name, text)
    move.record({"placement": move.subject.pid, "texts": move.subject.texts_digest})
