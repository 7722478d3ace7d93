"""What a module needs: which activities and how many assessments, and where each number comes from (rules 3, 4, 9)."""

from dataclasses import dataclass
from enum import StrEnum

from curriculum.structure import ModuleFacts
from portfolio.outside import Confirmed
from portfolio.record import Record, SignedModule, once


class Source(StrEnum):
    """Where a number comes from. EXPECTED is a base for counting that still blocks: the list may go on."""

    SIGNED = "signed"
    CURRICULUM = "curriculum"
    CONFIRMED = "confirmed"
    EXPECTED = "expected"
    UNKNOWN = "unknown"

    @property
    def settled(self) -> bool:
        """Whether a module can be signed off on such a number."""
        return self not in (Source.EXPECTED, Source.UNKNOWN)


@dataclass(frozen=True)
class Needs:
    """What a module needs in this portfolio. None is a number that nobody knows, and never 0."""

    activities: tuple[int, ...] | None
    cbd: int | None
    observed: int | None
    university_result: bool
    activities_from: Source
    cbd_from: Source
    observed_from: Source

    @property
    def total_known(self) -> bool:
        """A module's total is unknown only when its number of activities is."""
        return self.activities is not None

    @property
    def assessments_known(self) -> bool:
        return self.cbd_from.settled and self.observed_from.settled

    @property
    def settled(self) -> bool:
        """Nothing is "not recorded yet"."""
        return self.activities_from.settled and self.assessments_known

    @property
    def items(self) -> int:
        """How many items are known to be needed; an unknown number adds 0."""
        return len(self.activities or ()) + (self.cbd or 0) + (self.observed or 0) + self.university_result


@once
def needs(record: Record, module: ModuleFacts) -> Needs:
    """What this module needs. A signed module keeps what it was signed against, whatever the curriculum gains later."""
    held = record.module(module)
    if held.signed:
        return _as_signed(held.signed)
    confirmed = held.confirmed or Confirmed(activities=None, cbd=None, observed=None)
    activities, activities_from = _activities(module, confirmed.activities)
    cbd, cbd_from = _number(module.cbd, confirmed.cbd)
    observed, observed_from = _number(module.observed, confirmed.observed)
    return Needs(
        activities=activities,
        cbd=cbd,
        observed=observed,
        university_result=module.university_result,
        activities_from=activities_from,
        cbd_from=cbd_from,
        observed_from=observed_from,
    )


def _as_signed(signed: SignedModule) -> Needs:
    return Needs(
        activities=signed.activities,
        cbd=signed.cbd,
        observed=signed.observed,
        university_result=signed.university_result,
        activities_from=Source.SIGNED,
        cbd_from=Source.SIGNED,
        observed_from=Source.SIGNED,
    )


def _activities(module: ModuleFacts, confirmed: int | None) -> tuple[tuple[int, ...] | None, Source]:
    """Rule 4. Neither a confirmed nor an expected number hides an activity that the curriculum has come to know."""
    if module.complete:
        return module.known_numbers, Source.CURRICULUM
    if confirmed is not None:
        return _up_to(max(confirmed, module.highest_known)), Source.CONFIRMED
    if module.expected is not None:
        return _up_to(max(module.expected, module.highest_known)), Source.EXPECTED
    return None, Source.UNKNOWN


def _number(known: int | None, confirmed: int | None) -> tuple[int | None, Source]:
    """A confirmation supplies only what the curriculum does not know."""
    if known is not None:
        return known, Source.CURRICULUM
    if confirmed is not None:
        return confirmed, Source.CONFIRMED
    return None, Source.UNKNOWN


def _up_to(last: int) -> tuple[int, ...]:
    return tuple(range(1, last + 1))


def added_after_sign_off(record: Record, module: ModuleFacts) -> tuple[str, ...]:
    """Assessments that the curriculum came to ask for after this module was signed off: shown, never required.

    Activities added since are places of their own (`places`).
    """
    signed = record.module(module).signed
    if signed is None:
        return ()
    numbers = (("CBD", module.cbd, signed.cbd), ("DOPS or OCE", module.observed, signed.observed))
    return tuple(
        f"{now - then} {name}, added after sign-off, not required here"
        for name, now, then in numbers
        if now is not None and now > then
    )


def replaced_since_confirmed(record: Record, module: ModuleFacts) -> tuple[str, ...]:
    """Numbers that the curriculum gained after the officer confirmed others: trainee and officer are told (rule 4)."""
    held = record.module(module)
    if held.confirmed is None or held.signed:
        return ()
    wanted = needs(record, module)
    numbers = (
        ("activities", len(wanted.activities or ()), held.confirmed.activities),
        ("CBD", wanted.cbd, held.confirmed.cbd),
        ("DOPS or OCE", wanted.observed, held.confirmed.observed),
    )
    return tuple(
        f"{name}: the curriculum now asks for {now}, in place of the {then} confirmed for this portfolio"
        for name, now, then in numbers
        if then is not None and now != then
    )
