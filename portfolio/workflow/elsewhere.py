"""Recording what was signed in another system, and taking such a record back.

An activity moves between its own states (workflow/activities has the rows of its table); an assessment has none here,
so its record is the subject of a table of its own. Many items are recorded in one transaction: all or none.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.utils import timezone

from curriculum.models import Module
from curriculum.structure import ModuleFacts
from portfolio import access, ledger, mail, requirements
from portfolio.dates.meant import why_not_meant
from portfolio.files import Stored
from portfolio.manifest import elsewhere_digest, elsewhere_void_digest
from portfolio.models import Activity, Assessment, ElsewhereVoid, Portfolio, SignedElsewhere, StoredFile, UsedCase
from portfolio.record import Record
from portfolio.requirements.words import day
from portfolio.states import ActivityState, AssessmentState, ElsewhereKind, Part
from portfolio.states import ElsewhereState as State
from portfolio.workflow import modules
from portfolio.workflow.assessments import cases
from portfolio.workflow.assessments.which import case_key_of, key_of
from portfolio.workflow.machine import REASON, Ask, Incomplete, Move, Step, TooLate
from portfolio.workflow.signing import signer

VOIDERS = access.OFFICERS | {Part.ADMINISTRATOR}
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


# --- what is wrong with it, in words -------------------------------------------------------------------------------


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


# --- recording ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AssessmentElsewhere:
    """An assessment that was signed elsewhere: before it is recorded an `entry`, afterwards a `row`."""

    portfolio: Portfolio
    entry: Entry | None = None
    row: SignedElsewhere | None = None


def asks(portfolio: Portfolio, entries: Iterable[Entry]) -> list[Ask]:
    """The steps that record all of these. TooLate for a module that the curriculum does not have any more."""
    entries = list(entries)
    if any(entry.kind == ElsewhereKind.ACTIVITY and entry.number is None for entry in entries):
        raise Incomplete(MISSING["number"], "number")
    of_module = {row.code: row for row in Module.objects.filter(curriculum=portfolio.curriculum_id)}
    if any(entry.module not in of_module for entry in entries):
        raise TooLate("The curriculum has changed since this page was opened. Nothing was recorded.")
    given = {entry.place: entry for entry in entries if entry.kind == ElsewhereKind.ACTIVITY}
    if len(given) < sum(entry.kind == ElsewhereKind.ACTIVITY for entry in entries):
        raise Incomplete("An activity is named twice. It can be recorded once.", "number")
    activities = [Activity(portfolio=portfolio, module=of_module[code], number=at or 0) for code, at in given]
    assessments = [AssessmentElsewhere(portfolio, entry) for entry in entries if entry.kind != ElsewhereKind.ACTIVITY]
    found = [Ask("record elsewhere", activities, given=given)] if activities else []
    return found + ([Ask("record assessment elsewhere", assessments)] if assessments else [])


def check_record(move: Move) -> None:
    """Of activities, whose table has looked at their states already."""
    record = ledger.read_one(move.portfolio)
    for activity in move.subjects:
        _refuse(record, move.given[activity.module.code, activity.number])


def _refuse(record: Record, entry: Entry) -> None:
    for name, said in wrong(record, entry):
        raise Incomplete(said, name)


def record_activities(move: Move) -> None:
    titles = ledger.read_one(move.portfolio).structure
    for activity in move.subjects:
        if activity._state.adding:
            activity.save()
        entry = move.given[activity.module.code, activity.number]
        known = titles.module(activity.module.code).activity(activity.number)
        title = entry.title or (known.title if known else "") or activity.label_title or f"Activity {activity.number}"
        _record(move, entry, activity.module, title)
    _told(move)


def _record(move: Move, entry: Entry, module: Module, title: str) -> None:
    assert entry.signed_on is not None  # wrong()
    row = SignedElsewhere(
        portfolio=move.portfolio,
        module=module,
        kind=entry.kind,
        number=entry.number,
        title=title,
        system=entry.system,
        signed_on=entry.signed_on,
        signed_by=entry.signed_by,
        note=entry.note,
        file=_file(entry),
        file_name=entry.file_name if entry.file else "",
        case_reference=entry.case_reference,
        recorded_at=move.now,
        **signer(move),
    )
    event = move.record(_which(row) | {"elsewhere": elsewhere_digest(row)})
    row.audit_seq = event.seq
    row.save()
    cases.use_elsewhere(row)


def _file(entry: Entry) -> StoredFile | None:
    """The row of a file that is in the store already: file first, then row."""
    if entry.file is None:
        return None
    told = {"size": entry.file.size, "media_type": entry.file.media_type}
    return StoredFile.objects.get_or_create(sha256=entry.file.sha256, defaults=told)[0]


def _which(row: SignedElsewhere) -> dict[str, Any]:
    """How an event names it."""
    return {"record": row.xid, "module": row.module.code, "kind": row.kind, "number": row.number}


def _told(move: Move) -> None:
    """The trainee once, however many items these are; the officer where a module became ready by them."""
    move.tell(lambda: mail.recorded_elsewhere(move.portfolio, by=move.by), once="elsewhere")
    for module in _modules_of(move):
        move.tell(partial(mail.module_ready, move.portfolio, module), once=f"ready {move.portfolio.pk} {module.pk}")


def _modules_of(move: Move) -> list[Module]:
    if isinstance(move.subjects[0], Activity):
        return list({activity.module_id: activity.module for activity in move.subjects}.values())
    codes = {subject.entry.module for subject in move.subjects}
    return list(Module.objects.filter(curriculum=move.portfolio.curriculum_id, code__in=codes))


def _check_assessments(move: Move) -> None:
    """Another with the same title on the same day is asked about; a confirmation is worth no more than what it saw."""
    record, twins = ledger.read_one(move.portfolio), Twins(move.portfolio)
    for subject in move.subjects:
        _refuse(record, subject.entry)
        if twins.case_is_taken(subject.entry):
            raise Incomplete(CASE_TAKEN, "case_reference")
        if twins.of(subject.entry) > subject.entry.another:
            raise Incomplete(ANOTHER, "another")
        twins.add(subject.entry)


def _record_assessments(move: Move) -> None:
    of_code = {module.code: module for module in _modules_of(move)}
    for subject in move.subjects:
        _record(move, subject.entry, of_code[subject.entry.module], subject.entry.title)
    _told(move)


# --- taking it back ----------------------------------------------------------------------------------------------


def standing(activity: Activity) -> SignedElsewhere | None:
    """The record that keeps this activity signed elsewhere."""
    rows = SignedElsewhere.objects.filter(portfolio=activity.portfolio_id, module=activity.module_id, void=None)
    return rows.select_related("module", "file").filter(number=activity.number).first()


def activity_of(row: SignedElsewhere) -> Activity:
    """The activity that a record is of."""
    assert row.number is not None  # the database holds it
    rows = Activity.objects.select_related("module", "portfolio")
    return rows.get(portfolio=row.portfolio_id, module=row.module_id, number=row.number)


def check_void(move: Move) -> None:
    if standing(move.subject) is None:
        raise TooLate("There is no record of another system to take back.")


def void_activity(move: Move) -> None:
    row = standing(move.subject)
    assert row is not None  # check_void, under the same lock
    _void(move, row)


def state_without(move: Move, activity: Activity) -> str:
    """Where the activity stands by what was done here: returned, begun, or nothing at all."""
    items = activity.items.all()
    if any(hasattr(item, "decision") for item in items.select_related("decision")):
        return ActivityState.RETURNED
    return ActivityState.DRAFT if items or activity.links.exists() else ActivityState.NOT_STARTED


def _void(move: Move, record: SignedElsewhere) -> None:
    """With the sign-off of the module over it, in the same transaction."""
    row = ElsewhereVoid(record=record, reason=move.reason, voided_at=move.now, **signer(move))
    over = modules.standing(move.portfolio, record.module)
    over_void = modules.voiding(move, over) if over else None
    event = move.record(
        _which(record)
        | {
            "reason": row.reason_digest,
            "elsewhere_void": elsewhere_void_digest(row),
            "voids": over.digest if over else None,
            "void": modules.void_digest(over_void) if over_void else None,
        }
    )
    for each in (row, over_void):
        if each is not None:
            each.audit_seq = event.seq
            each.save()
    cases.give_back(record)
    move.tell(lambda: mail.elsewhere_voided(row))
    if over_void is not None:
        move.tell(lambda: mail.module_voided(over_void))


STEPS = [
    Step(
        name="record assessment elsewhere",
        label="Record as signed elsewhere",
        moves={State.NOT_RECORDED: (State.RECORDED,)},
        who=access.OFFICERS,
        check=_check_assessments,
        act=_record_assessments,
    ),
    Step(
        name="void assessment elsewhere",
        label="Take this record back",
        moves={State.RECORDED: (State.VOIDED,)},
        who=VOIDERS,
        needs_reason=REASON,
        act=lambda move: _void(move, move.subject.row),
    ),
]


class ElsewhereTable:
    """How the machine reads the record of an assessment. The rows are its state: `write` has no work."""

    states = State
    steps = {step.name: step for step in STEPS}

    def portfolio_id(self, subject: AssessmentElsewhere) -> int:
        return subject.portfolio.pk

    def reread(self, subject: AssessmentElsewhere, portfolio: Portfolio, step: Step) -> Sequence[AssessmentElsewhere]:
        if subject.row is None:
            return [AssessmentElsewhere(portfolio, subject.entry)]
        rows = SignedElsewhere.objects.select_related("module", "file", "void", "portfolio")
        return [AssessmentElsewhere(portfolio, row=rows.get(pk=subject.row.pk, portfolio=portfolio))]

    def state(self, subject: AssessmentElsewhere) -> str:
        if subject.row is None:
            return State.NOT_RECORDED
        return State.VOIDED if hasattr(subject.row, "void") else State.RECORDED

    def addressed(self, subject: AssessmentElsewhere) -> None:
        return None

    def write(self, subject: AssessmentElsewhere, state: str) -> None:
        """Nothing: the record's or the void's row is the state."""

    def words(self, subject: AssessmentElsewhere) -> str:
        return str(subject.row) if subject.row else "The assessment"
