"""What people are told, when. Written into the outbox in the transaction of the step, and delivered after it.

A mail names the module and the number, never the contents of evidence or feedback: those stay behind the sign-in.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import date as as_date
from django.urls import reverse

from accounts.models import User
from curriculum.models import Module
from outbox import writing
from outbox.writing import Letter, Recipient
from portfolio import ledger, requirements
from portfolio.access import in_dates, once_asked
from portfolio.models import (
    Assessment,
    Decision,
    ElsewhereVoid,
    GoalReview,
    ModuleSignOff,
    ModuleVoid,
    OptionConfirmation,
    OptionRefusal,
    OptionTaken,
    Portfolio,
    Role,
    Submission,
    UniversityResult,
    Unlock,
)
from portfolio.models.asking import AskedFor
from portfolio.states import ItemState, ModuleState, RoleKind

logger = logging.getLogger(__name__)


class Telling(NamedTuple):
    """What one step tells: its name, the portfolio that it was taken in, and who writes the letters."""

    kind: str
    portfolio: Portfolio
    letters: Callable[[], Iterable[Letter]]


def letter(to: Recipient, subject: str, lines: Iterable[str], link: str) -> Letter:
    return Letter(to, " ".join(subject.split()), "\n\n".join([*lines, settings.SITE_URL + link]))


def post(told: Iterable[Telling]) -> None:
    """Write everything that was told, in the transaction of the step; whoever reads it is written to after the commit.

    A letter that cannot be written keeps back no other, and no step.
    """
    for one in told:
        try:
            with transaction.atomic():
                writing.put(one.letters(), kind=one.kind, about=one.portfolio.ref)
        except Exception:  # whatever is wrong with a letter: the step stands, the page answers, and the log says so
            logger.exception("A mail could not be written.")


def requested(asked_for: AskedFor) -> Iterator[Letter]:
    """To whoever it is with: somebody asks for a decision, or for an assessment."""
    if isinstance(asked_for, Assessment):
        yield from assessment_asked(asked_for)
    else:
        yield from submitted(asked_for)


def assessment_asked(row: Assessment) -> Iterator[Letter]:
    """To the assessor: somebody asks them to assess. To nobody, where it was taken back already."""
    name = row.portfolio.trainee.name
    for asked in row.addressees.filter(until=None).select_related("assessor"):
        yield letter(
            asked.assessor,
            f"{name} asks you to assess: {row}",
            [f"{name} asks you to complete a mark form: {row}.", f"It is due by {as_date(asked.due_on, 'j F Y')}."],
            reverse("assess", args=[row.aid]),
        )


def submitted(submission: Submission) -> Iterator[Letter]:
    """To the assessor: somebody asks for a decision."""
    yield from _ask(submission, "asks you for a decision")


def redirected(submission: Submission, old: User | None, *, by: User) -> Iterator[Letter]:
    """To the new assessor, the old one if there was one, and the trainee when it was not the trainee who did it."""
    trainee = submission.portfolio.trainee
    yield from _ask(submission, "asks you for a decision")
    if old and _still_decides(old, submission):
        yield letter(
            old,
            f"No longer with you: {_named(submission)} from {trainee.name}",
            [f"{by.name} has asked somebody else to decide. There is nothing more for you to do here."],
            queue_of(old),
        )
    if by != trainee:
        yield letter(
            trainee,
            f"Now with another assessor: {_named(submission)}",
            [f"{by.name} has asked {_addressee(submission).name} to decide."],
            page_of(submission),
        )


def withdrawn(submission: Submission, assessor: User) -> Iterator[Letter]:
    """To the assessor: nothing waits any more."""
    if _still_decides(assessor, submission):
        yield letter(
            assessor,
            f"Withdrawn: {submission.portfolio.trainee.name}’s request",
            ["The trainee has taken it back to change it. There is nothing more for you to do."],
            queue_of(assessor),
        )


def queue_of(assessor: User) -> str:
    """Nobody finds a queue without an account."""
    return reverse("home" if assessor.one_off else "reviewing")


def _still_decides(assessor: User, submission: Submission) -> bool:
    """Whoever's role here has ended hears no more of this trainee."""
    return once_asked(assessor).filter(pk=submission.pk).exists()


