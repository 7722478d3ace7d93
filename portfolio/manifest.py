"""What exactly is signed: one manifest per item, and one per module.

A manifest is a canonical form of part digests: each text with its own salt, each file by its bytes. So one part can
later be purged and the rest still verifies. The digest of the manifest is what the page shows, what the form carries
back and what the decision holds; `item_manifest` computes it anew from the rows at any time.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from audit.canonical import canonical, digest, salted
from portfolio.models import (
    Activity,
    Assessment,
    AssessmentDecision,
    AssessmentVoid,
    Attachment,
    Closure,
    Decision,
    ElsewhereVoid,
    Item,
    ItemPage,
    KindCorrection,
    OptionConfirmation,
    OptionRefusal,
    OptionTaken,
    SignedElsewhere,
    UniversityResult,
    Unlock,
)
from portfolio.models.decided import ByCode
from portfolio.models.signed import Signed
from portfolio.states import ActivityState, Outcome

# What a manifest reads of an item's pages, in two queries.
WHOLE = (
    Prefetch("pages", ItemPage.objects.select_related("revision__evidence")),
    Prefetch("pages__revision__attachments", Attachment.objects.select_related("file")),
)
SEEDED = "seeded"  # the one event of a portfolio that `manage.py seed` made: it holds those that steps would have left
SEEDED_FROM = 1_000_000  # they are numbered from here on, out of the way of real events
DECLARATION = "2026-11"  # the wording that the submit page shows; a new wording gets a new version


def iso(moment: datetime) -> str:
    """A moment as it stands in manifests: UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def item_manifest(item: Item, pages: Iterable[ItemPage] | None = None) -> dict[str, Any]:
    """The parts of an item: its wording, each page as submitted with its reason, and each file.

    `pages`: for whoever has them in hand; otherwise they are read.
    """
    submission, activity = item.submission, item.activity
    portfolio = submission.portfolio
    return {
        "v": "stp-item-1",
        "portfolio": portfolio.ref,
        "trainee": portfolio.trainee_id,
        "curriculum": portfolio.curriculum.code,
        "module": activity.module.code,
        "number": activity.number,
        "wording": salted(f"{item.type}\n{item.title}", item.salt),
        "submission": submission.sid,
        "attempt": item.attempt,
        "submitted_at": iso(submission.submitted_at),
        "declaration": submission.declaration,
        "pages": [_page(page) for page in (pages_of(item) if pages is None else pages)],
    }


def pages_of(item: Item) -> list[ItemPage]:
    """The pages of an item in the order in which they were submitted. What is fetched already is not fetched again."""
    prefetch_related_objects([item], *WHOLE)
    return sorted(item.pages.all(), key=lambda page: page.pk)


def _page(page: ItemPage) -> dict[str, Any]:
    revision = page.revision
    return {
        "evidence": revision.evidence.eid,
        "revision": revision.number,
        "text": revision.text_digest,
        "why": salted(page.why, page.salt),
        "files": file_parts(revision.attachments.all()),
    }


def file_parts(attachments: Iterable[Attachment]) -> list[dict[str, Any]]:
    """The files of a page, in the order in which they came onto it."""
    return [
        {
            "id": attachment.fid,
            "name": salted(attachment.name, attachment.salt),
            "sha256": attachment.file.sha256,
            "size": attachment.file.size,
            "type": attachment.file.media_type,
        }
        for attachment in sorted(attachments, key=lambda attachment: attachment.pk)
    ]


def seal(item: Item, pages: Iterable[ItemPage] | None = None) -> None:
    """Write the manifest and its digest into an item whose pages are all there (once, at submission)."""
    parts = item_manifest(item, pages)
    item.manifest = canonical(parts).decode()
    item.digest = digest(parts)


def stands(item: Item) -> bool:
    """Whether the rows of an item still say what was sealed."""
    parts = item_manifest(item)
    return item.manifest == canonical(parts).decode() and item.digest == digest(parts)


def signer_parts(row: Signed) -> dict[str, Any]:
    """Who acted, as stored in the row. Names and posts enter the chain through the digest of these parts alone."""
    return {
        "signer": row.signer_id,
        "name": row.signer_name,
        "post": row.signer_post,
        "registration": row.signer_registration,
        "role": row.role_id,
        "role_kind": row.role_kind,
        "reauthenticated_seconds_ago": row.reauthenticated_seconds_ago,
        "second_factor": row.second_factor,
    }


def by_code_parts(row: ByCode) -> dict[str, Any]:
    """Of a decision by a code: which link or device it opened, and the address that was proved.

    Nothing of one by somebody who had signed in.
    """
    if row.by_link_id is None and row.by_lending_id is None:
        return {}
    way = {"link": row.by_link_id} if row.by_link_id else {"lending": row.by_lending_id}
    return {**way, "address": salted(row.proved_address, row.salt)}


def decision_digest(row: Decision) -> str:
    """What the chain holds of a decision: everything in its row but the sequence number of that event.

    `portfolio` and `came_at` are copies: proof/signed.py holds them against the rows that they come from.
    """
    return digest(
        {
            "v": "stp-decision-1",
            "item": row.item.digest,
            "outcome": row.outcome,
            "feedback": row.feedback_digest,
            "manifest": row.manifest_digest,
            "at": iso(row.decided_at),
            **by_code_parts(row),
            **signer_parts(row),
        }
    )


def unlock_digest(row: Unlock) -> str:
    """What the chain holds of an unlock."""
    return digest(
        {
            "v": "stp-unlock-1",
            "item": row.decision.item.digest,
            "reason": row.reason_digest,
            "at": iso(row.unlocked_at),
            **signer_parts(row),
        }
    )


