"""The slots of a module's assessments: what fills each, as far as the number of them is known (domain.md rules 2 to 5).

A CBD fills a slot of the CBDs; DOPS and OCE fill the observed slots in any mix.
"""

from dataclasses import dataclass

from curriculum.structure import ModuleFacts
from portfolio.assessed import Attempt
from portfolio.record import ModuleRecord, Record, once
from portfolio.requirements.need import needs
from portfolio.requirements.options import required_modules
from portfolio.states import OBSERVED, AssessmentKind, AssessmentState

CBD, BOTH = (AssessmentKind.CBD,), OBSERVED
ORDER = (AssessmentState.WITH_ASSESSOR, AssessmentState.PLANNED, AssessmentState.NOT_YET)  # what fills a slot first


@dataclass(frozen=True)
class Slots:
    """The slots of one sort. `needed` is None when nobody knows how many there are.

    `done` is how many are satisfactory, whatever is needed; `elsewhere` how many of those another system signed, and
    `satisfactory` those that were done here. `attempts` are on their way, in the order in which they fill slots.
    """

    kinds: tuple[AssessmentKind, ...]
    needed: int | None
    done: int
    attempts: tuple[Attempt, ...]
    satisfactory: tuple[Attempt, ...] = ()
    elsewhere: int = 0

    @property
    def filled(self) -> int:
        """Satisfactory ones that count."""
        return self.done if self.needed is None else min(self.done, self.needed)

    @property
    def told_apart(self) -> int:
        """Of those that count, how many were signed elsewhere."""
        return min(self.elsewhere, self.filled)

    @property
    def left(self) -> int:
        """How many are still needed, as far as that is known."""
        return max((self.needed or 0) - self.done, 0)

    @property
    def on_their_way(self) -> tuple[Attempt, ...]:
        """The attempts that fill what is left."""
        return self.attempts[: self.left]

    @property
    def taken(self) -> int:
        """How many are planned, asked or satisfactory."""
        return self.done + sum(attempt.state != AssessmentState.NOT_YET for attempt in self.attempts)

    @property
    def may_plan(self) -> bool:
        """Whether nothing planned, asked or satisfactory fills one of them; always, while their number is unknown."""
        return self.needed is None or self.taken < self.needed

    @property
    def is_exceeded(self) -> bool:
        """Whether more are planned, asked or satisfactory than there are."""
        return self.needed is not None and self.taken > self.needed

    @property
    def to_follow(self) -> Attempt | None:
        """The attempt that the next one has to follow, where only slots of attempts that did not succeed are open."""
        if self.needed is None or self.states[AssessmentState.OPEN] or not self.may_plan:
            return None
        return next((one for one in self.on_their_way if one.state == AssessmentState.NOT_YET), None)

    @property
    def states(self) -> dict[AssessmentState, int]:
        """The needed slots by state; an unknown number adds none."""
        on_their_way = [attempt.state for attempt in self.on_their_way]
        return {
            AssessmentState.SATISFACTORY: self.filled if self.needed is not None else 0,
            AssessmentState.OPEN: self.left - len(on_their_way),
            **{state: on_their_way.count(state) for state in ORDER},
        }


@once
def slots(record: Record, module: ModuleFacts) -> tuple[Slots, Slots]:
    """Of the CBDs, and of the observed ones. In a signed module all that it was signed against are filled."""
    held, wanted = record.module(module), needs(record, module)
    done = held.done
    cbd, observed = done.cbd, done.dops + done.oce
    if held.signed:
        cbd, observed = max(cbd, held.signed.cbd), max(observed, held.signed.observed)
    return (
        Slots(CBD, wanted.cbd, cbd, *_attempts(held, CBD), done.cbd_elsewhere),
        Slots(BOTH, wanted.observed, observed, *_attempts(held, BOTH), done.observed_elsewhere),
    )


def _attempts(held: ModuleRecord, kinds: tuple[AssessmentKind, ...]) -> tuple[tuple[Attempt, ...], tuple[Attempt, ...]]:
    """Those of these kinds that are on their way, and those that are satisfactory."""
    if not held.attempts and not held.satisfactory:
        return (), ()
    on_their_way = (one for one in held.attempts if one.kind in kinds)
    satisfactory = tuple(one for one in held.satisfactory if one.kind in kinds)
    return tuple(sorted(on_their_way, key=lambda one: ORDER.index(one.state))), satisfactory


@once
def missing_kinds(record: Record) -> tuple[str, ...]:
    """DOPS, OCE, both or neither: what the whole portfolio must hold and does not (rule 5).

    Only a rules file that does not ask for both lifts it. What was done in an option not taken counts nothing.
    """
    rules = record.structure.rules
    if rules is not None and rules.get("portfolio", {}).get("both_dops_and_oce") is not True:
        return ()
    done = [record.module(module).done for module in required_modules(record)]
    held = {"DOPS": any(one.dops for one in done), "OCE": any(one.oce for one in done)}
    return tuple(kind for kind, there in held.items() if not there)


def last_open_slot(record: Record) -> str:
    """Said where the slots that are open are no more than the kinds that are missing: then the choice is gone."""
    lacking = missing_kinds(record)
    if not lacking or open_observed(record) > len(lacking):
        return ""
    return f"This portfolio has no {' and no '.join(lacking)} yet and needs one."


def open_observed(record: Record) -> int:
    """How many observed slots of the required modules are not satisfactory yet, as far as their number is known."""
    return sum(slots(record, module)[1].left for module in required_modules(record))


def beyond(record: Record) -> tuple[str, ...]:
    """The kinds that may be planned beyond what a module asks for: all slots are taken and the portfolio lacks them."""
    return () if open_observed(record) else missing_kinds(record)
