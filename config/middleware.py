"""What holds for every answer: its headers, its address, and its status for an invalid form or a step too late."""

import json
import logging
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from config.errors import conflict
from config.logs import without_keys
from portfolio.workflow import TooLate

logger = logging.getLogger(__name__)
# Below these an address is a key, or what is opened by one: a page there says to no other site, and to no log of ours,
# where somebody came from. With a form it keeps the name of this site: a form that hides even that is refused as one
# of another site's.
BEHIND_A_KEY = (
    *("/sign/", "/lent/", "/feedback/", "/calendar/"),
    *("/accounts/password/reset/key/", "/accounts/confirm-email/"),
)
STRICT = ("strict-origin", "no-referrer")


def security_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """On pages, files, static files, redirects and errors: nothing of ours is for robots, for other sites,
    or for a shared cache.

    What an answer says itself stands: static files may be cached. Every answer behind a key keeps the address, whatever
    it answers.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-store")
        if request.path.startswith(BEHIND_A_KEY) and response.headers.get("Referrer-Policy") not in STRICT:
            response.headers["Referrer-Policy"] = STRICT[0]
        return response

    return middleware


def an_address_is_a_path(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Nothing stands at an address with a NUL in it, and PostgreSQL cannot even be asked for one: 404.

    One that names a host besides the Host header (GET http://elsewhere/) is for a proxy, which this is not: 400.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.META.get("RAW_URI", "/").startswith("/"):
            raise BadRequest("The address is not a path.")
        if "\x00" in request.path:
            raise Http404
        return get_response(request)

    return middleware


def cookies_hold_no_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No cookie of ours holds a NUL (a browser can be made to send one as \\000): it is as if it had not come.

    No session has such a key, and PostgreSQL cannot even be asked for one.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]
        return get_response(request)

    return middleware


REFUSALS = (401, 403, 404, 405, 429)
LONGEST_PATH = 300


def refusals_are_logged(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Who was refused what, as one line of JSON: what is odd in an address is escaped. Nothing that was sent is in it,
    and no key of a link that lets somebody in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code in REFUSALS:
            key = request.resolver_match.kwargs.get("key") if request.resolver_match else None
            path = request.path.replace(key, "[key]") if key else request.path
            told = {"status": response.status_code, "person": request.user.pk, "method": request.method}
            logger.warning("Refused: %s", json.dumps(told | {"path": without_keys(path)[:LONGEST_PATH]}))
        return response

    return middleware


class TooLateIsConflict:
    """A step that came too late, where the view has no page of its own for that: 409, like Django's own 403 and 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return conflict(request, exception) if isinstance(exception, TooLate) else None


class InvalidFormSaysSo:
    """The pages of allauth and of the admin site come back with 200 when their form has errors. Here that is 422.

    Our own views say it themselves. allauth names its form `form`; the admin site gathers the errors of all its forms.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        shown = response.context_data or {}
        errors = shown.get("errors") or getattr(shown.get("form"), "errors", None)
        if request.method == "POST" and response.status_code == 200 and errors:
            response.status_code = 422
        return response
