"""The officer's steps of a placement: confirming it, which gives its supervisor their role, and moving its end."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from audit.chain import append
from curriculum.structure import INSTANCE
from portfolio import requirements
from portfolio.models import Placement, Role
from portfolio.states import PlacementState as State
from portfolio.states import RoleKind
from portfolio.workflow.days import check_in_training
from portfolio.workflow.machine import Incomplete, Move, TooLate
from portfolio.workflow.placements import letters
from portfolio.workflow.placements.planning import ENDED, GIVEN, MISSING, check_overlap, check_supervisor, facts


@dataclass(frozen=True)
class EndOn:
    """The last day, when it is another than it was."""

    last: date | None


def check_confirm(move: Move) -> None:
    if move.seen != move.subject.seen:
        raise TooLate("This placement is not as this page showed it. Nothing was confirmed.")
    if move.subject.supervisor is not None:
        check_supervisor(move.portfolio, move.subject.supervisor)


def confirm(move: Move) -> None:
    placement: Placement = move.subject
    placement.confirmed_by, placement.confirmed_at = move.by, move.now
    placement.role = role = _role(placement) if placement.supervisor else None
    move.record(facts(placement) | {"role": role.pk if role else None})
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


def check_end(move: Move) -> None:
    last, placement = move.given.last, move.subject
    if last is None:
        raise Incomplete(MISSING["ends_on"], "last")
    if last < placement.starts_on:
        raise Incomplete("The last day is before the first. Correct it.", "last")
    if last >= placement.ends_on:
        raise Incomplete(
            f"It ends on {requirements.words.day(placement.ends_on)} already. Enter an earlier day.", "last"
        )


def end(move: Move) -> None:
    placement: Placement = move.subject
    placement.ends_on = move.given.last
    if placement.role:
        placement.role.ends_on = placement.ends_on
        placement.role.save(update_fields=["ends_on"])
    move.record(facts(placement) | {"role": placement.role_id})
    if placement.role:
        append(INSTANCE, ENDED, by=move.by, data=placement.role.facts, at=move.now)
    move.tell(lambda: letters.placement_ended(placement))


def check_extend(move: Move) -> None:
    """What the confirmation looks at, for the days that it did not know."""
    last, placement = move.given.last, move.subject
    if last is None:
        raise Incomplete(MISSING["ends_on"], "last")
    if last <= placement.ends_on:
        raise Incomplete(f"It ends on {requirements.words.day(placement.ends_on)} already. Enter a later day.", "last")
    check_in_training(move.portfolio, last, "last")
    if placement.supervisor is not None:
        check_supervisor(move.portfolio, placement.supervisor)
    check_overlap(move, placement.starts_on, last, "last")


def after_extend(move: Move, placement: Placement) -> str:
    """One that was closed and goes on is open again; its reflection stays as it was written."""
    goes_on = move.given.last > timezone.localdate(move.now)
    return State.CONFIRMED if goes_on else State(placement.state)


def extend(move: Move) -> None:
    """The supervisor's role goes with it; one that ended by itself on another day stays ended."""
    placement: Placement = move.subject
    role = placement.role if placement.role and placement.role.ends_on == placement.ends_on else None
    placement.ends_on = move.given.last
    if role:
        role.ends_on = placement.ends_on
        role.save(update_fields=["ends_on"])
    move.record(facts(placement) | {"role": role.pk if role else None})
    if role:
        append(INSTANCE, GIVEN, by=move.by, data=role.facts | {"placement": placement.pid}, at=move.now)
    move.tell(lambda: letters.placement_extended(placement))
