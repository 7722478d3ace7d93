"""The forms of review meetings, and of working time and leave. What a step needs is said by the workflow's tables."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from portfolio.forms.checked import Checked
from portfolio.forms.dates import DateBoxField
from portfolio.forms.layout import Button, LinkTo, form_helper
from portfolio.models import ReviewAction
from portfolio.states import LeaveKind, Side
from portfolio.workflow import Step
from portfolio.workflow.reviews import Agree, Notes, Plan
from portfolio.workflow.reviews.acting import SAY_WHAT
from portfolio.workflow.training_time import Away, Works

LONGEST_TEXT = 10_000


class OfStep(forms.Form):
    """A form of one step, with its button and the way back."""

    def __init__(
        self, *args: Any, step: Step, back: str, style: str = "primary", label: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.buttons = Button(label or step.label, style), LinkTo("Cancel", back)

    @property
    def helper(self) -> FormHelper:
        """Of the fields as they are when the form is shown: a form may leave some out."""
        return form_helper(self, *self.buttons)


class Seen(OfStep):
    """`seen`: what of this the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class SignForm(forms.Form):
    """One button on the page that shows what is signed; sent to an address of its own."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, step: Step, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, Button(step.label), action=action)


# --- the meeting --------------------------------------------------------------------------------------------------


class PlanForm(OfStep):
    """When the meeting is."""

    on = DateBoxField(
        what="The date of the meeting",
        label="Date of the meeting",
        error_messages={"required": "Enter the date of the meeting."},
    )

    def given(self) -> Plan:
        return Plan(self.cleaned_data["on"])


class AgainForm(Checked, PlanForm):
    """A new record, and why there is another."""

    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4}),
        help_text="What the earlier record has wrong or leaves out. It stands on the new one.",
    )
    field_order = ("on", "reason", "checked")

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, step=step, **kwargs)
        self.fields["reason"].error_messages["required"] = step.needs_reason


class NotesForm(Checked, Seen):
    """What one side writes. Empty is allowed: notes can be taken back before anybody signs."""

    text = forms.CharField(
        label="Your notes",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 10}),
        help_text="Both of you see them, and so does an administrator. Name no patient.",
    )
    field_order = ("seen", "text", "checked")

    def given(self) -> Notes:
        return Notes(self.cleaned_data["text"])


class ActionForm(Checked, OfStep):
    """Who does what by when."""

    what = forms.CharField(
        label="What is to be done",
        max_length=ReviewAction._meta.get_field("what").max_length,
        error_messages={"required": SAY_WHAT},
    )
    side = forms.ChoiceField(
        label="Who does it",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who does it.", "invalid_choice": "Choose one of the two."},
    )
    by_when = DateBoxField(
        what="The date", label="By when", error_messages={"required": "Enter the date by which it is to be done."}
    )
    field_order = ("what", "side", "by_when", "checked")

    def __init__(self, *args: Any, sides: Iterable[tuple[Side, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["side"].choices = [(side.value, label) for side, label in sides]  # type: ignore[attr-defined]

    def given(self) -> Agree:
        return Agree(self.cleaned_data["what"], Side(self.cleaned_data["side"]), self.cleaned_data["by_when"])


# --- working time and leave ---------------------------------------------------------------------------------------


class TimeForm(Checked, Seen):
    """What both have: a note, which stays, and a first day that is fixed once it is recorded."""

    starts_on = DateBoxField(
        what="The first day", label="First day", error_messages={"required": "Enter the first day."}
    )
    note = forms.CharField(
        label="Note (optional)",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
        help_text="Where this is written down, for example. The trainee, their officers and administrators read it.",
    )

    def __init__(self, *args: Any, fixed: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fixed = fixed
        if fixed is not None:
            del self.fields["starts_on"]
        self.order_fields([*(name for name in self.fields if name not in ("note", "checked")), "note", "checked"])

    @property
    def first_day(self) -> Any:
        return self.cleaned_data["starts_on"] if self.fixed is None else self.fixed


class WorkingTimeForm(TimeForm):
    """From this day on: so many per cent of full time."""

    hundredths = forms.IntegerField(
        label="Per cent of full time",
        help_text="100 is full time, 60 is three days of five.",
        error_messages={
            "required": "Enter a whole number from 1 to 100.",
            "invalid": "Enter a whole number, such as 60.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        box: Any = self.fields["hundredths"].widget
        box.input_type = "text"
        box.attrs |= {"inputmode": "numeric", "class": "nhsuk-input--width-3"}

    def given(self) -> Works:
        return Works(self.first_day, self.cleaned_data["hundredths"], self.cleaned_data["note"])


class LeaveForm(TimeForm):
    """From the first day to the last, both included."""

    ends_on = DateBoxField(
        what="The last day",
        label="Last day",
        required=False,
        help_text="Leave it empty while nobody knows. Dates after the first day cannot be known until then.",
    )
    kind = forms.ChoiceField(
        label="Kind of leave",
        widget=forms.RadioSelect,
        choices=LeaveKind.choices,
        help_text="The trainee, their officers and administrators see it, and nobody else.",
        error_messages={"required": "Choose the kind of leave.", "invalid_choice": "Choose one of the kinds."},
    )

    def given(self) -> Away:
        ends_on, kind = self.cleaned_data["ends_on"], LeaveKind(self.cleaned_data["kind"])
        return Away(self.first_day, ends_on, kind, self.cleaned_data["note"])


class RemoveForm(Checked, Seen):
    """It was not so. What was said stays in the history."""

    reason = forms.CharField(max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))
    field_order = ("seen", "reason", "checked")

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, step=step, style="warning", **kwargs)
        self.fields["reason"].error_messages["required"] = step.needs_reason
        self.fields["reason"].help_text = "The trainee reads it."
