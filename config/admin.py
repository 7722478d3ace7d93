"""The admin site: the same sign-in, the same rules about who may enter, and nothing deleted wholesale."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts.models import User
from portfolio import access


class Site(AdminSite):
    """For those who administer a programme, and for the superuser who appoints them."""

    site_header = "STP Portfolio administration"
    site_title = "STP Portfolio administration"
    index_title = "Curricula, people and cohorts"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.disable_action("delete_selected")

    def has_permission(self, request: HttpRequest) -> bool:
        """Every model of every page asks it: one query a request, and not a hundred."""
        known = vars(request)
        if "enters_admin" not in known:
            known["enters_admin"] = isinstance(request.user, User) and access.may_enter_admin(request.user)
        return bool(known["enters_admin"])

    def may_manage(self, actor: User, person: User) -> bool:
        """Whether somebody may change a person's account; accounts/admin.py asks."""
        return access.may_manage(actor, person)

    def people(self, actor: User) -> QuerySet[User]:
        """Whom somebody finds in the list of people; accounts/admin.py asks."""
        return access.people_in_scope(actor)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Django sends everybody who may not enter to the sign-in. Somebody signed in gets a plain refusal."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied("The administration is for programme administrators.")
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one place to sign in."""
        back = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        return redirect_to_login(back, reverse("account_login"))

    @method_decorator(require_POST)
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        logout(request)
        return redirect("/")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one place to change a password."""
        return redirect("account_change_password")
