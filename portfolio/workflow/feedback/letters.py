"""What people are told of a round of feedback. Nobody is told who answered, and no mail holds an answer."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.template.defaultfilters import date as as_date
from django.urls import reverse

from accounts.models import User
from outbox.models import Mail
from outbox.writing import Outsider
from portfolio import access
from portfolio.access import LEADING
from portfolio.mail import Letter, letter
from portfolio.models import FeedbackInvitation, FeedbackLink, FeedbackRelease, FeedbackRound, Portfolio
from portfolio.models.ids import token_digest


def asks(
    row: FeedbackRound,
    invitations: Iterable[FeedbackInvitation],
    tokens: Mapping[int, str],
    *,
    on: date,
    again: bool = False,
) -> Iterator[Letter]:
    """To each respondent, one mail with a link of their own, sent on that day."""
    until = on + timedelta(days=settings.FEEDBACK_LINK_DAYS)
    trainee = row.portfolio.trainee.name
    for one in invitations:
        lines = [
            f"{trainee} is in training as a clinical scientist and asks you for feedback on how they work. "
            f"There are {len(row.questions)} short questions. You need no account.",
            "Your answers are anonymous. They are shown together with those of the others, without names, addresses or "
            f"order, and only when at least {row.least} people have answered. The training officer reads them first.",
            f"This link is yours alone and works once, until {as_date(until, 'j F Y')}. Do not pass it on.",
            settings.SITE_URL + reverse("feedback_answer", args=[tokens[one.pk]]),
            "If you do not work with this person, or do not want to answer, there is nothing for you to do.",
        ]
        subject = f"{'Reminder: ' if again else ''}{trainee} asks for your feedback"
        yield Letter(Outsider(one.address), " ".join(subject.split()), "\n\n".join(lines))


def unsent(row: FeedbackRound) -> QuerySet[Mail]:
    """Mails with a link of this round that have not left yet: who gets a reminder tells who has not answered."""
    kinds = ("invite respondents", "remind respondents")
    waiting = Mail.objects.filter(about=row.portfolio.ref, kind__in=kinds)
    links = set(FeedbackLink.objects.filter(invitation__round=row).values_list("token_digest", flat=True))
    return waiting.filter(pk__in=[pk for pk, text in waiting.values_list("pk", "text") if _link_in(text) in links])


def _link_in(text: str) -> str:
    """The digest of the link that such a mail holds: it is what the database keeps of one."""
    before, after = reverse("feedback_answer", args=["token"]).split("token")
    found = re.search(f"{re.escape(before)}([^/\\s]+){re.escape(after)}", text)
    return token_digest(found[1]) if found else ""


def closed(row: FeedbackRound, *, by: User) -> Iterator[Letter]:
    """To those who read the report first; and to the trainee, when it was not the trainee who closed the round."""
    closing, trainee = row.closing, row.portfolio.trainee
    if closing.enough:
        told = f"{closing.answered} people answered. Read the report, talk about it with the trainee, and record that."
        waits = "The report is with your training officer. You read it once you have talked about it."
    else:
        told = waits = f"Fewer than {row.least} people answered, so there is no report. A new round can be opened."
    for officer in _readers(row.portfolio):
        yield letter(officer, f"Feedback round closed: {trainee.name}", [told], _address(row))
    if by != trainee:
        yield letter(
            trainee, f"Feedback round closed: {row}", [f"{by.name} has closed the round.", waits], _address(row)
        )


def released(release: FeedbackRelease) -> Iterator[Letter]:
    """To the trainee: it can be read."""
    row = release.closing.round
    said = f"{release.signer_name} has recorded that you talked about it. You can read the report now."
    yield letter(row.portfolio.trainee, f"Your feedback report: {row}", [said], _address(row))


def _readers(portfolio: Portfolio) -> list[User]:
    """The training officer and the co-ordinator of today, each once."""
    roles = access.deciding_roles().filter(portfolio=portfolio, kind__in=LEADING).select_related("user")
    return sorted({role.user for role in roles}, key=lambda person: person.pk)


def _address(row: FeedbackRound) -> str:
    return reverse("feedback_round", args=[row.portfolio.ref, row.number])
