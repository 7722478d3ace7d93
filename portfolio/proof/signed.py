"""Whether every decision, unlock, sign-off, void, confirmation and closure still is what its event says."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from audit.canonical import canonical, digest
from audit.checks import Finding
from portfolio.manifest import (
    assessment_decision_digest,
    assessment_void_digest,
    closure_digest,
    correction_digest,
    decision_digest,
    unlock_digest,
)
from portfolio.models import (
    AssessmentDecision,
    AssessmentVoid,
    Closure,
    Confirmation,
    Decision,
    KindCorrection,
    ModuleSignOff,
    ModuleVoid,
    Portfolio,
    Unlock,
)
from portfolio.models.signed import Signed
from portfolio.proof.told import ALTERED, MISSING, Only, holds, of_kinds, portfolios, told
from portfolio.workflow import TABLES
from portfolio.workflow.modules import confirmation_digest, sign_off_digest, void_digest

Details = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of row that an event vouches for: where its portfolio is, the event's key, and whether they agree."""

    noun: str
    model: type[Signed]
    portfolio: str
    about: str
    key: str
    agrees: Callable[[Any, Details], bool]
    words: Callable[[Any], str]

    def rows(self, portfolio: Portfolio) -> QuerySet[Any]:
        found = self.model._default_manager.filter(**{self.portfolio: portfolio})
        return found.select_related(*filter(None, [self.about])).order_by("pk")


def _decision_agrees(row: Decision, said: Details) -> bool:
    return said["decision"] == decision_digest(row) and row.manifest_digest == row.item.digest


def _sign_off_agrees(row: ModuleSignOff, said: Details) -> bool:
    manifest = json.loads(row.manifest)
    whole = canonical(manifest).decode() == row.manifest and digest(manifest) == row.digest == said["manifest"]
    same = manifest["credits"] == row.credits == said["credits"] and row.number == said["number"]
    named = manifest["module"] == row.module.code == said["module"] and _in_its_curriculum(row)
    return whole and same and named and said["sign_off"] == sign_off_digest(row)


def _void_agrees(row: ModuleVoid, said: Details) -> bool:
    """It says what was said, of this sign-off: two may hold the same manifest, and a void comes after what it voids."""
    this = said["voids"] == row.sign_off.digest and row.sign_off.audit_seq < row.audit_seq
    return this and said["void"] == void_digest(row)


def _confirmation_agrees(row: Confirmation, said: Details) -> bool:
    return said["confirmation"] == confirmation_digest(row) and _in_its_curriculum(row)


def _assessed_agrees(row: AssessmentDecision, said: Details) -> bool:
    same = said["outcome"] == row.outcome and row.manifest_digest == row.assessment.digest
    return said["assessment_decision"] == assessment_decision_digest(row) and same and _of_it(row, said)


def _of_it(row: AssessmentDecision | KindCorrection | AssessmentVoid, said: Details) -> bool:
    return said["assessment"] == row.assessment.aid


def _in_its_curriculum(row: ModuleSignOff | Confirmation) -> bool:
    """Codes are told, and stand in several curricula."""
    return row.module.curriculum_id == row.portfolio.curriculum_id


KINDS: tuple[Kind, ...] = (
    Kind(
        "decision",
        Decision,
        "item__submission__portfolio",
        "item__activity__module",
        "decision",
        _decision_agrees,
        lambda row: f"{row.item.activity}, submission {row.item.attempt}",
    ),
    Kind(
        "unlock",
        Unlock,
        "decision__item__submission__portfolio",
        "decision__item__activity__module",
        "unlock",
        lambda row, said: said["unlock"] == unlock_digest(row),
        lambda row: f"{row.decision.item.activity}, submission {row.decision.item.attempt}",
    ),
    Kind(
        "module sign-off",
        ModuleSignOff,
        "portfolio",
        "module",
        "sign_off",
        _sign_off_agrees,
        lambda row: f"{row.module.code}, number {row.number}",
    ),
    Kind(
        "void",
        ModuleVoid,
        "sign_off__portfolio",
        "sign_off__module",
        "void",
        _void_agrees,
        lambda row: f"{row.sign_off.module.code}, number {row.sign_off.number}",
    ),
    Kind(
        "confirmation",
        Confirmation,
        "portfolio",
        "module",
        "confirmation",
        _confirmation_agrees,
        lambda row: row.module.code,
    ),
    Kind(
        "closure",
        Closure,
        "portfolio",
        "",
        "closure",
        lambda row, said: said["closure"] == closure_digest(row),
        lambda row: "closed" if row.closes else "reopened",
    ),
)
KINDS += (
    Kind(
        "assessment decision",
        AssessmentDecision,
        "assessment__portfolio",
        "assessment__module",
        "assessment_decision",
        _assessed_agrees,
        lambda row: f"{row.assessment}, {row.assessment.aid}",
    ),
    Kind(
        "correction of the kind",
        KindCorrection,
        "assessment__portfolio",
        "assessment__module",
        "kind_correction",
        lambda row, said: said["kind_correction"] == correction_digest(row) and _of_it(row, said),
        lambda row: f"{row.assessment}, {row.assessment.aid}",
    ),
    Kind(
        "void of an assessment",
        AssessmentVoid,
        "assessment__portfolio",
        "assessment__module",
        "assessment_void",
        lambda row, said: said["assessment_void"] == assessment_void_digest(row) and _of_it(row, said),
        lambda row: f"{row.assessment}, {row.assessment.aid}",
    ),
)
OF_MODEL = {kind.model: kind for kind in KINDS}
STEPS = of_kinds(*(name for table in TABLES.values() for name in table.steps))


def signed_rows(only: Only = None) -> Iterator[Finding]:
    """Whether each row is what its event says, and each such event has its row."""
    for portfolio in portfolios(only):
        said = {event.seq: event.data for event in told(portfolio, STEPS)}
        for kind in KINDS:
            yield from _of_kind(kind, portfolio, said)


def _of_kind(kind: Kind, portfolio: Portfolio, said: dict[int, Details]) -> Iterator[Finding]:
    without_row = {seq for seq, data in said.items() if data.get(kind.key)}
    for row in kind.rows(portfolio):
        without_row.discard(row.audit_seq)
        if not agrees(row, said):
            yield Finding(f"portfolio {portfolio.ref}, {kind.noun} of {kind.words(row)}", ALTERED)
    for seq in sorted(without_row):
        yield Finding(f"portfolio {portfolio.ref}, {kind.noun} of event {seq}", MISSING)


def agrees(row: Signed, said: dict[int, Details]) -> bool:
    """Whether a row is what its event tells; `said` is by the event's number."""
    return holds(lambda: OF_MODEL[type(row)].agrees(row, said[row.audit_seq]))
