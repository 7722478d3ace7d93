"""The bulk reading: what one portfolio, or ten thousand, hold, as plain facts in a constant number of queries.

Everything that is said about progress is computed from a `Record` by the pure functions of requirements.py and
progress.py. A Record holds states and counts, never the contents of anybody's work.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import wraps
from typing import Any, TypeVar

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q

from accounts.models import User
from audit.canonical import sealed
from curriculum import structure
from curriculum.models import Curriculum, Module
from curriculum.structure import ModuleFacts, Structure
from portfolio import access
from portfolio.models import (
    Activity,
    Assessment,
    Confirmation,
    Item,
    ModuleSignOff,
    Portfolio,
    Role,
)
from portfolio.states import FILLING, ActivityState, AssessmentKind, AssessmentState, ItemState, RoleKind

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Waiting:
    """An item in review: who it is with and since when. `assessor` is None when that person can no longer decide.

    `sid` is the submission's, or of an assessment its `aid`.
    """

    sid: str
    assessor: str | None
    assessor_id: int
    since: datetime
    due_on: date


@dataclass(frozen=True)
class Feedback:
    """Why an activity came back: a return's feedback or an unlock's reason."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class ActivityRecord:
    """One activity of a portfolio that has a row; a number without one is not started."""

    id: int
    number: int
    state: ActivityState
    label_type: str = ""
    label_title: str = ""
    pages: int = 0
    waiting: Waiting | None = None
    feedback: Feedback | None = None
    signed_at: datetime | None = None


@dataclass(frozen=True)
class Confirmed:
    """What the officer confirmed for what the curriculum does not know; None where it was not asked."""

    activities: int | None
    cbd: int | None
    observed: int | None
    by: str = ""
    read_on: date | None = None
    source: str = ""


@dataclass(frozen=True)
class SignedModule:
    """A standing module sign-off, with the requirements it was made against (domain.md rule 9)."""

    credits: int
    activities: tuple[int, ...]
    cbd: int
    observed: int
    university_result: bool
    by: str = ""
    at: datetime | None = None
    digest: str = ""


@dataclass(frozen=True)
class Done:
    """Satisfactory assessments of one module, and whether the university's result is recorded.

    Nothing records the result yet.
    """

    cbd: int = 0
    dops: int = 0
    oce: int = 0
    university_result: bool = False


@dataclass(frozen=True)
class OpenAttempt:
    """An assessment on its way: planned, with an assessor, or not yet satisfactory with no attempt after it.

    Its title is the trainee's plan, so it is not told here. `waiting` is None where nobody was asked.
    """

    aid: str
    kind: AssessmentKind
    state: AssessmentState
    waiting: Waiting | None = None


@dataclass(frozen=True)
class ModuleRecord:
    """What a portfolio holds of one module. `activities` is by number."""

    activities: dict[int, ActivityRecord] = field(default_factory=dict)
    confirmed: Confirmed | None = None
    signed: SignedModule | None = None
    done: Done = Done()
    attempts: tuple[OpenAttempt, ...] = ()


EMPTY = ModuleRecord()


@dataclass(frozen=True)
class Record:
    """What one portfolio holds. `modules` is by module code; `taken` is the option taken, by block position.

    `taken` counts options from 0 in the order of BlockFacts.options and holds only those the officer confirmed.
    `remembered` is what `once` worked out of it; a changed copy (dataclasses.replace) begins with nothing.
    """

    ref: str
    structure: Structure
    trainee: str = ""
    cohort_year: int = 0
    starts_on: date | None = None
    closed: bool = False
    officer: str | None = None
    modules: dict[str, ModuleRecord] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    remembered: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def module(self, module: ModuleFacts) -> ModuleRecord:
        """What is held of this module; nothing at all when it was never touched."""
        return self.modules.get(module.code, EMPTY)


def once(function: Callable[[Record, ModuleFacts], Answer]) -> Callable[[Record, ModuleFacts], Answer]:
    """For a pure function of a record and a module, which a page asks again and again: worked out once a record."""

    @wraps(function)
    def remembered(record: Record, module: ModuleFacts) -> Answer:
        key = (function.__name__, module.code)
        if key not in record.remembered:
            record.remembered[key] = function(record, module)
        answer: Answer = record.remembered[key]
        return answer

    return remembered


def read_one(portfolio: Portfolio) -> Record:
    """The record of one portfolio."""
    return read([portfolio])[portfolio.pk]


