"""To be written."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def module(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def sign_off(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def void(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def requirements(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
