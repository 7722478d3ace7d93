"""What the pages of placements begin with."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.kept import kept_page
from accounts.middleware import SignedIn
from portfolio.access import visible_in
from portfolio.models import Placement, Portfolio
from portfolio.models.placement import QUESTIONS
from portfolio.requirements.words import day
from portfolio.views.links import crumbs
from portfolio.workflow import Refused


def fetch_placement(request: SignedIn, portfolio: Portfolio, pid: str) -> Placement:
    """The placement at this address, if this person may see it: a supervisor sees their own, in its dates."""
    found: Placement = get_object_or_404(visible_placements(request, portfolio), pid=pid)
    found.portfolio = portfolio
    return found


def visible_placements(request: SignedIn, portfolio: Portfolio) -> QuerySet[Placement]:
    rows = visible_in(portfolio, request.user, Placement).select_related("module", "supervisor", "confirmed_by", "page")
    return rows.prefetch_related("modules", "planned")


def placement_address(portfolio: Portfolio, placement: Placement) -> str:
    return reverse("placement", args=[portfolio.ref, placement.pid])


def placements_crumb(portfolio: Portfolio) -> tuple[str, str]:
    return "Placements", reverse("placements", args=[portfolio.ref])


def within(portfolio: Portfolio, placement: Placement) -> list[tuple[str, str]]:
    """The way up from a page of one placement."""
    return crumbs(portfolio, placements_crumb(portfolio), (placement.title, placement_address(portfolio, placement)))


def dates(placement: Placement) -> str:
    """3 March 2026 to 30 May 2026, 13 weeks"""
    weeks = round(((placement.ends_on - placement.starts_on).days + 1) / 7)
    length = f", {weeks} week{'' if weeks == 1 else 's'}" if weeks else ""
    return f"{day(placement.starts_on)} to {day(placement.ends_on)}{length}"


def where(placement: Placement) -> str:
    return ", ".join(filter(None, [placement.department, placement.organisation]))


def shown_title(placement: Placement) -> str:
    """Rotation 1: the host specialty, while the title of the module is provisional."""
    module = placement.module
    return f"{module.title}: {placement.title}" if module and module.provisional else placement.title


def reflection_of(placement: Placement) -> list[tuple[str, str]]:
    """Each question that is answered, with its answer."""
    return [(question, getattr(placement, name)) for name, question in QUESTIONS.items() if getattr(placement, name)]


def facts_of(row: Placement) -> list[dict[str, str]]:
    """Rows of components/facts.html."""
    modules = sorted(row.modules.all(), key=lambda module: module.code)
    worked_on = ", ".join(f"{module.code} {module.title}" for module in modules)
    rows = [
        ("Dates", dates(row)),
        ("Where", where(row)),
        ("Supervisor", row.supervisor.name if row.supervisor else "Nobody named"),
        ("Module", f"{row.module.code} {shown_title(row)}" if row.module else ""),
        ("Modules worked on", "" if modules == [row.module] else worked_on or "None chosen"),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def refused(request: SignedIn, refusal: Refused) -> HttpResponse:
    """What was typed is given back to whoever may not take the step now."""
    return kept_page(request, why=refusal.said, status=refusal.status)
