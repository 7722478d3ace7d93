"""What is missing: blockers in words, each with where it is mended and by whom (domain.md rules 1, 2, 3, 5 and 8).

A module is ready to sign off exactly when it has none, whoever looks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from django.utils.text import Truncator

from curriculum.structure import BlockFacts, ModuleFacts
from portfolio.assessed import Attempt
from portfolio.record import Record, once
from portfolio.requirements.award import missing_awards
from portfolio.requirements.need import Needs, needs
from portfolio.requirements.options import Standing, option_state, required_modules, standing
from portfolio.requirements.place import Place, place
from portfolio.requirements.slots import Slots, last_open_slot, missing_kinds, slots
from portfolio.requirements.words import WITH_NOBODY, a, day, pages, plural, spans, with_somebody
from portfolio.states import DONE, ActivityState, AssessmentState, ModuleState, ResultState

FEEDBACK_SHOWN = 120  # characters: the rest stands on the activity's page


class BlockerKind(StrEnum):
    """What stands in the way, in the order in which a page lists it: what can be done now first, waiting last."""

    RETURNED = "returned"
    WITH_NOBODY = "with nobody"
    DRAFT = "draft"
    NOT_STARTED = "not started"
    CBD = "CBD"
    OBSERVED = "DOPS or OCE"
    UNIVERSITY_RESULT = "university result"
    ACTIVITIES_UNKNOWN = "activities not recorded yet"
    ASSESSMENTS_UNKNOWN = "assessments not recorded yet"
    OPTION_NOT_TAKEN = "option not taken"
    BOTH_KINDS = "both DOPS and OCE"
    MODULE = "module not signed off"
    AWARD = "award not recorded"
    IN_REVIEW = "in review"

    @property
    def icon(self) -> str:
        """Its shape in the sprite."""
        return ICONS.get(self, "alert")


ICONS = {
    BlockerKind.RETURNED: "returned",
    BlockerKind.DRAFT: "draft",
    BlockerKind.NOT_STARTED: "none",
    BlockerKind.IN_REVIEW: "review",
}
ORDER = list(BlockerKind)


class Who(StrEnum):
    """Who mends it."""

    TRAINEE = "trainee"
    ASSESSOR = "assessor"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class At:
    """Where it is mended, as data: the pages of a portfolio and of a curriculum have their addresses elsewhere."""

    page: Literal[
        "activity",
        "module",
        "requirements",
        "curriculum_module",
        "submission",
        "sign_off",
        "progress",
        "result",
        "option",
        "awards",
        "goal",
        "review_point",
        "assessment",
        "assessment_new",
        "assessments",
        "feedback",
        "feedback_round",
    ]
    module: str = ""
    number: int | None = None
    sid: str | None = None
    gid: str | None = None
    aid: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Mender:
    """A second person who can mend it, and where."""

    who: Who
    at: At


@dataclass(frozen=True)
class Blocker:
    """One thing that is missing. `number` is the activity's, where it is of one; `also` is a second way to mend it."""

    kind: BlockerKind
    words: str
    reason: str
    who: Who
    at: At
    number: int | None = None
    also: Mender | None = None


@once
def blockers(record: Record, module: ModuleFacts) -> tuple[Blocker, ...]:
    """Everything that stands between this module and its sign-off: nothing when it is ready, or signed."""
    return tuple(sorted(_found(record, module), key=lambda blocker: ORDER.index(blocker.kind)))


def is_ready(record: Record, module: ModuleFacts) -> bool:
    """Whether it has no blockers and waits for its sign-off. A list of many modules asks no further than the first.

    A number that is not recorded is one, and what most modules lack: none is put in words to find that out.
    """
    if record.module(module).signed or not needs(record, module).settled:
        return False
    return next(_found(record, module), None) is None


def _found(record: Record, module: ModuleFacts) -> Iterator[Blocker]:
    """One after the other, what costs least to find out first."""
    if record.module(module).signed:
        return
    where = standing(record, module)
    if where is Standing.NOT_TAKEN:
        yield Blocker(
            BlockerKind.OPTION_NOT_TAKEN,
            f"{module.code} is not in the option taken",
            "Another option was taken. What was done here is kept.",
            Who.TRAINEE,
            At("option", module.code),
        )
        return
    wanted = needs(record, module)
    yield from _not_recorded(module, wanted)
    yield from _assessments(record, module, wanted)
    if where is not Standing.REQUIRED:
        yield _option(record, record.structure.block(module), module)
    yield from (_of_activity(module, place(record, module, number)) for number in _missing(record, module, wanted))


def _missing(record: Record, module: ModuleFacts, wanted: Needs) -> Iterator[int]:
    """The required activities that are not done, by number."""
    rows = record.module(module).activities
    for number in wanted.activities or ():
        if number not in rows or rows[number].state not in DONE:
            yield number


