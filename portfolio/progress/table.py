"""The programme table: the programme's own rows, each opening to its modules, and the total."""

from dataclasses import dataclass

from portfolio.progress.bar import Minibar, minibar
from portfolio.progress.count import Count
from portfolio.progress.module import ModuleProgress
from portfolio.progress.whole import BlockProgress, Progress, state_of
from portfolio.states import ModuleState


@dataclass(frozen=True)
class Row:
    """A row of the programme, or the total. `modules` are all of its modules, also those of options not taken.

    `choice` is the code of a module of the options that it offers, if it does: the way to their page.
    """

    title: str
    phase: str
    credits: int
    credits_signed_off: int
    count: Count
    words: str
    note: str
    state: ModuleState
    modules: tuple[ModuleProgress, ...]
    choice: str = ""

    @property
    def state_words(self) -> str:
        return str(self.state.label)

    @property
    def bar(self) -> Minibar:
        return minibar(self.count, signed_off=self.state == ModuleState.SIGNED_OFF)


@dataclass(frozen=True)
class Table:
    rows: tuple[Row, ...]
    total: Row


def programme_table(progress: Progress) -> Table:
    """Rows in programme order. Titles repeat, so a row is known by its place."""
    return Table(
        rows=tuple(_row(block) for block in progress.blocks),
        total=Row(
            title="Total",
            phase="",
            credits=progress.credits_total,
            credits_signed_off=progress.credits_signed_off,
            count=progress.items,
            words=progress.items.words,
            note="",
            state=state_of(progress.counted),
            modules=(),
        ),
    )


def _row(block: BlockProgress) -> Row:
    """A row of one module says what the module says of itself."""
    alone = block.counted[0] if len(block.counted) == 1 else None
    return Row(
        title=block.block.title,
        phase=block.phase,
        credits=block.block.credits,
        credits_signed_off=block.credits_signed_off,
        count=alone.shown if alone else block.count,
        words=alone.words if alone else block.count.words,
        note=_note(block, alone),
        state=block.state,
        modules=block.modules,
        choice=block.block.options[0][0] if block.block.has_choice else "",
    )


def _note(block: BlockProgress, alone: ModuleProgress | None) -> str:
    if block.to_be_chosen:
        return "Option to be chosen"
    if alone:
        return alone.note
    return "" if block.block.credits else "Required, carries no credits"
