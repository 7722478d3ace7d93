"""The same questions, asked by a page of the few rows that it shows."""

from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from portfolio import files
from portfolio.models import Item, Portfolio
from portfolio.models.signed import Signed
from portfolio.proof.signed import OF_MODEL, agrees
from portfolio.proof.submitted import Asked, addressees_agree, asked, item_agrees
from portfolio.proof.told import Told, holds, told
from portfolio.states import ItemState


def doubted(portfolio: Portfolio, items: Collection[Item]) -> frozenset[int]:
    """The ids of the items whose record no longer agrees with what was recorded when it was made, files included.

    One query more than the rows that the page has fetched with their contents, decisions, unlocks and addressees.
    """
    events = _holding(portfolio, {f'"{item.submission.sid}"' for item in items})
    said = asked(events)
    return frozenset(item.pk for item in items if not (holds(_whole, item, said) and _decided_as_told(item, events)))


def _whole(item: Item, said: Asked) -> bool:
    """What was submitted, of whom it was asked, the files, and whether it was withdrawn."""
    shas = {file.file.sha256 for page in item.pages.all() for file in page.revision.attachments.all()}
    rows = item_agrees(item, said) and addressees_agree(item.submission, said[item.submission.sid])
    return rows and item.state == _state(item, said) and all(map(files.intact, shas))


def _state(item: Item, said: Asked) -> ItemState:
    """A withdrawal takes what is not decided."""
    if hasattr(item, "decision"):
        return ItemState.DECIDED
    withdrawn = said[item.submission.sid][-1].kind == "withdraw"
    return ItemState.WITHDRAWN if withdrawn else ItemState.UNDECIDED


def _decided_as_told(item: Item, events: Iterable[Told]) -> bool:
    """The decision on an item and its unlock, as far as there are such, and as far as there should be."""
    decision = getattr(item, "decision", None)
    rows = [row for row in (decision, getattr(decision, "unlock", None)) if row is not None]
    of = {"submission": item.submission.sid, "module": item.activity.module.code, "number": item.activity.number}
    return _as_told(rows, events, {"decision", "unlock"}, of)


def all_agree(portfolio: Portfolio, rows: Iterable[Signed], kinds: Iterable[type[Signed]], **of: Any) -> bool:
    """Whether the rows of these kinds are all those that the events tell of, and are as they tell.

    `of` narrows the events by what they hold, such as module="S-C1".
    """
    keys = {OF_MODEL[kind].key for kind in kinds}
    return _as_told(list(rows), _holding(portfolio, {f'"{key}":"' for key in keys}), keys, of)


def _as_told(rows: Collection[Signed], events: Iterable[Told], keys: set[str], of: dict[str, Any]) -> bool:
    said = {event.seq: event.data for event in events if of.items() <= event.data.items()}
    wanted = sorted(seq for seq, data in said.items() for key in keys if data.get(key))
    return wanted == sorted(row.audit_seq for row in rows) and all(agrees(row, said) for row in rows)


def _holding(portfolio: Portfolio, texts: Collection[str]) -> list[Told]:
    """The events whose data holds one of these texts."""
    return list(told(portfolio, reduce(or_, (Q(data__contains=text) for text in texts)))) if texts else []
