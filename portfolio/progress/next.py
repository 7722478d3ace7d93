"""Whose turn it is: what the trainee can do next, and what waits for others."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from django.utils import timezone

from curriculum.structure import BlockFacts
from portfolio.assessed import Attempt, Waiting
from portfolio.diary import AgreedAction
from portfolio.progress.module import ModuleProgress, module_progress
from portfolio.progress.words import ago, days, phase_words
from portfolio.record import Record
from portfolio.requirements import (
    At,
    Blocker,
    BlockerKind,
    Place,
    Standing,
    Who,
    all_signed_off,
    missing_awards,
    place,
    places,
    slots,
    whole_blockers,
)
from portfolio.requirements.blocker import quoted
from portfolio.requirements.words import WITH_NOBODY, day, pages, plural, with_officer, with_somebody
from portfolio.states import ActivityState, AssessmentState, ModuleState, Side

SUGGESTIONS = 3  # how many activities to start are named at a time
REVISE, CHOOSE, SUBMIT, BLOCKING, START = "Revise", "Choose assessor", "Submit", "Blocking", "Start"
OPTION = "Choose option"
AGREED = "Agreed"
AGAIN, ASK = "Plan again", "Ask an assessor"
RECORD, MEETING, FEEDBACK = "To record", "Meeting", "Feedback"


@dataclass(frozen=True)
class Step:
    """One row of "Next". `icon` names a shape of the sprite, `tag` is the short word at the right.

    `since` is the day from which it waits, where there is one, and `who` whom it is with; `late` says that its due date
    is past.
    """

    icon: str
    words: str
    at: At
    why: str
    tag: str
    since: date | None = None
    late: bool = False
    who: str = ""

    @property
    def short(self) -> str:
        """What it is about, without its wording: S-C1 4."""
        return f"{self.at.module} {self.at.number}" if self.at.number else self.words


@dataclass(frozen=True)
class _Spot:
    """A place of a module."""

    module: ModuleProgress
    place: Place

    @property
    def words(self) -> str:
        return f"{self.module.module.code} {self.place.number} {self.place.title}".rstrip()

    @property
    def at(self) -> At:
        return At("activity", self.module.module.code, self.place.number)

    @property
    def submission(self) -> At:
        waiting = self.place.waiting
        return At("submission", self.at.module, self.at.number, waiting.sid) if waiting else self.at

    @property
    def since(self) -> date | None:
        """The day, in London, from which it is with an assessor, or is back."""
        told = self.place.feedback.at if self.place.feedback else None
        moment = self.place.waiting.since if self.place.waiting else told
        return timezone.localdate(moment) if moment else None

    @property
    def worth_doing(self) -> bool:
        """Required, or required once the total is known. What counts nothing, or stands, is nobody's next step."""
        if self.module.signed_off or self.module.standing is Standing.NOT_TAKEN:
            return False
        return self.place.required or not self.module.needs.total_known

    @property
    def to_start(self) -> bool:
        """Nothing is there to submit: not started, or a draft that has lost its evidence."""
        empty = self.place.state == ActivityState.DRAFT and not self.place.pages
        return self.place.required and (empty or self.place.state == ActivityState.NOT_STARTED)


def do_next(record: Record, *, today: date, also: Iterable[Step] = ()) -> tuple[Step, ...]:
    """What is with the trainee: returned, with nobody, drafts, modules that lack all but activities, new activities.

    `also` are steps that no record holds, such as the actions of a goal; new activities come after them.
    """
    if record.closed:
        return ()
    modules = _modules(record)
    spots = _spots(record, modules)
    mine = [spot for spot in spots if spot.worth_doing]
    drafts = [spot for spot in mine if spot.place.state == ActivityState.DRAFT and spot.place.pages]
    return (
        *(_revise(spot, today) for spot in _oldest_first(mine, ActivityState.RETURNED)),
        *(_choose(spot) for spot in _oldest_first(spots, ActivityState.IN_REVIEW) if spot.place.assessor is None),
        *(_choose_for(one) for one in _attempts(modules, AssessmentState.WITH_ASSESSOR) if not one.assessor),
        *(_plan_again(one) for one in _attempts(modules, AssessmentState.NOT_YET) if one.counts),
        *(_agreed(record, *found, today) for found in record.open_actions if found[1].side is Side.TRAINEE),
        *(_submit(spot) for spot in drafts),
        *(_ask_for(one) for one in _attempts(modules, AssessmentState.PLANNED) if one.counts),
        *(_short_of_sign_off(one) for one in modules if _activities_are_done(one)),
        *(_option(one) for one in whole_blockers(record) if _is_to_choose(one)),
        *also,
        *(_start(spot) for spot in _suggested(mine)),
    )


