"""What each step of a review checks and writes."""

from typing import Any

from django.utils import timezone

from audit.canonical import canonical, digest
from portfolio import mail
from portfolio.dates.falls import said
from portfolio.models import ReviewAction, ReviewMeeting, ReviewSignature
from portfolio.states import Part, Side
from portfolio.workflow.days import check_in_training, check_meant
from portfolio.workflow.machine import Incomplete, Move, TooLate
from portfolio.workflow.reviews.subject import Agree, ReviewOf, agreed, as_signed, manifest, shown, signature_digest
from portfolio.workflow.signing import signer

LONGEST_ACTION = 300
SAY_WHAT = "Say what is to be done."
CHANGED = "The review changed since this page was opened. Nothing was done."


def _side(move: Move) -> Side:
    return Side.TRAINEE if Part.TRAINEE in move.parts else Side.OFFICER


def _which(move: Move) -> dict[str, Any]:
    """What every event of a review says: which point and which record of it."""
    meeting: ReviewMeeting = move.subject.meeting
    return {"review": move.subject.point.number, "point": meeting.point, "record": meeting.number}


def check_plan(move: Move) -> None:
    check_in_training(move.portfolio, move.given.on, "on")


def plan(move: Move) -> None:
    """A first record, or another day for the one there is."""
    meeting: ReviewMeeting | None = move.subject.meeting
    if meeting is None:
        _new_record(move, 1)
        return
    meeting.planned_on = move.given.on
    meeting.save(update_fields=["planned_on"])
    move.record({**_which(move), "planned_on": meeting.planned_on.isoformat()})
    _tell_the_other(move, "planned")


def again(move: Move) -> None:
    """A correction is a new record of the same point: what was signed stays as it was."""
    _new_record(move, move.subject.meeting.number + 1)


def _new_record(move: Move, number: int) -> None:
    meeting = ReviewMeeting(
        portfolio=move.portfolio,
        point=move.subject.point.key,
        number=number,
        planned_on=move.given.on,
        reason=move.reason,
        created_at=move.now,
    )
    meeting.save()
    which = {"review": move.subject.point.number, "point": meeting.point, "record": number}
    move.record({**which, "planned_on": meeting.planned_on.isoformat(), "reason": meeting.reason_digest})
    _tell_the_other(move, "planned")


def notes_seen(meeting: ReviewMeeting, side: Side) -> str:
    """What the form of notes carries back, so that two who write at once do not lose each other's words."""
    return meeting.notes_digest(side)


def write_notes(move: Move) -> None:
    meeting: ReviewMeeting = move.subject.meeting
    side = _side(move)
    if move.seen != notes_seen(meeting, side):
        raise TooLate(CHANGED)
    field = "trainee_notes" if side is Side.TRAINEE else "officer_notes"
    setattr(meeting, field, move.given.text.strip())
    meeting.save(update_fields=[field])
    move.record({**_which(move), "who": side.value, "notes": meeting.notes_digest(side)})


def check_agree(move: Move) -> None:
    given: Agree = move.given
    if not given.what.strip():
        raise Incomplete(SAY_WHAT, "what")
    if len(given.what.strip()) > LONGEST_ACTION:
        raise Incomplete(f"Use {LONGEST_ACTION} characters or fewer.", "what")
    if given.by_when < move.subject.meeting.planned_on:
        raise Incomplete(f"The meeting is on {said(move.subject.meeting.planned_on)}. Enter a later day.", "by_when")
    check_meant(move.portfolio, given.by_when, "by_when")


def agree(move: Move) -> None:
    given: Agree = move.given
    row = ReviewAction(meeting=move.subject.meeting, what=given.what.strip(), side=given.side, by_when=given.by_when)
    row.save()
    move.record(
        {
            **_which(move),
            "action": row.pk,
            "what": row.what_digest,
            "who": str(row.side),
            "by": row.by_when.isoformat(),
        }
    )


def drop(move: Move) -> None:
    row = move.subject.meeting.actions.filter(pk=move.given.action, dropped=False).first()
    if row is None:
        raise TooLate(CHANGED)
    row.dropped = True
    row.save(update_fields=["dropped"])
    move.record({**_which(move), "action": row.pk})


def done(move: Move) -> None:
    side = _side(move)
    row = next((one for one in agreed(move.subject) if one.pk == move.given.action), None)
    if row is None or row.side != side or row.done_at is not None:
        raise TooLate("This action cannot be marked as done: it is done already, or it is not yours.")
    row.done_at, row.done_by = move.now, move.by
    row.save(update_fields=["done_at", "done_by"])
    move.record({**_which(move), "action": row.pk})


def not_done(move: Move) -> None:
    """It was marked too early: the action is open again. Both events stay in the history."""
    side = _side(move)
    row = next((one for one in agreed(move.subject) if one.pk == move.given.action), None)
    if row is None or row.side != side or row.done_at is None:
        raise TooLate("This action cannot be opened again: it is open already, or it is not yours.")
    row.done_at, row.done_by = None, None
    row.save(update_fields=["done_at", "done_by"])
    move.record({**_which(move), "action": row.pk})


def check_sign(move: Move) -> None:
    subject: ReviewOf = move.subject
    meeting = subject.meeting
    assert meeting is not None  # the state says so, under the same lock
    if meeting.planned_on > timezone.localdate():
        when = said(meeting.planned_on)
        raise Incomplete(f"The meeting is planned for {when}. Sign once it has been held, or change the date.")
    if move.seen != shown(subject) or (meeting.digest and as_signed(meeting) is None):
        raise TooLate("The review is not as this page showed it. Nothing was signed.")


def sign(move: Move) -> None:
    subject: ReviewOf = move.subject
    meeting = subject.meeting
    assert meeting is not None
    if not meeting.digest:
        parts = manifest(subject, timezone.localdate())
        meeting.manifest, meeting.digest = canonical(parts).decode(), digest(parts)
        meeting.save(update_fields=["manifest", "digest"])
    row = ReviewSignature(meeting=meeting, side=_side(move), digest=meeting.digest, signed_at=move.now, **signer(move))
    event = move.record(
        {**_which(move), "who": row.side, "manifest": meeting.digest, "review_signature": signature_digest(row)}
    )
    row.audit_seq = event.seq
    row.save()
    _tell_the_other(move, "signed")


def _tell_the_other(move: Move, what: str) -> None:
    """Whoever did not take the step hears of it."""
    subject: ReviewOf = move.subject
    move.tell(lambda: mail.review(move.portfolio, subject.point.name, subject.point.number, what, by=move.by))
