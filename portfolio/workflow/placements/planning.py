"""Planning a placement, changing its plan, and taking it back; the activities to do there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import User
from audit.canonical import digest
from audit.chain import append
from curriculum.models import Module
from curriculum.structure import INSTANCE
from portfolio import ledger, requirements
from portfolio.dates.meant import NOT_IN_ORDER
from portfolio.models import Placement, PlannedActivity, Portfolio
from portfolio.models.placement import QUESTIONS
from portfolio.states import PlacementKind
from portfolio.states import PlacementState as State
from portfolio.workflow.days import check_in_training
from portfolio.workflow.machine import Incomplete, Move, TooLate
from portfolio.workflow.placements import letters

PLAIN = ("kind", "module", "title", "department", "organisation", "supervisor", "starts_on", "ends_on", "aims")
GIVEN, ENDED = "role given", "role ended"  # as the instance's chain calls them
# What is said of a field that was left empty, by its name.
MISSING = {
    "title": "Give it a title, such as the host specialty.",
    "starts_on": "Enter the first day.",
    "ends_on": "Enter the last day.",
    "module": "Choose the module that the rotation is for.",
}
NOT_YOUR_MODULES = "Choose modules of your own curriculum."
NOT_THERE = "Choose activities of the modules that you work on in this placement."
CHANGED = "This placement was changed in another tab or window, or by somebody else, after you opened this form."
SAID = ("kind", "module_id", "title", "department", "organisation", "supervisor_id", "starts_on", "ends_on", "aims")
CONFIRMED_ANEW = ("kind", "module_id", "supervisor_id", "starts_on", "ends_on")


@dataclass(frozen=True)
class PlanPlacement:
    """What the trainee says of a placement."""

    kind: str
    title: str
    starts_on: date | None
    ends_on: date | None
    module: Module | None = None
    modules: Collection[Module] = ()
    department: str = ""
    organisation: str = ""
    supervisor: User | None = None
    aims: str = ""

    @property
    def worked_on(self) -> set[int]:
        """The ids of all modules that are worked on there; a rotation's own is always one."""
        return {module.pk for module in self.modules} | ({self.module.pk} if self.module else set())


@dataclass(frozen=True)
class PlanActivities:
    """Activities to do there, as (module id, number)."""

    chosen: Collection[tuple[int, int]]


def planned_seen(placement: Placement) -> str:
    """A digest of what its plan says: a form carries it, so that a stale tab is told from a current one."""
    said = [str(getattr(placement, name)) for name in SAID]
    modules = sorted(module.pk for module in placement.modules.all())
    return digest({"v": "stp-placement-plan-1", "placement": placement.pid, "said": said, "modules": modules})


def _says_nothing_new(given: PlanPlacement, placement: Placement) -> bool:
    wanted = _columns(given)
    same = {module.pk for module in placement.modules.all()} == given.worked_on
    return same and all(getattr(placement, name) == wanted[name] for name in SAID)


def check_plan(move: Move) -> None:
    given: PlanPlacement = move.given
    row: Placement = move.subject
    if not row._state.adding and move.seen != planned_seen(row) and not _says_nothing_new(given, row):
        raise TooLate(CHANGED)
    if not given.title.strip():
        raise Incomplete(MISSING["title"], "title")
    _check_modules(move.portfolio, given)
    if given.starts_on is None:
        raise Incomplete(MISSING["starts_on"], "starts_on")
    if given.ends_on is None:
        raise Incomplete(MISSING["ends_on"], "ends_on")
    if given.ends_on < given.starts_on:
        raise Incomplete(NOT_IN_ORDER, "ends_on")
    check_in_training(move.portfolio, given.starts_on, "starts_on")
    check_in_training(move.portfolio, given.ends_on, "ends_on")
    if given.supervisor is not None:
        check_supervisor(move.portfolio, given.supervisor)
    check_overlap(move, given.starts_on, given.ends_on)


def _check_modules(portfolio: Portfolio, given: PlanPlacement) -> None:
    if given.kind == PlacementKind.ROTATION and given.module is None:
        raise Incomplete(MISSING["module"], "module")
    if given.kind != PlacementKind.ROTATION and given.module is not None:
        raise Incomplete("Only a rotation is for one module. Tick the modules you work on instead.", "module")
    if any(module.curriculum_id != portfolio.curriculum_id for module in (given.module, *given.modules) if module):
        raise Incomplete(NOT_YOUR_MODULES, "modules")


def check_supervisor(portfolio: Portfolio, person: User) -> None:
    """Somebody who could decide: not the trainee, and nobody who is in training on the same programme."""
    if person.pk == portfolio.trainee_id:
        raise Incomplete("Nobody supervises their own placement. Name somebody else.", "supervisor")
    if not person.is_active:
        raise Incomplete(f"The account of {person.name} is not active. Name somebody else.", "supervisor")
    if person.portfolios.filter(programme=portfolio.programme_id, closed_at=None).exists():
        raise Incomplete(f"{person.name} is in training on this programme. Name somebody else.", "supervisor")


