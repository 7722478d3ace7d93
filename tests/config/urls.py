"""The addresses of the service, and views that misbehave: for the tests of error pages."""

from typing import NoReturn

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from config import urls
from portfolio.workflow import TooLate

failure: Exception = RuntimeError("set by a test")  # what /failing raises


@login_not_required
def broken(request: HttpRequest) -> NoReturn:
    raise RuntimeError("a secret detail")


@login_not_required
def shown(request: HttpRequest, name: str) -> HttpResponse:
    """A page of errors without its error, for a browser to look at."""
    kept = {"kept": [("Your account", "Two hours' work. " * 40)], "files": ["notes.pdf"], "sent": True}
    return render(request, f"errors/{name}.html", {"why": "You were signed out.", "sign_in_url": "/", **kept})


@login_not_required
def failing(request: HttpRequest) -> NoReturn:
    raise failure


@login_not_required
def refusing(request: HttpRequest) -> NoReturn:
    raise PermissionDenied("This page is for the trainee alone.")


@login_not_required
def late(request: HttpRequest) -> NoReturn:
    raise TooLate("Somebody decided this before you.")


@login_not_required
def taking(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{len(request.POST)} fields, {len(request.FILES)} files")


@login_not_required
def by_key(request: HttpRequest, key: str, what: str) -> HttpResponse:
    """Whatever goes wrong behind a key."""
    return {"broken": broken, "failing": failing, "refusing": refusing, "late": late, "taking": taking}[what](request)


def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse("private")


urlpatterns = [
    path("sign/<str:key>/<str:what>", by_key),
    *urls.urlpatterns,
    path("broken", broken),
    path("shown/<slug:name>", shown),
    path("failing", failing),
    path("refusing", refusing),
    path("late", late),
    path("taking", taking),
    path("private", private),
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
