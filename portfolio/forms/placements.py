"""The forms of placements. What a step needs is said by its table; a form asks for it at the right box."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from curriculum.models import Module
from curriculum.structure import ModuleFacts, Structure
from portfolio.dates.meant import NOT_IN_ORDER
from portfolio.forms.dates import DateBoxField
from portfolio.forms.layout import Actions, Button, Fieldset, LinkTo, form_helper
from portfolio.forms.steps import OpenedOn
from portfolio.models import Placement, Portfolio
from portfolio.models.placement import QUESTIONS
from portfolio.requirements import Place
from portfolio.states import PlacementKind
from portfolio.workflow import EndOn, PlanActivities, PlanPlacement, Reflect, Step
from portfolio.workflow.placements.planning import MISSING, NOT_THERE, NOT_YOUR_MODULES, planned_seen
from portfolio.workflow.placements.reflecting import reflection_seen

LONGEST_TEXT = 20_000


class SupervisorField(forms.EmailField):
    """One person, by their exact address: so that no list names everybody who has an account."""

    def clean(self, value: Any) -> User | None:
        address = super().clean(value).lower()
        if not address:
            return None
        person = User.objects.filter(email=address, is_active=True, one_off=False).first()
        if person is None:
            raise forms.ValidationError(
                "Nobody has an account with this address. Ask an administrator of your programme to add the person."
            )
        return person


class PlacementForm(OpenedOn):
    """Where, when, what for, and with whom. `facts` is the curriculum, whose modules can be worked on."""

    kind = forms.ChoiceField(
        label="Kind",
        choices=PlacementKind.choices,
        widget=forms.RadioSelect,
        initial=PlacementKind.ROTATION,
        error_messages={"required": "Choose rotation or elective.", "invalid_choice": "Choose rotation or elective."},
    )
    module = forms.TypedChoiceField(
        label="Module of the rotation",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="For a rotation. Leave it empty for an elective.",
        error_messages={"invalid_choice": "Choose a rotation module of your curriculum."},
    )
    title = forms.CharField(
        label="Title",
        max_length=200,
        help_text="For example, the host specialty. While the rotation’s title is provisional, yours stands beside it.",
        error_messages={
            "required": MISSING["title"],
            "max_length": "The title must be 200 characters or fewer.",
        },
    )
    department = forms.CharField(label="Host department", required=False, max_length=200)
    organisation = forms.CharField(label="Host organisation", required=False, max_length=200)
    starts_on = DateBoxField(
        what="The first day",
        label="First day",
        help_text="For example, 2 3 2026",
        error_messages={"required": MISSING["starts_on"]},
    )
    ends_on = DateBoxField(what="The last day", label="Last day", error_messages={"required": MISSING["ends_on"]})
    supervisor = SupervisorField(
        label="Supervisor’s e-mail address",
        required=False,
        help_text="Of somebody who has an account here. From the first day to the last they see how far you are, and "
        "they see and decide what you submit in the modules below. The training officer confirms it first.",
        error_messages={"invalid": "Enter an e-mail address, such as name@example.org."},
    )
    modules = forms.TypedMultipleChoiceField(
        label="Modules that you work on there",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="A rotation’s own module is always one of them.",
        error_messages={"invalid_choice": NOT_YOUR_MODULES},
    )
    aims = forms.CharField(
        label="Aims",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 6}),
        help_text="What you mean to learn and do. Your people read this once it is saved.",
        error_messages={"max_length": f"The aims must be {LONGEST_TEXT:,} characters or fewer."},
    )

    def __init__(
        self, *sent: Any, portfolio: Portfolio, facts: Structure, back: str, placement: Placement | None = None
    ) -> None:
        super().__init__(*sent)
        self.portfolio, self.facts = portfolio, facts
        rotations = [one for one in facts.modules if one.kind == Module.Kind.ROTATION]
        self.fields["module"].choices = [("", "None"), *map(_choice, rotations)]  # type: ignore[attr-defined]
        self.fields["modules"].choices = list(map(_choice, facts.modules))  # type: ignore[attr-defined]
        if placement:
            names = ("kind", "title", "department", "organisation", "starts_on", "ends_on", "aims")
            self.initial.update({name: getattr(placement, name) for name in names})
            self.initial["module"] = placement.module_id
            self.initial["modules"] = [module.pk for module in placement.modules.all()]
            self.initial["supervisor"] = placement.supervisor.email if placement.supervisor else ""
            self.initial["seen"] = planned_seen(placement)
        elif not rotations:
            self.initial["kind"] = PlacementKind.ELECTIVE
        self.helper = form_helper(self, Button("Save"), LinkTo("Cancel", back))

    def clean(self) -> dict[str, Any]:
        """Both dates at their boxes, so that everything wrong is said at once."""
        given = super().clean() or {}
        starts_on, ends_on = given.get("starts_on"), given.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", NOT_IN_ORDER)
        if given.get("kind") == PlacementKind.ROTATION and "module" in given and given["module"] is None:
            self.add_error("module", MISSING["module"])
        if given.get("kind") == PlacementKind.ELECTIVE and given.get("module"):
            self.add_error("module", "Only a rotation is for one module. Leave it empty, and tick modules below.")
        return given

    def plan(self) -> PlanPlacement:
        given = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        modules = {one.id: Module(pk=one.id, code=one.code, curriculum_id=self.facts.id) for one in self.facts.modules}
        given["module"] = modules[given["module"]] if given["module"] else None
        given["modules"] = tuple(modules[pk] for pk in given["modules"])
        return PlanPlacement(**given)


def _choice(module: ModuleFacts) -> tuple[int, str]:
    return module.id, f"{module.code} {module.title}"


class ActivitiesForm(forms.Form):
    """The activities to do there, of the modules that are worked on."""

    activities = forms.MultipleChoiceField(
        label="Activities",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NOT_THERE},
    )

    def __init__(
        self,
        *sent: Any,
        offered: Sequence[tuple[ModuleFacts, Place]],
        chosen: Sequence[tuple[int, int]],
        back: str,
    ) -> None:
        super().__init__(*sent)
        self.fields["activities"].choices = [  # type: ignore[attr-defined]
            (f"{module.id}-{place.number}", f"{module.code} {place.number} {place.title}".rstrip())
            for module, place in offered
        ]
        self.initial["activities"] = [f"{module}-{number}" for module, number in chosen]
        self.helper = form_helper(self, Button("Save"), LinkTo("Cancel", back))

    def given(self) -> PlanActivities:
        pairs = [one.split("-") for one in self.cleaned_data["activities"]]
        return PlanActivities([(int(module), int(number)) for module, number in pairs])


class EndForm(forms.Form):
    """The last day, when it comes earlier or later."""

    last = DateBoxField(
        what="The last day",
        label="Last day",
        help_text="The supervisor sees and decides up to and including this day.",
        error_messages={"required": MISSING["ends_on"]},
    )

    def __init__(self, *sent: Any, step: Step, back: str, style: str = "warning") -> None:
        super().__init__(*sent)
        self.helper = form_helper(self, Button(step.label, style), LinkTo("Cancel", back))

    def given(self) -> EndOn:
        return EndOn(self.cleaned_data["last"])


class ReflectionForm(OpenedOn):
    """The closing reflection: a box for each question."""

    def __init__(self, *sent: Any, placement: Placement, step: Step, back: str) -> None:
        super().__init__(*sent)
        for name, question in QUESTIONS.items():
            self.fields[name] = forms.CharField(
                label=question,
                required=False,
                max_length=LONGEST_TEXT,
                widget=forms.Textarea({"rows": 5}),
                error_messages={"max_length": f"This answer must be {LONGEST_TEXT:,} characters or fewer."},
            )
            self.initial[name] = getattr(placement, name)
        self.initial["seen"] = reflection_seen(placement)
        boxes = Fieldset("Your reflection", *QUESTIONS, hint="Answer at least one. A few sentences each are enough.")
        self.helper = form_helper(self, boxes, Actions(Button(step.label), LinkTo("Cancel", back)))

    def given(self) -> Reflect:
        return Reflect({name: self.cleaned_data[name] for name in QUESTIONS})
