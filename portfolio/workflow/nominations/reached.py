"""What the officer is told after they approved somebody new: that they were reached from where the trainee is."""

from datetime import datetime

from django.template.defaultfilters import date as as_date
from django.utils import timezone

from portfolio.models import Lending, NominationAnswer, SignLink
from portfolio.models.asking import way_to


def same_device(answer: NominationAnswer) -> list[str]:
    """Each in a sentence, of what they were named for. They prove nothing: people work side by side."""
    asked_for, trainee = answer.nomination.asked_for, answer.nomination.portfolio.trainee.name
    way = way_to(asked_for)
    asked = {way: asked_for, f"{way.partition('__')[0]}__assessor": answer.assessor_id}
    found = []
    links = SignLink.objects.filter(**asked)
    for link in links.filter(opened_by_trainee_at__isnull=False)[:1]:
        on = _day(link.opened_by_trainee_at)
        found.append(f"Their link was opened on {on} in a browser in which {trainee} was signed in.")
    made = (row for lent in Lending.objects.filter(**asked) for row in lent.decided.order_by("decided_at")[:1])
    for row in sorted(made, key=lambda row: row.decided_at)[:1]:
        on = _day(row.decided_at)
        found.append(f"They decided on {on} on the device of {trainee}, after a code to {row.proved_address}.")
    return found


def _day(at: datetime | None) -> str:
    return as_date(timezone.localtime(at), "j F Y")
