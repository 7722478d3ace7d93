"""The steps of a module: its sign-off, its voiding, and the confirmation of its requirements (domain.md).

A module's state is derived: only the sign-off and its void are rows.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from audit.canonical import canonical, digest
from curriculum.models import Module
from curriculum.structure import ModuleFacts
from portfolio import access, ledger, mail, requirements
from portfolio.manifest import (
    assessment_decision_digest,
    elsewhere_digest,
    iso,
    option_confirmation_digest,
    result_digest,
    signer_parts,
)
from portfolio.models import (
    Assessment,
    Confirmation,
    Item,
    ModuleSignOff,
    ModuleVoid,
    OptionConfirmation,
    Portfolio,
    SignedElsewhere,
    UniversityResult,
)
from portfolio.record import Record
from portfolio.states import AssessmentState, ModuleState, Outcome, Part
from portfolio.workflow.days import check_meant
from portfolio.workflow.goals import reviewed_parts
from portfolio.workflow.machine import DERIVED, REASON, Incomplete, Move, Step, TooLate
from portfolio.workflow.signing import signer

MOST_ACTIVITIES = 99
ENTER_NUMBER = "Enter a number. Enter 0 if the module asks for none."
SAY_SOURCE = "Say what you read, for example the Library's page."


@dataclass(frozen=True)
class ModuleOf:
    """A module of a portfolio: what the steps of this table move."""

    portfolio: Portfolio
    record: Record
    facts: ModuleFacts

    @classmethod
    def read(cls, portfolio: Portfolio, code: str) -> "ModuleOf":
        """As it stands now. KeyError for a code that the curriculum does not have."""
        record = ledger.read_one(portfolio)
        return cls(portfolio, record, record.structure.module(code))


@dataclass(frozen=True)
class Confirm:
    """What the officer read that the curriculum does not know; None for what it knows."""

    source: str
    read_on: date | None
    activities: int | None = None
    cbd: int | None = None
    observed: int | None = None


def standing(portfolio: Portfolio, module: Module | int) -> ModuleSignOff | None:
    """The sign-off of this module that stands, if one does."""
    return ModuleSignOff.objects.filter(portfolio=portfolio, module=module, void=None).first()


def manifest(subject: ModuleOf) -> dict[str, Any]:
    """What a module sign-off is made against: credits, requirements, and each decision it rests on.

    Professional development rests on the trainee's goals and their reviews as well.
    """
    needs = requirements.needs(subject.record, subject.facts)
    items = (
        Item.objects.filter(
            activity__portfolio=subject.portfolio,
            activity__module=subject.facts.id,
            activity__number__in=needs.activities or (),
            decision__outcome=Outcome.SIGNED_OFF,
            decision__unlock=None,
        )
        .order_by("activity__number", "attempt")
        .values_list("activity__number", "attempt", "digest")
    )
    confirmation = subject.record.module(subject.facts).confirmed
    return {
        "v": "stp-module-1",
        "portfolio": subject.portfolio.ref,
        "trainee": subject.portfolio.trainee_id,
        "curriculum": subject.record.structure.code,
        "module": subject.facts.code,
        "credits": subject.facts.credits,
        "requirements": {
            "activities": list(needs.activities or ()),
            "cbd": needs.cbd,
            "observed": needs.observed,
            "university_result": needs.university_result,
            "confirmed_by": confirmation.by if confirmation else None,
        },
        "items": [{"number": number, "attempt": attempt, "manifest": sealed} for number, attempt, sealed in items],
        "assessments": [
            {"assessment": row.aid, "kind": row.kind, "decision": assessment_decision_digest(row.decision)}
            for row in satisfactory(subject)
        ],
        **({"goals": reviewed_parts(subject.portfolio)} if rests_on_goals(subject.facts) else {}),
        **_said_outside(subject, needs.activities or ()),
    }


def _said_outside(subject: ModuleOf, numbers: Collection[int]) -> dict[str, Any]:
    """What else it rests on, apart from decisions made here: other systems, the university, the option confirmed."""
    of = {"portfolio": subject.portfolio, "module": subject.facts.id}
    signed = SignedElsewhere.objects.filter(Q(number=None) | Q(number__in=numbers), void=None, **of)
    result = UniversityResult.objects.filter(**of).select_related("module").order_by("-number").first()
    option = OptionConfirmation.objects.filter(
        taken__portfolio=subject.portfolio, taken__block__position=subject.facts.block_position
    )
    chosen = option.select_related("taken__block", "taken__option").order_by("-taken__number").first()
    return {
        "elsewhere": [
            {"kind": row.kind, "number": row.number, "record": elsewhere_digest(row)}
            for row in signed.select_related("module", "file").order_by("pk")
        ],
        "result": result_digest(result) if result else None,
        "option": option_confirmation_digest(chosen) if chosen else None,
    }


def rests_on_goals(facts: ModuleFacts) -> bool:
    """Whether the goals of the trainee and their reviews are what counts here (domain.md rule 3)."""
    return facts.kind == Module.Kind.PROFESSIONAL_DEVELOPMENT


def satisfactory(subject: ModuleOf) -> list[Assessment]:
    """The assessments that a sign-off of this module rests on."""
    rows = Assessment.objects.filter(
        portfolio=subject.portfolio, module=subject.facts.id, state=AssessmentState.SATISFACTORY
    )
    return list(rows.select_related("decision__assessment", "module").order_by("decision__decided_at", "pk"))


def assessments_of(row: ModuleSignOff) -> set[str]:
    """The ids of the assessments that a sign-off was made against."""
    return {line["assessment"] for line in json.loads(row.manifest).get("assessments", ())}


def shown(subject: ModuleOf) -> str:
    """The digest that the sign-off page shows and its form carries back."""
    return digest(manifest(subject))


def sign_off_digest(row: ModuleSignOff) -> str:
    """What the chain holds of a module sign-off."""
    return digest({"v": "stp-module-sign-off-1", "manifest": row.digest, "at": iso(row.signed_at), **signer_parts(row)})


def confirmation_digest(row: Confirmation) -> str:
    """What the chain holds of a confirmation."""
    return digest(
        {
            "v": "stp-confirmation-1",
            "module": row.module.code,
            "activities": row.activities,
            "cbd": row.cbd,
            "observed": row.observed,
            "source": row.source_digest,
            "read_on": row.read_on.isoformat(),
            "at": iso(row.confirmed_at),
            **signer_parts(row),
        }
    )


def void_digest(row: ModuleVoid) -> str:
    """What the chain holds of a void."""
    return digest(
        {
            "v": "stp-module-void-1",
            "sign_off": row.sign_off.digest,
            "reason": row.reason_digest,
            "at": iso(row.voided_at),
            **signer_parts(row),
        }
    )


def _check_sign_off(move: Move) -> None:
    if move.seen != shown(move.subject):
        raise TooLate(f"{move.subject.facts.code} is not as this page showed it. Nothing was signed.")


def _sign_off(move: Move) -> None:
    subject: ModuleOf = move.subject
    parts = manifest(subject)
    before = ModuleSignOff.objects.filter(portfolio=move.portfolio, module=subject.facts.id).count()
    row = ModuleSignOff(
        portfolio=move.portfolio,
        module_id=subject.facts.id,
        number=before + 1,
        credits=subject.facts.credits,
        manifest=canonical(parts).decode(),
        digest=digest(parts),
        signed_at=move.now,
        **signer(move),
    )
    event = move.record(
        {
            "module": subject.facts.code,
            "credits": row.credits,
            "number": row.number,
            "manifest": row.digest,
            "sign_off": sign_off_digest(row),
        }
    )
    row.audit_seq = event.seq
    row.save()
    move.tell(lambda: mail.module_signed_off(row))


def voiding(move: Move, over: ModuleSignOff) -> ModuleVoid:
    """A row that voids a sign-off; unsaved, until there is an event that holds its digest."""
    return ModuleVoid(sign_off=over, reason=move.reason, voided_at=move.now, **signer(move))


def _void(move: Move) -> None:
    over = standing(move.portfolio, move.subject.facts.id)
    assert over is not None  # the state is signed off, under the same lock
    row = voiding(move, over)
    event = move.record(
        {
            "module": move.subject.facts.code,
            "number": over.number,
            "reason": row.reason_digest,
            "voids": over.digest,
            "void": void_digest(row),
        }
    )
    row.audit_seq = event.seq
    row.save()
    move.tell(lambda: mail.module_voided(row))


def asked(facts: ModuleFacts) -> tuple[str, ...]:
    """The numbers that the curriculum does not know, and a confirmation can supply."""
    unknown = [] if facts.complete else ["activities"]
    if facts.cbd is None:
        unknown += ["cbd", "observed"]
    return tuple(unknown)


def _check_confirm(move: Move) -> None:
    given: Confirm = move.given
    facts: ModuleFacts = move.subject.facts
    unknown = asked(facts)
    if not unknown:
        raise TooLate("The curriculum knows every number of this module. There is nothing to confirm.")
    for name in ("activities", "cbd", "observed"):
        number = getattr(given, name)
        if name in unknown and number is None:
            raise Incomplete(ENTER_NUMBER, name)
        if name not in unknown and number is not None:
            raise Incomplete("The curriculum knows this number. It cannot be confirmed differently.", name)
        if number is not None and not 0 <= number <= MOST_ACTIVITIES:
            raise Incomplete(f"Enter a whole number from 0 to {MOST_ACTIVITIES}.", name)
    if given.activities is not None and given.activities < facts.highest_known:
        raise Incomplete(
            f"The curriculum already has activity {facts.highest_known}. Enter {facts.highest_known} or more.",
            "activities",
        )
    if not given.source.strip():
        raise Incomplete(SAY_SOURCE, "source")
    if given.read_on is None or given.read_on > timezone.localdate():
        raise Incomplete("Enter the date you read it, today or earlier.", "read_on")
    check_meant(move.portfolio, given.read_on, "read_on")


def _confirm(move: Move) -> None:
    given: Confirm = move.given
    assert given.read_on is not None  # _check_confirm
    row = Confirmation(
        portfolio=move.portfolio,
        module=Module.objects.get(pk=move.subject.facts.id),
        activities=given.activities,
        cbd=given.cbd,
        observed=given.observed,
        source=given.source.strip(),
        read_on=given.read_on,
        confirmed_at=move.now,
        **signer(move),
    )
    event = move.record(
        {
            "module": row.module.code,
            "activities": row.activities,
            "cbd": row.cbd,
            "observed": row.observed,
            "read_on": given.read_on.isoformat(),
            "confirmation": confirmation_digest(row),
        }
    )
    row.audit_seq = event.seq
    row.save()
    move.tell(lambda: mail.module_ready(move.portfolio, row.module))


STEPS = [
    Step(
        name="sign off module",
        label="Sign off this module",
        moves={ModuleState.READY: (ModuleState.SIGNED_OFF,)},
        who=access.OFFICERS,
        check=_check_sign_off,
        act=_sign_off,
    ),
    Step(
        name="void module sign-off",
        label="Void this sign-off",
        moves={ModuleState.SIGNED_OFF: (DERIVED,)},
        who=access.OFFICERS | {Part.ADMINISTRATOR},
        needs_reason=REASON,
        act=_void,
    ),
    Step(
        name="confirm requirements",
        label="Confirm the requirements",
        moves={state: (DERIVED,) for state in ModuleState if state != ModuleState.SIGNED_OFF},
        who=access.OFFICERS,
        check=_check_confirm,
        act=_confirm,
    ),
]


class ModuleTable:
    """How the machine reads a module. Its state is derived from the rows that the steps write: `write` has no work."""

    states = ModuleState
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: ModuleOf) -> int:
        return subject.portfolio.pk

    def reread(self, subject: ModuleOf, portfolio: Portfolio, step: Step) -> Sequence[ModuleOf]:
        return [ModuleOf.read(portfolio, subject.facts.code)]

    def state(self, subject: ModuleOf) -> str:
        return requirements.module_state(subject.record, subject.facts)

    def addressed(self, subject: ModuleOf) -> None:
        return None

    def write(self, subject: ModuleOf, state: str) -> None:
        """Nothing: the sign-off's or the void's row is the state."""

    def words(self, subject: ModuleOf) -> str:
        return subject.facts.code
