"""The one answer to "what next?" at the top of a page: the most pressing of all that is to do, or that waits."""

from dataclasses import dataclass
from datetime import date

from portfolio.progress.next import (
    AGAIN,
    AGREED,
    ASK,
    BLOCKING,
    CHOOSE,
    FEEDBACK,
    MEETING,
    OPTION,
    REVISE,
    START,
    SUBMIT,
    Step,
)
from portfolio.progress.words import ago
from portfolio.record import Record
from portfolio.requirements import At, needed_awards, portfolio_blockers
from portfolio.requirements.words import plural


@dataclass(frozen=True)
class Headline:
    """The one answer to "what next?". `at` is None where there is nothing to lead to."""

    words: str
    note: str
    at: At | None


def headline(record: Record, mine: tuple[Step, ...], others: tuple[Step, ...], *, today: date) -> Headline:
    """The single answer for the top of the page: the most pressing step, with how many of its kind there are.

    `mine` is what do_next said, `others` what with_others said.
    """
    if record.closed:
        return Headline("Nothing to do", "This portfolio is closed.", None)
    if mine:
        return _most_pressing(mine, today)
    if others:
        return Headline(f"Wait for {_awaited(record, others)}", others[0].why, others[0].at)
    missing = portfolio_blockers(record)
    if missing:
        return Headline(missing[0].words, missing[0].reason, missing[0].at)
    also = ", and every award is recorded" if needed_awards(record.structure) else ""
    return Headline("Nothing left to do", f"Every module is signed off{also}.", None)


def _awaited(record: Record, others: tuple[Step, ...]) -> str:
    """What others have to do, of one kind: decisions come first."""
    decisions, ready = (sum(step.icon == icon for step in others) for icon in ("review", "ready"))
    if decisions:
        return f"{decisions} {plural(decisions, 'decision')}"
    if ready:
        return f"{ready} module {plural(ready, 'sign-off')}"
    if record.asked:
        return "your option to be confirmed"
    if others[0].tag == AGREED:
        return "what was agreed in a review"
    if others[0].tag == FEEDBACK:
        return others[0].words[:1].lower() + others[0].words[1:]
    return "the meeting of a review" if others[0].tag == MEETING else f"{others[0].words} to be recorded"


def _most_pressing(steps: tuple[Step, ...], today: date) -> Headline:
    first, number = steps[0], sum(step.tag == steps[0].tag for step in steps)
    which = {1: "It", 2: "The older"}.get(number, "The oldest")
    came_back = f"{which} came back {ago(first.since, today)}" if first.since else first.why
    words, note = {
        REVISE: (f"Revise {number} returned {plural(number, 'item')}", came_back),
        AGREED: (first.words, first.why),
        CHOOSE: (f"Choose an assessor for {number} {plural(number, 'item')}", first.why),
        SUBMIT: (f"Submit {number} {plural(number, 'draft')}", first.words),
        AGAIN: (f"Plan {number} {plural(number, 'assessment')} again", first.words),
        ASK: (f"Ask an assessor for {number} planned {plural(number, 'assessment')}", first.words),
        BLOCKING: (first.words, first.why),
        OPTION: (first.words, first.why),
        START: (f"Start {first.words}", first.why),
    }.get(first.tag, (first.words, first.why))
    return Headline(words, note, first.at)
