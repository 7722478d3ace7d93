"""What every page of curricula in the admin site stands on: who may change what now, and that the chain is told."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar, cast

from django.contrib import admin
from django.db.models import ForeignKey, Model, QuerySet, URLField
from django.http import HttpRequest

from audit.admin import ScopedAdmin
from audit.chain import Actor, append

from . import changes, use
from .admin_forms import OwnRows, curriculum_id_of, settled
from .models import Block, Criterion, Curriculum, MarkForm, Module, Programme, Prompt, Question, Rules

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


def is_settled(request: HttpRequest, row: Any) -> bool:
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
        if not is_settled(request, obj):
            return fixed
        return [*fixed, *_without_a_rule(self.model, self.fields or (), fixed)]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and not is_settled(request, obj) and self.admin_site.has_permission(request)


class SettlingInline(Guarded, admin.TabularInline):
    """Rows of a curriculum below another row. `named_by`: the relations that their names are made of."""

    extra = 0
    formset = OwnRows
    named_by = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(self.named_by)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if not is_settled(request, obj):
            return []
        return _without_a_rule(self.model, self.fields or (), ())

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and not is_settled(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and not is_settled(request, obj)


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
