"""The steps of a training activity (domain.md, "States and steps"): the whole of its table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from portfolio import access, files, ledger, mail, requirements
from portfolio.manifest import DECLARATION, decision_digest, seal, signed_item, stands, unlock_digest
from portfolio.models import (
    Activity,
    Addressee,
    Decision,
    Evidence,
    Item,
    ItemPage,
    Link,
    Portfolio,
    Revision,
    Submission,
    Unlock,
)
from portfolio.states import ActivityState as State
from portfolio.states import ItemState, Outcome, Part
from portfolio.workflow import modules
from portfolio.workflow.machine import Incomplete, Move, Step, TooLate
from portfolio.workflow.signing import signer
from portfolio.workflow.writing import unsaved

TRAINEE = frozenset({Part.TRAINEE})
ADDRESSED = frozenset({Part.ADDRESSED})


@dataclass(frozen=True)
class LinkTo:
    """A page of evidence, and in a sentence why it shows the activity (for unlinking the sentence is not read)."""

    evidence: Evidence
    why: str = ""


@dataclass(frozen=True)
class Submit:
    """Whom to ask, and for each activity (by id) the ids of the revisions that go with it."""

    assessor: User | None
    pages: dict[int, Sequence[int]] = field(default_factory=dict)
    declared: bool = False


@dataclass(frozen=True)
class Redirect:
    """Whom to ask instead."""

    assessor: User | None


def undecided(activity: Activity) -> Item:
    """The one item in which this activity is in review."""
    return Item.objects.select_related("submission__portfolio__curriculum", "activity__module").get(
        activity=activity, state=ItemState.UNDECIDED
    )


def _place(activity: Activity) -> dict[str, object]:
    return {"module": activity.module.code, "number": activity.number}


# --- linking ------------------------------------------------------------------------------------------------------


def _check_link(move: Move) -> None:
    given: LinkTo = move.given
    activity: Activity = move.subject
    if given.evidence.portfolio_id != move.portfolio.pk:
        raise Incomplete("That page is not in this portfolio. Choose one of your own pages.", "evidence")
    if given.evidence.binned_at is not None:
        raise Incomplete("That page is in the bin. Take it out of the bin first.", "evidence")
    if not given.why.strip():
        raise Incomplete("Say in a sentence how the page shows this activity.", "why")
    if activity.state == State.NOT_STARTED and not _is_a_place(activity, move.portfolio):
        raise Incomplete("This module has no activity of that number.", "activity")
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


def _link(move: Move) -> None:
    given: LinkTo = move.given
    activity: Activity = move.subject
    if activity.pk is None:
        activity.save()
    Link.objects.update_or_create(
        activity=activity, evidence=given.evidence, defaults={"why": given.why.strip(), "linked_at": move.now}
    )
    move.record({**_place(activity), "evidence": given.evidence.eid})


def _check_unlink(move: Move) -> None:
    if not move.subject.links.filter(evidence=move.given.evidence).exists():
        raise TooLate("That page is no longer linked to this activity.")
    _outside_what_was_signed(move.subject, move.given.evidence)


def _after_unlink(move: Move, activity: Activity) -> str:
    others = activity.links.exclude(evidence=move.given.evidence).exists()
    if activity.state == State.DRAFT and not others and not activity.items.exists():
        return State.NOT_STARTED
    return activity.state


def _unlink(move: Move) -> None:
    move.subject.links.filter(evidence=move.given.evidence).delete()
    move.record({**_place(move.subject), "evidence": move.given.evidence.eid})


# --- asking -------------------------------------------------------------------------------------------------------


def _check_submit(move: Move) -> None:
    given: Submit = move.given
    if not given.declared:
        raise Incomplete("Confirm that nothing here could identify a patient.", "declared")
    _check_assessor(move, given.assessor)
    for activity in move.subjects:
        chosen = set(given.pages.get(activity.pk, ()))
        if not chosen:
            raise Incomplete(f"Choose at least one page of evidence for {activity}.", "pages")
        newest = {revision.pk: revision for revision in newest_revisions(activity)}
        if not chosen <= newest.keys():
            raise TooLate(f"A page of {activity} was saved again, or removed, since this form was opened.")
        for pk in chosen:
            if unsaved(newest[pk].evidence):
                raise Incomplete(f"“{newest[pk].title}” has changes that are not saved. Save it, or leave it out.", "pages")


def newest_revisions(activity: Activity) -> list[Revision]:
    """What a submission of this activity takes: the newest saved revision of every page linked to it."""
    revisions = (
        Revision.objects.filter(evidence__links__activity=activity, evidence__binned_at=None)
        .select_related("evidence")
        .order_by("evidence", "-number")
    )
    newest: dict[int, Revision] = {}
    for revision in revisions:
        newest.setdefault(revision.evidence_id, revision)
    return list(newest.values())


def _check_assessor(move: Move, assessor: User | None) -> None:
    if assessor is None or not access.may_decide_on(move.portfolio).filter(pk=assessor.pk).exists():
        raise Incomplete("Choose somebody who may decide on this portfolio.", "assessor")


def due(submitted: Move) -> Addressee:
    """A row that says whom something is with from now on; unsaved."""
    due_on = timezone.localdate(submitted.now) + timedelta(days=settings.DECISION_DUE_DAYS)
    return Addressee(assessor=submitted.given.assessor, since=submitted.now, due_on=due_on)


def _submit(move: Move) -> None:
    given: Submit = move.given
    submission = Submission.objects.create(portfolio=move.portfolio, submitted_at=move.now, declaration=DECLARATION)
    addressee = due(move)
    addressee.submission = submission
    addressee.save()
    record = ledger.read_one(move.portfolio)
    items = [_item(move, submission, activity, given.pages[activity.pk], record) for activity in move.subjects]
    move.record(
        {
            "submission": submission.sid,
            "assessor": addressee.assessor_id,
            "due_on": addressee.due_on.isoformat(),
            "declaration": submission.declaration,
            "items": [{**_place(item.activity), "attempt": item.attempt, "manifest": item.digest} for item in items],
        }
    )
    move.tell(lambda: mail.submitted(submission))


def _item(
    move: Move, submission: Submission, activity: Activity, pages: Sequence[int], record: ledger.Record
) -> Item:
    module = record.structure.module(activity.module.code)
    place = next(place for place in requirements.places(record, module) if place.number == activity.number)
    item = Item(
        submission=submission,
        activity=activity,
        attempt=activity.items.count() + 1,
        came_from=activity.state,
        type=place.type,
        title=place.title,
    )
    item.save()
    reasons = dict(activity.links.values_list("evidence", "why"))
    for revision in newest_revisions(activity):
        if revision.pk in pages:
            ItemPage.objects.create(item=item, revision=revision, why=reasons[revision.evidence_id])
    seal(item)
    item.save(update_fields=["manifest", "digest"])
    return item


def _state_before(_: Move, activity: Activity) -> str:
    return undecided(activity).came_from


def _withdraw(move: Move) -> None:
    items = [undecided(activity) for activity in move.subjects]
    submission = items[0].submission
    for item in items:
        item.state = ItemState.WITHDRAWN
        item.save(update_fields=["state"])
    addressee = submission.addressees.get(until=None)
    addressee.until = move.now
    addressee.save(update_fields=["until"])
    move.record(
        {"submission": submission.sid, "assessor": addressee.assessor_id, "items": [_place(i.activity) for i in items]}
    )
    move.tell(lambda: mail.withdrawn(submission, addressee.assessor))


def _check_redirect(move: Move) -> None:
    _check_assessor(move, move.given.assessor)
    current = undecided(move.subjects[0]).submission.addressees.get(until=None)
    if current.assessor_id == move.given.assessor.pk:
        raise Incomplete(f"It is with {current.assessor.name} already. Choose somebody else.", "assessor")


def _redirect(move: Move) -> None:
    submission = undecided(move.subjects[0]).submission
    old = submission.addressees.get(until=None)
    old.until = move.now
    old.save(update_fields=["until"])
    new = due(move)
    new.submission = submission
    new.save()
    move.record(
        {
            "submission": submission.sid,
            "from": old.assessor_id,
            "assessor": new.assessor_id,
            "due_on": new.due_on.isoformat(),
            "items": [_place(activity) for activity in move.subjects],
        }
    )
    move.tell(lambda: mail.redirected(submission, old.assessor, by=move.by))


# --- deciding -----------------------------------------------------------------------------------------------------


def _check_decision(move: Move) -> None:
    """The decision is bound to what was shown: the digest in the form, the sealed one and the rows must agree."""
    item = undecided(move.subject)
    if move.seen != item.digest:
        raise TooLate(f"{item.activity} is not as this page showed it. Nothing was decided.")
    shas = {a.file.sha256 for page in item.pages.all() for a in page.revision.attachments.select_related("file")}
    if not stands(item) or not all(files.intact(sha) for sha in shas):
        raise TooLate(f"The evidence for {item.activity} is no longer as it was submitted. Tell an administrator.")


def _decide(outcome: Outcome, tell: Callable[[Decision], None]) -> Callable[[Move], None]:
    def act(move: Move) -> None:
        item = undecided(move.subject)
        item.state = ItemState.DECIDED
        item.save(update_fields=["state"])
        decision = Decision(
            item=item,
            outcome=outcome,
            feedback=move.reason,
            manifest_digest=item.digest,
            decided_at=move.now,
            **signer(move),
        )
        event = move.record(
            {
                **_place(item.activity),
                "submission": item.submission.sid,
                "attempt": item.attempt,
                "manifest": item.digest,
                "feedback": decision.feedback_digest,
                "decision": decision_digest(decision),
            }
        )
        decision.audit_seq = event.seq
        decision.save()
        move.tell(lambda: tell(decision))
        move.tell(lambda: mail.module_ready(move.portfolio, item.activity.module))

    return act


def _check_unlock(move: Move) -> None:
    if signed_item(move.subject) is None:
        raise TooLate("There is no decision to unlock.")


def _unlock(move: Move) -> None:
    item = signed_item(move.subject)
    assert item is not None  # _check_unlock, under the same lock
    unlock = Unlock(decision=item.decision, reason=move.reason, unlocked_at=move.now, **signer(move))
    over = modules.standing(move.portfolio, item.activity.module)
    event = move.record(
        {
            **_place(item.activity),
            "submission": item.submission.sid,
            "attempt": item.attempt,
            "reason": unlock.reason_digest,
            "unlock": unlock_digest(unlock),
            "voids": over.digest if over else None,
        }
    )
    unlock.audit_seq = event.seq
    unlock.save()
    if over:
        modules.void(move, over, event)
    move.tell(lambda: mail.unlocked(unlock))


# --- the table ----------------------------------------------------------------------------------------------------


STEPS = [
    Step(
        name="link",
        label="Link evidence",
        sources=frozenset({State.NOT_STARTED, State.DRAFT, State.RETURNED, State.SIGNED_OFF}),
        target=lambda _, activity: State.DRAFT if activity.state == State.NOT_STARTED else activity.state,
        who=TRAINEE,
        check=_check_link,
        act=_link,
    ),
    Step(
        name="unlink",
        label="Remove the link",
        sources=frozenset({State.DRAFT, State.RETURNED, State.SIGNED_OFF}),
        target=_after_unlink,
        who=TRAINEE,
        check=_check_unlink,
        act=_unlink,
    ),
    Step(
        name="submit",
        label="Submit to an assessor",
        sources=frozenset({State.DRAFT, State.RETURNED}),
        target=State.IN_REVIEW,
        who=TRAINEE,
        check=_check_submit,
        act=_submit,
    ),
    Step(
        name="withdraw",
        label="Withdraw to edit",
        sources=frozenset({State.IN_REVIEW}),
        target=_state_before,
        who=TRAINEE,
        act=_withdraw,
    ),
    Step(
        name="redirect",
        label="Change assessor",
        sources=frozenset({State.IN_REVIEW}),
        target=State.IN_REVIEW,
        who=TRAINEE | access.OFFICERS,
        check=_check_redirect,
        act=_redirect,
    ),
    Step(
        name="return",
        label="Return with feedback",
        sources=frozenset({State.IN_REVIEW}),
        target=State.RETURNED,
        who=ADDRESSED,
        needs_reason="Say what is needed: the trainee reads it.",
        check=_check_decision,
        act=_decide(Outcome.RETURNED, mail.returned),
    ),
    Step(
        name="sign off",
        label="Sign off",
        sources=frozenset({State.IN_REVIEW}),
        target=State.SIGNED_OFF,
        who=ADDRESSED,
        check=_check_decision,
        act=_decide(Outcome.SIGNED_OFF, mail.signed_off),
    ),
    Step(
        name="unlock",
        label="Unlock",
        sources=frozenset({State.SIGNED_OFF}),
        target=State.RETURNED,
        who=access.OFFICERS | {Part.ADMINISTRATOR},
        needs_reason="Give the reason: the trainee, the assessor and the officer read it.",
        check=_check_unlock,
        act=_unlock,
    ),
]


class ActivityTable:
    """How the machine reads and writes an activity. A number without a row is an unsaved Activity, not started."""

    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: Activity) -> int:
        return subject.portfolio_id

    def reread(self, subject: Activity, portfolio: Portfolio, step: Step) -> Sequence[Activity]:
        """Withdrawing and redirecting take every undecided item of the submission."""
        rows = Activity.objects.select_related("module__block")
        found = rows.filter(portfolio=portfolio, module=subject.module_id, number=subject.number).first()
        if found is None:
            return [Activity(portfolio=portfolio, module=subject.module, number=subject.number)]
        if step.name in ("withdraw", "redirect") and found.state == State.IN_REVIEW:
            together = Item.objects.filter(submission=undecided(found).submission, state=ItemState.UNDECIDED)
            return list(rows.filter(items__in=together).order_by("pk"))
        return [found]

    def state(self, subject: Activity) -> str:
        return subject.state

    def addressed(self, subject: Activity) -> int | None:
        if subject.state != State.IN_REVIEW:
            return None
        return undecided(subject).submission.addressees.get(until=None).assessor_id

    def write(self, subject: Activity, state: str) -> None:
        subject.state = state
        subject.save(update_fields=["state"])

    def words(self, subject: Activity) -> str:
        return str(subject)
