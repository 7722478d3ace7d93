"""Setting and changing a goal with its actions, ticking an action off, and reviewing a goal."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.utils import timezone

from portfolio.dates.meant import why_not_meant
from portfolio.forms.checked import Checked
from portfolio.forms.dates import DateBoxField
from portfolio.forms.evidence import errors
from portfolio.forms.layout import Button, LinkTo, form_helper
from portfolio.models import Goal, GoalAction, Portfolio
from portfolio.requirements.words import day
from portfolio.states import GoalOutcome
from portfolio.workflow import Reviewed, Step
from portfolio.workflow.goals import SAY_HOW, SAY_WHAT
from portfolio.workflow.goals.writing import ActionText, GoalText

LONGEST_TEXT = 10_000
BLANK_ACTIONS = 3  # rows for new actions on the form
OUTCOMES = (GoalOutcome.GOING_WELL, GoalOutcome.CHANGED, GoalOutcome.ACHIEVED, GoalOutcome.GIVEN_UP)


def text(name: str, *, rows: int = 4, **kwargs: Any) -> forms.CharField:
    """A box for a paragraph or two."""
    messages = errors(name, **kwargs.pop("error_messages", {}))
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(max_length=LONGEST_TEXT, widget=widget, error_messages=messages, **kwargs)


class GoalForm(forms.Form):
    """The goal itself; its actions are ActionForms beside it."""

    title = forms.CharField(
        label="What you want to reach",
        help_text="In one line. For example, present my project to a national meeting",
        max_length=Goal._meta.get_field("title").max_length,
        error_messages=errors("The goal", required="Enter what you want to reach."),
    )
    why = text("Your reason", label="Why it matters to you (optional)", required=False, rows=3)
    criteria = text(
        "The success criteria",
        label="Success criteria",
        help_text="What will you and others see when you have reached it?",
        error_messages={"required": "Enter how you and others will know that you have reached it."},
    )
    target_on = DateBoxField(
        label="Target date",
        what="The target date",
        help_text="For example, 31 3 2027",
        error_messages={"required": "Enter the date by which you want to reach it."},
    )
    opened = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)

    def given(self) -> GoalText:
        return GoalText(**{name: self.cleaned_data[name] for name in ("title", "why", "criteria", "target_on")})


class ActionForm(forms.Form):
    """One action: what, and by when. Empty, it says nothing, and takes away the action that it is of."""

    what = forms.CharField(
        label="What you will do",
        required=False,
        max_length=GoalAction._meta.get_field("what").max_length,
        error_messages=errors("The action"),
    )
    due_on = DateBoxField(label="By when", what="The date of this action", required=False)

    def __init__(self, *args: Any, portfolio: Portfolio, of: GoalAction | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.portfolio, self.of = portfolio, of

    def clean(self) -> dict[str, Any]:
        what, due_on = self.cleaned_data.get("what"), self.cleaned_data.get("due_on")
        if what and "due_on" in self.cleaned_data and due_on is None:
            self.add_error("due_on", "Enter the date by which you will do this.")
        if due_on and what == "":
            self.add_error("what", "Enter what you will do, or empty the date as well.")
        if due_on and due_on < self._earliest:
            self.add_error("due_on", f"The date of this action must be {day(self._earliest)} or later.")
        elif due_on and (why := why_not_meant(self.portfolio.starts_on, due_on)):
            self.add_error("due_on", why)
        return self.cleaned_data

    @property
    def _earliest(self) -> date:
        """An action is due on the day it was set, or later."""
        return self.of.set_on if self.of else timezone.localdate()

    def given(self) -> ActionText | None:
        """None for a row for a new action that was left empty."""
        what, due_on = self.cleaned_data["what"], self.cleaned_data["due_on"]
        return ActionText(what, due_on, self.of.aid if self.of else "") if what or self.of else None


def action_forms(
    sent: Mapping[str, Any] | None, actions: Iterable[GoalAction], *, portfolio: Portfolio
) -> list[ActionForm]:
    """A row for each action that is not done yet, and some for new ones."""
    row = partial(ActionForm, sent, portfolio=portfolio)
    known = [
        row(prefix=f"action-{one.aid}", of=one, initial={"what": one.what, "due_on": one.due_on})
        for one in actions
        if one.done_on is None
    ]
    return [*known, *(row(prefix=f"action-new-{number}") for number in range(1, BLANK_ACTIONS + 1))]


class DoneForm(forms.Form):
    """On which day an action was done."""

    done_on = DateBoxField(
        label="When you did it",
        what="The day you did it",
        help_text="For example, 31 1 2026",
        error_messages={"required": "Enter the day you did it."},
    )

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, Button("Save"), LinkTo("Cancel", back))


class ReviewForm(Checked):
    """How a goal is going, what happened and what comes next; once saved it stays as it is."""

    outcome = forms.ChoiceField(
        label="How is it going?",
        widget=forms.RadioSelect,
        error_messages={"required": SAY_HOW, "invalid_choice": "Choose one of the answers."},
    )
    happened = text("What happened", label="What happened", error_messages={"required": SAY_WHAT})
    next_steps = text("What comes next", label="What comes next (optional)", required=False)
    field_order = ("outcome", "happened", "next_steps", "checked")

    def __init__(self, *args: Any, outcomes: Iterable[GoalOutcome], back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [(one.value, one.label) for one in outcomes]  # type: ignore[attr-defined]
        self.helper = form_helper(self, Button("Save the review"), LinkTo("Cancel", back))

    def given(self) -> Reviewed:
        return Reviewed(self.cleaned_data["next_steps"], self.cleaned_data["outcome"])


class ReopenForm(Checked):
    """Why a goal is opened again."""

    reason = text("The reason", label="Why")
    field_order = ("reason", "checked")

    def __init__(self, *args: Any, step: Step, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].error_messages["required"] = step.needs_reason
        self.helper = form_helper(self, Button(step.label), LinkTo("Cancel", back))
