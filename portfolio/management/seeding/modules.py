"""What the officers confirmed and signed: a module is signed off only where the rules say that it is ready."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from audit.canonical import canonical, digest
from curriculum.structure import ModuleFacts
from portfolio import ledger, requirements
from portfolio.management.seeding.people import Seeded
from portfolio.management.seeding.plan import WHOLE_MODULES
from portfolio.management.seeding.work import signer
from portfolio.management.seeding.writing import write
from portfolio.models import Confirmation, ModuleSignOff, ModuleVoid
from portfolio.record import Record
from portfolio.workflow.modules import ModuleOf, asked, confirmation_digest, manifest, sign_off_digest, void_digest

EVERY_UNSIGNED, EVERY_VOIDED = 4, 3  # one trainee in so many has ready modules unsigned; has a sign-off voided


def confirm_and_sign(group: Sequence[Seeded]) -> None:
    """The requirements are confirmed first, for what is ready depends on them."""
    write([_confirmation(one, facts) for one in group for facts in _whole(one) if asked(facts)])
    records = ledger.read([one.portfolio for one in group])
    signed = [(one, row) for one in group for row in _sign_offs(one, records[one.portfolio.pk])]
    write([row for _, row in signed])
    last = {one.number: (one, row) for one, row in signed}
    write([_void(one, row) for one, row in last.values() if one.number % EVERY_VOIDED == 0])


def _whole(one: Seeded) -> Sequence[ModuleFacts]:
    """The modules in which everything is signed off."""
    return one.follows.facts.modules[: WHOLE_MODULES[one.number % len(WHOLE_MODULES)]]


def _confirmation(one: Seeded, facts: ModuleFacts) -> Confirmation:
    """What the curriculum does not know of such a module."""
    unknown = asked(facts)
    numbers = {"activities": len(facts.places), "cbd": 0, "observed": 0}
    told = {name: number if name in unknown else None for name, number in numbers.items()}
    row = Confirmation(
        portfolio=one.portfolio,
        module=one.follows.modules[facts.id],
        source="The Library's page of this module",
        read_on=timezone.localdate() - timedelta(days=40),
        confirmed_at=timezone.now() - timedelta(days=40),
        **told,
        **signer(one, one.officer),
    )
    said = {"module": facts.code, "read_on": row.read_on.isoformat(), "confirmation": confirmation_digest(row)}
    row.audit_seq = one.tell("confirm requirements", one.officer, row.confirmed_at, said | told)
    return row


def _sign_offs(one: Seeded, record: Record) -> Iterable[ModuleSignOff]:
    if one.number % EVERY_UNSIGNED == 0:
        return
    for facts in record.structure.modules:
        if requirements.is_ready(record, facts):
            yield _sign_off(one, manifest(ModuleOf(one.portfolio, record, facts)), facts)


def _sign_off(one: Seeded, parts: dict[str, Any], facts: ModuleFacts) -> ModuleSignOff:
    row = ModuleSignOff(
        portfolio=one.portfolio,
        module=one.follows.modules[facts.id],
        number=1,
        credits=facts.credits,
        manifest=canonical(parts).decode(),
        digest=digest(parts),
        signed_at=timezone.now() - timedelta(days=20),
        **signer(one, one.officer),
    )
    said = {"module": facts.code, "credits": row.credits, "number": row.number, "manifest": row.digest}
    said["sign_off"] = sign_off_digest(row)
    row.audit_seq = one.tell("sign off module", one.officer, row.signed_at, said)
    return row


def _void(one: Seeded, over: ModuleSignOff) -> ModuleVoid:
    row = ModuleVoid(
        sign_off=over,
        reason="Signed before the last page was read again.",
        voided_at=timezone.now() - timedelta(days=10),
        **signer(one, one.officer),
    )
    said = {"module": over.module.code, "number": over.number, "reason": row.reason_digest}
    said |= {"voids": over.digest, "void": void_digest(row)}
    row.audit_seq = one.tell("void module sign-off", one.officer, row.voided_at, said)
    return row
