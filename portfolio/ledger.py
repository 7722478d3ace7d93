"""The bulk reading: what one portfolio, or ten thousand, hold, as plain facts in a constant number of queries.

A `Record` (record.py) holds states and counts, never the contents of anybody's work.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, FilteredRelation, Max, Min, Q, QuerySet
from django.utils import timezone

from audit.canonical import sealed
from curriculum import structure
from curriculum.models import Curriculum, Module
from curriculum.structure import ModuleFacts, Structure
from portfolio import access
from portfolio.assessed import Able, Done, Waiting, assessed, decides, done, nominated
from portfolio.diary import review_meetings, training_time
from portfolio.models import (
    Activity,
    Decision,
    Item,
    ModuleSignOff,
    Portfolio,
    Role,
)
from portfolio.outside import Outside, said_outside
from portfolio.prepared import prepared
from portfolio.record import UNTOUCHED, ActivityRecord, Feedback, ModuleRecord, Record, SignedModule
from portfolio.states import (
    ActivityState,
    AssessmentState,
    ElsewhereKind,
    ItemState,
    RoleKind,
)

STATES = {state.value: state for state in ActivityState}
ASSESSMENTS = (ElsewhereKind.CBD, ElsewhereKind.DOPS, ElsewhereKind.OCE)


def structures_of(portfolios: Collection[Portfolio]) -> dict[int, Structure]:
    """What these portfolios follow, by the ids of curricula; without a query where a page fetched its portfolio."""
    head = next((getattr(portfolio, "instance_head", None) for portfolio in portfolios), None)
    return structure.current({portfolio.curriculum_id for portfolio in portfolios}, head)


def read_one(portfolio: Portfolio, *, people: bool = True, reviews: bool = False) -> Record:
    """The record of one portfolio."""
    return read([portfolio], people=people, reviews=reviews)[portfolio.pk]


def read(
    portfolios: Iterable[Portfolio],
    *,
    people: bool = True,
    said: bool = True,
    linked: bool = True,
    reviews: bool = False,
) -> dict[int, Record]:
    """Records by portfolio id. The number of queries does not depend on how many portfolios or rows there are.

    The portfolios come from `access.visible` (or a lock), with `trainee` selected where many are read. Whoever does
    not tell of `people` (whom things are with), of what was `said` (and when) or of the pages `linked` leaves that
    out: no number and no state depends on it. Whoever tells of dates or `reviews` asks for them, two queries more, and
    is told when things were signed and pages linked, with or without people.
    """
    rows = {portfolio.pk: portfolio for portfolio in portfolios}
    structures = structures_of(rows.values())
    codes = {module.id: module.code for facts in structures.values() for module in facts.modules}
    officers, able = _deciders(rows) if people else ({}, set())
    waiting, told = _asked(rows, able, said) if people or reviews else ({}, {})
    outside = said_outside(rows)
    activities: dict[int, dict[str, dict[int, ActivityRecord]]] = defaultdict(lambda: defaultdict(dict))
    of_links = _of_links(linked, reviews)
    for pk, of, module, number, value, label_type, label_title, *links in _activities(rows, linked, reviews):
        decided, state = told.get(pk), STATES[value]
        activities[of][codes[module]][number] = ActivityRecord(
            id=pk,
            number=number,
            state=state,
            label_type=label_type,
            label_title=label_title,
            waiting=waiting.get(pk) if people and state is ActivityState.IN_REVIEW else None,
            feedback=decided if state is ActivityState.RETURNED else None,
            signed_at=decided.at if decided and state is ActivityState.SIGNED_OFF else None,
            unlocked_at=decided.at if decided and decided.unlocked else None,
            elsewhere=outside[of].elsewhere.get((module, number)) if state is ActivityState.SIGNED_ELSEWHERE else None,
            ever_elsewhere=(module, number) in outside[of].ever,
            **(dict(zip(of_links, links, strict=True)) if links else {}),
        )
    standing, opened = _signed(rows)
    hours, leave = training_time(rows) if reviews else ({}, {})
    meetings = review_meetings(rows) if reviews else {}
    attempts = assessed(rows, able, people)
    held = {*standing, *opened, *attempts, *((of, module) for of, one in outside.items() for module in one.modules)}

    def module_record(portfolio: Portfolio, module: ModuleFacts) -> ModuleRecord:
        said_of_it = outside[portfolio.pk]
        assessments = attempts.get((portfolio.pk, module.id), [])
        return ModuleRecord(
            activities=activities[portfolio.pk].get(module.code, {}),
            confirmed=said_of_it.confirmed.get(module.id),
            signed=standing.get((portfolio.pk, module.id)),
            done=_with_outside(done(assessments), said_of_it, module.id),
            result=said_of_it.results.get(module.id),
            attempts=tuple([one for one in assessments if not one.counts and one.state is not AssessmentState.VOIDED]),
            satisfactory=tuple([one for one in assessments if one.counts]),
            voided=tuple([one for one in assessments if one.state is AssessmentState.VOIDED]),
            opened_at=opened.get((portfolio.pk, module.id)),
            taken_back=tuple(said_of_it.taken_back.get(module.id, ())),
        )

    def modules(portfolio: Portfolio) -> dict[str, ModuleRecord]:
        """All of the curriculum's; most of them nobody has touched yet."""
        return {
            module.code: module_record(portfolio, module)
            if (portfolio.pk, module.id) in held or module.code in activities[portfolio.pk]
            else UNTOUCHED
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
            taken=outside[portfolio.pk].taken,
            asked=outside[portfolio.pk].asked,
            awards=outside[portfolio.pk].awards,
            awards_recorded=outside[portfolio.pk].awards_recorded,
            awards_lost=outside[portfolio.pk].awards_lost,
            taken_on=outside[portfolio.pk].taken_on,
            asked_on=outside[portfolio.pk].asked_on,
            placed=tuple(outside[portfolio.pk].placed),
            titles=outside[portfolio.pk].titles,
            feedback=outside[portfolio.pk].feedback,
            hours=tuple(hours.get(portfolio.pk, ())),
            leave=tuple(leave.get(portfolio.pk, ())),
            meetings=tuple(meetings.get(portfolio.pk, ())),
        )
        for portfolio in rows.values()
    }


