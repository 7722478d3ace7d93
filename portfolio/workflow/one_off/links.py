"""The link: made when somebody without an account is asked, dead as soon as there is nothing for them to decide."""

import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from portfolio import access
from portfolio.models import Lending, SignCode, SignLink
from portfolio.models.asking import AskedFor, Asking, holding, way_to
from portfolio.models.ids import token_digest
from portfolio.models.signing import WHOM
from portfolio.workflow.addressing import runs_from
from portfolio.workflow.machine import NO_LINK, NoLink
from portfolio.workflow.one_off.codes import wrong_tries

USED = "This link was used, and works no longer. What was decided through it is recorded."
TAKEN_BACK = "What you were asked for was taken back, or somebody else was asked. There is nothing more for you to do."
ON_THE_DEVICE = "What you were asked for is decided, on the device of whoever asked you. There is nothing more to do."
RUN_OUT = "This link has run out. Whoever asked you can ask again, and you get a new one."
BLOCKED = "Wrong codes were entered too often, so this link works no longer. Whoever asked you can ask again."
HAS_ACCOUNT = "You have an account here now. Sign in: what you were asked for waits in your queue."
OVER = "This link works no longer. If you did not expect that, ask whoever sent you here."
NOT_PROVED = "Prove your address with a code first. Nothing was decided."


@dataclass(frozen=True)
class ByLink:
    """By which proof of their mailbox somebody decides: the id of the code."""

    code: int


def make_link(asking: Asking, *, at: datetime) -> str:
    """A new link for whoever is asked, until the end of its last day, as a role goes on: its days are counted from that
    of an assessment that is still to come. The token, 256 random bits, is in their mail and nowhere else.
    """
    token = secrets.token_urlsafe(32)
    last = runs_from(asking.asked_for, at) + timedelta(days=settings.SIGN_LINK_DAYS)
    SignLink.objects.create(
        **holding(asking),
        address=asking.assessor.email,
        token_digest=token_digest(token),
        made_at=at,
        expires_at=timezone.make_aware(datetime.combine(last, time(23, 59, 59))),
    )
    return token


def link_of(token: str) -> SignLink:
    """The link, dead or not. NoLink where none was ever sent."""
    found = SignLink.objects.select_related(*WHOM).filter(token_digest=token_digest(token)).first()
    if found is None:
        raise NoLink(NO_LINK)
    return found


def why_dead(link: SignLink, *, now: datetime) -> str:
    """Why it works no longer, in words that tell nothing of the trainee; "" while it works."""
    asking, person = link.asking, link.asking.assessor
    portfolio, waiting = asking.asked_for.portfolio, asking.asked_for.waiting_modules
    if is_used(link):
        return USED
    if not waiting and any(lent.decided.exists() for lent in Lending.objects.filter(**holding(asking))):
        return ON_THE_DEVICE
    if asking.until is not None or not waiting:
        return TAKEN_BACK
    if not person.one_off:
        return HAS_ACCOUNT
    if now >= link.expires_at:
        return RUN_OUT
    if is_blocked(asking):
        return BLOCKED
    able = access.may_decide_on(portfolio, waiting).filter(pk=person.pk, email=link.address)
    return "" if portfolio.closed_at is None and able.exists() else OVER


def is_blocked(asking: Asking) -> bool:
    """Whether somebody without an account is asked, and codes of their link were guessed at too often."""
    codes = SignCode.objects.filter(**{f"link__{field}": row for field, row in holding(asking).items()})
    return asking.assessor.one_off and wrong_tries(codes) >= settings.SIGN_WRONG_TRIES


def is_bound(link: SignLink) -> bool:
    """Whether some browser proved the mailbox, and that holds still."""
    return link.codes.filter(proved_at__gt=_proved_since(timezone.now())).exists()


def _proved_since(now: datetime) -> datetime:
    return now - timedelta(hours=settings.SIGN_HOURS)


def is_used(link: SignLink) -> bool:
    """Whether all that it was for is decided, by it."""
    return link.decided.exists() and not link.asking.asked_for.waiting_modules


def proof(code: int, asked_for: AskedFor, person: User, *, now: datetime) -> SignCode | None:
    """The code by which this person proved, a while ago at most, that the mailbox of the link is theirs."""
    way = f"link__{way_to(asked_for)}"
    rows = SignCode.objects.select_related(*(f"link__{path}" for path in WHOM))
    asked = {way: asked_for, f"{way.rpartition('__')[0]}__assessor": person}
    return rows.filter(pk=code, proved_at__gt=_proved_since(now), **asked).first()
