"""Naming somebody new in place of an assessor, and what the officer says to it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from portfolio.forms.checked import Checked
from portfolio.forms.layout import Button, Fieldset, LinkTo, form_helper
from portfolio.forms.widgets import BoxRadios, Hinted
from portfolio.models import Portfolio
from portfolio.workflow import Nominee
from portfolio.workflow.nominations import NominationTable, problems

NEW = 0  # among the ids of people, in the choice of whom to ask
SOMEBODY_NEW = Hinted(
    "Somebody who is not in this list",
    hint="Enter their name and e-mail address below. Your training officer approves them first.",
)
NAMES = ("new_name", "new_address", "new_post", "new_registration")
STEPS = NominationTable.steps
LONGEST = 2_000


class NamesSomebodyNew(forms.Form):
    """Before a form that has the field `assessor`: one choice more there, and the boxes for whoever is named.

    Without a `portfolio` nobody new can be named.
    """

    field_order = ("assessor",)  # the boxes come after it, in the error summary too
    new_name = forms.CharField(required=False, label="Their name")
    new_address = forms.CharField(
        required=False,
        label="Their e-mail address",
        help_text="At work, if they have one there.",
        widget=forms.TextInput({"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    new_post = forms.CharField(
        required=False, label="Their post (optional)", help_text="For example, Principal Clinical Scientist."
    )
    new_registration = forms.CharField(
        required=False, label="Their registration number (optional)", help_text="For example, HCPC CS01234."
    )

    def __init__(
        self, *args: Any, assessors: Iterable[tuple[int, Hinted]], portfolio: Portfolio | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.portfolio = portfolio
        choices = list(assessors)
        if portfolio is None:
            for name in NAMES:
                del self.fields[name]
        else:
            choices.append((NEW, SOMEBODY_NEW))
        self.fields["assessor"].choices = choices  # type: ignore[attr-defined]

    @property
    def somebody_new(self) -> list[Fieldset]:
        """The boxes as a part of the layout: static/css/forms.css shows them once their choice is made."""
        return [Fieldset("Somebody new", *NAMES, css="app-somebody-new")] if self.portfolio else []

    @property
    def boxes(self) -> list[forms.BoundField]:
        """Those for somebody new."""
        return [self[name] for name in NAMES if name in self.fields]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.portfolio is None or "assessor" in self.errors:
            return given
        if given["assessor"] == NEW:
            for field, said in problems(_nominee(given), self.portfolio).items():
                self.add_error(f"new_{field}", said)
        elif given["assessor"] and any(given.get(name) for name in NAMES):
            said = "You entered somebody new. Choose “Somebody who is not in this list” above, or empty these boxes."
            self.add_error("new_name", said)
        return given

    def nominee(self) -> Nominee | None:
        """Whoever is named, if somebody new is."""
        return _nominee(self.cleaned_data) if self.cleaned_data["assessor"] == NEW else None


def _nominee(given: Mapping[str, Any]) -> Nominee:
    return Nominee(*(given.get(name) or "" for name in NAMES))


class NominationForm(Checked):
    """Approve, or decline with a word."""

    step = forms.ChoiceField(
        label="Your answer",
        choices=[(step.name, step.label) for step in STEPS.values()],
        widget=BoxRadios(shapes={"approve nomination": "done", "decline nomination": "returned"}),
        error_messages={"required": "Choose Approve or Decline.", "invalid_choice": "Choose Approve or Decline."},
    )
    reason = forms.CharField(
        required=False,
        max_length=LONGEST,
        label="A word to the trainee",
        help_text="Needed when you decline. The trainee reads it.",
        widget=forms.Textarea({"rows": 3}),
    )
    field_order = ("step", "reason", "checked")

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, Button("Record your answer"), LinkTo("Cancel", back))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        step = STEPS.get(given.get("step", ""))
        if step and step.needs_reason and not given.get("reason") and "reason" not in self.errors:
            self.add_error("reason", step.needs_reason)
        return given
