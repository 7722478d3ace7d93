"""Answering by a personal link, without an account. No step of a person: nobody is named, and no event tells of it.

The same locks as a step: the portfolio first. One transaction stores the answers, marks the invitation, and leaves
nothing that ties the two together (docs/decisions/0009-anonymous-feedback.md says against whom).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from portfolio.models import FeedbackAnswer, FeedbackInvitation, FeedbackLink, FeedbackRound
from portfolio.models.ids import token_digest
from portfolio.workflow.feedback.rounds import Question, questions_of
from portfolio.workflow.machine import NO_LINK, DeadLink, Incomplete, NoLink, NotAllowed, locked

USED = "This link was used already, and one answer was kept. If it was yours, there is nothing more to do."
OVER = "This round of feedback has closed. No more answers are taken."
WITHDRAWN = "The invitation was taken back. There is nothing for you to do, and nothing is asked of you any more."
RUN_OUT = "This link has run out. Whoever sent it can send you a new one."
OWN = "This is about you. Feedback comes from others: sign out if you are somebody else."


@dataclass(frozen=True)
class Said:
    """What somebody says to one question. No rating to a rating: they cannot say."""

    rating: int | None = None
    text: str = ""


@dataclass(frozen=True)
class Asked:
    """What the page of a link shows. `address` is masked: the link may have been passed on."""

    trainee: str
    address: str
    until: date
    least: int
    questions: list[Question]


def asked(token: str, *, by: Any) -> Asked:
    """What this link asks. NoLink or DeadLink where it does not; NotAllowed for the trainee themselves."""
    link = _usable(token, by)
    row = link.invitation.round
    return Asked(
        trainee=row.portfolio.trainee.name,
        address=masked(link.invitation.address),
        until=_until(link),
        least=row.least,
        questions=questions_of(row.questions),
    )


def questions_behind(token: str) -> list[Question]:
    """The questions of a link that once worked, to give back what was typed to them."""
    link = FeedbackLink.objects.filter(token_digest=token_digest(token)).select_related("invitation__round").first()
    return questions_of(link.invitation.round.questions) if link else []


@transaction.atomic
def answer(token: str, said: Sequence[Said], *, by: Any) -> None:
    """Take the answer that a link is good for: once, whoever else uses it at the same moment."""
    locked(_link(token).invitation.round.portfolio_id)
    link = _usable(token, by)  # read again under the lock
    row = link.invitation.round
    _check(questions_of(row.questions), said)
    _store(row, said)
    _mark(link.invitation)


def masked(address: str) -> str:
    """m•••@example.org"""
    local, _, host = address.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}•••@{host}"


def _link(token: str) -> FeedbackLink:
    rows = FeedbackLink.objects.select_related("invitation__round__portfolio__trainee", "invitation__round__closing")
    found = rows.filter(token_digest=token_digest(token)).first()
    if found is None:
        raise NoLink(NO_LINK)
    return found


def _usable(token: str, by: Any) -> FeedbackLink:
    link = _link(token)
    row = link.invitation.round
    if by.is_authenticated and by.pk == row.portfolio.trainee_id:
        raise NotAllowed(OWN)
    if hasattr(row, "closing") or row.portfolio.closed_at is not None:
        raise DeadLink(OVER)
    if link.invitation.withdrawn:
        raise DeadLink(WITHDRAWN)
    if link.invitation.answered:
        raise DeadLink(USED)
    if timezone.localdate() > _until(link):
        raise DeadLink(RUN_OUT)
    return link


def _until(link: FeedbackLink) -> date:
    """The last day on which a link works."""
    return link.sent_on + timedelta(days=settings.FEEDBACK_LINK_DAYS)


def _check(questions: Sequence[Question], said: Sequence[Said]) -> None:
    """One answer to each question, of its kind and on its scale, and not all of them empty."""
    for question, one in zip(questions, said, strict=True):
        on_scale = one.rating is None or 1 <= one.rating <= len(question.points)
        if not on_scale or (question.is_rating and one.text):
            raise Incomplete("Choose one of the answers that the page offers.")
    if not any(one.rating or one.text for one in said):
        raise Incomplete("Answer at least one question.")


def _store(row: FeedbackRound, said: Sequence[Said]) -> None:
    """Write all answers of the round anew, in an order made by chance.

    Else the order inside the database, or the transaction that PostgreSQL notes beside each row, would tell which
    answers came together and when.
    """
    rows = list(FeedbackAnswer.objects.filter(round=row))
    rows += [FeedbackAnswer(round=row, question=at, **vars(one)) for at, one in enumerate(said, start=1)]
    secrets.SystemRandom().shuffle(rows)
    FeedbackAnswer.objects.filter(round=row).delete()
    FeedbackAnswer.objects.bulk_create(rows)


def _mark(invitation: FeedbackInvitation) -> None:
    """This invitation has answered. All of the round's are written, so that none stands out as the latest."""
    mine = Case(When(pk=invitation.pk, then=Value(True)), default=F("answered"))
    FeedbackInvitation.objects.filter(round=invitation.round).update(answered=mine)
