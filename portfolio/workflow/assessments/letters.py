"""What people are told of an assessment: whoever is asked, and its trainee."""

from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from portfolio.access import deciding_role
from portfolio.mail import Letter, assessment_asked, letter, officers, page_of, queue_of
from portfolio.models import Assessment, AssessmentDecision, AssessmentVoid, KindCorrection
from portfolio.requirements import words


def assessment_withdrawn(row: Assessment, assessor: User) -> Iterator[Letter]:
    """To the assessor: nothing waits any more."""
    if deciding_role(assessor, row.portfolio, row.module_id):
        yield letter(
            assessor,
            f"Withdrawn: {row} of {row.portfolio.trainee.name}",
            ["The trainee has taken it back to change it. There is nothing more for you to do."],
            queue_of(assessor),
        )


def assessment_redirected(row: Assessment, old: User | None, *, by: User) -> Iterator[Letter]:
    """To the new assessor, the old one if there was one, and the trainee when it was not the trainee who did it."""
    trainee = row.portfolio.trainee
    yield from assessment_asked(row)
    if old and deciding_role(old, row.portfolio, row.module_id):
        yield letter(
            old,
            f"No longer with you: {row} of {trainee.name}",
            [f"{by.name} has asked somebody else. There is nothing more for you to do here."],
            queue_of(old),
        )
    if by != trainee:
        now = row.addressees.select_related("assessor").get(until=None).assessor
        yield letter(trainee, f"Now with another assessor: {row}", [f"{by.name} has asked {now.name}."], page_of(row))


def assessment_completed(decision: AssessmentDecision) -> Iterator[Letter]:
    """To the trainee: the outcome stands on the page."""
    row = decision.assessment
    yield letter(
        row.portfolio.trainee,
        f"Assessed: {row}",
        [f"{decision.signer_name} has completed the mark form. You can read it, and add a reflection."],
        page_of(row),
    )


def kind_corrected(correction: KindCorrection) -> Iterator[Letter]:
    """To the trainee: another kind than they had asked for."""
    row = correction.assessment
    yield letter(
        row.portfolio.trainee,
        f"Now {words.a(correction.kind)}: {row.module.code}",
        [f"{correction.signer_name} has recorded that your {correction.was} is {words.a(correction.kind)}."],
        page_of(row),
    )


def assessment_voided(void: AssessmentVoid) -> Iterator[Letter]:
    """To the trainee, the assessor (under the account that they have now) while their role lasts, and the officer."""
    row, signer = void.assessment, void.assessment.decision.signer
    portfolio, assessor, leading = row.portfolio, signer.merged_into or signer, officers(row.portfolio)
    told = f"{void.signer_name} has voided {row}. It stays in the history, with the reason, and counts nothing."
    people = {portfolio.trainee, *leading, *([assessor] if deciding_role(assessor, portfolio, row.module_id) else [])}
    for person in sorted(people, key=lambda person: person.pk):
        own = person == portfolio.trainee
        yield letter(
            person,
            f"Voided: {row}" + ("" if own else f" of {portfolio.trainee.name}"),
            [told],
            page_of(row) if own or person in leading else _where_assessed(person, row),
        )


def _where_assessed(assessor: User, row: Assessment) -> str:
    """Nobody finds it there without an account."""
    return reverse("home") if assessor.one_off else reverse("assess", args=[row.aid])
