"""Whether each page that was made from a report of feedback still is, and what was submitted is what was released."""

from collections.abc import Iterator
from typing import Any

from audit.checks import Finding
from portfolio.models import Evidence, FeedbackRound, ItemPage, Portfolio
from portfolio.proof.told import Only, holds, of_kinds, portfolios, told
from portfolio.workflow.feedback.using import holds_report

ANOTHER = "the report that it was made from is not the one that was recorded"
NOT_AS_RELEASED = "it does not hold the report as it was released"
USED, ERASED = "report used as evidence", "evidence erased"


def reports(only: Only = None) -> Iterator[Finding]:
    """Each such page against the event that tells of its making, and what was submitted of it against its round."""
    with_rounds = set(FeedbackRound.objects.values_list("portfolio", flat=True))
    for portfolio in portfolios(only):
        if portfolio.pk in with_rounds:
            yield from _made(portfolio)
            yield from _submitted(portfolio)


def _made(portfolio: Portfolio) -> Iterator[Finding]:
    events = list(told(portfolio, of_kinds(USED, ERASED)))
    said = {event.data["evidence"]: event.data for event in events if event.kind == USED}
    for event in events:
        if event.kind == ERASED:
            said.pop(event.data["evidence"], None)
    rows = Evidence.objects.filter(portfolio=portfolio).exclude(feedback_round=None)
    for page in rows.select_related("feedback_round__closing").order_by("pk"):
        if not holds(_agrees, page, said.pop(page.eid, None)):
            yield Finding(_name(portfolio, page.eid), ANOTHER)
    for eid in said:
        yield Finding(_name(portfolio, eid), ANOTHER)


def _agrees(page: Evidence, said: dict[str, Any]) -> bool:
    row = page.feedback_round
    assert row is not None  # only such pages are asked about
    at_home = row.portfolio_id == page.portfolio_id
    return at_home and (said["feedback_round"], said["report"]) == (row.number, row.closing.digest)


def _submitted(portfolio: Portfolio) -> Iterator[Finding]:
    pages = ItemPage.objects.filter(item__submission__portfolio=portfolio)
    rows = pages.exclude(revision__evidence__feedback_round=None).select_related(
        "item__activity__module", "revision__evidence__feedback_round__closing"
    )
    for page in rows.order_by("pk"):
        if not holds(_as_released, page):
            where = f"page {page.revision.evidence.eid} for {page.item.activity}, submission {page.item.attempt}"
            yield Finding(f"portfolio {portfolio.ref}, {where}", NOT_AS_RELEASED)


def _as_released(page: ItemPage) -> bool:
    row = page.revision.evidence.feedback_round
    return row is not None and holds_report(page.revision.body, row)


def _name(portfolio: Portfolio, eid: str) -> str:
    return f"portfolio {portfolio.ref}, page {eid}"