def closure_digest(row: Closure) -> str:
    """What the chain holds of a closing or a reopening."""
    return digest(
        {
            "v": "stp-closure-1",
            "closes": row.closes,
            "reason": row.reason_digest,
            "at": iso(row.at),
            **signer_parts(row),
        }
    )


def signed_item(activity: Activity) -> Item | None:
    """The item whose decision keeps this activity signed off, or None."""
    if activity.state != ActivityState.SIGNED_OFF or activity.pk is None:
        return None
    return (
        Item.objects.filter(activity=activity, decision__outcome=Outcome.SIGNED_OFF, decision__unlock=None)
        .order_by("-attempt")
        .first()
    )


# --- what the university, the trainee's choice and other systems say ----------------------------------------------


def result_digest(row: UniversityResult) -> str:
    """What the chain holds of a university's result. An award is a word of the rules, not free text."""
    return digest(
        {
            "v": "stp-result-1",
            "module": row.module.code if row.module else None,
            "award": row.award,
            "number": row.number,
            "result": row.result,
            "dated_on": row.dated_on.isoformat(),
            "source": row.source_digest,
            "at": iso(row.recorded_at),
            **signer_parts(row),
        }
    )


def option_digest(row: OptionTaken) -> str:
    """What the chain holds of an option that a trainee took."""
    return digest(
        {
            "v": "stp-option-1",
            "block": row.block.position,
            "option": row.option.position,
            "codes": row.codes,
            "number": row.number,
            "reason": row.reason_digest,
            "at": iso(row.taken_at),
            **signer_parts(row),
        }
    )


def option_confirmation_digest(row: OptionConfirmation) -> str:
    """What the chain holds of its confirmation."""
    return digest(
        {
            "v": "stp-option-confirmation-1",
            "taken": option_digest(row.taken),
            "at": iso(row.confirmed_at),
            **signer_parts(row),
        }
    )


def option_refusal_digest(row: OptionRefusal) -> str:
    """What the chain holds of its refusal."""
    return digest(
        {
            "v": "stp-option-refusal-1",
            "taken": option_digest(row.taken),
            "reason": row.reason_digest,
            "at": iso(row.refused_at),
            **signer_parts(row),
        }
    )


def elsewhere_digest(row: SignedElsewhere) -> str:
    """What the chain holds of an item that was signed in another system."""
    return digest(
        {
            "v": "stp-elsewhere-1",
            "record": row.xid,
            "module": row.module.code,
            "kind": row.kind,
            "number": row.number,
            "text": row.text_digest,
            "signed_on": row.signed_on.isoformat(),
            "file": {"sha256": row.file.sha256, "size": row.file.size, "type": row.file.media_type}
            if row.file
            else None,
            **({"case": row.case_digest} if row.case_reference else {}),  # what was recorded before has none
            "at": iso(row.recorded_at),
            **signer_parts(row),
        }
    )


def elsewhere_void_digest(row: ElsewhereVoid) -> str:
    """What the chain holds of its void."""
    return digest(
        {
            "v": "stp-elsewhere-void-1",
            "record": elsewhere_digest(row.record),
            "reason": row.reason_digest,
            "at": iso(row.voided_at),
            **signer_parts(row),
        }
    )


# --- work-based assessments ---------------------------------------------------------------------------------------


def asked_manifest(row: Assessment) -> dict[str, Any]:
    """The parts of what an assessor is asked: all that the trainee says of it, each text as its salted digest."""
    portfolio = row.portfolio
    return {
        "v": "stp-assessment-1",
        "portfolio": portfolio.ref,
        "trainee": portfolio.trainee_id,
        "curriculum": portfolio.curriculum.code,
        "module": row.module.code,
        "assessment": row.aid,
        "kind": row.planned_kind,
        "attempt_of": row.attempt_of.aid if row.attempt_of else None,
        "title": salted(row.title, row.salt),
        "from_curriculum": row.from_curriculum,
        "what": salted(row.what, row.salt),
        "where": salted(row.where, row.salt),
        "on": row.happens_on.isoformat(),
        "case": salted(row.case_reference, row.salt),
        "another": row.another,
        "asked_at": iso(row.asked_at) if row.asked_at else None,
        "declaration": row.declaration,
    }


def seal_asked(row: Assessment) -> None:
    """Write the manifest and its digest into what is being asked."""
    parts = asked_manifest(row)
    row.manifest = canonical(parts).decode()
    row.digest = digest(parts)


def asked_stands(row: Assessment) -> bool:
    """Whether a row still says what was sealed."""
    parts = asked_manifest(row)
    return row.manifest == canonical(parts).decode() and row.digest == digest(parts)


def assessment_decision_digest(row: AssessmentDecision) -> str:
    """What the chain holds of a completed mark form."""
    return digest(
        {
            "v": "stp-assessment-decision-1",
            "assessment": row.assessment.aid,
            "outcome": row.outcome,
            "marks": row.marks_digest,
            "words": row.words_digest,
            "standing": row.standing,
            "manifest": row.manifest_digest,
            "at": iso(row.decided_at),
            **by_code_parts(row),
            **signer_parts(row),
        }
    )


def correction_digest(row: KindCorrection) -> str:
    """What the chain holds of a correction of the kind."""
    return digest(
        {
            "v": "stp-kind-correction-1",
            "assessment": row.assessment.aid,
            "was": row.was,
            "kind": row.kind,
            "marks": row.marks_digest,
            "at": iso(row.corrected_at),
            **by_code_parts(row),
            **signer_parts(row),
        }
    )


def assessment_void_digest(row: AssessmentVoid) -> str:
    """What the chain holds of the voiding of an assessment."""
    return digest(
        {
            "v": "stp-assessment-void-1",
            "assessment": row.assessment.aid,
            "reason": row.reason_digest,
            "at": iso(row.voided_at),
            **signer_parts(row),
        }
    )
