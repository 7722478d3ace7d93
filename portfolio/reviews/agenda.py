"""The agenda of a review meeting: what changed since the last one, and what is open now.

Changed is what became known: what is recorded here after a review is news for the next, whatever day it carries.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from portfolio.assessed import Attempt
from portfolio.dates import FULL, Hours, Leave
from portfolio.diary import Told, agreed_actions
from portfolio.outside import Elsewhere, Placed, Result
from portfolio.record import ActivityRecord, Record
from portfolio.requirements.words import day, plural, spans
from portfolio.reviews.points import Point
from portfolio.states import ActivityState, AssessmentState, FeedbackState, GoalOutcome, GoalState, ResultState

REPORTS = {
    FeedbackState.OPEN: "People are asked and can answer.",
    FeedbackState.TOO_FEW: "Closed with too few answers.",
    FeedbackState.WITH_OFFICER: "Closed: the report is to be talked about.",
    FeedbackState.RELEASED: "The report was talked about.",
}


# What reviews of goals say: a shape, a word, and the outcomes that it is said of.
REVIEWED: tuple[tuple[str, str, frozenset[GoalOutcome]], ...] = (
    ("review", "reviewed", frozenset({GoalOutcome.GOING_WELL, GoalOutcome.CHANGED})),
    ("done", "achieved", frozenset({GoalOutcome.ACHIEVED})),
    ("stop", "given up", frozenset({GoalOutcome.GIVEN_UP})),
    ("draft", "opened again", frozenset({GoalOutcome.REOPENED})),
)
# What becomes of a placement that stands, by its steps: of what the last word counts, and how it is said.
MOVED = {
    "end placement": ("its end", "ends earlier now"),
    "extend placement": ("its end", "goes on longer now"),
    "close placement": ("its reflection", "its closing reflection written"),
}
MOST_NAMED = 10  # goals in one matter
TAKEN_BACK = ResultState.TAKEN_BACK
EVER = date.min  # before the first review everything is news, also what was recorded before the training began


@dataclass(frozen=True)
class Matter:
    """One line of the agenda. `shape` names a shape of the sprite."""

    shape: str
    words: str
    note: str = ""


def last_meeting(record: Record, point: Point) -> date | None:
    """The day that the review before this one holds; None where there was none yet.

    That is the day of its first signature: what was done before the second is news for the next. Of a point that was
    held and is recorded again it is the one before its first record, not that record.
    """
    held = [(one.frozen_on, one.point) for one in record.meetings if one.frozen_on]
    first = min((on for on, key in held if key == point.key), default=None)
    return max((on for on, key in held if key != point.key and (first is None or on <= first)), default=None)


def agenda(record: Record, point: Point, *, today: date) -> tuple[Matter, ...]:
    """What changed since the review before this one, else all that there is; then what is open now."""
    since = last_meeting(record, point) or EVER
    return (
        *_signed(record, since),
        *_elsewhere(record, since),
        *_assessed(record, since),
        *_university(record, since),
        *_choices(record, since),
        *_feedback(record, since),
        *_goals(record, since),
        *_agreed(record, since),
        *_time(record, since, today),
        *(_gone(record, since) if since != EVER else ()),
        *_open(record, today),
    )


def _signed(record: Record, since: date) -> Iterator[Matter]:
    """Activities and modules that were signed off here."""
    signed = _by_module(record, lambda row: _is_since(row.signed_at, since))
    if number := sum(map(len, signed.values())):
        yield Matter("done", f"{number} {_activities(number)} signed off{_since(since)}", _named(signed))
    for module in record.structure.modules:
        made = record.module(module).signed
        if made and made.at and _is_since(made.at, since):
            yield Matter("module", f"{module.code} signed off", f"By {made.by} on {day(made.at)}.")


def _elsewhere(record: Record, since: date) -> Iterator[Matter]:
    """What other systems signed, by the days on which it was recorded here: never a decision made here."""
    signed = _by_module(record, lambda row: bool(row.elsewhere and _known(row.elsewhere) >= since))
    if number := sum(map(len, signed.values())):
        words = f"{number} {_activities(number)} signed elsewhere{_since(since, ', recorded')}"
        yield Matter("elsewhere", words, _named(signed))
    found = {
        module.code: [kind for kind, recorded in record.module(module).done.recorded if recorded >= since]
        for module in record.structure.modules
    }
    if number := sum(map(len, found.values())):
        words = f"{number} {plural(number, 'assessment')} signed elsewhere{_since(since, ', recorded')}"
        yield Matter("elsewhere", words, _kinds(found))


def _since(since: date, how: str = "") -> str:
    """In words, where a review was before."""
    return "" if since == EVER else f"{how} since {day(since)}"


def _known(said: Elsewhere | Result) -> date:
    """The day on which it was recorded here; of a record that was not read from rows, the day that it carries."""
    return said.recorded or said.on


def _dated(on: date, recorded: date | None) -> str:
    """5 January 2026, recorded on 12 January 2026"""
    return day(on) if recorded in (None, on) else f"{day(on)}, recorded on {day(recorded)}"


def _assessed(record: Record, since: date) -> Iterator[Matter]:
    """What assessors decided: satisfactory, and not yet satisfactory where no further attempt has followed."""
    for state, shape in ((AssessmentState.SATISFACTORY, "done"), (AssessmentState.NOT_YET, "returned")):
        found = {
            module.code: [one.kind.value for one in _decided(record, module.code) if _counts(one, state, since)]
            for module in record.structure.modules
        }
        if number := sum(map(len, found.values())):
            words = f"{number} {plural(number, 'assessment')} {str(state.label).lower()}{_since(since)}"
            yield Matter(shape, words, _kinds(found))


def _decided(record: Record, code: str) -> tuple[Attempt, ...]:
    held = record.module(record.structure.module(code))
    return (*held.satisfactory, *held.attempts)


def _counts(one: Attempt, state: AssessmentState, since: date) -> bool:
    return one.state is state and _is_since(one.at, since)


def _university(record: Record, since: date) -> Iterator[Matter]:
    """Results of modules, and awards."""
    for module in record.structure.modules:
        result = record.module(module).result
        if result and _known(result) >= since and result.state is not TAKEN_BACK:
            shape = "done" if result.passed else "returned"
            words = f"The university’s result of {module.code}: {str(result.state.label).lower()}"
            yield Matter(shape, words, f"On {_dated(result.on, result.recorded)}.")
    for name, on in record.awards.items():
        recorded = record.awards_recorded.get(name, on)
        if recorded >= since:
            yield Matter("done", f"{name} recorded", f"Passed on {_dated(on, recorded)}.")
    for name, result in record.awards_lost.items():
        if _known(result) >= since and result.state is not TAKEN_BACK:
            yield Matter(
                "returned", f"{name}: {str(result.state.label).lower()}", f"On {_dated(result.on, result.recorded)}."
            )


def _choices(record: Record, since: date) -> Iterator[Matter]:
    """Options confirmed, and those that wait for that."""
    for block in record.structure.blocks:
        on, asked = record.taken_on.get(block.position), record.asked.get(block.position)
        if on and on >= since and (at := record.taken.get(block.position)) is not None:
            words = f"The option {' and '.join(block.options[at])} taken for {block.title}"
            yield Matter("done", words, f"Confirmed on {day(on)}.")
        if asked is not None:
            words = f"The option {' and '.join(block.options[asked])} for {block.title}"
            yield Matter(
                "person", words, f"Taken by the trainee on {day(record.asked_on[block.position])}, not confirmed yet."
            )


def _feedback(record: Record, since: date) -> Iterator[Matter]:
    for name, stands in record.feedback.items():
        if stands.since and stands.since >= since:
            words = f"{name[:1].upper()}{name[1:]} feedback: {str(stands.state.label).lower()}"
            yield Matter("person", words, f"{REPORTS.get(stands.state, '')} Since {day(stands.since)}.".strip())


def _goals(record: Record, since: date) -> Iterator[Matter]:
    """Goals that were set, and what their reviews said of them; one that was opened again is open below."""
    made = [one.title for one in record.goals if one.set_on >= since]
    yield from _of_goals("progress", made, "set", since)
    for shape, how, outcomes in REVIEWED:
        found = [one.title for one in record.goals if any(said in outcomes and on >= since for said, on in one.reviews)]
        yield from _of_goals(shape, found, how, since)


def _agreed(record: Record, since: date) -> Iterator[Matter]:
    """What was agreed in earlier reviews and is done; and what the officer confirmed that modules ask for."""
    done = [one for _, one in agreed_actions(record.meetings) if one.done_on and one.done_on >= since]
    if done:
        yield Matter("done", f"{len(done)} agreed {plural(len(done), 'action')} done{_since(since)}")
    confirmed = {one.module: one.on for one in record.told if one.step == "confirm requirements"}
    for code, on in confirmed.items():
        if on >= since:
            yield Matter("info", f"The requirements of {code} confirmed", f"On {day(on)}.")


def _of_goals(shape: str, titles: list[str], how: str, since: date) -> Iterator[Matter]:
    if titles:
        number = len(titles)
        words = f"{number} {plural(number, 'goal')} {how}{_since(since)}"
        yield Matter(shape, words, _quoted(titles))


def _quoted(titles: list[str]) -> str:
    """The first of them by name: an agenda is for a meeting."""
    rest = [f"and {len(titles) - MOST_NAMED} more"] if len(titles) > MOST_NAMED else []
    return "; ".join([*(f"“{title}”" for title in titles[:MOST_NAMED]), *rest]) + "."


def _time(record: Record, since: date, today: date) -> Iterator[Matter]:
    """Placements that began, leave that began or ended, and working time that changed: since, or it was said since."""

    def news(one: Placed | Leave | Hours, last: date | None) -> bool:
        """Whether it has begun, and its `last` day or the day on which it was recorded is not before that review."""
        until = max(last or date.max, one.recorded or date.min)
        return one.starts_on <= today and until >= since

    for one in record.placed:
        if news(one, one.starts_on):
            yield Matter("calendar", f"Placement: {one.title}", f"From {day(one.starts_on)}.")
    titles = {one.pid: one.title for one in record.placed}
    moves = {(one.placement, MOVED[one.step][0]): one for one in record.told if one.step in MOVED}
    for (pid, _), last in moves.items():
        if pid in titles and last.on >= since:
            yield Matter("calendar", f"Placement: {titles[pid]}, {MOVED[last.step][1]}", f"On {day(last.on)}.")
    for leave in record.leave:
        if news(leave, leave.ends_on):
            until = f"to {day(leave.ends_on)}" if leave.ends_on else "without an end yet"
            yield Matter("calendar", "Leave", f"{day(leave.starts_on)} {until}.")
    for hours in record.hours:
        if news(hours, hours.starts_on):
            share = f"{hours.hundredths / FULL:g}"
            yield Matter("calendar", f"Working time: {share} of full time", f"From {day(hours.starts_on)}.")


def _gone(record: Record, since: date) -> Iterator[Matter]:
    """What was unlocked, voided or taken back since. Before the first review nobody had met over what is no more."""
    unlocked = _by_module(record, lambda row: _is_since(row.unlocked_at, since))
    if number := sum(map(len, unlocked.values())):
        yield Matter("unlock", f"{number} {_activities(number)} unlocked{_since(since)}", _named(unlocked))
    held = {module.code: record.module(module) for module in record.structure.modules}
    for code, of in held.items():
        if of.opened_at and _is_since(of.opened_at, since):
            yield Matter("unlock", f"The sign-off of {code} voided", f"On {day(timezone.localdate(of.opened_at))}.")
    voided = {code: [one.kind.value for one in of.voided if _is_since(one.at, since)] for code, of in held.items()}
    if number := sum(map(len, voided.values())):
        yield Matter("unlock", f"{number} {plural(number, 'assessment')} voided{_since(since)}", _kinds(voided))
    back = {code: [which for which, on in of.taken_back if on >= since] for code, of in held.items()}
    if number := sum(map(len, back.values())):
        words = f"{number} {plural(number, 'record')} of another system taken back{_since(since)}"
        yield Matter("unlock", words, _both(back))
    results = [(f"The university’s result of {code}", of.result) for code, of in held.items()]
    for what, result in (*results, *record.awards_lost.items()):
        if result and result.state is TAKEN_BACK and _known(result) >= since:
            yield Matter("unlock", f"{what}: taken back", f"On {day(_known(result))}.")
    for one in record.told:
        if one.on >= since and (what := _removed(one)):
            yield Matter("unlock", what, f"On {day(one.on)}.")


def _removed(one: Told) -> str:
    """What was taken out: of leave when it was, and never why. A placement that is removed was planned and no more."""
    if one.step == "remove placement":
        return "A planned placement removed"
    if one.step != "remove training time":
        return ""
    what = "Working time" if one.hours else "Leave"
    first, last = f" from {day(one.first)}" if one.first else "", f" to {day(one.last)}" if one.last else ""
    return f"{what}{first}{last} removed"


def _open(record: Record, today: date) -> Iterator[Matter]:
    """Whatever happened when: what is to be done now."""
    back = _by_module(record, lambda row: row.state is ActivityState.RETURNED)
    if number := sum(map(len, back.values())):
        yield Matter("returned", f"{number} returned {plural(number, 'item')} to revise", _named(back))
    waiting = _by_module(record, lambda row: row.state is ActivityState.IN_REVIEW)
    if number := sum(map(len, waiting.values())):
        yield Matter("review", f"{number} {plural(number, 'item')} in review", _named(waiting))
    asked = {
        module.code: [
            one.kind.value for one in record.module(module).attempts if one.state is AssessmentState.WITH_ASSESSOR
        ]
        for module in record.structure.modules
    }
    if number := sum(map(len, asked.values())):
        yield Matter("review", f"{number} {plural(number, 'assessment')} with an assessor", _kinds(asked))
    goals = [one for one in record.goals if one.state is GoalState.OPEN]
    if goals:
        past = sum(one.target_on < today for one in goals)
        overdue = f" {past} past {'its' if past == 1 else 'their'} target date." if past else ""
        yield Matter(
            "progress",
            f"{len(goals)} open {plural(len(goals), 'goal')}",
            _quoted([one.title for one in goals]) + overdue,
        )
    actions = record.open_actions
    if actions:
        late = sum(action.by_when < today for _, action in actions)
        note = f"{late} past the agreed day." if late else f"The next is due on {day(actions[0][1].by_when)}."
        yield Matter("calendar", f"{len(actions)} open {plural(len(actions), 'action')}", note)


def _is_since(moment: datetime | None, since: date) -> bool:
    return moment is not None and timezone.localdate(moment) >= since


def _by_module(record: Record, wanted: Callable[[ActivityRecord], bool]) -> dict[str, list[int]]:
    """The numbers of the activities that are wanted, by module code, in programme order."""
    rows = {
        module.code: [number for number, row in sorted(record.module(module).activities.items()) if wanted(row)]
        for module in record.structure.modules
    }
    return {code: numbers for code, numbers in rows.items() if numbers}


def _named(rows: dict[str, list[int]]) -> str:
    """S-C1 4 and 7; S-C2 1 to 3."""
    return "; ".join(f"{code} {spans(numbers)}" for code, numbers in rows.items()) + "."


def _kinds(found: Mapping[str, Iterable[str]]) -> str:
    """S-C1 2 CBD and 1 DOPS; S-C2 1 OCE."""
    counted = {code: Counter(kinds) for code, kinds in found.items()}
    said = {code: " and ".join(f"{number} {kind}" for kind, number in kinds.items()) for code, kinds in counted.items()}
    return "; ".join(f"{code} {words}" for code, words in said.items() if words) + "."


def _both(found: Mapping[str, list[int | str]]) -> str:
    """S-C1 4 and 7. S-C2 1 OCE."""
    numbers = {code: sorted({one for one in which if isinstance(one, int)}) for code, which in found.items()}
    kinds = {code: [one for one in which if isinstance(one, str)] for code, which in found.items()}
    activities = {code: those for code, those in numbers.items() if those}
    words = [_named(activities)] if activities else []
    if any(kinds.values()):
        words.append(_kinds(kinds))
    return " ".join(words)


def _activities(number: int) -> str:
    return "activity" if number == 1 else "activities"
