"""Error pages in our own words. They say what happened and what to do, and lose nothing that was typed.

The pages are templates/errors/<status>.html. None of them shows the text of an exception, save where that text is
ours: a refusal (403) and what came too late (409) are written for the person who reads them.
"""

import logging

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.kept import kept_page
from portfolio.workflow import TooLate

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 413 when more was sent than we take."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        message = (
            f"This is more than one form can bring: at most {settings.UPLOAD_MAX_FILES} files "
            f"and {settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2} MB of text. "
            "Go back: what you typed is still there. Send it in parts."
        )
        return render(request, "errors/400.html", {"said": message}, status=413)
    if isinstance(exception, DisallowedHost):
        return render(request, "errors/400.html", {"said": "This service has another address."}, status=400)
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: they may see it, and may not do it. `said` is the refusal in our words, if it gave any."""
    return render(request, "errors/403.html", {"said": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same page for what is not there and for what is not theirs to see."""
    return render(request, "errors/404.html", status=404)


def conflict(request: HttpRequest, late: TooLate) -> HttpResponse:
    """409: too late, what they saw has changed. What was typed is given back."""
    if request.method == "POST":
        return kept_page(request, why=late.said, status=409)
    return render(request, "errors/409.html", {"said": late.said}, status=409)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without the database, the session or the context processors: any of them may be what failed."""
    try:
        page: str = render_to_string("errors/500.html", {"service_name": settings.SERVICE_NAME})
    except Exception:  # a broken error page still answers
        logger.exception("The page for server errors cannot be shown.")
        page = "<!doctype html><title>Something went wrong</title><p>Something went wrong. Try again later.</p>"
    return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's one-time mark is old or missing (signed in again elsewhere, cookies off)."""
    why = (
        "Your browser did not send the cookie that this service needs. Allow cookies for this site."
        if reason == REASON_NO_CSRF_COOKIE
        else "The page was open for too long, or you signed in again in another tab."
    )
    return kept_page(request, why=why, status=403)