def with_others(record: Record, *, today: date, also: Iterable[Step] = ()) -> tuple[Step, ...]:
    """What waits for somebody else: items in review, the longest waiting first, and modules ready for the officer.

    Also items of what counts nothing: somebody was asked to decide them. Awards wait once every module is signed off;
    `also` are meetings of reviews, and rounds of feedback that people answer.
    """
    modules = _modules(record)
    return (
        *(wait.step for wait in waits(record, today=today)),
        *(_confirm(record, block) for block in record.structure.blocks if block.position in record.asked),
        *(_ready(record, one) for one in modules if one.state == ModuleState.READY),
        *(_agreed(record, *found, today) for found in record.open_actions if found[1].side is Side.OFFICER),
        *also,
        *(_given(record, name) for name in awards_to_record(record)),
    )


@dataclass(frozen=True)
class Wait:
    """Something that an assessor was asked to decide, and has not; `late`: its due date is past.

    Put in words only where somebody reads it: a list of many trainees counts these, and tells of one each.
    """

    asked: datetime
    late: bool
    words: Callable[[], Step] = field(repr=False, compare=False)

    @property
    def since(self) -> date:
        """The day, in London."""
        return timezone.localdate(self.asked)

    @property
    def step(self) -> Step:
        return self.words()


def waits(record: Record, *, today: date) -> tuple[Wait, ...]:
    """What waits for an assessor, the longest waiting first."""
    modules = _modules(record)
    found = [*_in_review(modules, today), *_with_assessors(modules, today)]
    return tuple(sorted(found, key=lambda wait: wait.asked))


def awards_to_record(record: Record) -> tuple[str, ...]:
    """The awards that alone are missing of what is recorded: whose turn it is before, is not the university's."""
    return missing_awards(record) if all_signed_off(record) else ()


def _modules(record: Record) -> list[ModuleProgress]:
    return [module_progress(record, module) for module in record.structure.modules]


def _spots(record: Record, modules: Iterable[ModuleProgress]) -> list[_Spot]:
    return [_Spot(one, place) for one in modules for place in places(record, one.module)]


def _in_review(modules: Iterable[ModuleProgress], today: date) -> Iterator[Wait]:
    for one in modules:
        for number, row in sorted(one.record.module(one.module).activities.items()):
            if row.state is ActivityState.IN_REVIEW and row.waiting and row.waiting.assessor is not None:
                yield Wait(row.waiting.since, row.waiting.late(today), partial(_activity_in_words, one, number, today))


def _with_assessors(modules: Iterable[ModuleProgress], today: date) -> Iterator[Wait]:
    for one in _attempts(modules, AssessmentState.WITH_ASSESSOR):
        waiting = one.attempt.waiting
        if waiting and one.assessor:
            yield Wait(waiting.since, waiting.late(today), partial(_attempt_in_words, one, today))


def _oldest_first(spots: Iterable[_Spot], state: ActivityState) -> list[_Spot]:
    """What has no date comes first, so that it cannot be overlooked."""
    return sorted((spot for spot in spots if spot.place.state == state), key=lambda spot: spot.since or date.min)


def _revise(spot: _Spot, today: date) -> Step:
    told = spot.place.feedback
    back = f"Came back {ago(spot.since, today)}" if spot.since else "Came back"
    why = f"{back}. {told.by}: {quoted(told.text)}" if told else back
    return Step("returned", spot.words, spot.at, why, REVISE, spot.since)


def _choose(spot: _Spot) -> Step:
    return Step("alert", spot.words, spot.submission, WITH_NOBODY, CHOOSE, spot.since)


def _submit(spot: _Spot) -> Step:
    return Step("draft", spot.words, spot.at, f"Draft, {pages(spot.place.pages)} of evidence", SUBMIT)


@dataclass(frozen=True)
class _Attempt:
    """An assessment on its way, and its module."""

    module: ModuleProgress
    attempt: Attempt

    @property
    def words(self) -> str:
        return f"{self.module.module.code} {self.attempt.kind}"

    @property
    def at(self) -> At:
        return At("assessment", self.module.module.code, aid=self.attempt.aid)

    @property
    def assessor(self) -> str | None:
        return self.attempt.waiting.assessor if self.attempt.waiting else None

    @property
    def counts(self) -> bool:
        """What stands, or is in no option taken, is nobody's next step; nor is what no slot is left for."""
        if self.module.signed_off or self.module.standing is Standing.NOT_TAKEN:
            return False
        sort = next(sort for sort in slots(self.module.record, self.module.module) if self.attempt.kind in sort.kinds)
        return sort.needed is None or self.attempt in sort.on_their_way


def _attempts(modules: Iterable[ModuleProgress], state: AssessmentState) -> list[_Attempt]:
    """In the order of the programme."""
    return [
        _Attempt(one, attempt)
        for one in modules
        for attempt in one.record.module(one.module).attempts
        if attempt.state == state
    ]


def _choose_for(one: _Attempt) -> Step:
    return Step("alert", one.words, one.at, WITH_NOBODY, CHOOSE)


