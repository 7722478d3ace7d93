"""Closing a portfolio, and opening it again."""

from collections.abc import Sequence

from portfolio.manifest import closure_digest
from portfolio.models import Closure, FeedbackRound, Portfolio
from portfolio.states import Part
from portfolio.states import PortfolioState as State
from portfolio.workflow.feedback import letters
from portfolio.workflow.machine import REASON, Incomplete, Move, Step
from portfolio.workflow.signing import signer

ADMINISTRATOR = frozenset({Part.ADMINISTRATOR})


def _check_reopen(move: Move) -> None:
    portfolio: Portfolio = move.subject
    others = Portfolio.objects.filter(trainee=portfolio.trainee, programme=portfolio.programme, closed_at=None)
    if others.exists():
        raise Incomplete(
            f"{portfolio.trainee.name} has another open portfolio of this programme. Close that one first."
        )


def _turn(move: Move) -> None:
    """Close or reopen: the table says which. A link to give feedback that has not left yet would be dead on arrival."""
    closes = State.OPEN in move.step.sources
    row = Closure(portfolio=move.portfolio, closes=closes, reason=move.reason, at=move.now, **signer(move))
    event = move.record({"reason": row.reason_digest, "closure": closure_digest(row)})
    row.audit_seq = event.seq
    row.save()
    move.subject.closed_at = move.now if closes else None
    if closes:
        for open_round in FeedbackRound.objects.filter(portfolio=move.portfolio, closing=None):
            letters.unsent(open_round).delete()


STEPS = [
    Step(
        name="close portfolio",
        label="Close this portfolio",
        moves={State.OPEN: (State.CLOSED,)},
        who=ADMINISTRATOR,
        needs_reason=REASON,
        act=_turn,
    ),
    Step(
        name="reopen portfolio",
        label="Reopen this portfolio",
        moves={State.CLOSED: (State.OPEN,)},
        who=ADMINISTRATOR,
        needs_reason="Give the reason: it is kept with the portfolio's history.",
        check=_check_reopen,
        act=_turn,
        when_closed=True,
    ),
]


class PortfolioTable:
    """How the machine reads and writes a portfolio's own state."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: Portfolio) -> int:
        return subject.pk

    def reread(self, subject: Portfolio, portfolio: Portfolio, step: Step) -> Sequence[Portfolio]:
        return [portfolio]

    def state(self, subject: Portfolio) -> str:
        return subject.state

    def addressed(self, subject: Portfolio) -> None:
        return None

    def write(self, subject: Portfolio, state: str) -> None:
        """`closed_at` is the state: the effect has set it."""
        subject.save(update_fields=["closed_at"])

    def words(self, subject: Portfolio) -> str:
        return "This portfolio"
