"""Curricula in the admin site, under the same rules of change as the loader, and told in the instance's audit chain.

Drafts may be altered in everything. Once published, the structure is read-only here: what the rules of change allow can
be filled in, and one that no portfolio follows can be made a draft again.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar, cast

from django.contrib import admin
from django.db.models import ForeignKey, ManyToManyField, Model, QuerySet, URLField
from django.http import HttpRequest
from django.utils.html import format_html

from audit.admin import ScopedAdmin
from audit.chain import Actor, append

from . import changes, use
from .admin_forms import (
    ActivitiesOfModule,
    CurriculumForm,
    MarkFormForm,
    ModuleForm,
    ModulesOfBlock,
    RuledForm,
    against_adding,
    curriculum_id_of,
    settled,
)
from .models import (
    AssessmentTitle,
    Block,
    Criterion,
    Curriculum,
    MarkForm,
    Module,
    Option,
    Programme,
    Prompt,
    Question,
    Rules,
    TrainingActivity,
)

INSTANCE = "instance"
# The way from each model to its programme.
PROGRAMME = {
    Programme: "pk",
    Curriculum: "programme",
    Block: "curriculum__programme",
    Module: "curriculum__programme",
    Prompt: "programme",
    Question: "programme",
    MarkForm: "programme",
}

Answer = TypeVar("Answer")
THEIR_CURRICULA = ("curriculum", admin.RelatedOnlyFieldListFilter)


def scoped(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the programmes that this person administers."""
    programmes = use.administered(request.user)
    path = PROGRAMME.get(rows.model)
    return rows if programmes is None or path is None else rows.filter(**{f"{path}__in": programmes})


def once(request: HttpRequest, question: Callable[[int], Answer], about: int) -> Answer:
    """The answer to a question that one page asks many times over: asked of the database once a request."""
    answers = vars(request).setdefault("answers_of_curricula", {})
    if (question, about) not in answers:
        answers[question, about] = question(about)
    return answers[question, about]


def _settled(request: HttpRequest, row: Any) -> bool:
    return row is not None and once(request, settled, curriculum_id_of(row))


def changeable(model: type[Model]) -> set[str]:
    """The fields that may still change once a curriculum is settled."""
    return {field for kind, field in changes.RULES if kind is model}


class Guarded:
    """Whoever may enter the site may see and change; what may be deleted is said by each model."""

    admin_site: admin.AdminSite
    model: type[Model]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **options: Any) -> Any:
        """Nobody puts a row into a programme that is not theirs."""
        target = db_field.remote_field.model
        if target in PROGRAMME:
            options.setdefault("queryset", scoped(request, target._default_manager.all()))
        return super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]


