"""The work of portfolios in the admin site: to read, by those who see it elsewhere too, and never to write.

The rows of each list are those of `visible`. Being a superuser shows nobody's work.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.admin import ReadOnlyAdmin
from portfolio.access import visible
from portfolio.models import (
    Activity,
    Closure,
    Comment,
    Confirmation,
    Decision,
    Evidence,
    Goal,
    GoalAction,
    GoalReview,
    Interruption,
    Item,
    ModuleSignOff,
    ModuleVoid,
    ReviewAction,
    ReviewMeeting,
    ReviewSignature,
    Revision,
    Submission,
    Unlock,
    WorkingTime,
)

SIGNER = ("signer_name", "signer_post", "signer_registration", "role_kind", "audit_seq")


class WorkAdmin(ReadOnlyAdmin):
    """`named_by`: the relations that a row's name, and the names of what it shows, are made of."""

    list_per_page = 25
    named_by: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        seen = visible(request.user, self.model)
        return super().get_queryset(request).filter(pk__in=seen.values("pk")).select_related(*self.named_by)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)


OF_PORTFOLIO = ("portfolio__trainee", "portfolio__curriculum")
OF_ITEM = ("submission__portfolio__trainee", "activity__module")


def of_item(path: str) -> tuple[str, ...]:
    return tuple(f"{path}__{name}" for name in OF_ITEM)


@admin.register(Activity)
class ActivityAdmin(WorkAdmin):
    list_display = ("portfolio", "module", "number", "state", "label_title")
    list_filter = ("state",)
    search_fields = ("portfolio__trainee__name", "portfolio__ref", "module__code")
    fields = ("portfolio", "module", "number", "state", "label_type", "label_title")
    named_by = (*OF_PORTFOLIO, "module")


