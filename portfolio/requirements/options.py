"""Which modules count: everybody's, and those of the option taken where a block offers a choice (domain.md rule 8)."""

from dataclasses import dataclass
from enum import StrEnum

from curriculum.structure import BlockFacts, ModuleFacts
from portfolio.record import Record, once
from portfolio.requirements.need import needs


class Standing(StrEnum):
    """What a module is to this portfolio."""

    REQUIRED = "required"
    TO_BE_CHOSEN = "to be chosen"  # no option is taken; this module's option supplies the base meanwhile
    ANOTHER_OPTION = "another option"  # no option is taken; another one supplies the base
    NOT_TAKEN = "not in the option taken"


IN_THE_BASE = (Standing.REQUIRED, Standing.TO_BE_CHOSEN)


@dataclass(frozen=True)
class OptionState:
    """A block's choice. `base` is the option that counts: the one taken, else the one that stands in for it."""

    block: BlockFacts
    taken: int | None
    base: int

    @property
    def codes(self) -> tuple[str, ...]:
        """The modules of the option that counts."""
        return self.block.options[self.base]


def option_state(record: Record, block: BlockFacts) -> OptionState | None:
    """Where the choice of this block stands; None when it offers none.

    Until an option is taken the one with more known items supplies the base; of two with as many, the first listed.
    """
    if not block.has_choice:
        return None
    taken = record.taken.get(block.position)
    if taken is not None:
        return OptionState(block, taken, taken)
    sizes = [sum(needs(record, record.structure.module(code)).items for code in codes) for codes in block.options]
    return OptionState(block, None, sizes.index(max(sizes)))


@once
def standing(record: Record, module: ModuleFacts) -> Standing:
    """Whether this module is required, or why not."""
    return _standing(option_state(record, record.structure.block(module)), module)


def _standing(option: OptionState | None, module: ModuleFacts) -> Standing:
    if option is None or not any(module.code in codes for codes in option.block.options):
        return Standing.REQUIRED
    counts = module.code in option.codes
    if option.taken is None:
        return Standing.TO_BE_CHOSEN if counts else Standing.ANOTHER_OPTION
    return Standing.REQUIRED if counts else Standing.NOT_TAKEN


def modules_that_count(record: Record) -> tuple[ModuleFacts, ...]:
    """The modules of the base, in programme order: those required and those that stand in for a choice."""
    return _modules(record, IN_THE_BASE)


def required_modules(record: Record) -> tuple[ModuleFacts, ...]:
    """The modules whose work counts, in programme order."""
    return _modules(record, (Standing.REQUIRED,))


def all_signed_off(record: Record) -> bool:
    """Every module that counts is signed off, and there is one; while an option is not taken it is not so."""
    counted = modules_that_count(record)
    return bool(counted) and all(
        record.module(module).signed and standing(record, module) is Standing.REQUIRED for module in counted
    )


def _modules(record: Record, wanted: tuple[Standing, ...]) -> tuple[ModuleFacts, ...]:
    choices = ((block, option_state(record, block)) for block in record.structure.blocks)
    return tuple(module for block, option in choices for module in block.modules if _standing(option, module) in wanted)
