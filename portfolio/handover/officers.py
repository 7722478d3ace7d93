"""Another training officer for many trainees at once, between two days: for all of those chosen, or for none."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from audit.chain import append
from curriculum.structure import INSTANCE
from portfolio import access
from portfolio.handover.ending import last_signed
from portfolio.handover.successors import hand_over, name_successor
from portfolio.models import Portfolio, Role
from portfolio.requirements.words import day
from portfolio.states import RoleKind
from portfolio.workflow.machine import TooLate, acting, locked
from portfolio.workflow.placements import ENDED, GIVEN

SAME_MOMENT = "Somebody else saved something at the same moment, and the two do not fit together. Nothing was done."


class NotGiven(Exception):
    """Why the officer of some of these portfolios cannot change: a sentence for each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Days:
    """The first day and the last, which is None while it goes on."""

    since: date
    until: date | None = None

    @property
    def words(self) -> str:
        return f"from {day(self.since)} " + (f"to {day(self.until)}" if self.until else "on")


def give_officer(chosen: Collection[int], officer: User, days: Days, *, by: User) -> list[Role]:
    """The old officer's role ends the day before the first, and the new one's begins. `chosen`: ids of portfolios.

    Raises NotGiven, and changes nothing, where one of them is not `by`'s to keep or cannot have this officer.
    """
    try:
        with transaction.atomic():
            portfolios = [
                locked(pk)
                for pk in sorted(access.portfolios_in_scope(by).filter(pk__in=chosen).values_list("pk", flat=True))
            ]
            by = acting(by)
            theirs = set(access.portfolios_in_scope(by).filter(pk__in=chosen).values_list("pk", flat=True))
            if theirs != set(chosen):
                raise NotGiven(["One of these trainees is not yours to keep. Choose again."])
            reasons = [why for one in portfolios if (why := _why_not(one, officer, days, by))]
            if reasons:
                raise NotGiven(reasons)
            return [_give(one, officer, days, by) for one in portfolios]
    except IntegrityError:
        raise TooLate(SAME_MOMENT) from None


def nobody_after(given: Collection[Role], until: date) -> int:
    """How many of these have no training officer on the day after."""
    portfolios = {role.portfolio_id for role in given}
    after = Days(until + timedelta(days=1), until + timedelta(days=1))
    held = _on(after).filter(portfolio__in=portfolios).values("portfolio").distinct()
    return len(portfolios) - held.count()


def _on(days: Days) -> QuerySet[Role]:
    """The officers' roles of one of these days."""
    roles = Role.objects.filter(kind=RoleKind.OFFICER)
    if days.until:
        roles = roles.filter(starts_on__lte=days.until)
    return roles.filter(Q(ends_on=None) | Q(ends_on__gte=days.since))


def _held(portfolio: Portfolio, days: Days) -> list[Role]:
    """Those of this portfolio, the first of them first."""
    roles = _on(days).filter(portfolio=portfolio).select_related("user", "portfolio__trainee")
    return list(roles.order_by("starts_on"))


def _why_not(portfolio: Portfolio, officer: User, days: Days, by: User) -> str:
    """A sentence, with the trainee's name; "" where it can be done."""
    trainee, held, since = portfolio.trainee, _held(portfolio, days), days.since
    if portfolio.closed_at is not None:
        return f"The portfolio of {trainee.name} is closed."
    if officer == trainee:
        return f"{trainee.name} is not their own training officer."
    if Portfolio.objects.filter(trainee=officer, programme=portfolio.programme_id, closed_at=None).exists():
        return f"{officer.name} is in training on the programme of {trainee.name}, and would sign nothing in it."
    later = next((role for role in reversed(held) if role.starts_on >= since), None)
    if later:
        return f"{later.user.name} is the officer of {trainee.name} from {day(later.starts_on)}. Choose a later day."
    for role in held:
        if role.user == officer:
            return f"{officer.name} is the training officer of {trainee.name} already. Leave that trainee out."
        if role.user == by:
            return f"You are the training officer of {trainee.name}. Another administrator changes that."
        if (last := last_signed(role)) and last >= since:
            return f"{role.user.name} signed something for {trainee.name} on {day(last)}. Choose a later day."
    return ""


def _give(portfolio: Portfolio, officer: User, days: Days, by: User) -> Role:
    """What waits with the old officer goes to the new one: now, or once the old role has ended."""
    ended = _held(portfolio, days)
    for role in ended:
        role.ends_on = days.since - timedelta(days=1)
        role.save(update_fields=["ends_on"])
        append(INSTANCE, ENDED, by=by, data=role.facts)
    given = Role(portfolio=portfolio, user=officer, kind=RoleKind.OFFICER, starts_on=days.since, ends_on=days.until)
    given.save()
    append(INSTANCE, GIVEN, by=by, data=given.facts)
    for role in ended:
        hand_over(name_successor(role, officer, by=by))
    return given
