"""What one portfolio holds, as plain facts: states and counts, never the contents of anybody's work.

Everything that is said about progress is computed from a `Record` by the pure functions of requirements/ and progress/.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from curriculum.structure import ModuleFacts, Structure
from portfolio.assessed import Attempt, Done, Waiting
from portfolio.dates import Hours, Leave, TrainingTime
from portfolio.diary import AgreedAction, GoalFacts, Meeting, Told, open_actions
from portfolio.outside import Confirmed, Elsewhere, Placed, Result, RoundStands
from portfolio.states import ActivityState

Answer = TypeVar("Answer")
Of = ParamSpec("Of")


@dataclass(frozen=True)
class Feedback:
    """Why an activity came back: a return's feedback or, of one that was `unlocked`, the reason."""

    text: str
    by: str
    at: datetime
    unlocked: bool = False


class ActivityRecord(NamedTuple):
    """One activity of a portfolio that has a row; a number without one is not started.

    `elsewhere` is what keeps it signed elsewhere; `ever_elsewhere` also tells of records that were taken back.
    `unlocked_at` is when it was unlocked, where nothing was decided since.
    `begun_at` and `linked_at` are when a page was linked to it first and last, where reviews are read.
    """

    id: int
    number: int
    state: ActivityState
    label_type: str = ""
    label_title: str = ""
    pages: int = 0
    waiting: Waiting | None = None
    feedback: Feedback | None = None
    signed_at: datetime | None = None
    unlocked_at: datetime | None = None
    elsewhere: Elsewhere | None = None
    ever_elsewhere: bool = False
    begun_at: datetime | None = None
    linked_at: datetime | None = None


@dataclass(frozen=True)
class SignedModule:
    """A standing module sign-off, with the requirements it was made against (domain.md rule 9)."""

    credits: int
    activities: tuple[int, ...]
    cbd: int
    observed: int
    university_result: bool
    by: str = ""
    at: datetime | None = None
    digest: str = ""


@dataclass(frozen=True)
class ModuleRecord:
    """What a portfolio holds of one module. `activities` is by number; `attempts` are the assessments on their way.

    What is no more: `voided` assessments, when a sign-off of the module was voided last (`opened_at`), and records of
    other systems that were `taken_back`, each the number of an activity or a kind, with the day.
    """

    activities: dict[int, ActivityRecord] = field(default_factory=dict)
    confirmed: Confirmed | None = None
    signed: SignedModule | None = None
    done: Done = field(default_factory=Done)
    result: Result | None = None
    attempts: tuple[Attempt, ...] = ()
    satisfactory: tuple[Attempt, ...] = ()
    voided: tuple[Attempt, ...] = ()
    opened_at: datetime | None = None
    taken_back: tuple[tuple[int | str, date], ...] = ()


UNTOUCHED = ModuleRecord()


@dataclass(frozen=True)
class Record:
    """What one portfolio holds. `modules` is by module code; `taken` is the option taken, by block position.

    `taken` counts options from 0 in the order of BlockFacts.options and holds only those the officer confirmed;
    `asked` those that wait for that. `awards` are those that the university has given, with the day, and
    `awards_recorded` has the day on which each was recorded here, `awards_lost` those not passed or taken back;
    `titles` are the trainee's own of rotations, by module id; `feedback` has the newest attempt at each round.
    `taken_on` is the day on which an option was confirmed, `asked_on` the one on which what waits was taken by the
    trainee; `placed` are the placements.
    Hours, leave and meetings are read for the pages that show dates and review points, and for no other; `goals`, and
    what only the chain has `told`, for the page of one review.
    `remembered` is what `once` worked out of it; a changed copy (dataclasses.replace) begins with nothing.
    """

    ref: str
    structure: Structure
    trainee: str = ""
    cohort_year: int = 0
    starts_on: date | None = None
    closed: bool = False
    officer: str | None = None
    modules: dict[str, ModuleRecord] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    asked: dict[int, int] = field(default_factory=dict)
    awards: Mapping[str, date] = field(default_factory=dict)
    awards_recorded: Mapping[str, date] = field(default_factory=dict)
    awards_lost: Mapping[str, Result] = field(default_factory=dict)
    taken_on: Mapping[int, date] = field(default_factory=dict)
    asked_on: Mapping[int, date] = field(default_factory=dict)
    placed: tuple[Placed, ...] = ()
    titles: Mapping[int, str] = field(default_factory=dict)
    feedback: Mapping[str, RoundStands] = field(default_factory=dict)
    hours: tuple[Hours, ...] = ()
    leave: tuple[Leave, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    goals: tuple[GoalFacts, ...] = ()
    told: tuple[Told, ...] = ()
    remembered: dict[str | tuple[str, str], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def module(self, module: ModuleFacts) -> ModuleRecord:
        """What is held of this module; nothing at all when it was never touched."""
        return self.modules.get(module.code, UNTOUCHED)

    @cached_property
    def time(self) -> TrainingTime:
        """How this trainee's training time passes. ValueError for a record without a first day."""
        if self.starts_on is None:
            raise ValueError("This record has no first day of training.")
        return TrainingTime(self.starts_on, self.hours, self.leave)

    @property
    def open_actions(self) -> tuple[tuple[str, AgreedAction], ...]:
        """What was agreed and is not done, the earliest due first, each with the key of its review point."""
        return open_actions(self.meetings)


def once(function: Callable[Concatenate[Record, Of], Answer]) -> Callable[Concatenate[Record, Of], Answer]:
    """For a pure function of a record, or of it and a module, which a page asks again and again: worked out once."""
    name, nothing = function.__name__, object()

    @wraps(function)
    def remembered(record: Record, *of: Of.args, **named: Of.kwargs) -> Answer:
        module: Any = of[0] if of else None
        key = (name, module.code) if of else name
        answer: Any = record.remembered.get(key, nothing)
        if answer is nothing:
            answer = record.remembered[key] = function(record, *of, **named)
        found: Answer = answer
        return found

    return remembered
