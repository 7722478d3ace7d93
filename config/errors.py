"""Error pages in our own words. They say what happened and what to do, and lose nothing that was typed.

The pages are templates/errors/<status>.html. None of them shows the text of an exception, save where that text is
ours: a refusal (403) and what came too late (409) are written for the person who reads them.
"""

import logging
import sqlite3
import sys

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.kept import given_back, kept_page
from portfolio.workflow import TooLate

logger = logging.getLogger(__name__)
RETRY_SECONDS = 30
# What PostgreSQL says when it cannot do something now: no connection, a deadlock, too many connections or no room, a
# lock not given in time, and that it is stopping or starting (the classes of its error codes).
NOT_NOW = ("08", "40", "53", "55P03", "57")


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
    return kept_page(request, why=late.said, status=409)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with Retry-After where the database cannot do it now; wherever on the way the request failed.

    Without the database, the session or the context processors: any of them may be what failed.
    """
    busy = cannot_now(sys.exception())
    try:
        page: str = busy_page(request) if busy else render_to_string("errors/500.html")
    except Exception:  # a broken error page still answers
        logger.exception("The page for server errors cannot be shown.")
        page = "<!doctype html><title>Something went wrong</title><p>Something went wrong. Try again later.</p>"
    if busy:
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    return HttpResponse(page, status=500)


def cannot_now(failure: BaseException | None) -> bool:
    """Whether this is the database saying "not now": locked by somebody else, starting again, out of connections.

    An OperationalError may also tell of a fault of ours, such as a missing table on SQLite: that stays a 500.
    """
    if not isinstance(failure, OperationalError):
        return False
    sqlite = getattr(failure.__cause__, "sqlite_errorcode", None)
    if sqlite is not None:
        return sqlite & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    postgresql = getattr(failure.__cause__, "sqlstate", None)  # none: the connection was refused or lost
    return postgresql is None or postgresql.startswith(NOT_NOW)


def busy_page(request: HttpRequest) -> str:
    """What was typed is given back: whether it was taken is not known here."""
    sent = request.method == "POST"
    return render_to_string("errors/503.html", {"sent": sent, **(given_back(request) if sent else {})})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's one-time mark is old or missing (signed in again elsewhere, cookies off)."""
    why = (
        "Your browser did not send the cookie that this service needs. Allow cookies for this site."
        if reason == REASON_NO_CSRF_COOKIE
        else "The page was open for too long, or you signed in again in another tab."
    )
    return kept_page(request, why=why, status=403)
