"""That what was written, submitted and signed still stands, row by row.

A chain tells whether an event was altered. These checks tell whether a row was, by what the events say of it: each
finding names the row in words. `verify_audit` asks them of everything, pages of what they show (`doubted`).
"""

from audit import checks
from portfolio.proof.appointed import appointments
from portfolio.proof.assessed import assessment_doubted, assessments
from portfolio.proof.doubt import all_agree, doubted
from portfolio.proof.goals import as_written, goals
from portfolio.proof.placed import placements
from portfolio.proof.reports import reports
from portfolio.proof.signed import signed_rows
from portfolio.proof.states import possible_of, states
from portfolio.proof.stored import stored_files
from portfolio.proof.submitted import items
from portfolio.proof.written import revisions

DOUBT = "This no longer agrees with what was recorded when it was made. Do not rely on it. Tell an administrator."


def watch() -> None:
    """Have verify_audit look at all of this; portfolio/apps.py calls it when the site starts."""
    checks.register("appointments", appointments)
    checks.register("files", stored_files)
    checks.register("items as submitted", items)
    checks.register("pages as saved", revisions)
    checks.register("signed rows", signed_rows)
    checks.register("states", states)
    checks.register("goals as written", goals)
    checks.register("assessments", assessments)
    checks.register("placements", placements)
    checks.register("reports as evidence", reports)


__all__ = [
    "DOUBT",
    "all_agree",
    "appointments",
    "as_written",
    "assessment_doubted",
    "assessments",
    "doubted",
    "goals",
    "items",
    "placements",
    "possible_of",
    "reports",
    "revisions",
    "signed_rows",
    "states",
    "stored_files",
    "watch",
]
