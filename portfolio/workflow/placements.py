"""The steps of a placement: planned by the trainee, confirmed by the officer, closed with a reflection.

With the confirmation its supervisor gets their role: for its dates and its modules. Whatever of these the trainee
changes afterwards makes it planned again, and ends the role at once; the officer confirms it anew.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from accounts.models import User
from audit.chain import append
from curriculum.models import Module
from curriculum.structure import INSTANCE
from portfolio import access, ledger, requirements
from portfolio.models import Placement, PlannedActivity, Portfolio, Role
from portfolio.models.placement import QUESTIONS
from portfolio.states import Part, PlacementKind, RoleKind
from portfolio.states import PlacementState as State
from portfolio.workflow import placement_letters as letters
from portfolio.workflow.machine import DERIVED, Incomplete, Move, Step, TooLate

TRAINEE = frozenset({Part.TRAINEE})
PLAIN = ("kind", "module", "title", "department", "organisation", "supervisor", "starts_on", "ends_on", "aims")
GIVEN, ENDED = "role given", "role ended"  # as the instance's chain calls them
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


@dataclass(frozen=True)
class EndOn:
    """The last day, when it is earlier than it was."""

    last: date | None


@dataclass(frozen=True)
class Reflect:
    """The closing reflection: an answer to each question of QUESTIONS, as far as there is one."""

    answers: Mapping[str, str] = field(default_factory=dict)


# --- planning -----------------------------------------------------------------------------------------------------


def _check_plan(move: Move) -> None:
    given: PlanPlacement = move.given
    if not given.title.strip():
        raise Incomplete("Give it a title, such as the host specialty.", "title")
    _check_modules(move.portfolio, given)
    if given.starts_on is None:
        raise Incomplete("Enter the first day.", "starts_on")
    if given.ends_on is None:
        raise Incomplete("Enter the last day.", "ends_on")
    if given.ends_on < given.starts_on:
        raise Incomplete("The last day is before the first. Correct one of the two dates.", "ends_on")
    if given.supervisor is not None:
        _check_supervisor(move.portfolio, given.supervisor)
    _check_overlap(move, given.starts_on, given.ends_on)


def _check_modules(portfolio: Portfolio, given: PlanPlacement) -> None:
    if given.kind == PlacementKind.ROTATION and given.module is None:
        raise Incomplete("Choose the module that the rotation is for.", "module")
    if given.kind != PlacementKind.ROTATION and given.module is not None:
        raise Incomplete("Only a rotation is for one module. Tick the modules you work on instead.", "module")
    if any(module.curriculum_id != portfolio.curriculum_id for module in (given.module, *given.modules) if module):
        raise Incomplete("Choose modules of your own curriculum.", "modules")


def _check_supervisor(portfolio: Portfolio, person: User) -> None:
    """Somebody who could decide: not the trainee, and nobody who is in training on the same programme."""
    if person.pk == portfolio.trainee_id:
        raise Incomplete("Nobody supervises their own placement. Name somebody else.", "supervisor")
    if not person.is_active:
        raise Incomplete(f"The account of {person.name} is not active. Name somebody else.", "supervisor")
    if person.portfolios.filter(programme=portfolio.programme_id, closed_at=None).exists():
        raise Incomplete(f"{person.name} is in training on this programme. Name somebody else.", "supervisor")


def _check_overlap(move: Move, starts_on: date, ends_on: date) -> None:
    """One place at a time. Under the portfolio's lock: of two forms sent at the same moment, the second is refused."""
    others = Placement.objects.filter(portfolio=move.portfolio, starts_on__lte=ends_on, ends_on__gte=starts_on)
    other = others.exclude(pk=move.subject.pk).order_by("starts_on").first()
    if other is not None:
        when = f"{requirements.words.day(other.starts_on)} to {requirements.words.day(other.ends_on)}"
        raise Incomplete(f"These dates overlap with “{other.title}”, {when}. Change one of the two.", "starts_on")


def _after_plan(move: Move, placement: Placement) -> str:
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


def _plan(move: Move) -> None:
    placement: Placement = move.subject
    new, stays = placement._state.adding, _after_plan(move, placement) == placement.state
    worked_on = move.given.worked_on
    for name, value in _columns(move.given).items():
        setattr(placement, name, value)
    ended = None if stays else _take_role(placement)
    if new:
        placement.created_at = move.now
        placement.save()
    placement.modules.set(worked_on)
    placement.planned.exclude(module__in=worked_on).delete()
    move.record(_facts(placement))
    if ended is not None:
        supervisor, facts = ended
        append(INSTANCE, ENDED, by=move.by, data=facts, at=move.now)
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


def _facts(placement: Placement) -> dict[str, object]:
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


def _check_activities(move: Move) -> None:
    worked_on = {module.pk: module.code for module in move.subject.modules.all()}
    record = ledger.read_one(move.portfolio)
    there = {
        (pk, place.number)
        for pk, code in worked_on.items()
        for place in requirements.places(record, record.structure.module(code))
    }
    if not set(move.given.chosen) <= there:
        raise Incomplete("Choose activities of the modules that you work on in this placement.", "activities")


def _plan_activities(move: Move) -> None:
    placement, chosen = move.subject, set(move.given.chosen)
    before = {(one.module_id, one.number): one for one in placement.planned.all()}
    for key, one in before.items():
        if key not in chosen:
            one.delete()
    for module, number in sorted(chosen - before.keys()):
        PlannedActivity.objects.create(placement=placement, module_id=module, number=number)
    planned = placement.planned.select_related("module")
    move.record({"placement": placement.pid, "activities": [str(one) for one in planned]})


