"""The legal steps, one table each, and the one function that takes them.

    perform("sign off", activity, by=assessor, seen=digest, reason=feedback)

takes a step of a subject's table or raises a Refused. `perform_all` takes several or none; `available` lists the steps
that somebody may take now.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from accounts.models import User
from portfolio.models import Activity, Assessment, Goal, Nomination, Placement, Portfolio
from portfolio.states import Part
from portfolio.workflow.activities import ActivityTable, LinkTo, Redirect, Submit
from portfolio.workflow.assessments import AskFor, AssessmentTable, Complete, Correct, Plan
from portfolio.workflow.comments import CommentOn, CommentTable, Wrote
from portfolio.workflow.elsewhere import AssessmentElsewhere, ElsewhereTable, Entry
from portfolio.workflow.feedback import FeedbackTable, RoundOf
from portfolio.workflow.goals import GoalTable, Reviewed
from portfolio.workflow.machine import Ask, Incomplete, Move, NotAllowed, Refused, Step, Table, TooLate, run
from portfolio.workflow.machine import available as _available
from portfolio.workflow.modules import Confirm, ModuleOf, ModuleTable
from portfolio.workflow.nominations import NominationTable, Nominee
from portfolio.workflow.options import BlockOf, OptionTable, TakeOption
from portfolio.workflow.placements import EndOn, PlacementTable, PlanActivities, PlanPlacement, Reflect
from portfolio.workflow.portfolios import PortfolioTable
from portfolio.workflow.results import RecordResult, ResultOf, ResultTable
from portfolio.workflow.reviews import ReviewOf, ReviewTable
from portfolio.workflow.training_time import TimeOf, TimeTable

TABLES: dict[type, Table] = {
    Activity: ActivityTable(),
    ModuleOf: ModuleTable(),
    Portfolio: PortfolioTable(),
    Goal: GoalTable(),
    BlockOf: OptionTable(),
    ResultOf: ResultTable(),
    AssessmentElsewhere: ElsewhereTable(),
    ReviewOf: ReviewTable(),
    TimeOf: TimeTable(),
    RoundOf: FeedbackTable(),
    Assessment: AssessmentTable(),
    Placement: PlacementTable(),
    Nomination: NominationTable(),
    CommentOn: CommentTable(),
}


def perform(
    action: str,
    subject: Any,
    *,
    by: User,
    reason: str = "",
    seen: str | None = None,
    given: Any = None,
) -> Move:
    """Take one step. `subject` is one, or a sequence of one kind that moves together (the items of a submission)."""
    subjects = subject if isinstance(subject, Sequence) else [subject]
    return perform_all([Ask(action, subjects, reason, seen, given)], by=by)[0]


def perform_all(asks: Iterable[Ask], *, by: User) -> list[Move]:
    """Take several steps in one transaction: all or none."""
    return run([(TABLES[type(ask.subjects[0])], ask) for ask in asks], by=by)


def available(subject: Any, portfolio: Portfolio, *, by: User, parts: frozenset[Part] | None = None) -> dict[str, Step]:
    """The steps that somebody may take with this subject now, by name."""
    return {step.name: step for step in _available(TABLES[type(subject)], subject, portfolio, by=by, parts=parts)}


__all__ = [
    "Ask",
    "AskFor",
    "AssessmentElsewhere",
    "BlockOf",
    "CommentOn",
    "Complete",
    "Confirm",
    "Correct",
    "EndOn",
    "Entry",
    "Incomplete",
    "LinkTo",
    "ModuleOf",
    "Move",
    "Nominee",
    "NotAllowed",
    "Plan",
    "PlanActivities",
    "PlanPlacement",
    "RecordResult",
    "Redirect",
    "Reflect",
    "Refused",
    "ResultOf",
    "ReviewOf",
    "Reviewed",
    "RoundOf",
    "Step",
    "Submit",
    "TakeOption",
    "TimeOf",
    "TooLate",
    "Wrote",
    "available",
    "perform",
    "perform_all",
]
