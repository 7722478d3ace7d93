"""People in the admin site. Whoever adds a person vouches for their address; nobody is deleted, only deactivated."""

from typing import Protocol, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.invitations import invite, verified
from accounts.models import User
from audit.admin import ScopedAdmin
from audit.chain import append

IDENTITY = ("name", "email", "post", "registration_number")


class ManagesPeople(Protocol):
    """What the admin site knows about who may manage whom (config/admin.py)."""

    def has_permission(self, request: HttpRequest) -> bool: ...

    def may_manage(self, actor: User, person: User) -> bool: ...

    def people(self, actor: User) -> QuerySet[User]: ...


class PersonForm(forms.ModelForm):
    """A person's own facts. Their password is theirs to set."""

    class Meta:
        model = User
        fields = IDENTITY

    def clean_email(self) -> str:
        """Addresses are stored in lower case, and one address is one person, however it is written."""
        email = self.cleaned_data["email"].strip().lower()
        if self.instance.pk is None and (signed := User.objects.filter(email__iexact=email, one_off=True).first()):
            self.instance = signed  # one account per address: whoever signed by links gets theirs
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Somebody already has an account with this e-mail address.")
        return email

    def save(self, commit: bool = True) -> User:
        if self.instance.pk is None:
            self.instance.set_unusable_password()
        return super().save(commit)


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """Add people, correct their facts, deactivate them, send them a link to set a password."""

    form = PersonForm
    list_display = ("name", "email", "post", "is_active", "last_login")
    list_filter = ("is_active", "is_superuser", ("last_login", admin.EmptyFieldListFilter))
    search_fields = ("name", "email")
    ordering = ("name",)
    list_per_page = 25
    actions = ("send_link",)
    readonly_fields = ("last_login", "date_joined", "is_superuser", "merged_into")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).filter(pk__in=self._site.people(_actor(request)).values("pk"))

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if obj is None:
            return IDENTITY
        merged = ("merged_into",) if obj.merged_into_id else ()
        return (*IDENTITY, *merged, "is_active", "is_superuser", "date_joined", "last_login")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody shuts themselves out, and an account that was merged stays shut."""
        fixed = obj is not None and (obj.pk == request.user.pk or obj.merged_into_id is not None)
        return (*self.readonly_fields, "is_active") if fixed else self.readonly_fields

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Never upwards: the address of an account is a key to it."""
        if not self._site.has_permission(request):
            return False
        return obj is None or self._site.may_manage(_actor(request), obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody: what they signed needs them. Deactivate in its place."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: PersonForm, change: bool) -> None:
        """Saved, verified, told in the audit chain and written to, in the transaction of the page."""
        obj.save()
        if not change or "email" in form.changed_data:
            verified(obj)
        fields = sorted(form.changed_data)
        by = _actor(request)
        if not change:
            append("instance", "person.add", by=by, data={"person": obj.pk})
            self._invite(request, obj)
        elif fields:
            append("instance", "person.change", by=by, data={"person": obj.pk, "fields": fields})
        if change and "is_active" in fields:
            kind = "person.reactivate" if obj.is_active else "person.deactivate"
            append("instance", kind, by=by, data={"person": obj.pk})

    @admin.action(description="Send a link to set a password", permissions=["change"])
    def send_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            if self._site.may_manage(_actor(request), person):
                self._invite(request, person)
            else:
                messages.error(request, f"You cannot send a link to {person}: you do not manage their account.")

    def _invite(self, request: HttpRequest, person: User) -> None:
        """Have the link sent, and say so."""
        if invite([person], by=_actor(request)):
            messages.success(request, f"A link to set a password is on its way to {person}.")
        else:
            messages.error(request, f"{person} is not active: no link was sent.")

    @property
    def _site(self) -> ManagesPeople:
        return cast(ManagesPeople, self.admin_site)


def _actor(request: HttpRequest) -> User:
    """Who is signed in. The admin site lets nobody else in."""
    return cast(User, request.user)
