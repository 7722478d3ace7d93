"""What people are told, when. Called after the commit: a failing mail server is logged, never shown, never a blocker.

A mail names the module and the number, never the contents of evidence or feedback: those stay behind the sign-in.
"""

import logging
from collections.abc import Iterable
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.defaultfilters import date as as_date
from django.urls import reverse

from accounts.models import User
from curriculum.models import Module
from portfolio import ledger, requirements
from portfolio.access import in_dates
from portfolio.models import Decision, ModuleSignOff, ModuleVoid, Portfolio, Role, Submission, Unlock
from portfolio.states import ItemState, ModuleState, RoleKind

logger = logging.getLogger(__name__)


def send(to: User, subject: str, lines: Iterable[str], link: str) -> bool:
    """One mail to one person. Whether it left; an inactive person gets none."""
    if not to.is_active:
        return False
    body = "\n\n".join([f"Hello {to.name},", *lines, settings.SITE_URL + link, settings.SERVICE_NAME])
    subject = " ".join(subject.split())
    try:
        EmailMessage(subject=subject, body=body, to=[to.email]).send()
    except (OSError, SMTPException, ValueError) as failure:
        logger.error("Mail to person %s did not leave: %s", to.pk, type(failure).__name__)
        return False
    return True


def submitted(submission: Submission) -> None:
    """To the assessor: somebody asks for a decision."""
    _ask(submission, "asks you for a decision")


def redirected(submission: Submission, old: User, *, by: User) -> None:
    """To the new assessor, the old one, and the trainee when it was not the trainee who did it."""
    trainee = submission.portfolio.trainee
    _ask(submission, "asks you for a decision")
    send(
        old,
        f"No longer with you: {_named(submission)} from {trainee.name}",
        [f"{by.name} has asked somebody else to decide. There is nothing more for you to do here."],
        reverse("reviewing"),
    )
    if by != trainee:
        send(
            trainee,
            f"Now with another assessor: {_named(submission)}",
            [f"{by.name} has asked {_addressee(submission).name} to decide."],
            _submission(submission),
        )


def withdrawn(submission: Submission, assessor: User) -> None:
    """To the assessor: nothing waits any more."""
    send(
        assessor,
        f"Withdrawn: {submission.portfolio.trainee.name}’s request",
        ["The trainee has taken it back to change it. There is nothing more for you to do."],
        reverse("reviewing"),
    )


def returned(decision: Decision) -> None:
    """To the trainee: there is feedback to read."""
    _decided(decision, "Returned", "has returned it with feedback. Read the feedback, revise, and submit it again.")


def signed_off(decision: Decision) -> None:
    """To the trainee: it counts."""
    _decided(decision, "Signed off", "has signed it off. It counts from now on.")


def unlocked(unlock: Unlock) -> None:
    """To the trainee, the signer and the officer."""
    activity = unlock.decision.item.activity
    portfolio = activity.portfolio
    told = f"{unlock.signer_name} has opened {activity} again. The decision stays in the history, with the reason."
    people = {portfolio.trainee, unlock.decision.signer, *_officers(portfolio)}
    for person in sorted(people, key=lambda person: person.pk):
        own = person == portfolio.trainee
        send(
            person,
            f"Unlocked: {activity}" + ("" if own else f" of {portfolio.trainee.name}"),
            [told],
            _activity(portfolio, activity.module.code, activity.number)
            if own or person in _officers(portfolio)
            else reverse("home"),
        )


def module_ready(portfolio: Portfolio, module: Module) -> None:
    """To the officer, when a module has nothing missing any more. Silent otherwise."""
    record = ledger.read_one(portfolio)
    if requirements.module_state(record, record.structure.module(module.code)) != ModuleState.READY:
        return
    for officer in _officers(portfolio):
        send(
            officer,
            f"Ready to sign off: {module.code} of {portfolio.trainee.name}",
            [f"Nothing is missing in {module.code}. You can sign off the module."],
            reverse("module_sign_off", args=[portfolio.ref, module.code]),
        )


def module_signed_off(row: ModuleSignOff) -> None:
    """To the trainee: the credits count."""
    send(
        row.portfolio.trainee,
        f"Module signed off: {row.module.code}",
        [f"{row.signer_name} has signed off {row.module.code}. Its {row.credits} credits count from now on."],
        reverse("module", args=[row.portfolio.ref, row.module.code]),
    )


def module_voided(row: ModuleVoid) -> None:
    """To the trainee, and to whoever had signed."""
    portfolio, module = row.sign_off.portfolio, row.sign_off.module
    for person in sorted({portfolio.trainee, row.sign_off.signer}, key=lambda person: person.pk):
        send(
            person,
            f"No longer signed off: {module.code}",
            [f"{row.signer_name} has voided the sign-off of {module.code}. The reason stands on the module's page."],
            reverse("module", args=[portfolio.ref, module.code]),
        )


def _ask(submission: Submission, what: str) -> None:
    portfolio = submission.portfolio
    addressee = submission.addressees.get(until=None)
    send(
        addressee.assessor,
        f"{portfolio.trainee.name} {what}: {_named(submission)}",
        [
            f"{portfolio.trainee.name} {what} on {_named(submission)}.",
            f"It is due by {as_date(addressee.due_on, 'j F Y')}.",
        ],
        reverse("review", args=[submission.sid]),
    )


def _decided(decision: Decision, heading: str, what: str) -> None:
    item = decision.item
    portfolio = item.submission.portfolio
    send(
        portfolio.trainee,
        f"{heading}: {item.activity}",
        [f"{decision.signer_name} {what}"],
        _activity(portfolio, item.activity.module.code, item.activity.number),
    )


def _named(submission: Submission) -> str:
    """The activities that are in question, such as "S-C1 4 and 7 more"."""
    items = submission.items.exclude(state=ItemState.WITHDRAWN).select_related("activity__module")
    names = [str(item.activity) for item in items]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _addressee(submission: Submission) -> User:
    return submission.addressees.get(until=None).assessor


def _officers(portfolio: Portfolio) -> list[User]:
    roles = Role.objects.filter(in_dates(), portfolio=portfolio, kind=RoleKind.OFFICER, user__is_active=True)
    return [role.user for role in roles.select_related("user")]


def _submission(submission: Submission) -> str:
    return reverse("submission", args=[submission.portfolio.ref, submission.sid])


def _activity(portfolio: Portfolio, module: str, number: int) -> str:
    return reverse("activity", args=[portfolio.ref, module, number])
