"""An assessment as pages show it: its facts, what was said of it, and the slots that it can fill.

The rows come from `visible` or from what is addressed to the reader; nothing here decides who sees what.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from portfolio import requirements
from portfolio.access import visible_in
from portfolio.assessed import Attempt
from portfolio.models import Assessment, AssessmentVoid, Nomination, Portfolio, SignedElsewhere
from portfolio.models.assessment import marked
from portfolio.models.signed import Signed
from portfolio.pages import counting_comments, with_assessors, with_nominations
from portfolio.requirements import Slots
from portfolio.requirements.words import a
from portfolio.shapes import ASSESSMENT_SHAPES
from portfolio.states import OBSERVED, AssessmentOutcome, AssessmentState
from portfolio.templatetags.look import day
from portfolio.templatetags.waiting import waited
from portfolio.views.links import elsewhere_address, plan_address, way_to_comments
from portfolio.views.shown import how_known
from portfolio.workflow import ModuleOf

HEADINGS = {1: "Case-based discussions (CBD)", 2: "Observed, DOPS or OCE in any mix"}
SHORT = {1: "CBD", 2: "DOPS or OCE"}
UNASKED = "No assessor is asked yet"
PIP_ORDER = (
    AssessmentState.SATISFACTORY,
    AssessmentState.WITH_ASSESSOR,
    AssessmentState.PLANNED,
    AssessmentState.NOT_YET,
    AssessmentState.OPEN,
)


def whole(rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Assessments with all that a page shows of one, in a constant number of queries."""
    rows = rows.select_related(
        "portfolio__trainee",
        "portfolio__curriculum",
        "portfolio__programme",
        "module",
        "attempt_of",
        "next_attempt",
        "decision__signer__merged_into",
        "void",
    )
    return counting_comments(rows).prefetch_related(with_assessors(), with_nominations(), "corrections", "reflections")


def facts(row: Assessment) -> list[dict[str, str]]:
    """What the trainee says of it, as components/facts.html takes it."""
    lines = [
        ("Kind", f"{row.kind}, {row.get_kind_display().lower()}"),
        ("Title", row.title + ("" if row.from_curriculum or not row.is_observed else " (the trainee’s own title)")),
        *([("Reference for the case", row.case_reference)] if row.case_reference else []),
        ("When", day(row.happens_on)),
        ("Where", row.where),
    ]
    return [{"key": key, "value": value} for key, value in lines]


def word_of(row: Assessment) -> tuple[str, str]:
    """The shape and the word of its state."""
    state = AssessmentState(row.state)
    return ASSESSMENT_SHAPES[state], str(state.label)


def settled(row: Assessment) -> tuple[str, datetime] | None:
    """Who put it into the state in which it stands, and when: what is voided, whoever voided it."""
    if hasattr(row, "void"):
        return row.void.signer_name, row.void.voided_at
    return (row.decision.signer_name, row.decision.decided_at) if hasattr(row, "decision") else None


def marks_of(row: Assessment) -> list[dict[str, Any]]:
    """The mark forms that were filled in, each criterion with its mark; the newest first."""
    kept = [("", row.decision.marks)] if hasattr(row, "decision") else []
    first = row.corrections.all()[0].was if row.corrections.all() and kept else row.kind
    forms = [{"kind": first, "lines": marked(text)} for _, text in kept]
    forms += [{"kind": one.kind, "lines": marked(one.marks)} for one in row.corrections.all() if one.marks]
    return [form for form in reversed(forms) if form["lines"]]


def said_of(row: Assessment, *, talk: bool = True) -> list[dict[str, Any]]:
    """What was decided of it, corrected and voided, in order, as components/timeline.html takes it.

    `talk`: lead to what was said of the outcome since.
    """
    return [entry for _, entry in sorted(_entries(row, talk), key=lambda pair: pair[0])]


def named_for(row: Assessment) -> Nomination | None:
    """Who is named for it now, declined or not approved yet."""
    return next((one for one in row.nominations.all() if one.until is None), None)


