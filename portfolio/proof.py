"""What verify_audit checks of portfolios: that what was submitted and signed still stands, row by row.

A chain tells whether an event was altered. These checks tell whether a row was, by what the events say of it. Each
finding names the row in words.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from audit import checks
from audit.canonical import canonical, digest
from audit.checks import Finding
from audit.models import Event
from portfolio import files
from portfolio.manifest import closure_digest, decision_digest, signer_parts, stands, unlock_digest
from portfolio.models import (
    Activity,
    Attachment,
    Closure,
    Confirmation,
    Decision,
    Item,
    ModuleSignOff,
    ModuleVoid,
    Portfolio,
    StoredFile,
    Unlock,
)
from portfolio.states import ActivityState, ItemState, Outcome
from portfolio.workflow.modules import confirmation_digest, sign_off_digest, void_digest

SPOILT = (TypeError, ValueError, AttributeError, KeyError)  # what a row raises when somebody spoilt its columns
ALTERED = "it is not what was recorded when it was made"
Details = dict[str, Any]


# --- items --------------------------------------------------------------------------------------------------------


def items() -> Iterator[Finding]:
    """Whether each item, with its pages and reasons, is what was sealed when it was submitted."""
    rows = Item.objects.select_related("submission__portfolio__curriculum", "activity__module").order_by("pk")
    for item in rows.iterator(chunk_size=500):
        if not _holds(stands, item):
            yield Finding(_item(item), "it is not what was submitted")


def states() -> Iterator[Finding]:
    """Whether an activity is signed off, in review or decided exactly where a row says so."""
    signed = Decision.objects.filter(item__activity=OuterRef("pk"), outcome=Outcome.SIGNED_OFF, unlock=None)
    waiting = Item.objects.filter(activity=OuterRef("pk"), state=ItemState.UNDECIDED)
    rows = Activity.objects.select_related("portfolio", "module").order_by("pk")
    for row in rows.annotate(signed=Exists(signed), waiting=Exists(waiting)).iterator(chunk_size=500):
        told = (row.signed, row.waiting)
        if told != (row.state == ActivityState.SIGNED_OFF, row.state == ActivityState.IN_REVIEW):
            yield Finding(f"portfolio {row.portfolio.ref}, {row}", f"nothing was recorded that makes it “{row.state}”")
    decided = Exists(Decision.objects.filter(item=OuterRef("pk")))
    wrong = Item.objects.filter(Q(decided, ~Q(state=ItemState.DECIDED)) | Q(~decided, state=ItemState.DECIDED))
    for item in wrong.select_related("submission__portfolio", "activity__module"):
        yield Finding(_item(item), f"no decision makes it “{item.state}”")


def _item(item: Item) -> str:
    return f"portfolio {item.submission.portfolio.ref}, {item.activity}, submission {item.attempt}"


# --- what people signed ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """One kind of row that an event vouches for: where its portfolio is, the event's key, and whether they agree."""

    noun: str
    rows: Callable[[Portfolio], QuerySet[Any]]
    key: str
    agrees: Callable[[Any, Details], bool]
    words: Callable[[Any], str]


def _decision_agrees(row: Decision, told: Details) -> bool:
    return told["decision"] == decision_digest(row) and row.manifest_digest == row.item.digest


def _sign_off_agrees(row: ModuleSignOff, told: Details) -> bool:
    manifest = json.loads(row.manifest)
    whole = canonical(manifest).decode() == row.manifest and digest(manifest) == row.digest == told["manifest"]
    same = manifest["credits"] == row.credits == told["credits"]
    named = manifest["module"] == row.module.code == told["module"] and row.number == told["number"]
    return whole and same and named and told["sign_off"] == sign_off_digest(row)


def _void_agrees(row: ModuleVoid, told: Details) -> bool:
    """A void has its own digest, or was part of an unlock: then it says what the unlock says, which has one."""
    if told["voids"] != row.sign_off.digest:
        return False
    if "void" in told:
        return told["void"] == void_digest(row)
    here = Unlock.objects.filter(decision__item__submission__portfolio=row.sign_off.portfolio_id)
    unlock = here.get(audit_seq=row.audit_seq)
    same = (row.reason, row.voided_at, signer_parts(row)) == (unlock.reason, unlock.unlocked_at, signer_parts(unlock))
    return same and told["unlock"] == unlock_digest(unlock)


