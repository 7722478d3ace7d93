"""What an administrator keeps: organisations, portfolios, roles, and (superusers) who administers what.

Each change is told in the instance's audit chain. Nothing is deleted: a role ends, a portfolio is closed.
"""

from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.db import IntegrityError
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from accounts.kept import kept_page
from accounts.models import User
from audit.admin import ScopedAdmin
from audit.chain import append
from curriculum.models import Curriculum
from portfolio import access
from portfolio.admin.forms import AdministrationForm, AppointmentForm, OrganisationForm, PortfolioForm, RoleForm
from portfolio.handover import successors
from portfolio.models import Administration, Organisation, Portfolio, Role
from portfolio.states import PortfolioState, RoleKind
from portfolio.workflow import available

INSTANCE = "instance"
SAME_MOMENT = "Somebody else saved something at the same moment, and the two do not fit together."


def actor(request: HttpRequest) -> User:
    """Who is signed in. The admin site lets nobody else in."""
    return cast(User, request.user)


class KeptAdmin(ScopedAdmin):
    """Whoever may enter the site keeps what is in their scope. `called`: what the audit chain calls a row."""

    list_per_page = 25
    actions = None
    called = ""
    added = "added"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """A class made for this request, which knows who asks."""
        form: Any = super().get_form(request, obj, change, **options)
        form.by = actor(request)
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """What the database refuses in spite of the form (two people at the same moment) loses nothing typed."""
        try:
            return super().changeform_view(request, *args, **options)
        except IntegrityError:
            return kept_page(request, why=SAME_MOMENT, status=409)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Saved and told, in the transaction of the page."""
        if change and not form.changed_data:
            return
        obj.save()
        data = {**obj.facts, "fields": sorted(form.changed_data)}
        append(INSTANCE, f"{self.called} {self.happened(form, change)}", by=actor(request), data=data)

    def happened(self, form: Any, change: bool) -> str:
        return "changed" if change else self.added


@admin.register(Organisation)
class OrganisationAdmin(KeptAdmin):
    """Shared by everybody: one hospital trains for several programmes."""

    form = OrganisationForm
    list_display = ("name", "mail_domains")
    search_fields = ("name", "mail_domains")
    called = "organisation"


class OpenOrClosed(admin.SimpleListFilter):
    """A portfolio's state follows from when it was closed."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in PortfolioState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Portfolio]) -> QuerySet[Portfolio]:
        if self.value() not in PortfolioState.values:
            return queryset
        return queryset.filter(closed_at__isnull=self.value() == PortfolioState.OPEN)


class RolesInline(admin.TabularInline):
    """Who holds or held a role here. A role is given and ended on its own page, where its rules are."""

    model = Role
    fields = ("user", "kind", "starts_on", "ends_on")
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Role]:
        return super().get_queryset(request).select_related("user", "portfolio__trainee")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Portfolio)
