"""Rules 11 and 12: when what is due falls for this trainee, and the line of targets, told day by day and way by way."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import pairwise, product
from typing import Any, NamedTuple

from portfolio.reviews import pace, review_points, target_line
from portfolio.states import ActivityState as State
from tests import make
from tests.portfolio.workflow.life.curriculum import ASKS, CODES, DUE, POINTS
from tests.portfolio.workflow.life.lived import Lived

FULL = 100
DAYS = 2500  # so many are told: more than any life here needs
RECENT = 90  # days
Condition = Mapping[str, Any]


class Corner(NamedTuple):
    """So many items by that day; None while leave without an end hides it."""

    day: date | None
    items: int


class Dated(Lived):
    """When the trainee is away or part time, their dates move; and between them runs the line."""

    def dates_follow(self) -> None:
        """Rule 11: what is due falls on the first day before which so much training time has passed."""
        assert {point.number: point.day for point in review_points(self.record)} == {
            number: self.due(number) for number in POINTS
        }

    def passed(self) -> tuple[int, ...]:
        """The training time before each day, from the first of training on, in hundredths of a full day."""
        leave = tuple(sorted((one.since, one.until) for one in self.leave.values()))
        return _passed((self.portfolio.starts_on - make.today()).days, tuple(sorted(self.working.items())), leave)

    def passed_by(self, day: date) -> int:
        return self.passed()[(day - self.portfolio.starts_on).days]

    def due(self, number: int) -> date | None:
        began = self.portfolio.starts_on
        wanted = (self.today(DUE[number]) - began).days * FULL
        days = (began + timedelta(days=after) for after, time in enumerate(self.passed()) if time >= wanted)
        return next(days, None)

    # --- the line ---

    def the_line_asks_for_the_fewest(self) -> None:
        """Rule 12: at each point the fewest items with which all its conditions, and all earlier ones, can hold."""
        found = [(one.day, one.items, one.at_least) for one in target_line(self.record)]
        unknown = self.confirmed is None
        start, *corners = self.corners()
        assert found == [(*start, False), *((*corner, unknown) for corner in corners)]
        now, target = pace(self.record, today=make.today()), self.target()
        done = self.items_done_in_all()
        assert (now.done, now.target) == (done, target)
        assert now.ahead == (None if target is None else done - target)
        reached = None if target is None else self.reached()
        assert (now.recent.reaches if now.recent else None) == reached

    def items_done_in_all(self) -> int:
        return sum(self.items_done(code) for code in CODES if self.in_the_base(code))

    def corners(self) -> list[Corner]:
        """0 at the start; then each point with numbers, and here each has some."""
        asked: list[Condition] = []
        corners = [Corner(self.portfolio.starts_on, 0)]
        for number in POINTS:
            asked += ASKS[number]
            corners.append(Corner(self.due(number), self.fewest(asked)))
        return corners

    def fewest(self, asked: Iterable[Condition]) -> int:
        """Of all ways to have so many items of each module done, the least with which every condition holds."""
        bases = {code: self.base(code) for code in CODES if self.in_the_base(code)}
        numbers = product(*(range(base + 1) for base in bases.values()))
        ways = (dict(zip(bases, number, strict=True)) for number in numbers)
        return min(sum(way.values()) for way in ways if all(_holds(one, way, bases) for one in asked))

    def target(self) -> int | None:
        """Straight between two corners as training time passes; after the last its number."""
        today = make.today()
        for before, after in pairwise(self.corners()):
            if after.day is None or before.day is None:
                return None
            if today < after.day:
                width = self.passed_by(after.day) - self.passed_by(before.day)
                passed = self.passed_by(today) - self.passed_by(before.day)
                return before.items + (after.items - before.items) * passed // width
        return self.corners()[-1].items

    def reached(self) -> int | None:
        """What the recent rate reaches by the next point, if it goes on; None where nothing is to come."""
        today, done = make.today(), self.items_done_in_all()
        base = sum(self.base(code) for code in CODES if self.in_the_base(code))
        ahead = [day for day, _ in self.corners() if day and day > today]
        since = max(self.today(-RECENT), self.portfolio.starts_on)
        lately = self.passed_by(today) - self.passed_by(since)
        finished = self.confirmed is not None and done == base
        if not ahead or not lately or finished:
            return None
        to_come = self.passed_by(ahead[0]) - self.passed_by(today)
        return min(done + (done - self.signed_elsewhere()) * to_come // lately, base)

    def signed_elsewhere(self) -> int:
        """Of the items that count as done, those that another system signed: no rate can be told from them."""
        required = [place for code in CODES if self.counts(code) for place in self.required(code) or []]
        return sum(self.state[place] == State.SIGNED_ELSEWHERE for place in required)


@cache
def _passed(
    began: int, working: tuple[tuple[int, int], ...], leave: tuple[tuple[int, int | None], ...]
) -> tuple[int, ...]:
    """Days are told from today; leave of None has no end."""
    passed = [0]
    for day in range(began, began + DAYS):
        away = any(first <= day and (last is None or day <= last) for first, last in leave)
        hours = [hundredths for first, hundredths in working if first <= day]
        passed.append(passed[-1] + (0 if away else [FULL, *hours][-1]))
    return tuple(passed)


def _holds(condition: Condition, done: Mapping[str, int], base: Mapping[str, int]) -> bool:
    match condition:
        case {"any_of": branches}:
            return any(all(_holds(one, done, base) for one in branch) for branch in branches)
        case {"module": code, "percent": percent}:
            return 100 * done[code] >= percent * base[code]
        case {"overall": percent}:
            return 100 * sum(done.values()) >= percent * sum(base.values())
    raise AssertionError(condition)
