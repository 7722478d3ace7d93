"""Snippets: short texts for feedback that are their owner's alone, of no portfolio, and told of by no event.

Each function locks the owner's account first: so the limit holds, and the order has no gap that matters.
"""

from django.db import transaction

from accounts.models import User
from portfolio.models import Snippet
from portfolio.workflow.machine import Incomplete, TooLate, acting

MOST_SNIPPETS = 50
LONGEST_SNIPPET = 1_000
EMPTY = "Write the text."
TOO_LONG = f"The text must be {LONGEST_SNIPPET:,} characters or fewer."
FULL = f"You have {MOST_SNIPPETS} snippets, and that is as many as there can be. Delete one to add another."
GONE = "This snippet was deleted in another tab or window."


@transaction.atomic
def add(text: str, *, by: User) -> Snippet:
    """One more, at the end. A form sent twice finds what it made first."""
    owner, text = acting(by), _checked(text)
    own = Snippet.objects.filter(owner=owner).order_by("position", "pk")
    if (same := own.filter(text=text).first()) is not None:
        return same
    if own.count() >= MOST_SNIPPETS:
        raise Incomplete(FULL, "text")
    last = own.last()
    return Snippet.objects.create(owner=owner, text=text, position=last.position + 1 if last else 1)


@transaction.atomic
def change(row: Snippet, text: str, *, by: User) -> None:
    """Other words. What was put into feedback before stays as it was."""
    row = _own(row, by)
    row.text = _checked(text)
    row.save(update_fields=["text"])


@transaction.atomic
def remove(row: Snippet, *, by: User) -> None:
    _own(row, by).delete()


@transaction.atomic
def move(row: Snippet, *, up: bool, by: User) -> None:
    """One place up or down; at the end of the list it stays where it is."""
    row = _own(row, by)
    rows = list(Snippet.objects.filter(owner=row.owner_id).order_by("position", "pk"))
    at = rows.index(row)
    to = at - 1 if up else at + 1
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
        for place, one in enumerate(rows, start=1):
            one.position = place
        Snippet.objects.bulk_update(rows, ["position"])


def hand_on(gone: User, kept: User) -> None:
    """Two accounts become one: the snippets of the one that goes stand at the end of the other's."""
    last = Snippet.objects.filter(owner=kept).order_by("position").values_list("position", flat=True).last() or 0
    for place, row in enumerate(Snippet.objects.filter(owner=gone).order_by("position", "pk"), start=last + 1):
        row.owner, row.position = kept, place
        row.save(update_fields=["owner", "position"])


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise Incomplete(EMPTY, "text")
    if len(text) > LONGEST_SNIPPET:
        raise Incomplete(TOO_LONG, "text")
    return text


def _own(row: Snippet, by: User) -> Snippet:
    """As it stands under the lock. TooLate: it is there no more."""
    found = Snippet.objects.filter(pk=row.pk, owner=acting(by)).first()
    if found is None:
        raise TooLate(GONE)
    return found
