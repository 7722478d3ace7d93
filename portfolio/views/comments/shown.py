"""The comments on one decision or outcome as a page shows them, and what they are about.

Threads, each with its answers under it, the oldest first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from portfolio import proof
from portfolio.forms.comments import CommentForm
from portfolio.models import Comment, Item
from portfolio.templatetags.look import day, moment
from portfolio.views.assessments.shown import said_of, word_of
from portfolio.views.shown import IN_DOUBT, Said, show
from portfolio.workflow.comments.about import Decided, called

WORDS = (("strengths", "Strengths"), ("to_develop", "What to develop"), ("action", "Agreed action"))


@dataclass(frozen=True)
class ShownDecision:
    """What the comments are about. `kind`: of an activity its type, of an assessment DOPS, OCE or CBD.

    `what` it is in a word, and `whole` with its name. `words`: what the mark form said beside its marks.
    """

    what: str
    whole: str
    name: str
    kind: str
    title: str
    shape: str
    word: str
    said: Iterable[Said | dict[str, Any]]
    attempt: int = 1
    doubt: str = ""
    words: Iterable[tuple[str, str]] = ()


@dataclass(frozen=True)
class ShownComment:
    """`gone` says that it was withdrawn, in place of its words. `doubt`: it is not what was recorded."""

    cid: str
    name: str
    as_whom: str
    when: str
    text: str = ""
    gone: str = ""
    doubt: str = ""
    withdraw_href: str = ""


@dataclass
class Thread:
    """`form` answers it, where that may be done."""

    first: ShownComment
    answers: list[ShownComment] = field(default_factory=list)
    form: CommentForm | None = None

    @property
    def cids(self) -> set[str]:
        return {self.first.cid, *(one.cid for one in self.answers)}


def decided(of: Decided) -> ShownDecision:
    """For rows that were fetched with all that says whether their record still agrees."""
    if isinstance(of, Item):
        item = show(of, doubted=proof.doubted(of.submission.portfolio, [of]), talk=False)
        return ShownDecision(
            "decision",
            f"the decision on {item.name}",
            item.name,
            item.type,
            item.title,
            item.shape,
            item.word,
            item.said,
            of.attempt,
            item.doubt,
        )
    doubt = proof.DOUBT if proof.assessment_doubted(of) else ""
    shape, word = IN_DOUBT if doubt else word_of(of)
    said, whole = said_of(of, talk=False), f"the outcome of {called(of)}"
    words = [(label, getattr(of.decision, field)) for field, label in WORDS]
    return ShownDecision(
        "outcome", whole, called(of), of.kind, of.title, shape, word, said, doubt=doubt, words=[*filter(all, words)]
    )


def threads(rows: Iterable[Comment], *, own: set[int], trainee: int, doubted: bool) -> list[Thread]:
    """`rows` in the order in which they were written; `own`: the ids of those that the reader may withdraw."""
    found: dict[int, Thread] = {}
    for row in rows:
        shown = _shown(row, row.pk in own, trainee, doubted)
        if row.thread_id in found:
            found[row.thread_id].answers.append(shown)
        else:
            found[row.pk] = Thread(shown)
    return list(found.values())


def _shown(row: Comment, own: bool, trainee: int, doubted: bool) -> ShownComment:
    withdrawn = getattr(row, "withdrawal", None)
    words = getattr(row, "words", None)
    return ShownComment(
        cid=row.cid,
        name=row.signer_name,
        as_whom=_as_whom(row, trainee),
        when=moment(row.at),
        text=words.text if words and not withdrawn else "",
        gone=f"Withdrawn by {row.signer_name} on {day(withdrawn.at)}." if withdrawn else "",
        doubt=f"{IN_DOUBT[1]}. {proof.DOUBT}" if doubted else "",
        withdraw_href=reverse("comment_withdraw", args=[row.cid]) if own else "",
    )


def _as_whom(row: Comment, trainee: int) -> str:
    if row.signer_id == trainee:
        return "Trainee"
    return row.get_role_kind_display() if row.role_kind else "Programme administrator"
