"""By which proof of their mailbox somebody takes the step of a decision."""

from portfolio.models import SignCode
from portfolio.models.asking import AskedFor
from portfolio.workflow.machine import Move, NotAllowed
from portfolio.workflow.one_off import devices, links
from portfolio.workflow.one_off.devices import OnDevice
from portfolio.workflow.one_off.links import ByLink

Proof = ByLink | OnDevice


def proof_of(move: Move, asked_for: AskedFor, given: Proof | None) -> SignCode | None:
    """The code that was entered, for this and by this person; None for those who sign in."""
    match given:
        case OnDevice(code=code):
            return devices.proof(code, asked_for, move.by)
        case ByLink(code=code) if move.by.one_off:
            return links.proof(code, asked_for, move.by, now=move.now)
    return None


def check_proof(move: Move, asked_for: AskedFor, given: Proof | None) -> None:
    """On the trainee's device everybody, and without an account anybody, decides by a proof of their mailbox alone.

    It is of a link that works, or of a device that is handed over still.
    """
    if not (move.by.one_off or isinstance(given, OnDevice)):
        return
    found = proof_of(move, asked_for, given)
    if found is None or _over(found, move):
        raise NotAllowed(links.NOT_PROVED)


def _over(found: SignCode, move: Move) -> str:
    if found.lending:
        return devices.why_over(found.lending, now=move.now)
    assert found.link is not None  # the database holds it
    return links.why_dead(found.link, now=move.now)
