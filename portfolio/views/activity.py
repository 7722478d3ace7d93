"""To be written."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def activity(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def unlock(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def label(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
