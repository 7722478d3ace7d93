"""The forms of multi-source feedback: whom a round asks, what they answer, and the report talked about."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.addresses import mailbox, mailboxes
from portfolio.forms.checked import Checked
from portfolio.forms.dates import DateBoxField
from portfolio.forms.layout import Button, LinkTo, form_helper
from portfolio.forms.steps import SeenForm
from portfolio.models import FeedbackInvitation, Portfolio
from portfolio.patient_data import looks_like
from portfolio.states import RespondentGroup
from portfolio.workflow import Step
from portfolio.workflow.feedback import Invite, Release, Respondent, Withdraw, address_problem
from portfolio.workflow.feedback.answering import Said
from portfolio.workflow.feedback.inviting import CHOOSE_WHOSE, NOBODY, ONCE, TAKEN_BACK
from portfolio.workflow.feedback.rounds import Question

LONGEST_ANSWER = 1_500
CANNOT_SAY = "0"
TOO_LONG = "Write %(limit_value)d characters or fewer. This has %(show_value)d."


class InviteForm(forms.Form):
    """Whom to ask: a box for each group, one address a line."""

    def __init__(self, *args: Any, portfolio: Portfolio, step: Step, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.portfolio = portfolio
        for group in RespondentGroup:
            self.fields[group.value] = forms.CharField(
                label=group.label,
                required=False,
                max_length=10_000,
                widget=forms.Textarea({"rows": 4, "spellcheck": "false"}),
                help_text="One e-mail address a line.",
                error_messages={"max_length": TOO_LONG},
            )
        self.helper = form_helper(self, Button(step.label), LinkTo("Cancel", back))

    def clean(self) -> dict[str, Any]:
        """Each line an address, each once: every line that is wrong is named at its box."""
        given = super().clean() or {}
        seen: set[str] = set()
        own = mailboxes(self.portfolio.trainee)
        for group in RespondentGroup:
            for one in self._lines(given.get(group.value, "")):
                problem = address_problem(one, own=own)
                if not problem and mailbox(one) in seen:
                    problem = f"{one} stands here twice. {ONCE}"
                if problem:
                    self.add_error(group.value, problem)
                seen.add(mailbox(one))
        if not seen and not self.errors:
            self.add_error(RespondentGroup.SCIENTIST.value, NOBODY)
        return given

    def given(self) -> Invite:
        return Invite(
            [
                Respondent(address, group.value)
                for group in RespondentGroup
                for address in self._lines(self.cleaned_data[group.value])
            ]
        )

    @staticmethod
    def _lines(text: str) -> list[str]:
        """The addresses of a box. Whatever ends a line anywhere ends one here: no address holds a line break."""
        return [line.strip(" \t,;") for line in text.splitlines() if line.strip(" \t,;")]


class WithdrawForm(forms.Form):
    """Which invitation is taken back: one of those that stand, answered or not."""

    invitation = forms.TypedChoiceField(
        coerce=int,
        widget=forms.RadioSelect,
        label="Whose invitation",
        error_messages={
            "required": CHOOSE_WHOSE,
            "invalid_choice": TAKEN_BACK,
        },
    )

    def __init__(self, *args: Any, asked: Sequence[FeedbackInvitation], step: Step, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invitation"].choices = [(one.pk, one.address) for one in asked]  # type: ignore[attr-defined]
        self.helper = form_helper(self, Button(step.label, "warning"), LinkTo("Cancel", back))

    def given(self) -> Withdraw:
        return Withdraw(self.cleaned_data["invitation"])


class ReleaseForm(Checked, SeenForm):
    """The report was talked about."""

    discussed_on = DateBoxField(
        what="The date you talked about it",
        label="When you talked about it with the trainee",
        error_messages={"required": "Enter the date you talked about it."},
    )
    notes = forms.CharField(
        label="What you agreed (optional)",
        help_text="The trainee reads it.",
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"max_length": TOO_LONG},
    )
    field_order = ("seen", "discussed_on", "notes", "checked")

    def given(self) -> Release:
        return Release(self.cleaned_data["discussed_on"], self.cleaned_data["notes"])


class AnswerForm(forms.Form):
    """The questionnaire of a round, for somebody without an account. A rating is asked for; text is not."""

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for at, question in enumerate(questions, start=1):
            field = _rating(at, question) if question.is_rating else _text()
            field.label, field.help_text = f"{at}. {question.text}", question.hint
            self.fields[f"q{at}"] = field
        self.helper = form_helper(self, Button("Send your feedback"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, value in list(given.items()):
            if found := looks_like(value):
                self.add_error(name, f"{found} Take it out: feedback must not identify a patient.")
        if not self.errors and not any(value not in ("", CANNOT_SAY) for value in given.values()):
            self.add_error(None, "Answer at least one question. If you cannot say anything, close this page.")
        return given

    def given(self) -> list[Said]:
        """What was said to each question, in their order."""
        found = []
        for at, question in enumerate(self.questions, start=1):
            value = self.cleaned_data[f"q{at}"]
            found.append(Said(rating=int(value) or None) if question.is_rating else Said(text=value))
        return found


def _rating(at: int, question: Question) -> forms.Field:
    choices = [(str(place), words) for place, words in enumerate(question.points, start=1)]
    said = f"Question {at}: choose an answer, or “I cannot say”."
    return forms.ChoiceField(
        choices=[*choices, (CANNOT_SAY, "I cannot say")],
        widget=forms.RadioSelect,
        error_messages={"required": said, "invalid_choice": said},
    )


def _text() -> forms.Field:
    return forms.CharField(
        required=False,
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"max_length": TOO_LONG},
    )
