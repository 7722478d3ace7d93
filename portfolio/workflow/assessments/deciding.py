"""Completing the mark form that the page showed, correcting the kind, and voiding an attempt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from portfolio import mail
from portfolio.manifest import asked_stands, assessment_decision_digest, assessment_void_digest, correction_digest, iso
from portfolio.models import Assessment, AssessmentDecision, AssessmentVoid, KindCorrection, ModuleSignOff
from portfolio.states import OBSERVED, AssessmentOutcome, AssessmentState
from portfolio.workflow import modules
from portfolio.workflow.asking import came_at
from portfolio.workflow.assessments import letters
from portfolio.workflow.assessments.marking import NOT_MARKED, Criteria, criteria, shown
from portfolio.workflow.machine import Incomplete, Move, TooLate
from portfolio.workflow.one_off.letters import copy
from portfolio.workflow.one_off.proofs import Proof, check_proof, proof_of
from portfolio.workflow.signing import signer

STANDING = "2026-11"  # the wording of the assessor's declaration that the page shows
NOT_AS_SHOWN = "This {} is not as this page showed it. Nothing was recorded."
NO_OUTCOME = "Choose Satisfactory or Not yet satisfactory."
NO_STANDING = "Confirm your standing as the assessor."
# What is said of a text that is missing where the outcome is not yet satisfactory, by its name.
NOT_YET_NEEDS = {
    "to_develop": "Say what to develop: the trainee reads it.",
    "action": "Say what you agreed that the trainee does next.",
}


@dataclass(frozen=True)
class Complete:
    """What the assessor says on the mark form. `marks` is by the place of the criterion, from 0.

    `proof`: of their mailbox, from somebody who has not signed in.
    """

    outcome: str
    marks: Mapping[int, str] = field(default_factory=dict)
    strengths: str = ""
    to_develop: str = ""
    action: str = ""
    standing: bool = False
    proof: Proof | None = None


@dataclass(frozen=True)
class Correct:
    """What the form of the right kind asks, where the outcome was given already. `proof`: as of Complete."""

    marks: Mapping[int, str] = field(default_factory=dict)
    proof: Proof | None = None


def _check_seen(move: Move, form: Criteria) -> None:
    """Bound to what was shown: the digest in the form, what was sealed and the rows must agree."""
    row: Assessment = move.subject
    if move.seen != shown(row, form):
        raise TooLate(NOT_AS_SHOWN.format(row.kind))
    if not asked_stands(row):
        raise TooLate(f"This {row.kind} is no longer as it was asked. Nothing was recorded. Tell an administrator.")


def check_complete(move: Move) -> None:
    given: Complete = move.given
    row: Assessment = move.subject
    form = criteria(row)
    check_proof(move, row, given.proof)
    _check_seen(move, form)
    if given.outcome not in AssessmentOutcome.values:
        raise Incomplete(NO_OUTCOME, "outcome")
    _check_marks(form, given.marks)
    if given.outcome == AssessmentOutcome.NOT_YET:
        for name, said in NOT_YET_NEEDS.items():
            if not getattr(given, name).strip():
                raise Incomplete(said, name)
    if not given.standing:
        raise Incomplete(NO_STANDING, "standing")
    if is_early(row, move.now):
        raise Incomplete("It is planned for a day that has not come yet. The trainee can change the day.")


def is_early(row: Assessment, now: datetime) -> bool:
    """Whether the day that it is planned for has not come: what was not seen yet has no outcome."""
    return row.happens_on > timezone.localdate(now)


def _check_marks(form: Criteria, marks: Mapping[int, str]) -> None:
    for at in form.missing(marks):
        raise Incomplete(NOT_MARKED.format(form.texts[at]), f"mark_{at}")


def outcome_of(move: Move, _: Assessment) -> str:
    return AssessmentState(move.given.outcome)


def complete(move: Move) -> None:
    given: Complete = move.given
    row: Assessment = move.subject
    proof = proof_of(move, row, given.proof)
    decision = AssessmentDecision(
        assessment=row,
        outcome=given.outcome,
        marks=criteria(row).kept(given.marks),
        strengths=given.strengths.strip(),
        to_develop=given.to_develop.strip(),
        action=given.action.strip(),
        standing=STANDING,
        manifest_digest=row.digest,
        came_at=came_at(row),
        decided_at=move.now,
        by_link=proof.link if proof else None,
        by_lending=proof.lending if proof else None,
        proved_address=proof.way.address if proof else "",
        **signer(move, proved_at=proof.proved_at if proof else None),
    )
    event = move.record(
        {
            **row.facts,
            "outcome": given.outcome,
            "manifest": row.digest,
            "came_at": iso(decision.came_at),
            "by_link": decision.by_link is not None,
            "on_device": decision.by_lending is not None,
            "marks": decision.marks_digest,
            "words": decision.words_digest,
            "assessment_decision": assessment_decision_digest(decision),
        }
    )
    decision.audit_seq = event.seq
    decision.save()
    move.tell(lambda: letters.assessment_completed(decision))
    if proof:
        way = proof.way
        move.tell(lambda: copy(way))
    move.tell(lambda: mail.module_ready(move.portfolio, row.module), once=f"ready {move.portfolio.pk} {row.module_id}")


def other_kind(kind: str) -> str:
    """DOPS for OCE, and OCE for DOPS."""
    return next(other for other in OBSERVED if other != kind)


def may_correct(row: Assessment) -> bool:
    """Whether the kind can be put right: of an observed one, while its module is not signed off."""
    return row.is_observed and modules.standing(row.portfolio, row.module) is None


def check_correct(move: Move) -> None:
    row: Assessment = move.subject
    check_proof(move, row, move.given.proof)
    if not row.is_observed:
        raise TooLate("A case-based discussion has no other kind. Nothing was changed.")
    if not may_correct(row):
        raise TooLate(f"{row.module.code} is signed off, so its assessments stay as they are. Nothing was changed.")
    form = criteria(row, other_kind(row.kind))
    _check_seen(move, form)
    if row.state != AssessmentState.WITH_ASSESSOR:
        _check_marks(form, move.given.marks)


def correct(move: Move) -> None:
    """The record is of the right kind from now on; where it was decided, with what the right form asks."""
    row: Assessment = move.subject
    kind = other_kind(row.kind)
    decided = row.state != AssessmentState.WITH_ASSESSOR
    proof = proof_of(move, row, move.given.proof)
    correction = KindCorrection(
        assessment=row,
        was=row.kind,
        kind=kind,
        marks=criteria(row, kind).kept(move.given.marks) if decided else "",
        corrected_at=move.now,
        by_link=proof.link if proof else None,
        by_lending=proof.lending if proof else None,
        proved_address=proof.way.address if proof else "",
        **signer(move, proved_at=proof.proved_at if proof else None),
    )
    row.kind = kind
    row.save(update_fields=["kind"])
    event = move.record(
        {
            **row.facts,
            "was": correction.was,
            "by_link": correction.by_link is not None,
            "on_device": correction.by_lending is not None,
            "marks": correction.marks_digest,
            "kind_correction": correction_digest(correction),
        }
    )
    correction.audit_seq = event.seq
    correction.save()
    move.tell(lambda: letters.kind_corrected(correction))


def void(move: Move) -> None:
    """A module sign-off that rests on it is voided with it."""
    row: Assessment = move.subject
    made = AssessmentVoid(assessment=row, reason=move.reason, voided_at=move.now, **signer(move))
    over = _sign_off_over(move, row)
    with_it = modules.voiding(move, over) if over else None
    event = move.record(
        {
            **row.facts,
            "reason": made.reason_digest,
            "assessment_void": assessment_void_digest(made),
            "voids": over.digest if over else None,
            "void": modules.void_digest(with_it) if with_it else None,
        }
    )
    made.audit_seq = event.seq
    made.save()
    if with_it:
        with_it.audit_seq = event.seq
        with_it.save()
    move.tell(lambda: letters.assessment_voided(made))


def _sign_off_over(move: Move, row: Assessment) -> ModuleSignOff | None:
    """The standing sign-off of its module, where this attempt is among what it was made against."""
    over = modules.standing(move.portfolio, row.module)
    return over if over and row.aid in modules.assessments_of(over) else None
