"""The numbers that a page shows of a module, each with its wording and its state (domain.md "place")."""

from collections.abc import Callable
from dataclasses import dataclass

from curriculum.structure import ModuleFacts
from portfolio.assessed import Waiting
from portfolio.record import ActivityRecord, Feedback, Record, once
from portfolio.requirements.need import needs
from portfolio.requirements.options import Standing, standing
from portfolio.states import ActivityState

NOT_REQUIRED = "not required"
NOT_REQUIRED_YET = "not required yet"
ADDED_AFTER_SIGN_OFF = "added after sign-off, not required here"


@dataclass(frozen=True)
class Place:
    """A numbered activity of one portfolio, with or without wording, with or without a row.

    `why_not` says why it counts nothing; it is empty when the place is required.
    """

    number: int
    type: str
    title: str
    entered_by_trainee: bool
    why_not: str
    record: ActivityRecord | None

    @property
    def required(self) -> bool:
        return not self.why_not

    @property
    def state(self) -> ActivityState:
        return self.record.state if self.record else ActivityState.NOT_STARTED

    @property
    def pages(self) -> int:
        """How many pages of evidence are linked to it."""
        return self.record.pages if self.record else 0

    @property
    def waiting(self) -> Waiting | None:
        """Whom it is with; None when it is not in review."""
        return self.record.waiting if self.record else None

    @property
    def assessor(self) -> str | None:
        """Who is to decide it; None in review is "with nobody"."""
        return self.waiting.assessor if self.waiting else None

    @property
    def feedback(self) -> Feedback | None:
        """Why it came back; None when it did not."""
        return self.record.feedback if self.record else None

    @property
    def name(self) -> str:
        """As it is said in a sentence: "activity 7, Design a dashboard"."""
        return f"activity {self.number}, {self.title}" if self.title else f"activity {self.number}"


@once
def places(record: Record, module: ModuleFacts) -> tuple[Place, ...]:
    """Every number worth showing: required, known, or worked on. A number no longer required stays, and says so.

    While the total is unknown these are the curriculum's own places, and none of them is required yet.
    """
    rows = record.module(module).activities
    wanted = needs(record, module).activities
    shown = module.places if wanted is None else wanted
    why_not = _why_not(record, module)
    numbers = sorted({*shown, *module.known_numbers, *rows})
    return tuple(_place(module, number, rows.get(number), why_not(number)) for number in numbers)


def place(record: Record, module: ModuleFacts, number: int) -> Place:
    """One of `places`, for who needs few of them."""
    return _place(module, number, record.module(module).activities.get(number), _why_not(record, module)(number))


def _why_not(record: Record, module: ModuleFacts) -> Callable[[int], str]:
    """Why a number of this module is not required; nothing where it is."""
    wanted = needs(record, module).activities
    elsewhere = standing(record, module) is Standing.NOT_TAKEN
    signed = record.module(module).signed is not None

    def why_not(number: int) -> str:
        if elsewhere:
            return Standing.NOT_TAKEN.value
        if wanted is None:
            return NOT_REQUIRED_YET
        if number in wanted:
            return ""
        return ADDED_AFTER_SIGN_OFF if signed and number in module.known_numbers else NOT_REQUIRED

    return why_not


def _place(module: ModuleFacts, number: int, row: ActivityRecord | None, why_not: str) -> Place:
    type_, title, own = wording(module, number, row.label_type, row.label_title) if row else wording(module, number)
    return Place(number, type_, title, own, why_not, row)


def wording(module: ModuleFacts, number: int, label_type: str = "", label_title: str = "") -> tuple[str, str, bool]:
    """Type and title of a number: the curriculum's, else the trainee's own label; and whether it is that."""
    if known := module.activity(number):
        return known.type, known.title, False
    return label_type, label_title, bool(label_type or label_title)


def next_number(record: Record, module: ModuleFacts) -> int | None:
    """The number that the trainee may add next; None where the total is known."""
    if needs(record, module).total_known:
        return None
    return max((place.number for place in places(record, module)), default=0) + 1
