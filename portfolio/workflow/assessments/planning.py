"""Planning an attempt from an open slot, and changing the plan until somebody is asked."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from audit.canonical import digest
from portfolio import ledger, requirements
from portfolio.models import Assessment, Portfolio, SignedElsewhere
from portfolio.states import OBSERVED, AssessmentKind, AssessmentState
from portfolio.workflow.assessments.cases import serving_others
from portfolio.workflow.assessments.which import case_key_of, key_of, keys_of
from portfolio.workflow.machine import Incomplete, Move, TooLate

AHEAD = timedelta(days=366 * 2)  # how far ahead a plan may lie
CASE_TAKEN = "You have used this case for another CBD. One case serves one CBD: choose another case."
CHANGED = "This plan was changed in another tab or window after you opened this form."
FURTHER = (
    "{} has all that it asks for. This one more is for the whole portfolio, which has no {} yet, so its kind stays."
)
ANOTHER = "One with this title on this day is recorded already. Confirm that this is another observation."
# What is said of a field that was left empty, by its name.
MISSING = {
    "title": "Give it a title: what is observed or discussed, in a few words.",
    "what": "Say what will be, or was, observed or discussed.",
    "where": "Say where, for example the ward, the laboratory or the meeting.",
    "happens_on": "Enter the day it was, or is planned for.",
    "case_reference": "Give your own reference for the case, such as Case 3.",
}
PLANNED = ("kind", "planned_kind", "title", "title_key", "from_curriculum", "what", "happens_on", "where")
PLANNED_OF_A_CASE = ("case_reference", "case_key", "another")


@dataclass(frozen=True)
class Plan:
    """What the trainee says of an attempt. `attempt_of` is the attempt before it, for a new one."""

    kind: str
    title: str
    what: str
    happens_on: date | None
    where: str
    case_reference: str = ""
    from_curriculum: bool = False
    another: bool = False
    attempt_of: Assessment | None = None


def planned_seen(row: Assessment) -> str:
    """A digest of what a plan says: a form carries it, so that a stale tab is told from a current one."""
    return digest({"v": "stp-plan-seen-1", "said": [str(value) for value in _said(row)]})


def _said(of: "Plan | Assessment") -> tuple[object, ...]:
    """What a plan says, as stored or as given."""
    case = of.case_reference.strip() if of.kind not in OBSERVED else ""
    return (of.kind, of.title.strip(), of.from_curriculum, of.what.strip(), of.happens_on, of.where.strip(), case)


def check_plan(move: Move) -> None:
    given: Plan = move.given
    row: Assessment = move.subject
    if not row._state.adding and move.seen != planned_seen(row) and _said(given) != _said(row):
        raise TooLate(CHANGED)
    for field in ("title", "what", "where"):
        if not getattr(given, field).strip():
            raise Incomplete(MISSING[field], field)
    _check_day(move, given.happens_on)
    if row._state.adding:
        _check_before(move, given, row)
        _check_slot(move, given, row)
    elif (given.kind in OBSERVED) != row.is_observed:
        raise Incomplete("A CBD stays a CBD. Plan another assessment from its own slot.", "which")
    elif given.kind != row.kind:
        _check_further(move, given, row)
    _check_case(move, given, row)
    _check_another(move, given, row)


def _check_day(move: Move, day: date | None) -> None:
    if day is None:
        raise Incomplete(MISSING["happens_on"], "happens_on")
    if day < move.portfolio.starts_on:
        raise Incomplete("Enter a day after your training started.", "happens_on")
    if day > timezone.localdate(move.now) + AHEAD:
        raise Incomplete("Enter a day in the next two years.", "happens_on")


def _check_before(move: Move, given: Plan, row: Assessment) -> None:
    """A new attempt follows one that did not succeed, of the same slots, and is the only one that does."""
    before = given.attempt_of
    if before is None:
        return
    found = Assessment.objects.get(pk=before.pk)
    same = (found.portfolio_id, found.module_id) == (move.portfolio.pk, row.module_id)
    if not same or found.is_observed != (given.kind in OBSERVED):
        raise Incomplete("A new attempt is at the same assessment of the same module.")
    if found.state not in (AssessmentState.NOT_YET, AssessmentState.VOIDED) or hasattr(found, "next_attempt"):
        raise TooLate("The attempt before this one has changed since this page was opened. Nothing was planned.")


def _check_slot(move: Move, given: Plan, row: Assessment) -> None:
    """A slot of this kind is open in this module: so the kind is right by construction."""
    record = ledger.read_one(move.portfolio)
    module = record.structure.by_code.get(row.module.code)
    if module is None or module.id != row.module_id or given.kind not in AssessmentKind.values:
        raise Incomplete("This module is not in your curriculum.")
    sort = next(sort for sort in requirements.slots(record, module) if given.kind in sort.kinds)
    if not sort.may_plan and not (sort.needed and given.kind in requirements.beyond(record)):
        raise TooLate(f"No {given.kind} slot of {module.code} is open any more. Nothing was planned.")
    if sort.to_follow and given.attempt_of is None:
        raise Incomplete("Every slot has an attempt. Plan this one as the next attempt after one of them.")


def _check_further(move: Move, given: Plan, row: Assessment) -> None:
    """One more than its module asks for is planned for the kind that the whole portfolio lacks, and stays of it."""
    record = ledger.read_one(move.portfolio)
    sort = requirements.slots(record, record.structure.module(row.module.code))[1]
    lacking = requirements.beyond(record)
    if sort.is_exceeded and row.kind in lacking and given.kind not in lacking:
        raise Incomplete(FURTHER.format(row.module.code, row.kind), "which")


def _check_case(move: Move, given: Plan, row: Assessment) -> None:
    if given.kind not in OBSERVED and not given.case_reference.strip():
        raise Incomplete(MISSING["case_reference"], "case_reference")
    taken = serving_others(move.portfolio, row).filter(key=case_key_of(given.case_reference))
    if given.kind not in OBSERVED and taken.exists():
        raise Incomplete(CASE_TAKEN, "case_reference")


def _check_another(move: Move, given: Plan, row: Assessment) -> None:
    """One observation fills one slot, whichever system holds it. A new attempt is not one of those that it follows."""
    if given.another:
        return
    if _alike(move, given, row).exclude(pk__in=_followed(given, row)).exists() or held_elsewhere(move.portfolio, given):
        raise Incomplete(ANOTHER, "another")


def _alike(move: Move, given: Plan, row: Assessment) -> QuerySet[Assessment]:
    """Those of the same day and title."""
    assert given.happens_on is not None  # _check_day
    return _others(move, row).filter(title_key=key_of(given.title), happens_on=given.happens_on)


def _followed(given: Plan, row: Assessment) -> list[int]:
    """The attempts before this one, by id."""
    found, before = [], given.attempt_of or row.attempt_of
    while before is not None:
        found.append(before.pk)
        before = before.attempt_of
    return found


def held_elsewhere(portfolio: Portfolio, given: Plan | Assessment) -> bool:
    """Whether another system signed one of this day and title."""
    assert given.happens_on is not None  # _check_day
    rows = SignedElsewhere.objects.filter(portfolio=portfolio, number=None, void=None, signed_on=given.happens_on)
    return key_of(given.title) in map(key_of, rows.values_list("title", flat=True))


def _others(move: Move, row: Assessment) -> QuerySet[Assessment]:
    counted = Assessment.objects.filter(portfolio=move.portfolio).exclude(state=AssessmentState.VOIDED)
    return counted.exclude(pk=row.pk)


def plan(move: Move) -> None:
    """The row itself is written by the table, with its state, when it is new."""
    given: Plan = move.given
    row: Assessment = move.subject
    case = given.case_reference.strip() if given.kind not in OBSERVED else ""
    row.kind = row.planned_kind = given.kind
    row.title, row.case_reference = given.title.strip(), case
    row.title_key, row.case_key = keys_of(row.title, case)
    row.what, row.where = given.what.strip(), given.where.strip()
    row.from_curriculum = given.from_curriculum
    assert given.happens_on is not None  # check_plan
    row.happens_on = given.happens_on
    if row._state.adding:
        row.attempt_of, row.planned_at = given.attempt_of, move.now
    row.another = _alike(move, given, row).exists() or held_elsewhere(move.portfolio, given)
    if not row._state.adding:
        row.save(update_fields=[*PLANNED, *PLANNED_OF_A_CASE])
    move.record({**row.facts, "attempt_of": row.attempt_of.aid if row.attempt_of else None, "another": row.another})
