"""To be written."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def evidence(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def edit(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def revisions(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def share(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def archive(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def discard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def recover(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def evidence_list(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def new(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def autosave(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
