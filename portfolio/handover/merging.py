"""Two accounts of one person become one: what is to come goes to the account that stays, and what was signed stays.

The account that goes is deactivated and points to the other. Whatever names it as a signer goes on naming it:
decisions, answers and events are what they were. docs/decisions/0017-getting-a-cohort-in.md says why so.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.canonical import digest
from audit.chain import append
from curriculum.structure import INSTANCE
from outbox.delivery import waiting
from portfolio import access
from portfolio.handover.successors import Passed, pass_on
from portfolio.models import (
    Addressee,
    AssessmentAddressee,
    Handover,
    Nomination,
    Placement,
    Portfolio,
    Role,
)
from portfolio.workflow import snippets
from portfolio.workflow.machine import TooLate, locked
from portfolio.workflow.nominations import likeness
from portfolio.workflow.placements import ENDED

MERGED, ROLE_CHANGED = "person.merge", "role changed"  # as the instance's chain calls them
CHANGED = "These accounts are not as the page showed them. Nothing was done."


class NotMerged(Exception):
    """Why these two accounts cannot become one. The message is for the person."""


@dataclass(frozen=True)
class Pair:
    """The account that goes, and the account that stays."""

    gone: User
    kept: User

    @property
    def roles(self) -> list[Role]:
        rows = Role.objects.filter(user=self.gone).select_related("portfolio__trainee", "user")
        return list(rows.order_by("portfolio", "kind", "starts_on"))

    @property
    def open(self) -> list[int]:
        """The ids of the portfolios in which something waits with the account that goes."""
        asked = Addressee.objects.filter(assessor=self.gone, until=None).values("submission__portfolio")
        assess = AssessmentAddressee.objects.filter(assessor=self.gone, until=None).values("assessment__portfolio")
        rows = Portfolio.objects.filter(Q(pk__in=asked) | Q(pk__in=assess))
        return list(rows.order_by("pk").values_list("pk", flat=True))

    @property
    def doubts(self) -> list[str]:
        """What speaks against its being one person, each in a sentence. It holds nothing back: names change."""
        gone, kept, found = self.gone, self.kept, []
        if likeness.words(gone.name) != likeness.words(kept.name):
            found.append(f"The names differ: “{gone.name}” and “{kept.name}”.")
        numbers = [one.registration_number.strip() for one in (gone, kept)]
        if all(numbers) and len({likeness.number(one) for one in numbers}) > 1:
            found.append(f"The registration numbers differ: {numbers[0]} and {numbers[1]}.")
        return found

    @property
    def seen(self) -> str:
        """The digest of what the page shows before they are merged."""
        both = (self.gone, self.kept)
        people = [[one.pk, one.name, one.email, one.registration_number, one.is_active] for one in both]
        roles = [[role.pk, role.ends_on.isoformat() if role.ends_on else None] for role in self.roles]
        return digest({"v": "stp-merge-2", "people": people, "roles": roles, "open": self.open})


def check(pair: Pair, *, by: User) -> None:
    """Raises NotMerged: nobody merges what they do not manage, or makes somebody their own assessor."""
    gone, kept = pair.gone, pair.kept
    if gone == kept:
        raise NotMerged("These are the same account. Name two.")
    if by.pk in (gone.pk, kept.pk):
        raise NotMerged("One of these is your own account. Another administrator merges it.")
    for one in (gone, kept):
        if not access.may_manage(by, one):
            raise NotMerged(f"You do not manage the account of {one.email}.")
        if one.merged_into_id:
            raise NotMerged(f"The account of {one.email} was merged already.")
    if gone.is_superuser or gone.administrations.exists():
        raise NotMerged(f"{gone.email} is an administrator's account. It can be the one that stays.")
    if not kept.is_active or kept.one_off:
        raise NotMerged(f"{kept.email} is no active account with a sign-in. It can be the one that goes.")
    _check_portfolios(gone, kept)


def _check_portfolios(gone: User, kept: User) -> None:
    programmes = [set(one.portfolios.values_list("programme", flat=True)) for one in (gone, kept)]
    if set.intersection(*programmes):
        raise NotMerged("Both have a portfolio of the same programme. Two portfolios do not become one.")
    if gone.portfolios.exists():
        raise NotMerged(
            f"{gone.email} has a portfolio, and what is signed in it names that account. "
            "Merge the other way round, so that it is the one that stays."
        )
    own = kept.portfolios.all()
    asked = Addressee.objects.filter(assessor=gone, submission__portfolio__in=own)
    assess = AssessmentAddressee.objects.filter(assessor=gone, assessment__portfolio__in=own)
    named = Nomination.objects.filter(portfolio__in=own, address__iexact=gone.email)
    places = Placement.objects.filter(portfolio__in=own, supervisor=gone)
    roles = Role.objects.filter(user=gone, portfolio__in=own)
    if any(rows.exists() for rows in (roles, asked, assess, named, places)):
        raise NotMerged(
            f"{gone.email} has or had a part in the portfolio of {kept.name}. Merged, they would be their own assessor."
        )


@transaction.atomic
def merge(pair: Pair, *, by: User, shown: str) -> Passed:
    """All of it or nothing, under the locks of every portfolio that it touches. TooLate: not as it was shown."""
    touched = {role.portfolio_id for role in pair.roles} | set(pair.open)
    touched |= set(pair.kept.portfolios.values_list("pk", flat=True))
    portfolios = {pk: locked(pk) for pk in sorted(touched)}
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=[pair.gone.pk, pair.kept.pk, by.pk])
    people = {one.pk: one for one in rows.order_by("pk")}
    by, pair = people[by.pk], Pair(people[pair.gone.pk], people[pair.kept.pk])
    check(pair, by=by)
    if pair.seen != shown or not {role.portfolio_id for role in pair.roles} | set(pair.open) <= set(portfolios):
        raise TooLate(CHANGED)
    gone, kept = pair.gone, pair.kept
    gone.is_active, gone.merged_into = False, kept
    gone.set_unusable_password()  # and every link to set one is dead
    gone.save(update_fields=["is_active", "merged_into", "password"])
    User.objects.filter(merged_into=gone).update(merged_into=kept)  # so that one step leads to the account of today
    for role in pair.roles:
        _move(role, kept, by)
    passed = Passed()
    for pk in pair.open:
        done = pass_on(portfolios[pk], gone, kept, by=by)
        passed = Passed(passed.on + done.on, passed.with_nobody + done.with_nobody)
    Handover.objects.filter(successor=gone, done_at=None).exclude(role__user=kept).update(successor=kept)
    snippets.hand_on(gone, kept)
    mails = waiting().filter(person=gone, digest_on=None).exclude(about="").update(person=kept)
    append(
        INSTANCE,
        MERGED,
        by=by,
        data={"person": gone.pk, "into": kept.pk, "mails": mails},
    )
    return passed


def _move(role: Role, kept: User, by: User) -> None:
    """The role is the other account's from now on. Where that holds the same from the same day, this one ends."""
    twin = Role.objects.filter(user=kept, portfolio=role.portfolio_id, kind=role.kind, starts_on=role.starts_on).first()
    if twin is None:
        role.user = kept
        role.save(update_fields=["user"])
        append(INSTANCE, ROLE_CHANGED, by=by, data=role.facts | {"fields": ["user"]})
        return
    until, last = role.ends_on, max(timezone.localdate(), role.starts_on)
    if until is None or until > last:
        role.ends_on = last
        role.save(update_fields=["ends_on"])
        append(INSTANCE, ENDED, by=by, data=role.facts)
    if twin.ends_on is not None and (until is None or until > twin.ends_on):
        twin.ends_on = until
        twin.save(update_fields=["ends_on"])
        append(INSTANCE, ROLE_CHANGED, by=by, data=twin.facts | {"fields": ["ends_on"]})