def _of_activity(module: ModuleFacts, place: Place) -> Blocker:
    at = At("activity", module.code, place.number)
    if place.state == ActivityState.IN_REVIEW:
        return _in_review(module, place, at)
    if place.state == ActivityState.RETURNED:
        kind, words, reason = BlockerKind.RETURNED, f"Revise {place.name}", returned(place)
    elif place.state == ActivityState.DRAFT and place.pages:
        kind, words, reason = BlockerKind.DRAFT, f"Submit {place.name}", f"Draft, {pages(place.pages)} of evidence."
    elif place.state == ActivityState.DRAFT:
        kind, words, reason = BlockerKind.DRAFT, f"Link evidence to {place.name}", "Draft, no evidence is linked."
    else:
        kind, words, reason = BlockerKind.NOT_STARTED, f"Start {place.name}", "Not started."
    return Blocker(kind, words, reason, Who.TRAINEE, at, place.number)


def _in_review(module: ModuleFacts, place: Place, at: At) -> Blocker:
    """With an assessor; or with nobody, when that person can no longer decide: never stuck, never taken for waiting."""
    waiting = place.waiting
    there = At("submission", module.code, place.number, waiting.sid) if waiting else at
    if waiting and waiting.assessor:
        reason = with_somebody(waiting.assessor, waiting.since)
        return Blocker(BlockerKind.IN_REVIEW, f"Wait for {place.name}", reason, Who.ASSESSOR, there, place.number)
    return Blocker(
        BlockerKind.WITH_NOBODY,
        f"Choose another assessor for {place.name}",
        WITH_NOBODY,
        Who.TRAINEE,
        there,
        place.number,
        also=Mender(Who.OFFICER, there),
    )


def _assessments(record: Record, module: ModuleFacts, wanted: Needs) -> Iterator[Blocker]:
    """The slots that are not satisfactory yet, those that wait each by itself; and the university's result."""
    done = record.module(module).done
    cbd, observed = slots(record, module)
    yield from _slots(module, cbd, BlockerKind.CBD, ("case-based discussion (CBD)", "case-based discussions (CBD)"), "")
    if observed.left:  # what the whole portfolio lacks is asked for only then: it reads every module
        yield from _slots(
            module, observed, BlockerKind.OBSERVED, ("DOPS or OCE", "DOPS or OCE"), last_open_slot(record)
        )
    if wanted.university_result and not done.university_result:
        yield _result(record, module)


def _slots(module: ModuleFacts, of: Slots, kind: BlockerKind, names: tuple[str, str], also: str) -> Iterator[Blocker]:
    """One line for all that the trainee has to do, and one for each that waits for somebody."""
    waiting = [one for one in of.on_their_way if one.state == AssessmentState.WITH_ASSESSOR]
    yield from (_awaited(module, one) for one in waiting)
    number = of.left - len(waiting)
    if not number:
        return
    planned = [one for one in of.on_their_way if one.state == AssessmentState.PLANNED]
    how = "done" if of.told_apart else "satisfactory"
    said = [f"{of.filled} of {of.needed} {how}.", *([f"{len(planned)} planned."] if planned else []), also]
    words = f"Do {number} more {names[number > 1]}"
    yield Blocker(kind, words, " ".join(filter(None, said)), Who.TRAINEE, _next_plan(module, of))


def _next_plan(module: ModuleFacts, of: Slots) -> At:
    """Where the next attempt is planned: from an open slot, or after one that is not yet satisfactory."""
    if of.to_follow:
        return At("assessment", module.code, aid=of.to_follow.aid)
    return At("assessment_new", module.code, kind=plan_kind(of)) if of.may_plan else At("module", module.code)


def plan_kind(of: Slots) -> str:
    """How the address of a new plan names these slots."""
    return of.kinds[0].value if len(of.kinds) == 1 else "observed"


def _awaited(module: ModuleFacts, one: Attempt) -> Blocker:
    """With an assessor; or with nobody, when that person can no longer decide."""
    at = At("assessment", module.code, aid=one.aid)
    if one.waiting and one.waiting.assessor:
        reason = with_somebody(one.waiting.assessor, one.waiting.since)
        return Blocker(BlockerKind.IN_REVIEW, f"Wait for {a(one.kind)}", reason, Who.ASSESSOR, at)
    return Blocker(
        BlockerKind.WITH_NOBODY,
        f"Choose another assessor for {a(one.kind)}",
        WITH_NOBODY,
        Who.TRAINEE,
        at,
        also=Mender(Who.OFFICER, at),
    )


def _not_recorded(module: ModuleFacts, wanted: Needs) -> list[Blocker]:
    """Rule 3: an unknown number blocks, and two people can mend it."""
    words = []
    if not wanted.activities_from.settled:
        words.append((BlockerKind.ACTIVITIES_UNKNOWN, "Activities not recorded yet", "how many activities there are"))
    if not wanted.assessments_known:
        words.append(
            (BlockerKind.ASSESSMENTS_UNKNOWN, "Assessments not recorded yet", "how many assessments there are")
        )
    return [
        Blocker(
            kind,
            title,
            f"The curriculum does not say {what}. The training officer can confirm it for this portfolio, "
            "or an administrator can record it in the curriculum.",
            Who.OFFICER,
            At("requirements", module.code),
            also=Mender(Who.ADMINISTRATOR, At("curriculum_module", module.code)),
        )
        for kind, title, what in words
    ]


