"""To be written."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def submission(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def withdraw(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def redirect_to(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def submissions(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
