"""How the pages of reviews begin: with a portfolio whose dates and reviews are this person's to read."""

from django.http import Http404

from accounts.middleware import SignedIn
from portfolio.models import Portfolio
from portfolio.views.fetch import fetch_portfolio
from portfolio.views.voice import Voice
from portfolio.workflow import ReviewOf


def fetch_diary(request: SignedIn, ref: str) -> tuple[Portfolio, Voice]:
    """The portfolio at this address, for its trainee, and for whoever leads or administers it; and how to speak.

    These are the same people who see it in whole: a placement supervisor gets 403.
    """
    portfolio = fetch_portfolio(request, ref)
    return portfolio, Voice(request.user, portfolio)


def fetch_review(request: SignedIn, ref: str, number: int) -> tuple[ReviewOf, Voice]:
    """The review point of this number, with the records of its meeting."""
    portfolio, voice = fetch_diary(request, ref)
    try:
        return ReviewOf.read(portfolio, number), voice
    except KeyError:
        raise Http404 from None
