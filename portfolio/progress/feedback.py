"""Multi-source feedback as steps of "Next": a round whose months have come, and a report that is there."""

from collections.abc import Iterator
from datetime import date

from portfolio.dates import after_months
from portfolio.progress.next import Step
from portfolio.record import Record
from portfolio.requirements import At, RuledRound, ruled_rounds
from portfolio.requirements.words import day
from portfolio.states import ActivityState, FeedbackState

FEEDBACK = "Feedback"
TO_SHOW = (ActivityState.NOT_STARTED, ActivityState.DRAFT, ActivityState.RETURNED)


def feedback_due(record: Record, *, today: date) -> tuple[Step, ...]:
    """Of each round of the rules, in their order. The record was read with `reviews`: its months pass with its time."""
    if record.closed:
        return ()
    rounds = ruled_rounds(record.structure.rules)
    return tuple(step for ruled in rounds for step in _steps(record, ruled, today))


def _steps(record: Record, ruled: RuledRound, today: date) -> Iterator[Step]:
    """One at most. A round that could show only what is done is not asked for: another system may have held it."""
    stands = record.feedback.get(ruled.name)
    state = stands.state if stands else FeedbackState.NOT_OPENED
    at = At("feedback_round", number=stands.number) if stands else At("feedback")
    if state in (FeedbackState.NOT_OPENED, FeedbackState.TOO_FEW) and not _is_done(record, ruled):
        due = after_months(record.time, ruled.month).day
        if due and due <= today:
            before = "The round before had too few answers. " if stands else ""
            why = f"{before}Month {ruled.month} of the training: {day(due)}."
            yield Step("person", f"Open the {ruled.words} and ask people", At("feedback"), why, FEEDBACK)
    elif state is FeedbackState.WITH_OFFICER:
        reader = (
            f"{record.officer}, the training officer, reads it first."
            if record.officer
            else "There is no training officer now."
        )
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
