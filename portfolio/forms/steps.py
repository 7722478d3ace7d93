"""The forms of the steps: asking for a decision, deciding, and the steps of submissions, modules and portfolios.

What a step needs is said by the workflow's tables. A form asks for it in the words of the table, and says at the right
box what the table could only say of the whole page.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.text import get_text_list

from portfolio import access
from portfolio.forms.checked import Checked
from portfolio.forms.dates import DateBoxField
from portfolio.forms.layout import Actions, Button, LinkTo, form_helper
from portfolio.forms.nominations import NamesSomebodyNew
from portfolio.forms.snippets import PickSnippet, with_put_in
from portfolio.forms.widgets import BoxRadios, Hinted
from portfolio.models import Activity, Portfolio, Snippet
from portfolio.states import Outcome, RoleKind
from portfolio.workflow import TABLES, Ask, Confirm, Step
from portfolio.workflow.activities.asking import NO_PAGE, NOT_SAVED
from portfolio.workflow.addressing import NOT_AN_ASSESSOR, NOT_DECLARED
from portfolio.workflow.modules import ENTER_NUMBER, SAY_SOURCE

LONGEST_TEXT = 10_000
ACTIVITY_STEPS = TABLES[Activity].steps
ACTIONS: dict[str, str] = {Outcome.SIGNED_OFF: "sign off", Outcome.RETURNED: "return"}
# What the trainee declares, by the version that a submission holds. The words of a version never change.
DECLARATIONS = {
    "2026-11": "Nothing in these pages or their files could identify a patient: no name, date of birth, address, phone "
    "number, hospital number or NHS number."
}
CHOOSE_ASSESSOR = {"required": "Choose whom you ask.", "invalid_choice": NOT_AN_ASSESSOR}


def assessors(
    portfolio: Portfolio, modules: Collection[int] = (), without: int | None = None
) -> list[tuple[int, Hinted]]:
    """The choices of "whom do you ask" about activities of these modules: each name once, with post and role under it.

    A placement supervisor is a choice where all of it is of their modules; without modules, where they have any.
    """
    roles = access.askable(portfolio, modules).exclude(user=without).order_by("user__name", "user__pk")
    held: dict[tuple[int, str, str], dict[RoleKind, set[str]]] = defaultdict(lambda: defaultdict(set))
    for pk, name, post, kind, code in roles.values_list("user", "user__name", "user__post", "kind", "modules__code"):
        held[pk, name, post][RoleKind(kind)].add(code)
    order = (*access.DECIDING, RoleKind.SUPERVISOR)
    found = []
    for (pk, name, post), kinds in held.items():
        highest = min(kinds, key=order.index)
        found.append((pk, Hinted(name, hint=_about(post, highest, kinds[highest]))))
    return found


def _about(post: str, kind: RoleKind, codes: Collection[str]) -> str:
    """Post and role; of a placement supervisor in which modules they decide."""
    only = f" for {get_text_list(sorted(codes), 'and')} only" if kind is RoleKind.SUPERVISOR else ""
    return ", ".join(dict.fromkeys(filter(None, [post, f"{kind.label}{only}"])))


class OpenedOn(forms.Form):
    """A form that carries what stood when it was opened, so that a stale tab takes the place of nothing unasked."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def is_opened_on(self, seen: str) -> None:
        """The form that comes back is of what stands now: sent again, it takes the place of that."""
        sent = QueryDict(mutable=True)
        sent.update(self.data)
        sent["seen"] = seen
        self.data = sent


# --- asking -------------------------------------------------------------------------------------------------------


class RevisionsField(forms.TypedMultipleChoiceField):
    """Pages as they were last saved. `known` are all revisions of this portfolio.

    A form that was opened before a page was saved again names an older one: that passes here, and the step refuses it
    as too late. A revision of anybody else's is no choice at all.
    """

    widget = forms.CheckboxSelectMultiple
    known: Collection[int] = ()

    def valid_value(self, value: Any) -> bool:
        return super().valid_value(value) or value in {str(pk) for pk in self.known}