KINDS = (
    Kind(
        "decision",
        lambda portfolio: Decision.objects.filter(item__submission__portfolio=portfolio).select_related(
            "item__activity__module"
        ),
        "decision",
        _decision_agrees,
        lambda row: f"{row.item.activity}, submission {row.item.attempt}",
    ),
    Kind(
        "unlock",
        lambda portfolio: Unlock.objects.filter(decision__item__submission__portfolio=portfolio).select_related(
            "decision__item__activity__module"
        ),
        "unlock",
        lambda row, told: told["unlock"] == unlock_digest(row),
        lambda row: f"{row.decision.item.activity}, submission {row.decision.item.attempt}",
    ),
    Kind(
        "module sign-off",
        lambda portfolio: ModuleSignOff.objects.filter(portfolio=portfolio).select_related("module"),
        "sign_off",
        _sign_off_agrees,
        lambda row: f"{row.module.code}, number {row.number}",
    ),
    Kind(
        "void",
        lambda portfolio: ModuleVoid.objects.filter(sign_off__portfolio=portfolio).select_related("sign_off__module"),
        "voids",
        _void_agrees,
        lambda row: f"{row.sign_off.module.code}, number {row.sign_off.number}",
    ),
    Kind(
        "confirmation",
        lambda portfolio: Confirmation.objects.filter(portfolio=portfolio).select_related("module"),
        "confirmation",
        lambda row, told: told["confirmation"] == confirmation_digest(row),
        lambda row: row.module.code,
    ),
    Kind(
        "closure",
        lambda portfolio: Closure.objects.filter(portfolio=portfolio),
        "closure",
        lambda row, told: told["closure"] == closure_digest(row),
        lambda row: "closed" if row.closes else "reopened",
    ),
)


def signed_rows() -> Iterator[Finding]:
    """Whether each row is what its event says, and each such event has its row."""
    for portfolio in Portfolio.objects.order_by("pk").iterator():
        told = {event.seq: _details(event) for event in Event.objects.filter(chain__name=portfolio.chain)}
        for kind in KINDS:
            yield from _of_kind(kind, portfolio, told)


def _of_kind(kind: Kind, portfolio: Portfolio, told: dict[int, Details]) -> Iterator[Finding]:
    without_row = {seq for seq, data in told.items() if data.get(kind.key)}
    for row in kind.rows(portfolio):
        without_row.discard(row.audit_seq)
        if not _holds(lambda one: kind.agrees(one, told[one.audit_seq]), row):
            yield Finding(f"portfolio {portfolio.ref}, {kind.noun} of {kind.words(row)}", ALTERED)
    for seq in sorted(without_row):
        yield Finding(f"portfolio {portfolio.ref}, {kind.noun} of event {seq}", "its row is missing")


def _details(event: Event) -> Details:
    """What an event tells; nothing where it cannot be read (the chain's own check names it)."""
    try:
        return event.details
    except ValueError:
        return {}


def _holds(agrees: Callable[[Any], bool], row: Any) -> bool:
    """A row that cannot even be read does not hold."""
    try:
        return agrees(row)
    except (*SPOILT, Unlock.DoesNotExist):
        return False


# --- files ----------------------------------------------------------------------------------------------------------


def stored_files() -> Iterator[Finding]:
    """Whether the store holds every file, with the bytes that came in; and in whose pages a damaged one is."""
    known: Iterable[tuple[str, int]] = StoredFile.objects.order_by("pk").values_list("sha256", "size").iterator()
    for found in files.fsck(known):
        places = Attachment.objects.filter(file__sha256=found.subject).order_by("pk")
        named = ", ".join(
            f"portfolio {ref}, page {eid}, file {fid}"
            for ref, eid, fid in places.values_list("evidence__portfolio__ref", "evidence__eid", "fid")
        )
        yield Finding(f"{found.subject} ({named})" if named else found.subject, found.what)


def watch() -> None:
    """Have verify_audit look at all of this; portfolio/apps.py calls it when the site starts."""
    checks.register("files", stored_files)
    checks.register("items as submitted", items)
    checks.register("signed rows", signed_rows)
    checks.register("states", states)
