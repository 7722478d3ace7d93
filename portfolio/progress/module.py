"""How far one module is (domain.md rules 1, 4, 8 and 9)."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.utils.text import capfirst

from curriculum.structure import ModuleFacts
from portfolio.progress.count import Count, total
from portfolio.record import UNTOUCHED, Record, once
from portfolio.requirements import (
    Blocker,
    Needs,
    Standing,
    blockers,
    module_state,
    needs,
    slots,
    standing,
)
from portfolio.states import ActivityState, ModuleState

ITEM = "required item"
FINISHED = (ModuleState.READY, ModuleState.SIGNED_OFF)


@dataclass(frozen=True)
class ModuleProgress:
    """How far one module is. `activities`, `assessments` and `result` are its items, `count` what it adds to a sum.

    Where an option is not taken everything here counts 0; the states of the places still say what was done.
    """

    module: ModuleFacts
    standing: Standing
    state: ModuleState
    needs: Needs
    credits: int
    activities: Count
    assessments: Count
    result: Count
    count: Count
    record: Record = field(repr=False, compare=False)

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """What is missing, in words."""
        return blockers(self.record, self.module)

    @property
    def finished(self) -> bool:
        """Ready to sign off, or signed off."""
        return self.state in FINISHED

    @property
    def signed_off(self) -> bool:
        return self.state == ModuleState.SIGNED_OFF

    @property
    def percent(self) -> int | None:
        """100 exactly when ready or signed off, else rounded down and at most 99. None without a total."""
        if self.finished:
            return 100
        if not self.needs.total_known or self.standing is Standing.NOT_TAKEN:
            return None
        return min(100 * self.count.done // self.count.base, 99) if self.count.base else 0

    @property
    def share(self) -> Fraction:
        """The done share, 0 to 1. A module whose total is unknown has none."""
        if self.finished:
            return Fraction(1)
        if not self.needs.total_known or not self.count.base:
            return Fraction(0)
        return Fraction(self.count.done, self.count.base)

    @property
    def work(self) -> Fraction:
        """The done share in credits. Nothing where the module is not required (yet)."""
        return self.share * self.credits if self.standing is Standing.REQUIRED else Fraction(0)

    @property
    def credits_signed_off(self) -> int:
        return self.credits if self.signed_off and self.standing is Standing.REQUIRED else 0

    @property
    def shown(self) -> Count:
        """The count to show: of the activities alone while the rest, or their own total, is not recorded."""
        return self.count if self.needs.total_known and self.needs.assessments_known else self.activities

    @property
    def words(self) -> str:
        """10 of 14 required items; 12 of 20 activities; 2 activities signed off. Its own total has no "at least"."""
        if self.standing is Standing.NOT_TAKEN:
            return "Not in the option taken"
        return self.shown._replace(unknown=False).words

    @property
    def short(self) -> str:
        """The same for a narrow place: 12 of 20."""
        if self.standing is not Standing.REQUIRED:
            return self.standing.value
        return self.shown._replace(unknown=False).short

    @property
    def note(self) -> str:
        """What stands beside the count, so that nobody takes it for the whole."""
        if self.standing is Standing.NOT_TAKEN:
            return "Another option was taken. What was done here is kept and counts nothing."
        said = []
        if self.standing is not Standing.REQUIRED:
            said.append("option to be chosen: work here counts once it is taken")
        if not self.needs.activities_from.settled:
            said.append("activities not recorded yet")
        if not self.needs.assessments_known:
            said.append("assessments not recorded yet")
        return capfirst(", ".join(said))

    @property
    def state_words(self) -> str:
        """The module's state, or why it has none that counts."""
        if self.standing is Standing.NOT_TAKEN:
            return "Not in the option taken"
        return str(self.state.label)


@once
def module_progress(record: Record, module: ModuleFacts) -> ModuleProgress:
    """How far this module is in this portfolio."""
    where = standing(record, module)
    measures = _untouched if record.module(module) is UNTOUCHED else _measures
    return ModuleProgress(module=module, standing=where, record=record, **measures(record, module, where))


def _untouched(record: Record, module: ModuleFacts, where: Standing) -> dict[str, Any]:
    """Where nothing was done the same for everybody who follows this curriculum: worked out once."""
    known, key = record.structure.remembered, ("measures", module.code, where.value)
    if key not in known:
        known[key] = _measures(record, module, where)
    found: dict[str, Any] = known[key]
    return found


def _measures(record: Record, module: ModuleFacts, where: Standing) -> dict[str, Any]:
    held, wanted = record.module(module), needs(record, module)
    signed = held.signed
    activities = _activities(record, module, wanted)
    cbd, observed = slots(record, module)
    assessments = Count.of_slots(cbd.states, observed.states)
    assessments = _apart(assessments, sum(sort.told_apart for sort in (cbd, observed) if sort.needed is not None))
    done = int(held.done.university_result)
    result = _slots("university result", int(wanted.university_result), done, signed is not None)
    if where is not Standing.REQUIRED:
        activities, assessments, result = (_counts_nothing(one, where) for one in (activities, assessments, result))
    return {
        "state": module_state(record, module),
        "needs": wanted,
        "credits": signed.credits if signed else module.credits,
        "activities": activities,
        "assessments": assessments,
        "result": result,
        "count": _together(activities, assessments, result, wanted, where),
    }


def _together(activities: Count, assessments: Count, result: Count, wanted: Needs, where: Standing) -> Count:
    """What the module adds to a sum: of unknown activities nothing, of the rest every required item."""
    parts = [activities] if wanted.total_known else []
    unknown = where is not Standing.NOT_TAKEN and not wanted.settled
    return total(ITEM, [*parts, assessments, result], unknown=unknown)


def _activities(record: Record, module: ModuleFacts, wanted: Needs) -> Count:
    """The required activities by state. While their number is unknown: all there are, without a total."""
    if record.module(module).signed:
        rows = record.module(module).activities
        states = (rows[number].state for number in wanted.activities or () if number in rows)
        elsewhere = sum(state is ActivityState.SIGNED_ELSEWHERE for state in states)
        return _apart(Count("activity", signed_off=len(wanted.activities or ())), elsewhere)
    rows = record.module(module).activities
    numbers = {*module.places, *rows} if wanted.activities is None else wanted.activities
    states = (rows[number].state if number in rows else ActivityState.NOT_STARTED for number in numbers)
    return Count.of("activity", states, total_known=wanted.total_known)


def _slots(noun: str, base: int, done: int, signed: bool) -> Count:
    """Slots filled and open. A signed module stands: all of its slots are filled."""
    filled = base if signed else min(done, base)
    return Count(noun, signed_off=filled, not_started=base - filled)


def _apart(count: Count, elsewhere: int) -> Count:
    """The same with those of the done that were signed in another system told apart."""
    elsewhere = min(elsewhere, count.signed_off)
    if not elsewhere:
        return count
    return count._replace(signed_off=count.signed_off - elsewhere, signed_elsewhere=elsewhere)


def _counts_nothing(count: Count, where: Standing) -> Count:
    """Rule 8: an option not taken yet supplies a base and has nothing done; the others have no base either."""
    base = 0 if where is Standing.NOT_TAKEN else count.base
    return Count(count.noun, not_started=base, total_known=count.total_known)
