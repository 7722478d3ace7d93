"""The released report as a page of evidence, and whether a page still holds it as it was released.

A page says from which round it was made. Its trainee may write before and after the report; what is submitted holds it
whole (activities/asking.py), and `verify_audit` holds that against the round again.
"""

from django.db import transaction

from accounts.models import User
from audit.chain import append
from portfolio.access import WRITE
from portfolio.models import Evidence, FeedbackRound, Revision
from portfolio.states import EvidenceKind
from portfolio.states import FeedbackState as State
from portfolio.workflow import writing
from portfolio.workflow.feedback.report import as_text, report
from portfolio.workflow.feedback.rounds import report_digest, state_of
from portfolio.workflow.machine import Incomplete, TooLate, writable

NOT_RELEASED = "There is no report to use yet. Nothing was made."
ALTERED = "The report is not what was sealed when the round closed. Nothing was made. Tell an administrator."


@transaction.atomic
def use(row: FeedbackRound, *, by: User, eid: str) -> Evidence:
    """A page with the report as its text; the form that was sent twice finds the page that its first sending made."""
    portfolio = writable(row.portfolio_id, WRITE, by=by)
    if state_of(row) is not State.RELEASED:
        raise TooLate(NOT_RELEASED)
    if row.closing.digest != report_digest(row, row.answers.all()):
        raise TooLate(ALTERED)
    page = writing.Page(
        title=f"{row}: report",
        happened_on=row.closing.release.discussed_on,
        kind=EvidenceKind.FEEDBACK,
        body=released_text(row),
    )
    made = writing.keep(portfolio, page, by=by, eid=eid)
    if made.feedback_round_id is None:
        made.feedback_round = row
        made.save(update_fields=["feedback_round"])
        told = {"evidence": made.eid, "feedback_round": row.number, "round": row.name, "report": row.closing.digest}
        append(portfolio.chain, "report used as evidence", by=by, data=told)
    return made


def released_text(row: FeedbackRound) -> str:
    """The report of a closed round as the text of a page."""
    return as_text(report(row.questions, row.answers.all()), answered=row.closing.answered, digest=row.closing.digest)


def holds_report(body: str, row: FeedbackRound) -> bool:
    """Whether this text holds the report of this round, whole and word for word."""
    return f"\n{_plain(released_text(row))}\n" in f"\n{_plain(body)}\n"


def _plain(text: str) -> str:
    """Whatever ends a line, and blanks that nobody sees at the end of one, make no other text."""
    return "\n".join(line.rstrip() for line in text.splitlines())


def check_report(revision: Revision) -> None:
    """A page that was made from a report is submitted with that report as it was released, or not at all."""
    row = revision.evidence.feedback_round
    if row is not None and not holds_report(revision.body, row):
        raise Incomplete(
            f"“{revision.title}” was made from the report of the {row.name} feedback, and does not hold it as it was "
            "released. Leave it out, or make the page again from its round with “Use as evidence”.",
            "pages",
        )
