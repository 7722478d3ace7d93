"""Everything that happened in a portfolio, in words, newest first; and whether its chain still verifies."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst, get_text_list
from django.views.decorators.http import require_safe

from accounts.middleware import SignedIn
from accounts.models import User
from audit.chain import unaltered, verify
from audit.models import Event
from portfolio import access
from portfolio.access import visible_in
from portfolio.models import Evidence, Portfolio, Revision, Submission
from portfolio.proof import DOUBT
from portfolio.requirements.words import day, plural
from portfolio.templatetags.look import moment
from portfolio.views.fetch import fetch_portfolio
from portfolio.views.links import crumbs
from portfolio.workflow import TABLES, ModuleOf

PER_PAGE = 25
Data = dict[str, Any]
ALTERED: Data = {}  # what an event tells that is not what was recorded: nothing


@dataclass(frozen=True)
class Names:
    """What the ids in events are called, as far as the reader may know: pages by eid, people by id.

    `readable` are the pages that they can open: one that was erased has nothing behind its events.
    """

    ref: str
    pages: dict[str, str]
    people: dict[int, str]
    readable: frozenset[str]

    @classmethod
    def of(cls, user: User, portfolio: Portfolio, told: Iterable[Data]) -> "Names":
        """The same few queries however many events there are."""
        told = list(told)
        eids = {data["evidence"] for data in told if "evidence" in data}
        sids = {data["submission"] for data in told if "submission" in data}
        titles = visible_in(portfolio, user, Revision).filter(evidence__eid__in=eids)
        here = visible_in(portfolio, user, Evidence).filter(eid__in=eids)
        asked = visible_in(portfolio, user, Submission).filter(sid__in=sids)
        return cls(
            ref=portfolio.ref,
            pages=dict(titles.order_by("number").values_list("evidence__eid", "title")),
            people=dict(asked.values_list("addressees__assessor", "addressees__assessor__name")),
            readable=frozenset(here.values_list("eid", flat=True)),
        )

    def page(self, data: Data) -> str:
        title = self.pages.get(data["evidence"])
        return f"“{title}”" if title else "a page of evidence"

    def person(self, data: Data, key: str = "assessor") -> str:
        return self.people.get(data[key], "an assessor")


def _activity(data: Data) -> str:
    return f"{data['module']} {data['number']}"


def _items(data: Data) -> str:
    return get_text_list([_activity(item) for item in data["items"]], "and")


def _date(text: str) -> str:
    """3 March 2026, of an event's 2026-03-03."""
    return day(date.fromisoformat(text))


def _unlocked(names: Names, data: Data) -> str:
    also = f". The sign-off of {data['module']} was voided with it" if data["voids"] else ""
    return f"Unlocked {_activity(data)}{also}"


def _confirmed(names: Names, data: Data) -> str:
    numbers = [
        f"{data[key]} {word}"
        for key, word in (("activities", "activities"), ("cbd", "CBDs"), ("observed", "DOPS or OCE"))
        if data[key] is not None
    ]
    return f"Confirmed the requirements of {data['module']}: {', '.join(numbers)}"


# What each kind of event says, and its shape. A test holds it against every kind that the workflow writes.
WORDS: dict[str, tuple[str, Callable[[Names, Data], str]]] = {
    "link": ("clip", lambda names, data: f"Linked {names.page(data)} to {_activity(data)}"),
    "unlink": ("clip", lambda names, data: f"Removed the link of {names.page(data)} to {_activity(data)}"),
    "submit": ("review", lambda names, data: f"Submitted {_items(data)} to {names.person(data)}"),
    "withdraw": ("stop", lambda names, data: f"Withdrew {_items(data)} from {names.person(data)}"),
    "redirect": (
        "person",
        lambda names, data: (
            f"Asked {names.person(data)} to decide on {_items(data)} in place of {names.person(data, 'from')}"
        ),
    ),
    "return": ("returned", lambda names, data: f"Returned {_activity(data)} with feedback"),
    "sign off": ("done", lambda names, data: f"Signed off {_activity(data)}"),
    "unlock": ("unlock", _unlocked),
    "sign off module": (
        "module",
        lambda names, data: (
            f"Signed off the module {data['module']}: {data['credits']} {plural(data['credits'], 'credit')}"
        ),
    ),
    "void module sign-off": ("unlock", lambda names, data: f"Voided the sign-off of the module {data['module']}"),
    "confirm requirements": ("info", _confirmed),
    "close portfolio": ("lock", lambda names, data: "Closed the portfolio"),
    "reopen portfolio": ("unlock", lambda names, data: "Reopened the portfolio"),
    "evidence saved": ("draft", lambda names, data: f"Saved {names.page(data)}, version {data['revision']}"),
    "evidence shared": ("person", lambda names, data: f"Shared {names.page(data)}"),
    "evidence no longer shared": ("lock", lambda names, data: f"Stopped sharing {names.page(data)}"),
    "evidence archived": ("info", lambda names, data: f"Archived {names.page(data)}"),
    "evidence brought back": ("info", lambda names, data: f"Brought back {names.page(data)} from the archive"),
    "evidence binned": ("stop", lambda names, data: f"Put {names.page(data)} in the bin"),
    "evidence recovered": ("info", lambda names, data: f"Took {names.page(data)} out of the bin"),
    "evidence erased": ("stop", lambda names, data: "Erased a page of evidence after its time in the bin"),
    "seeded": ("info", lambda names, data: "Filled with fictional work for measuring: no step was taken"),
    "plan placement": (
        "calendar",
        lambda names, data: f"Planned a placement from {_date(data['starts_on'])} to {_date(data['ends_on'])}",
    ),
    "plan activities": (
        "calendar",
        lambda names, data: (
            f"Planned {get_text_list(data['activities'], 'and')} into a placement"
            if data["activities"]
            else "Planned no activity into a placement any more"
        ),
    ),
    "confirm placement": (
        "person",
        lambda names, data: (
            f"Confirmed a placement from {_date(data['starts_on'])} to {_date(data['ends_on'])}"
            + (", with its supervisor" if data["role"] else "")
        ),
    ),
    "end placement": ("stop", lambda names, data: f"Let a placement end earlier, on {_date(data['ends_on'])}"),
    "close placement": ("done", lambda names, data: "Wrote the closing reflection on a placement"),
    "remove placement": ("stop", lambda names, data: "Removed a placement that was not confirmed"),
    "activity named": ("draft", lambda names, data: f"Gave {_activity(data)} a label"),
}


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
    if "submission" in data:
        yield {"text": "The submission", "href": reverse("submission", args=[ref, data["submission"]])}
    elif kind in TABLES[ModuleOf].steps:
        yield {"text": f"The module {data['module']}", "href": reverse("module", args=[ref, data["module"]])}
    elif "number" in data:
        yield {"text": _activity(data), "href": reverse("activity", args=[ref, data["module"], data["number"]])}
    if data.get("evidence") in names.readable:
        yield {"text": "The page", "href": reverse("evidence", args=[ref, data["evidence"]])}
