"""The code: six digits to the address of whoever is asked, which prove that whoever enters them reads that mailbox."""

import logging
import secrets
from datetime import datetime, timedelta
from itertools import product

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from audit.canonical import new_salt, salted
from audit.chain import append
from outbox import writing
from outbox.models import Mail
from portfolio.models import SignCode, SignLink, Submission
from portfolio.models.asking import WAYS, Asking, holding
from portfolio.models.signing import MOST_TRIES, Way
from portfolio.workflow.machine import Incomplete, TooOften, locked
from portfolio.workflow.one_off import letters

logger = logging.getLogger(__name__)
KIND = "sign by code"
CODE = "code to sign: "  # the mail that holds one, and for what
OFTEN = "Codes were asked for too often. Wait an hour, then ask for a new one. A code that you have still works."
WRONG = "This is not the code. Check the newest mail: each code is 6 digits."
NO_MORE = "This code works no longer. Ask for a new one."
BLOCKED_DAYS = 30


@transaction.atomic
def send_code(way: Way) -> None:
    """Mail a new code; the one before works no longer. Not more than a few in an hour for what somebody is asked."""
    asking = type(way.asking).objects.select_for_update(no_key=True).get(pk=way.asking.pk)
    now = timezone.now()
    if _of(asking).filter(sent_at__gt=now - timedelta(hours=1)).count() >= settings.SIGN_CODES_AN_HOUR:
        logger.warning("%s: codes were asked for too often.", _named(way))
        raise TooOften(OFTEN)
    code, salt = f"{secrets.randbelow(1_000_000):06}", new_salt()
    opens = {"link": way} if isinstance(way, SignLink) else {"lending": way}
    SignCode.objects.create(salt=salt, digest=salted(code, salt), sent_at=now, **opens)
    told = {"kind": CODE + _named(way), "about": way.asking.asked_for.portfolio.ref}
    writing.take_back(way.asking.assessor, **told)  # the newest mail holds the newest code, however late one leaves
    writing.put([letters.code(way, code)], at_once=True, **told)


def is_over(mail: Mail) -> bool:
    """Whether it would bring a code that works no longer."""
    return mail.kind.startswith(CODE) and timezone.now() - mail.written_at > timedelta(
        minutes=settings.SIGN_CODE_MINUTES
    )


def _of(asking: Asking) -> QuerySet[SignCode]:
    ((field, row),) = holding(asking).items()
    return SignCode.objects.filter(Q(**{f"link__{field}": row}) | Q(**{f"lending__{field}": row}))


def _named(way: Way) -> str:
    """For the log."""
    return f"{'Link' if isinstance(way, SignLink) else 'Lent device'} {way.pk}"


def wrong_tries(rows: QuerySet[SignCode]) -> int:
    """How often these were guessed at: every try at a code that proved nothing."""
    return rows.filter(proved_at=None).aggregate(all=Sum("tries"))["all"] or 0


def of_person(asking: Asking, *, now: datetime) -> QuerySet[SignCode]:
    """The codes of this person for this trainee, of a month, however often they were asked anew."""
    theirs = Q()
    for opens, (asked, of) in product(("link", "lending"), (way.split("__") for way in WAYS)):
        at = f"{opens}__{asked}"
        portfolio = {f"{at}__{of}__portfolio": asking.asked_for.portfolio_id}
        theirs |= Q(**{f"{at}__assessor": asking.assessor_id}, **portfolio)
    return SignCode.objects.filter(theirs, sent_at__gt=now - timedelta(days=BLOCKED_DAYS))


def newest(way: Way) -> SignCode | None:
    """The one code that can be entered now; None when there is none, and a new one is needed."""
    since = timezone.now() - timedelta(minutes=settings.SIGN_CODE_MINUTES)
    row = way.codes.order_by("-sent_at", "-pk").first()
    return row if row and row.sent_at > since and row.proved_at is None and row.tries < MOST_TRIES else None


def prove(way: Way, typed: str) -> SignCode:
    """Whoever typed this reads the mailbox, or is told that it is wrong. Each try is counted before it is looked at."""
    code = newest(way)
    if code is None:
        raise Incomplete(NO_MORE, "code")
    usable = SignCode.objects.filter(pk=code.pk, tries__lt=MOST_TRIES, proved_at=None)
    with transaction.atomic():
        locked(way.asking.asked_for.portfolio_id)  # of several tries at once, one is the last
        if not usable.update(tries=F("tries") + 1):
            raise Incomplete(NO_MORE, "code")
        code.refresh_from_db()
        ends = _ends(way)
    if not code.is_for(typed):
        _wrong(way, code, ends)
        raise Incomplete(WRONG if code.tries < MOST_TRIES else NO_MORE, "code")
    if not SignCode.objects.filter(pk=code.pk, proved_at=None).update(proved_at=timezone.now()):
        raise Incomplete(NO_MORE, "code")
    return code


def _ends(way: Way) -> list[writing.Letter]:
    """What is told if the try that was just counted is wrong, and the last that a link, or a device, is good for."""
    if isinstance(way, SignLink) and wrong_tries(way.codes.all()) == settings.SIGN_WRONG_TRIES:
        return letters.link_blocked(way)
    if wrong_tries(of_person(way.asking, now=timezone.now())) == settings.SIGN_WRONG_TRIES:
        return letters.device_blocked(way)
    return []


def _wrong(way: Way, code: SignCode, ends: list[writing.Letter]) -> None:
    """Logged; and told to the officer once a code is spoilt, and once nothing goes on."""
    logger.warning("%s: a wrong code, try %s.", _named(way), code.tries)
    if told := ends or (letters.wrong_codes(way) if code.tries == MOST_TRIES else []):
        _tell(way, told)


def tried_again(link: SignLink) -> None:
    """A link that was used is opened by somebody who did not use it: logged, and told to the officer once."""
    logger.warning("Link %s: used already, and opened again.", link.pk)
    if SignLink.objects.filter(pk=link.pk, tried_again_at=None).update(tried_again_at=timezone.now()):
        _tell(link, letters.opened_again(link))


def opened_by_trainee(link: SignLink) -> None:
    """The trainee, signed in as themselves, has the link of whom they asked: logged, and told to the officer once."""
    logger.warning("Link %s: opened where its trainee is signed in.", link.pk)
    if SignLink.objects.filter(pk=link.pk, opened_by_trainee_at=None).update(opened_by_trainee_at=timezone.now()):
        _tell(link, letters.opened_by_trainee(link))


@transaction.atomic
def opened_elsewhere(link: SignLink, *, by: User | None) -> None:
    """Somebody else has a link that works or was used: logged, and once an event and a mail to the officer.

    `by`: who is signed in where it was opened. Without them it is another browser than the one that proved the mailbox.
    """
    logger.warning("Link %s: opened by somebody else.", link.pk)
    if link.opened_elsewhere_at:
        return
    asking, asked_for = link.asking, link.asking.asked_for
    portfolio = locked(asked_for.portfolio_id)
    if not SignLink.objects.filter(pk=link.pk, opened_elsewhere_at=None).update(opened_elsewhere_at=timezone.now()):
        return
    of = {"submission": asked_for.sid} if isinstance(asked_for, Submission) else {"assessment": asked_for.aid}
    told = {**of, "assessor": asking.assessor_id, "signed_in": by.pk if by else None}
    append(portfolio.chain, "link opened elsewhere", by=None, data=told)
    _tell(link, letters.opened_elsewhere(link, by))


def _tell(way: Way, told: list[writing.Letter]) -> None:
    with transaction.atomic():
        writing.put(told, kind=KIND, about=way.asking.asked_for.portfolio.ref)
