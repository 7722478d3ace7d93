"""What people are told because something other than a decision waits: a signature, a confirmation, a conversation."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as as_date

from portfolio import access, ledger
from portfolio.mail import Letter, letter
from portfolio.models import FeedbackClosing, OptionTaken, Placement, Portfolio, ReviewSignature
from portfolio.reviews import review_points
from portfolio.states import Side


def sign_review(row: ReviewSignature) -> Iterator[Letter]:
    """To the side that has still to sign."""
    portfolio = row.meeting.portfolio
    name, where = _review(row)
    said = [f"{row.signer_name} signed this review on {_on(row.signed_at)}. It waits for your signature."]
    if row.side == Side.OFFICER:
        if portfolio.trainee.is_active:
            yield letter(portfolio.trainee, f"Waiting for you: {name}", said, where)
    else:
        yield from _to_leaders(portfolio, f"Waiting for you: {name} of {portfolio.trainee.name}", said, where)


def review_not_signed(row: ReviewSignature) -> Iterator[Letter]:
    """To those who lead, a week later, whoever it waits for."""
    portfolio = row.meeting.portfolio
    name, where = _review(row)
    waits = f"{portfolio.trainee.name} has" if row.side == Side.OFFICER else "the training officer has"
    said = [f"{row.signer_name} signed this review on {_on(row.signed_at)}, and {waits} not signed it yet."]
    yield from _to_leaders(portfolio, f"Still waiting: {name} of {portfolio.trainee.name}", said, where)


def confirm_option(row: OptionTaken) -> Iterator[Letter]:
    """To those who confirm it."""
    trainee, codes = row.portfolio.trainee.name, row.codes
    yield from _to_leaders(
        row.portfolio,
        f"Waiting for you: option {codes} of {trainee}",
        [f"{trainee} took the option {codes} on {_on(row.taken_at)}. It counts once you confirm it."],
        reverse("module_option", args=[row.portfolio.ref, codes.split(",")[0].strip()]),
    )


def confirm_placement(row: Placement) -> Iterator[Letter]:
    """To those who confirm it."""
    trainee = row.portfolio.trainee.name
    yield from _to_leaders(
        row.portfolio,
        f"Waiting for you: a placement of {trainee}",
        [f"{trainee} planned it on {_on(row.asked_at)}. Its supervisor sees nothing until you confirm it."],
        reverse("placement", args=[row.portfolio.ref, row.pid]),
    )


def discuss_feedback(row: FeedbackClosing) -> Iterator[Letter]:
    """To those who talk about it with the trainee, who reads nothing of it before."""
    portfolio = row.round.portfolio
    trainee = portfolio.trainee.name
    yield from _to_leaders(
        portfolio,
        f"Waiting for you: feedback for {trainee}",
        [f"The round was closed on {_on(row.closed_at)}. {trainee} reads the report once you have talked about it."],
        reverse("feedback", args=[portfolio.ref]),
    )


def _to_leaders(portfolio: Portfolio, subject: str, said: list[str], where: str) -> Iterator[Letter]:
    """To the training officer and the co-ordinators of today: each of them may do it."""
    for leader in access.leaders(portfolio):
        yield letter(leader, subject, said, where)


def _review(row: ReviewSignature) -> tuple[str, str]:
    """What the point is called today, and its page; a point that the rules no longer have is in the list of reviews."""
    portfolio, key = row.meeting.portfolio, row.meeting.point
    points = {point.key: point for point in review_points(ledger.read_one(portfolio, reviews=True))}
    if key not in points:
        return f"the review “{key}”", reverse("reviews", args=[portfolio.ref])
    return f"the review “{points[key].name}”", reverse("review_point", args=[portfolio.ref, points[key].number])


def _on(at: datetime) -> str:
    return as_date(timezone.localtime(at), "j F Y")