def in_use(curriculum: Curriculum) -> bool:
    """Whether any portfolio, open or closed, follows this curriculum."""
    return Portfolio.objects.filter(curriculum=curriculum).exists()


def signed(module: Module) -> bool:
    """Whether any portfolio has a standing sign-off of this module."""
    return ModuleSignOff.objects.filter(module=module, void=None).exists()


def _deciders(portfolios: Collection[int]) -> tuple[dict[int, str], Able]:
    """The training officers' names by portfolio, and who may decide on what, by their ids."""
    held = _deciding(portfolios, timezone.localdate())
    officers = {of: name for of, _, name, kind, *_ in held if kind == RoleKind.OFFICER}
    able: Able = {(of, user, None) for of, user, _, kind, decides, _ in held if decides and kind in access.DECIDING}
    return officers, able | {
        (of, user, module) for of, user, _, kind, decides, module in held if decides and kind == RoleKind.SUPERVISOR
    }


@prepared
def _deciding(portfolios: list[int], today: date) -> QuerySet[Any, Any]:
    deciding = Q(kind__in=access.DECIDING) | Q(kind=RoleKind.SUPERVISOR, placement__isnull=False)
    held = Role.objects.filter(deciding, access.in_dates(today), portfolio__in=portfolios).order_by("starts_on")
    roles = access.with_ability(held)
    columns = ("portfolio", "user", "user__name", "kind", "able", "modules")
    return roles.values_list(*columns)


@prepared
def _activities(portfolios: list[int], linked: bool, dates: bool) -> QuerySet[Any, Any]:
    columns = ("pk", "portfolio", "module", "number", "state", "label_type", "label_title")
    rows = Activity.objects.filter(portfolio__in=portfolios).order_by()
    return rows.values_list(*columns, *_of_links(linked, dates).values())


def _of_links(linked: bool, dates: bool) -> dict[str, Any]:
    """What the links of an activity tell of it, by the fields of its record."""
    if not linked:
        return {}
    first_and_last = {"begun_at": Min("links__linked_at"), "linked_at": Max("links__linked_at")}
    return {"pages": Count("links"), **(first_and_last if dates else {})}


def _asked(portfolios: Collection[int], able: Able, said: bool) -> tuple[dict[int, Waiting], dict[int, Feedback]]:
    """With whom each item in review is, and the last thing that was said of each activity, by activity id."""
    waiting, told = {}, {}
    for activity, module, state, of, sid, *row in _items(portfolios, said):
        assessor, name, since, due_on, *named_as = row[: len(WHOM)]
        if state == ItemState.UNDECIDED and assessor:
            by_name = name if decides(able, of, assessor, module) else None
            waiting[activity] = Waiting(sid, by_name, assessor, since, due_on)
        elif state == ItemState.UNDECIDED and named_as[0]:
            waiting[activity] = nominated(sid, *named_as)
        if said and row[-1]:
            reason, unlocker, unlocked_at, text, by, at = row[len(WHOM) :]
            told[activity] = Feedback(reason, unlocker, unlocked_at, True) if unlocked_at else Feedback(text, by, at)
    return waiting, told


WHOM = (
    *("now__assessor", "now__assessor__name", "now__since", "now__due_on"),
    *("named__name", "named__since", "named__due_on", "named__answer"),
)


@prepared
def _items(portfolios: list[int], said: bool) -> QuerySet[Any, Any]:
    """Those that wait; and where it is asked what was `said`, those that are decided."""
    now = FilteredRelation("submission__addressees", condition=Q(submission__addressees__until=None))
    named = FilteredRelation("submission__nominations", condition=Q(submission__nominations__until=None))
    wanted = Q(state=ItemState.UNDECIDED) | Q(decision__isnull=False) if said else Q(state=ItemState.UNDECIDED)
    rows = Item.objects.filter(wanted, submission__portfolio__in=portfolios)
    items = rows.annotate(now=now, named=named).order_by("attempt")
    asked = ("activity", "activity__module", "state", "submission__portfolio", "submission__sid")
    unlocked = ("decision__unlock__reason", "decision__unlock__signer_name", "decision__unlock__unlocked_at")
    decided = ("decision__feedback", "decision__signer_name", "decision__decided_at")
    return items.values_list(*asked, *WHOM, *((*unlocked, *decided) if said else ()))