class GuardedAdmin(Guarded, ScopedAdmin):
    list_per_page = 25
    formfield_overrides: ClassVar = {URLField: {"assume_scheme": "https"}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return scoped(request, super().get_queryset(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The last thing before the page's transaction ends: the event tells of the row and of those inline."""
        super().save_related(request, form, formsets, change)
        rows = [row for formset in formsets for row in _rows(formset)]
        if form.changed_data or rows or not change:
            data = {**_named(form.instance), "fields": sorted(form.changed_data), "rows": rows}
            kind = f"{self.opts.verbose_name} {'changed' if change else 'added'}"
            append(INSTANCE, kind, by=cast(Actor, request.user), data=data)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        append(INSTANCE, f"{self.opts.verbose_name} deleted", by=cast(Actor, request.user), data=_named(obj))
        super().delete_model(request, obj)


class SettlingAdmin(GuardedAdmin):
    """Rows of a curriculum: once it is settled, the fields without a rule of change are read-only."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = list(self.readonly_fields)
        if not _settled(request, obj):
            return fixed
        return [*fixed, *_without_a_rule(self.model, self.fields or (), fixed)]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and not _settled(request, obj) and self.admin_site.has_permission(request)


class SettlingInline(Guarded, admin.TabularInline):
    """Rows of a curriculum below another row. `named_by`: the relations that their names are made of."""

    extra = 0
    named_by = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(self.named_by)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if not _settled(request, obj):
            return []
        return _without_a_rule(self.model, self.fields or (), ())

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and not _settled(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and not _settled(request, obj)


def _without_a_rule(model: type[Model], names: Iterable[Any], known: Iterable[Any]) -> list[str]:
    allowed = changeable(model)
    return [name for name in names if name not in allowed and name not in known]


def _rows(formset: Any) -> list[dict[str, Any]]:
    """What happened to the rows of one formset, by their ids."""
    happened: list[tuple[str, Any, list[str]]] = [("added", row, []) for row in formset.new_objects]
    happened += [("changed", row, fields) for row, fields in formset.changed_objects]
    happened += [("deleted", row, []) for row in formset.deleted_objects]
    return [{**_named(row), "did": did, "fields": sorted(fields)} for did, row, fields in happened]


def _named(row: Any) -> dict[str, Any]:
    """Which row: its model, its id, its code if it has one, and the id of its curriculum."""
    named = {"model": row._meta.model_name, "id": row.pk, "code": getattr(row, "code", None)}
    if not isinstance(row, Programme | Rules | Prompt | Question | MarkForm | Criterion):
        named["curriculum"] = curriculum_id_of(row)
    return named


# --- inline rows --------------------------------------------------------------------------------------------------
class BlockInline(SettlingInline):
    model = Block
    form = RuledForm
    fields = ("position", "title", "phase", "credits")
    named_by = "curriculum"
    show_change_link = True


class ModuleInline(SettlingInline):
    model = Module
    form = RuledForm
    formset = ModulesOfBlock
    fields = ("position", "code", "title", "kind", "credits", "provisional")
    named_by = "block__curriculum"
    show_change_link = True


class OptionInline(SettlingInline):
    """The ways to fill a block that offers a choice."""

    model = Option
    fields = ("position", "modules")
    named_by = "block__curriculum"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("modules")

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **options: Any) -> Any:
        """An option holds modules of its own block."""
        block = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        options["queryset"] = Module.objects.filter(block=block)
        return super().formfield_for_manytomany(db_field, request, **options)


class ActivityInline(SettlingInline):
    model = TrainingActivity
    form = RuledForm
    formset = ActivitiesOfModule
    fields = ("number", "type", "title")
    named_by = "module"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A new activity needs its number. That of a known one is refused by the rules of change."""
        return []

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request) and (
            obj is None or once(request, against_adding, obj.pk) is None
        )


class TitleInline(SettlingInline):
    model = AssessmentTitle
    fields = ("position", "kind", "title")
    named_by = "module"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Titles are filled in where there are none."""
        return [] if self._may_fill_in(request, obj) else super().get_readonly_fields(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request) and self._may_fill_in(request, obj)

    def _may_fill_in(self, request: HttpRequest, obj: Module | None) -> bool:
        if obj is None or not _settled(request, obj):
            return True
        stored = once(request, _titles, obj.pk)
        return changes.may_change(obj, "titles", stored, None, used=True) is None


def _titles(module_id: int) -> tuple[str, ...]:
    return tuple(AssessmentTitle.objects.filter(module=module_id).values_list("title", flat=True))


# --- pages --------------------------------------------------------------------------------------------------------
@admin.register(Programme)
class ProgrammeAdmin(GuardedAdmin):
    list_display = ("code", "name")
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever administers every programme."""
        return super().has_add_permission(request) and use.administered(request.user) is None


@admin.register(Rules)
class RulesAdmin(GuardedAdmin):
    """Rules come from files: `manage.py load_curriculum`."""

    list_display = ("name", "source")
    fields = ("name", "source", "shown")

    @admin.display(description="content")
    def shown(self, row: Rules) -> str:
        return format_html("<pre>{}</pre>", json.dumps(row.content, indent=2, ensure_ascii=False))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields)


@admin.register(Curriculum)
class CurriculumAdmin(SettlingAdmin):
    form = CurriculumForm
    list_display = ("specialty", "code", "start_year", "programme", "status", "fictional")
    list_filter = ("status", "programme", "start_year", "fictional")
    list_select_related = ("programme",)
    search_fields = ("code", "specialty")
    fields = (
        "code",
        "programme",
        "specialty",
        "start_year",
        "credits",
        "rules",
        "source",
        "note",
        "fictional",
        "status",
    )
    inlines: ClassVar = [BlockInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What is new begins as a draft."""
        return ["status"] if obj is None else super().get_readonly_fields(request, obj)


@admin.register(Block)
class BlockAdmin(SettlingAdmin):
    list_display = ("title", "curriculum", "position", "phase", "credits")
    list_filter = ("phase", THEIR_CURRICULA)
    list_select_related = ("curriculum",)
    search_fields = ("title", "curriculum__code", "curriculum__specialty")
    fields = ("curriculum", "position", "title", "phase", "credits")
    readonly_fields = ("curriculum",)
    form = RuledForm
    inlines: ClassVar = [ModuleInline, OptionInline]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Blocks are added on their curriculum's page."""
        return False


@admin.register(Module)
class ModuleAdmin(SettlingAdmin):
    list_display = ("code", "title", "curriculum", "kind", "credits", "provisional", "activities_complete")
    list_filter = ("provisional", "activities_complete", ("cbd", admin.EmptyFieldListFilter), "kind", THEIR_CURRICULA)
    list_select_related = ("curriculum",)
    search_fields = ("code", "title", "curriculum__code", "curriculum__specialty", "activities__title")
    fields = (
        "curriculum",
        "block",
        "position",
        "code",
        "title",
        "kind",
        "credits",
        "provisional",
        "expected_activities",
        "activities_complete",
        "cbd",
        "observed",
        "university_result",
        "url",
    )
    readonly_fields = ("curriculum", "block")
    form = ModuleForm
    inlines: ClassVar = [ActivityInline, TitleInline]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Modules are added on their block's page."""
        return False


class Own:
    """What is a programme's own can be deleted, too, by whoever may change it."""

    admin_site: admin.AdminSite

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)


@admin.register(Prompt)
class PromptAdmin(Own, GuardedAdmin):
    """What evidence should show, and questions to write from: a programme's own to change, at any time."""

    list_display = ("label", "text", "section", "type", "position", "programme")
    list_filter = ("section", "type", "programme")
    list_select_related = ("programme",)
    search_fields = ("label", "text")


@admin.register(Question)
class QuestionAdmin(Own, GuardedAdmin):
    """The feedback questionnaire: a programme's own to change at any time. Rounds that are open keep theirs."""

    list_display = ("text", "kind", "position", "programme")
    list_filter = ("kind", "programme")
    list_select_related = ("programme",)
    search_fields = ("text",)


class CriterionInline(Own, Guarded, admin.TabularInline):
    model = Criterion
    fields = ("position", "text")
    extra = 0


@admin.register(MarkForm)
class MarkFormAdmin(GuardedAdmin):
    """What an assessor marks: a programme's own to change, at any time. What was marked before stays as it was."""

    list_display = fields = ("programme", "kind", "scale")
    list_filter = ("kind",)
    list_select_related = ("programme",)
    inlines: ClassVar = [CriterionInline]
    form = MarkFormForm

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["programme", "kind"] if obj else []
