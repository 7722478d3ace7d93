"""Asking an assessor or somebody new, taking it back, asking somebody else, and handing the device over to them."""

from dataclasses import dataclass

from accounts.models import User
from portfolio import mail
from portfolio.manifest import seal_asked
from portfolio.models import Assessment
from portfolio.workflow.addressing import NOT_DECLARED, check_handover
from portfolio.workflow.asking import as_told, check_somebody_else, check_whom, end, with_whom
from portfolio.workflow.asking import ask as ask_somebody
from portfolio.workflow.assessments import letters
from portfolio.workflow.assessments.planning import held_elsewhere
from portfolio.workflow.machine import Incomplete, Move, TooLate
from portfolio.workflow.nominations.letters import nominated
from portfolio.workflow.nominations.naming import Nominee
from portfolio.workflow.one_off.lending import check_lending_to, lend_to

DECLARATION = "assessment-2026-11"  # the wording that the trainee's page shows; a new wording gets a new version
HELD = (
    "Another system has signed one with this title on this day, so this may be the same. "
    "Change the plan first: if it is another, you say so there."
)
ASKED = ("asked_at", "declaration", "manifest", "digest")


@dataclass(frozen=True)
class AskFor:
    """Whom to ask, and that the trainee declares that nothing identifies a patient.

    `nominee`: somebody new, in place of an assessor. Nobody can decide until the officer approves them.
    """

    assessor: User | None
    declared: bool = False
    nominee: Nominee | None = None


def check_ask(move: Move) -> None:
    given: AskFor = move.given
    if not given.declared:
        raise Incomplete(NOT_DECLARED, "declared")
    if not move.subject.another and held_elsewhere(move.portfolio, move.subject):
        raise TooLate(HELD)
    check_whom(move)


def ask(move: Move) -> None:
    row: Assessment = move.subject
    row.asked_at, row.declaration = move.now, DECLARATION
    seal_asked(row)
    row.save(update_fields=ASKED)
    asked = ask_somebody(move, row)
    move.record({**row.facts, **as_told(asked), "declaration": row.declaration, "manifest": row.digest})
    move.tell(lambda: mail.assessment_asked(row))
    move.tell(lambda: nominated(asked))


def withdraw(move: Move) -> None:
    row: Assessment = move.subject
    old = end(move, row)
    move.record({**row.facts, "assessor": old.pk if old else None})
    if old:
        move.tell(lambda: letters.assessment_withdrawn(row, old))


def check_redirect(move: Move) -> None:
    check_somebody_else(move, with_whom(move.subject))


def check_hand_over(move: Move) -> None:
    check_redirect(move)
    asked = with_whom(move.subject)
    check_handover(move, asked.assessor if asked else None)


def redirect(move: Move) -> None:
    row: Assessment = move.subject
    old = end(move, row)
    new = ask_somebody(move, row)
    move.record({**row.facts, "from": old.pk if old else None, **as_told(new)})
    move.tell(lambda: letters.assessment_redirected(row, old, by=move.by))
    move.tell(lambda: nominated(new))


def check_lend(move: Move) -> None:
    check_lending_to(move, with_whom(move.subject))


def lend(move: Move) -> None:
    lend_to(move, with_whom(move.subject), move.subject.facts)