def _plan_again(one: _Attempt) -> Step:
    return Step("returned", one.words, one.at, "Not yet satisfactory. A new attempt is a record of its own.", AGAIN)


def _ask_for(one: _Attempt) -> Step:
    """Led to by the module's page: the plan itself is its trainee's alone."""
    at = At("module", one.module.module.code)
    return Step("draft", one.words, at, "Planned. No assessor is asked yet.", ASK)


def _attempt_in_words(one: _Attempt, today: date) -> Step:
    waiting = one.attempt.waiting
    assert waiting is not None  # only what is with somebody is awaited
    return _in_words(one.words, one.at, waiting, timezone.localdate(waiting.since), today)


def _activities_are_done(one: ModuleProgress) -> bool:
    """Every activity is signed off and the module is not ready: nobody should hear of that only at the end."""
    done = one.activities.done
    return 0 < done == len(one.needs.activities or ()) and bool(one.blockers)


def _short_of_sign_off(one: ModuleProgress) -> Step:
    number = len(one.blockers)
    words = f"{one.module.code} is {number} {plural(number, 'thing')} short of sign-off"
    how = "done" if one.activities.signed_elsewhere else "signed off"
    why = f"Every activity is {how}. Missing: " + "; ".join(blocker.words for blocker in one.blockers)
    return Step("alert", words, At("module", one.module.code), why, BLOCKING)


def _is_to_choose(blocker: Blocker) -> bool:
    """An option that the trainee has not taken: one that waits to be confirmed is with the officer."""
    return blocker.kind is BlockerKind.OPTION_NOT_TAKEN and blocker.who is Who.TRAINEE


def _option(blocker: Blocker) -> Step:
    why = "The option is not taken: work on any of them counts once it is."
    return Step("alert", blocker.words, blocker.at, why, OPTION)


def _confirm(record: Record, block: BlockFacts) -> Step:
    """Also a change of the option: until it is confirmed the one before counts."""
    codes = block.options[record.asked[block.position]]
    words = f"Confirm the option {' and '.join(codes)} for {block.title}"
    return Step("person", words, At("option", codes[0]), with_officer(record.officer), "To confirm")


def _suggested(spots: Iterable[_Spot]) -> list[_Spot]:
    """The first activity to start of each module that is open now, a module in progress before one not begun.

    Open now are the modules that run throughout, and those of the earliest phase with anything to start.
    """
    first: dict[str, _Spot] = {}
    for spot in spots:
        if spot.to_start and spot.module.standing is Standing.REQUIRED:
            first.setdefault(spot.at.module, spot)
    now = min((spot.module.module.phase for spot in first.values() if spot.module.module.phase), default=None)
    current = [spot for spot in first.values() if spot.module.module.phase in (None, now)]
    return sorted(current, key=lambda spot: spot.module.state == ModuleState.NOT_STARTED)[:SUGGESTIONS]


def _start(spot: _Spot) -> Step:
    why = f"{phase_words(spot.module.module.phase)}: {spot.module.words}"
    return Step("none", spot.words, spot.at, why, START)


def _activity_in_words(one: ModuleProgress, number: int, today: date) -> Step:
    spot = _Spot(one, place(one.record, one.module, number))
    return _in_words(spot.words, spot.submission, spot.place.waiting, spot.since or today, today)


def _in_words(words: str, at: At, waiting: Waiting | None, since: date, today: date) -> Step:
    who = waiting.assessor if waiting else None
    late = waiting is not None and waiting.late(today)
    tag = f"Waiting {days((today - since).days)}" if since < today else "Since today"
    why = with_somebody(who or "", since) if since < today else f"With {who}."
    due = f" Due on {day(waiting.due_on)}." if waiting and late else ""
    return Step("review", words, at, why + due, tag, since, late, who or "")


def _ready(record: Record, one: ModuleProgress) -> Step:
    words, at = f"{one.module.code} is ready to sign off", At("module", one.module.code)
    return Step("ready", words, at, with_officer(record.officer), "Ready")


def _given(record: Record, name: str) -> Step:
    """An award: the officer records it when the university gives it."""
    why = f"By {record.officer}, the training officer" if record.officer else "By the training officer"
    return Step("person", name, At("awards"), f"{why}, when the university gives it.", RECORD)


def _agreed(record: Record, point: str, action: AgreedAction, today: date) -> Step:
    """What was agreed in a review and is not done."""
    points = (record.structure.rules or {}).get("review_points", [])
    keys = [said.get("key") or said["name"] for said in points]
    known = keys.index(point) if point in keys else None
    at = At("progress") if known is None else At("review_point", number=known + 1)
    name = point if known is None else points[known]["name"]
    late = action.by_when < today
    who = "" if action.side is Side.TRAINEE else "By the training officer. "
    why = f"{who}Agreed in “{name}”, due on {day(action.by_when)}."
    return Step("calendar", action.what, at, why, AGREED, late=late)