def returned(decision: Decision) -> Iterator[Letter]:
    """To the trainee: there is feedback to read."""
    yield from _decided(
        decision, "Returned", "has returned it with feedback. Read the feedback, revise, and submit it again."
    )


def signed_off(decision: Decision) -> Iterator[Letter]:
    """To the trainee: it counts."""
    yield from _decided(decision, "Signed off", "has signed it off. It counts from now on.")


def unlocked(unlock: Unlock) -> Iterator[Letter]:
    """To the trainee, the signer under the account that they have now, and the officer."""
    activity, signer = unlock.decision.item.activity, unlock.decision.signer
    portfolio = activity.portfolio
    told = f"{unlock.signer_name} has opened {activity} again. The decision stays in the history, with the reason."
    people = {portfolio.trainee, signer.merged_into or signer, *officers(portfolio)}
    for person in sorted(people, key=lambda person: person.pk):
        own = person == portfolio.trainee
        yield letter(
            person,
            f"Unlocked: {activity}" + ("" if own else f" of {portfolio.trainee.name}"),
            [told],
            _activity(portfolio, activity.module.code, activity.number)
            if own or person in officers(portfolio)
            else reverse("home"),
        )


def module_ready(portfolio: Portfolio, module: Module) -> Iterator[Letter]:
    """To the officer, when a module has nothing missing any more. Silent otherwise."""
    record = ledger.read_one(portfolio)
    if requirements.module_state(record, record.structure.module(module.code)) != ModuleState.READY:
        return
    for officer in officers(portfolio):
        yield letter(
            officer,
            f"Ready to sign off: {module.code} of {portfolio.trainee.name}",
            [f"Nothing is missing in {module.code}. You can sign off the module."],
            reverse("module_sign_off", args=[portfolio.ref, module.code]),
        )


def module_signed_off(row: ModuleSignOff) -> Iterator[Letter]:
    """To the trainee: the credits count."""
    yield letter(
        row.portfolio.trainee,
        f"Module signed off: {row.module.code}",
        [f"{row.signer_name} has signed off {row.module.code}. Its {row.credits} credits count from now on."],
        reverse("module", args=[row.portfolio.ref, row.module.code]),
    )


def module_voided(row: ModuleVoid) -> Iterator[Letter]:
    """To the trainee, and to whoever had signed, under the account that they have now."""
    portfolio, module, signer = row.sign_off.portfolio, row.sign_off.module, row.sign_off.signer
    for person in sorted({portfolio.trainee, signer.merged_into or signer}, key=lambda person: person.pk):
        yield letter(
            person,
            f"No longer signed off: {module.code}",
            [f"{row.signer_name} has voided the sign-off of {module.code}. The reason stands on the module's page."],
            reverse("module", args=[portfolio.ref, module.code]),
        )


def goal_reviewed(row: GoalReview) -> Iterator[Letter]:
    """To the trainee, when it was somebody else who wrote. The words stay behind the sign-in, and so does the goal."""
    portfolio = row.goal.portfolio
    if row.signer != portfolio.trainee:
        yield letter(
            portfolio.trainee,
            f"{row.signer_name} has reviewed one of your goals",
            ["What they wrote stands on the page of the goal."],
            reverse("goal", args=[portfolio.ref, row.goal.gid]),
        )


# --- what the university, the trainee's choice and other systems say ----------------------------------------------


def result_recorded(row: UniversityResult) -> Iterator[Letter]:
    """To the trainee. What the result is stands on the page, behind the sign-in."""
    portfolio, of = row.portfolio, row.module.code if row.module else row.award
    ref = portfolio.ref
    there = reverse("module_result", args=[ref, of]) if row.module else reverse("awards", args=[ref])
    what = "corrected" if row.number > 1 else "recorded"
    yield letter(
        portfolio.trainee,
        f"University result {what}: {of}",
        [f"{row.signer_name} has {what} the university’s result for {of}."],
        there,
    )


def option_taken(row: OptionTaken) -> Iterator[Letter]:
    """To the officer: there is an option to confirm."""
    for officer in officers(row.portfolio):
        yield letter(
            officer,
            f"Option to confirm: {row.codes} of {row.portfolio.trainee.name}",
            [f"{row.portfolio.trainee.name} has taken the option {row.codes}. It counts once you confirm it."],
            _option(row),
        )


