"""What people are told of a nomination. The new assessor hears of it only once the officer has approved them."""

from collections.abc import Iterator

from django.urls import reverse

from portfolio.access import leaders
from portfolio.mail import Letter, letter, submitted
from portfolio.models import Addressee, Nomination, NominationAnswer
from portfolio.workflow.one_off.letters import asked


def nominated(row: Nomination) -> Iterator[Letter]:
    """To those who approve: somebody new is named."""
    trainee = row.portfolio.trainee
    for officer in leaders(row.portfolio):
        yield letter(
            officer,
            f"{trainee.name} names a new assessor",
            [f"{trainee.name} asks somebody new to decide. Nobody can until you approve them, or decline."],
            reverse("nomination", args=[row.portfolio.ref, row.nid]),
        )


def approved(answer: NominationAnswer, addressee: Addressee, token: str) -> Iterator[Letter]:
    """To the new assessor: somebody asks for a decision; with a link, for who has no account. To the trainee: it is on
    its way."""
    row = answer.nomination
    if token:
        yield asked(addressee, token)
    else:
        yield from submitted(row.submission)
    yield letter(
        row.portfolio.trainee,
        f"Approved: {row.name}",
        [f"{answer.signer_name} has approved {row.name}, who is asked to decide now."],
        reverse("submission", args=[row.portfolio.ref, row.submission.sid]),
    )


def declined(answer: NominationAnswer) -> Iterator[Letter]:
    """To the trainee: somebody else is to be asked. The reason stays behind the sign-in."""
    row = answer.nomination
    yield letter(
        row.portfolio.trainee,
        f"Not approved: {row.name}",
        [f"{answer.signer_name} has declined {row.name} as your assessor and says why. Choose somebody else."],
        reverse("submission", args=[row.portfolio.ref, row.submission.sid]),
    )
