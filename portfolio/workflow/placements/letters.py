"""What people are told of a placement: whoever confirms it, its trainee, and its supervisor."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.dateformat import format as as_date

from accounts.models import User
from portfolio.mail import Letter, letter, officers
from portfolio.models import Placement


def placement_to_confirm(placement: Placement) -> Iterator[Letter]:
    """To the officer: a placement waits to be confirmed."""
    trainee = placement.portfolio.trainee
    for officer in officers(placement.portfolio):
        yield letter(
            officer,
            f"Placement to confirm: {trainee.name}",
            [
                f"{trainee.name} has planned a placement{_dates(placement)}. "
                "Its supervisor sees nothing until it is confirmed."
            ],
            _placement(placement),
        )


def placement_confirmed(placement: Placement) -> Iterator[Letter]:
    """To the trainee, and to the supervisor: what they see and decide, and for how long."""
    trainee, supervisor = placement.portfolio.trainee, placement.supervisor
    yield letter(
        trainee,
        "Placement confirmed",
        [f"Your placement{_dates(placement)} is confirmed."],
        _placement(placement),
    )
    if supervisor:
        yield letter(
            supervisor,
            f"You supervise a placement of {trainee.name}",
            [
                f"The placement is{_dates(placement)}. On these days you see how far {trainee.name} is, and what is "
                "submitted in the modules of the placement. You decide on what is sent to you in them."
            ],
            _placement(placement),
        )


def placement_changed(placement: Placement, supervisor: User) -> Iterator[Letter]:
    """To whoever supervised it until now: it is planned anew, and gives them nothing before it is confirmed again."""
    yield letter(
        supervisor,
        f"Changed: a placement of {placement.portfolio.trainee.name}",
        ["The trainee has changed it. By it you see nothing of the portfolio, unless it is confirmed again with you."],
        reverse("home"),
    )


def placement_ended(placement: Placement) -> Iterator[Letter]:
    """To the trainee and the supervisor: it ends earlier."""
    for person in filter(None, (placement.portfolio.trainee, placement.supervisor)):
        yield letter(
            person,
            "A placement ends earlier",
            [f"The placement of {placement.portfolio.trainee.name} is now{_dates(placement)}."],
            _placement(placement) if person == placement.portfolio.trainee else reverse("home"),
        )


def placement_extended(placement: Placement) -> Iterator[Letter]:
    """To the trainee and the supervisor: it goes on longer."""
    for person in filter(None, (placement.portfolio.trainee, placement.supervisor)):
        yield letter(
            person,
            "A placement goes on longer",
            [f"The placement of {placement.portfolio.trainee.name} is now{_dates(placement)}."],
            _placement(placement),
        )


def _dates(placement: Placement) -> str:
    """from 3 March 2026 to 30 May 2026, with the space before it."""
    return f" from {as_date(placement.starts_on, 'j F Y')} to {as_date(placement.ends_on, 'j F Y')}"


def _placement(placement: Placement) -> str:
    return reverse("placement", args=[placement.portfolio.ref, placement.pid])
