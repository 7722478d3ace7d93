"""The forms of the university's results, and of the option of a block."""

from collections.abc import Iterable
from typing import Any

from django import forms

from portfolio.forms.checked import Checked
from portfolio.forms.dates import DateBoxField
from portfolio.forms.layout import Button, LinkTo, form_helper
from portfolio.forms.steps import LONGEST_TEXT
from portfolio.forms.widgets import Hinted
from portfolio.states import ResultState
from portfolio.workflow import RecordResult, Step, TakeOption
from portfolio.workflow.options import CHOOSE_ONE, SAY_WHY
from portfolio.workflow.results import CHOOSE_RESULT, SAY_WHERE

RESULTS = [
    (ResultState.PASSED, Hinted(ResultState.PASSED.label, hint="It counts from now on.")),
    (ResultState.NOT_PASSED, Hinted(ResultState.NOT_PASSED.label, hint="It is kept and counts nothing.")),
]
TAKEN_BACK = (ResultState.TAKEN_BACK, Hinted(ResultState.TAKEN_BACK.label, hint="There is no result, as before."))


class ResultForm(Checked):
    """What the university says. `corrects`: there is a result already, and a new one needs a reason."""

    award = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    result = forms.ChoiceField(
        widget=forms.RadioSelect,
        label="What the university says",
        error_messages={"required": CHOOSE_RESULT, "invalid_choice": CHOOSE_RESULT},
    )
    dated_on = DateBoxField(
        what="The date of the result",
        label="Date of the result",
        help_text="As the university gives it.",
        error_messages={"required": "Enter the date of the result."},
    )
    source = forms.CharField(
        max_length=300,
        label="Where it is written",
        help_text="For example, the university's transcript, and who sent it.",
        error_messages={"required": SAY_WHERE},
    )
    reason = forms.CharField(
        max_length=LONGEST_TEXT,
        label="Reason for the correction",
        help_text="The trainee reads it. The earlier result stays in the history.",
        widget=forms.Textarea({"rows": 4}),
    )
    field_order = ("award", "seen", "result", "dated_on", "source", "reason", "checked")

    def __init__(self, *args: Any, step: Step, corrects: bool, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*RESULTS, TAKEN_BACK] if corrects else RESULTS
        self.fields["result"].choices = choices  # type: ignore[attr-defined]
        self.fields["reason"].error_messages["required"] = step.needs_reason
        if not corrects:
            del self.fields["reason"]
        self.helper = form_helper(self, Button(step.label), LinkTo("Cancel", back))

    def given(self) -> RecordResult:
        typed = self.cleaned_data
        return RecordResult(typed["result"], typed["dated_on"], typed["source"])


class OptionForm(Checked):
    """Which option the trainee takes. `changes`: one was taken before, and a change needs a reason."""

    option = forms.TypedChoiceField(
        coerce=int,
        widget=forms.RadioSelect,
        label="Which option do you take?",
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    reason = forms.CharField(
        max_length=LONGEST_TEXT,
        label="Why you change it",
        help_text="Your training officer reads it. No evidence is lost by a change.",
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": SAY_WHY},
    )
    field_order = ("option", "reason", "checked")

    def __init__(
        self,
        *args: Any,
        choices: Iterable[tuple[int, Hinted]],
        step: Step,
        changes: bool,
        back: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["option"].choices = list(choices)  # type: ignore[attr-defined]
        if not changes:
            del self.fields["reason"]
        self.helper = form_helper(self, Button(step.label), LinkTo("Cancel", back))

    def given(self) -> TakeOption:
        return TakeOption(self.cleaned_data["option"])
