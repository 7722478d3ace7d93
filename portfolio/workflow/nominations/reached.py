"""What the officer is told after they approved somebody new: that they were reached from where the trainee is."""

from datetime import datetime

from django.template.defaultfilters import date as as_date
from django.utils import timezone

from portfolio.models import Decision, NominationAnswer, SignLink


def same_device(answer: NominationAnswer) -> list[str]:
    """Each in a sentence, of the submission that they were named for. They prove nothing: people work side by side."""
    submission, person = answer.nomination.submission_id, answer.assessor_id
    trainee = answer.nomination.portfolio.trainee.name
    found = []
    links = SignLink.objects.filter(addressee__submission=submission, addressee__assessor=person)
    for link in links.filter(opened_by_trainee_at__isnull=False)[:1]:
        on = _day(link.opened_by_trainee_at)
        found.append(f"Their link was opened on {on} in a browser in which {trainee} was signed in.")
    rows = Decision.objects.filter(item__submission=submission, signer=person, by_lending__isnull=False)
    for row in rows.order_by("decided_at")[:1]:
        on = _day(row.decided_at)
        found.append(f"They decided on {on} on the device of {trainee}, after a code to {row.proved_address}.")
    return found


def _day(at: datetime | None) -> str:
    return as_date(timezone.localtime(at), "j F Y")
