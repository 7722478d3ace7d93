"""Curricula in the admin site, under the same rules of change as the loader, and told in the instance's audit chain.

Drafts may be altered in everything. Once published, the structure is read-only here: what the rules of change allow can
be filled in, and one that no portfolio follows can be made a draft again.
"""

import json
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from . import changes, use
from .admin_forms import (
    ActivitiesOfModule,
    CurriculumForm,
    MarkFormForm,
    ModuleForm,
    ModulesOfBlock,
    OwnRows,
    RuledForm,
    against_adding,
)
from .admin_guards import Guarded, GuardedAdmin, SettlingAdmin, SettlingInline, is_settled, once
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

THEIR_CURRICULA = ("curriculum", admin.RelatedOnlyFieldListFilter)


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
        if obj is None or not is_settled(request, obj):
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
    formset = OwnRows
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
