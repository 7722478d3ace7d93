"""What people are told of an assessment: whoever is asked, and its trainee."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.dateformat import format as as_date

from accounts.models import User
from portfolio.access import deciding_role
from portfolio.mail import Letter, letter, officers
from portfolio.models import Assessment, AssessmentDecision, AssessmentVoid, KindCorrection
from portfolio.requirements import words


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


def assessment_withdrawn(row: Assessment, assessor: User) -> Iterator[Letter]:
    """To the assessor: nothing waits any more."""
    if deciding_role(assessor, row.portfolio, row.module_id):
        yield letter(
            assessor,
            f"Withdrawn: {row} of {row.portfolio.trainee.name}",
            ["The trainee has taken it back to change it. There is nothing more for you to do."],
            reverse("reviewing"),
        )


def assessment_redirected(row: Assessment, old: User, *, by: User) -> Iterator[Letter]:
    """To the new assessor, the old one, and the trainee when it was not the trainee who did it."""
    trainee = row.portfolio.trainee
    yield from assessment_asked(row)
    if deciding_role(old, row.portfolio, row.module_id):
        yield letter(
            old,
            f"No longer with you: {row} of {trainee.name}",
            [f"{by.name} has asked somebody else. There is nothing more for you to do here."],
            reverse("reviewing"),
        )
    if by != trainee:
        now = row.addressees.select_related("assessor").get(until=None).assessor
        yield letter(
            trainee, f"Now with another assessor: {row}", [f"{by.name} has asked {now.name}."], _assessment(row)
        )


def assessment_completed(decision: AssessmentDecision) -> Iterator[Letter]:
    """To the trainee: the outcome stands on the page."""
    row = decision.assessment
    yield letter(
        row.portfolio.trainee,
        f"Assessed: {row}",
        [f"{decision.signer_name} has completed the mark form. You can read it, and add a reflection."],
        _assessment(row),
    )


def kind_corrected(correction: KindCorrection) -> Iterator[Letter]:
    """To the trainee: another kind than they had asked for."""
    row = correction.assessment
    yield letter(
        row.portfolio.trainee,
        f"Now {words.a(correction.kind)}: {row.module.code}",
        [f"{correction.signer_name} has recorded that your {correction.was} is {words.a(correction.kind)}."],
        _assessment(row),
    )


def assessment_voided(void: AssessmentVoid) -> Iterator[Letter]:
    """To the trainee, the assessor while their role lasts, and the officer."""
    row = void.assessment
    portfolio, assessor, leading = row.portfolio, row.decision.signer, officers(row.portfolio)
    told = f"{void.signer_name} has voided {row}. It stays in the history, with the reason, and counts nothing."
    people = {portfolio.trainee, *leading, *([assessor] if deciding_role(assessor, portfolio, row.module_id) else [])}
    for person in sorted(people, key=lambda person: person.pk):
        own = person == portfolio.trainee
        yield letter(
            person,
            f"Voided: {row}" + ("" if own else f" of {portfolio.trainee.name}"),
            [told],
            _assessment(row) if own or person in leading else reverse("assess", args=[row.aid]),
        )


def _assessment(row: Assessment) -> str:
    return reverse("assessment", args=[row.portfolio.ref, row.aid])
