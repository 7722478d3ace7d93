"""What somebody who decides by a code is sent, and what the officer is told when others try it."""

from collections.abc import Iterator

from django.conf import settings
from django.template.defaultfilters import date as as_date
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from outbox.writing import Letter
from portfolio.access import leaders_or_administrators
from portfolio.mail import letter, page_of
from portfolio.models import Assessment, AssessmentDecision, Decision, Item, Lending, SignLink, Submission
from portfolio.models.asking import AskedFor, Asking
from portfolio.models.assessment import marked
from portfolio.models.signing import Way
from portfolio.requirements.words import a
from portfolio.states import AssessmentOutcome, ItemState, Outcome


def asked(asking: Asking, token: str) -> Letter:
    """To whoever is asked: by whom and for what, and the way there."""
    person, trainee = asking.assessor, asking.asked_for.portfolio.trainee.name
    what, then, subject = _for_what(asking.asked_for)
    lines = [
        f"{trainee} is in training as a clinical scientist and asks you {what}.",
        f"You need no account. Open the link and ask for a code, which comes to this address. Then you see {then}.",
        settings.SITE_URL + reverse("sign", args=[token]),
        f"The link is yours alone and works until {as_date(timezone.localtime(asking.link.expires_at), 'j F Y')}. "
        f"Do not pass it on. A decision is due by {as_date(asking.due_on, 'j F Y')}.",
        "If you do not know this person, there is nothing for you to do.",
    ]
    return Letter(person, f"{trainee} asks you {subject}", "\n\n".join(lines))


def _for_what(asked_for: AskedFor) -> tuple[str, str, str]:
    """What they are asked to do, what they see and do then, and the same in a subject."""
    if isinstance(asked_for, Assessment):
        what = f"to complete a mark form: {_assessed(asked_for)}"
        return what, "what was observed or discussed, mark it, and record the outcome", "to assess them"
    items = asked_for.items.exclude(state=ItemState.WITHDRAWN).select_related("activity__module")
    what = "to decide whether their evidence shows: " + "; ".join(_named(item) for item in items)
    return what, "the evidence, and sign it off or return it with feedback", "for a decision"


def _assessed(row: Assessment) -> str:
    """In the curriculum's words alone. How a trainee calls what was observed stays here."""
    return f"{a(row.kind)} ({row.get_kind_display().lower()}) of {row.module.code} {row.module.title}"


def code(way: Way, digits: str) -> Letter:
    """To the address of whoever is asked. Behind a link it names nobody; on a device it says whose that is."""
    lines = [
        f"Your code is {digits}",
        f"Enter it on the page that you have open, within {settings.SIGN_CODE_MINUTES} minutes.",
        "If you did not ask for it, somebody else has your link. Do not pass the code on.",
    ]
    if isinstance(way, Lending):
        trainee = way.asking.asked_for.portfolio.trainee.name
        what = "to decide on their evidence" if isinstance(way.asking.asked_for, Submission) else "to assess them"
        lines[1:] = [
            f"{trainee} hands you their device, {what}. Enter the code there yourself, within "
            f"{settings.SIGN_CODE_MINUTES} minutes.",
            f"If you do not have the device of {trainee} before you, tell their training officer. Do not pass the "
            "code on: whoever has it decides in your name.",
        ]
    return Letter(way.asking.assessor, "Your code", "\n\n".join(lines))


def copy(way: Way) -> Iterator[Letter]:
    """To whoever decided: all that they decided this way, in their own words, and how to refer to it."""
    decisions = list(way.decided.order_by("pk"))
    of_evidence = isinstance(way.asking.asked_for, Submission)
    trainee = way.asking.asked_for.portfolio.trainee.name
    what = f"decided on evidence of {trainee}" if of_evidence else f"recorded of an assessment of {trainee}"
    lines = [f"This is a copy of what you {what}. You signed as {_signer(decisions[0])}."]
    if isinstance(way, Lending):
        lines.append(
            f"It was decided on the device of {trainee}, after a code that was sent to this address. If that was not "
            "you, tell their training officer at once."
        )
    for row in decisions:
        when = as_date(timezone.localtime(row.decided_at), "j F Y, H:i")
        name, outcome, words = _said(row)
        lines.append(
            "\n".join(
                [name, f"{outcome}, {when}", *words, f"Fingerprint of what you were shown: {row.manifest_digest}"]
            )
        )
    if isinstance(way.asking.asked_for, Assessment) and way.asking.asked_for.is_observed:
        lines.append(
            f"If it was of the other kind, DOPS or OCE, tell {trainee}: they and their training officer read on its "
            "page how that is put right."
        )
    yield Letter(way.asking.assessor, f"Copy of your decision for {trainee}", "\n\n".join(lines))