def _entries(row: Assessment, talk: bool) -> Iterator[tuple[int, dict[str, Any]]]:
    decision = getattr(row, "decision", None)
    if decision:
        shape = ASSESSMENT_SHAPES[AssessmentState(decision.outcome)]
        what = str(AssessmentOutcome(decision.outcome).label)
        who = _by(decision, day(decision.decided_at)) + how_known(decision)
        more = [way_to_comments(row)] if talk else []
        said = {"shape": shape, "what": what, "who": who, "digest": decision.manifest_digest, "more": more}
        yield decision.audit_seq, said
    for one in row.corrections.all():
        what = f"Kind corrected: {one.was} to {one.kind}"
        yield one.audit_seq, {"shape": "info", "what": what, "who": _by(one, day(one.corrected_at)) + how_known(one)}
    void: AssessmentVoid | None = getattr(row, "void", None)
    if void:
        who = _by(void, day(void.voided_at))
        yield void.audit_seq, {"shape": "stop", "what": "Voided: it counts nothing", "who": who, "said": void.reason}


def _by(row: Signed, on: str) -> str:
    role = row.get_role_kind_display() if row.role_kind else "Programme administrator"
    return f"{on}, {row.signer_name}, {role}"


# --- slots --------------------------------------------------------------------------------------------------------


def plans(user: User, subject: ModuleOf) -> list[Assessment]:
    """What this reader may see of the plans of a module, of which the record says no more than that there are any."""
    if all(one.state is not AssessmentState.PLANNED for one in subject.record.module(subject.facts).attempts):
        return []
    rows = visible_in(subject.portfolio, user, Assessment)
    return list(rows.filter(module=subject.facts.id, state=AssessmentState.PLANNED))


def slot_groups(
    subject: ModuleOf, planned: Iterable[Assessment], away: Iterable[dict[str, str]], *, may_plan: bool
) -> list[dict[str, Any]]:
    """The slots of a module, filled and open, as components/slots.html takes them. `planned`: what the reader sees.

    `away`: the slots that records of other systems fill, as `held_slot` makes them.
    """
    seen, away = {row.aid: row for row in planned}, list(away)
    return [_group(subject, sort, seen, away, may_plan) for sort in requirements.slots(subject.record, subject.facts)]


def _group(
    subject: ModuleOf, sort: Slots, seen: dict[str, Assessment], away: list[dict[str, str]], may_plan: bool
) -> dict[str, Any]:
    portfolio, code = subject.portfolio, subject.facts.code
    shown = [slot for slot in away if slot["type"] in sort.kinds]
    shown += [_slot(portfolio, one) for one in sort.satisfactory]
    shown += [_attempt(portfolio, sort, at, seen) for at in range(len(sort.attempts))]
    kinds = [requirements.plan_kind(sort)] if sort.may_plan else _beyond(subject, sort)
    opened = max(sort.states[AssessmentState.OPEN], 0)
    shown += [_open(subject, sort, may_plan=may_plan) for _ in range(opened)]
    after = sort.to_follow.aid if sort.to_follow else ""
    what = "Plan the next attempt" if after else "Plan {}"
    plan = [
        {"href": plan_address(portfolio, code, kind, after), "text": what.format(_called(kind))}
        for kind in kinds
        if may_plan
    ]
    return {
        "title": HEADINGS[len(sort.kinds)],
        "words": slot_words(sort),
        "slots": shown,
        "plan": [] if opened and may_plan else plan,
    }


def _beyond(subject: ModuleOf, sort: Slots) -> list[str]:
    """Every slot is taken, and the whole portfolio lacks a kind: one more of that kind may be done."""
    return list(requirements.beyond(subject.record)) if sort.kinds == OBSERVED and sort.needed else []


def _called(kind: str) -> str:
    return "a DOPS or OCE" if kind == "observed" else a(kind)


