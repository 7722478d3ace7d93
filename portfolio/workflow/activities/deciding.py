"""Signing off and returning what the page showed, and opening it again."""

from collections.abc import Callable, Iterable

from portfolio import files, mail
from portfolio.mail import Letter
from portfolio.manifest import decision_digest, iso, signed_item, stands, unlock_digest
from portfolio.models import Decision, Unlock
from portfolio.states import ItemState, Outcome
from portfolio.workflow import modules
from portfolio.workflow.activities.which import place, undecided
from portfolio.workflow.asking import came_at
from portfolio.workflow.machine import Move, TooLate
from portfolio.workflow.one_off.letters import copy
from portfolio.workflow.one_off.proofs import check_proof, proof_of
from portfolio.workflow.signing import signer


def check_decision(move: Move) -> None:
    """The decision is bound to what was shown: the digest in the form, the sealed one and the rows must agree."""
    item = undecided(move.subject)
    check_proof(move, item.submission, move.given)
    if move.seen != item.digest:
        raise TooLate(f"{item.activity} is not as this page showed it. Nothing was decided.")
    shas = {a.file.sha256 for page in item.pages.all() for a in page.revision.attachments.select_related("file")}
    if not stands(item) or not all(files.intact(sha) for sha in shas):
        raise TooLate(f"The evidence for {item.activity} is no longer as it was submitted. Tell an administrator.")


def decide(outcome: Outcome, tell: Callable[[Decision], Iterable[Letter]]) -> Callable[[Move], None]:
    def act(move: Move) -> None:
        item = undecided(move.subject)
        item.state = ItemState.DECIDED
        item.save(update_fields=["state"])
        proof = proof_of(move, item.submission, move.given)
        decision = Decision(
            portfolio=move.portfolio,
            item=item,
            outcome=outcome,
            feedback=move.reason,
            manifest_digest=item.digest,
            came_at=came_at(item.submission),
            decided_at=move.now,
            by_link=proof.link if proof else None,
            by_lending=proof.lending if proof else None,
            proved_address=proof.way.address if proof else "",
            **signer(move, proved_at=proof.proved_at if proof else None),
        )
        event = move.record(
            {
                **place(item.activity),
                "submission": item.submission.sid,
                "attempt": item.attempt,
                "manifest": item.digest,
                "came_at": iso(decision.came_at),
                "by_link": decision.by_link is not None,
                "on_device": decision.by_lending is not None,
                "feedback": decision.feedback_digest,
                "decision": decision_digest(decision),
            }
        )
        decision.audit_seq = event.seq
        decision.save()
        move.tell(lambda: tell(decision))
        if proof:
            way = proof.way
            move.tell(lambda: copy(way), once="copy")
        module = item.activity.module
        move.tell(lambda: mail.module_ready(move.portfolio, module), once=f"ready {move.portfolio.pk} {module.pk}")

    return act


def check_unlock(move: Move) -> None:
    if signed_item(move.subject) is None:
        raise TooLate("There is no decision to unlock.")


def unlock(move: Move) -> None:
    item = signed_item(move.subject)
    assert item is not None  # check_unlock, under the same lock
    unlock = Unlock(decision=item.decision, reason=move.reason, unlocked_at=move.now, **signer(move))
    over = modules.standing(move.portfolio, item.activity.module)
    void = modules.voiding(move, over) if over else None
    event = move.record(
        {
            **place(item.activity),
            "submission": item.submission.sid,
            "attempt": item.attempt,
            "reason": unlock.reason_digest,
            "unlock": unlock_digest(unlock),
            "voids": over.digest if over else None,
            "void": modules.void_digest(void) if void else None,
        }
    )
    unlock.audit_seq = event.seq
    unlock.save()
    if void:
        void.audit_seq = event.seq
        void.save()
    move.tell(lambda: mail.unlocked(unlock))
