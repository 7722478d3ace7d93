"""The steps of a nomination: the officer approves somebody new, who becomes an assessor and is asked, or declines.

Naming somebody is part of submitting and redirecting; taking them back is part of withdrawing and redirecting
(activities/asking.py). So the state is derived from rows.
"""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.canonical import digest
from audit.chain import append
from curriculum.structure import INSTANCE
from portfolio import access
from portfolio.manifest import iso, signer_parts
from portfolio.models import Nomination, NominationAnswer, Portfolio, Role
from portfolio.models.asking import Asking
from portfolio.states import NominationState as State
from portfolio.states import RoleKind
from portfolio.workflow.addressing import due_on
from portfolio.workflow.machine import Incomplete, Move, Step
from portfolio.workflow.nominations import letters
from portfolio.workflow.nominations.likeness import flags, misnamed, outside
from portfolio.workflow.nominations.naming import Nominee, problems
from portfolio.workflow.nominations.reached import same_device
from portfolio.workflow.one_off.links import make_link
from portfolio.workflow.placements import GIVEN
from portfolio.workflow.signing import signer

ADDED = "person.add"  # as the instance's chain calls it


def account_of(row: Nomination) -> User | None:
    """Whose account the address is: one verified address, one account, however it is written in capitals.

    Of an account that was merged: the one that goes on.
    """
    found = User.objects.select_related("merged_into").filter(email__iexact=row.address).first()
    return found.merged_into or found if found else None


def answer_digest(row: NominationAnswer) -> str:
    """What the chain holds of an answer."""
    return digest(
        {
            "v": "stp-nomination-answer-1",
            "nomination": row.nomination.digest,
            "approved": row.approved,
            "assessor": row.assessor_id,
            "reason": row.reason_digest,
            "at": iso(row.answered_at),
            **signer_parts(row),
        }
    )


def _check_approve(move: Move) -> None:
    """Somebody who could decide here; nobody has to have an account."""
    person = account_of(move.subject)
    if person is None:
        return
    if person.pk == move.portfolio.trainee_id:
        raise Incomplete("This is the address of the trainee. Nobody decides on their own work: decline.")
    if not person.is_active:
        raise Incomplete(f"The account of {person.name} is not active. Decline, or ask an administrator.")
    if person.portfolios.filter(programme=move.portfolio.programme_id, closed_at=None).exists():
        raise Incomplete(
            f"{person.name} is in training on this programme, and decides on nobody’s work in it: decline."
        )


def _approve(move: Move) -> None:
    """They become an assessor of this portfolio, unless they are, and it is with them from now on.

    Somebody without an account gets a link, and the role for as long as it works.
    """
    row: Nomination = move.subject
    person, is_new = _person(row)
    row.until = move.now
    row.save(update_fields=["until"])
    due = due_on(move, row.asked_for)
    asked: Asking = row.asked_for.addressees.create(assessor=person, since=move.now, due_on=due)
    token = make_link(asked, at=move.now) if person.one_off else ""
    role = _role(move, asked)
    answer = _answer(move, approved=True, assessor=person)
    facts = {"assessor": person.pk, "due_on": asked.due_on.isoformat(), "role": role.pk if role else None}
    _record(move, answer, facts | {"by_link": person.one_off})
    if is_new:
        append(INSTANCE, ADDED, by=move.by, data={"person": person.pk, "nomination": row.nid}, at=move.now)
    if role:
        append(INSTANCE, GIVEN, by=move.by, data=role.facts | {"nomination": row.nid}, at=move.now)
    move.tell(lambda: letters.approved(answer, asked, token))


def _person(row: Nomination) -> tuple[User, bool]:
    """Whose address it is, and whether they are new here: one person for an address, who cannot sign in yet."""
    known = account_of(row)
    if known is not None:
        return known, False
    facts: dict[str, Any] = {"name": row.name, "post": row.post, "registration_number": row.registration}
    try:
        with transaction.atomic():
            return User.objects.create_user(row.address, one_off=True, **facts), True
    except IntegrityError:  # approved in another portfolio at this moment
        return User.objects.get(email__iexact=row.address), False


def _role(move: Move, asked: Asking) -> Role | None:
    """A role by which they decide on this until their link runs out; None when they hold one that will do."""
    person, last = asked.assessor, None
    held = list(access.roles_that_decide(move.portfolio, asked.asked_for.waiting_modules).filter(user=person))
    if person.one_off:
        last = timezone.localdate(asked.link.expires_at)
        held = [role for role in held if role.ends_on is None or role.ends_on >= last]
    if held:
        return None
    role, _ = Role.objects.update_or_create(
        portfolio=move.portfolio,
        user=person,
        kind=RoleKind.ASSESSOR,
        starts_on=timezone.localdate(move.now),
        defaults={"ends_on": last},
    )
    return role


def _decline(move: Move) -> None:
    answer = _answer(move, approved=False)
    _record(move, answer, {})
    move.tell(lambda: letters.declined(answer))


def _answer(move: Move, *, approved: bool, assessor: User | None = None) -> NominationAnswer:
    return NominationAnswer(
        nomination=move.subject,
        approved=approved,
        assessor=assessor,
        reason=move.reason,
        answered_at=move.now,
        **signer(move),
    )


def _record(move: Move, answer: NominationAnswer, facts: dict[str, object]) -> None:
    row = answer.nomination
    event = move.record(
        {
            **row.asked_for.facts,
            "nomination": row.nid,
            "reason": answer.reason_digest,
            "nomination_answer": answer_digest(answer),
            **facts,
        }
    )
    answer.audit_seq = event.seq
    answer.save()


STEPS = [
    Step(
        name="approve nomination",
        label="Approve",
        moves={State.WAITING: (State.APPROVED,)},
        who=access.OFFICERS,
        check=_check_approve,
        act=_approve,
    ),
    Step(
        name="decline nomination",
        label="Decline",
        moves={State.WAITING: (State.DECLINED,)},
        who=access.OFFICERS,
        needs_reason="Say why in a word: the trainee reads it.",
        act=_decline,
    ),
]


class NominationTable:
    """How the machine reads a nomination. Its state is derived from its rows: `write` has no work."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: Nomination) -> int:
        return subject.portfolio_id

    def reread(self, subject: Nomination, portfolio: Portfolio, step: Step) -> Sequence[Nomination]:
        """The row as it is now; with the portfolio that is locked, so that all speak of one."""
        rows = Nomination.objects.select_related("submission", "assessment__module", "answer")
        row = rows.get(pk=subject.pk)
        row.portfolio = row.asked_for.portfolio = portfolio
        return [row]

    def state(self, subject: Nomination) -> str:
        return subject.state

    def addressed(self, subject: Nomination) -> None:
        return None

    def write(self, subject: Nomination, state: str) -> None:
        """Nothing: the rows of the steps are the state."""

    def words(self, subject: Nomination) -> str:
        return f"The nomination of {subject.name}"


__all__ = [
    "NominationTable",
    "Nominee",
    "account_of",
    "answer_digest",
    "flags",
    "misnamed",
    "outside",
    "problems",
    "same_device",
]
