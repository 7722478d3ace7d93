"""A few assessments, goals and placements of each trainee, in each state: the rows that the steps would have left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain, repeat
from typing import Any

from django.conf import settings
from django.db.models import Model, prefetch_related_objects
from django.utils import timezone

from accounts.models import User
from curriculum.structure import ModuleFacts
from portfolio.management.seeding import words
from portfolio.management.seeding.people import Seeded
from portfolio.management.seeding.plan import WHOLE_MODULES
from portfolio.management.seeding.work import signer
from portfolio.management.seeding.writing import write
from portfolio.manifest import assessment_decision_digest, iso, seal_asked
from portfolio.models import (
    Assessment,
    AssessmentAddressee,
    AssessmentDecision,
    Goal,
    GoalAction,
    GoalReview,
    Placement,
    Role,
    UsedCase,
)
from portfolio.states import AssessmentKind as Kind
from portfolio.states import AssessmentState as State
from portfolio.states import GoalOutcome, GoalState, PlacementKind, PlacementState, RoleKind
from portfolio.workflow.assessments.asking import DECLARATION
from portfolio.workflow.assessments.deciding import STANDING
from portfolio.workflow.assessments.marking import Criteria, criteria
from portfolio.workflow.assessments.which import keys_of
from portfolio.workflow.goals import STEP_OF, review_digest
from portfolio.workflow.goals.writing import as_told
from portfolio.workflow.placements.planning import facts

Forms = dict[tuple[int, str], Criteria]
STATES = (State.SATISFACTORY, State.NOT_YET, State.WITH_ASSESSOR, State.PLANNED)
DECIDED = (State.SATISFACTORY, State.NOT_YET)
UNKNOWN = {"cbd": 1, "observed": 2}  # slots that are worked on where nobody knows how many there are


def further(group: Sequence[Seeded]) -> None:
    """Before modules are signed off: what is satisfactory may make one ready."""
    assessments(group)
    goals(group)
    placements(group)


def _ago(one: Seeded, days: int) -> datetime:
    return timezone.now() - timedelta(days=days, minutes=one.number % 400)


def _as_trainee(one: Seeded) -> dict[str, Any]:
    """Who acted, where that is the trainee: they hold no role."""
    trainee = one.portfolio.trainee
    return {
        "signer": trainee,
        "signer_name": trainee.name,
        "signer_post": trainee.post,
        "signer_registration": trainee.registration_number,
        "role": None,
        "role_kind": "",
        "reauthenticated_seconds_ago": None,
        "second_factor": None,
    }


# --- assessments --------------------------------------------------------------------------------------------------


@dataclass
class Made:
    """The rows of all assessments of a group."""

    rows: list[Assessment] = field(default_factory=list)
    asked: list[AssessmentAddressee] = field(default_factory=list)
    decided: list[AssessmentDecision] = field(default_factory=list)


def assessments(group: Sequence[Seeded]) -> None:
    """Of each trainee one in each state, as far as there are slots for them."""
    forms, made = Forms(), Made()
    for one in group:
        slots = chain.from_iterable(map(_slots, _open_modules(one)))
        for number, (state, (module, kind)) in enumerate(zip(STATES, slots, strict=False), start=1):
            _assess(one, module, kind, state, number, forms, made)
    write(made.rows)
    write([UsedCase(portfolio=row.portfolio, key=row.case_key, assessment=row) for row in made.rows if row.case_key])
    write(made.asked)
    write(made.decided)


def _open_modules(one: Seeded) -> Sequence[ModuleFacts]:
    """Those that are not meant to be signed off."""
    return one.follows.facts.modules[WHOLE_MODULES[one.number % len(WHOLE_MODULES)] :]


def _slots(module: ModuleFacts) -> Iterator[tuple[ModuleFacts, Kind]]:
    """A slot for each that is asked for, or for a few where nobody knows."""
    cbd, observed = (UNKNOWN[name] if (known := getattr(module, name)) is None else known for name in UNKNOWN)
    kinds = [*repeat(Kind.CBD, cbd), *([Kind.DOPS, Kind.OCE] * observed)[:observed]]
    return ((module, kind) for kind in kinds)


def _assess(one: Seeded, module: ModuleFacts, kind: Kind, state: State, number: int, forms: Forms, made: Made) -> None:
    days = 90 - 20 * number
    title = words.TASKS[(one.number + number) % len(words.TASKS)]
    case = f"Case {number}" if kind == Kind.CBD else ""
    title_key, case_key = keys_of(title, case)
    row = Assessment(
        portfolio=one.portfolio,
        module=one.follows.modules[module.id],
        kind=kind,
        planned_kind=kind,
        state=state,
        title=title,
        title_key=title_key,
        case_reference=case,
        case_key=case_key,
        what="I do it from the request to the report, and say what I would watch for.",
        where=one.portfolio.department,
        happens_on=timezone.localdate(_ago(one, days - 4)),
        planned_at=_ago(one, days),
    )
    made.rows.append(row)
    planned = row.facts | {"attempt_of": None, "another": False}
    one.tell("plan", one.portfolio.trainee, row.planned_at, planned)
    if state != State.PLANNED:
        assessor = one.chance.choice(one.assessors)
        asked = _ask(one, row, assessor, _ago(one, days - 1))
        made.asked.append(asked)
        if state in DECIDED:
            made.decided.append(_decide(one, asked, _ago(one, days - 8), forms))


def _ask(one: Seeded, row: Assessment, assessor: User, at: datetime) -> AssessmentAddressee:
    row.asked_at, row.declaration = at, DECLARATION
    seal_asked(row)
    due_on = timezone.localdate(at) + timedelta(days=settings.DECISION_DUE_DAYS)
    said = {"assessor": assessor.pk, "due_on": due_on.isoformat(), "declaration": DECLARATION, "manifest": row.digest}
    one.tell("ask", one.portfolio.trainee, at, row.facts | said)
    return AssessmentAddressee(assessment=row, assessor=assessor, since=at, due_on=due_on)


def _decide(one: Seeded, asked: AssessmentAddressee, at: datetime, forms: Forms) -> AssessmentDecision:
    """Every criterion has the second word of the scale."""
    row, assessor = asked.assessment, asked.assessor
    key = (one.portfolio.programme_id, row.kind)
    if key not in forms:
        forms[key] = criteria(row)
    form = forms[key]
    succeeded = row.state == State.SATISFACTORY
    decision = AssessmentDecision(
        assessment=row,
        outcome=row.state,
        marks=form.kept({at: form.scale[min(1, len(form.scale) - 1)] for at in range(len(form.texts))}),
        strengths="Calm, and clear about what was known.",
        to_develop="" if succeeded else "Ask what the person wants to know before you explain.",
        action="" if succeeded else "Do it again on another ward.",
        standing=STANDING,
        manifest_digest=row.digest,
        came_at=asked.since,
        decided_at=at,
        **signer(one, assessor),
    )
    said = {"outcome": decision.outcome, "manifest": row.digest, "marks": decision.marks_digest}
    said["came_at"] = iso(decision.came_at)
    said |= {"words": decision.words_digest, "assessment_decision": assessment_decision_digest(decision)}
    decision.audit_seq = one.tell("complete", assessor, at, row.facts | said)
    return decision


# --- goals --------------------------------------------------------------------------------------------------------


def goals(group: Sequence[Seeded]) -> None:
    """Of each trainee one that is open, with an action and the officer's review, and one that was achieved."""
    pairs = [(one, _goal(one, GoalState.OPEN), _goal(one, GoalState.ACHIEVED)) for one in group]
    every = [goal for _, *both in pairs for goal in both]
    write(every)
    due = timezone.localdate() + timedelta(days=20)
    what = "Ask who would let me try."
    write([GoalAction(goal=goal, what=what, set_on=goal.set_on, due_on=due) for _, goal, _ in pairs])
    prefetch_related_objects(every, "actions")
    for one, *both in pairs:
        for goal in both:
            one.tell("goal set", one.portfolio.trainee, _ago(one, 80), as_told(goal))
    reviews = [_review(one, goal, GoalOutcome.GOING_WELL, one.officer) for one, goal, _ in pairs]
    write([*reviews, *(_review(one, goal, GoalOutcome.ACHIEVED, one.portfolio.trainee) for one, _, goal in pairs)])


