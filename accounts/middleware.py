"""Everything asks for a sign-in, except the views that are marked public."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase

from accounts.kept import kept_page
from accounts.models import User

SIGNED_OUT = "You were signed out while this page was open."


class SignedIn(HttpRequest):
    """A request as a view behind LoginRequired gets it: somebody is signed in. For type hints.

    `portfolio` is the one that the page is in, once the view has fetched it; `standing` what they are today, `waits`
    what waits for them, `whose` that is, and `snippets` what they keep for feedback, once that is read.
    """

    user: User
    portfolio: Any
    standing: Any
    waits: Any
    whose: Any
    snippets: Any


class LoginRequired(LoginRequiredMiddleware):
    """Somebody signed out who asks for a page is sent to sign in and back.

    What they send (their session ended while they wrote) is given back to them, for it cannot be taken.
    A public view is let through unasked: /healthz answers while the database, and every session, is away.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        return kept_page(request, why=SIGNED_OUT, status=401)
