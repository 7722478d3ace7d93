"""The journal: notes that are the trainee's alone, and what they wrote elsewhere turned into a page of evidence.

No event tells of a note. What it is turned into is a page like any other: private until it is submitted or shared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.canonical import digest
from portfolio.access import WRITE
from portfolio.models import Evidence, JournalNote, Placement, Portfolio
from portfolio.models.placement import QUESTIONS
from portfolio.states import EvidenceKind
from portfolio.workflow import writing
from portfolio.workflow.days import check_meant
from portfolio.workflow.machine import Incomplete, TooLate, writable

LONGEST_TITLE = 200
FUTURE = "The date must be today or in the past."
EMPTY = "Write what happened, or what you make of it."
CHANGED = "This note was changed in another tab or window after you opened this form."


@dataclass(frozen=True)
class Note:
    """What was typed."""

    dated: date
    happened: str
    thought: str


def note_seen(row: JournalNote) -> str:
    """A digest of what a note says: a form carries it, so that a stale tab is told from a current one."""
    said = [row.dated.isoformat(), row.happened, row.thought]
    return digest({"v": "stp-note-1", "note": row.jid, "said": said})


@transaction.atomic
def keep(
    portfolio: Portfolio, note: Note, *, by: User, row: JournalNote | None = None, jid: str = "", seen: str = ""
) -> JournalNote:
    """Write a note, or change one. `jid` is the address of a new one: a form sent twice finds what it made first.

    `seen` is the note that the form was opened on. TooLate when it says something else by now, and not this.
    """
    portfolio = writable(portfolio.pk, WRITE, by=by)
    if not (note.happened.strip() or note.thought.strip()):
        raise Incomplete(EMPTY, "happened")
    if note.dated > timezone.localdate():
        raise Incomplete(FUTURE, "dated")
    check_meant(portfolio, note.dated, "dated")
    row = _own(portfolio, row) if row else JournalNote.objects.filter(portfolio=portfolio, jid=jid).first()
    row = row or JournalNote(portfolio=portfolio, created_at=timezone.now())
    if jid and row._state.adding:
        row.jid = jid
    said = Note(note.dated, note.happened.strip(), note.thought.strip())
    if not row._state.adding and seen != note_seen(row) and said != Note(row.dated, row.happened, row.thought):
        raise TooLate(CHANGED)
    row.dated, row.happened, row.thought = said.dated, said.happened, said.thought
    row.changed_at = timezone.now()
    row.save()
    return row


@transaction.atomic
def delete(row: JournalNote, *, by: User) -> None:
    """For good. A page of evidence that was made of it stays."""
    portfolio = writable(row.portfolio_id, WRITE, by=by)
    _own(portfolio, row).delete()


@transaction.atomic
def turn_note(row: JournalNote, *, by: User) -> Evidence:
    """The page of evidence made of a note: a new one, or the one that was made before."""
    portfolio = writable(row.portfolio_id, WRITE, by=by)
    row = _own(portfolio, row)
    if row.page is None or row.page.binned_at is not None:
        answers = (("What happened", row.happened), ("What I make of it", row.thought))
        row.page = _page(portfolio, row.first_words, row.dated, answers, by=by)
        row.save(update_fields=["page"])
    return row.page


@transaction.atomic
def turn_reflection(placement: Placement, *, by: User) -> Evidence:
    """The page of evidence made of a placement's closing reflection: a new one, or the one that was made before."""
    portfolio = writable(placement.portfolio_id, WRITE, by=by)
    row = Placement.objects.select_related("page").get(pk=placement.pk, portfolio=portfolio)
    answers = [(question, getattr(row, name)) for name, question in QUESTIONS.items()]
    if not any(text for _, text in answers):
        raise TooLate("There is no closing reflection yet. Write it first.")
    if row.page is None or row.page.binned_at is not None:
        when = min(row.ends_on, timezone.localdate())
        row.page = _page(portfolio, f"Reflection on {row.title}", when, answers, by=by)
        row.save(update_fields=["page"])
    return row.page


def _page(portfolio: Portfolio, title: str, when: date, answers: Iterable[tuple[str, str]], *, by: User) -> Evidence:
    """With each answer under its heading; what was left empty is left out."""
    body = "\n\n".join(f"## {heading}\n\n{text}" for heading, text in answers if text)
    typed = writing.Page(title=title[:LONGEST_TITLE], happened_on=when, kind=EvidenceKind.REFLECTION, body=body)
    return writing.keep(portfolio, typed, by=by)


def _own(portfolio: Portfolio, row: JournalNote) -> JournalNote:
    """The note as it stands under the lock."""
    found = JournalNote.objects.select_related("page").filter(pk=row.pk, portfolio=portfolio).first()
    if found is None:
        raise TooLate("This note was deleted in another tab or window.")
    return found
