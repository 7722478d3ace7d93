"""One item that another system signed, as it is to be recorded, and everything that keeps it from being recorded.

Forms and tables ask before anything is stored; the step asks once more, under the lock (recording.py).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from curriculum.structure import ModuleFacts
from portfolio import requirements
from portfolio.dates.meant import why_not_meant
from portfolio.files import Stored
from portfolio.models import Assessment, Portfolio, SignedElsewhere, UsedCase
from portfolio.record import Record
from portfolio.requirements.words import day
from portfolio.states import ActivityState, AssessmentState, ElsewhereKind
from portfolio.workflow.assessments.which import case_key_of, key_of

OPEN = (ActivityState.NOT_STARTED, ActivityState.DRAFT, ActivityState.RETURNED)
ANOTHER = "One with this title on this day is recorded already. Confirm that this is another assessment."
CASE_TAKEN = "This case serves another CBD of this portfolio. One case serves one CBD."
NO_CASE = "Only a CBD has a case. Leave this empty."
# What is said of a field that was left empty, by its name.
MISSING = {
    "number": "Enter the number of the activity.",
    "title": "Enter the title of the assessment.",
    "system": "Enter the name of the system in which it was signed.",
    "signed_on": "Enter the date it was signed.",
    "signed_by": "Enter the name of the person who signed it.",
    "note": "Say what proves it, or add a file that does.",
}
LONGEST = {"title": 300, "case_reference": 60, "system": 100, "signed_by": 200, "note": 2000}


@dataclass(frozen=True)
class Entry:
    """One item as it is to be recorded. `number` is an activity's; an assessment has its title."""

    module: str
    kind: str
    number: int | None
    title: str
    system: str
    signed_on: date | None
    signed_by: str
    note: str = ""
    file: Stored | None = None
    file_name: str = ""
    case_reference: str = ""  # of a CBD, where the other system has one
    another: int = 0  # beside how many with its title on its day it was confirmed to be another

    @property
    def same(self) -> tuple[str, str, str, date | None]:
        """By which a second assessment is taken for the first. A system has many spellings, and does not count."""
        return self.module, self.kind, key_of(self.title), self.signed_on

    @property
    def case_key(self) -> str:
        return case_key_of(self.case_reference) if self.case_reference else ""

    @property
    def place(self) -> tuple[str, int | None]:
        return self.module, self.number


def wrong(record: Record, entry: Entry) -> Iterator[tuple[str, str]]:
    """Everything that keeps this from being recorded, each with the field of Entry that it is about."""
    yield from _wrong_texts(entry)
    if entry.signed_on is None:
        yield "signed_on", MISSING["signed_on"]
    elif entry.signed_on > timezone.localdate():
        yield "signed_on", f"{day(entry.signed_on)} is in the future. Enter the day it was signed."
    elif why := why_not_meant(record.time.starts_on, entry.signed_on):
        yield "signed_on", why
    if entry.module not in record.structure.by_code:
        yield "module", f"The curriculum has no module {entry.module or 'without a code'}."
        return
    module = record.structure.module(entry.module)
    if entry.kind == ElsewhereKind.ACTIVITY:
        yield from _wrong_place(record, module, entry.number)
    elif record.module(module).signed:
        yield "module", f"{module.code} is signed off. Void its sign-off first."
    elif not entry.title:
        yield "title", MISSING["title"]


def _wrong_texts(entry: Entry) -> Iterator[tuple[str, str]]:
    for name in ("system", "signed_by"):
        if not getattr(entry, name):
            yield name, MISSING[name]
    if not entry.note and entry.file is None:
        yield "note", MISSING["note"]
    if entry.case_reference and entry.kind != ElsewhereKind.CBD:
        yield "case_reference", NO_CASE
    for name, most in LONGEST.items():
        if len(getattr(entry, name)) > most:
            yield name, f"Shorten this to {most} characters or fewer. It has {len(getattr(entry, name))}."


def _wrong_place(record: Record, module: ModuleFacts, number: int | None) -> Iterator[tuple[str, str]]:
    """Only what exists and is open: not in review, and not signed already, here or elsewhere."""
    found = {place.number: place for place in requirements.places(record, module)}
    if number is None:
        yield "number", MISSING["number"]
    elif number not in found:
        numbers = f"It has activities {min(found)} to {max(found)}." if found else "It has none that are known."
        yield "number", f"{module.code} has no activity {number}. {numbers}"
    elif found[number].state not in OPEN:
        said = found[number].state.label.lower()
        yield "number", f"{module.code} {number} is {said} already. It cannot be recorded as signed elsewhere."


MAY_BE_THE_SAME = (AssessmentState.WITH_ASSESSOR, AssessmentState.SATISFACTORY)  # a plan is its trainee's alone


class Twins:
    """What a portfolio holds of assessments, to ask before one fills a second slot. Read in three queries.

    Records and voids are rows that stay, so no constraint can tell which stand: the lock of the portfolio holds this.
    Whether a case is taken is asked of plans too, and no more is told of them.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        standing = SignedElsewhere.objects.filter(portfolio=portfolio, number=None, void=None)
        rows = standing.values_list("title", "signed_on")
        self.elsewhere: Counter[tuple[str, date | None]] = Counter((key_of(title), day) for title, day in rows)
        made = Assessment.objects.filter(portfolio=portfolio, state__in=MAY_BE_THE_SAME)
        self.here: Counter[tuple[str, date | None]] = Counter(
            (key, day) for key, day in made.values_list("title_key", "happens_on")
        )
        self.cases = set(UsedCase.objects.filter(portfolio=portfolio).values_list("key", flat=True))

    def of(self, entry: Entry) -> int:
        """How many there are that this may be, of whatever module and kind: signed elsewhere, or satisfactory or with
        an assessor here."""
        if entry.kind == ElsewhereKind.ACTIVITY:
            return 0
        observed = key_of(entry.title), entry.signed_on
        return self.elsewhere[observed] + self.here[observed]

    def case_is_taken(self, entry: Entry) -> bool:
        """Whether its case serves another discussion, here or elsewhere."""
        return entry.case_key in self.cases

    def add(self, entry: Entry) -> None:
        """The next one is compared with this one too."""
        if entry.kind != ElsewhereKind.ACTIVITY:
            self.elsewhere[key_of(entry.title), entry.signed_on] += 1
        self.cases |= {entry.case_key} - {""}
