"""Whether a condition of a review point holds: met, not met, or cannot be known yet (domain.md rule 10).

100 per cent means signed off; of everything it needs both kinds of observed assessment as well (rule 5). A lower
percentage is of items: not met when even the known base fails it, met when it passes and nothing in the base is
unknown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portfolio.diary import Meeting
from portfolio.progress import ModuleProgress, Progress
from portfolio.progress.count import Count, total
from portfolio.progress.module import ITEM
from portfolio.record import Record
from portfolio.requirements import BlockerKind, Standing, whole_blockers
from portfolio.requirements.words import day, plural
from portfolio.reviews.floors import Condition, share, together
from portfolio.states import Met


@dataclass(frozen=True)
class Branch:
    """One way in which an either/or can hold. `to_go`: the fewest more items with which it would; 0 if it never can."""

    title: str
    met: Met
    lines: tuple["Line", ...]
    to_go: int


@dataclass(frozen=True)
class Line:
    """One condition: what it asks, and where it stands, with numbers. An either/or has its branches."""

    met: Met
    title: str
    note: str
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What conditions are held against: how far the portfolio is, and the newest record of the point's meeting.

    `opens` is the day from which the rules mean the review to be held, where they say one and leave does not hide it.
    """

    record: Record
    whole: Progress
    meeting: Meeting | None
    held: bool
    opens: date | None = None


def conditions(seen: Seen, asked: Iterable[Condition]) -> tuple[Line, ...]:
    """A line for each."""
    return tuple(_line(seen, condition) for condition in asked)


def all_of(lines: Iterable[Line]) -> Met:
    """Not met as soon as one is not; else not known as soon as one is not known."""
    found = {line.met for line in lines}
    return Met.NOT_MET if Met.NOT_MET in found else Met.UNKNOWN if Met.UNKNOWN in found else Met.MET


def any_of(branches: Iterable[Branch]) -> Met:
    """Met as soon as one is; else not known as soon as one is not known."""
    found = {branch.met for branch in branches}
    return Met.MET if Met.MET in found else Met.UNKNOWN if Met.UNKNOWN in found else Met.NOT_MET


def _line(seen: Seen, condition: Condition) -> Line:
    match dict(condition):
        case {"meeting": True}:
            return _meeting(seen)
        case {"award": name}:
            return _award(seen.record, name)
        case {"any_of": branches}:
            return _either(seen, branches)
        case {"overall": 100}:
            return _everything(seen)
        case {"overall": percent}:
            return _items(f"{percent}% of all required items", seen.whole.counted, percent)
        case {"phase": phase, "percent": percent}:
            modules = [one for one in seen.whole.counted if one.module.phase == phase]
            if percent == 100:
                return _signed(f"Every module of phase {phase} signed off", modules)
            return _items(f"{percent}% of the items of phase {phase}", modules, percent)
        case {"module": code, "percent": percent}:
            return _module(seen.whole, code, percent)
    raise ValueError(f"No condition that is known: {condition!r}")


def _meeting(seen: Seen) -> Line:
    """A meeting before its review opens counts, and wherever the condition stands it says so (0008)."""
    title, meeting = "Meeting held, and signed by both", seen.meeting
    if meeting is None:
        return Line(Met.NOT_MET, title, "Not planned yet.")
    early = seen.opens if seen.opens and meeting.planned_on < seen.opens else None
    before = f", before the review opens on {day(early)}" if early else ""
    on = day(meeting.planned_on)
    if seen.held and meeting.held_on:
        met_on = f" The meeting was on {on}{before}." if early else ""
        return Line(Met.MET, title, f"Signed by both on {day(meeting.held_on)}.{met_on}")
    if meeting.signed:
        return Line(Met.NOT_MET, title, f"Signed by one of two, for the meeting on {on}{before}.")
    return Line(Met.NOT_MET, title, f"Planned for {on}{before}.")


def _award(record: Record, name: str) -> Line:
    on = record.awards.get(name)
    return Line(Met.MET, name, f"Recorded on {day(on)}.") if on else Line(Met.NOT_MET, name, "Not recorded yet.")


def _either(seen: Seen, asked: list[list[Condition]]) -> Line:
    branches = []
    for number, inside in enumerate(asked, start=1):
        lines = conditions(seen, inside)
        to_go = min((way.to_go(seen.whole) for way in together(seen.whole, inside)), default=0)
        branches.append(Branch(f"Option {number}", all_of(lines), lines, to_go))
    title = "Either of these" if len(branches) == 2 else "One of these"
    return Line(any_of(branches), title, "", tuple(branches))


def _everything(seen: Seen) -> Line:
    title, whole = "Everything signed off", seen.whole
    if whole.everything_signed_off:
        return Line(Met.MET, title, f"{whole.modules_words}.")
    left = [] if whole.all_signed_off else [_to_go(whole.items)]
    others = [f"{one.words}." for one in whole_blockers(seen.record) if one.kind is BlockerKind.BOTH_KINDS]
    return Line(Met.NOT_MET, title, " ".join([f"{whole.modules_words}.", *left, *others]))


def _signed(title: str, modules: list[ModuleProgress]) -> Line:
    """100 per cent is the officer's sign-off of each module, and never only its items."""
    if not modules:
        return Line(Met.MET, title, "This curriculum has no such module.")
    number = sum(_is_signed(one) for one in modules)
    words = f"{number} of {len(modules)} {plural(len(modules), 'module')} signed off."
    if number == len(modules):
        return Line(Met.MET, title, words)
    return Line(Met.NOT_MET, title, f"{words} {_to_go(total(ITEM, (one.count for one in modules)))}")


def _module(whole: Progress, code: str, percent: int) -> Line:
    title = f"{code} signed off" if percent == 100 else f"{percent}% of the items of {code}"
    one = whole.modules.get(code)
    if one is None:
        return Line(Met.NOT_MET, title, "This curriculum has no such module.")
    if one.standing is Standing.NOT_TAKEN:
        return Line(Met.NOT_MET, title, "It is not in the option taken.")
    if percent < 100:
        return _items(title, [one], percent)
    if _is_signed(one):
        return Line(Met.MET, title, f"{one.count.words}.")
    return Line(Met.NOT_MET, title, f"{_has(one.count)} {_to_go(one.count)}")


def _is_signed(one: ModuleProgress) -> bool:
    return one.signed_off and one.standing is Standing.REQUIRED


def _items(title: str, modules: Iterable[ModuleProgress], percent: int) -> Line:
    """A lower percentage is of items, and may be unknown."""
    modules = list(modules)
    count, wanted = total(ITEM, (one.count for one in modules)), share(modules, percent)
    if count.done < wanted:
        more = wanted - count.done
        least = "at least " if count.unknown else ""
        needs = f"{more} more {plural(more, 'item')} to go, to make {least}{wanted}."
        return Line(Met.NOT_MET, title, f"{_has(count)} {needs}")
    if count.unknown:
        return Line(Met.UNKNOWN, title, f"{_has(count)} How many are required is not recorded yet.")
    return Line(Met.MET, title, _has(count))


def _has(count: Count) -> str:
    return f"{count.words}."


def _to_go(count: Count) -> str:
    """What is left to do before everything of this is signed off."""
    left = count.base - count.done
    least = "At least " if count.unknown else ""
    if left:
        return f"{least}{left} {plural(left, 'item')} to go."
    return "Not every number is recorded yet." if count.unknown else "Every item is done: the module sign-off is to go."