def _said(row: Decision | AssessmentDecision) -> tuple[str, str, list[str]]:
    """What it was about, the outcome, and their own words and marks."""
    if isinstance(row, Decision):
        words = [f"Your feedback: {row.feedback}"] if row.feedback else []
        return _named(row.item), str(Outcome(row.outcome).label), words
    boxes = {"Strengths": row.strengths, "What to develop": row.to_develop, "Agreed action": row.action}
    words = [f"{criterion}: {mark}" for criterion, mark in marked(row.marks)]
    words += [f"{box}: {text}" for box, text in boxes.items() if text]
    return _assessed(row.assessment), str(AssessmentOutcome(row.outcome).label), words


def _named(item: Item) -> str:
    """With the curriculum's wording, for somebody who does not know its numbers. A trainee's own words stay here."""
    own = item.title == item.activity.label_title
    return str(item.activity) if own else f"{item.activity} {item.title}"


def _signer(row: object) -> str:
    parts = (getattr(row, f"signer_{name}") for name in ("name", "post", "registration"))
    return ", ".join(filter(None, parts))


def wrong_codes(way: Way, then: str = "") -> list[Letter]:
    """To the officer: somebody has the link, or the device, and not the mailbox. `then`: what follows from it."""
    name = way.asking.assessor.name
    where = f"with the link that was sent to {name}"
    subject = f"Wrong codes for the link of {name}"
    if isinstance(way, Lending):
        trainee = way.asking.asked_for.portfolio.trainee.name
        where = f"on the device that {trainee} handed over to {name}"
        subject = f"Wrong codes for {name} on the device of {trainee}"
    said = f"Wrong codes were entered again and again {where}. Nothing was shown or decided. {then}"
    return _to_leaders(way, subject, said.rstrip())


def link_blocked(link: SignLink) -> list[Letter]:
    """To the officer, and to the trainee, who asks again: wrong codes have ended the link."""
    asked_for, name = link.asking.asked_for, link.asking.assessor.name
    trainee = asked_for.portfolio.trainee
    said = (
        f"Wrong codes were entered too often with the link that was sent to {name}, so it works no longer. Name them "
        "again as somebody new, and they get a new link once they are approved; or choose another assessor."
    )
    told = wrong_codes(link, f"The link works no longer. {trainee.name} is told, and can ask again.")
    return [*told, letter(trainee, f"The link of {name} works no longer", [said], page_of(asked_for))]


def device_blocked(way: Way) -> list[Letter]:
    """To the officer: wrong codes have ended the handing over of devices to this person."""
    name, trainee = way.asking.assessor.name, way.asking.asked_for.portfolio.trainee.name
    return wrong_codes(way, f"{trainee} cannot hand a device over to {name} for a month from now.")


def opened_again(link: SignLink) -> list[Letter]:
    """To the officer: a link that was used is opened elsewhere."""
    name = link.asking.assessor.name
    said = f"The link that was sent to {name} was used, and was opened again in another browser. Nothing was shown."
    return _to_leaders(link, f"The link of {name} was opened again", said)


def opened_by_trainee(link: SignLink) -> list[Letter]:
    """To the officer: whoever is asked and the trainee may share a device, or be one."""
    name, trainee = link.asking.assessor.name, link.asking.asked_for.portfolio.trainee.name
    said = (
        f"The link that was sent to {name} was opened in a browser in which {trainee} was signed in. Nothing was shown."
    )
    return _to_leaders(link, f"The link of {name} was opened by {trainee}", said)


def opened_elsewhere(link: SignLink, by: User | None) -> list[Letter]:
    """To the officer: somebody else has the link, or it may be so."""
    name = link.asking.assessor.name
    if by:
        where, unless = f"in a browser in which {by.name} was signed in", "that the two share a device"
    else:
        where, unless = "in another browser than the one in which they proved their address", f"that {name} uses two"
    said = (
        f"The link that was sent to {name} was opened {where}. Nothing was shown. "
        f"It can mean that the link was passed on, or {unless}."
    )
    return _to_leaders(link, f"The link of {name} was opened elsewhere", said)


def _to_leaders(way: Way, subject: str, said: str) -> list[Letter]:
    asked_for = way.asking.asked_for
    told = leaders_or_administrators(asked_for.portfolio)
    return [letter(one, subject, [said], page_of(asked_for)) for one in told]
