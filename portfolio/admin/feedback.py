"""Rounds of feedback in the admin site: how each stands. Whom it asks and what they said is not for administrators."""

from typing import ClassVar

from django.contrib import admin

from portfolio.admin.work import OF_PORTFOLIO, WorkAdmin
from portfolio.models import FeedbackRound
from portfolio.workflow.feedback import state_of


@admin.register(FeedbackRound)
class FeedbackRoundAdmin(WorkAdmin):
    list_display = ("portfolio", "name", "attempt", "state", "opened_at")
    list_filter = ("name", "opened_at")
    search_fields = ("portfolio__trainee__name", "portfolio__ref")
    fields = ("portfolio", "number", "name", "attempt", "least", "opened_at", "state")
    readonly_fields = ("state",)
    ordering: ClassVar = ["-opened_at", "-pk"]
    named_by = (*OF_PORTFOLIO, "closing__release")

    @admin.display(description="state")
    def state(self, row: FeedbackRound) -> str:
        return state_of(row).label
