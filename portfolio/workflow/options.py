"""Taking an option of a block, which the officer confirms or refuses (domain.md rule 8). Changing it loses no evidence.

What was confirmed last counts, also while another option waits to be confirmed, and after that one was refused. It
cannot change while a module of it is signed off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from curriculum.models import Option
from curriculum.structure import BlockFacts
from portfolio import access, ledger, mail
from portfolio.manifest import option_confirmation_digest, option_digest, option_refusal_digest
from portfolio.models import ModuleSignOff, OptionConfirmation, OptionRefusal, OptionTaken, Portfolio
from portfolio.states import ChoiceState as State
from portfolio.states import Part
from portfolio.workflow.machine import DERIVED, REASON, Incomplete, Move, Step, TooLate
from portfolio.workflow.signing import signer

CHOOSE_ONE = "Choose one of the options."
SAY_WHY = "Say why you change the option: your training officer reads it."


@dataclass(frozen=True)
class BlockOf:
    """A block of a portfolio that offers a choice."""

    portfolio: Portfolio
    block: BlockFacts

    @property
    def newest(self) -> OptionTaken | None:
        """The option taken last, whatever was said of it."""
        rows = OptionTaken.objects.filter(portfolio=self.portfolio, block=self.block.id)
        return rows.select_related("confirmation", "refusal", "option", "block").order_by("-number").first()

    @property
    def counts(self) -> OptionTaken | None:
        """The option that counts: the one that was confirmed last."""
        rows = OptionTaken.objects.filter(portfolio=self.portfolio, block=self.block.id, confirmation__isnull=False)
        return rows.select_related("confirmation", "option", "block").order_by("-number").first()


@dataclass(frozen=True)
class TakeOption:
    """Which option is taken, counted from 0 as in BlockFacts.options."""

    option: int | None


def _check_take(move: Move) -> None:
    subject, option = move.subject, move.given.option
    if option is None or not 0 <= option < len(subject.block.options):
        raise Incomplete(CHOOSE_ONE, "option")
    newest = subject.newest
    if newest and not move.reason:
        raise Incomplete(SAY_WHY, "reason")
    stands = subject.counts if newest and hasattr(newest, "refusal") else newest
    if stands and stands.option.position == option + 1:
        raise Incomplete("You have taken this option already. Choose the other one, or leave it as it is.", "option")
    _unsigned(move)


def _unsigned(move: Move) -> None:
    """Nothing of the option that counts is signed off."""
    counts = move.subject.counts
    if counts is None:
        return
    codes = move.subject.block.options[counts.option.position - 1]
    signed = ModuleSignOff.objects.filter(portfolio=move.portfolio, module__code__in=codes, void=None)
    if row := signed.select_related("module").first():
        raise TooLate(f"{row.module.code} of this option is signed off. Its sign-off must be voided first.")


def _take(move: Move) -> None:
    subject = move.subject
    option = Option.objects.select_related("block").get(block=subject.block.id, position=move.given.option + 1)
    newest = subject.newest
    row = OptionTaken(
        portfolio=move.portfolio,
        block=option.block,
        option=option,
        number=newest.number + 1 if newest else 1,
        codes=", ".join(subject.block.options[move.given.option]),
        reason=move.reason if newest else "",
        taken_at=move.now,
        **signer(move),
    )
    event = move.record(_which(subject, row) | {"option": option_digest(row), "reason": row.reason_digest})
    row.audit_seq = event.seq
    row.save()
    move.tell(lambda: mail.option_taken(row))


def _check_confirm(move: Move) -> None:
    newest = move.subject.newest
    if newest is None or move.seen != option_digest(newest):
        raise TooLate("The option is not the one that this page showed. Nothing was confirmed.")
    _unsigned(move)


def _confirm(move: Move) -> None:
    subject = move.subject
    taken = subject.newest
    row = OptionConfirmation(taken=taken, confirmed_at=move.now, **signer(move))
    event = move.record(_which(subject, taken) | {"confirmed_option": option_confirmation_digest(row)})
    row.audit_seq = event.seq
    row.save()
    move.tell(lambda: mail.option_confirmed(row))
    for module in taken.option.modules.all():  # what was done of it counts now, and may be all that it asks for
        move.tell(partial(mail.module_ready, move.portfolio, module))


def _check_refuse(move: Move) -> None:
    newest = move.subject.newest
    if newest is None or move.seen != option_digest(newest):
        raise TooLate("The option is not the one that this page showed. Nothing was refused.")


def _refuse(move: Move) -> None:
    subject = move.subject
    taken = subject.newest
    row = OptionRefusal(taken=taken, reason=move.reason, refused_at=move.now, **signer(move))
    told = {"refused_option": option_refusal_digest(row), "reason": row.reason_digest}
    event = move.record(_which(subject, taken) | told)
    row.audit_seq = event.seq
    row.save()
    move.tell(lambda: mail.option_refused(row))


def _which(subject: BlockOf, row: OptionTaken) -> dict[str, object]:
    """How an event names an option: by the codes of its modules, and the first of them for the way there."""
    codes = list(subject.block.options[row.option.position - 1])
    return {"block": subject.block.position, "module": codes[0], "codes": codes, "number": row.number}


STEPS = [
    Step(
        name="take option",
        label="Take this option",
        moves=dict.fromkeys(State, (DERIVED,)),
        who=frozenset({Part.TRAINEE}),
        check=_check_take,
        act=_take,
    ),
    Step(
        name="confirm option",
        label="Confirm this option",
        moves={State.TO_BE_CONFIRMED: (DERIVED,)},
        who=access.OFFICERS,
        check=_check_confirm,
        act=_confirm,
    ),
    Step(
        name="refuse option",
        label="Refuse this option",
        moves={State.TO_BE_CONFIRMED: (DERIVED,)},
        who=access.OFFICERS,
        needs_reason=REASON,
        check=_check_refuse,
        act=_refuse,
    ),
]


class OptionTable:
    """How the machine reads a choice. Its state is the newest row that was not refused: `write` has no work."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: BlockOf) -> int:
        return subject.portfolio.pk

    def reread(self, subject: BlockOf, portfolio: Portfolio, step: Step) -> Sequence[BlockOf]:
        structure = ledger.read_one(portfolio).structure
        return [BlockOf(portfolio, block) for block in structure.blocks if block.position == subject.block.position]

    def state(self, subject: BlockOf) -> str:
        newest = subject.newest
        if newest and hasattr(newest, "refusal"):
            newest = subject.counts
        if newest is None:
            return State.NOT_TAKEN
        return State.CONFIRMED if hasattr(newest, "confirmation") else State.TO_BE_CONFIRMED

    def addressed(self, subject: BlockOf) -> None:
        return None

    def write(self, subject: BlockOf, state: str) -> None:
        """Nothing: the rows are the state."""

    def words(self, subject: BlockOf) -> str:
        return f"The option of {subject.block.title}"
