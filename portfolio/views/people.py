"""To be written."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def people(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def close(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def reopen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
