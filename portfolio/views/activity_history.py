"""What happened to one activity, oldest first, as components/timeline.html takes it."""

from collections.abc import Container, Iterable
from dataclasses import asdict
from typing import Any

from django.urls import reverse

from accounts.models import User
from portfolio import pages
from portfolio.access import visible_in
from portfolio.manifest import WHOLE
from portfolio.models import Item, Portfolio
from portfolio.requirements.words import day
from portfolio.states import ItemState
from portfolio.views.shown import said_of
from portfolio.views.voice import Voice

Entry = dict[str, Any]


def items_of(user: User, portfolio: Portfolio, activity: int) -> list[Item]:
    """Every submission of this activity that the reader may see, in order, with its pages and addressees."""
    rows = visible_in(portfolio, user, Item).filter(activity=activity).order_by("attempt")
    whole = pages.counting_comments(rows).select_related(
        "submission__portfolio__curriculum", "activity__module", "decision__unlock"
    )
    return list(whole.prefetch_related(pages.with_whom("submission", activity=activity), *WHOLE))


def entries(items: Iterable[Item], ref: str, voice: Voice, doubted: Container[int]) -> list[Entry]:
    """Submitted, sent to somebody else, withdrawn, decided, unlocked; who is waited for. `doubted`: see shown.py."""
    found: list[Entry] = []
    for item in items:
        found += _asked(item, ref, voice)
        found += [asdict(said) for said in said_of(item, doubted)]
        if item.state == ItemState.UNDECIDED:
            asked = [one for one in item.submission.addressees.all() if one.until is None]
            with_whom = f"With {asked[-1].assessor.name}" if asked else "With nobody yet"
            found.append({"shape": "none", "what": "Decision", "who": with_whom, "future": True})
    return found


def _asked(item: Item, ref: str, voice: Voice) -> list[Entry]:
    """What was asked of whom, and whether it was taken back."""
    asked = list(item.submission.addressees.all())
    to = f" to {asked[0].assessor.name}" if asked else ""
    number = len(item.pages.all())
    found: list[Entry] = [
        {
            "shape": "review",
            "what": "Submitted" if item.attempt == 1 else f"Submitted again, submission {item.attempt}",
            "who": f"{day(item.submission.submitted_at)}, {voice.you}{to}",
            "more": [
                {
                    "text": f"What was submitted: {number} {'page' if number == 1 else 'pages'} of evidence",
                    "href": reverse("submission", args=[ref, item.submission.sid]),
                }
            ],
        }
    ]
    found += [
        {"shape": "person", "what": "Sent to another assessor", "who": f"{day(one.since)}, to {one.assessor.name}"}
        for one in asked[1:]
    ]
    if item.state == ItemState.WITHDRAWN:
        until = asked[-1].until if asked else None
        when = f"{day(until)}, {voice.you}" if until else voice.you
        found.append({"shape": "stop", "what": "Withdrawn", "who": when})
    return found
