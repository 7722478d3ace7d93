"""A device that was handed over: lent when the trainee asks for it, over when there is nothing to decide on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from portfolio import access
from portfolio.models import Lending, SignCode
from portfolio.models.asking import AskedFor, Asking, holding, way_to
from portfolio.models.signing import WHOM
from portfolio.workflow.one_off.codes import of_person, wrong_tries
from portfolio.workflow.one_off.links import TAKEN_BACK

DONE = "Your decision is recorded. A copy is on its way to your address, and the trainee is told."
BACK = "The device was handed back. What was not decided waits as before."
ON_ANOTHER = "The same was handed over on another device. Nothing can be decided on this one any more."
RUN_OUT = "The time on this device is over. What was not decided can be handed over again."
BLOCKED = "Wrong codes were entered too often, so this does not go on here. The training officer is told."
OVER = "This cannot be decided here any more."


@dataclass(frozen=True)
class OnDevice:
    """By which proof of their mailbox somebody decides on the device of the trainee: the id of the code."""

    code: int


def lent(pk: object) -> Lending | None:
    """What a browser holds the id of."""
    return Lending.objects.select_related(*WHOM).filter(pk=pk).first() if isinstance(pk, int) else None


def make_lending(asking: Asking, *, at: datetime, audit_seq: int) -> Lending:
    """The device is with whoever is asked for a while; any other that was handed over for this is so no longer."""
    _lendings(asking.asked_for).filter(ended_at=None).update(ended_at=at)
    return Lending.objects.create(
        **holding(asking),
        address=asking.assessor.email,
        made_at=at,
        expires_at=at + timedelta(minutes=settings.LENT_MINUTES),
        audit_seq=audit_seq,
    )


def lent_by(event_seq: int, asked_for: AskedFor) -> Lending:
    """What a step of the trainee made."""
    return _lendings(asked_for).get(audit_seq=event_seq)


def _lendings(asked_for: AskedFor) -> QuerySet[Lending]:
    return Lending.objects.filter(**{way_to(asked_for): asked_for})


def hand_back(lending: Lending) -> None:
    """Nothing is decided on the device from now on."""
    Lending.objects.filter(pk=lending.pk, ended_at=None).update(ended_at=timezone.now())


def why_over(lending: Lending, *, now: datetime) -> str:
    """Why nothing can be decided on it any more; "" while something can."""
    asking, asked_for = lending.asking, lending.asking.asked_for
    portfolio, waiting = asked_for.portfolio, asked_for.waiting_modules
    if not waiting and lending.decided.exists():
        return DONE
    if lending.ended_at is not None:
        later = _lendings(asked_for).filter(made_at__gt=lending.made_at)
        return ON_ANOTHER if later.exists() else BACK
    if asking.until is not None or not waiting:
        return TAKEN_BACK
    if now >= lending.expires_at:
        return RUN_OUT
    if blocked(asking, now=now):
        return BLOCKED
    able = access.may_decide_on(portfolio, waiting).filter(pk=asking.assessor_id, email=lending.address)
    return "" if portfolio.closed_at is None and able.exists() else OVER


def blocked(asking: Asking, *, now: datetime) -> bool:
    """Whether codes of this person were guessed at too often for this trainee, however often they were asked anew."""
    return wrong_tries(of_person(asking, now=now)) >= settings.SIGN_WRONG_TRIES


def proof(code: int, asked_for: AskedFor, person: User) -> SignCode | None:
    """The code by which this person proved, on a device that was lent for this, that the mailbox is theirs."""
    way = f"lending__{way_to(asked_for)}"
    rows = SignCode.objects.select_related(*(f"lending__{path}" for path in WHOM))
    asked = {way: asked_for, f"{way.rpartition('__')[0]}__assessor": person}
    return rows.filter(pk=code, proved_at__isnull=False, **asked).first()
