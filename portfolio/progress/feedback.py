"""Multi-source feedback as steps of "Next": a round whose months have come, one that is open, and a report."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portfolio.dates import after_months
from portfolio.outside import RoundStands
from portfolio.progress.next import FEEDBACK, Step
from portfolio.record import Record
from portfolio.requirements import At, RuledRound, ruled_rounds
from portfolio.requirements.words import NO_OFFICER, day
from portfolio.states import ActivityState, FeedbackState

OPENED = "The round is open: people are asked."
TO_SHOW = (ActivityState.NOT_STARTED, ActivityState.DRAFT, ActivityState.RETURNED)


@dataclass(frozen=True)
class FeedbackDue:
    """What is the trainee's turn, and what waits for the answers of others."""

    mine: tuple[Step, ...] = ()
    others: tuple[Step, ...] = ()


def feedback_due(record: Record, *, today: date, counts: bool) -> FeedbackDue:
    """Of each round of the rules, in their order. The record was read with `reviews`: its months pass with its time.

    `counts`: the reader may know how many are asked and have answered (0009); else an open round is open, and no more.
    """
    if record.closed:
        return FeedbackDue()
    rounds = ruled_rounds(record.structure.rules)
    opened = [(ruled, stands) for ruled in rounds if (stands := _open(record, ruled))]
    turns = [(ruled, stands, counts and _is_trainees(stands)) for ruled, stands in opened]
    return FeedbackDue(
        mine=(
            *(_enough(ruled, stands) for ruled, stands, mine in turns if mine),
            *(step for ruled in rounds for step in _steps(record, ruled, today)),
        ),
        others=tuple(_answers(ruled, stands, counts) for ruled, stands, mine in turns if not mine),
    )


def _open(record: Record, ruled: RuledRound) -> RoundStands | None:
    stands = record.feedback.get(ruled.name)
    return stands if stands and stands.state is FeedbackState.OPEN else None


def _is_trainees(stands: RoundStands) -> bool:
    """Whether enough have answered to close it, or fewer are asked than have to answer.

    Who was asked and is no more counts in neither: whether they have answered must not show.
    """
    return stands.answered >= stands.least or stands.asked < stands.least


def _enough(ruled: RuledRound, stands: RoundStands) -> Step:
    """To close the round, or to ask more people."""
    at = At("feedback_round", number=stands.number)
    if stands.answered >= stands.least:
        why = f"{stands.answered} have answered, and at least {stands.least} must. Close it when nobody else will."
        return Step("ready", f"Close the {ruled.words}", at, why, FEEDBACK)
    more = stands.least - stands.asked
    people = "person" if more == 1 else "people"
    words = f"Invite at least {more} more {people} to the {ruled.words}"
    return Step("person", words, at, f"{stands.asked} asked, and at least {stands.least} must answer.", FEEDBACK)


def _answers(ruled: RuledRound, stands: RoundStands, counts: bool) -> Step:
    why = f"{stands.answered} answered of {stands.asked} asked. At least {stands.least} must." if counts else OPENED
    return Step("person", f"Answers to the {ruled.words}", At("feedback_round", number=stands.number), why, FEEDBACK)


def _steps(record: Record, ruled: RuledRound, today: date) -> Iterator[Step]:
    """One at most. A round that could show only what is done is not asked for: another system may have held it."""
    stands = record.feedback.get(ruled.name)
    state = stands.state if stands else FeedbackState.NOT_OPENED
    at = At("feedback_round", number=stands.number) if stands else At("feedback")
    if state in (FeedbackState.NOT_OPENED, FeedbackState.TOO_FEW) and not _is_done(record, ruled):
        due = after_months(record.time, ruled.month)
        if due.day and due.day <= today:
            before = "The round before had too few answers. " if stands else ""
            moved = f", moved by {due.because}" if due.because else ""
            why = f"{before}Month {ruled.month} of the training: {day(due.day)}{moved}."
            yield Step("person", f"Open the {ruled.words} and ask people", At("feedback"), why, FEEDBACK)
    elif state is FeedbackState.WITH_OFFICER:
        reader = f"{record.officer}, the training officer, reads it first." if record.officer else NO_OFFICER
        yield Step("review", f"Talk about the report of the {ruled.words}", at, reader, FEEDBACK)
    elif state is FeedbackState.RELEASED and (bare := _without_evidence(record, ruled)):
        names = ", ".join(f"{code} {number}" for code, number in bare)
        why = f"It can show {names}, where no evidence is linked yet."
        yield Step("draft", f"Use the report of the {ruled.words} as evidence", at, why, FEEDBACK)


def _is_done(record: Record, ruled: RuledRound) -> bool:
    """Whether all that its report can show is signed off, here or elsewhere."""
    return bool(ruled.activities) and not any(_is_open(record, *one) for one in ruled.activities)


def _is_open(record: Record, code: str, number: int) -> bool:
    """Whether an activity can still be worked on."""
    if code not in {module.code for module in record.structure.modules}:
        return False
    module = record.module(record.structure.module(code))
    row = module.activities.get(number)
    return module.signed is None and (row is None or row.state in (*TO_SHOW, ActivityState.IN_REVIEW))


def _without_evidence(record: Record, ruled: RuledRound) -> list[tuple[str, int]]:
    """The activities that its report can show and that no page shows yet."""
    found = []
    for code, number in ruled.activities:
        if _is_open(record, code, number):
            row = record.module(record.structure.module(code)).activities.get(number)
            if row is None or (row.state in TO_SHOW and not row.pages):
                found.append((code, number))
    return found