def slot_words(sort: Slots) -> str:
    """2 of 3 satisfactory; an unknown number is said as unknown. What another system signed is done, and said apart."""
    how = f"done, {sort.told_apart} signed elsewhere" if sort.told_apart else "satisfactory"
    if sort.needed is None:
        return f"Number not recorded yet, {sort.done} {how}" if sort.done else "Number not recorded yet"
    return f"{sort.filled} of {sort.needed} {how}" if sort.needed else "None required"


def slot_pips(sort: Slots, label: str, href: str) -> list[dict[str, str]]:
    """One pip for each slot that is asked for, in its state: what another system signed first, then what was done.

    Where nobody knows how many are asked for, one for each that was done or is on its way.
    """
    states = sort.states
    if sort.needed is None:
        states = Counter(attempt.state for attempt in sort.attempts)
        states[AssessmentState.SATISFACTORY] = sort.done
    pips = [{"label": label, "shape": "elsewhere", "word": "signed elsewhere", "href": href}] * sort.told_apart
    for state in PIP_ORDER:
        one = {"label": label, "shape": ASSESSMENT_SHAPES[state], "word": str(state.label).lower(), "href": href}
        pips += [one] * (states[state] - (sort.told_apart if state is AssessmentState.SATISFACTORY else 0))
    return pips


def held_slot(portfolio: Portfolio, row: SignedElsewhere, *, in_whole: bool) -> dict[str, str]:
    """A slot that another system's record fills: never a decision made here. Its list is not for a supervisor."""
    return {
        "shape": "elsewhere",
        "word": "Signed elsewhere",
        "type": row.get_kind_display(),
        "title": row.title,
        "href": elsewhere_address(portfolio.ref, row.xid) if in_whole else "",
        "note": f"Signed on {day(row.signed_on)} by {row.signed_by}, in {row.system}",
    }


def _slot(portfolio: Portfolio, one: Attempt) -> dict[str, str]:
    """A slot that this attempt fills, or filled."""
    return {
        "shape": ASSESSMENT_SHAPES[one.state],
        "word": str(one.state.label),
        "type": one.kind,
        "title": one.title,
        "href": reverse("assessment", args=[portfolio.ref, one.aid]),
        "note": note_of(one),
    }


def note_of(one: Attempt) -> str:
    """Since when it stands where it stands, and with whom."""
    if one.waiting:
        with_whom = f"With {one.waiting.assessor}. {waited(one.waiting.since)}"
        return with_whom if one.waiting.assessor else "Choose another assessor"
    return f"{day(one.at)}, {one.by}" if one.at else ""


def planned_for(row: Assessment) -> str:
    return f"For {day(row.happens_on)}. {UNASKED}"


def _attempt(portfolio: Portfolio, sort: Slots, at: int, seen: dict[str, Assessment]) -> dict[str, str]:
    """One on its way. A plan is its trainee's alone: others see that there is one."""
    attempt = sort.attempts[at]
    shown = _slot(portfolio, attempt)
    if attempt.state is AssessmentState.PLANNED:
        row = seen.get(attempt.aid)
        shown |= {"title": row.title, "note": planned_for(row)} if row else {"href": "", "note": UNASKED}
    if attempt.waiting and not attempt.waiting.assessor:
        shown |= {"shape": "alert", "word": "With nobody"}
    if sort.needed is not None and at >= sort.left:
        shown["note"] = ". ".join(filter(None, [shown["note"], "More than this module asks for"]))
    return shown


def _open(subject: ModuleOf, sort: Slots, *, may_plan: bool) -> dict[str, str]:
    kind = requirements.plan_kind(sort)
    observed = sort.kinds == OBSERVED
    return {
        "shape": "none",
        "word": "Open",
        "type": "" if observed else kind,
        "title": f"Plan {_called(kind)}" if may_plan else SHORT[len(sort.kinds)],
        "href": plan_address(subject.portfolio, subject.facts.code, kind) if may_plan else "",
        "note": requirements.last_open_slot(subject.record) if observed else "",
    }
