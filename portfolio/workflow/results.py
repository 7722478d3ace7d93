"""Recording what the university says, of a module or of an award, and correcting it (domain.md rule 2).

The newest row counts, and only a pass does. A correction that takes the pass away is refused while the module that
rests on it is signed off: void that first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from curriculum.models import Module
from curriculum.structure import ModuleFacts
from portfolio import access, ledger, mail, requirements
from portfolio.manifest import result_digest
from portfolio.models import Portfolio, UniversityResult
from portfolio.states import ResultState as State
from portfolio.workflow import modules
from portfolio.workflow.days import check_meant
from portfolio.workflow.machine import DERIVED, Incomplete, Move, Step, TooLate
from portfolio.workflow.signing import signer

CHOOSE_RESULT = "Choose what the university says."
SAY_WHERE = "Say where the result is written, for example the university's transcript."
RECORDED = (State.PASSED, State.NOT_PASSED, State.TAKEN_BACK)


@dataclass(frozen=True)
class ResultOf:
    """The result of a module of a portfolio, or of an award of the whole (then `facts` is None)."""

    portfolio: Portfolio
    facts: ModuleFacts | None = None
    award: str = ""

    @property
    def newest(self) -> UniversityResult | None:
        """The one that counts."""
        module = self.facts.id if self.facts else None
        rows = UniversityResult.objects.filter(portfolio=self.portfolio, module=module, award=self.award)
        return rows.select_related("module").order_by("-number").first()


@dataclass(frozen=True)
class RecordResult:
    """What the university says, of which day, and where that is written."""

    result: str
    dated_on: date | None
    source: str


def asked_for(portfolio: Portfolio, facts: ModuleFacts | None, award: str) -> bool:
    """Whether the curriculum asks for this result at all."""
    if facts is not None:
        return facts.university_result
    return award in requirements.awards(ledger.read_one(portfolio).structure)


def _check(move: Move) -> None:
    given, subject = move.given, move.subject
    if not asked_for(move.portfolio, subject.facts, subject.award):
        raise TooLate(f"{_name(subject)}: the curriculum asks for no university result here.")
    newest = subject.newest
    if move.seen != (result_digest(newest) if newest else ""):
        raise TooLate(f"{_name(subject)}: another result was recorded since this page was opened. Nothing was done.")
    if given.result not in RECORDED or (given.result == State.TAKEN_BACK and newest is None):
        raise Incomplete(CHOOSE_RESULT, "result")
    if given.dated_on is None or given.dated_on > timezone.localdate():
        raise Incomplete("Enter the date of the result, today or earlier.", "dated_on")
    check_meant(move.portfolio, given.dated_on, "dated_on")
    if not given.source.strip():
        raise Incomplete(SAY_WHERE, "source")
    signed = subject.facts is not None and modules.standing(move.portfolio, subject.facts.id) is not None
    if signed and given.result != State.PASSED:
        raise TooLate(f"{subject.facts.code} is signed off on this result. Void its sign-off first.")


def _record(move: Move) -> None:
    given, subject = move.given, move.subject
    newest = subject.newest
    row = UniversityResult(
        portfolio=move.portfolio,
        module=Module.objects.get(pk=subject.facts.id) if subject.facts else None,
        award=subject.award,
        number=newest.number + 1 if newest else 1,
        result=given.result,
        dated_on=given.dated_on,
        source=given.source.strip(),
        reason=move.reason if newest else "",
        recorded_at=move.now,
        **signer(move),
    )
    event = move.record(
        {
            "module": row.module.code if row.module else None,
            "award": row.award,
            "number": row.number,
            "outcome": row.result,
            "dated_on": row.dated_on.isoformat(),
            "result": result_digest(row),
        }
    )
    row.audit_seq = event.seq
    row.save()
    move.tell(lambda: mail.result_recorded(row))
    if row.module:
        module = row.module
        move.tell(lambda: mail.module_ready(move.portfolio, module))


STEPS = [
    Step(
        name="record result",
        label="Record the result",
        moves={State.NOT_RECORDED: (DERIVED,)},
        who=access.OFFICERS,
        check=_check,
        act=_record,
    ),
    Step(
        name="correct result",
        label="Correct the result",
        moves=dict.fromkeys(RECORDED, (DERIVED,)),
        who=access.OFFICERS,
        needs_reason="Give the reason for the correction: the trainee reads it.",
        check=_check,
        act=_record,
    ),
]


class ResultTable:
    """How the machine reads a result. Its state is the newest row: `write` has no work."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: ResultOf) -> int:
        return subject.portfolio.pk

    def reread(self, subject: ResultOf, portfolio: Portfolio, step: Step) -> Sequence[ResultOf]:
        return [ResultOf(portfolio, subject.facts, subject.award)]

    def state(self, subject: ResultOf) -> str:
        newest = subject.newest
        return newest.result if newest else State.NOT_RECORDED

    def addressed(self, subject: ResultOf) -> None:
        return None

    def write(self, subject: ResultOf, state: str) -> None:
        """Nothing: the row is the state."""

    def words(self, subject: ResultOf) -> str:
        return f"The result of {_name(subject)}"


def _name(subject: ResultOf) -> str:
    return subject.facts.code if subject.facts else subject.award
