"""How the pages of reviews begin: with a portfolio whose dates and reviews are this person's to read."""

from django.http import Http404

from accounts.middleware import SignedIn
from portfolio.access import reads_diary
from portfolio.models import Portfolio
from portfolio.views.fetch import fetch_portfolio
from portfolio.workflow import ReviewOf


def fetch_diary(request: SignedIn, ref: str) -> Portfolio:
    """The portfolio at this address, for its trainee, and for whoever leads or administers it."""
    portfolio = fetch_portfolio(request, ref)
    if not reads_diary(request.user, portfolio):
        raise Http404
    return portfolio


def fetch_review(request: SignedIn, ref: str, number: int) -> ReviewOf:
    """The review point of this number, with the newest record of its meeting."""
    portfolio = fetch_diary(request, ref)
    try:
        return ReviewOf.read(portfolio, number)
    except KeyError:
        raise Http404 from None
