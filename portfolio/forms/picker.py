"""Choosing the activities that a page shows: one row each, with a tick and a sentence.

Only what this form changed is done: a row that somebody left alone keeps what another tab has done to it meanwhile.
What cannot change (in review, or part of what was signed off) is shown without a box; the workflow refuses it all the
same.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from curriculum.structure import ModuleFacts
from portfolio.ledger import Record
from portfolio.models import Link
from portfolio.requirements import Place, next_number, places
from portfolio.states import DONE, ActivityState

IN_REVIEW = "In review: this cannot change until it is decided or withdrawn."
SIGNED_WITH_THIS = "This page is part of what was signed off."
AFTER_SIGN_OFF = "Signed off. A link made now is added after sign-off, not part of it."
OPEN_WHEN = (ActivityState.DRAFT, ActivityState.RETURNED)


def key_of(code: str, number: int) -> str:
    """How an activity is named in forms and addresses: S-C1/4."""
    return f"{code}/{number}"


@dataclass
class Row:
    """One activity. `why` is the sentence of its link, None where there is none; `fixed` says why it cannot change.

    `note` is what ticking it means, where that is not plain.
    """

    module: ModuleFacts
    place: Place
    why: str | None
    fixed: str
    note: str

    @property
    def key(self) -> str:
        return key_of(self.module.code, self.place.number)

    @property
    def tick_name(self) -> str:
        return f"tick-{self.module.code}-{self.place.number}"

    @property
    def why_name(self) -> str:
        return f"why-{self.module.code}-{self.place.number}"

    @property
    def name(self) -> str:
        """As a sentence says it: S-C1 4."""
        return f"{self.module.code} {self.place.number}"


@dataclass
class Rows:
    """The rows of one module."""

    module: ModuleFacts
    rows: list[Row] = field(default_factory=list)

    @property
    def in_work(self) -> bool:
        return any(row.place.state in OPEN_WHEN for row in self.rows)


def rows_of(record: Record, links: Mapping[str, Link], signed: set[int]) -> list[Rows]:
    """Every activity of the portfolio, by module. `links` are this page's, by key; `signed` as pages.signed_with."""
    return [Rows(module, list(_rows(record, module, links, signed))) for module in record.structure.modules]


def _rows(record: Record, module: ModuleFacts, links: Mapping[str, Link], signed: set[int]) -> Iterator[Row]:
    shown = list(places(record, module))
    if (following := next_number(record, module)) is not None:
        shown.append(Place(following, "", "", False, "the next number: its total is not recorded yet", None))
    for place in shown:
        link = links.get(key_of(module.code, place.number))
        fixed = ""
        if place.state == ActivityState.IN_REVIEW:
            fixed = IN_REVIEW
        elif link and place.record and place.record.id in signed:
            fixed = SIGNED_WITH_THIS
        note = AFTER_SIGN_OFF if place.state in DONE and not fixed else ""
        yield Row(module, place, link.why if link else None, fixed, note)


def pack(rows: list[Rows]) -> str:
    """The links as the form was opened, for the form to carry."""
    return json.dumps({row.key: row.why for group in rows for row in group.rows if row.why is not None})


def unpack(text: str) -> dict[str, str]:
    """What pack wrote. What is anything else says nothing."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {key: why for key, why in found.items() if isinstance(why, str)} if isinstance(found, dict) else {}