def read(portfolios: Iterable[Portfolio], *, people: bool = True, said: bool = True) -> dict[int, Record]:
    """Records by portfolio id. The number of queries does not depend on how many portfolios or rows there are.

    The portfolios come from `access.visible` (or a lock), with `trainee` selected where many are read. Whoever does
    not tell of `people` (whom things are with) or of what was `said` (and when) leaves that out: no number and no state
    depends on it.
    """
    rows = {portfolio.pk: portfolio for portfolio in portfolios}
    structures = structure.current({portfolio.curriculum_id for portfolio in rows.values()})
    codes = {module.id: module.code for facts in structures.values() for module in facts.modules}
    officers, able = _deciders(rows) if people else ({}, set())
    waiting, told = _asked(rows, able, said) if people else ({}, {})
    activities: dict[int, dict[str, dict[int, ActivityRecord]]] = defaultdict(lambda: defaultdict(dict))
    columns = ("pk", "portfolio", "module", "number", "state", "label_type", "label_title")
    for pk, of, module, number, value, label_type, label_title, pages in (
        Activity.objects.filter(portfolio__in=rows).order_by().values_list(*columns, Count("links"))
    ):
        decided, state = told.get(pk), ActivityState(value)
        activities[of][codes[module]][number] = ActivityRecord(
            id=pk,
            number=number,
            state=state,
            label_type=label_type,
            label_title=label_title,
            pages=pages,
            waiting=waiting.get(pk) if state is ActivityState.IN_REVIEW else None,
            feedback=decided if state is ActivityState.RETURNED else None,
            signed_at=decided.at if decided and state is ActivityState.SIGNED_OFF else None,
        )
    confirmed = _confirmed(rows)
    standing = _signed(rows)
    done, attempts = _assessed(rows, able, people)

    def modules(portfolio: Portfolio) -> dict[str, ModuleRecord]:
        touched = activities[portfolio.pk]
        return {
            module.code: ModuleRecord(
                activities=touched.get(module.code, {}),
                confirmed=confirmed.get((portfolio.pk, module.id)),
                signed=standing.get((portfolio.pk, module.id)),
                done=done.get((portfolio.pk, module.id), Done()),
                attempts=tuple(attempts[portfolio.pk, module.id]),
            )
            for module in structures[portfolio.curriculum_id].modules
        }

    return {
        portfolio.pk: Record(
            ref=portfolio.ref,
            structure=structures[portfolio.curriculum_id],
            trainee=portfolio.trainee.name,
            cohort_year=portfolio.cohort_year,
            starts_on=portfolio.starts_on,
            closed=portfolio.closed_at is not None,
            officer=officers.get(portfolio.pk),
            modules=modules(portfolio),
        )
        for portfolio in rows.values()
    }


def in_use(curriculum: Curriculum) -> bool:
    """Whether any portfolio, open or closed, follows this curriculum."""
    return Portfolio.objects.filter(curriculum=curriculum).exists()


def signed(module: Module) -> bool:
    """Whether any portfolio has a standing sign-off of this module."""
    return ModuleSignOff.objects.filter(module=module, void=None).exists()


@dataclass(frozen=True)
class Held:
    """What somebody is today, on the portfolios of others and on their own."""

    decides: bool
    leads: bool
    enters_admin: bool
    owns: bool


def held(user: User) -> Held:
    """In one query: every page asks it, for its links."""
    leading = Role.objects.filter(access.in_dates(), user=user, kind__in=access.LEADING)
    decides, leads, administers, owns = User.objects.values_list(
        Exists(access.deciding_roles().filter(user=user)),
        Exists(leading.exclude(portfolio__trainee=user)),
        Exists(access.administered(user)),
        Exists(Portfolio.objects.filter(trainee=user)),
    ).get(pk=user.pk)
    return Held(decides, leads, administers or user.is_superuser, owns)


def _deciders(portfolios: Iterable[int]) -> tuple[dict[int, str], set[tuple[int, int]]]:
    """The training officers' names by portfolio, and who may decide on which portfolio, by their ids."""
    decides = Exists(access.deciding_roles().filter(pk=OuterRef("pk")))
    roles = Role.objects.filter(access.in_dates(), kind__in=access.DECIDING, portfolio__in=portfolios)
    roles = roles.annotate(decides=decides).order_by("starts_on")
    held = list(roles.values_list("portfolio", "user", "user__name", "kind", "decides"))
    officers = {of: name for of, _, name, kind, _ in held if kind == RoleKind.OFFICER}
    return officers, {(of, user) for of, user, _, _, decides in held if decides}


