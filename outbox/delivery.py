"""Delivering what waits: each mail at least once and at most twice, by any number of workers.

A worker claims one mail at a time by an UPDATE that only one of them wins. A claim has an end, so what a killed worker
held is taken up by the next. A mail is noted as handed over in the moment between the server's "go ahead" and its text:
whoever finds it so, after a kill or a silence, knows that it may have arrived, and tries once more and never again.
"""

import logging
import secrets
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from outbox.digest_text import narrow
from outbox.line import FAILURES, Line, NotTaken
from outbox.models import MOST_HAND_OVERS, Mail, as_sent

logger = logging.getLogger(__name__)
CLAIM = timedelta(minutes=2)  # longer than every word of one exchange may take (settings.EMAIL_TIMEOUT each)
FIRST_DELAY = timedelta(seconds=30)  # then doubled at each failure
LONGEST_DELAY = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=14)  # no text stays longer


@dataclass
class Round:
    """What became of the mails that were due."""

    delivered: int = 0
    put_off: int = 0
    given_up: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{getattr(self, one.name)} {one.name.replace('_', ' ')}" for one in fields(self))


class Lost(Exception):
    """Somebody else holds this mail by now."""


def deliver() -> Round:
    """One try for each mail that is due. When there is no mail server to talk to, the rest waits for the next round."""
    done, token = Round(), secrets.token_hex(16)
    with Line() as line:
        for pk in list(_due(timezone.now()).values_list("pk", flat=True)):
            mail = _claimed(pk, token)
            if mail is None:
                continue
            if why := _hopeless(mail):
                _give_up(mail, why, done)
                continue
            try:
                line.open()
            except FAILURES as failure:
                _put_off(mail, failure, done)
                break
            _try(mail, line, done)
    return done


def waiting() -> QuerySet[Mail]:
    """What has not left yet."""
    return Mail.objects.filter(delivered_at=None, given_up_at=None, digest=None)


def delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    return min(FIRST_DELAY * 2 ** min(attempts - 1, 20), LONGEST_DELAY)


def _due(now: datetime) -> QuerySet[Mail]:
    """What nobody holds, and what a worker held that has not been heard of since."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    return waiting().filter(free, for_digest=False, next_try_at__lte=now)


def _claimed(pk: int, token: str) -> Mail | None:
    """The mail, which is this worker's until its claim ends; None when another one was first."""
    now = timezone.now()
    won = _due(now).filter(pk=pk).update(claim=token, claimed_until=now + CLAIM, attempts=F("attempts") + 1)
    return Mail.objects.select_related("person").get(pk=pk) if won else None


def _hopeless(mail: Mail) -> str:
    """Why there is no use in trying; empty when there is."""
    if mail.person and not mail.person.is_active:
        return "the person is not active"
    still = import_string(settings.MAY_HEAR)
    if mail.person and not (narrow(mail, still) if mail.digest_on else not mail.about or still(mail)):
        return "no longer theirs to hear"
    if mail.handed_over >= MOST_HAND_OVERS:
        return "it was handed over twice, and no server answered"
    return "there is nothing to say any more" if mail.kind in settings.WRITTEN_LATE and not _body(mail) else ""


def _try(mail: Mail, line: Line, done: Round) -> None:
    def last_moment() -> None:
        noted = _held(mail).filter(handed_over__lt=MOST_HAND_OVERS).update(handed_over=F("handed_over") + 1)
        if not noted:
            raise Lost
        mail.handed_over += 1

    before = mail.handed_over
    try:
        line.hand_over(_message(mail), last_moment)
    except NotTaken as refusal:
        _put_off(mail, refusal, done, handed_over=before)
    except Lost:
        line.close()
    except FAILURES as failure:
        line.close()
        if mail.handed_over >= MOST_HAND_OVERS:
            _give_up(mail, type(failure).__name__, done)
        else:
            _put_off(mail, failure, done)
    else:
        _end(mail, delivered_at=timezone.now(), last_failure="")
        done.delivered += 1


def _message(mail: Mail) -> EmailMessage:
    return EmailMessage(
        mail.subject,
        _body(mail),
        to=[mail.to],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )


def _body(mail: Mail) -> str:
    """As it was written; or as it is written now, where the text waits in no table ("": nothing to say any more)."""
    writer = settings.WRITTEN_LATE.get(mail.kind)
    text = import_string(writer)(mail) if writer else mail.text
    return as_sent(mail.person.name if mail.person else "", text) if text else ""


def _held(mail: Mail) -> QuerySet[Mail]:
    return Mail.objects.filter(pk=mail.pk, claim=mail.claim)


def _put_off(mail: Mail, failure: Exception, done: Round, *, handed_over: int | None = None) -> None:
    """Try again later, unless it waits for too long already."""
    now, what = timezone.now(), str(failure) if isinstance(failure, NotTaken) else type(failure).__name__
    if now - mail.written_at > GIVE_UP_AFTER:
        _give_up(mail, what, done)
        return
    logger.warning("%s did not leave: %s", _named(mail), what)
    _held(mail).update(
        claim="",
        claimed_until=None,
        last_failure=what,
        next_try_at=now + delay(mail.attempts),
        handed_over=mail.handed_over if handed_over is None else handed_over,
    )
    done.put_off += 1


def _give_up(mail: Mail, why: str, done: Round) -> None:
    logger.error("%s was given up: %s", _named(mail), why)
    _end(mail, given_up_at=timezone.now(), last_failure=why)
    done.given_up += 1


def _end(mail: Mail, **fields: object) -> None:
    """It is over with this mail: its text goes. Of one to an address nothing stays."""
    if mail.person is None:
        Mail.objects.filter(pk=mail.pk).delete()
        return
    ended = {"subject": "", "text": "", "claim": "", "claimed_until": None, **fields}
    waiting().filter(pk=mail.pk).update(**ended)


def _named(mail: Mail) -> str:
    """For the log: never an address."""
    return f"Mail {mail.pk} ({mail.kind})" + (f" to person {mail.person.pk}" if mail.person else "")