def _goal(one: Seeded, state: GoalState) -> Goal:
    return Goal(
        portfolio=one.portfolio,
        title="Chair a meeting" if state == GoalState.OPEN else "Explain a result without a note",
        criteria="Two people who were there say that it went well.",
        set_on=timezone.localdate(_ago(one, 80)),
        target_on=timezone.localdate() + timedelta(days=60),
        state=state,
        ended_on=None if state == GoalState.OPEN else timezone.localdate(_ago(one, 30)),
    )


def _review(one: Seeded, goal: Goal, outcome: GoalOutcome, by: User) -> GoalReview:
    own = by.pk == one.portfolio.trainee_id
    row = GoalReview(
        goal=goal,
        outcome=outcome,
        happened="It went better than the first time.",
        at=_ago(one, 30),
        **(_as_trainee(one) if own else signer(one, by)),
    )
    said = {"goal": goal.gid, "outcome": row.outcome, "goal_review": review_digest(row)}
    row.audit_seq = one.tell(STEP_OF[outcome], by, row.at, said)
    return row


# --- placements ---------------------------------------------------------------------------------------------------


def placements(group: Sequence[Seeded]) -> None:
    """Of each trainee one that is over, one that goes on, and one that is planned; one person of the group supervises.

    A role comes with each that was confirmed, and today's gives sight of its module.
    """
    today = timezone.localdate()
    over = [_placement(one, today - timedelta(days=60), confirmed=True) for one in group]
    now = [_placement(one, today - timedelta(days=10), confirmed=True) for one in group]
    coming = [_placement(one, today + timedelta(days=30), confirmed=False) for one in group]
    _supervise(group, over)
    _supervise(group, now)
    for rows in (over, now, coming):
        write(rows)
        _of_modules(group, rows, Placement.modules.through, "placement")
        for one, row in zip(group, rows, strict=True):
            one.tell("plan placement", one.portfolio.trainee, row.created_at, facts(row))
            if row.confirmed_at:
                one.tell("confirm placement", one.officer, row.confirmed_at, facts(row) | {"role": row.role_id})


