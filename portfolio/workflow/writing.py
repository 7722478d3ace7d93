"""Writing evidence: the working copy, an immutable revision at each Save, files, sharing, archive and bin.

Also the trainee's own label of an activity. No state of a table moves here. Each function locks the portfolio first, so
that saving and submitting do not cross.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.canonical import digest
from audit.chain import append
from portfolio import ledger, requirements
from portfolio.access import WRITE, may
from portfolio.files import Stored
from portfolio.manifest import file_parts
from portfolio.models import Activity, Attachment, Evidence, ItemPage, Portfolio, Revision, StoredFile
from portfolio.states import ActivityState
from portfolio.workflow.machine import Incomplete, TooLate, writable

FIELDS = ("title", "happened_on", "kind", "body")
# What is said of a field that was left empty, by its name.
MISSING = {"title": "Enter a title.", "happened_on": "Enter the date you did it."}
IN_BIN = "This page is in the bin. Take it out of the bin to change it."
NO_SUCH_NUMBER = "This module has no activity of that number."
SUBMITTED_ONCE = "This page was submitted once. It stays, and can be archived."
STILL_LINKED = "This page is linked to an activity. Remove its links first."
KEPT = "This activity was submitted under its present words. They stay while it is in review or signed off."
KEPT_ELSEWHERE = "Another system has signed this activity under its present words. They stay while that record stands."


@dataclass(frozen=True)
class Page:
    """What was typed. A working copy may lack a title or a date; a revision may not."""

    title: str
    happened_on: date | None
    kind: str
    body: str


class Stale(TooLate):
    """The working copy says something else than what a form was opened on."""


def may_write(portfolio: Portfolio, *, by: User) -> bool:
    """Whether somebody may write pages here now: the buttons of a page ask what `writable` will ask."""
    return portfolio.closed_at is None and may(by, WRITE, portfolio)


def newest(evidence: Evidence) -> Revision | None:
    """The last saved revision."""
    return evidence.revisions.order_by("-number").first()


def unsaved(evidence: Evidence) -> bool:
    """Whether the working copy holds anything that the newest revision does not."""
    return differs(evidence, current_files(evidence), newest(evidence))


def differs(evidence: Evidence, files: Iterable[Attachment], revision: Revision | None) -> bool:
    """The same, for whoever has the files of the working copy and the newest revision in hand."""
    if revision is None or any(getattr(evidence, name) != getattr(revision, name) for name in FIELDS):
        return True
    return set(files) != set(revision.attachments.all())


def current_files(evidence: Evidence) -> list[Attachment]:
    """The files of the working copy, in the order in which they were added."""
    return list(evidence.attachments.filter(removed_at=None).select_related("file"))


def ever_submitted(evidence: Evidence) -> bool:
    """Whether any revision was ever part of a submission: then the page can only be archived."""
    return ItemPage.objects.filter(revision__evidence=evidence).exists()


def seen(evidence: Evidence) -> str:
    """A digest of what the working copy says: a form carries it, so that a stale tab is told from a current one."""
    return digest({name: str(getattr(evidence, name) or "") for name in FIELDS})


@transaction.atomic
def keep(
    portfolio: Portfolio, page: Page, *, by: User, evidence: Evidence | None = None, eid: str = "", opened: str = ""
) -> Evidence:
    """Keep what was typed in the working copy, new or existing. Nothing is sealed and nobody else sees it.

    `eid` is the address that a new page gets; a form sent twice finds the page that its first sending made. `opened`
    is what `seen` said when the form was opened: Stale when the page says something else by now, and not this.
    """
    portfolio = writable(portfolio.pk, WRITE, by=by)
    evidence = evidence or Evidence.objects.filter(portfolio=portfolio, eid=eid).first()
    row = _own(portfolio, evidence) if evidence else Evidence(portfolio=portfolio, created_at=timezone.now())
    if eid and not evidence:
        row.eid = eid
    typed = {name: getattr(page, name) for name in FIELDS}
    if opened and evidence and opened != seen(row) and typed != {name: getattr(row, name) for name in FIELDS}:
        raise Stale("This page was changed in another tab or window after you opened this form.")
    for name in FIELDS:
        setattr(row, name, getattr(page, name))
    row.changed_at = timezone.now()
    row.save()
    return row


@transaction.atomic
def save(evidence: Evidence, *, by: User) -> Revision:
    """Make a revision of the working copy; the same revision again when nothing changed since."""
    portfolio = writable(evidence.portfolio_id, WRITE, by=by)
    row = _own(portfolio, evidence)
    if not row.title.strip():
        raise Incomplete(MISSING["title"], "title")
    if row.happened_on is None:
        raise Incomplete(MISSING["happened_on"], "happened_on")
    last = newest(row)
    if last is not None and not unsaved(row):
        return last
    revision = Revision.objects.create(
        evidence=row,
        number=last.number + 1 if last else 1,
        saved_at=timezone.now(),
        saved_by=by,
        **{name: getattr(row, name) for name in FIELDS},
    )
    files = current_files(row)
    revision.attachments.set(files)
    _record(
        portfolio,
        "evidence saved",
        row,
        by,
        at=revision.saved_at,
        revision=revision.number,
        text=revision.text_digest,
        files=file_parts(files),
    )
    return revision


@transaction.atomic
def attach(evidence: Evidence, stored: Stored, name: str, *, by: User) -> Attachment:
    """Add a file that is already in the store to the working copy (file first, then row); once, however often sent."""
    portfolio = writable(evidence.portfolio_id, WRITE, by=by)
    row = _own(portfolio, evidence)
    file, _ = StoredFile.objects.get_or_create(
        sha256=stored.sha256, defaults={"size": stored.size, "media_type": stored.media_type}
    )
    there = Attachment.objects.filter(evidence=row, file=file, name=name, removed_at=None).first()
    return there or Attachment.objects.create(evidence=row, file=file, name=name, added_at=timezone.now())


@transaction.atomic
def detach(attachment: Attachment, *, by: User) -> None:
    """Take a file off the working copy. Revisions that held it keep it."""
    portfolio = writable(attachment.evidence.portfolio_id, WRITE, by=by)
    _own(portfolio, attachment.evidence)
    attachment.removed_at = timezone.now()
    attachment.save(update_fields=["removed_at"])


@transaction.atomic
def share(evidence: Evidence, *, on: bool, by: User) -> None:
    """Let my people read the newest revision of this page, or stop that."""
    portfolio = writable(evidence.portfolio_id, WRITE, by=by)
    row = _own(portfolio, evidence)
    if on and newest(row) is None:
        raise Incomplete("Save the page first: what your people read is the newest saved revision.")
    if row.shared == on:
        return
    row.shared = on
    row.save(update_fields=["shared"])
    _record(portfolio, "evidence shared" if on else "evidence no longer shared", row, by)


@transaction.atomic
def archive(evidence: Evidence, *, on: bool, by: User) -> None:
    """Put a page out of the way, or back. What it was submitted for does not change."""
    portfolio = writable(evidence.portfolio_id, WRITE, by=by)
    row = _own(portfolio, evidence)
    if (row.archived_at is not None) == on:
        return
    row.archived_at = timezone.now() if on else None
    row.save(update_fields=["archived_at"])
    _record(portfolio, "evidence archived" if on else "evidence brought back", row, by)


@transaction.atomic
def discard(evidence: Evidence, *, by: User) -> None:
    """Put a page that was never submitted in the bin, from where it can come back for settings.BIN_DAYS."""
    portfolio = writable(evidence.portfolio_id, WRITE, by=by)
    row = _own(portfolio, evidence)
    if ever_submitted(row):
        raise TooLate(SUBMITTED_ONCE)
    if row.links.exists():
        raise TooLate(STILL_LINKED)
    row.archived_at, row.binned_at, row.shared = None, timezone.now(), False
    row.save(update_fields=["archived_at", "binned_at", "shared"])
    _record(portfolio, "evidence binned", row, by)


@transaction.atomic
def recover(evidence: Evidence, *, by: User) -> None:
    """Take a page out of the bin."""
    portfolio = writable(evidence.portfolio_id, WRITE, by=by)
    row = Evidence.objects.get(pk=evidence.pk, portfolio=portfolio)
    if row.binned_at is None:
        return
    row.binned_at = None
    row.save(update_fields=["binned_at"])
    _record(portfolio, "evidence recovered", row, by)


def keeps_words(state: str, *, named: bool) -> bool:
    """Whether an activity keeps the words that it has. One that another system signed has no words here until named."""
    return state in (ActivityState.IN_REVIEW, ActivityState.SIGNED_OFF) or (
        state == ActivityState.SIGNED_ELSEWHERE and named
    )


@transaction.atomic
def name_place(portfolio: Portfolio, code: str, number: int, *, title: str, type: str, by: User) -> Activity:
    """Give a place without wording the trainee's own label; naming the next number adds it to this portfolio.

    KeyError for a module that the curriculum does not have. The words themselves stay out of the chain.
    """
    portfolio = writable(portfolio.pk, WRITE, by=by)
    record = ledger.read_one(portfolio)
    module = record.structure.module(code)
    if module.activity(number) is not None:
        raise TooLate("The curriculum has the wording of this activity now. It is shown in place of your own words.")
    places = {place.number for place in requirements.places(record, module)}
    if number not in places | {requirements.next_number(record, module)}:
        raise TooLate(NO_SUCH_NUMBER)
    row, _ = Activity.objects.get_or_create(portfolio=portfolio, module_id=module.id, number=number)
    if keeps_words(row.state, named=bool(row.label_title or row.label_type)):
        raise TooLate(KEPT_ELSEWHERE if row.state == ActivityState.SIGNED_ELSEWHERE else KEPT)
    row.label_title, row.label_type = title, type
    row.save(update_fields=["label_title", "label_type"])
    append(portfolio.chain, "activity named", by=by, data={"module": code, "number": number, "type": type})
    return row


def bin_until(evidence: Evidence) -> date | None:
    """The day on which a page in the bin goes for good."""
    return timezone.localdate(evidence.binned_at) + timedelta(days=settings.BIN_DAYS) if evidence.binned_at else None


def _own(portfolio: Portfolio, evidence: Evidence) -> Evidence:
    """The page as it stands under the lock."""
    row = Evidence.objects.get(pk=evidence.pk, portfolio=portfolio)
    if row.binned_at is not None:
        raise TooLate(IN_BIN)
    return row


def _record(
    portfolio: Portfolio, kind: str, evidence: Evidence, by: User, *, at: datetime | None = None, **data: object
) -> None:
    append(portfolio.chain, kind, by=by, data={"evidence": evidence.eid, **data}, at=at)
