"""Whether what was submitted still is what it was, and with whom it is said to be."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from audit.checks import Finding
from portfolio.manifest import WHOLE, stands
from portfolio.models import Item, Portfolio, Submission
from portfolio.models.asking import AskedFor
from portfolio.proof.told import MISSING, Only, Told, holds, of_kinds, portfolios, told

FURTHER = ("redirect", "hand over", "withdraw", "approve nomination")
ASKING = of_kinds("submit", *FURTHER)
Asked = dict[str, list[Told]]


def asked(events: Iterable[Told]) -> Asked:
    """By submission, what was asked of whom, in order; each begins with what was submitted."""
    found: Asked = {}
    for event in events:
        if event.kind == "submit":
            found[event.data["submission"]] = [event]
        elif event.data.get("submission") in found and event.kind in FURTHER:
            found[event.data["submission"]].append(event)
    return found


def items(only: Only = None) -> Iterator[Finding]:
    """Each item, with its pages and reasons, and each submission's assessors, against the events that tell of them."""
    for portfolio in portfolios(only):
        yield from _items(portfolio, asked(told(portfolio, ASKING)))


def _items(portfolio: Portfolio, said: Asked) -> Iterator[Finding]:
    without_row = {(sid, _key(line)): line for sid, (first, *_) in said.items() for line in first.data["items"]}
    rows = Item.objects.filter(submission__portfolio=portfolio).select_related(
        "submission__portfolio__curriculum", "activity__module"
    )
    for item in rows.prefetch_related(*WHOLE).order_by("pk").iterator(chunk_size=500):
        without_row.pop((item.submission.sid, _key(_line(item))), None)
        if not holds(item_agrees, item, said):
            yield Finding(name(item), "it is not what was submitted")
    for line in without_row.values():
        where = f"{line['module']} {line['number']}, submission {line['attempt']}"
        yield Finding(f"portfolio {portfolio.ref}, {where}", MISSING)
    for submission in (
        Submission.objects.filter(portfolio=portfolio).prefetch_related("addressees", "nominations").order_by("pk")
    ):
        if not holds(_asked_agrees, submission, said):
            subject = f"portfolio {portfolio.ref}, submission {submission.sid}"
            yield Finding(subject, "whom it is with, or since when, is not what was recorded")


def name(item: Item) -> str:
    """How a finding names an item."""
    return f"portfolio {item.submission.portfolio.ref}, {item.activity}, submission {item.attempt}"


def item_agrees(item: Item, said: Asked) -> bool:
    """The rows are what was sealed, the seal is what the event tells, and each row belongs where it stands."""
    portfolio, activity = item.submission.portfolio, item.activity
    revisions = [page.revision for page in item.pages.all()]
    at_home = activity.portfolio_id == portfolio.pk and activity.module.curriculum_id == portfolio.curriculum_id
    own_files = all(file.evidence_id == row.evidence_id for row in revisions for file in row.attachments.all())
    return at_home and own_files and stands(item) and _line(item) in said[item.submission.sid][0].data["items"]


def _line(item: Item) -> dict[str, Any]:
    """As the event of a submission tells of an item."""
    place = {"module": item.activity.module.code, "number": item.activity.number}
    return {**place, "attempt": item.attempt, "manifest": item.digest}


def _key(line: dict[str, Any]) -> tuple[Any, ...]:
    return line["module"], line["number"], line["attempt"]


def _asked_agrees(submission: Submission, said: Asked) -> bool:
    events = said[submission.sid]
    return addressees_agree(submission, events) and nominations_agree(submission, events)


def addressees_agree(asked_for: AskedFor, events: Iterable[Told]) -> bool:
    """The dated rows of whom it was with are those that the events make. Somebody who is only named has none."""
    wanted: list[list[int | datetime | str | None]] = []
    for event in events:
        if wanted:
            wanted[-1][2] = wanted[-1][2] or event.at
        if event.kind != "withdraw" and event.data["assessor"] is not None:
            wanted.append([event.data["assessor"], event.at, None, event.data["due_on"]])
    rows = sorted(asked_for.addressees.all(), key=lambda row: row.pk)
    return wanted == [[row.assessor_id, row.since, row.until, row.due_on.isoformat()] for row in rows]


def nominations_agree(asked_for: AskedFor, events: Iterable[Told]) -> bool:
    """Whoever was named is who the events tell of, since when, and until when."""
    wanted: list[list[datetime | str | None]] = []
    for event in events:
        if wanted:
            wanted[-1][3] = wanted[-1][3] or event.at
        if "nominee" in event.data:
            wanted.append([event.data["nomination"], event.data["nominee"], event.at, None, event.data["due_on"]])
    rows = sorted(asked_for.nominations.all(), key=lambda row: row.pk)
    at_home = all(row.portfolio_id == asked_for.portfolio_id for row in rows)
    return at_home and wanted == [[row.nid, row.digest, row.since, row.until, row.due_on.isoformat()] for row in rows]
