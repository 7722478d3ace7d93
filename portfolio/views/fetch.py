"""How every view begins and how a refusal is answered.

Fetching goes through `access.visible`: what somebody may not see answers like what does not exist (404). A step that is
not theirs is 403 (NotAllowed is Django's PermissionDenied), a step that comes too late is 409 with the page as it stands
now, and an invalid form is 422.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from curriculum.structure import ModuleFacts
from portfolio import access, ledger
from portfolio.access import visible
from portfolio.models import Portfolio
from portfolio.states import Part
from portfolio.workflow import Incomplete, NotAllowed, TooLate


def fetch_portfolio(request: HttpRequest, ref: str) -> Portfolio:
    """The portfolio at this address, if this person may see it."""
    rows = visible(request.user, Portfolio).select_related("trainee", "curriculum", "programme", "organisation")
    return get_object_or_404(rows, ref=ref)


def fetch_own(request: HttpRequest, ref: str) -> Portfolio:
    """The portfolio at this address, for pages that are its trainee's alone: others who see it get 403."""
    portfolio = fetch_portfolio(request, ref)
    if Part.TRAINEE not in access.parts(request.user, portfolio):
        raise NotAllowed("This page is for the trainee alone.")
    return portfolio


def fetch_module(record: ledger.Record, code: str) -> ModuleFacts:
    """The module of this code in the portfolio's curriculum."""
    try:
        return record.structure.module(code)
    except KeyError:
        raise Http404 from None


def as_it_stands(
    request: HttpRequest, late: TooLate, view: Callable[..., HttpResponse], *args: Any, **kwargs: Any
) -> HttpResponse:
    """409: what was refused and why, on the page as it stands now."""
    messages.error(request, late.said)
    request.method = "GET"
    response = view(request, *args, **kwargs)
    response.status_code = TooLate.status
    return response


def say_on(form: BaseForm, incomplete: Incomplete) -> None:
    """Put what a step lacks where the form shows it; the view then answers 422."""
    for field, said in incomplete.errors.items():
        form.add_error(field if field in form.fields else None, said)
