"""Whom a round asks: addresses as typed, each mailbox once, and the links that are mailed."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from accounts.addresses import mailbox, mailboxes
from portfolio.models import FeedbackInvitation, FeedbackLink, FeedbackRound
from portfolio.models.ids import token_digest
from portfolio.workflow.machine import Incomplete, Move, TooLate

NOBODY = "Enter the address of at least one person."
ONCE = "Ask each person once: capitals, dots and what follows a + make no other mailbox."
CHOOSE_WHOSE = "Choose whose invitation you take back."
TAKEN_BACK = "This invitation was taken back already. Choose another one."


@dataclass(frozen=True)
class Respondent:
    """Somebody to ask."""

    address: str
    group: str


@dataclass(frozen=True)
class Invite:
    """Those who are asked now."""

    respondents: Sequence[Respondent]


@dataclass(frozen=True)
class Withdraw:
    """The invitation that is taken back, by its id."""

    invitation: int | None


def address_problem(address: str, *, own: Collection[str]) -> str:
    """Why this address cannot be asked, in words; empty when it can. `own`: the mailboxes of the trainee."""
    try:
        validate_email(address)
    except ValidationError:
        return f"“{address[:80]}” is not an e-mail address."
    if max(len(address), len(mailbox(address))) > 254:
        return "An e-mail address has at most 254 characters."
    if mailbox(address) in own:
        return "This is your own address. Feedback comes from others."
    return ""


def check_invite(move: Move) -> None:
    """Each address sound, none twice, none the trainee's, and not more in all than one round may ask."""
    asked: Invite = move.given
    if not asked.respondents:
        raise Incomplete(NOBODY)
    row: FeedbackRound = move.subject.opened
    own = mailboxes(move.portfolio.trainee)
    taken = {mailbox(address) for address in row.invitations.values_list("address", flat=True)}
    for one in asked.respondents:
        if problem := address_problem(one.address, own=own):
            raise Incomplete(problem, one.group)
        if (key := mailbox(one.address)) in taken:
            raise Incomplete(f"{one.address} was asked in this round already. {ONCE}", one.group)
        taken.add(key)
    if len(taken) > settings.FEEDBACK_MOST:
        raise Incomplete(f"A round asks at most {settings.FEEDBACK_MOST} people. Take some addresses out.")


def invited(move: Move, *, on: date) -> tuple[list[FeedbackInvitation], dict[int, str]]:
    """Their rows, and a token for each by the row's id."""
    rows = [
        FeedbackInvitation.objects.create(
            round=move.subject.opened, address=one.address, address_key=mailbox(one.address), group=one.group
        )
        for one in move.given.respondents
    ]
    return rows, linked(rows, on=on)


def linked(rows: Iterable[FeedbackInvitation], *, on: date) -> dict[int, str]:
    """A new link for each of these, by the row's id. The token itself is in the mail and nowhere else."""
    tokens = {}
    for row in rows:
        tokens[row.pk] = secrets.token_urlsafe(32)
        FeedbackLink.objects.create(invitation=row, token_digest=token_digest(tokens[row.pk]), sent_on=on)
    return tokens


def check_withdraw(move: Move) -> None:
    """One that still stands. Whether somebody has answered by it is not asked: a refusal would tell."""
    rows = move.subject.opened.invitations.filter(withdrawn=False)
    if move.given.invitation is None:
        raise Incomplete(CHOOSE_WHOSE, "invitation")
    if not rows.filter(pk=move.given.invitation).exists():
        raise Incomplete(TAKEN_BACK, "invitation")


def check_remind(move: Move) -> None:
    """Once a day, and never on the day of an invitation; and there must be somebody who has not answered.

    That is asked of all invitations, those taken back as well: of those that stand alone, the refusal would tell of the
    last one whether somebody had answered by it.
    """
    rows = move.subject.opened.invitations
    if not rows.filter(withdrawn=False).exists():
        raise Incomplete("Nobody is asked yet. Invite people first.")
    if not rows.filter(answered=False).exists():
        raise TooLate("Everybody has answered. There is nobody to remind.")
    today = timezone.localdate(move.now)
    if FeedbackLink.objects.filter(invitation__round=move.subject.opened, sent_on=today).exists():
        raise Incomplete("A mail went out today. You can send a reminder tomorrow.")