def _remove(move: Move) -> None:
    placement: Placement = move.subject
    move.record({"placement": placement.pid, "texts": placement.texts_digest})
    placement.planned.all().delete()
    placement.delete()


# --- the officer --------------------------------------------------------------------------------------------------


def _check_confirm(move: Move) -> None:
    if move.seen != move.subject.seen:
        raise TooLate("This placement is not as this page showed it. Nothing was confirmed.")
    if move.subject.supervisor is not None:
        _check_supervisor(move.portfolio, move.subject.supervisor)


def _confirm(move: Move) -> None:
    placement: Placement = move.subject
    placement.confirmed_by, placement.confirmed_at = move.by, move.now
    placement.role = role = _role(placement) if placement.supervisor else None
    move.record(_facts(placement) | {"role": role.pk if role else None})
    if role:
        append(INSTANCE, GIVEN, by=move.by, data=role.facts | {"placement": placement.pid}, at=move.now)
    move.tell(lambda: letters.placement_confirmed(placement))


def _role(placement: Placement) -> Role:
    """The supervisor's, for the placement's dates and modules."""
    role, _ = Role.objects.update_or_create(
        portfolio=placement.portfolio,
        user=placement.supervisor,
        kind=RoleKind.SUPERVISOR,
        starts_on=placement.starts_on,
        defaults={"ends_on": placement.ends_on},
    )
    role.modules.set(placement.modules.all())
    return role


def _check_end(move: Move) -> None:
    last, placement = move.given.last, move.subject
    if last is None:
        raise Incomplete("Enter the last day.", "last")
    if last < placement.starts_on:
        raise Incomplete("The last day is before the first. Correct it.", "last")
    if last >= placement.ends_on:
        raise Incomplete(
            f"It ends on {requirements.words.day(placement.ends_on)} already. Enter an earlier day.", "last"
        )


def _end(move: Move) -> None:
    placement: Placement = move.subject
    placement.ends_on = move.given.last
    if placement.role:
        placement.role.ends_on = placement.ends_on
        placement.role.save(update_fields=["ends_on"])
    move.record(_facts(placement) | {"role": placement.role_id})
    if placement.role:
        append(INSTANCE, ENDED, by=move.by, data=placement.role.facts, at=move.now)
    move.tell(lambda: letters.placement_ended(placement))


# --- closing ------------------------------------------------------------------------------------------------------


def _check_close(move: Move) -> None:
    if move.subject.starts_on > timezone.localdate(move.now):
        raise Incomplete("This placement has not begun. Write the reflection once it has.")
    if not any(move.given.answers.get(name, "").strip() for name in QUESTIONS):
        raise Incomplete("Answer at least one of the questions.", next(iter(QUESTIONS)))


def _close(move: Move) -> None:
    for name in QUESTIONS:
        setattr(move.subject, name, move.given.answers.get(name, "").strip())
    move.record({"placement": move.subject.pid, "texts": move.subject.texts_digest})


STEPS = [
    Step(
        name="plan placement",
        label="Save",
        moves={State.PLANNED: (State.PLANNED,), State.CONFIRMED: (State.CONFIRMED, State.PLANNED)},
        which=_after_plan,
        who=TRAINEE,
        check=_check_plan,
        act=_plan,
    ),
    Step(
        name="plan activities",
        label="Save",
        moves={state: (state,) for state in State},
        who=TRAINEE,
        check=_check_activities,
        act=_plan_activities,
    ),
    Step(
        name="confirm placement",
        label="Confirm this placement",
        moves={State.PLANNED: (State.CONFIRMED,)},
        who=access.OFFICERS,
        check=_check_confirm,
        act=_confirm,
    ),
    Step(
        name="end placement",
        label="End it earlier",
        moves={State.CONFIRMED: (State.CONFIRMED,), State.CLOSED: (State.CLOSED,)},
        who=access.OFFICERS,
        check=_check_end,
        act=_end,
    ),
    Step(
        name="close placement",
        label="Save the reflection",
        moves={State.CONFIRMED: (State.CLOSED,), State.CLOSED: (State.CLOSED,)},
        who=TRAINEE,
        check=_check_close,
        act=_close,
    ),
    Step(
        name="remove placement",
        label="Remove this placement",
        moves={State.PLANNED: (DERIVED,)},
        who=TRAINEE,
        act=_remove,
    ),
]


class PlacementTable:
    """How the machine reads and writes a placement. One that is not saved yet is planned."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: Placement) -> int:
        return subject.portfolio_id

    def reread(self, subject: Placement, portfolio: Portfolio, step: Step) -> Sequence[Placement]:
        """The row as it is now; with the portfolio that is locked, so that all speak of one."""
        if subject._state.adding:
            subject.portfolio = portfolio
            return [subject]
        rows = Placement.objects.select_related("module", "supervisor", "role__user")
        row = rows.filter(pk=subject.pk, portfolio=portfolio).first()
        if row is None:
            raise TooLate("This placement was removed. Nothing was done.")
        row.portfolio = portfolio
        return [row]

    def state(self, subject: Placement) -> str:
        return subject.state

    def addressed(self, subject: Placement) -> None:
        return None

    def write(self, subject: Placement, state: str) -> None:
        """With what the effect has set: state and confirmation change together. Removed is removed."""
        if state != DERIVED:
            subject.state = state
            subject.save()

    def words(self, subject: Placement) -> str:
        return f"“{subject.title}”"
