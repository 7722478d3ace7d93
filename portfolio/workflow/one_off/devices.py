"""A device that was handed over: lent when the trainee asks for it, over when there is nothing to decide on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from portfolio import access
from portfolio.models import Addressee, Decision, Item, Lending, SignCode, Submission
from portfolio.states import ItemState
from portfolio.workflow.one_off.codes import wrong_tries

DONE = "Your decision is recorded. A copy is on its way to your address, and the trainee is told."
BACK = "The device was handed back. What was not decided waits as before."
ON_ANOTHER = "The same was handed over on another device. Nothing can be decided on this one any more."
TAKEN_BACK = "What you were asked for was taken back, or somebody else was asked. There is nothing more for you to do."
RUN_OUT = "The time on this device is over. What was not decided can be handed over again."
BLOCKED = "Wrong codes were entered too often, so this does not go on here. The training officer is told."
OVER = "This cannot be decided here any more."
BLOCKED_DAYS = 30


@dataclass(frozen=True)
class OnDevice:
    """By which proof of their mailbox somebody decides on the device of the trainee: the id of the code."""

    code: int


def lent(pk: object) -> Lending | None:
    """What a browser holds the id of."""
    rows = Lending.objects.select_related("addressee__submission__portfolio__trainee", "addressee__assessor")
    return rows.filter(pk=pk).first() if isinstance(pk, int) else None


def make_lending(addressee: Addressee, *, at: datetime, audit_seq: int) -> Lending:
    """The device is with whoever is asked for a while; any other that was handed over for this is so no longer."""
    Lending.objects.filter(addressee__submission=addressee.submission, ended_at=None).update(ended_at=at)
    return Lending.objects.create(
        addressee=addressee,
        address=addressee.assessor.email,
        made_at=at,
        expires_at=at + timedelta(minutes=settings.LENT_MINUTES),
        audit_seq=audit_seq,
    )


def lent_by(event_seq: int, submission: Submission) -> Lending:
    """What a step of the trainee made."""
    return Lending.objects.get(addressee__submission=submission, audit_seq=event_seq)


def hand_back(lending: Lending) -> None:
    """Nothing is decided on the device from now on."""
    Lending.objects.filter(pk=lending.pk, ended_at=None).update(ended_at=timezone.now())


def why_over(lending: Lending, *, now: datetime) -> str:
    """Why nothing can be decided on it any more; "" while something can."""
    addressee, submission = lending.addressee, lending.addressee.submission
    waiting = Item.objects.filter(submission=submission, state=ItemState.UNDECIDED)
    waits = waiting.exists()
    if not waits and Decision.objects.filter(by_lending=lending).exists():
        return DONE
    if lending.ended_at is not None:
        later = Lending.objects.filter(addressee__submission=submission, made_at__gt=lending.made_at)
        return ON_ANOTHER if later.exists() else BACK
    if addressee.until is not None or not waits:
        return TAKEN_BACK
    if now >= lending.expires_at:
        return RUN_OUT
    if blocked(addressee, now=now):
        return BLOCKED
    modules = set(waiting.values_list("activity__module", flat=True))
    able = access.may_decide_on(submission.portfolio, modules).filter(pk=addressee.assessor_id, email=lending.address)
    return "" if submission.portfolio.closed_at is None and able.exists() else OVER


def blocked(addressee: Addressee, *, now: datetime) -> bool:
    """Whether codes of this person were guessed at too often for this trainee, however often they were asked anew."""
    since = now - timedelta(days=BLOCKED_DAYS)
    asked = Addressee.objects.filter(
        assessor=addressee.assessor_id, submission__portfolio=addressee.submission.portfolio_id
    )
    rows = SignCode.objects.filter(Q(link__addressee__in=asked) | Q(lending__addressee__in=asked), sent_at__gt=since)
    return wrong_tries(rows) >= settings.SIGN_WRONG_TRIES


def proof(code: int, submission: Submission, person: User) -> SignCode | None:
    """The code by which this person proved, on a device that was lent for this, that the mailbox is theirs."""
    rows = SignCode.objects.select_related("lending__addressee__submission__portfolio", "lending__addressee__assessor")
    asked = {"lending__addressee__submission": submission, "lending__addressee__assessor": person}
    return rows.filter(pk=code, proved_at__isnull=False, **asked).first()
