"""Linking a page of evidence to an activity, and removing the link."""

from dataclasses import dataclass

from portfolio import ledger, requirements
from portfolio.manifest import signed_item
from portfolio.models import Activity, Evidence, Link, Portfolio
from portfolio.states import ActivityState as State
from portfolio.workflow.activities.which import place
from portfolio.workflow.machine import Incomplete, Move, TooLate
from portfolio.workflow.writing import NO_SUCH_NUMBER


@dataclass(frozen=True)
class LinkTo:
    """A page of evidence, and in a sentence why it shows the activity (for unlinking the sentence is not read)."""

    evidence: Evidence
    why: str = ""


def check_link(move: Move) -> None:
    given: LinkTo = move.given
    activity: Activity = move.subject
    if given.evidence.portfolio_id != move.portfolio.pk:
        raise Incomplete("That page is not in this portfolio. Choose one of your own pages.", "evidence")
    if given.evidence.binned_at is not None:
        raise Incomplete("That page is in the bin. Take it out of the bin first.", "evidence")
    if not given.why.strip():
        raise Incomplete("Say in a sentence how the page shows this activity.", "why")
    if activity.state == State.NOT_STARTED and not _is_a_place(activity, move.portfolio):
        raise Incomplete(NO_SUCH_NUMBER, "activity")
    _outside_what_was_signed(activity, given.evidence)


def _is_a_place(activity: Activity, portfolio: Portfolio) -> bool:
    record = ledger.read_one(portfolio)
    module = record.structure.module(activity.module.code)
    numbers = {place.number for place in requirements.places(record, module)}
    return activity.number in numbers | {requirements.next_number(record, module)}


def _outside_what_was_signed(activity: Activity, evidence: Evidence) -> None:
    item = signed_item(activity)
    if item is not None and item.pages.filter(revision__evidence=evidence).exists():
        raise TooLate("That page is part of what was signed off. It stays as it was signed.")


def link(move: Move) -> None:
    given: LinkTo = move.given
    activity: Activity = move.subject
    if activity._state.adding:
        activity.save()
    Link.objects.update_or_create(
        activity=activity, evidence=given.evidence, defaults={"why": given.why.strip(), "linked_at": move.now}
    )
    move.record({**place(activity), "evidence": given.evidence.eid})


def check_unlink(move: Move) -> None:
    if not move.subject.links.filter(evidence=move.given.evidence).exists():
        raise TooLate("That page is no longer linked to this activity.")
    _outside_what_was_signed(move.subject, move.given.evidence)


def after_unlink(move: Move, activity: Activity) -> str:
    others = activity.links.exclude(evidence=move.given.evidence).exists()
    if activity.state == State.DRAFT and not others and not activity.items.exists():
        return State.NOT_STARTED
    return activity.state


def unlink(move: Move) -> None:
    move.subject.links.filter(evidence=move.given.evidence).delete()
    move.record({**place(move.subject), "evidence": move.given.evidence.eid})
