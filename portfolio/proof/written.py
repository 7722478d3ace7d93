"""Whether each saved version of a page of evidence, submitted or not, still is what was saved."""

from collections.abc import Iterator

from audit.checks import Finding
from portfolio.manifest import file_parts
from portfolio.models import Portfolio, Revision
from portfolio.proof.told import ALTERED, MISSING, Only, Told, holds, of_kinds, portfolios, told


def revisions(only: Only = None) -> Iterator[Finding]:
    """Each version of a page, with its files, against the event that tells of its saving."""
    for portfolio in portfolios(only):
        yield from _revisions(portfolio)


def _revisions(portfolio: Portfolio) -> Iterator[Finding]:
    events = list(told(portfolio, of_kinds("evidence saved", "evidence erased")))
    erased = {event.data["evidence"] for event in events if event.kind == "evidence erased"}
    saved = {(event.data["evidence"], event.data["revision"]): event for event in events if "revision" in event.data}
    rows = Revision.objects.filter(evidence__portfolio=portfolio).select_related("evidence")
    for row in rows.prefetch_related("attachments__file").order_by("pk").iterator(chunk_size=500):
        if not holds(_agrees, row, saved.pop((row.evidence.eid, row.number), None)):
            yield Finding(_name(portfolio, row.evidence.eid, row.number), ALTERED)
    for eid, number in saved:
        if eid not in erased:
            yield Finding(_name(portfolio, eid, number), MISSING)


def _agrees(row: Revision, event: Told) -> bool:
    files = list(row.attachments.all())
    saved = (event.actor, event.at, event.data["text"]) == (row.saved_by_id, row.saved_at, row.text_digest)
    own = all(file.evidence_id == row.evidence_id for file in files)
    return saved and own and event.data["files"] == file_parts(files)


def _name(portfolio: Portfolio, eid: str, number: int) -> str:
    return f"portfolio {portfolio.ref}, page {eid}, version {number}"
