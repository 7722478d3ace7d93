"""The forms of what was signed in another system: one item, or the table of many."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html

from portfolio import files
from portfolio.forms.checked import CHECKED, TAKE_OUT
from portfolio.forms.dates import DateBoxField
from portfolio.forms.layout import Button, LinkTo, Section, form_helper
from portfolio.patient_data import looks_like
from portfolio.states import ElsewhereKind
from portfolio.workflow import Entry
from portfolio.workflow.elsewhere.judging import ANOTHER, LONGEST, MISSING

HELD = "a file that a form brought"
LARGEST_TABLE = 500_000  # characters: 500 rows with long notes
NOT_TEXT = "The selected file is not text in UTF-8. Save it again as CSV UTF-8."


@dataclass(frozen=True)
class Held:
    """A file that a form has brought already: its bytes wait in the store, and a signed mark in the form says which."""

    stored: files.Stored
    name: str

    def mark(self, of: str) -> str:
        """`of` is whose form it is of which portfolio: in any other the mark is nothing."""
        return signing.dumps([*vars(self.stored).values(), self.name], salt=f"{HELD} {of}")

    @classmethod
    def behind(cls, mark: str, of: str) -> "Held | None":
        """None for a mark that is not ours, or of a file that is swept away by now."""
        try:
            *stored, name = signing.loads(mark, salt=f"{HELD} {of}", max_age=files.NEW_SECONDS)
        except signing.BadSignature:
            return None
        return cls(files.Stored(*stored), name)


class BringsProof(forms.Form):
    """A form with a file that proves something, in the field `proof`. One that came with a form that fails, or that is
    shown before it is confirmed, is held, and need not be chosen again.

    `of` is whose form it is of which portfolio.
    """

    proof = "file"
    mark = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2_000)
    take_off = forms.BooleanField(required=False)

    def __init__(self, *args: Any, of: str, held: Held | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of, self.held = of, held
        self.way_off = self.fields.pop("take_off")
        if held is not None:
            self.initial["mark"] = held.mark(of)
            self._say_that_it_is_kept(held)

    def hold(self, upload: UploadedFile | None, mark: str) -> None:
        """The file that came with this form, else the one that came with it before and was not taken off."""
        taken_off = "take_off" in self.data and not upload
        self.held = None if taken_off else Held.behind(mark, self.of)
        if upload:
            try:
                self.held = Held(files.hold(upload), files.clean_name(upload.name or ""))
            except files.Refused as refused:
                self.add_error(self.proof, f"{refused}.")
        marked = {"mark": self.held.mark(self.of)} if self.held else {}
        self.data = {name: self.data[name] for name in self.data if name not in ("mark", "take_off")} | marked
        if self.held is not None:
            self._say_that_it_is_kept(self.held)

    def _say_that_it_is_kept(self, held: Held) -> None:
        self[self.proof].help_text = format_html("{} is kept. Choose another file to take its place.", held.name)
        self.fields["take_off"] = self.way_off
        self.way_off.label = f"Take {held.name} off"

    def take_file(self) -> None:
        """File first, then row. Raises files.Refused where it is gone."""
        if self.held is not None:
            files.take(self.held.stored)


class ElsewhereForm(BringsProof):
    """One item, with its proof."""

    module = forms.ChoiceField(
        label="Module",
        error_messages={"required": "Choose the module.", "invalid_choice": "Choose a module of this curriculum."},
    )
    kind = forms.ChoiceField(
        label="What was signed",
        choices=ElsewhereKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what was signed.", "invalid_choice": "Choose what was signed."},
    )
    number = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=999,
        label="Number of the activity",
        help_text="For a training activity only.",
        widget=forms.TextInput({"inputmode": "numeric", "class": "nhsuk-input--width-3"}),
        error_messages={
            "invalid": "Enter a whole number, such as 3.",
            "min_value": "Enter a number from 1.",
            "max_value": "Enter a smaller number.",
        },
    )
    title = forms.CharField(
        required=False,
        max_length=LONGEST["title"],
        label="Title",
        help_text="As the other system has it. For an activity it may be empty: then the curriculum has the words.",
    )
    case_reference = forms.CharField(
        required=False,
        max_length=LONGEST["case_reference"],
        label="Reference for the case",
        help_text="For a CBD only, where the trainee or the other system has a name for the case, such as Case 3. "
        "Never a hospital number or an NHS number. One case serves one CBD.",
    )
    system = forms.CharField(
        max_length=LONGEST["system"],
        label="System in which it was signed",
        error_messages={"required": MISSING["system"]},
    )
    signed_on = DateBoxField(
        what="The date it was signed",
        label="Date it was signed",
        error_messages={"required": MISSING["signed_on"]},
    )
    signed_by = forms.CharField(
        max_length=LONGEST["signed_by"],
        label="Who signed it",
        help_text="Name and role, as the other system has them.",
        error_messages={"required": MISSING["signed_by"]},
    )
    note = forms.CharField(
        required=False,
        max_length=LONGEST["note"],
        label="What proves it",
        help_text="For example, what you saw, and where. Needed unless you add a file. Name no patient.",
        widget=forms.Textarea({"rows": 4}),
    )
    file = forms.FileField(
        required=False,
        max_length=files.LONGEST_NAME,
        label="File that proves it",
        help_text="For example, an export from the other system. PDF, PNG, JPG, DOCX, XLSX, PPTX, TXT, CSV or MD.",
        widget=forms.FileInput,
    )

    another = forms.BooleanField(
        required=False,
        label="This is another assessment",
        help_text="One observation or discussion fills one slot.",
    )
    beside = forms.IntegerField(required=False, min_value=0, max_value=999, widget=forms.HiddenInput)
    checked = forms.BooleanField(required=False, label=CHECKED)

    def __init__(
        self, *args: Any, modules: Iterable[tuple[str, str]], label: str, back: str, of: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, of=of, **kwargs)
        self.found = looks_like(*(self.data.get(name, "") for name in LONGEST))
        if not self.found:
            del self.fields["checked"]
        self.fields["module"].choices = [("", "Choose a module"), *modules]  # type: ignore[attr-defined]
        self.label, self.back = label, back
        self.question = self.fields.pop("another")
        if "another" in self.data:
            self.fields["another"] = self.question
        self.lay_out()

    def lay_out(self) -> None:
        """The question whether this is another assessment stands there only once there is another, and so on."""
        what = Section("The item", "module", "kind", "number", "title", "case_reference")
        where = Section("Where, when and by whom", "system", "signed_on", "signed_by")
        proofs = ("note", "file", "take_off", "mark", "beside", "another", "checked")
        proof = Section("Proof", *(name for name in proofs if name in self.fields))
        self.helper = form_helper(self, what, where, proof, Button(self.label), LinkTo("Cancel", self.back))

    def ask_another(self, beside: int) -> None:
        """Ask about so many that are there; what was confirmed before was about fewer."""
        self.fields["another"] = self.question
        self.lay_out()
        self.data = {name: self.data[name] for name in self.data if name != "another"} | {"beside": str(beside)}
        self.add_error("another", ANOTHER)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        is_activity = given.get("kind") == ElsewhereKind.ACTIVITY
        if is_activity and given.get("number") is None and "number" not in self.errors:
            self.add_error("number", MISSING["number"])
        if given.get("kind") and not is_activity and not given.get("title") and "title" not in self.errors:
            self.add_error("title", MISSING["title"])
        self.hold(given.get("file"), given.get("mark", ""))
        self.lay_out()
        if not given.get("note") and self.held is None and not {"note", "file"} & set(self.errors):
            self.add_error("note", MISSING["note"])
        if self.found and not given.get("checked"):
            self.add_error("checked", f"{self.found} {TAKE_OUT}")
        return given

    def entry(self) -> Entry:
        """What was typed, and which file proves it. Its bytes are still held: `take_file` lets them in to stay."""
        typed = self.cleaned_data
        is_activity = typed["kind"] == ElsewhereKind.ACTIVITY
        return Entry(
            module=typed["module"],
            kind=typed["kind"],
            number=typed["number"] if is_activity else None,
            title=typed["title"],
            system=typed["system"],
            signed_on=typed["signed_on"],
            signed_by=typed["signed_by"],
            note=typed["note"],
            case_reference=typed["case_reference"],
            file=self.held.stored if self.held else None,
            file_name=self.held.name if self.held else "",
            another=(typed["beside"] or 0) if typed.get("another") else 0,
        )


class TableForm(BringsProof):
    """The rows as text, pasted or from a file, and perhaps one file that proves all of them.

    `seen` is the digest of the preview that the page shows.
    """

    proof = "proves"
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    another = forms.BooleanField(
        required=False,
        label="Each row that is marked is another assessment, and not the one that is recorded",
        help_text="One observation or discussion fills one slot. Otherwise take these rows out of the table below.",
    )
    checked = forms.BooleanField(
        required=False, label=CHECKED, help_text="Otherwise take it out of the rows that are marked."
    )
    rows = forms.CharField(
        required=False,
        max_length=LARGEST_TABLE,
        strip=False,
        label="Rows of the table",
        help_text="Copy them in your spreadsheet and paste them here.",
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
    )
    file = forms.FileField(
        required=False,
        max_length=files.LONGEST_NAME,
        label="Or a CSV file",
        help_text="Its rows take the place of what is in the box.",
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        error_messages={"empty": "The selected file is empty."},
    )
    proves = forms.FileField(
        required=False,
        max_length=files.LONGEST_NAME,
        label="One file that proves all the rows",
        help_text="For example, an export from the other system. It is kept as the proof of every row, so a row may "
        "leave its note empty. PDF, PNG, JPG, DOCX, XLSX, PPTX, TXT, CSV or MD.",
        widget=forms.FileInput,
    )

    def clean_file(self) -> str:
        """The text of the file; "" when none was sent."""
        upload: UploadedFile | None = self.cleaned_data["file"]
        if upload is None:
            return ""
        if upload.size is None or upload.size > 4 * LARGEST_TABLE:
            raise ValidationError("The selected file is too large for a table. Choose one of 2 MB or smaller.")
        try:
            text = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(NOT_TEXT) from None
        if "\x00" in text:
            raise ValidationError(NOT_TEXT)
        if len(text) > LARGEST_TABLE:
            raise ValidationError("The selected file is too large for a table. Record its rows in several parts.")
        return text

    def clean(self) -> dict[str, Any]:
        """What is in the box counts nothing where a file was sent: neither does what is wrong with it."""
        given = super().clean() or {}
        if given.get("file"):
            self.errors.pop("rows", None)
        self.hold(given.get("proves"), given.get("mark", ""))
        return given

    def table(self) -> str:
        """The rows that count: of the file, where one was sent."""
        return str(self.cleaned_data["file"] or self.cleaned_data["rows"])

    def shown_with(self, text: str, seen: str) -> "TableForm":
        """The same form with these rows in its box, bound to the preview that is shown with it.

        What was ticked of that very preview stays ticked; of any other it was said of other rows.
        """
        ticked = [name for name in ("another", "checked") if name in self.data and self.data.get("seen") == seen]
        initial = {"rows": text, "seen": seen} | dict.fromkeys(ticked, True)
        return TableForm(initial=initial, of=self.of, held=self.held)
