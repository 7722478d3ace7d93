"""The rules of change (changes.py) as the admin's forms ask them: of every field that somebody altered."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from . import changes, use
from .files.consistency import credits_problems
from .models import Block, Curriculum, MarkForm, Module, Option
from .publishing import unfit


def curriculum_id_of(row: Any) -> int:
    """The curriculum that a row of one belongs to."""
    match row:
        case Curriculum():
            return row.pk
        case Block() | Module():
            return row.curriculum_id
        case Option():
            return row.block.curriculum_id
    return row.module.curriculum_id


def settled(curriculum_id: int) -> bool:
    """Whether only the fields of changes.RULES may still be altered by hand: it is published, or somebody follows it.

    As it is stored: a form that is being saved has already altered the object that it was made from.
    """
    stored = Curriculum.objects.get(pk=curriculum_id)
    return stored.status == Curriculum.Status.PUBLISHED or use.in_use(stored)


def sentence(refusal: str) -> str:
    return f"This cannot change: {refusal}."


class RuledForm(forms.ModelForm):
    """Refuses what the rules of change refuse, at the field, in their words."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and self.changed_data:
            self._ask_the_rules(cleaned)
        return cleaned

    def _ask_the_rules(self, cleaned: dict[str, Any]) -> None:
        stored = type(self.instance)._default_manager.get(pk=self.instance.pk)
        used = use.in_use(Curriculum.objects.get(pk=curriculum_id_of(stored)))
        signed = isinstance(stored, Module) and use.signed(stored)
        for name in self.changed_data:
            if name in cleaned and name in {field.name for field in stored._meta.fields}:
                old = getattr(stored, name)
                if why := changes.may_change(stored, name, old, cleaned[name], used=used, signed=signed):
                    self.add_error(name, sentence(why))


class CurriculumForm(RuledForm):
    """A draft is published only when it is fit."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        stored = Curriculum.objects.filter(pk=self.instance.pk).select_related("programme", "rules").first()
        publishes = cleaned.get("status") == Curriculum.Status.PUBLISHED
        if stored and publishes and stored.status == Curriculum.Status.DRAFT and (found := unfit(stored)):
            self.add_error("status", ["This draft cannot be published yet. Mend it and save it first.", *found])
        return cleaned


class ModuleForm(RuledForm):
    """A module on its own page: its new credits must still fit into its block."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk:
            highest = max(self.instance.activities.values_list("number", flat=True), default=0)
            expected = cleaned.get("expected_activities")
            if expected is not None and expected < highest:
                self.add_error(
                    "expected_activities", f"There is an activity {highest}, so at least {highest} are expected."
                )
            if "credits" in self.changed_data and "credits" in cleaned and settled(self.instance.curriculum_id):
                new = {self.instance.code: cleaned["credits"]}
                for problem in block_problems(self.instance.block, new):
                    self.add_error(
                        "credits", f"{problem[0].upper()}{problem[1:]}. Change both modules on the block's page."
                    )
        return cleaned


def block_problems(block: Block, new: dict[str, int]) -> list[str]:
    """Why the modules of this block, with these new credits by code, do not make its credits: in sentences."""
    modules = [(module.code, new.get(module.code, module.credits)) for module in block.modules.all()]
    options = [[module.code for module in option.modules.all()] for option in block.options.all()]
    return [f"{problem[0].upper()}{problem[1:]}." for problem in credits_problems(block.credits, modules, options)]


class OwnRows(forms.BaseInlineFormSet):
    """Rows below another row: whatever key a form carries is that of one of them, or nothing is taken.

    Django itself would pass over a row of somebody else's without a word.
    """

    def clean(self) -> None:
        super().clean()
        key = cast(type[Model], self.model)._meta.pk.name
        for place, form in enumerate(self.forms):
            own, given = form.instance.pk, self.data.get(form.add_prefix(key), "")
            if str(own or "") != given or (own is None and place < self.initial_form_count()):
                raise ValidationError("One of these rows is not part of this, or no longer. Open the page again.")


class ModulesOfBlock(OwnRows):
    """The modules of one block, together: so that two provisional ones can trade credits."""

    instance: Block

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or not settled(self.instance.curriculum_id):
            return
        new = {
            form.instance.code: form.cleaned_data["credits"] for form in self.forms if "credits" in form.cleaned_data
        }
        if problems := block_problems(self.instance, new):
            raise ValidationError([f"{problem[0].upper()}{problem[1:]}." for problem in problems])

    def save_new(self, form: forms.ModelForm, commit: bool = True) -> Model:
        """A module is of its block's curriculum."""
        form.instance.curriculum = self.instance.curriculum
        return super().save_new(form, commit)


class ActivitiesOfModule(OwnRows):
    """Training activities: added to a list that is not complete, their wording corrected, a missing type filled in."""

    instance: Module

    def clean(self) -> None:
        super().clean()
        if any(form.has_changed() for form in self.extra_forms) and (why := against_adding(self.instance.pk)):
            raise ValidationError(f"No activity can be added: {why}.")


def against_adding(module_id: int) -> str | None:
    """Why no activity may be added to this module as it is stored: its list may be completed in the same form."""
    stored = Module.objects.select_related("curriculum").get(pk=module_id)
    return changes.may_add_activity(stored, used=use.in_use(stored.curriculum))


class MarkFormForm(forms.ModelForm):
    """A scale has at least two words, each once."""

    class Meta:
        model = MarkForm
        fields = ("programme", "kind", "scale")

    def clean_scale(self) -> str:
        scale: str = self.cleaned_data["scale"]
        words = [line.strip() for line in scale.splitlines() if line.strip()]
        if len(words) < 2:
            raise ValidationError("Enter at least two words, one a line.")
        if len(set(words)) < len(words):
            raise ValidationError("Enter each word once.")
        return "\n".join(words)
