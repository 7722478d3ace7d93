"""How the views of assessments begin: the record at this address, if this person may see it."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.middleware import SignedIn
from portfolio.access import visible_in
from portfolio.models import Assessment, Portfolio
from portfolio.views.assessments.shown import whole
from portfolio.views.links import assessments_crumb, crumbs


def fetch_assessment(request: SignedIn, portfolio: Portfolio, aid: str) -> Assessment:
    """With all that a page shows of it."""
    row = get_object_or_404(whole(visible_in(portfolio, request.user, Assessment)), aid=aid)
    row.portfolio = portfolio
    return row


def address(row: Assessment) -> str:
    return reverse("assessment", args=[row.portfolio.ref, row.aid])


def crumbs_of(row: Assessment, *, itself: bool = True) -> list[tuple[str, str]]:
    """The way up from a page below an assessment, or from its own."""
    own = [(str(row), address(row))] if itself else []
    return crumbs(row.portfolio, assessments_crumb(row.portfolio), *own)
