"""The steps of a round of multi-source feedback. Its state is derived: opening, closing and release are rows.

Answering is no step: whoever answers has no account, and nothing may tell who it was (answering.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone

from audit.canonical import digest
from portfolio import access
from portfolio.models import (
    FeedbackAnswer,
    FeedbackClosing,
    FeedbackInvitation,
    FeedbackRelease,
    FeedbackRound,
    Portfolio,
)
from portfolio.states import FeedbackState as State
from portfolio.states import Part
from portfolio.workflow.feedback import letters
from portfolio.workflow.feedback.inviting import (
    Invite,
    Respondent,
    Withdraw,
    address_problem,
    check_invite,
    check_remind,
    check_withdraw,
    invited,
    linked,
)
from portfolio.workflow.feedback.rounds import (
    RoundOf,
    asked_now,
    can_show,
    closing_digest,
    opening_digest,
    questions_of,
    release_digest,
    report_digest,
    rounds_of,
    state_of,
)
from portfolio.workflow.machine import HAS_CHANGED, Incomplete, Move, Step, TooLate
from portfolio.workflow.signing import signer

TRAINEE = frozenset({Part.TRAINEE})


@dataclass(frozen=True)
class Release:
    """The report was talked about: when, and what was agreed."""

    discussed_on: date | None
    notes: str = ""


def _check_open(move: Move) -> None:
    if move.subject.name not in {one.name for one in rounds_of(move.portfolio)}:
        raise TooLate("The rules of this curriculum ask for no such round.")
    if not move.portfolio.programme.questions.exists():
        raise Incomplete("The programme has no questionnaire yet. Ask an administrator to add its questions.")


def _open(move: Move) -> None:
    before: FeedbackRound | None = move.subject.row
    row = FeedbackRound(
        portfolio=move.portfolio,
        number=FeedbackRound.objects.filter(portfolio=move.portfolio).count() + 1,
        name=move.subject.name,
        attempt=before.attempt + 1 if before else 1,
        questions=asked_now(move.portfolio),
        least=settings.FEEDBACK_LEAST,
        opened_at=move.now,
        **signer(move),
    )
    event = move.record(
        {
            "feedback_round": row.number,
            "round": row.name,
            "attempt": row.attempt,
            "questions": digest(row.questions),
            "feedback_opened": opening_digest(row),
        }
    )
    row.audit_seq = event.seq
    row.save()


def _invite(move: Move) -> None:
    row: FeedbackRound = move.subject.opened
    on = timezone.localdate(move.now)
    rows, tokens = invited(move, on=on)
    digests = [one.digest for one in rows]
    move.record({"feedback_round": row.number, "round": row.name, "count": len(rows), "invited": digests})
    move.tell(lambda: letters.asks(row, rows, tokens, on=on))


def _withdraw(move: Move) -> None:
    """Its links are dead and no reminder goes there. What was answered by it, if anything, stays among the answers."""
    row: FeedbackRound = move.subject.opened
    invitation = row.invitations.get(pk=move.given.invitation)
    row.invitations.filter(pk=invitation.pk).update(withdrawn=True)
    move.record({"feedback_round": row.number, "round": row.name, "withdrawn": invitation.digest})


def _remind(move: Move) -> None:
    """A new link for every invitation that stands; a mail to those who have not answered. The event says no more."""
    row: FeedbackRound = move.subject.opened
    rows = list(row.invitations.filter(withdrawn=False))
    on = timezone.localdate(move.now)
    tokens = linked(rows, on=on)
    move.record({"feedback_round": row.number, "round": row.name})
    silent = [one for one in rows if not one.answered]
    move.tell(lambda: letters.asks(row, silent, tokens, on=on, again=True))


def _enough(row: FeedbackRound) -> bool:
    return row.invitations.filter(answered=True).count() >= row.least


def _close(move: Move) -> None:
    """Seal the answers, or remove them where they are too few; and forget who answered."""
    row: FeedbackRound = move.subject.opened
    enough, answers = _enough(row), FeedbackAnswer.objects.filter(round=row)
    if not enough:
        answers.delete()
    closing = FeedbackClosing(
        round=row,
        invited=row.invitations.count(),
        withdrawn=row.invitations.filter(withdrawn=True).count(),
        answered=row.invitations.filter(answered=True).count(),
        enough=enough,
        digest=report_digest(row, answers.all()),
        closed_at=move.now,
        **signer(move),
    )
    FeedbackInvitation.objects.filter(round=row).update(answered=False)
    letters.unsent(row).delete()
    event = move.record(
        {
            "feedback_round": row.number,
            "round": row.name,
            "invited": closing.invited,
            "withdrawn": closing.withdrawn,
            "answered": closing.answered,
            "enough": enough,
            "feedback_closed": closing_digest(closing),
        }
    )
    closing.audit_seq = event.seq
    closing.save()
    by = move.by
    move.tell(lambda: letters.closed(row, by=by))


def _check_release(move: Move) -> None:
    """What the officer read is what was sealed."""
    row: FeedbackRound = move.subject.opened
    given: Release = move.given
    if not move.seen == row.closing.digest == report_digest(row, row.answers.all()):
        raise TooLate("The report is not as this page showed it. Nothing was recorded.")
    if given.discussed_on is None or given.discussed_on > timezone.localdate():
        raise Incomplete("Enter the date you talked about it, today or earlier.", "discussed_on")
    if given.discussed_on < timezone.localdate(row.closing.closed_at):
        raise Incomplete("The round was still open on that day. Enter the day you talked about it.", "discussed_on")


def _release(move: Move) -> None:
    row: FeedbackRound = move.subject.opened
    assert move.given.discussed_on is not None  # _check_release
    release = FeedbackRelease(
        closing=row.closing,
        discussed_on=move.given.discussed_on,
        notes=move.given.notes.strip(),
        released_at=move.now,
        **signer(move),
    )
    event = move.record({"feedback_round": row.number, "round": row.name, "feedback_released": release_digest(release)})
    release.audit_seq = event.seq
    release.save()
    move.tell(lambda: letters.released(release))


STEPS = [
    Step(
        name="open feedback",
        label="Open this round",
        moves={State.NOT_OPENED: (State.OPEN,), State.TOO_FEW: (State.OPEN,)},
        who=TRAINEE,
        check=_check_open,
        act=_open,
    ),
    Step(
        name="invite respondents",
        label="Send the invitations",
        moves={State.OPEN: (State.OPEN,)},
        who=TRAINEE,
        check=check_invite,
        act=_invite,
    ),
    Step(
        name="withdraw invitation",
        label="Take this invitation back",
        moves={State.OPEN: (State.OPEN,)},
        who=TRAINEE,
        check=check_withdraw,
        act=_withdraw,
    ),
    Step(
        name="remind respondents",
        label="Send a reminder",
        moves={State.OPEN: (State.OPEN,)},
        who=TRAINEE,
        check=check_remind,
        act=_remind,
    ),
    Step(
        name="close feedback",
        label="Close this round",
        moves={State.OPEN: (State.WITH_OFFICER, State.TOO_FEW)},
        which=lambda move, subject: State.WITH_OFFICER if _enough(subject.opened) else State.TOO_FEW,
        who=TRAINEE | access.OFFICERS,
        act=_close,
    ),
    Step(
        name="release feedback",
        label="Show the report to the trainee",
        moves={State.WITH_OFFICER: (State.RELEASED,)},
        who=access.OFFICERS,
        check=_check_release,
        act=_release,
    ),
]


class FeedbackTable:
    """How the machine reads a round. Its state is derived from the rows that the steps write: `write` has no work."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: RoundOf) -> int:
        return subject.portfolio.pk

    def reread(self, subject: RoundOf, portfolio: Portfolio, step: Step) -> Sequence[RoundOf]:
        """The newest attempt. A page of an older one takes no step of the newer."""
        found = RoundOf.read(portfolio, subject.name)
        if found.row != subject.row:
            raise TooLate(HAS_CHANGED.format(self.words(subject)))
        return [found]

    def state(self, subject: RoundOf) -> str:
        return state_of(subject.row)

    def addressed(self, subject: RoundOf) -> None:
        return None

    def write(self, subject: RoundOf, state: str) -> None:
        """Nothing: the rows of the steps are the state."""

    def words(self, subject: RoundOf) -> str:
        return subject.words


__all__ = [
    "FeedbackTable",
    "Invite",
    "Release",
    "Respondent",
    "RoundOf",
    "Withdraw",
    "address_problem",
    "can_show",
    "closing_digest",
    "opening_digest",
    "questions_of",
    "release_digest",
    "report_digest",
    "rounds_of",
    "state_of",
]
