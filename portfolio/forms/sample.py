"""A form with one field of every kind, for the components page only."""

from typing import Any

from django import forms

from portfolio.forms.dates import DateBoxField
from portfolio.forms.layout import Actions, Button, Fieldset, LinkTo, Section, Two, form_helper
from portfolio.forms.widgets import BoxRadios, FilesField, Hinted, MarkdownEditor

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2


class Sample(forms.Form):
    """Every look of a field, each with its own message."""

    title = forms.CharField(label="Title", error_messages={"required": "Enter a title"})
    date = DateBoxField(
        label="Date you did it",
        what="The date you did it",
        help_text="For example, 31 1 2026",
        error_messages={"required": "Enter the date you did it"},
    )
    kind = forms.ChoiceField(
        label="Kind",
        help_text="Choose the closest",
        choices=[("", "Choose a kind"), ("reflection", "Reflection"), ("report", "Report")],
        error_messages={"required": "Choose a kind"},
    )
    text = forms.CharField(
        label="Your account",
        help_text="Markdown works here.",
        widget=MarkdownEditor,
        error_messages={"required": "Write your account"},
    )
    note = forms.CharField(
        label="Note", required=False, widget=forms.Textarea({"rows": 3}), help_text="Only you see this."
    )
    attachments = FilesField(label="Add files", required=False, help_text="PDF, PNG or JPEG, up to 25 MB each.")
    assessor = forms.ChoiceField(
        label="Who should decide?",
        help_text="They see only what you send them.",
        widget=forms.RadioSelect,
        choices=[
            ("1", Hinted("Ama Boateng", hint="Principal Clinical Scientist. Your training officer.")),
            ("2", Hinted("Piotr Zieliński", hint="Clinical Scientist. May decide until 30 September 2026.")),
            ("3", Hinted(LONG, hint=LONG)),
        ],
        error_messages={"required": "Choose who should decide"},
    )
    activities = forms.MultipleChoiceField(
        label="Activities",
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("S-C1", [("S-C1/4", "4 Audit personal digital footprint"), ("S-C1/13", "13 Share learning")]),
            ("S-C2", [("S-C2/1", Hinted("1 Plan a project", hint="Draft, 2 pages of evidence"))]),
        ],
        error_messages={"required": "Choose at least one activity"},
    )
    decision = forms.ChoiceField(
        label="S-C1 13 Share learning from a conference",
        widget=BoxRadios(shapes={"signed_off": "done", "returned": "returned"}),
        choices=[("signed_off", "Sign off"), ("returned", "Return with feedback")],
        error_messages={"required": "Choose what you decide"},
    )
    declared = forms.BooleanField(
        label="Nothing in the text or the files could identify a patient.",
        help_text="No names, numbers, dates of birth, rare details or screenshots with them.",
        error_messages={"required": "Confirm that nothing could identify a patient"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(
            self,
            Section("What you did", "title", Two("date", "kind"), "text", "note"),
            Section("Attachments", "attachments"),
            Section(
                "Decision",
                Fieldset("Who and what", "assessor", "activities", hint="Both are needed."),
                "decision",
                "declared",
            ),
            Actions(
                Button("Submit to an assessor"),
                Button("Save draft", "secondary", name="go", value="draft"),
                Button("Delete this page", "warning", name="go", value="delete"),
                Button("Withdraw to edit", "link", name="go", value="withdraw"),
                LinkTo("Cancel", "#top"),
            ),
        )

    def clean(self) -> dict[str, Any]:
        if self.errors:
            raise forms.ValidationError("Something is wrong with the form as a whole, with no field of its own")
        return self.cleaned_data


class SampleFilter(forms.Form):
    """The filters above a list."""

    q = forms.CharField(label="Find a page", required=False, widget=forms.TextInput({"type": "search"}))
    module = forms.ChoiceField(label="Module", required=False, choices=[("", "All modules"), ("S-C1", "S-C1")])
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All states"), ("draft", "Draft")])
