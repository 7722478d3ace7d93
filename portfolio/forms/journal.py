"""Writing a note in the journal."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils import timezone

from portfolio.forms.dates import DateBoxField
from portfolio.forms.layout import Button, LinkTo, form_helper
from portfolio.forms.steps import OpenedOn
from portfolio.models import JournalNote, Portfolio
from portfolio.models.ids import public_id
from portfolio.workflow.journal import EMPTY, FUTURE, Note, note_seen

LONGEST_TEXT = 20_000


def note_made_by(portfolio: Portfolio, data: Mapping[str, Any]) -> str:
    """The address of the note that a form made or will make; "" when its mark is not one that this portfolio gave."""
    try:
        return _signer(portfolio).unsign(data.get("note_token", ""))
    except BadSignature:
        return ""


def _signer(portfolio: Portfolio) -> Signer:
    return Signer(salt=f"new note of {portfolio.ref}")


class JournalForm(OpenedOn):
    """A date and two boxes, one of which says something. Sent twice, it makes one note."""

    dated = DateBoxField(
        what="The date",
        label="Date",
        help_text="For example, 31 1 2026",
        error_messages={"required": "Enter the date."},
    )
    happened = forms.CharField(
        label="What happened",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 7}),
        error_messages={"max_length": f"What happened must be {LONGEST_TEXT:,} characters or fewer."},
    )
    thought = forms.CharField(
        label="What I make of it",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 7}),
        error_messages={"max_length": f"What I make of it must be {LONGEST_TEXT:,} characters or fewer."},
    )
    note_token = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)

    def __init__(self, *sent: Any, portfolio: Portfolio, back: str, note: JournalNote | None = None) -> None:
        super().__init__(*sent)
        self.initial["dated"] = note.dated if note else timezone.localdate()
        if note:
            self.initial.update(happened=note.happened, thought=note.thought, seen=note_seen(note))
        else:
            self.initial["note_token"] = _signer(portfolio).sign(public_id())
        self.helper = form_helper(self, Button("Save"), LinkTo("Cancel", back))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("dated") and given["dated"] > timezone.localdate():
            self.add_error("dated", FUTURE)
        if not self.errors.keys() & {"happened", "thought"} and not (given.get("happened") or given.get("thought")):
            self.add_error("happened", EMPTY)
        return given

    def note(self) -> Note:
        return Note(*(self.cleaned_data[name] for name in ("dated", "happened", "thought")))
