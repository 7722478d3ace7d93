"""What people are told because a request waits: whoever it is with, and later the training officer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as as_date

from accounts.models import User
from portfolio import access
from portfolio.mail import Letter, letter
from portfolio.models import Nomination, Portfolio
from portfolio.models.addressing import Addressing
from portfolio.states import RoleKind


@dataclass(frozen=True)
class Waiting:
    """A request that is not decided. `still`: whether the assessor can decide it; then where they do, and where it is
    shown to everybody else."""

    asked: Addressing
    portfolio: Portfolio
    what: str
    still: bool
    decide: str
    shown: str


def reminder(waits: Waiting) -> Iterator[Letter]:
    """To whoever it is with, as long as they can decide."""
    if waits.still:
        head, when = _how_due(waits)
        subject = f"{head}: {waits.what} of {waits.portfolio.trainee.name}"
        said = f"{_asked(waits, 'you')} It {when}."
        if waits.asked.assessor.one_off:
            yield Letter(waits.asked.assessor, subject, f"{said} {_by_link(waits.asked)}")
        else:
            yield letter(waits.asked.assessor, subject, [said], waits.decide)


def _how_due(waits: Waiting) -> tuple[str, str]:
    """In a subject, and in a sentence. Before its day only whoever decides by a link is reminded."""
    today, due = timezone.localdate(), _due(waits)
    if waits.asked.due_on > today:
        return f"Due by {due}", f"is due by {due}"
    return ("Overdue", f"was due by {due}") if waits.asked.due_on < today else ("Due today", "is due today")


def _by_link(asked: Any) -> str:
    """For somebody without an account: their link is in the mail that they have, and in no table."""
    made, until = (as_date(timezone.localtime(at), "j F Y") for at in (asked.link.made_at, asked.link.expires_at))
    return f"Open the link in our mail of {made}. It works until {until}."


def officer_told(waits: Waiting) -> Iterator[Letter]:
    """To the training officer, or the co-ordinator where the officer is the one who was asked, or there is none.

    To the administrators, who cannot ask somebody else, where whoever was asked is the only one who leads.
    """
    assessor = waits.asked.assessor
    then = "" if waits.still else f" {assessor.name} can no longer decide."
    leaders, who = _leaders(waits.portfolio, but=assessor), "You"
    if not leaders and assessor in access.leaders(waits.portfolio):
        leaders = [one for one in access.administrators(waits.portfolio) if one != assessor]
        who = assessor.name
    for leader in leaders:
        yield letter(
            leader,
            f"Still waiting: {waits.what} of {waits.portfolio.trainee.name}",
            [
                f"{_asked(waits, assessor.name)} It was due by {_due(waits)} and is not decided.{then} "
                f"{who} or {waits.portfolio.trainee.name} can ask somebody else."
            ],
            waits.shown,
        )


def not_answered(row: Nomination) -> Iterator[Letter]:
    """To those who approve: the trainee has waited for an answer, and nobody can decide before."""
    trainee = row.portfolio.trainee
    for officer in access.leaders(row.portfolio):
        yield letter(
            officer,
            f"Waiting for you: a new assessor for {trainee.name}",
            [
                f"{trainee.name} named somebody new on {as_date(timezone.localtime(row.since), 'j F Y')}. Nobody can "
                "decide until you approve them, or decline."
            ],
            reverse("nomination", args=[row.portfolio.ref, row.nid]),
        )


def _leaders(portfolio: Portfolio, *, but: User) -> list[User]:
    """Active people who lead this portfolio today, the highest kind of role that there is."""
    roles = access.deciding_roles().filter(portfolio=portfolio).exclude(user=but).select_related("user")
    for kind in (RoleKind.OFFICER, RoleKind.COORDINATOR):
        if found := {role.user for role in roles if role.kind == kind}:
            return sorted(found, key=lambda person: person.pk)
    return []


def _asked(waits: Waiting, whom: str) -> str:
    since = as_date(timezone.localtime(waits.asked.since), "j F Y")
    return f"{waits.portfolio.trainee.name} asked {whom} on {since}: {waits.what}."


def _due(waits: Waiting) -> str:
    return as_date(waits.asked.due_on, "j F Y")
