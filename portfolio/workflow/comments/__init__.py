"""The steps of a comment on a decision or an outcome: it is written, and its writer may withdraw it.

No decision changes by either. A comment is no part of what was signed. It is never edited: what was said was said, or
is withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from audit.canonical import digest
from portfolio import access
from portfolio.manifest import iso, signer_parts
from portfolio.models import Assessment, Comment, CommentWithdrawal, CommentWords, Item, Portfolio
from portfolio.states import CommentState as State
from portfolio.states import Part
from portfolio.workflow.comments import letters
from portfolio.workflow.comments.about import Decided, called, decider, decision_of, portfolio_of, told_of
from portfolio.workflow.machine import Incomplete, Move, Step, TooLate
from portfolio.workflow.signing import signer

LONGEST_COMMENT = 5_000
EMPTY = "Write your comment."
TOO_LONG = f"Your comment must be {LONGEST_COMMENT:,} characters or fewer."
TWICE = "You have said this here already, in the same words. Nothing was added."
WRITERS = access.OFFICERS | {Part.TRAINEE, Part.ADDRESSED, Part.ADMINISTRATOR, Part.SUPERVISOR}


@dataclass(frozen=True)
class CommentOn:
    """A comment on what was decided of this: the one of this row, or one that is still to be written."""

    of: Decided
    row: Comment | None = None

    @property
    def module_id(self) -> int:
        return self.of.activity.module_id if isinstance(self.of, Item) else self.of.module_id


@dataclass(frozen=True)
class Wrote:
    """What is written; `answers` is the id of the comment that it answers."""

    text: str
    answers: str = ""


def comment_digest(row: Comment) -> str:
    """What the chain holds of a comment: everything in its row but the number of that event; its words as a digest."""
    return digest(
        {
            "v": "stp-comment-1",
            "comment": row.cid,
            **_digest_of(row.of),
            "thread": row.thread.cid if row.thread else None,
            "words": row.words_digest,
            "at": iso(row.at),
            **signer_parts(row),
        }
    )


def withdrawal_digest(row: CommentWithdrawal) -> str:
    """What the chain holds of a withdrawal."""
    return digest({"v": "stp-comment-withdrawal-1", "comment": row.comment.cid, "at": iso(row.at), **signer_parts(row)})


def _digest_of(of: Decided) -> dict[str, str]:
    return {"item": of.digest} if isinstance(of, Item) else {"assessment": of.aid, "asked": of.digest}


def is_by(row: Comment | None, person: User) -> bool:
    """Whether this person wrote it, under this account or one that was merged into it."""
    return row is not None and person.pk in (row.signer_id, row.signer.merged_into_id)


def _check(move: Move) -> None:
    wrote: Wrote = move.given
    text = wrote.text.strip()
    if not text:
        raise Incomplete(EMPTY, "text")
    if len(text) > LONGEST_COMMENT:
        raise Incomplete(TOO_LONG, "text")
    thread = _thread(move)
    here = _on(move.subject.of).filter(thread=thread, withdrawal=None, words__text=text)
    if any(is_by(row, move.by) for row in here.select_related("signer")):
        raise TooLate(TWICE)


def _on(of: Decided) -> QuerySet[Comment]:
    return Comment.objects.filter(item=of) if isinstance(of, Item) else Comment.objects.filter(assessment=of)


def _thread(move: Move) -> Comment | None:
    """The comment that began the thread: an answer to an answer stands in the same one."""
    if not move.given.answers:
        return None
    rows = _on(move.subject.of).select_related("thread", "withdrawal")
    answered = rows.filter(cid=move.given.answers).first()
    if answered is None or hasattr(answered, "withdrawal"):
        raise TooLate("The comment that you answer was withdrawn. Nothing was added.")
    return answered.thread or answered


def _write(move: Move) -> None:
    of: Decided = move.subject.of
    words = CommentWords(text=move.given.text.strip())
    row = Comment(
        portfolio=move.portfolio,
        item=of if isinstance(of, Item) else None,
        assessment=of if isinstance(of, Assessment) else None,
        thread=_thread(move),
        words_digest=words.digest,
        at=move.now,
        **signer(move),
    )
    event = move.record(_told(row) | {"comment_written": comment_digest(row)})
    row.audit_seq = event.seq
    row.save()
    words.comment = row
    words.save()
    move.tell(lambda: letters.commented(row))


def _withdraw(move: Move) -> None:
    row: Comment = move.subject.row
    withdrawal = CommentWithdrawal(comment=row, at=move.now, **signer(move))
    event = move.record(_told(row) | {"comment_withdrawn": withdrawal_digest(withdrawal)})
    withdrawal.audit_seq = event.seq
    withdrawal.save()


def _told(row: Comment) -> dict[str, object]:
    """How an event names a comment. It holds no word of it."""
    return {**told_of(row.of), "comment": row.cid, "thread": row.thread.cid if row.thread else None}


STEPS = [
    Step(
        name="comment",
        label="Add your comment",
        moves={State.NOT_WRITTEN: (State.WRITTEN,)},
        who=WRITERS,
        check=_check,
        act=_write,
    ),
    Step(
        name="withdraw comment",
        label="Withdraw this comment",
        moves={State.WRITTEN: (State.WITHDRAWN,)},
        who=WRITERS,
        whose=lambda subject, person: is_by(subject.row, person),
        act=_withdraw,
    ),
]


class CommentTable:
    """How the machine reads and writes a comment. The rows are its state: `write` has no work."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: CommentOn) -> int:
        return portfolio_of(subject.of).pk

    def reread(self, subject: CommentOn, portfolio: Portfolio, step: Step) -> Sequence[CommentOn]:
        of = _reread(subject.of, portfolio)
        if subject.row is None:
            return [CommentOn(of)]
        row = _on(of).select_related("signer", "thread", "withdrawal").get(pk=subject.row.pk)
        if isinstance(of, Item):
            row.item = of
        else:
            row.assessment = of
        return [CommentOn(of, row)]

    def state(self, subject: CommentOn) -> str:
        if decision_of(subject.of) is None:
            return State.NOT_DECIDED
        if subject.row is None:
            return State.NOT_WRITTEN
        return State.WITHDRAWN if hasattr(subject.row, "withdrawal") else State.WRITTEN

    def addressed(self, subject: CommentOn) -> int | None:
        """Whoever decided speaks of it while they may still decide here."""
        person = decider(subject.of)
        return person.pk if person else None

    def write(self, subject: CommentOn, state: str) -> None:
        """Nothing: the comment's or the withdrawal's row is the state."""

    def words(self, subject: CommentOn) -> str:
        return "This comment" if subject.row else f"The decision on {called(subject.of)}"


def _reread(of: Decided, portfolio: Portfolio) -> Decided:
    """With who decided, and all by which an event names it."""
    if isinstance(of, Item):
        items = Item.objects.select_related(
            "activity__module", "submission__portfolio__trainee", "decision__signer__merged_into"
        )
        return items.get(pk=of.pk, submission__portfolio=portfolio)
    rows = Assessment.objects.select_related("module", "portfolio__trainee", "decision__signer__merged_into")
    return rows.get(pk=of.pk, portfolio=portfolio)


__all__ = [
    "LONGEST_COMMENT",
    "CommentOn",
    "CommentTable",
    "Wrote",
    "comment_digest",
    "is_by",
    "withdrawal_digest",
]
