"""What waits for me: submissions to decide on, modules ready for my sign-off; and what I decided."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from accounts.models import User
from curriculum.structure import ModuleFacts
from portfolio import access, ledger, requirements
from portfolio.access import visible
from portfolio.models import Decision, Item, Portfolio, Submission
from portfolio.requirements.words import plural
from portfolio.views.navigation import waits
from portfolio.views.shown import look_of

PER_PAGE = 25


@dataclass(frozen=True)
class Ready:
    """A module that waits for this person's sign-off."""

    portfolio: Portfolio
    module: ModuleFacts


def queue(user: User) -> QuerySet[Submission]:
    """What waits for this person's decision, the oldest due first, with `since` and `due_on`."""
    waiting = access.queue(user).filter(addressees__until=None)
    dated = waiting.annotate(since=F("addressees__since"), due_on=F("addressees__due_on"))
    return dated.order_by("due_on", "since", "pk")


def led(user: User) -> list[Portfolio]:
    """The portfolios whose modules this person signs off, by their trainees' names."""
    return list(access.led_by(user).select_related("trainee").order_by("trainee__name", "pk"))


def ready_modules(portfolios: Sequence[Portfolio]) -> list[Ready]:
    """The same few queries however many portfolios these are."""
    records = ledger.read(portfolios, people=False)
    return [
        Ready(portfolio, module)
        for portfolio in portfolios
        for module in records[portfolio.pk].structure.modules
        if requirements.is_ready(records[portfolio.pk], module)
    ]


@require_safe
def reviewing(request: SignedIn) -> HttpResponse:
    """The queue and the modules ready for sign-off; `?show=modules` and `?show=decided` are lists of their own."""
    match request.GET.get("show"):
        case "modules":
            return _ready(request)
        case "decided":
            return _decided(request)
    waiting = queue(request.user).select_related("portfolio__trainee", "portfolio__curriculum")
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    items = access.with_me(request.user).filter(submission__in=[row.pk for row in page])
    of: dict[int, list[Item]] = defaultdict(list)
    for item in items.select_related("activity__module"):
        of[item.submission_id].append(item)
    portfolios = led(request.user)
    ready = ready_modules(portfolios)
    number = waits(request)
    context = {
        "waiting": f"{number} {plural(number, 'item')}",
        "page": page,
        "rows": [(row, of[row.pk]) for row in page],
        "leads": bool(portfolios),
        "ready": ready[:PER_PAGE],
        "more_ready": len(ready) > PER_PAGE,
    }
    return render(request, "portfolio/reviewing.html", context)


def _ready(request: SignedIn) -> HttpResponse:
    page = Paginator(ready_modules(led(request.user)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portfolio/reviewing_modules.html", {"page": page})


def _decided(request: SignedIn) -> HttpResponse:
    rows = visible(request.user, Decision).filter(signer=request.user)
    rows = rows.select_related("unlock", "item__activity__module", "item__submission__portfolio__trainee")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [(row, *look_of(row.item)) for row in page]}
    return render(request, "portfolio/reviewing_decided.html", context)
