"""How far the whole portfolio is: three measures, never mixed (domain.md rule 7)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from curriculum.structure import BlockFacts, Structure
from portfolio.progress.count import Count, total
from portfolio.progress.module import FINISHED, ITEM, ModuleProgress, module_progress
from portfolio.progress.words import phase_words
from portfolio.record import Record, once
from portfolio.requirements import (
    IN_THE_BASE,
    Blocker,
    BlockerKind,
    OptionState,
    Standing,
    all_signed_off,
    missing_kinds,
    option_state,
    portfolio_blockers,
)
from portfolio.requirements.words import plural
from portfolio.states import ModuleState


@dataclass(frozen=True)
class BlockProgress:
    """A row of the programme. `modules` are all of its modules; `counted` are those that count."""

    block: BlockFacts
    option: OptionState | None
    modules: tuple[ModuleProgress, ...]

    @property
    def counted(self) -> tuple[ModuleProgress, ...]:
        """The modules that make the base: the required ones, and those that stand in for a choice."""
        return tuple(one for one in self.modules if one.standing in IN_THE_BASE)

    @property
    def to_be_chosen(self) -> bool:
        """It offers a choice, and no option is taken."""
        return self.option is not None and self.option.taken is None

    @property
    def phase(self) -> str:
        return phase_words(self.block.phase)

    @property
    def credits_signed_off(self) -> int:
        return sum(one.credits_signed_off for one in self.counted)

    @property
    def count(self) -> Count:
        return total(ITEM, (one.count for one in self.counted))

    @property
    def state(self) -> ModuleState:
        return state_of(self.counted)


@dataclass(frozen=True)
class Progress:
    """How far one portfolio is. `modules` is by code and holds all of the curriculum's modules."""

    structure: Structure
    blocks: tuple[BlockProgress, ...]
    modules: dict[str, ModuleProgress]
    record: Record = field(repr=False, compare=False)

    @cached_property
    def blockers(self) -> tuple[Blocker, ...]:
        """What stands between the whole portfolio and completion."""
        return portfolio_blockers(self.record)

    @cached_property
    def counted(self) -> tuple[ModuleProgress, ...]:
        """The modules that make the base, in programme order."""
        return tuple(one for block in self.blocks for one in block.counted)

    @property
    def credits_total(self) -> int:
        return self.structure.credits

    @property
    def credits_signed_off(self) -> int:
        """The first measure: credits of modules signed off."""
        return sum(one.credits_signed_off for one in self.counted)

    @cached_property
    def items(self) -> Count:
        """The second measure: items done, the count that the School uses."""
        return total(ITEM, (one.count for one in self.counted))

    @property
    def work_so_far(self) -> int:
        """The third measure: credits' worth of work, rounded down once, and short of all until all is signed off."""
        work = int(sum(one.work for one in self.counted))
        return work if self.all_signed_off else min(work, max(self.credits_total - 1, 0))

    @property
    def modules_signed_off(self) -> int:
        return sum(one.signed_off and one.standing is Standing.REQUIRED for one in self.counted)

    @property
    def all_signed_off(self) -> bool:
        return all_signed_off(self.record)

    @property
    def everything_signed_off(self) -> bool:
        """Overall 100 (rule 10): all modules signed off, and both kinds of observed assessment held (rule 5)."""
        return self.all_signed_off and not missing_kinds(self.record)

    @property
    def complete(self) -> bool:
        """Everything signed off, and every award recorded that the rules ask for: nothing stands in the way."""
        return self.all_signed_off and not self.blockers

    @property
    def completion(self) -> str:
        """Complete; else what is missing, in few words."""
        if self.complete:
            return "Complete"
        left = len(self.counted) - self.modules_signed_off
        modules = [f"{left} {plural(left, 'module')} to sign off"] if left else []
        others = [one.words for one in self.blockers if one.kind is not BlockerKind.MODULE]
        return "; ".join([*modules, *others])

    @property
    def credits_words(self) -> str:
        return f"{self.credits_signed_off} of {self.credits_total} credits signed off"

    @property
    def work_words(self) -> str:
        return f"{self.work_so_far} of {self.credits_total} credits' worth of work"

    @property
    def modules_words(self) -> str:
        known = len(self.counted)
        return f"{self.modules_signed_off} of {known} {plural(known, 'module')} signed off"


@once
def portfolio_progress(record: Record) -> Progress:
    """How far this portfolio is."""
    blocks = tuple(
        BlockProgress(
            block=block,
            option=option_state(record, block),
            modules=tuple(module_progress(record, module) for module in block.modules),
        )
        for block in record.structure.blocks
    )
    return Progress(
        structure=record.structure,
        blocks=blocks,
        modules={one.module.code: one for block in blocks for one in block.modules},
        record=record,
    )


def state_of(modules: Iterable[ModuleProgress]) -> ModuleState:
    """Several modules together: signed off when all are, ready when none needs anything but a signature."""
    states = {one.state for one in modules}
    if not states or states == {ModuleState.NOT_STARTED}:
        return ModuleState.NOT_STARTED
    if states == {ModuleState.SIGNED_OFF}:
        return ModuleState.SIGNED_OFF
    return ModuleState.READY if states <= set(FINISHED) else ModuleState.IN_PROGRESS
