"""What somebody who decides by a code is sent, and what the officer is told when others try it."""

from collections.abc import Iterator

from django.conf import settings
from django.template.defaultfilters import date as as_date
from django.urls import reverse
from django.utils import timezone

from outbox.writing import Letter
from portfolio.access import leaders
from portfolio.mail import letter
from portfolio.models import Addressee, Item, Lending, SignLink
from portfolio.models.signing import Way
from portfolio.states import ItemState, Outcome


def asked(addressee: Addressee, token: str) -> Letter:
    """To whoever is asked: by whom and for what, and the way there."""
    submission, person = addressee.submission, addressee.assessor
    trainee = submission.portfolio.trainee.name
    items = submission.items.exclude(state=ItemState.WITHDRAWN).select_related("activity__module")
    lines = [
        f"{trainee} is in training as a clinical scientist and asks you to decide whether their evidence shows: "
        + "; ".join(_named(item) for item in items)
        + ".",
        "You need no account. Open the link and ask for a code, which comes to this address. Then you see the "
        "evidence, and sign it off or return it with feedback.",
        settings.SITE_URL + reverse("sign", args=[token]),
        f"The link is yours alone and works until {as_date(timezone.localtime(addressee.link.expires_at), 'j F Y')}. "
        f"Do not pass it on. A decision is due by {as_date(addressee.due_on, 'j F Y')}.",
        "If you do not know this person, there is nothing for you to do.",
    ]
    return Letter(person, f"{trainee} asks you for a decision", "\n\n".join(lines))


def code(way: Way, digits: str) -> Letter:
    """To the address of whoever is asked. Behind a link it names nobody; on a device it says whose that is."""
    lines = [
        f"Your code is {digits}",
        f"Enter it on the page that you have open, within {settings.SIGN_CODE_MINUTES} minutes.",
        "If you did not ask for it, somebody else has your link. Do not pass the code on.",
    ]
    if isinstance(way, Lending):
        trainee = way.addressee.submission.portfolio.trainee.name
        lines[1:] = [
            f"{trainee} hands you their device, to decide on their evidence. Enter the code there yourself, within "
            f"{settings.SIGN_CODE_MINUTES} minutes.",
            f"If you do not have the device of {trainee} before you, tell their training officer. Do not pass the "
            "code on: whoever has it decides in your name.",
        ]
    return Letter(way.addressee.assessor, "Your code", "\n\n".join(lines))


def copy(way: Way) -> Iterator[Letter]:
    """To whoever decided: all that they decided this way, in their own words, and how to refer to it."""
    rows = way.decisions.select_related("item__activity__module", "item__submission__portfolio__trainee")
    decisions = list(rows.order_by("pk"))
    trainee = way.addressee.submission.portfolio.trainee.name
    lines = [f"This is a copy of what you decided on evidence of {trainee}. You signed as {_signer(decisions[0])}."]
    if isinstance(way, Lending):
        lines.append(
            f"It was decided on the device of {trainee}, after a code that was sent to this address. If that was not "
            "you, tell their training officer at once."
        )
    for row in decisions:
        when = as_date(timezone.localtime(row.decided_at), "j F Y, H:i")
        lines.append(
            _named(row.item)
            + f"\n{Outcome(row.outcome).label}, {when}"
            + (f"\nYour feedback: {row.feedback}" if row.feedback else "")
            + f"\nFingerprint of what you were shown: {row.manifest_digest}"
        )
    yield Letter(way.addressee.assessor, f"Copy of your decision for {trainee}", "\n\n".join(lines))


def _named(item: Item) -> str:
    """With the curriculum's wording, for somebody who does not know its numbers. A trainee's own words stay here."""
    own = item.title == item.activity.label_title
    return str(item.activity) if own else f"{item.activity} {item.title}"


def _signer(row: object) -> str:
    parts = (getattr(row, f"signer_{name}") for name in ("name", "post", "registration"))
    return ", ".join(filter(None, parts))


def wrong_codes(way: Way) -> list[Letter]:
    """To the officer: somebody has the link, or the device, and not the mailbox."""
    name = way.addressee.assessor.name
    where = f"with the link that was sent to {name}"
    subject = f"Wrong codes for the link of {name}"
    if isinstance(way, Lending):
        trainee = way.addressee.submission.portfolio.trainee.name
        where = f"on the device that {trainee} handed over to {name}"
        subject = f"Wrong codes for {name} on the device of {trainee}"
    said = f"Wrong codes were entered again and again {where}. Nothing was shown or decided."
    return _to_leaders(way, subject, said)


def opened_again(link: SignLink) -> list[Letter]:
    """To the officer: a link that was used is opened elsewhere."""
    name = link.addressee.assessor.name
    said = f"The link that was sent to {name} was used, and was opened again in another browser. Nothing was shown."
    return _to_leaders(link, f"The link of {name} was opened again", said)


def opened_by_trainee(link: SignLink) -> list[Letter]:
    """To the officer: whoever is asked and the trainee may share a device, or be one."""
    name, trainee = link.addressee.assessor.name, link.addressee.submission.portfolio.trainee.name
    said = (
        f"The link that was sent to {name} was opened in a browser in which {trainee} was signed in. Nothing was shown."
    )
    return _to_leaders(link, f"The link of {name} was opened by {trainee}", said)


def _to_leaders(way: Way, subject: str, said: str) -> list[Letter]:
    submission = way.addressee.submission
    where = reverse("submission", args=[submission.portfolio.ref, submission.sid])
    return [letter(officer, subject, [said], where) for officer in leaders(submission.portfolio)]
