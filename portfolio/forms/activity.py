"""What a trainee calls an activity whose wording the curriculum does not have."""

from typing import Any

from django import forms

from curriculum.models import TrainingActivity
from portfolio.forms.layout import Button, LinkTo, form_helper
from portfolio.models import Activity


class NamePlace(forms.Form):
    """The trainee's own label: a few words, and the type if they know it."""

    title = forms.CharField(
        label="What the activity is about",
        help_text="A few words from the Curriculum Library. Your people see them, marked as entered by you.",
        max_length=Activity._meta.get_field("label_title").max_length,
        error_messages={"required": "Enter a few words for this activity."},
    )
    type = forms.ChoiceField(
        label="Type",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            *((kind.value, f"{kind.value}, {kind.label.lower()}") for kind in TrainingActivity.Type),
            ("", "Not known"),
        ],
        error_messages={"invalid_choice": "Choose one of the types in the list."},
    )

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, Button("Save"), LinkTo("Cancel", back))