class PortfolioAdmin(KeptAdmin):
    """Trainee and curriculum are chosen once: the work hangs on them. Closing and reopening are steps with a reason."""

    form = PortfolioForm
    list_display = ("trainee", "curriculum", "cohort_year", "starts_on", "organisation", "standing")
    list_filter = (
        OpenOrClosed,
        "cohort_year",
        ("curriculum", admin.RelatedOnlyFieldListFilter),
        ("organisation", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("trainee", "curriculum", "organisation")
    search_fields = ("trainee__name", "trainee__email", "ref", "curriculum__code", "curriculum__specialty")
    readonly_fields = ("ref", "standing")
    called = "portfolio"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Portfolio]:
        theirs = access.portfolios_in_scope(actor(request))
        return super().get_queryset(request).filter(pk__in=theirs.values("pk"))

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [RolesInline] if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "trainee", "curriculum") if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Portfolio | None = None) -> Any:
        fields = ("trainee", "curriculum", "cohort_year", "starts_on", "organisation", "department")
        if obj is None:
            return [(None, {"fields": fields})]
        return [(None, {"fields": (*fields, "ref", "standing"), "description": self._ways_on(request, obj)})]

    @admin.display(description="state")
    def standing(self, row: Portfolio) -> str:
        return str(row.state.label)

    def _ways_on(self, request: HttpRequest, obj: Portfolio) -> str:
        """What else can be done with this portfolio, as links."""
        pages = {"close portfolio": "portfolio_close", "reopen portfolio": "portfolio_reopen"}
        ways = [(reverse("admin:portfolio_role_add") + f"?portfolio={obj.pk}", "Give somebody a role in it")]
        ways += [
            (reverse(pages[name], args=[obj.ref]), step.label)
            for name, step in available(obj, obj, by=actor(request)).items()
        ]
        links = format_html_join(" or ", '<a href="{}">{}</a>', ways)
        return format_html("Trainee and curriculum stay as they are. {}.", links)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "curriculum":
            options["queryset"] = curricula_offered(actor(request))
        return super().formfield_for_foreignkey(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Portfolio, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        years = {obj.curriculum.start_year, obj.cohort_year, obj.starts_on.year}
        if form.changed_data and len(years) > 1:
            messages.warning(
                request,
                f"The curriculum is of {obj.curriculum.start_year}, the cohort of {obj.cohort_year}, and the training "
                f"starts in {obj.starts_on.year}. This is allowed. Check that it is what you mean.",
            )


def curricula_offered(user: User) -> QuerySet[Curriculum]:
    """The published curricula of the programmes that somebody administers."""
    published = Curriculum.objects.filter(status=Curriculum.Status.PUBLISHED)
    programmes = access.administered_programmes(user)
    return published if programmes is None else published.filter(programme__in=programmes)


class AppointmentAdmin(KeptAdmin):
    """Somebody is given something between two dates. What has begun keeps its first day, what has ended both."""

    form: type[AppointmentForm]
    fixed: tuple[str, ...] = ()  # what is never changed once it is given
    added = "given"
    ordering = ("-starts_on", "-pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return (*self.fixed, "starts_on") if obj.starts_on <= timezone.localdate() else self.fixed

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not self.why_not(request, obj))

    def why_not(self, request: HttpRequest, obj: Any) -> str:
        """Why this person may not change this row; empty when they may."""
        if obj.user_id == actor(request).pk:
            return "This is your own. Another administrator changes it."
        if obj.ends_on and obj.ends_on < timezone.localdate():
            return "This has ended and stays as it was. If it goes on, give it anew."
        return ""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = self.get_fields(request, obj)
        why = self.why_not(request, obj) if obj else ""
        return [(None, {"fields": fields, "description": why})]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.form._meta.fields

    def happened(self, form: Any, change: bool) -> str:
        ended = change and "ends_on" in form.changed_data and form.cleaned_data["ends_on"] is not None
        return "ended" if ended else super().happened(form, change)


@admin.register(Role)
class RoleAdmin(AppointmentAdmin):
    """A placement supervisor's role is read here: it comes, changes and ends with the placement."""

    form = RoleForm
    list_display = ("user", "kind", "portfolio", "starts_on", "ends_on")
    list_filter = ("kind", ("ends_on", admin.EmptyFieldListFilter))
    search_fields = ("user__name", "user__email", "portfolio__trainee__name", "portfolio__ref")
    fixed = ("portfolio", "user", "kind")
    called = "role"

    def why_not(self, request: HttpRequest, obj: Role) -> str:
        if obj.kind == RoleKind.SUPERVISOR:
            return "This comes with a placement. The training officer confirms and ends it on the placement's page."
        return super().why_not(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Role]:
        theirs = access.portfolios_in_scope(actor(request))
        rows = super().get_queryset(request).filter(portfolio__in=theirs.values("pk"))
        return rows.select_related("user", "portfolio__trainee", "portfolio__curriculum")

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "portfolio":
            theirs = access.portfolios_in_scope(actor(request))
            options["queryset"] = theirs.select_related("trainee", "curriculum")
        return super().formfield_for_foreignkey(db_field, request, **options)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A successor is named when a role ends."""
        fields = super().get_fields(request, obj)
        return (*fields, "successor") if obj and self.has_change_permission(request, obj) else fields

    def save_model(self, request: HttpRequest, obj: Role, form: Any, change: bool) -> None:
        """With a successor, what waits goes to them: at once where the role has ended, else once it has."""
        super().save_model(request, obj, form, change)
        if change and (successor := form.cleaned_data.get("successor")):
            handover = successors.name_successor(obj, successor, by=actor(request))
            self._say(request, obj, successor, successors.hand_over(handover))
        own = Portfolio.objects.filter(trainee=obj.user, programme=obj.portfolio.programme, closed_at=None)
        if not change and obj.kind in access.DECIDING and own.exists():
            messages.warning(
                request,
                f"{obj.user.name} has an open portfolio of the same programme, and decides and signs nothing in it "
                "until that is closed.",
            )

    def _say(self, request: HttpRequest, role: Role, successor: User, passed: successors.Passed) -> None:
        if role.ends_on and role.ends_on >= timezone.localdate():
            messages.success(request, f"What waits with {role.user.name} then goes to {successor.name}.")
        elif passed.on:
            messages.success(request, f"Handed over to {successor.name}: {passed.on}.")
        if passed.with_nobody:
            messages.warning(
                request,
                f"With nobody, for {successor.name} or you may not take it over: {passed.with_nobody}. "
                "Trainee and officer see it, and choose another assessor.",
            )


@admin.register(Administration)
class AdministrationAdmin(AppointmentAdmin):
    """For superusers: an administrator appoints no administrators."""

    form = AdministrationForm
    list_display = ("user", "programme", "cohort_year", "starts_on", "ends_on")
    list_filter: ClassVar[tuple[Any, ...]] = ("programme", ("ends_on", admin.EmptyFieldListFilter))
    search_fields = ("user__name", "user__email")
    fixed = ("user", "programme", "cohort_year")
    called = "administration"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Administration]:
        return super().get_queryset(request).select_related("user", "programme")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and actor(request).is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and actor(request).is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and actor(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and actor(request).is_superuser
