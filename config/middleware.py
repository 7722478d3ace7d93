"""What holds for every answer: its headers, its address, and its status for an invalid form or a step too late."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from config.errors import conflict
from portfolio.workflow import TooLate


def security_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """On pages, files, static files, redirects and errors: nothing of ours is for robots, for other sites,
    or for a shared cache.

    What an answer says itself stands: static files may be cached.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-store")
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
