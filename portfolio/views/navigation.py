"""The rows of links at the top of every page: where this person can go, and where they are.

The rows are lazy: a page that shows no navigation asks nothing. They ask one query, one more for what waits for
somebody who decides, and one for the portfolio of somebody who has their own and is not in it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.middleware import SignedIn
from accounts.models import User
from portfolio import access
from portfolio.access import Waits, visible
from portfolio.models import Portfolio
from portfolio.views.fetch import standing

OF_TRAINEES = ("trainees", "trainees_modules", "trainees_assessors")
# The link that stands for each page of a portfolio, by the page's URL name; a test says that none is missing.
SECTIONS: dict[str, str] = {
    "progress": "progress",
    "module": "progress",
    "module_sign_off": "progress",
    "module_void": "progress",
    "module_requirements": "progress",
    "module_result": "progress",
    "module_option": "progress",
    "module_option_refuse": "progress",
    "awards": "progress",
    "elsewhere": "progress",
    "elsewhere_new": "progress",
    "elsewhere_table": "progress",
    "elsewhere_void": "progress",
    "elsewhere_file": "progress",
    "activity": "progress",
    "activity_unlock": "progress",
    "activity_label": "progress",
    "evidence_list": "evidence_list",
    "evidence_new": "evidence_list",
    "evidence_autosave": "evidence_list",
    "evidence": "evidence_list",
    "evidence_edit": "evidence_list",
    "evidence_history": "evidence_list",
    "evidence_share": "evidence_list",
    "evidence_archive": "evidence_list",
    "evidence_discard": "evidence_list",
    "evidence_recover": "evidence_list",
    "evidence_file": "evidence_list",
    "evidence_file_remove": "evidence_list",
    "submit": "submissions",
    "submissions": "submissions",
    "submission": "submissions",
    "submission_withdraw": "submissions",
    "submission_redirect": "submissions",
    "submission_lend": "submissions",
    **dict.fromkeys(("goals", "goal", "goal_new", "goal_edit", "goal_review", "goal_reopen"), "goals"),
    **dict.fromkeys(("goal_evidence", "goal_action_done"), "goals"),
    "reviews": "reviews",
    "review_point": "reviews",
    "review_plan": "reviews",
    "review_notes": "reviews",
    "review_action": "reviews",
    "review_action_drop": "reviews",
    "review_action_done": "reviews",
    "review_action_reopen": "reviews",
    "review_sign": "reviews",
    "review_again": "reviews",
    "training_time": "reviews",
    "training_time_record": "reviews",
    "training_time_change": "reviews",
    "training_time_remove": "reviews",
    "feedback": "feedback",
    "feedback_open": "feedback",
    "feedback_round": "feedback",
    "feedback_invite": "feedback",
    "feedback_remind": "feedback",
    "feedback_withdraw": "feedback",
    "feedback_close": "feedback",
    "feedback_release": "feedback",
    "feedback_evidence": "feedback",
    "assessments": "assessments",
    "assessment_new": "assessments",
    "assessment": "assessments",
    "assessment_edit": "assessments",
    "assessment_ask": "assessments",
    "assessment_withdraw": "assessments",
    "assessment_lend": "assessments",
    "assessment_redirect": "assessments",
    "assessment_void": "assessments",
    "assessment_reflection": "assessments",
    **dict.fromkeys(("plan", "plan_calendar", "plan_calendar_make", "plan_calendar_stop"), "plan"),
    "people": "people",
    "nomination": "people",
    "portfolio_close": "people",
    "portfolio_reopen": "people",
    "history": "history",
}
QUEUE_PAGES = (
    *("reviewing", "review", "assess", "assess_kind"),
    *("snippets", "snippet_edit", "snippet_move", "snippet_delete"),
)
SECTIONS |= dict.fromkeys(
    (
        "placements",
        "placement",
        "placement_new",
        "placement_change",
        "placement_activities",
        "placement_confirm",
        "placement_end",
        "placement_extend",
        "placement_close",
        "placement_evidence",
        "placement_remove",
    ),
    "placements",
)
SECTIONS |= dict.fromkeys(
    ("journal", "journal_new", "journal_note", "journal_edit", "journal_delete", "journal_evidence"), "journal"
)
# The pages of a portfolio, in groups: one link each at the top, and a row of its pages on every page of a group.
GROUPS = {
    "Progress": {"progress": "Progress"},
    "Plan": {"plan": "Plan", "placements": "Placements", "goals": "Goals", "reviews": "Reviews"},
    "Evidence": {"evidence_list": "Evidence", "submissions": "Submissions", "journal": "Journal"},
    "Assessments": {"assessments": "Assessments", "feedback": "Feedback"},
    "People": {"people": "People", "history": "History"},
}
AFTER = list(GROUPS).index("People")  # where the curriculum stands among one's own groups
ITS_TRAINEES_ALONE = {"journal"}
FOR_SUPERVISORS = {"progress", "evidence_list", "submissions", "assessments", "placements"}
ALL = {name for pages in GROUPS.values() for name in pages}


@dataclass(frozen=True)
class NavigationLink:
    label: str
    href: str
    current: bool


@dataclass(frozen=True)
class Section:
    """The pages of the group in which a page stands, where there is more than one."""

    label: str
    links: list[NavigationLink]


@dataclass(frozen=True)
class Within:
    """The portfolio of somebody else in which a page stands, with its own links."""

    trainee: str
    links: list[NavigationLink]
    section: Section | None


@dataclass(frozen=True)
class Place:
    """Where a request is: the page's URL name, and the portfolio that it is in, if in any."""

    page: str
    ref: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Place":
        match = request.resolver_match
        return cls(match.url_name or "", match.kwargs.get("ref", "")) if match else cls("", "")


