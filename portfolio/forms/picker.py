"""Choosing the activities that a page shows: one row each, with a tick and a sentence.

Only what this form changed is done: a row that somebody left alone keeps what another tab has done to it meanwhile.
What cannot change (in review, or part of what was signed off) is shown without a box; the workflow refuses it all the
same. A page has room for so many rows: what is chosen is always there, the other rows of a module as there is room, or
when somebody asks for them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from curriculum.structure import ModuleFacts
from portfolio.models import Link
from portfolio.record import Record
from portfolio.requirements import Place, next_number, places
from portfolio.states import DONE, ActivityState
from portfolio.titles import own_title

IN_REVIEW = "In review: this cannot change until it is decided or withdrawn."
SIGNED_WITH_THIS = "This page is part of what was signed off."
AFTER_SIGN_OFF = "Signed off. A link made now is added after sign-off, not part of it."
OPEN_WHEN = (ActivityState.DRAFT, ActivityState.RETURNED)
ROOM = 60  # rows of a page: about 900 bytes each, which are there from the start for those without scripts


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
    def was_name(self) -> str:
        """What the sentence of its link was when the form was opened; absent where there was no link."""
        return f"was-{self.module.code}-{self.place.number}"

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
    modules = record.structure.modules
    return [Rows(own_title(record, module), list(_rows(record, module, links, signed))) for module in modules]


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


def with_all_rows(groups: Sequence[Rows], *, chosen: Collection[str], asked: Collection[str]) -> set[str]:
    """The codes of the modules that are shown whole; of the others only the chosen rows are.

    First come those that somebody asked for, and one of them whatever its length; then those with a choice, then those
    in work, then the others: each that fits.
    """

    def comes(group: Rows) -> int:
        if group.module.code in asked:
            return 0
        if any(row.key in chosen for row in group.rows):
            return 1
        return 2 if group.in_work else 3

    room = ROOM - len(chosen)
    whole: set[str] = set()
    for group in sorted(groups, key=comes):
        more = sum(row.key not in chosen for row in group.rows)
        if more <= max(room, 0) or (not whole and group.module.code in asked):
            whole.add(group.module.code)
            room -= more
    return whole
