"""Work-based assessments in the admin site: found and read there, never changed."""

from typing import Any, ClassVar

from django.contrib import admin

from portfolio.admin.work import OF_PORTFOLIO, SIGNER, WorkAdmin
from portfolio.models import Assessment, AssessmentDecision, AssessmentVoid, KindCorrection

OF_ASSESSMENT = ("assessment__portfolio__trainee", "assessment__portfolio__curriculum", "assessment__module")


@admin.register(Assessment)
class AssessmentAdmin(WorkAdmin):
    """What was asked of somebody; a plan is its trainee's alone."""

    list_display = ("aid", "portfolio", "module", "kind", "state", "happens_on")
    list_filter = ("kind", "state")
    search_fields = ("aid", "portfolio__trainee__name", "portfolio__ref", "module__code")
    fields = ("aid", "portfolio", "module", "kind", "planned_kind", "state", "title", "what", "happens_on", "where")
    named_by = (*OF_PORTFOLIO, "module")


class OfAssessmentAdmin(WorkAdmin):
    readonly_fields: ClassVar[Any] = ("trainee",)
    search_fields: ClassVar[Any] = ("signer_name", "assessment__aid", "assessment__portfolio__trainee__name")
    named_by = OF_ASSESSMENT

    @admin.display(description="trainee")
    def trainee(self, row: Any) -> str:
        return row.assessment.portfolio.trainee.name


@admin.register(AssessmentDecision)
class AssessmentDecisionAdmin(OfAssessmentAdmin):
    list_display = ("assessment", "trainee", "outcome", "signer_name", "decided_at")
    list_filter = ("outcome", "decided_at")
    fields = ("assessment", "trainee", "outcome", "strengths", "to_develop", "action", "decided_at", *SIGNER)


@admin.register(KindCorrection)
class KindCorrectionAdmin(OfAssessmentAdmin):
    list_display = ("assessment", "trainee", "was", "kind", "signer_name", "corrected_at")
    list_filter = ("corrected_at",)
    fields = ("assessment", "trainee", "was", "kind", "corrected_at", *SIGNER)
    ordering: ClassVar[Any] = ("-corrected_at", "-pk")


@admin.register(AssessmentVoid)
class AssessmentVoidAdmin(OfAssessmentAdmin):
    list_display = ("assessment", "trainee", "signer_name", "voided_at")
    list_filter = ("voided_at",)
    fields = ("assessment", "trainee", "reason", "voided_at", *SIGNER)
    ordering: ClassVar[Any] = ("-voided_at", "-pk")
