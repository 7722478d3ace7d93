"""Asking an assessor, taking it back, and asking somebody else."""

from dataclasses import dataclass

from accounts.models import User
from portfolio.manifest import seal_asked
from portfolio.models import Assessment, AssessmentAddressee
from portfolio.workflow.addressing import check_assessor, check_handover, due_on
from portfolio.workflow.assessments import letters
from portfolio.workflow.assessments.which import current, named
from portfolio.workflow.machine import Incomplete, Move

DECLARATION = "assessment-2026-11"  # the wording that the trainee's page shows; a new wording gets a new version
ASKED = ("asked_at", "declaration", "manifest", "digest")


@dataclass(frozen=True)
class AskFor:
    """Whom to ask, and that the trainee declares that nothing identifies a patient."""

    assessor: User | None
    declared: bool = False


def check_ask(move: Move) -> None:
    given: AskFor = move.given
    if not given.declared:
        raise Incomplete("Confirm that nothing here could identify a patient.", "declared")
    check_assessor(move, given.assessor)


def ask(move: Move) -> None:
    row: Assessment = move.subject
    row.asked_at, row.declaration = move.now, DECLARATION
    seal_asked(row)
    row.save(update_fields=ASKED)
    asked = _address(move, row)
    move.record(
        {
            **named(row),
            "assessor": asked.assessor_id,
            "due_on": asked.due_on.isoformat(),
            "declaration": row.declaration,
            "manifest": row.digest,
        }
    )
    move.tell(lambda: letters.assessment_asked(row))


def _address(move: Move, row: Assessment) -> AssessmentAddressee:
    return AssessmentAddressee.objects.create(
        assessment=row, assessor=move.given.assessor, since=move.now, due_on=due_on(move)
    )


def withdraw(move: Move) -> None:
    row: Assessment = move.subject
    asked = current(row)
    asked.until = move.now
    asked.save(update_fields=["until"])
    move.record({**named(row), "assessor": asked.assessor_id})
    move.tell(lambda: letters.assessment_withdrawn(row, asked.assessor))


def check_redirect(move: Move) -> None:
    check_assessor(move, move.given.assessor)
    asked = current(move.subject)
    if asked.assessor_id == move.given.assessor.pk:
        raise Incomplete(f"It is with {asked.assessor.name} already. Choose somebody else.", "assessor")


def check_hand_over(move: Move) -> None:
    check_redirect(move)
    check_handover(move, current(move.subject).assessor)


def redirect(move: Move) -> None:
    row: Assessment = move.subject
    old = current(row)
    old.until = move.now
    old.save(update_fields=["until"])
    new = _address(move, row)
    move.record(
        {
            **named(row),
            "from": old.assessor_id,
            "assessor": new.assessor_id,
            "due_on": new.due_on.isoformat(),
        }
    )
    move.tell(lambda: letters.assessment_redirected(row, old.assessor, by=move.by))
