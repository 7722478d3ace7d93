"""When a form cannot be taken because of the session, show what was typed, so that nothing is lost."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

SECRET_WORDS = ("password", "csrf", "code", "token")
CARRIED = ("seen", "was")  # the first or last word of what a form carries unseen: which state of things it was made of
MOST_FIELDS = 200


def kept_page(request: HttpRequest, *, why: str, status: int, way_on: tuple[str, str] | None = None) -> HttpResponse:
    """The page that gives back what was typed. Text only: a browser must be asked for files again.

    What another site sent is not shown: it is not something that anybody typed here. Whoever only opened a page typed
    nothing, and reads no more than why. `way_on`: an address and its words, for whom a sign-in is not the way to go on.
    """
    if request.method in ("GET", "HEAD"):
        return render(request, f"errors/{status}.html", {"said": why}, status=status)
    return render(
        request,
        "errors/kept.html",
        {
            **given_back(request),
            "why": why,
            "way_on": way_on,
            "sign_in_url": "" if way_on or request.user.is_authenticated else sign_in_url(request),
        },
        status=status,
    )


def given_back(request: HttpRequest) -> dict[str, list[Any]]:
    """What was typed, and the names of the files; nothing of what another site sent."""
    if not from_here(request):
        return {"kept": [], "files": []}
    return {
        "kept": typed(request),
        "files": [file.name for _, files in request.FILES.lists() for file in files],
    }


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form and their text, without secrets, empty ones and what nobody typed. Their size is limited as
    the form's was."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if value.strip() and not any(word in name.lower() for word in SECRET_WORDS) and not _carried(name)
    ]
    return fields[:MOST_FIELDS]


def _carried(name: str) -> bool:
    words = name.split("-")
    return words[0] in CARRIED or words[-1] in CARRIED


def from_here(request: HttpRequest) -> bool:
    """Whether the form was on a page of ours, as far as the browser says."""
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


def sign_in_url(request: HttpRequest) -> str:
    """Sign in, and return to the page that the form was on."""
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # an address that is none, such as http://[
        page = urlsplit("")
    back = f"{page.path}?{page.query}" if page.query else page.path
    if page.netloc != request.get_host() or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
