"""What happened to one activity, oldest first, as components/timeline.html takes it."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.urls import reverse

from accounts.models import User
from portfolio.access import visible_in
from portfolio.models import Activity, Item
from portfolio.requirements.words import day
from portfolio.states import ItemState
from portfolio.views.shown import said_of
from portfolio.views.voice import Voice

Entry = dict[str, Any]


def items_of(user: User, activity: Activity) -> list[Item]:
    """Every submission of this activity that the reader may see, in order, with its pages and addressees."""
    if activity._state.adding:
        return []
    rows = visible_in(activity.portfolio, user, Item).filter(activity=activity).order_by("attempt")
    whole = rows.select_related("submission", "decision__unlock")
    return list(whole.prefetch_related("submission__addressees__assessor", "pages__revision"))


def entries(items: Iterable[Item], ref: str, voice: Voice) -> list[Entry]:
    """Submitted, sent to somebody else, withdrawn, decided, unlocked; and who is waited for."""
    found: list[Entry] = []
    for item in items:
        found += _asked(item, ref, voice)
        found += [asdict(said) for said in said_of(item)]
        if item.state == ItemState.UNDECIDED:
            with_whom = list(item.submission.addressees.all())[-1].assessor.name
            found.append({"shape": "none", "what": "Decision", "who": f"With {with_whom}", "future": True})
    return found


def _asked(item: Item, ref: str, voice: Voice) -> list[Entry]:
    """What was asked of whom, and whether it was taken back."""
    first, *others = item.submission.addressees.all()
    pages = len(item.pages.all())
    found: list[Entry] = [
        {
            "shape": "review",
            "what": "Submitted" if item.attempt == 1 else f"Submitted again, submission {item.attempt}",
            "who": f"{day(item.submission.submitted_at)}, {voice.you} to {first.assessor.name}",
            "more": [
                {
                    "text": f"What was submitted: {pages} {'page' if pages == 1 else 'pages'} of evidence",
                    "href": reverse("submission", args=[ref, item.submission.sid]),
                }
            ],
        }
    ]
    found += [
        {"shape": "person", "what": "Sent to another assessor", "who": f"{day(one.since)}, to {one.assessor.name}"}
        for one in others
    ]
    if item.state == ItemState.WITHDRAWN:
        last = [first, *others][-1]
        when = f"{day(last.until)}, {voice.you}" if last.until else voice.you
        found.append({"shape": "stop", "what": "Withdrawn", "who": when})
    return found