def _asked(
    portfolios: Iterable[int], able: set[tuple[int, int]], said: bool
) -> tuple[dict[int, Waiting], dict[int, Feedback]]:
    """With whom each item in review is, and the last thing that was said of each activity, by activity id."""
    now = FilteredRelation("submission__addressees", condition=Q(submission__addressees__until=None))
    wanted = Q(state=ItemState.UNDECIDED) | Q(decision__isnull=False) if said else Q(state=ItemState.UNDECIDED)
    items = Item.objects.filter(wanted, submission__portfolio__in=portfolios).annotate(now=now).order_by("attempt")
    waiting, told = {}, {}
    asked = ("activity", "state", "submission__portfolio", "submission__sid")
    whom = ("now__assessor", "now__assessor__name", "now__since", "now__due_on")
    decided = ("decision__feedback", "decision__signer_name", "decision__decided_at")
    unlocked = ("decision__unlock__reason", "decision__unlock__signer_name", "decision__unlock__unlocked_at")
    for activity, state, of, sid, *row in items.values_list(*asked, *whom, *decided, *unlocked):
        assessor, name, since, due_on, text, by, at, reason, unlocker, unlocked_at = row
        if state == ItemState.UNDECIDED and assessor:
            waiting[activity] = Waiting(sid, name if (of, assessor) in able else None, assessor, since, due_on)
        if at:
            told[activity] = Feedback(reason, unlocker, unlocked_at) if unlocked_at else Feedback(text, by, at)
    return waiting, told


def _assessed(
    portfolios: Iterable[int], able: set[tuple[int, int]], people: bool
) -> tuple[dict[tuple[int, int], Done], dict[tuple[int, int], list[OpenAttempt]]]:
    """By portfolio and module: how many assessments are satisfactory, and those that are on their way."""
    done: dict[tuple[int, int], Done] = {}
    attempts: dict[tuple[int, int], list[OpenAttempt]] = defaultdict(list)
    now = FilteredRelation("addressees", condition=Q(addressees__until=None))
    counted = Q(state__in=FILLING) | Q(state=AssessmentState.NOT_YET, next_attempt=None)
    rows = Assessment.objects.filter(counted, portfolio__in=portfolios).annotate(now=now).order_by("happens_on", "pk")
    asked = ("now__assessor", "now__assessor__name", "now__since", "now__due_on")
    for of, module, aid, kind, value, *whom in rows.values_list(
        "portfolio", "module", "aid", "kind", "state", *(asked if people else ())
    ):
        state = AssessmentState(value)
        if state is AssessmentState.SATISFACTORY:
            so_far = done.get((of, module), Done())
            name = kind.lower()
            done[of, module] = replace(so_far, **{name: getattr(so_far, name) + 1})
            continue
        waiting = None
        if state is AssessmentState.WITH_ASSESSOR and people:
            assessor, called, since, due_on = whom
            if assessor:
                waiting = Waiting(aid, called if (of, assessor) in able else None, assessor, since, due_on)
        attempts[of, module].append(OpenAttempt(aid, AssessmentKind(kind), state, waiting))
    return done, attempts


def _confirmed(portfolios: Iterable[int]) -> dict[tuple[int, int], Confirmed]:
    rows = Confirmation.objects.filter(portfolio__in=portfolios).order_by("confirmed_at", "pk")
    return {
        (row.portfolio_id, row.module_id): Confirmed(
            row.activities, row.cbd, row.observed, row.signer_name, row.read_on, row.source
        )
        for row in rows
    }


def _signed(portfolios: Iterable[int]) -> dict[tuple[int, int], SignedModule]:
    standing = ModuleSignOff.objects.filter(portfolio__in=portfolios, void=None)
    found = {(row.portfolio_id, row.module_id): _signed_module(row) for row in standing}
    return {key: signed for key, signed in found.items() if signed}


def _signed_module(row: ModuleSignOff) -> SignedModule | None:
    """None when its manifest is not what was sealed: somebody changed it, and nothing counts by it."""
    if not sealed(row.manifest, row.digest):
        return None
    needs: dict[str, Any] = json.loads(row.manifest)["requirements"]
    return SignedModule(
        credits=row.credits,
        activities=tuple(needs["activities"]),
        cbd=needs["cbd"],
        observed=needs["observed"],
        university_result=needs["university_result"],
        by=row.signer_name,
        at=row.signed_at,
        digest=row.digest,
    )
