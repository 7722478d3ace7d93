"""To be written."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def reviewing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def review(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
