"""Whether each assessment is what its events make of it: what was asked, of whom, its kind, and where it stands."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import Q

from audit.checks import Finding
from portfolio.manifest import asked_stands
from portfolio.models import Assessment, Portfolio
from portfolio.proof.signed import agrees
from portfolio.proof.submitted import FURTHER, addressees_agree, nominations_agree
from portfolio.proof.told import ALTERED, MISSING, Only, Told, holds, portfolios, told
from portfolio.states import AssessmentState as State
from portfolio.workflow.assessments.which import keys_of

# What is said of an outcome is no part of it, nor is who had a link.
BESIDE = ~Q(kind__in=("comment", "withdraw comment", "link opened elsewhere"))
ABOUT = Q(data__contains='"assessment":"') & BESIDE
LEADS_TO = {
    "plan": State.PLANNED,
    "ask": State.WITH_ASSESSOR,
    "withdraw": State.PLANNED,
    "void assessment": State.VOIDED,
}
REFLECTION = "assessment reflection"
ASKING = ("ask", *FURTHER)


def assessments(only: Only = None) -> Iterator[Finding]:
    """Each assessment against the events that tell of it, and each that was planned has its row."""
    for portfolio in portfolios(only):
        said: dict[str, list[Told]] = defaultdict(list)
        for event in told(portfolio, ABOUT):
            if aid := event.data.get("assessment"):
                said[aid].append(event)
        for row in _whole(portfolio):
            if not holds(_agrees, row, said.pop(row.aid, [])):
                yield Finding(f"portfolio {portfolio.ref}, {row}, {row.aid}", ALTERED)
        for aid in said:
            yield Finding(f"portfolio {portfolio.ref}, assessment {aid}", MISSING)


def assessment_doubted(row: Assessment) -> bool:
    """The same of one that a page shows, with what was signed of it. One query beside the rows that it fetched."""
    events = list(told(row.portfolio, BESIDE & Q(data__contains=f'"assessment":"{row.aid}"')))
    by_seq = {event.seq: event.data for event in events}
    signed = [*row.corrections.all(), *filter(None, (getattr(row, name, None) for name in ("decision", "void")))]
    wanted = {
        event.seq
        for event in events
        if any(event.data.get(key) for key in ("assessment_decision", "kind_correction", "assessment_void"))
    }
    whole = wanted == {one.audit_seq for one in signed} and all(agrees(one, by_seq) for one in signed)
    return not (whole and holds(_agrees, row, events))


def _whole(portfolio: Portfolio) -> Iterable[Assessment]:
    rows = Assessment.objects.filter(portfolio=portfolio)
    rows = rows.select_related("portfolio__curriculum", "module", "attempt_of")
    return rows.prefetch_related("addressees", "nominations", "corrections", "reflections").order_by("pk")


def _agrees(row: Assessment, events: list[Told]) -> bool:
    first = events[0]
    planned = (first.kind, first.data["module"], first.data["attempt_of"])
    at_home = row.module.curriculum_id == row.portfolio.curriculum_id
    before = row.attempt_of.aid if row.attempt_of else None
    return (
        at_home
        and planned == ("plan", row.module.code, before)
        and row.planned_at == first.at
        and (row.title_key, row.case_key) == keys_of(row.title, row.case_reference)
        and row.state == _state(events)
        and _kind_agrees(row, events)
        and _asked_agrees(row, events)
        and addressees_agree(row, asking := [event for event in events if event.kind in ASKING])
        and nominations_agree(row, asking)
        and _reflections_agree(row, events)
    )


def _state(events: Iterable[Told]) -> str:
    state: str = State.OPEN
    for event in events:
        state = event.data["outcome"] if event.kind == "complete" else LEADS_TO.get(event.kind, state)
    return state


def _kind_agrees(row: Assessment, events: Iterable[Told]) -> bool:
    """What the last event calls it; and what was planned, as the last plan calls it."""
    events = list(events)
    kinds = [event.data["assessed"] for event in events]
    planned = [event.data["assessed"] for event in events if event.kind == "plan"]
    corrected = sorted((one.audit_seq, one.was, one.kind) for one in row.corrections.all())
    told_of = [(e.seq, e.data["was"], e.data["assessed"]) for e in events if e.kind == "correct the kind"]
    return row.kind == kinds[-1] and row.planned_kind == planned[-1] and corrected == told_of


def _asked_agrees(row: Assessment, events: Iterable[Told]) -> bool:
    """What was asked last is sealed as it was told; while it is only planned, the trainee may change it."""
    asked = [event.data["manifest"] for event in events if event.kind == "ask"]
    return row.state == State.PLANNED or (row.digest == asked[-1] and asked_stands(row))


def _reflections_agree(row: Assessment, events: Iterable[Told]) -> bool:
    wanted = [(e.data["reflection"], e.data["text"], e.actor, e.at) for e in events if e.kind == REFLECTION]
    rows = sorted(row.reflections.all(), key=lambda one: one.number)
    return wanted == [(one.number, one.text_digest, one.saved_by_id, one.saved_at) for one in rows]
