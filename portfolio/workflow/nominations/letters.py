"""What people are told of a nomination. The new assessor hears of it only once the officer has approved them."""

from collections.abc import Iterator

from django.urls import reverse

from portfolio.access import administrators, leaders
from portfolio.mail import Letter, letter, page_of, requested
from portfolio.models import Nomination, NominationAnswer
from portfolio.models.asking import Asking
from portfolio.workflow.one_off.letters import asked


def nominated(row: Asking | Nomination) -> Iterator[Letter]:
    """To those who approve: somebody new is named, where that is who is asked. Where nobody can approve today, to those
    who can give somebody the role."""
    if not isinstance(row, Nomination):
        return
    trainee, officers = row.portfolio.trainee, leaders(row.portfolio)
    then = "Nobody can until you approve them, or decline."
    if not officers:
        then = "Nobody can until a training officer approves them, and this portfolio has none today: appoint one."
    for one in officers or administrators(row.portfolio):
        yield letter(
            one,
            f"{trainee.name} names a new assessor",
            [f"{trainee.name} asks somebody new to decide. {then}"],
            reverse("nomination", args=[row.portfolio.ref, row.nid]),
        )


def approved(answer: NominationAnswer, asking: Asking, token: str) -> Iterator[Letter]:
    """To the new assessor: somebody asks for a decision; with a link, for who has no account. To the trainee: it is on
    its way."""
    row = answer.nomination
    if token:
        yield asked(asking, token)
    else:
        yield from requested(row.asked_for)
    yield letter(
        row.portfolio.trainee,
        f"Approved: {row.name}",
        [f"{answer.signer_name} has approved {row.name}, who is asked to decide now."],
        page_of(row.asked_for),
    )


def declined(answer: NominationAnswer) -> Iterator[Letter]:
    """To the trainee: somebody else is to be asked. The reason stays behind the sign-in."""
    row = answer.nomination
    yield letter(
        row.portfolio.trainee,
        f"Not approved: {row.name}",
        [f"{answer.signer_name} has declined {row.name} as your assessor and says why. Choose somebody else."],
        page_of(row.asked_for),
    )