def option_confirmed(row: OptionConfirmation) -> Iterator[Letter]:
    """To the trainee: the option counts."""
    yield letter(
        row.taken.portfolio.trainee,
        f"Option confirmed: {row.taken.codes}",
        [f"{row.signer_name} has confirmed the option that you took. Work on it counts from now on."],
        _option(row.taken),
    )


def option_refused(row: OptionRefusal) -> Iterator[Letter]:
    """To the trainee: they choose again. The reason stays behind the sign-in."""
    yield letter(
        row.taken.portfolio.trainee,
        f"Option refused: {row.taken.codes}",
        [
            f"{row.signer_name} has refused the option that you took. The reason stands on the page, where you can "
            "choose again. An option that was confirmed before counts as it did."
        ],
        _option(row.taken),
    )


def recorded_elsewhere(portfolio: Portfolio, *, by: User) -> Iterator[Letter]:
    """To the trainee, once, however many items were recorded together."""
    yield letter(
        portfolio.trainee,
        "Recorded as signed elsewhere",
        [f"{by.name} has recorded what was signed for you in another system. Check that the list is right."],
        reverse("elsewhere", args=[portfolio.ref]),
    )


def elsewhere_voided(row: ElsewhereVoid) -> Iterator[Letter]:
    """To the trainee: it counts no more."""
    yield letter(
        row.record.portfolio.trainee,
        f"No longer recorded as signed elsewhere: {row.record}",
        [f"{row.signer_name} has taken the record back. The reason stands in the list."],
        reverse("elsewhere", args=[row.record.portfolio.ref]),
    )


def _option(row: OptionTaken) -> str:
    return reverse("module_option", args=[row.portfolio.ref, row.codes.split(", ")[0]])


def _ask(submission: Submission, what: str) -> Iterator[Letter]:
    """To whom it is with: nobody, where it was taken back already."""
    portfolio = submission.portfolio
    for addressee in submission.addressees.filter(until=None).select_related("assessor"):
        yield letter(
            addressee.assessor,
            f"{portfolio.trainee.name} {what}: {_named(submission)}",
            [
                f"{portfolio.trainee.name} {what} on {_named(submission)}.",
                f"It is due by {as_date(addressee.due_on, 'j F Y')}.",
            ],
            reverse("review", args=[submission.sid]),
        )


def _decided(decision: Decision, heading: str, what: str) -> Iterator[Letter]:
    item = decision.item
    portfolio = item.submission.portfolio
    yield letter(
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


def officers(portfolio: Portfolio) -> list[User]:
    roles = Role.objects.filter(in_dates(), portfolio=portfolio, kind=RoleKind.OFFICER, user__is_active=True)
    return [role.user for role in roles.select_related("user")]


def page_of(asked_for: AskedFor) -> str:
    """Where its trainee, and their people, read it."""
    if isinstance(asked_for, Assessment):
        return reverse("assessment", args=[asked_for.portfolio.ref, asked_for.aid])
    return reverse("submission", args=[asked_for.portfolio.ref, asked_for.sid])


def _activity(portfolio: Portfolio, module: str, number: int) -> str:
    return reverse("activity", args=[portfolio.ref, module, number])


# --- reviews and dates --------------------------------------------------------------------------------------------


def dates_changed(portfolio: Portfolio, *, by: User) -> Iterator[Letter]:
    """To the trainee: their dates may have moved. Why somebody is away stays behind the sign-in."""
    yield letter(
        portfolio.trainee,
        "Your working time or leave was changed",
        [f"{by.name} has changed your working time or leave. The dates of your reviews follow from it."],
        reverse("training_time", args=[portfolio.ref]),
    )


def review(portfolio: Portfolio, name: str, number: int, what: str, *, by: User) -> Iterator[Letter]:
    """To those of the trainee and the officer who did not do it: the meeting is `planned`, or `signed` by one."""
    for person in sorted({portfolio.trainee, *officers(portfolio)} - {by}, key=lambda person: person.pk):
        whose = "" if person == portfolio.trainee else f" of {portfolio.trainee.name}"
        yield letter(
            person,
            f"Review {what}: {name}{whose}",
            [f"{by.name} has {what} the review meeting “{name}”."],
            reverse("review_point", args=[portfolio.ref, number]),
        )
