"""The forms of work-based assessments: planning, asking, the mark form, and the reflection afterwards."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from portfolio.forms.checked import Checked
from portfolio.forms.dates import DateBoxField
from portfolio.forms.layout import Actions, Button, Fieldset, LinkTo, Section, form_helper
from portfolio.forms.nominations import NamesSomebodyNew
from portfolio.forms.snippets import PickSnippet, PutIn
from portfolio.forms.steps import CHOOSE_ASSESSOR, LONGEST_TEXT, OpenedOn
from portfolio.forms.widgets import BoxRadios, Hinted
from portfolio.models import Assessment, Snippet
from portfolio.requirements.words import a
from portfolio.states import AssessmentKind, AssessmentOutcome
from portfolio.workflow import TABLES, Complete, Correct, Plan
from portfolio.workflow.addressing import NOT_DECLARED
from portfolio.workflow.assessments.deciding import NO_OUTCOME, NO_STANDING, NOT_YET_NEEDS
from portfolio.workflow.assessments.marking import NOT_MARKED, Criteria
from portfolio.workflow.assessments.planning import MISSING
from portfolio.workflow.assessments.reflecting import NOTHING_WRITTEN
from portfolio.workflow.one_off.proofs import Proof

STEPS = TABLES[Assessment].steps
# What the trainee declares, by the version that the record holds. The words of a version never change.
DECLARATIONS = {
    "assessment-2026-11": "Nothing that I wrote here could identify a patient: no name, date of birth, address, phone "
    "number, hospital number or NHS number."
}
# What the assessor declares, by the version that the decision holds.
STANDINGS = {
    "2026-11": "I observed this, or discussed this case, myself. I am competent in what I assessed, I may assess it in "
    "my department, and I have no interest in the outcome that should have kept me from it."
}
OWN = "own-"
LISTED = "listed-"


def _text(label: str, hint: str, missing: str, **options: Any) -> forms.CharField:
    """A text that must be there, and what is said when it is `missing`; "" for one that may be left out."""
    messages = {"required": missing}
    return forms.CharField(label=label, help_text=hint, error_messages=messages, required=bool(missing), **options)


class PlanForm(OpenedOn):
    """What is, or was, observed or discussed. The kind follows from what is chosen: a wrong one cannot be typed.

    `titles` are those that the curriculum offers in this module, with their kinds; `kinds` those of the slot.
    """

    which = forms.ChoiceField(
        label="What is observed",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what is observed.",
            "invalid_choice": "Choose one of the observations in the list.",
        },
    )
    title = _text("Title", "", MISSING["title"], max_length=300)
    case_reference = _text(
        "Your reference for the case",
        "A name of your own, such as Case 3. Never a hospital number or an NHS number. One case serves one CBD.",
        MISSING["case_reference"],
        max_length=60,
    )
    what = _text(
        "What will be, or was, observed",
        "Enough for the assessor to know what they are asked to assess.",
        MISSING["what"],
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 5}),
    )
    happens_on = DateBoxField(
        label="When",
        what="The date",
        help_text="The day it was, or is planned for. For example, 31 1 2027",
        error_messages={"required": MISSING["happens_on"]},
    )
    where = _text(
        "Where",
        "For example the ward, the laboratory or the meeting.",
        MISSING["where"],
        max_length=200,
    )
    another = forms.BooleanField(
        required=False,
        label="This is another observation",
        help_text="One observation or discussion fills one slot.",
    )

    def __init__(
        self, *args: Any, kinds: Sequence[str], titles: Sequence[tuple[str, str]], back: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds, self.back = kinds, back
        self.titles = [(kind, title) for kind, title in titles if kind in kinds]
        if self.is_discussion:
            del self.fields["which"]
            self.fields["title"].label = "What the discussion is about"
            self.fields["what"].label = "What you will discuss, or discussed"
            self.fields["another"].label = "This is another discussion"
        else:
            del self.fields["case_reference"]
            choices = self._choices()
            self.fields["which"].choices = choices  # type: ignore[attr-defined]
            if len(choices) == 1:
                self.fields["which"].initial = choices[0][0]
            if self.titles:
                self.fields["title"].label = "Your own title"
                self.fields["title"].help_text = "Only where you chose a title of your own."
                self.fields["title"].required = False
        self.question = self.fields.pop("another")
        self.lay_out(ask_another="another" in self.data)

    @property
    def is_discussion(self) -> bool:
        return AssessmentKind.CBD in self.kinds

    def lay_out(self, *, ask_another: bool) -> None:
        """The question whether this is another observation stands there only once there is another."""
        if ask_another:
            self.fields["another"] = self.question
        buttons = Actions(
            Button("Save and ask an assessor", name="go", value="ask"),
            Button(STEPS["plan"].label, "secondary", name="go", value="save"),
            LinkTo("Cancel", self.back),
        )
        self.helper = form_helper(self, *self.fields, buttons)

    def _choices(self) -> list[tuple[str, Any]]:
        listed = [
            (f"{LISTED}{at}", Hinted(title, hint=f"{kind}, {AssessmentKind(kind).label.lower()}"))
            for at, (kind, title) in enumerate(self.titles)
        ]
        own = [
            (f"{OWN}{kind}", Hinted(f"{'Another ' if listed else ''}{kind}", hint=AssessmentKind(kind).label))
            for kind in self.kinds
        ]
        return [*listed, *own]

    def which_of(self, kind: str, title: str) -> str:
        """The choice that stands for this kind and title."""
        return f"{LISTED}{self.titles.index((kind, title))}" if (kind, title) in self.titles else f"{OWN}{kind}"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if str(given.get("which", "")).startswith(OWN) and not given.get("title") and "title" not in self.errors:
            self.add_error("title", MISSING["title"])
        return given

    def given(self, attempt_of: Assessment | None = None) -> Plan:
        data = self.cleaned_data
        which, title = data.get("which", f"{OWN}{AssessmentKind.CBD}"), data["title"]
        listed = which.startswith(LISTED)
        kind = which.removeprefix(OWN)
        if listed:
            kind, title = self.titles[int(which.removeprefix(LISTED))]
        return Plan(
            kind=kind,
            title=title,
            from_curriculum=listed,
            what=data["what"],
            happens_on=data["happens_on"],
            where=data["where"],
            case_reference=data.get("case_reference", ""),
            another=data.get("another", False),
            attempt_of=attempt_of,
        )


class AskForm(NamesSomebodyNew):
    """Whom to ask, an assessor or somebody new, and the declaration."""

    assessor = forms.TypedChoiceField(
        coerce=int, widget=forms.RadioSelect, label="Who assesses", error_messages=CHOOSE_ASSESSOR
    )
    declared = forms.BooleanField(label="I have checked this", error_messages={"required": NOT_DECLARED})

    def __init__(self, *args: Any, declaration: str, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["declared"].help_text = declaration
        actions = Actions(Button(STEPS["ask"].label), LinkTo("Cancel", back))
        self.helper = form_helper(self, "assessor", *self.somebody_new, "declared", actions)


class MarksForm(forms.Form):
    """Something that is marked by a form, bound to the digest of what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def add_marks(self, criteria: Criteria) -> list[str]:
        """One field a criterion; their names."""
        choices = [(word, word) for word in criteria.scale]
        for at, text in enumerate(criteria.texts):
            self.fields[f"mark_{at}"] = forms.ChoiceField(
                label=text,
                choices=choices,
                widget=BoxRadios(),
                error_messages=dict.fromkeys(("required", "invalid_choice"), NOT_MARKED.format(text)),
            )
        names = [f"mark_{at}" for at in range(len(criteria.texts))]
        self.order_fields(["seen", *names])
        return names

    def marks(self) -> Mapping[int, str]:
        marked = {name: value for name, value in self.cleaned_data.items() if name.startswith("mark_")}
        return {int(name.removeprefix("mark_")): value for name, value in marked.items()}