@admin.register(Evidence)
class EvidenceAdmin(WorkAdmin):
    """That a page is there, and since when. What is on it is its trainee's; what was submitted is in its revisions.

    A page has no detail here: its title and text are the working copy, also where an older revision may be read.
    """

    list_display = ("eid", "portfolio", "created_at", "shared", "archived_at")
    list_display_links = None
    list_filter = ("shared", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("eid", "portfolio__trainee__name", "portfolio__ref")
    ordering = ("-created_at", "-pk")
    named_by = OF_PORTFOLIO

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_view_permission(request)


@admin.register(Revision)
class RevisionAdmin(WorkAdmin):
    list_display = ("title", "number", "page", "trainee", "kind", "saved_at")
    list_filter = ("kind", "saved_at")
    search_fields = ("title", "evidence__eid", "evidence__portfolio__trainee__name")
    fields = ("page", "trainee", "number", "title", "happened_on", "kind", "body", "saved_at")
    readonly_fields = ("page", "trainee")
    ordering = ("-saved_at", "-pk")
    named_by = ("evidence__portfolio__trainee",)

    @admin.display(description="page", ordering="evidence__eid")
    def page(self, row: Revision) -> str:
        """By its id: a page's own title is its working copy."""
        return row.evidence.eid

    @admin.display(description="trainee", ordering="evidence__portfolio__trainee__name")
    def trainee(self, row: Revision) -> str:
        return row.evidence.portfolio.trainee.name


@admin.register(Submission)
class SubmissionAdmin(WorkAdmin):
    list_display = ("sid", "portfolio", "submitted_at")
    list_filter = ("submitted_at",)
    search_fields = ("sid", "portfolio__trainee__name", "portfolio__ref")
    fields = ("sid", "portfolio", "submitted_at", "declaration")
    named_by = OF_PORTFOLIO


@admin.register(Item)
class ItemAdmin(WorkAdmin):
    list_display = ("activity", "trainee", "attempt", "state", "submission")
    list_filter = ("state",)
    search_fields = ("submission__sid", "submission__portfolio__trainee__name", "activity__module__code")
    fields = ("submission", "trainee", "activity", "attempt", "type", "title", "state", "digest")
    readonly_fields = ("trainee",)
    ordering = ("-pk",)
    named_by = OF_ITEM

    @admin.display(description="trainee", ordering="submission__portfolio__trainee__name")
    def trainee(self, row: Item) -> str:
        return row.submission.portfolio.trainee.name


@admin.register(Decision)
class DecisionAdmin(WorkAdmin):
    list_display = ("item", "trainee", "outcome", "signer_name", "decided_at")
    list_filter = ("outcome", "decided_at")
    search_fields = ("signer_name", "item__submission__portfolio__trainee__name", "item__activity__module__code")
    fields = ("item", "trainee", "outcome", "feedback", "decided_at", *SIGNER, "manifest_digest")
    readonly_fields = ("trainee",)
    named_by = of_item("item")

    @admin.display(description="trainee", ordering="item__submission__portfolio__trainee__name")
    def trainee(self, row: Decision) -> str:
        return row.item.submission.portfolio.trainee.name


@admin.register(Unlock)
class UnlockAdmin(WorkAdmin):
    list_display = ("item", "trainee", "signer_name", "unlocked_at")
    list_filter = ("unlocked_at",)
    search_fields = ("signer_name", "decision__item__submission__portfolio__trainee__name")
    fields = ("item", "trainee", "decision", "reason", "unlocked_at", *SIGNER)
    readonly_fields = ("item", "trainee")
    ordering = ("-unlocked_at", "-pk")
    named_by = of_item("decision__item")

    @admin.display(description="activity")
    def item(self, row: Unlock) -> str:
        return str(row.decision.item)

    @admin.display(description="trainee")
    def trainee(self, row: Unlock) -> str:
        return row.decision.item.submission.portfolio.trainee.name


@admin.register(Comment)
class CommentAdmin(WorkAdmin):
    """That somebody commented, and when; what they said stands beside the decision, until it is withdrawn."""

    list_display = ("cid", "about", "trainee", "signer_name", "at")
    list_filter = ("at",)
    search_fields = ("cid", "signer_name", "portfolio__trainee__name")
    fields = ("cid", "about", "trainee", "at", *SIGNER)
    readonly_fields = ("about", "trainee")
    ordering = ("-at", "-pk")
    named_by = (*of_item("item"), "portfolio__trainee", "assessment__module")

    @admin.display(description="decision on")
    def about(self, row: Comment) -> str:
        return str(row.of)

    @admin.display(description="trainee", ordering="portfolio__trainee__name")
    def trainee(self, row: Comment) -> str:
        return row.portfolio.trainee.name


@admin.register(Confirmation)
class ConfirmationAdmin(WorkAdmin):
    list_display = ("portfolio", "module", "activities", "cbd", "observed", "signer_name", "confirmed_at")
    list_filter = ("confirmed_at",)
    search_fields = ("signer_name", "portfolio__trainee__name", "portfolio__ref", "module__code")
    fields = (
        "portfolio",
        "module",
        "activities",
        "cbd",
        "observed",
        "source",
        "read_on",
        "confirmed_at",
        *SIGNER,
    )
    named_by = (*OF_PORTFOLIO, "module")


@admin.register(ModuleSignOff)
class ModuleSignOffAdmin(WorkAdmin):
    list_display = ("portfolio", "module", "credits", "signer_name", "signed_at")
    list_filter = ("signed_at",)
    search_fields = ("signer_name", "portfolio__trainee__name", "portfolio__ref", "module__code")
    fields = ("portfolio", "module", "number", "credits", "signed_at", *SIGNER, "digest")
    named_by = (*OF_PORTFOLIO, "module")


@admin.register(ModuleVoid)
class ModuleVoidAdmin(WorkAdmin):
    list_display = ("sign_off", "trainee", "signer_name", "voided_at")
    list_filter = ("voided_at",)
    search_fields = ("signer_name", "sign_off__portfolio__trainee__name", "sign_off__module__code")
    fields = ("sign_off", "trainee", "reason", "voided_at", *SIGNER)
    readonly_fields = ("trainee",)
    ordering: ClassVar[Any] = ("-voided_at", "-pk")
    named_by = ("sign_off__portfolio__trainee", "sign_off__module")

    @admin.display(description="trainee")
    def trainee(self, row: ModuleVoid) -> str:
        return row.sign_off.portfolio.trainee.name


@admin.register(Closure)
class ClosureAdmin(WorkAdmin):
    list_display = ("portfolio", "closes", "signer_name", "at")
    list_filter = ("closes", "at")
    search_fields = ("signer_name", "portfolio__trainee__name", "portfolio__ref")
    fields = ("portfolio", "closes", "reason", "at", *SIGNER)
    named_by = OF_PORTFOLIO


@admin.register(Goal)
class GoalAdmin(WorkAdmin):
    list_display = ("title", "portfolio", "state", "set_on", "target_on", "ended_on")
    list_filter = ("state",)
    search_fields = ("gid", "title", "portfolio__trainee__name", "portfolio__ref")
    fields = ("gid", "portfolio", "title", "why", "criteria", "set_on", "target_on", "state", "ended_on")
    ordering = ("-pk",)
    named_by = OF_PORTFOLIO


@admin.register(GoalAction)
class GoalActionAdmin(WorkAdmin):
    list_display = ("what", "goal", "trainee", "due_on", "done_on")
    list_filter = (("done_on", admin.EmptyFieldListFilter),)
    search_fields = ("what", "goal__gid", "goal__portfolio__trainee__name")
    fields = ("goal", "trainee", "what", "set_on", "due_on", "done_on")
    readonly_fields = ("trainee",)
    ordering = ("-pk",)
    named_by = ("goal__portfolio__trainee",)

    @admin.display(description="trainee", ordering="goal__portfolio__trainee__name")
    def trainee(self, row: GoalAction) -> str:
        return row.goal.portfolio.trainee.name


@admin.register(GoalReview)
class GoalReviewAdmin(WorkAdmin):
    list_display = ("goal", "trainee", "outcome", "signer_name", "at")
    list_filter = ("outcome", "at")
    search_fields = ("signer_name", "goal__gid", "goal__portfolio__trainee__name")
    fields = ("goal", "trainee", "outcome", "happened", "next_steps", "at", *SIGNER)
    readonly_fields = ("trainee",)
    ordering = ("-at", "-pk")
    named_by = ("goal__portfolio__trainee",)

    @admin.display(description="trainee", ordering="goal__portfolio__trainee__name")
    def trainee(self, row: GoalReview) -> str:
        return row.goal.portfolio.trainee.name


# --- what the university, the trainee's choice and other systems say ----------------------------------------------


@admin.register(WorkingTime)
class WorkingTimeAdmin(WorkAdmin):
    list_display = ("portfolio", "starts_on", "hundredths", "version", "removed", "signer_name", "at")
    search_fields = ("signer_name", "portfolio__trainee__name", "portfolio__ref")
    fields = ("portfolio", "starts_on", "hundredths", "version", "removed", "note", "at", *SIGNER)
    ordering = ("-at", "-pk")
    named_by = OF_PORTFOLIO


@admin.register(Interruption)
class InterruptionAdmin(WorkAdmin):
    list_display = ("portfolio", "starts_on", "ends_on", "kind", "version", "removed", "signer_name", "at")
    search_fields = ("signer_name", "portfolio__trainee__name", "portfolio__ref")
    fields = ("portfolio", "starts_on", "ends_on", "kind", "version", "removed", "note", "at", *SIGNER)
    ordering = ("-at", "-pk")
    named_by = OF_PORTFOLIO


@admin.register(ReviewMeeting)
class ReviewMeetingAdmin(WorkAdmin):
    list_display = ("portfolio", "point", "number", "planned_on", "created_at")
    search_fields = ("point", "portfolio__trainee__name", "portfolio__ref")
    fields = (
        "portfolio",
        "point",
        "number",
        "planned_on",
        "reason",
        "trainee_notes",
        "officer_notes",
        "created_at",
        "digest",
    )
    ordering = ("-created_at", "-pk")
    named_by = OF_PORTFOLIO


@admin.register(ReviewAction)
class ReviewActionAdmin(WorkAdmin):
    list_display = ("what", "meeting", "trainee", "side", "by_when", "done_at")
    search_fields = ("meeting__portfolio__trainee__name", "meeting__portfolio__ref")
    fields = ("meeting", "trainee", "what", "side", "by_when", "dropped", "done_at", "done_by")
    readonly_fields = ("trainee",)
    ordering = ("-by_when", "-pk")
    named_by = ("meeting__portfolio__trainee", "done_by")

    @admin.display(description="trainee")
    def trainee(self, row: ReviewAction) -> str:
        return row.meeting.portfolio.trainee.name


@admin.register(ReviewSignature)
class ReviewSignatureAdmin(WorkAdmin):
    list_display = ("meeting", "trainee", "side", "signer_name", "signed_at")
    search_fields = ("signer_name", "meeting__portfolio__trainee__name", "meeting__portfolio__ref")
    fields = ("meeting", "trainee", "side", "signed_at", *SIGNER, "digest")
    readonly_fields = ("trainee",)
    ordering = ("-signed_at", "-pk")
    named_by = ("meeting__portfolio__trainee",)

    @admin.display(description="trainee")
    def trainee(self, row: ReviewSignature) -> str:
        return row.meeting.portfolio.trainee.name
