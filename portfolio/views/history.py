"""Everything that happened in a portfolio, in words, newest first; and whether its chain still verifies."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from audit.chain import unaltered, verify
from audit.models import Event
from portfolio import access
from portfolio.proof import DOUBT
from portfolio.templatetags.look import moment
from portfolio.views.fetch import fetch_portfolio
from portfolio.views.history_words import WORDS, Data, Names, activity
from portfolio.views.links import crumbs, elsewhere_address
from portfolio.workflow import TABLES, AssessmentElsewhere, BlockOf, ModuleOf, ResultOf

PER_PAGE = 25
ALTERED: Data = {}  # what an event tells that is not what was recorded: nothing


@require_safe
def history(request: SignedIn, ref: str) -> HttpResponse:
    """`?verify=1` checks the chain now."""
    portfolio = fetch_portfolio(request, ref)
    events = access.history(portfolio).order_by("-seq")
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    told = [(event, event.details if unaltered(event) else ALTERED) for event in page]
    names = Names.of(request.user, portfolio, (data for _, data in told))
    checked = request.GET.get("verify") == "1" and page.paginator.count > 0
    context = {
        "portfolio": portfolio,
        "crumbs": crumbs(portfolio),
        "page": page,
        "entries": [entry(event, data, names) for event, data in told],
        "checked": checked,
        "broken": verify(portfolio.chain) if checked else None,
    }
    return render(request, "portfolio/history.html", context)


def entry(event: Event, data: Data, names: Names) -> dict[str, Any]:
    """One event as components/timeline.html takes it. A kind without words of its own is named as it stands."""
    if data is ALTERED:
        return {
            "shape": "alert",
            "what": "Record does not agree: this event was altered",
            "who": f"Event {event.seq}",
            "said": DOUBT,
        }
    shape, says = WORDS.get(event.kind, ("info", lambda names, data: capfirst(event.kind)))
    return {
        "shape": shape,
        "what": says(names, data),
        "who": f"{moment(event.at)}, {event.actor_name}, event {event.seq}",
        "more": list(_links(event.kind, data, names)),
        "digest": event.hash,
    }


def _links(kind: str, data: Data, names: Names) -> Iterable[dict[str, str]]:
    """The ways to what an event tells of, where the reader may go."""
    ref = names.ref
    if data.get("assessment") in names.assessments:
        yield {"text": "The assessment", "href": reverse("assessment", args=[ref, data["assessment"]])}
    if "submission" in data:
        yield {"text": "The submission", "href": reverse("submission", args=[ref, data["submission"]])}
    elif data.get("point") in names.points:
        number, name = names.points[data["point"]]
        yield {"text": name, "href": reverse("review_point", args=[ref, number])}
    elif kind in TABLES[AssessmentElsewhere].steps or ("record" in data and "point" not in data):
        yield {"text": "What was signed elsewhere", "href": elsewhere_address(ref, data["record"])}
    elif kind in TABLES[ResultOf].steps:
        of_module = {"text": "The result", "href": reverse("module_result", args=[ref, data["module"] or "-"])}
        yield of_module if data["module"] else {"text": "The awards", "href": reverse("awards", args=[ref])}
    elif kind in TABLES[BlockOf].steps:
        yield {"text": "The option", "href": reverse("module_option", args=[ref, data["module"]])}
    elif kind in TABLES[ModuleOf].steps:
        yield {"text": f"The module {data['module']}", "href": reverse("module", args=[ref, data["module"]])}
    elif "number" in data:
        where = reverse("activity", args=[ref, data["module"], data["number"]])
        yield {"text": activity(data), "href": where}
    if data.get("goal") in names.goals:
        yield {"text": "The goal", "href": reverse("goal", args=[ref, data["goal"]])}
    if "feedback_round" in data:
        yield {"text": "The round of feedback", "href": reverse("feedback_round", args=[ref, data["feedback_round"]])}
    if data.get("evidence") in names.readable:
        yield {"text": "The page", "href": reverse("evidence", args=[ref, data["evidence"]])}
