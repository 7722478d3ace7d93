"""Placements and plans in the admin site: to read. The journal is not there: it is its trainee's alone."""

from django.contrib import admin

from portfolio.admin.work import OF_PORTFOLIO, WorkAdmin
from portfolio.models import Placement, ScheduledActivity
from portfolio.models.placement import QUESTIONS


@admin.register(Placement)
class PlacementAdmin(WorkAdmin):
    list_display = ("portfolio", "title", "kind", "state", "starts_on", "ends_on", "supervisor")
    list_filter = ("state", "kind")
    search_fields = ("portfolio__trainee__name", "portfolio__ref", "title")
    fields = (
        "portfolio",
        "title",
        "kind",
        "state",
        "module",
        "modules",
        "department",
        "organisation",
        "supervisor",
        "starts_on",
        "ends_on",
        "aims",
        "activities",
        *QUESTIONS,
        "confirmed_by",
        "confirmed_at",
    )
    readonly_fields = ("activities",)
    named_by = (*OF_PORTFOLIO, "module", "supervisor", "confirmed_by")

    @admin.display(description="activities planned into it")
    def activities(self, row: Placement) -> str:
        return ", ".join(str(one) for one in row.planned.select_related("module"))


@admin.register(ScheduledActivity)
class ScheduledActivityAdmin(WorkAdmin):
    list_display = ("portfolio", "module", "number", "year", "month")
    list_filter = ("year",)
    search_fields = ("portfolio__trainee__name", "portfolio__ref", "module__code")
    fields = ("portfolio", "module", "number", "year", "month")
    named_by = (*OF_PORTFOLIO, "module")