def check_overlap(move: Move, starts_on: date, ends_on: date, field: str = "starts_on") -> None:
    """One place at a time. Under the portfolio's lock: of two forms sent at the same moment, the second is refused."""
    others = Placement.objects.filter(portfolio=move.portfolio, starts_on__lte=ends_on, ends_on__gte=starts_on)
    other = others.exclude(pk=move.subject.pk).order_by("starts_on").first()
    if other is not None:
        when = f"{requirements.words.day(other.starts_on)} to {requirements.words.day(other.ends_on)}"
        raise Incomplete(f"These dates overlap with “{other.title}”, {when}. Change one of the two.", field)


def after_plan(move: Move, placement: Placement) -> str:
    """Confirmed stays what the officer confirmed: the modules, the supervisor and the dates."""
    if placement.state == State.PLANNED:
        return State.PLANNED
    given: PlanPlacement = move.given
    same = {module.pk for module in placement.modules.all()} == given.worked_on
    told = {name: getattr(placement, name) for name in CONFIRMED_ANEW}
    wanted = _columns(given)
    return State.CONFIRMED if same and told == {name: wanted[name] for name in CONFIRMED_ANEW} else State.PLANNED


def _columns(given: PlanPlacement) -> dict[str, object]:
    found = {name: getattr(given, name) for name in PLAIN}
    found["title"] = " ".join(given.title.split())
    found["module_id"] = given.module.pk if given.module else None
    found["supervisor_id"] = given.supervisor.pk if given.supervisor else None
    return found


def plan(move: Move) -> None:
    placement: Placement = move.subject
    new, stays = placement._state.adding, after_plan(move, placement) == placement.state
    worked_on = move.given.worked_on
    for name, value in _columns(move.given).items():
        setattr(placement, name, value)
    ended = None if stays else _take_role(placement)
    if new:
        placement.created_at = move.now
    if new or not stays:
        placement.asked_at = move.now
    if new:
        placement.save()
    elif not stays:
        placement.reminders.all().delete()
    placement.modules.set(worked_on)
    placement.planned.exclude(module__in=worked_on).delete()
    move.record(facts(placement))
    if ended is not None:
        supervisor, told = ended
        append(INSTANCE, ENDED, by=move.by, data=told, at=move.now)
        move.tell(lambda: letters.placement_changed(placement, supervisor))
    if new or not stays:
        move.tell(lambda: letters.placement_to_confirm(placement))


def _take_role(placement: Placement) -> tuple[User, dict[str, object]] | None:
    """Not confirmed any more: the supervisor's role, without its placement, gives nothing from this moment on.

    Its row says until when it was held. One that had not begun never was, and goes.
    """
    role, today = placement.role, timezone.localdate()
    placement.role, placement.confirmed_by, placement.confirmed_at = None, None, None
    if role is None:
        return None
    Placement.objects.filter(pk=placement.pk).update(role=None)
    if role.ends_on is None or role.ends_on > today:
        role.ends_on = today
    told = role.user, role.facts | {"placement": placement.pid}
    if role.starts_on > today:
        role.delete()
    else:
        role.save(update_fields=["ends_on"])
    return told


def facts(placement: Placement) -> dict[str, object]:
    """What an event tells of a placement: ids, codes, dates, and what was written as a digest."""
    return {
        "placement": placement.pid,
        "kind": placement.kind,
        "of": placement.module.code if placement.module else None,
        "modules": sorted(placement.modules.values_list("code", flat=True)),
        "supervisor": placement.supervisor_id,
        "starts_on": placement.starts_on.isoformat(),
        "ends_on": placement.ends_on.isoformat(),
        "texts": placement.texts_digest,
    }


def check_activities(move: Move) -> None:
    worked_on = {module.pk: module.code for module in move.subject.modules.all()}
    record = ledger.read_one(move.portfolio)
    there = {
        (pk, place.number)
        for pk, code in worked_on.items()
        for place in requirements.places(record, record.structure.module(code))
    }
    if not set(move.given.chosen) <= there:
        raise Incomplete(NOT_THERE, "activities")


def plan_activities(move: Move) -> None:
    placement, chosen = move.subject, set(move.given.chosen)
    before = {(one.module_id, one.number): one for one in placement.planned.all()}
    for key, one in before.items():
        if key not in chosen:
            one.delete()
    for module, number in sorted(chosen - before.keys()):
        PlannedActivity.objects.create(placement=placement, module_id=module, number=number)
    planned = placement.planned.select_related("module")
    move.record({"placement": placement.pid, "activities": [str(one) for one in planned]})


def check_remove(move: Move) -> None:
    if any(getattr(move.subject, name) for name in QUESTIONS):
        raise Incomplete("You wrote a reflection on this placement, so it stays. Change its dates, or plan it anew.")


def remove(move: Move) -> None:
    placement: Placement = move.subject
    move.record({"placement": placement.pid, "texts": placement.texts_digest})
    placement.planned.all().delete()
    placement.reminders.all().delete()
    placement.delete()