KIND = "other_kind"  # the button by which a mark form says that the kind is the other one
BOXES = ("strengths", "to_develop", "action")
PICK = "Your snippets"


class MarkForm(Checked, MarksForm):
    """What the assessor says of an attempt.

    `criteria_of` is the kind whose criteria it asks. `right`: the other kind and the digest of the page that would
    show its form, where the kind can be put right.
    """

    criteria_of = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4)
    strengths = _text(
        "Strengths",
        "What went well.",
        "",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
    )
    to_develop = _text(
        "What to develop",
        "Needed when it is not yet satisfactory.",
        "",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
    )
    action = _text(
        "Agreed action",
        "What the trainee does next. Needed when it is not yet satisfactory.",
        "",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
    )
    outcome = forms.ChoiceField(
        label="Outcome",
        choices=AssessmentOutcome.choices,
        widget=BoxRadios(shapes={AssessmentOutcome.SATISFACTORY: "done", AssessmentOutcome.NOT_YET: "returned"}),
        error_messages={"required": NO_OUTCOME, "invalid_choice": NO_OUTCOME},
    )
    standing = forms.BooleanField(label="I confirm my standing", error_messages={"required": NO_STANDING})

    def __init__(
        self,
        *args: Any,
        criteria: Criteria,
        standing: str,
        signing: str,
        back: str,
        snippets: Sequence[Snippet] = (),
        pick: PickSnippet | None = None,
        right: tuple[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.right = right
        put_in = [PutIn(pick or PickSnippet(snippets=snippets, into=PICK), snippets, BOXES)] if snippets else []
        marks = self.add_marks(criteria)
        self.fields["standing"].help_text = standing
        parts = [Section(f"Mark form: {criteria.kind}", *marks)] if marks else []
        self.helper = form_helper(
            self,
            *parts,
            Section("Feedback", *BOXES, *(["checked"] if self.found else []), *put_in),
            Section("Outcome", "outcome", "standing", hint=signing),
            Actions(Button(STEPS["complete"].label), *([LinkTo("Cancel", back)] if back else [])),
            *([_put_right(criteria.kind, *right)] if right else []),
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("outcome") == AssessmentOutcome.NOT_YET:
            for name, said in NOT_YET_NEEDS.items():
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, said)
        return given

    def given(self, proof: Proof | None = None) -> Complete:
        """`proof`: of somebody who has not signed in."""
        data = self.cleaned_data
        words = {name: data[name] for name in ("outcome", "strengths", "to_develop", "action", "standing")}
        return Complete(marks=self.marks(), proof=proof, **words)


def _put_right(kind: str, right: str, seen: str) -> Section:
    """After the button that records the outcome, which is the one that the Enter key presses."""
    said = (
        "It stays in the same module, and counts as the right kind from now on. The history keeps both, and the "
        "trainee is told. What you wrote here and the outcome you chose stay. "
        f"Then mark what the form of {a(right)} asks."
    )
    button = Button(f"Record it as {a(right)}", "secondary", name=KIND, value=seen)
    return Section(f"If this was {a(right)}, not {a(kind)}", Actions(button), hint=said, anchor=KIND)


class CorrectForm(MarksForm):
    """The right kind, and what its form asks where the outcome was given already."""

    def __init__(self, *args: Any, criteria: Criteria, decided: bool, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        marks = self.add_marks(criteria) if decided else []
        parts = [Fieldset(f"Mark it as {a(criteria.kind)}", *marks)] if marks else []
        self.helper = form_helper(self, *parts, Button(f"Record it as {a(criteria.kind)}"), LinkTo("Cancel", back))

    def given(self) -> Correct:
        return Correct(self.marks())


class ReflectionForm(Checked):
    """What the trainee makes of it afterwards."""

    text = _text(
        "Your reflection",
        "What you take from it. Your people can read it once it is saved; earlier versions are kept.",
        NOTHING_WRITTEN,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 8}),
    )
    field_order = ("text", "checked")

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, Button("Save"), LinkTo("Cancel", back))
