"""What the university, the trainee's choice and other systems say, in the admin site: to read, and never to write."""

from typing import Any, ClassVar

from django.contrib import admin

from portfolio.admin.work import OF_PORTFOLIO, SIGNER, WorkAdmin
from portfolio.models import (
    ElsewhereVoid,
    OptionConfirmation,
    OptionRefusal,
    OptionTaken,
    SignedElsewhere,
    UniversityResult,
)


@admin.register(UniversityResult)
class UniversityResultAdmin(WorkAdmin):
    list_display = ("portfolio", "module", "award", "number", "result", "signer_name", "recorded_at")
    list_filter = ("result", "recorded_at")
    search_fields = ("signer_name", "portfolio__trainee__name", "portfolio__ref", "module__code", "award")
    fields = (
        "portfolio",
        "module",
        "award",
        "number",
        "result",
        "dated_on",
        "source",
        "reason",
        "recorded_at",
        *SIGNER,
    )
    named_by = (*OF_PORTFOLIO, "module")


@admin.register(OptionTaken)
class OptionTakenAdmin(WorkAdmin):
    list_display = ("portfolio", "codes", "number", "taken_at")
    list_filter = ("taken_at",)
    search_fields = ("portfolio__trainee__name", "portfolio__ref", "codes")
    fields = ("portfolio", "block", "option", "codes", "number", "reason", "taken_at", *SIGNER)
    named_by = (*OF_PORTFOLIO, "block__curriculum", "option__block__curriculum")


@admin.register(OptionConfirmation)
class OptionConfirmationAdmin(WorkAdmin):
    list_display = ("taken", "trainee", "signer_name", "confirmed_at")
    list_filter = ("confirmed_at",)
    search_fields = ("signer_name", "taken__portfolio__trainee__name", "taken__codes")
    fields = ("taken", "trainee", "confirmed_at", *SIGNER)
    readonly_fields = ("trainee",)
    named_by = ("taken__portfolio__trainee",)

    @admin.display(description="trainee", ordering="taken__portfolio__trainee__name")
    def trainee(self, row: OptionConfirmation) -> str:
        return row.taken.portfolio.trainee.name


@admin.register(OptionRefusal)
class OptionRefusalAdmin(WorkAdmin):
    list_display = ("taken", "trainee", "signer_name", "refused_at")
    list_filter = ("refused_at",)
    search_fields = ("signer_name", "taken__portfolio__trainee__name", "taken__codes")
    fields = ("taken", "trainee", "reason", "refused_at", *SIGNER)
    readonly_fields = ("trainee",)
    named_by = ("taken__portfolio__trainee",)

    @admin.display(description="trainee", ordering="taken__portfolio__trainee__name")
    def trainee(self, row: OptionRefusal) -> str:
        return row.taken.portfolio.trainee.name


@admin.register(SignedElsewhere)
class SignedElsewhereAdmin(WorkAdmin):
    list_display = ("portfolio", "module", "kind", "number", "system", "signed_on", "signed_by", "recorded_at")
    list_filter = ("kind", "recorded_at")
    search_fields = ("portfolio__trainee__name", "portfolio__ref", "module__code", "system", "signed_by")
    fields = (
        "portfolio",
        "module",
        "kind",
        "number",
        "title",
        "case_reference",
        "system",
        "signed_on",
        "signed_by",
        "note",
        "file_name",
        "recorded_at",
        *SIGNER,
    )
    named_by = (*OF_PORTFOLIO, "module")


@admin.register(ElsewhereVoid)
class ElsewhereVoidAdmin(WorkAdmin):
    list_display = ("record", "trainee", "signer_name", "voided_at")
    list_filter = ("voided_at",)
    search_fields = ("signer_name", "record__portfolio__trainee__name", "record__module__code")
    fields = ("record", "trainee", "reason", "voided_at", *SIGNER)
    readonly_fields = ("trainee",)
    ordering: ClassVar[Any] = ("-voided_at", "-pk")
    named_by = ("record__portfolio__trainee", "record__module")

    @admin.display(description="trainee", ordering="record__portfolio__trainee__name")
    def trainee(self, row: ElsewhereVoid) -> str:
        return row.record.portfolio.trainee.name
