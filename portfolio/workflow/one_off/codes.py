"""The code: six digits to the address of the link, which prove that whoever opened it reads that mailbox."""

import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.canonical import new_salt, salted
from outbox import writing
from portfolio.models import SignCode, SignLink
from portfolio.models.signing import MOST_TRIES
from portfolio.workflow.machine import Incomplete, TooOften
from portfolio.workflow.one_off import letters

logger = logging.getLogger(__name__)
KIND = "sign by link"
OFTEN = "Codes were asked for too often. Wait an hour, then ask for a new one. A code that you have still works."
WRONG = "This is not the code. Check the newest mail: each code is 6 digits."
NO_MORE = "This code works no longer. Ask for a new one."


@transaction.atomic
def send_code(link: SignLink) -> None:
    """Mail a new code; the one before works no longer. Not more than a few in an hour."""
    SignLink.objects.select_for_update().get(pk=link.pk)
    now = timezone.now()
    if link.codes.filter(sent_at__gt=now - timedelta(hours=1)).count() >= settings.SIGN_CODES_AN_HOUR:
        logger.warning("Link %s: codes were asked for too often.", link.pk)
        raise TooOften(OFTEN)
    code, salt = f"{secrets.randbelow(1_000_000):06}", new_salt()
    SignCode.objects.create(link=link, salt=salt, digest=salted(code, salt), sent_at=now)
    writing.put([letters.code(link, code)], kind=KIND, about=link.addressee.submission.portfolio.ref)


def newest(link: SignLink) -> SignCode | None:
    """The one code that can be entered now; None when there is none, and a new one is needed."""
    since = timezone.now() - timedelta(minutes=settings.SIGN_CODE_MINUTES)
    row = link.codes.order_by("-sent_at", "-pk").first()
    return row if row and row.sent_at > since and row.proved_at is None and row.tries < MOST_TRIES else None


def prove(link: SignLink, typed: str) -> SignCode:
    """Whoever typed this reads the mailbox, or is told that it is wrong. Each try is counted before it is looked at."""
    code = newest(link)
    if code is None:
        raise Incomplete(NO_MORE, "code")
    usable = SignCode.objects.filter(pk=code.pk, tries__lt=MOST_TRIES, proved_at=None)
    if not usable.update(tries=F("tries") + 1):
        raise Incomplete(NO_MORE, "code")
    code.refresh_from_db()
    if not code.is_for(typed):
        _wrong(link, code)
        raise Incomplete(WRONG if code.tries < MOST_TRIES else NO_MORE, "code")
    if not SignCode.objects.filter(pk=code.pk, proved_at=None).update(proved_at=timezone.now()):
        raise Incomplete(NO_MORE, "code")
    return code


def _wrong(link: SignLink, code: SignCode) -> None:
    """Logged; and told to the officer once a code is spoilt."""
    logger.warning("Link %s: a wrong code, try %s.", link.pk, code.tries)
    if code.tries == MOST_TRIES:
        _tell(link, letters.wrong_codes(link))


def tried_again(link: SignLink) -> None:
    """A link that was used is opened by somebody who did not use it: logged, and told to the officer once."""
    logger.warning("Link %s: used already, and opened again.", link.pk)
    if SignLink.objects.filter(pk=link.pk, tried_again_at=None).update(tried_again_at=timezone.now()):
        _tell(link, letters.opened_again(link))


def _tell(link: SignLink, told: list[writing.Letter]) -> None:
    with transaction.atomic():
        writing.put(told, kind=KIND, about=link.addressee.submission.portfolio.ref)
