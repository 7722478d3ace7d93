"""The credit bar and the small bars, as plain numbers in percent. A template tag draws them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from portfolio.progress.count import Count
from portfolio.progress.module import ModuleProgress
from portfolio.progress.whole import Progress
from portfolio.progress.words import phase_words
from portfolio.requirements import Standing
from portfolio.states import ActivityState, ModuleState

WHOLE_MODULE = "module"  # the state of a segment that is a module signed off as a whole
PLACES = 3  # decimals of a percentage


@dataclass(frozen=True)
class Segment:
    """A part of a bar, in percent of the whole bar. `state` is an activity's state, or WHOLE_MODULE."""

    state: str
    x: float
    width: float


@dataclass(frozen=True)
class Minibar:
    """A small bar with its words. Not `known`: its total is unknown, and nothing is drawn but the outline."""

    segments: tuple[Segment, ...]
    label: str
    known: bool


@dataclass(frozen=True)
class Group:
    """A phase above the bar, as often as the programme comes to it."""

    label: str
    short: str
    credits: int


@dataclass(frozen=True)
class BarBlock:
    """A module with credits. Not `known`: its total is unknown, and it has no segments."""

    code: str
    label: str
    credits: int
    start: float
    width: float
    state: str
    segments: tuple[Segment, ...]
    caption: str
    known: bool
    to_be_chosen: bool


@dataclass(frozen=True)
class Diamond:
    """A module of 0 credits: it has no width, and must not be lost. `x` is its place in programme order."""

    code: str
    x: float
    state: str
    caption: str


@dataclass(frozen=True)
class Bar:
    """All credits in programme order. `label` says it all in words; the widths are shares of `total`."""

    total: int
    label: str
    groups: tuple[Group, ...]
    blocks: tuple[BarBlock, ...]
    diamonds: tuple[Diamond, ...]


def strip(progress: Progress) -> tuple[Segment, ...]:
    """The segments of the credit bar alone, for a list of many: no words, and neighbours that look the same are one."""
    shown = progress.counted
    whole = sum(one.credits for one in shown)
    segments: list[Segment] = []
    before = 0
    for one in shown:
        start, end = _percent(before, whole), _percent(before + one.credits, whole)
        segments += _drawn(one, start, end)
        before += one.credits
    return tuple(_joined(segments))


def _joined(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Both drafted and returned are with the trainee, and drawn alike."""
    last: Segment | None = None
    for one in segments:
        if one.state == ActivityState.RETURNED:
            one = Segment(ActivityState.DRAFT, one.x, one.width)
        if last and last.state == one.state and round(last.x + last.width, PLACES) == one.x:
            last = Segment(one.state, last.x, round(last.width + one.width, PLACES))
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def credit_bar(progress: Progress) -> Bar:
    """Where a choice is open, the option that stands in for it is drawn and says so. The widths add up to 100."""
    shown = progress.counted
    whole = sum(one.credits for one in shown)
    blocks, diamonds, before = [], [], 0
    for one in shown:
        start = _percent(before, whole)
        before += one.credits
        if one.credits:
            blocks.append(_block(one, start, _percent(before, whole)))
        else:
            diamonds.append(Diamond(one.module.code, start, one.state.value, _spoken(one)))
    return Bar(
        total=whole,
        label=f"{progress.credits_words}. {'; '.join(_spoken(one) for one in shown)}.",
        groups=_groups(shown),
        blocks=tuple(blocks),
        diamonds=tuple(diamonds),
    )


def minibar(count: Count, *, signed_off: bool = False) -> Minibar:
    """The small bar of a count; of a module or a row that is signed off as a whole, in one piece."""
    if signed_off:
        return Minibar((Segment(WHOLE_MODULE, 0.0, 100.0),), "Signed off", known=True)
    return Minibar(_segments(count, 0.0, 100.0), count.detail, known=count.total_known)


def _block(one: ModuleProgress, start: float, end: float) -> BarBlock:
    width = round(end - start, PLACES)
    return BarBlock(
        code=one.module.code,
        label=_spoken(one),
        credits=one.credits,
        start=start,
        width=width,
        state=one.state.value,
        segments=_drawn(one, start, end),
        caption=one.short,
        known=one.needs.total_known,
        to_be_chosen=one.standing is Standing.TO_BE_CHOSEN,
    )


def _drawn(one: ModuleProgress, start: float, end: float) -> tuple[Segment, ...]:
    """In one piece when the module is signed off; nothing when it has no width, or no total."""
    if end <= start or not one.needs.total_known:
        return ()
    if one.signed_off:
        return (Segment(WHOLE_MODULE, start, round(end - start, PLACES)),)
    return _segments(one.count, start, end)


def _segments(count: Count, start: float, end: float) -> tuple[Segment, ...]:
    """From `start` to `end`, one segment for each state that there is. Rounded edges leave no gap."""
    if not count.total_known:
        return ()
    segments, before, left = [], 0, start
    for state, number in count.by_state:
        if number:
            before += number
            right = round(start + (end - start) * before / count.base, PLACES)
            segments.append(Segment(state.value, left, round(right - left, PLACES)))
            left = right
    return tuple(segments)


def _percent(credits: int, whole: int) -> float:
    return round(100 * credits / whole, PLACES) if whole else 0.0


def _groups(shown: Iterable[ModuleProgress]) -> tuple[Group, ...]:
    """Neighbours of one phase together; a phase without credits has no width to stand above."""
    runs = ((phase, sum(one.credits for one in run)) for phase, run in groupby(shown, lambda one: one.module.phase))
    return tuple(
        Group(phase_words(phase), "Core" if phase is None else f"P{phase}", credits)
        for phase, credits in runs
        if credits
    )


def _spoken(one: ModuleProgress) -> str:
    """S-C1, 20 credits: 12 of 20 activities, assessments not recorded yet."""
    if one.standing is Standing.TO_BE_CHOSEN:
        said = "to be chosen"
    elif one.state == ModuleState.SIGNED_OFF:
        said = "module signed off"
    else:
        said = f"{one.words}, {one.note[:1].lower()}{one.note[1:]}" if one.note else one.words
    return f"{one.module.code}, {one.credits} credits: {said}"