def _supervise(group: Sequence[Seeded], rows: Sequence[Placement]) -> None:
    """The supervisor's role, for the dates and the module of each; what seeding gives, no chain tells."""
    roles = [
        Role(
            portfolio=one.portfolio,
            user=one.supervisor,
            kind=RoleKind.SUPERVISOR,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for one, row in zip(group, rows, strict=True)
    ]
    write(roles)
    _of_modules(group, roles, Role.modules.through, "role")
    for row, role in zip(rows, roles, strict=True):
        row.role = role


def _of_modules(group: Sequence[Seeded], rows: Sequence[Model], through: Any, name: str) -> None:
    """The last module of the programme is worked on there."""
    write(
        [
            through(**{f"{name}_id": row.pk}, module_id=one.follows.facts.modules[-1].id)
            for one, row in zip(group, rows, strict=True)
        ]
    )


def _placement(one: Seeded, first: date, *, confirmed: bool) -> Placement:
    return Placement(
        portfolio=one.portfolio,
        kind=PlacementKind.ELECTIVE,
        state=PlacementState.CONFIRMED if confirmed else PlacementState.PLANNED,
        title="Three weeks in imaging",
        department="Imaging Science",
        organisation=words.organisation(one.number),
        supervisor=one.supervisor,
        starts_on=first,
        ends_on=first + timedelta(days=20),
        aims="See how images are stored and found again.",
        confirmed_by=one.officer if confirmed else None,
        confirmed_at=_ago(one, 70) if confirmed else None,
        created_at=_ago(one, 75),
        asked_at=_ago(one, 75),
    )
