"""The target line, and behind or ahead in items (domain.md rule 12). Ours: the School publishes no such line."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from portfolio.dates import TrainingTime
from portfolio.progress import Progress, portfolio_progress
from portfolio.record import Record, once
from portfolio.requirements.words import day, plural
from portfolio.reviews.done import done_items
from portfolio.reviews.floors import NOTHING, both, together
from portfolio.reviews.points import falls, said_points

WINDOW = 90  # days: what "recent" is
REMEMBERED = 1000  # of one curriculum: officers may confirm other numbers for everybody


@dataclass(frozen=True)
class Corner:
    """Where the line is known: so many items by that day. `day` is None while leave without an end hides it.

    `at_least`: a number in the base is not known, so that the target may rise.
    """

    name: str
    number: int
    day: date | None
    items: int
    at_least: bool


@dataclass(frozen=True)
class Recent:
    """What the recent rate is, and what it reaches by the next corner if it goes on."""

    since: date
    signed: int
    by: date
    reaches: int
    needs: Corner

    @property
    def words(self) -> str:
        """What it reaches, what is needed, and what is assumed."""
        least = "at least " if self.needs.at_least else ""
        items = plural(self.reaches, "item")
        return (
            f"{self.needs.name} needs {least}{self.needs.items}. "
            f"{self.signed} {plural(self.signed, 'item')} signed off since {day(self.since)}: if that goes on, "
            f"{self.reaches} {items} by {day(self.by)}. "
            "Leave counts no time, and what other systems signed is left out of the rate."
        )


@dataclass(frozen=True)
class Pace:
    """Where the portfolio stands against its line on a day. `target` is None where that cannot be said, and why.

    `finished` says that nothing is left to be behind with: then there is no rate either. `word` is what the items are:
    signed off; where another system signed any of them, done.
    """

    done: int
    target: int | None
    why_not: str = ""
    recent: Recent | None = None
    finished: str = ""
    word: str = "signed off"

    @property
    def ahead(self) -> int | None:
        """In items; less than 0 is behind."""
        return None if self.target is None else self.done - self.target

    @property
    def words(self) -> str:
        """4 items behind; 2 items ahead; on target; everything is signed off."""
        if self.finished:
            return self.finished
        if self.ahead is None:
            return "Cannot be said yet"
        if not self.ahead:
            return "On target"
        number = abs(self.ahead)
        return f"{number} {plural(number, 'item')} {'ahead' if self.ahead > 0 else 'behind'}"

    @property
    def note(self) -> str:
        if self.finished:
            return f"{self.done} required {plural(self.done, 'item')} {self.word}."
        if self.target is None:
            return self.why_not
        return f"{self.done} {self.word}, target {self.target} today."

    @property
    def shape(self) -> str:
        """Its shape in the sprite."""
        if self.finished:
            return "done"
        if self.ahead is None:
            return "unknown"
        return "equal" if not self.ahead else "up" if self.ahead > 0 else "down"


@once
def target_line(record: Record) -> tuple[Corner, ...]:
    """0 at the start, then at each point with numbers the fewest items with which all up to it can hold.

    A point that cannot hold, because it asks for a module that the curriculum lacks, is no corner.
    """
    whole = portfolio_progress(record)
    corners = [Corner("Start of training", 0, record.starts_on, 0, False)]
    for number, fewest in _fewest(whole):
        said = said_points(record.structure)[number - 1]
        corners.append(Corner(said["name"], number, falls(record, said["due"]).day, fewest, whole.items.unknown))
    return tuple(corners)


def _fewest(whole: Progress) -> list[tuple[int, int]]:
    """The numbers of the points with numbers, each with the fewest items with which all up to it can hold.

    The same for everybody of whom the curriculum asks as many items of the same modules: worked out once.
    """
    asked = ((one.standing, one.count.base) for one in whole.modules.values())
    known, key = whole.structure.remembered, ("fewest", *asked)
    found: list[tuple[int, int]] | None = known.get(key)
    if found is None:
        found = list(_worked_out(whole))
        if len(known) < REMEMBERED:
            known[key] = found
    return found


def _worked_out(whole: Progress) -> Iterator[tuple[int, int]]:
    ways = [NOTHING]
    for number, said in enumerate(said_points(whole.structure), start=1):
        here = together(whole, said["requires"])
        if any(way != NOTHING for way in here):
            ways = both(ways, here)
            yield number, min(way.fewest(whole) for way in ways)


def pace(record: Record, *, today: date, rate: bool = True) -> Pace:
    """Behind or ahead today, beside what the recent rate reaches by the next point with numbers.

    Who shows no `rate` leaves it out: it alone asks when each thing was signed.
    """
    whole = portfolio_progress(record)
    line, done = target_line(record), whole.items.done
    now = Pace(done, None, finished=_finished(whole), word=whole.items.done_word)
    if len(line) == 1:
        return replace(now, why_not="This curriculum has no review point with numbers.")
    target = target_on(line, today, record.time)
    if target is None:
        return replace(now, why_not="Leave that has no end hides the next review point.")
    ahead = [corner for corner in line[1:] if corner.day and corner.day > today]
    recent = _recent(record, whole, ahead[0], today) if rate and ahead and not now.finished else None
    return replace(now, target=target, recent=recent)


def behind_since(record: Record, *, today: date) -> date | None:
    """The first day on which the target asked for more than is done today; None where it does not ask for more.

    Fewer items were done on the days before, unless something was unlocked: so it has been behind ever since, at least.
    """
    line, done, time = target_line(record), portfolio_progress(record).items.done, record.time
    days = range((today - time.starts_on).days + 1)

    def asked(after: int) -> int:
        return target_on(line, time.starts_on + timedelta(days=after), time) or 0

    if not days or asked(days[-1]) <= done:
        return None
    return time.starts_on + timedelta(days=bisect_right(days, done, key=asked))


def target_on(line: tuple[Corner, ...], today: date, time: TrainingTime) -> int | None:
    """Straight between two corners by training time, rounded down; after the last one its number.

    So it rises with the time that counts: level during leave, slower part time. None where the line is hidden.
    """
    for before, after in pairwise(line):
        if after.day is None:
            return None
        if before.day and today < after.day:
            passed = max(time.passed(today) - time.passed(before.day), 0)
            width = time.passed(after.day) - time.passed(before.day)
            return before.items + (after.items - before.items) * passed // max(width, 1)
    return line[-1].items


def _finished(whole: Progress) -> str:
    """In words, once nothing is left to sign off; else nothing. Modules are signed off here, always."""
    if whole.all_signed_off:
        return "Every module is signed off" if whole.items.signed_elsewhere else "Everything is signed off"
    known = not whole.items.unknown and whole.items.base
    return f"Every required item is {whole.items.done_word}" if known and whole.items.done == whole.items.base else ""


def _recent(record: Record, whole: Progress, by: Corner, today: date) -> Recent | None:
    """None where no training time has passed lately: nobody's rate can be told from it."""
    assert by.day is not None
    time = record.time
    since = max(today - timedelta(days=WINDOW), time.starts_on)
    lately = time.passed(today) - time.passed(since)
    if lately <= 0:
        return None
    signed = _signed_since(whole, since)
    to_come = time.passed(by.day) - time.passed(today)
    reaches = min(whole.items.done + signed * to_come // lately, whole.items.base)
    return Recent(since, signed, by.day, reaches, by)


def _signed_since(whole: Progress, since: date) -> int:
    """Required items that were signed off here on that day or later, and still are."""
    return sum(1 for item in done_items(whole) if not item.elsewhere and item.day and item.day >= since)
