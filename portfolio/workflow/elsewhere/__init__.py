"""The steps of what was signed in another system: recording it, and taking such a record back.

An activity moves between its own states (workflow/activities has the rows of its table); an assessment has none here,
so its record is the subject of a table of its own.
"""

from collections.abc import Sequence

from portfolio import access
from portfolio.models import Portfolio, SignedElsewhere
from portfolio.states import ElsewhereState as State
from portfolio.states import Part
from portfolio.workflow.elsewhere.judging import ANOTHER, CASE_TAKEN, LONGEST, NO_CASE, OPEN, Entry, Twins, wrong
from portfolio.workflow.elsewhere.recording import (
    AssessmentElsewhere,
    asks,
    check_assessments,
    check_record,
    record_activities,
    record_assessments,
)
from portfolio.workflow.elsewhere.taking_back import activity_of, check_void, state_without, void, void_activity
from portfolio.workflow.machine import REASON, Step

VOIDERS = access.OFFICERS | {Part.ADMINISTRATOR}


STEPS = [
    Step(
        name="record assessment elsewhere",
        label="Record as signed elsewhere",
        moves={State.NOT_RECORDED: (State.RECORDED,)},
        who=access.OFFICERS,
        check=check_assessments,
        act=record_assessments,
    ),
    Step(
        name="void assessment elsewhere",
        label="Take this record back",
        moves={State.RECORDED: (State.VOIDED,)},
        who=VOIDERS,
        needs_reason=REASON,
        act=lambda move: void(move, move.subject.row),
    ),
]


class ElsewhereTable:
    """How the machine reads the record of an assessment. The rows are its state: `write` has no work."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: AssessmentElsewhere) -> int:
        return subject.portfolio.pk

    def reread(self, subject: AssessmentElsewhere, portfolio: Portfolio, step: Step) -> Sequence[AssessmentElsewhere]:
        if subject.row is None:
            return [AssessmentElsewhere(portfolio, subject.entry)]
        rows = SignedElsewhere.objects.select_related("module", "file", "void", "portfolio")
        return [AssessmentElsewhere(portfolio, row=rows.get(pk=subject.row.pk, portfolio=portfolio))]

    def state(self, subject: AssessmentElsewhere) -> str:
        if subject.row is None:
            return State.NOT_RECORDED
        return State.VOIDED if hasattr(subject.row, "void") else State.RECORDED

    def addressed(self, subject: AssessmentElsewhere) -> None:
        return None

    def write(self, subject: AssessmentElsewhere, state: str) -> None:
        """Nothing: the record's or the void's row is the state."""

    def words(self, subject: AssessmentElsewhere) -> str:
        return str(subject.row) if subject.row else "The assessment"


__all__ = [
    "ANOTHER",
    "CASE_TAKEN",
    "LONGEST",
    "NO_CASE",
    "OPEN",
    "AssessmentElsewhere",
    "ElsewhereTable",
    "Entry",
    "Twins",
    "activity_of",
    "asks",
    "check_record",
    "check_void",
    "record_activities",
    "state_without",
    "void_activity",
    "wrong",
]
