"""How every view begins and how a refusal is answered.

Fetching goes through `access.visible`: what somebody may not see answers like what does not exist (404). A step that
is not theirs is 403 (NotAllowed is Django's PermissionDenied), a step that comes too late is 409 with the page as it
stands now, and an invalid form is 422.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.kept import kept_page
from accounts.middleware import SignedIn
from curriculum.structure import ModuleFacts
from portfolio import access, ledger
from portfolio.models import Portfolio
from portfolio.record import Record
from portfolio.states import Part
from portfolio.titles import own_title
from portfolio.workflow import TABLES, Incomplete, NotAllowed, Step, TooLate, available
from portfolio.workflow.machine import CLOSED, NOT_YOURS

NOT_OF_THE_PLACEMENT = "This is not part of the placement that you supervise."


def standing(request: SignedIn) -> access.Standing:
    """What this person is today, read once a request."""
    if not hasattr(request, "standing"):
        request.standing = access.standing(request.user)
    held: access.Standing = request.standing
    return held


def fetch_portfolio(request: SignedIn, ref: str) -> Portfolio:
    """The portfolio at this address, if this person may see it as a whole: a placement supervisor gets 403."""
    portfolio = fetch_in_part(request, ref)
    if not request.portfolio.in_whole:
        raise NotAllowed(NOT_OF_THE_PLACEMENT)
    return portfolio


def fetch_in_part(request: SignedIn, ref: str) -> Portfolio:
    """The same for pages that are for placement supervisors too: states, and what `visible_in` gives them."""
    portfolio = access.portfolio_at(ref, standing(request))
    if portfolio is None:
        raise Http404
    request.portfolio = portfolio  # the navigation says whose it is
    return portfolio


def fetch_record(request: SignedIn, portfolio: Portfolio, *, people: bool = True, reviews: bool = False) -> Record:
    """What the portfolio holds; to a supervisor without dates and reviews, and without what others said elsewhere."""
    in_whole: bool = request.portfolio.in_whole
    record = ledger.read_one(portfolio, people=people, reviews=reviews and in_whole)
    return record if in_whole else ledger.without_what_was_said(record, theirs(request))


def theirs(request: SignedIn) -> frozenset[int]:
    """The ids of the modules that a placement supervisor reads in the portfolio that was fetched."""
    return standing(request).supervised.get(request.portfolio.pk, frozenset())


def fetch_module_in_part(request: SignedIn, record: Record, code: str) -> ModuleFacts:
    """The module of this code; a placement supervisor gets 403 for one that they do not supervise."""
    module = fetch_module(record, code)
    if not request.portfolio.in_whole and module.id not in theirs(request):
        raise NotAllowed(NOT_OF_THE_PLACEMENT)
    return module


def fetch_own(request: SignedIn, ref: str) -> Portfolio:
    """The portfolio at this address, for pages that are its trainee's alone: others who see it get 403."""
    portfolio = fetch_portfolio(request, ref)
    if Part.TRAINEE not in access.parts(request.user, portfolio):
        raise NotAllowed("This page is for the trainee alone.")
    return portfolio


def fetch_module(record: Record, code: str) -> ModuleFacts:
    """The module of this code in the portfolio's curriculum, with the trainee's own title where it may have one."""
    try:
        return own_title(record, record.structure.module(code))
    except KeyError:
        raise Http404 from None


def fetch_step(request: SignedIn, name: str, subject: Any, portfolio: Portfolio) -> Step:
    """The step, for the page that tells what it means. NotAllowed: it is not theirs. TooLate: not possible now."""
    table = TABLES[type(subject)]
    step = table.steps[name]
    if not access.may(request.user, step, portfolio):
        raise NotAllowed(NOT_YOURS)
    if portfolio.closed_at is not None and not step.when_closed:
        raise NotAllowed(CLOSED)
    if name not in available(subject, portfolio, by=request.user):
        raise TooLate(f"{table.words(subject)} is not where this step begins. Something changed before you.")
    return step


def too_late(request: SignedIn, late: TooLate, back: str) -> HttpResponse:
    """409 on the page of a step that is no longer possible. What was typed for it is given back."""
    if request.method == "POST":
        return kept_page(request, why=late.said, status=TooLate.status)
    return render(request, "errors/409.html", {"said": late.said, "back_url": back}, status=TooLate.status)


def as_it_stands(
    request: SignedIn, late: TooLate, view: Callable[..., HttpResponse], *args: Any, **kwargs: Any
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