def navigation(request: HttpRequest) -> dict[str, object]:
    """`nav`, the main links of this person; `section`, the pages beside this one in their own portfolio; and `within`,
    the links of the portfolio of somebody else."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": [], "section": None, "within": None}
    place, fetched = Place.of(request), getattr(request, "portfolio", None)
    own = cache(lambda: _own(cast(SignedIn, request), fetched))
    return {
        "nav": SimpleLazyObject(lambda: main_links(cast(SignedIn, request), own(), place)),
        "section": SimpleLazyObject(lambda: own_section(own(), place)),
        "within": SimpleLazyObject(lambda: within(cast(SignedIn, request), own(), place)),
    }


def _own(request: SignedIn, fetched: Portfolio | None) -> list[Portfolio]:
    """Their own portfolios, as far as the links want them: one that is open before them is enough."""
    if fetched is not None and fetched.trainee_id == request.user.pk:
        return [fetched]
    return own_portfolios(request.user) if standing(request).owns else []


def own_portfolios(user: User) -> list[Portfolio]:
    """What this person owns, open before closed, the newest of each first."""
    rows = visible(user, Portfolio).filter(trainee=user).select_related("curriculum")
    return sorted(rows.order_by("-starts_on", "-pk"), key=lambda portfolio: portfolio.closed_at is not None)


def waits(request: SignedIn) -> list[Waits]:
    """What waits for this person's decision, read once a request: for the links, and for a page."""
    if not hasattr(request, "waits"):
        request.waits = access.what_waits(request.user, standing(request))
    found: list[Waits] = request.waits
    return found


def main_links(request: SignedIn, own: list[Portfolio], place: Place) -> list[NavigationLink]:
    """By the parts that this person has today."""
    links, held = [], standing(request)
    if own:
        links += _own_links(own, place)
    if held.decides:
        waiting = len(waits(request))
        label = f"Queue ({waiting})" if waiting else "Queue"
        links.append(NavigationLink(label, reverse("reviewing"), place.page in QUEUE_PAGES))
    if held.enters_admin or held.led or held.supervised:
        links.append(NavigationLink("Trainees", reverse("trainees"), place.page in OF_TRAINEES))
    if not own:
        links.append(NavigationLink("Curricula", reverse("curricula"), place.page.startswith("curricul")))
    if held.enters_admin:
        links.append(NavigationLink("Administration", reverse("admin:index"), False))
    return links


def _own_links(own: list[Portfolio], place: Place) -> list[NavigationLink]:
    """The groups of a person's own portfolio: the one they are in, else the first; and what they learn in it."""
    portfolio = next((one for one in own if one.ref == place.ref), own[0])
    links = group_links(portfolio.ref, place, ALL)
    curriculum = reverse("curriculum", args=[portfolio.curriculum.code])
    links.insert(AFTER, NavigationLink("Curriculum", curriculum, place.page.startswith("curricul")))
    return links


def group_links(ref: str, place: Place, readable: Collection[str]) -> list[NavigationLink]:
    """One link for each group of which this reader may read a page: to the first of those."""
    here = SECTIONS.get(place.page) if place.ref == ref else None
    found = ((label, [name for name in pages if name in readable], here in pages) for label, pages in GROUPS.items())
    return [NavigationLink(label, reverse(names[0], args=[ref]), current) for label, names, current in found if names]


def section(place: Place, readable: Collection[str]) -> Section | None:
    """The pages of the group that a page of a portfolio is in; nothing where it stands alone."""
    here = SECTIONS.get(place.page)
    label, pages = next(((label, pages) for label, pages in GROUPS.items() if here in pages), ("", {}))
    links = [
        NavigationLink(words, reverse(name, args=[place.ref]), name == here)
        for name, words in pages.items()
        if name in readable
    ]
    return Section(label, links) if len(links) > 1 else None


def own_section(own: list[Portfolio], place: Place) -> Section | None:
    """The same on a page of one's own portfolio."""
    return section(place, ALL) if any(portfolio.ref == place.ref for portfolio in own) else None


def within(request: SignedIn, own: list[Portfolio], place: Place) -> Within | None:
    """Nothing on a page of one's own, or of a portfolio that this person may not see.

    A placement supervisor sees it in part.
    """
    if not place.ref or any(portfolio.ref == place.ref for portfolio in own):
        return None
    portfolio: Any = getattr(request, "portfolio", None) or access.portfolio_at(place.ref, standing(request))
    if portfolio is None:
        return None
    readable = ALL - ITS_TRAINEES_ALONE if portfolio.in_whole else FOR_SUPERVISORS
    links = group_links(place.ref, place, readable)
    return Within(portfolio.trainee.name, links, section(place, readable))