class ActivityForm(forms.Form):
    """One activity that can be submitted: whether it is, and which pages go with it."""

    chosen = forms.BooleanField(required=False)
    pages = RevisionsField(
        required=False,
        coerce=int,
        label="Pages of evidence",
        error_messages={"invalid_choice": "One of these pages is not in this portfolio. Choose from the list."},
    )

    def __init__(
        self,
        *args: Any,
        label: str | SafeString,
        hint: str,
        choices: list[tuple[int, Hinted]],
        unsaved: Mapping[int, str],
        known: Collection[int] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unsaved = unsaved
        self.fields["chosen"].label = label
        self.fields["chosen"].help_text = hint
        pages = self.fields["pages"]
        assert isinstance(pages, RevisionsField)
        pages.choices, pages.known = choices, known

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("chosen") or "pages" in self.errors:
            return given
        if not given["pages"]:
            self.add_error("pages", NO_PAGE.format(self.prefix_in_words))
        for pk in given.get("pages", ()):
            if pk in self.unsaved:
                self.add_error("pages", NOT_SAVED.format(self.unsaved[pk]))
        return given

    @property
    def is_chosen(self) -> bool:
        return bool(self.cleaned_data["chosen"])

    @property
    def prefix_in_words(self) -> str:
        """S-C1 4, from the prefix S-C1-4."""
        return " ".join(str(self.prefix).rsplit("-", 1))


class SubmitForm(NamesSomebodyNew):
    """Whom to ask, and the declaration."""

    assessor = forms.TypedChoiceField(
        coerce=int,
        widget=forms.RadioSelect,
        label="Who decides",
        error_messages=CHOOSE_ASSESSOR,
    )
    declared = forms.BooleanField(label="I have checked this", error_messages={"required": NOT_DECLARED})


class RedirectForm(NamesSomebodyNew):
    """Whom to ask instead. Only the trainee names somebody new."""

    assessor = forms.TypedChoiceField(
        coerce=int,
        widget=forms.RadioSelect,
        label="Who decides instead",
        error_messages=CHOOSE_ASSESSOR,
    )

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        button = Button(ACTIVITY_STEPS["redirect"].label)
        self.helper = form_helper(self, "assessor", *self.somebody_new, Actions(button, LinkTo("Cancel", back)))


# --- deciding -----------------------------------------------------------------------------------------------------


class DecisionForm(Checked):
    """What the assessor says of one item. `seen` is the digest of what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    outcome = forms.ChoiceField(
        required=False,
        choices=[(outcome, ACTIVITY_STEPS[action].label) for outcome, action in ACTIONS.items()],
        widget=BoxRadios(shapes={Outcome.SIGNED_OFF: "done", Outcome.RETURNED: "returned"}),
        error_messages={"invalid_choice": "Choose Sign off or Return with feedback."},
    )
    feedback = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4}),
        help_text="Needed when you return. The trainee reads it.",
    )
    field_order = ("seen", "outcome", "feedback", "checked")

    def __init__(self, *args: Any, name: str, snippets: Sequence[Snippet] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        self.fields["outcome"].label = f"Your decision on {name}"
        self.fields["feedback"].label = f"Feedback on {name}"
        if self.found:
            self.fields["checked"].label = f"I have checked the feedback on {name}: it does not identify a patient"
        self.snippets = snippets
        self.pick = self._pick() if snippets else None

    def _pick(self, *sent: Mapping[str, Any]) -> PickSnippet:
        return PickSnippet(*sent, snippets=self.snippets, into=f"Your snippets for {self.name}", prefix=self.prefix)

    def pick_nothing(self) -> None:
        """Say at the choice that nothing was chosen to put in."""
        self.pick = self._pick({}) if self.snippets else None

    def put_in(self, text: str) -> None:
        """One more text at the end of the feedback of a form that gives back what was typed."""
        self.initial["feedback"] = with_put_in(self.initial.get("feedback", ""), text)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        outcome, feedback = given.get("outcome"), given.get("feedback")
        if outcome == Outcome.RETURNED and not feedback and "feedback" not in self.errors:
            self.add_error("feedback", ACTIVITY_STEPS["return"].needs_reason)
        if feedback and not outcome and "outcome" not in self.errors:
            self.add_error("outcome", "You wrote feedback. Choose Sign off or Return with feedback.")
        return given

    def ask(self, activity: Activity, given: Any = None) -> Ask | None:
        """The step that was chosen, if one was. `given`: the proof of somebody who has not signed in."""
        said = self.cleaned_data
        if not said["outcome"]:
            return None
        return Ask(ACTIONS[said["outcome"]], [activity], reason=said["feedback"], seen=said["seen"], given=given)


# --- other steps --------------------------------------------------------------------------------------------------


class StepForm(forms.Form):
    """A step that needs nothing but to be taken."""

    def __init__(self, *args: Any, step: Step, back: str, style: str = "primary", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.buttons = Button(step.label, style), LinkTo("Cancel", back)

    @property
    def helper(self) -> FormHelper:
        """Of the fields as they are when the form is shown: a form may leave some out."""
        return form_helper(self, *self.buttons)


class SeenForm(StepForm):
    """A step that is bound to what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class ReasonForm(Checked, StepForm):
    """A step that needs a reason. It stays for good, and often says what was wrong with somebody's words."""

    reason = forms.CharField(max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 5}))
    field_order = ("seen", "reason", "checked")

    def __init__(self, *args: Any, step: Step, back: str, style: str = "warning", **kwargs: Any) -> None:
        super().__init__(*args, step=step, back=back, style=style, **kwargs)
        told = step.needs_reason.partition(": ")[2]
        self.fields["reason"].error_messages["required"] = step.needs_reason
        self.fields["reason"].help_text = told[:1].upper() + told[1:]


class RefusalForm(ReasonForm):
    """A step that needs a reason, and is bound to what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class ConfirmForm(forms.Form):
    """What the officer read that the curriculum does not know: only the numbers in `asked`."""

    activities = forms.IntegerField(label="Number of training activities")
    cbd = forms.IntegerField(label="Number of case-based discussions (CBD)")
    observed = forms.IntegerField(label="Number of observed assessments (DOPS and OCE together)")
    source = forms.CharField(
        max_length=300,
        label="What you read",
        help_text="For example, the module's page in the School's Curriculum Library.",
        error_messages={"required": SAY_SOURCE},
    )
    read_on = DateBoxField(
        what="The date you read it",
        label="When you read it",
        error_messages={"required": "Enter the date you read it."},
    )

    def __init__(
        self, *args: Any, asked: Collection[str], highest_known: int, step: Step, back: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("activities", "cbd", "observed"):
            if name not in asked:
                del self.fields[name]
                continue
            field = self.fields[name]
            field.widget.input_type = "text"
            field.widget.attrs |= {"inputmode": "numeric", "class": "nhsuk-input--width-3"}
            field.help_text = "0 is an answer: enter it if the module asks for none."
            field.error_messages |= {
                "required": ENTER_NUMBER,
                "invalid": "Enter a whole number, such as 3.",
            }
        if highest_known and "activities" in asked:
            known = f"The curriculum has activities up to number {highest_known}: enter {highest_known} or more."
            self.fields["activities"].help_text = known
        self.helper = form_helper(self, Button(step.label), LinkTo("Cancel", back))

    def given(self) -> Confirm:
        return Confirm(**self.cleaned_data)