def _result(record: Record, module: ModuleFacts) -> Blocker:
    """Not recorded, or recorded and not passed: the officer records it when the university says so."""
    result, reason = record.module(module).result, "The module needs it."
    if result and result.state is ResultState.NOT_PASSED:
        reason = f"Not passed on {day(result.on)}. The module needs a pass."
    return Blocker(
        BlockerKind.UNIVERSITY_RESULT,
        "Record the university's result",
        reason,
        Who.OFFICER,
        At("result", module.code),
    )


def _option(record: Record, block: BlockFacts, module: ModuleFacts) -> Blocker:
    """The trainee chooses, and then the officer confirms."""
    at, asked = At("option", module.code), record.asked.get(block.position)
    if asked is None:
        words, reason = f"Choose an option for {block.title}", "The option is not taken."
        return Blocker(BlockerKind.OPTION_NOT_TAKEN, words, reason, Who.TRAINEE, at)
    words, codes = f"Confirm the option for {block.title}", " and ".join(block.options[asked])
    reason = f"The trainee took {codes}. The training officer confirms it."
    return Blocker(BlockerKind.OPTION_NOT_TAKEN, words, reason, Who.OFFICER, at)


def module_state(record: Record, module: ModuleFacts) -> ModuleState:
    """Where this module stands: signed off is a row, the rest is derived."""
    held = record.module(module)
    if held.signed:
        return ModuleState.SIGNED_OFF
    if is_ready(record, module):
        return ModuleState.READY
    begun = any(row.state != ActivityState.NOT_STARTED for row in held.activities.values())
    done = held.done.cbd or held.done.dops or held.done.oce or held.done.university_result or held.attempts
    return ModuleState.IN_PROGRESS if begun or done else ModuleState.NOT_STARTED


def grouped(found: Iterable[Blocker]) -> tuple[Blocker, ...]:
    """The same for a page, where one line for each of twenty activities not started is too loud: one line for all."""
    found = tuple(found)
    fresh = [blocker for blocker in found if blocker.kind is BlockerKind.NOT_STARTED]
    if len(fresh) < 2:
        return found
    numbers = [blocker.number for blocker in fresh if blocker.number is not None]
    one = Blocker(
        BlockerKind.NOT_STARTED,
        f"Start {len(fresh)} activities: {spans(numbers)}",
        "Not started.",
        Who.TRAINEE,
        At("module", fresh[0].at.module),
    )
    return tuple(one if blocker is fresh[0] else blocker for blocker in found if blocker not in fresh[1:])


def portfolio_blockers(record: Record) -> tuple[Blocker, ...]:
    """What stands between this portfolio and completion: what it lacks as a whole, every module, the awards last."""
    modules = (module for module in required_modules(record) if not record.module(module).signed)
    found = (*whole_blockers(record), *(_unsigned(record, module) for module in modules))
    return tuple(sorted(found, key=lambda blocker: blocker.kind is BlockerKind.AWARD))


def whole_blockers(record: Record) -> tuple[Blocker, ...]:
    """What this portfolio lacks beside its modules: both kinds of assessment, every choice, every award."""
    lacking = missing_kinds(record)
    found = []
    if lacking:
        found.append(
            Blocker(
                BlockerKind.BOTH_KINDS,
                f"Do at least {' and '.join(f'one {kind}' for kind in lacking)}",
                "The whole portfolio must hold both DOPS and OCE.",
                Who.TRAINEE,
                At("assessments"),
            )
        )
    found += [_choose(record, block) for block in record.structure.blocks if _untaken(record, block)]
    return (*found, *map(_award, missing_awards(record)))


def _award(name: str) -> Blocker:
    """What the university gives for the whole: the officer records it."""
    reason = "The university's result is not recorded."
    return Blocker(BlockerKind.AWARD, f"Record {name}", reason, Who.OFFICER, At("awards"))


def _untaken(record: Record, block: BlockFacts) -> bool:
    option = option_state(record, block)
    return option is not None and option.taken is None


def _choose(record: Record, block: BlockFacts) -> Blocker:
    return _option(record, block, record.structure.module(block.options[0][0]))


def _unsigned(record: Record, module: ModuleFacts) -> Blocker:
    missing = len(blockers(record, module))
    if not missing:
        words, at = f"Sign off {module.code}", At("sign_off", module.code)
        return Blocker(BlockerKind.MODULE, words, "Ready to sign off.", Who.OFFICER, at)
    reason = f"{missing} {plural(missing, 'thing')} missing."
    return Blocker(BlockerKind.MODULE, f"Complete {module.code}", reason, Who.TRAINEE, At("module", module.code))


def returned(place: Place) -> str:
    """Who returned it, when, and the beginning of what they said."""
    told = place.feedback
    if told is None:
        return "Returned."
    return f"Returned by {told.by} on {day(told.at)}: {quoted(told.text)}"


def quoted(feedback: str) -> str:
    """The beginning of what was said, on one line."""
    return f"“{Truncator(' '.join(feedback.split())).chars(FEEDBACK_SHOWN)}”"
