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
from portfolio import access, placements
from portfolio.models import (
    Activity,
    Confirmation,
    Item,
    ModuleSignOff,
    Portfolio,
    Role,
)
from portfolio.states import ActivityState, ItemState, RoleKind

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Waiting:
    """An item in review: who it is with and since when. `assessor` is None when that person can no longer decide."""

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

    Nothing records these yet: `read` leaves them at nothing until assessments exist.
    """

    cbd: int = 0
    dops: int = 0
    oce: int = 0
    university_result: bool = False


@dataclass(frozen=True)
class ModuleRecord:
    """What a portfolio holds of one module. `activities` is by number."""

    activities: dict[int, ActivityRecord] = field(default_factory=dict)
    confirmed: Confirmed | None = None
    signed: SignedModule | None = None
    done: Done = Done()


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


def read_one(portfolio: Portfolio, *, titles: bool = False) -> Record:
    """The record of one portfolio."""
    return read([portfolio], titles=titles)[portfolio.pk]


def read(
    portfolios: Iterable[Portfolio], *, people: bool = True, said: bool = True, titles: bool = False
) -> dict[int, Record]:
    """Records by portfolio id. The number of queries does not depend on how many portfolios or rows there are.

    The portfolios come from `access.visible` (or a lock), with `trainee` selected where many are read. Whoever does
    not tell of `people` (whom things are with) or of what was `said` (and when) leaves that out: no number and no state
    depends on it. `titles`: with the trainee's own beside those of rotations that are provisional.
    """
    rows = {portfolio.pk: portfolio for portfolio in portfolios}
    structures = structure.current({portfolio.curriculum_id for portfolio in rows.values()})
    codes = {module.id: module.code for facts in structures.values() for module in facts.modules}
    named = placements.titles(rows, structures) if titles else {}
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

    def modules(portfolio: Portfolio) -> dict[str, ModuleRecord]:
        touched = activities[portfolio.pk]
        return {
            module.code: ModuleRecord(
                activities=touched.get(module.code, {}),
                confirmed=confirmed.get((portfolio.pk, module.id)),
                signed=standing.get((portfolio.pk, module.id)),
            )
            for module in structures[portfolio.curriculum_id].modules
        }

    return {
        portfolio.pk: Record(
            ref=portfolio.ref,
            structure=placements.entitled(structures[portfolio.curriculum_id], named.get(portfolio.pk, {})),
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
    supervises: bool = False


def held(user: User) -> Held:
    """In one query: every page asks it, for its links."""
    leading = Role.objects.filter(access.in_dates(), user=user, kind__in=access.LEADING)
    decides, leads, administers, owns, supervises = User.objects.values_list(
        Exists(Role.objects.filter(pk__in=access.askable_roles().values("pk"), user=user)),
        Exists(leading.exclude(portfolio__trainee=user)),
        Exists(access.administered(user)),
        Exists(Portfolio.objects.filter(trainee=user)),
        Exists(access.supervising_roles().filter(user=user)),
    ).get(pk=user.pk)
    return Held(decides, leads, administers or user.is_superuser, owns, supervises)


Able = set[tuple[int, int, int | None]]  # portfolio, person, and the module; without one, in every module


def _deciders(portfolios: Iterable[int]) -> tuple[dict[int, str], Able]:
    """The training officers' names by portfolio, and who may decide on what, by their ids."""
    unlimited = Exists(access.deciding_roles().filter(pk=OuterRef("pk")))
    limited = Exists(access.deciding_supervisors().filter(pk=OuterRef("pk")))
    kinds = (*access.DECIDING, RoleKind.SUPERVISOR)
    roles = Role.objects.filter(access.in_dates(), kind__in=kinds, portfolio__in=portfolios)
    roles = roles.annotate(decides=unlimited, supervises=limited).order_by("starts_on")
    columns = ("portfolio", "user", "user__name", "kind", "decides", "supervises", "modules")
    held = list(roles.values_list(*columns))
    officers = {of: name for of, _, name, kind, *_ in held if kind == RoleKind.OFFICER}
    able: Able = {(of, user, None) for of, user, _, _, decides, _, _ in held if decides}
    return officers, able | {
        (of, user, module) for of, user, _, _, _, supervises, module in held if supervises and module
    }


def _asked(portfolios: Iterable[int], able: Able, said: bool) -> tuple[dict[int, Waiting], dict[int, Feedback]]:
    """With whom each item in review is, and the last thing that was said of each activity, by activity id."""
    now = FilteredRelation("submission__addressees", condition=Q(submission__addressees__until=None))
    wanted = Q(state=ItemState.UNDECIDED) | Q(decision__isnull=False) if said else Q(state=ItemState.UNDECIDED)
    items = Item.objects.filter(wanted, submission__portfolio__in=portfolios).annotate(now=now).order_by("attempt")
    waiting, told = {}, {}
    asked = ("activity", "activity__module", "state", "submission__portfolio", "submission__sid")
    whom = ("now__assessor", "now__assessor__name", "now__since", "now__due_on")
    decided = ("decision__feedback", "decision__signer_name", "decision__decided_at")
    unlocked = ("decision__unlock__reason", "decision__unlock__signer_name", "decision__unlock__unlocked_at")
    for activity, module, state, of, sid, *row in items.values_list(*asked, *whom, *decided, *unlocked):
        assessor, name, since, due_on, text, by, at, reason, unlocker, unlocked_at = row
        if state == ItemState.UNDECIDED and assessor:
            decides = not able.isdisjoint({(of, assessor, None), (of, assessor, module)})
            waiting[activity] = Waiting(sid, name if decides else None, assessor, since, due_on)
        if at:
            told[activity] = Feedback(reason, unlocker, unlocked_at) if unlocked_at else Feedback(text, by, at)
    return waiting, told


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


def without_what_was_said(record: Record, modules: Iterable[int]) -> Record:
    """The record for somebody who reads decisions in these modules only, by their ids: elsewhere it holds states."""
    read = {module.code for module in record.structure.modules if module.id in set(modules)}

    def silent(one: ActivityRecord) -> ActivityRecord:
        return replace(one, feedback=None) if one.feedback else one

    def bare(code: str, of: ModuleRecord) -> ModuleRecord:
        if code in read:
            return of
        return replace(of, activities={number: silent(one) for number, one in of.activities.items()})

    return replace(record, modules={code: bare(code, of) for code, of in record.modules.items()})