def with_its_items(record: ActivityRecord, items: Iterable[Item]) -> ActivityRecord:
    """An activity that was read without `people`, with all that `read` tells of it: a test holds the two equal.

    For a page that shows every item of the activity: in order of attempts, with decisions and unlocks, and with the
    addressees of their submissions as `pages.with_whom(activity=…)` reads them.
    """
    waiting, told = None, None
    for item in items:
        if item.state == ItemState.UNDECIDED:
            waiting = _waiting(item)
        if hasattr(item, "decision"):
            told = _told(item.decision)
    return record._replace(
        waiting=waiting if record.state is ActivityState.IN_REVIEW else None,
        feedback=told if record.state is ActivityState.RETURNED else None,
        signed_at=told.at if told and record.state is ActivityState.SIGNED_OFF else None,
        unlocked_at=told.at if told and told.unlocked else None,
    )


def _waiting(item: Item) -> Waiting | None:
    now = next((one for one in item.submission.addressees.all() if one.until is None), None)
    if now is None:
        named = item.submission.nominations.filter(until=None)
        row = named.values_list("name", "since", "due_on", "answer").first()
        return nominated(item.submission.sid, *row) if row else None
    name = now.assessor.name if getattr(now, "decides", False) else None
    return Waiting(item.submission.sid, name, now.assessor_id, now.since, now.due_on)


def _told(decision: Decision) -> Feedback:
    if hasattr(decision, "unlock"):
        return Feedback(decision.unlock.reason, decision.unlock.signer_name, decision.unlock.unlocked_at, True)
    return Feedback(decision.feedback, decision.signer_name, decision.decided_at)


def _signed(portfolios: Collection[int]) -> tuple[dict[tuple[int, int], SignedModule], dict[tuple[int, int], datetime]]:
    """The sign-offs that stand, and when one of a module was voided last.

    Not those whose manifest is not what was sealed: somebody changed it, and nothing counts by it.
    """
    standing, opened = {}, {}
    for of, module, voided_at, manifest, digest, credits, by, at in _sign_offs(portfolios):
        if voided_at:
            opened[of, module] = voided_at
        elif sealed(manifest, digest):
            standing[of, module] = _signed_module(manifest, digest, credits, by, at)
    return standing, opened


@prepared
def _sign_offs(portfolios: list[int]) -> QuerySet[Any, Any]:
    columns = ("portfolio", "module", "void__voided_at", "manifest", "digest", "credits", "signer_name", "signed_at")
    return ModuleSignOff.objects.filter(portfolio__in=portfolios).order_by("void__voided_at").values_list(*columns)


def _signed_module(manifest: str, digest: str, credits: int, by: str, at: datetime) -> SignedModule:
    needs: dict[str, Any] = json.loads(manifest)["requirements"]
    return SignedModule(
        credits=credits,
        activities=tuple(needs["activities"]),
        cbd=needs["cbd"],
        observed=needs["observed"],
        university_result=needs["university_result"],
        by=by,
        at=at,
        digest=digest,
    )


def _with_outside(here: Done, outside: Outside, module: int) -> Done:
    """What was done here of a module, and what other systems and the university say of it: mostly nothing."""
    if module not in outside.results and not any((module, kind) in outside.assessments for kind in ASSESSMENTS):
        return here
    signed = {kind: outside.assessments[module, kind] for kind in ASSESSMENTS}
    cbd, dops, oce = (len(days) for days in signed.values())
    return replace(
        here,
        cbd=here.cbd + cbd,
        dops=here.dops + dops,
        oce=here.oce + oce,
        university_result=module in outside.results and outside.results[module].passed,
        cbd_elsewhere=cbd,
        observed_elsewhere=dops + oce,
        days=(*here.days, *((str(kind.label), day, True) for kind, days in signed.items() for day, _ in days)),
        recorded=tuple((str(kind.label), day) for kind, days in signed.items() for _, day in days),
    )


def without_what_was_said(record: Record, modules: Iterable[int]) -> Record:
    """The record for somebody who reads decisions in these modules only, by their ids: elsewhere it holds states."""
    read = {module.code for module in record.structure.modules if module.id in set(modules)}

    def silent(one: ActivityRecord) -> ActivityRecord:
        return one._replace(feedback=None) if one.feedback else one

    def bare(code: str, of: ModuleRecord) -> ModuleRecord:
        if code in read:
            return of
        return replace(
            of,
            activities={number: silent(one) for number, one in of.activities.items()},
            attempts=tuple(one.unsaid for one in of.attempts),
            satisfactory=tuple(one.unsaid for one in of.satisfactory),
            voided=tuple(one.unsaid for one in of.voided),
        )

    return replace(record, modules={code: bare(code, of) for code, of in record.modules.items()}, feedback={})
