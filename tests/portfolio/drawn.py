"""Curricula and records drawn at random, and what the rules make of each, reckoned by hand (domain.md rules 1 to 10).

Nothing here asks the product: what it says is held against this.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

SIGNED, ELSEWHERE, RETURNED, IN_REVIEW, DRAFT, NOTHING = "signed", "elsewhere", "returned", "in review", "draft", ""
UNLOCKED, TAKEN_BACK = "unlocked", "taken back"
DONE = (SIGNED, ELSEWHERE)
MET, NOT_MET, UNKNOWN = "Met", "Not met", "Cannot be known yet"
LEAVE, SIGN, VOID, LOSE = "leave", "sign", "void", "lose"
AWARD = "A prize"
ABSENT = "S-T9"  # a module that rules may name and no curriculum here has
BY_BOTH = "by both"
# What may have been done in a slot, and what it is in the end: a kind, a slot that an attempt holds open, or nothing.
HERE = {
    "DOPS here": "DOPS",
    "OCE here": "OCE",
    "DOPS corrected to OCE": "OCE",
    "OCE corrected to DOPS": "DOPS",
    "DOPS not yet": "not yet",
    "DOPS planned": "not yet",
    "OCE asked": "not yet",
    "DOPS voided": "",
    "CBD here": "CBD",
    "CBD not yet": "not yet",
    "CBD planned": "not yet",
    "CBD asked": "not yet",
    "CBD voided": "",
}
OUTSIDE = {
    "DOPS elsewhere": "DOPS",
    "OCE elsewhere": "OCE",
    "OCE taken back": "",
    "CBD elsewhere": "CBD",
    "CBD taken back": "",
}
BECOMES = {**HERE, **OUTSIDE}
ON_ITS_WAY = [way for way in HERE if way.endswith(("planned", "asked"))]
OBSERVED = [way for way in BECOMES if not way.startswith("CBD") and way not in ON_ITS_WAY]
CBDS = [way for way in BECOMES if way.startswith("CBD") and way not in ON_ITS_WAY]


@dataclass(frozen=True)
class Drawn:
    """One module as the curriculum has it, what was confirmed of it, what was done, and what the officer did then.

    `then`: left it; signed it off where it was ready; voided that; or something under the sign-off was lost.
    """

    code: str
    known: int
    complete: bool
    expected: int | None
    assessments: tuple[int, int] | None
    result: bool
    confirmed: int | None
    confirmed_assessments: tuple[int, int] | None
    drawn_states: tuple[str, ...]  # of the activities from 1 on
    cbds: tuple[str, ...]
    observed: tuple[str, ...]
    passed: bool
    then: str

    @property
    def activities(self) -> int | None:
        """How many it needs, where that can be signed off on (rules 3 and 4)."""
        if self.complete:
            return self.known
        return None if self.confirmed is None else max(self.confirmed, self.known)

    @property
    def expects(self) -> int | None:
        """How many supply the base: of an incomplete list those expected, though nobody can sign on them (rule 4)."""
        if self.activities is not None or self.expected is None:
            return self.activities
        return max(self.expected, self.known)

    @property
    def there(self) -> int:
        """How many places it has that anything can be done in."""
        return max(self.known, self.confirmed or 0)

    @property
    def asks(self) -> tuple[int, int] | None:
        """How many CBDs and observed ones, as far as anybody has said."""
        return self.assessments or self.confirmed_assessments

    @property
    def lost(self) -> int | None:
        """The activity, from 1 on, that is lost again under a sign-off: the first one that is done."""
        required = self.drawn_states[: self.activities or 0]
        done = [number for number, state in enumerate(required, start=1) if state in DONE]
        return done[0] if self.then == LOSE and done else None

    @property
    def states(self) -> tuple[str, ...]:
        """Of the activities, in the end."""
        lost = self.lost
        if lost is None or self.lacks(self.drawn_states):
            return self.drawn_states
        after = {SIGNED: UNLOCKED, ELSEWHERE: TAKEN_BACK}[self.drawn_states[lost - 1]]
        return (*self.drawn_states[: lost - 1], after, *self.drawn_states[lost:])

    @property
    def missing(self) -> bool:
        """Whether anything stands between it and its sign-off, but for a choice (rules 2 and 3)."""
        return self.lacks(self.states)

    def lacks(self, states: tuple[str, ...]) -> bool:
        if self.activities is None or self.asks is None:
            return True
        counted = [state in DONE for state in states[: self.activities]].count(True)
        filled = [len(self.held(ways)) >= needed for ways, needed in zip(self.sorts, self.asks, strict=True)]
        return counted < self.activities or not all(filled) or (self.result and not self.passed)

    @property
    def sorts(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self.cbds, self.observed

    @staticmethod
    def held(ways: tuple[str, ...]) -> list[str]:
        """The kinds that are satisfactory in the end."""
        return [BECOMES[way] for way in ways if BECOMES[way] not in ("", "not yet")]

    @property
    def base(self) -> int:
        """The items that are known to be needed (rule 4)."""
        return (self.expects or 0) + sum(self.asks or (0, 0)) + self.result

    @property
    def done(self) -> int:
        """The items done of those."""
        activities = [state in DONE for state in self.states[: min(self.expects or 0, self.there)]].count(True)
        slots = zip(self.sorts, self.asks or (0, 0), strict=True)
        return (
            activities
            + sum(min(len(self.held(ways)), needed) for ways, needed in slots)
            + (self.result and self.passed)
        )

    @property
    def unknown(self) -> bool:
        """Whether a number is not known: then a sum that holds it is a floor."""
        return self.activities is None or self.asks is None


# Where the two options of the choice stand in the end: which one counts, of 0 and 1. None: nothing is confirmed.
CHOICES: dict[str, int | None] = {
    "none": None,
    "open": None,
    "taken": None,
    "refused": None,
    "confirmed": 0,
    "change asked": 0,
    "change refused": 0,
    "changed": 1,
}


@dataclass(frozen=True)
class Whole:
    """Modules: the first in phase 1, the last in phase 3 if `ends` says so, the others in phase 2.

    `meeting`: of the first review; not planned, signed by one, or by both.
    Those of phase 2 may be two options of a choice: the first of them, or all the others.
    """

    modules: tuple[Drawn, ...]
    choice: str
    both_kinds: bool
    award: bool
    award_completes: bool
    asks: tuple[dict[str, Any], ...]
    ends: bool = False
    meeting: str = ""

    @property
    def phases(self) -> tuple[tuple[Drawn, ...], tuple[Drawn, ...], tuple[Drawn, ...]]:
        """The modules of each phase."""
        middle = len(self.modules) - self.ends
        return self.modules[:1], self.modules[1:middle], self.modules[middle:]

    @property
    def options(self) -> tuple[tuple[Drawn, ...], ...]:
        """The modules of each option."""
        chosen = self.phases[1]
        return () if self.choice == "none" else (chosen[:1], chosen[1:])

    def worth(self, one: Drawn) -> int:
        """The credits of a module: what an option holds adds up to as many as the other."""
        return next((60 // len(option) for option in self.options if one in option), 60)

    @property
    def counts(self) -> int | None:
        return CHOICES[self.choice]

    def option(self, one: Drawn) -> int | None:
        """Which option this module is, where it is one."""
        return next((at for at, option in enumerate(self.options) if one in option), None)

    def required(self, one: Drawn) -> bool:
        """Whether what was done in it counts: of a choice, in the option that was confirmed alone (rule 8)."""
        option = self.option(one)
        return option is None or option == self.counts

    def ready(self, one: Drawn) -> bool:
        """Whether nothing is missing, signed off or not."""
        return not one.missing and self.required(one)

    def signed(self, one: Drawn) -> bool:
        return self.ready(one) and one.then == SIGN

    @property
    def counted(self) -> list[Drawn]:
        """The base: what is required, and until an option counts the one with more known items; of two the first."""
        stand_in: tuple[Drawn, ...] = ()
        if self.options and self.counts is None:
            stand_in = max(self.options, key=lambda option: sum(one.base for one in option))
        return [one for one in self.modules if self.required(one) or one in stand_in]

    def figures(self, modules: list[Drawn]) -> tuple[int, int, bool]:
        """Items done and needed of these, and whether a number in them is unknown."""
        done = sum(one.done for one in modules if self.required(one))
        return done, sum(one.base for one in modules), any(one.unknown for one in modules)

    @property
    def items(self) -> str:
        done, base, unknown = self.figures(self.counted)
        return f"{done} of {'at least ' if unknown else ''}{base}"

    @property
    def credits(self) -> int:
        return sum(self.worth(one) for one in self.counted if self.signed(one))

    @property
    def kinds_held(self) -> bool:
        """Rule 5: the required modules hold both, or nobody asks for that."""
        held = {kind for one in self.modules if self.required(one) for kind in one.held(one.observed)}
        return not self.both_kinds or {"DOPS", "OCE"} <= held

    @property
    def everything(self) -> bool:
        """Overall 100."""
        return all(self.signed(one) for one in self.counted) and self.kinds_held

    @property
    def complete(self) -> bool:
        return self.everything and (self.award or not self.needs_award)

    @property
    def needs_award(self) -> bool:
        """Whether a review cannot hold without it. In an either/or it is one way among others."""
        return self.award_completes or {"award": AWARD} in self.asks

    @property
    def award_counts(self) -> bool:
        """Whether the rules name it at all: nobody can record one that they do not."""
        inside = [asked for one in self.asks for way in one.get("any_of", ()) for asked in way]
        return self.needs_award or {"award": AWARD} in inside

    @property
    def completion(self) -> list[dict[str, Any]]:
        """What the second review asks for."""
        return [{"overall": 100}, *([{"award": AWARD}] if self.award_completes else [])]

    def met(self, asked: dict[str, Any]) -> str:
        """Rule 10."""
        match asked:
            case {"meeting": True}:
                return MET if self.meeting == BY_BOTH else NOT_MET
            case {"module": code} if code not in [one.code for one in self.modules]:
                return NOT_MET
            case {"award": _}:
                return MET if self.award else NOT_MET
            case {"any_of": ways}:
                found = {self.all_met(way) for way in ways}
                return next(one for one in (MET, UNKNOWN, NOT_MET) if one in found)
            case {"overall": 100}:
                return MET if self.everything else NOT_MET
            case {"overall": percent}:
                return self.passes(self.counted, percent)
            case {"phase": phase, "percent": percent}:
                return self.passes([one for one in self.counted if one in self.phases[phase - 1]], percent)
            case {"module": code, "percent": percent}:
                (one,) = (one for one in self.modules if one.code == code)
                counts = one in self.counted
                taken = self.required(one) or self.counts is None
                if not taken:  # another option was confirmed
                    return NOT_MET
                if percent == 100:
                    return MET if counts and self.signed(one) else NOT_MET
                return self.passes([one], percent)
        raise AssertionError(asked)

    def passes(self, modules: list[Drawn], percent: int) -> str:
        if percent == 100:
            return MET if all(self.signed(one) for one in modules) else NOT_MET
        done, base, unknown = self.figures(modules)
        if 100 * done < percent * base:
            return NOT_MET
        return UNKNOWN if unknown else MET

    def all_met(self, asked: tuple[dict[str, Any], ...] | list[dict[str, Any]]) -> str:
        found = {self.met(one) for one in asked}
        return next((one for one in (NOT_MET, UNKNOWN) if one in found), MET)

    @property
    def ticks(self) -> list[str]:
        """What a page says of each condition in turn, and of each line of an either/or after it."""
        return list(self._ticks())

    @property
    def ticks_in_short(self) -> list[str]:
        """What the plan says of each condition in turn, and of each way of an either/or as a whole after it."""
        return [
            said
            for asked in self.asks
            for said in (self.met(asked), *(self.all_met(way) for way in asked.get("any_of", ())))
        ]

    def _ticks(self) -> Iterator[str]:
        for asked in self.asks:
            yield self.met(asked)
            for way in asked.get("any_of", ()):
                yield from map(self.met, way)


# --- drawing --------------------------------------------------------------------------------------------------------

CODES = ("S-T1", "S-T2", "S-T3", "S-T4", "S-T5")
ANY_STATE = [SIGNED, *[ELSEWHERE] * 9, RETURNED, IN_REVIEW, DRAFT, NOTHING, UNLOCKED, TAKEN_BACK]
PERCENTS = (10, 50, 60, 90, 100)


def drawn(chance: Random, choice: str, *, more: bool = False) -> Whole:
    """A portfolio whose choice stands so. Of three, one is finished: every module is ready and signed off.

    `more`: there may be a third phase, an option of two modules, and assessments that are planned or with an assessor.
    """
    number, finished = 2 if choice == "none" else 3, chance.random() < 0.3
    whole = Whole(
        modules=tuple(_module(chance, code, finished=finished) for code in CODES[:number]),
        choice=choice,
        both_kinds=chance.random() < 0.8,
        award=chance.random() < 0.7,
        award_completes=chance.random() < 0.5,
        asks=tuple(_condition(chance, CODES[:2], phases=2, either=at == 0) for at in range(4)),
    )
    return _with_more(chance, whole, finished=finished) if more else whole


def _with_more(chance: Random, whole: Whole, *, finished: bool) -> Whole:
    """Drawn after everything else, so that without it the same seed draws the same as before."""
    ends = chance.random() < 0.7
    further = ends + (bool(whole.options) and chance.random() < 0.7)
    begun, number = len(whole.modules), len(whole.modules) + further
    added = tuple(_module(chance, code, finished=finished) for code in CODES[begun:number])
    return replace(
        whole,
        modules=tuple(_with_attempts(chance, one) for one in (*whole.modules, *added)),
        ends=ends,
        asks=(
            *(_condition(chance, CODES[:number], phases=3, either=at == 0) for at in range(4)),
            *_of_what_is_absent(chance, CODES[:number]),
        ),
        meeting=chance.choice(("", "by one", BY_BOTH, BY_BOTH)),
    )


def _of_what_is_absent(chance: Random, codes: tuple[str, ...]) -> list[dict[str, Any]]:
    """Sometimes a condition on a module that the curriculum lacks: mostly as one way among others."""
    absent = {"module": ABSENT, "percent": chance.choice(PERCENTS)}
    others = _condition(chance, codes, phases=3, either=False)
    return chance.choice(([], [absent], [{"any_of": [[absent], [others]]}], [{"any_of": [[others], [absent]]}]))


def _with_attempts(chance: Random, one: Drawn) -> Drawn:
    """As far as slots are open: whatever is on its way fills nothing."""
    ways = chance.choices(ON_ITS_WAY, k=chance.randint(0, 3))
    cbd, observed = one.asks or (None, None)
    cbds = (way for way in ways if way.startswith("CBD"))
    others = (way for way in ways if not way.startswith("CBD"))
    return replace(one, cbds=fitting((*one.cbds, *cbds), cbd), observed=fitting((*one.observed, *others), observed))


def _module(chance: Random, code: str, *, finished: bool) -> Drawn:
    """Mostly with all but one sort of item done: so that what was drawn of that sort decides."""

    def likely() -> bool:
        return finished or chance.random() < 0.85

    known, complete = chance.randint(0, 3), chance.random() < 0.7
    knows, confirms = chance.random() < 0.7, likely()  # all that the curriculum does not know, at once
    worked, seen = likely(), finished or chance.random() < 0.25
    numbers = chance.randint(0, 1), chance.choice((0, 1, 2, 2))
    states = [SIGNED, *[ELSEWHERE] * 3] if worked else ANY_STATE
    one = Drawn(
        code=code,
        known=known,
        complete=complete,
        expected=None if complete else chance.choice((None, chance.randint(known, 4))),
        assessments=numbers if knows else None,
        result=chance.random() < 0.3,
        confirmed=chance.randint(known, 3) if confirms and not complete else None,
        confirmed_assessments=numbers if confirms and not knows else None,
        drawn_states=tuple(chance.choices(states, k=4)),
        cbds=tuple(chance.choices(CBDS, k=chance.randint(0, 2))),
        observed=tuple(chance.choices(OBSERVED, k=chance.randint(0, 3))),
        passed=likely(),
        then=SIGN if finished else chance.choice((SIGN, SIGN, LEAVE, VOID, LOSE)),
    )
    cbd, observed = one.asks or (None, None)
    cbds, taken = fitting(one.cbds, cbd), fitting(one.observed, observed)
    if seen:
        cbds += ("CBD elsewhere",) * max((cbd or 0) - len(one.held(cbds)), 0)
        taken += (chance.choice(("OCE elsewhere", "DOPS elsewhere")),) * max((observed or 0) - len(one.held(taken)), 0)
    return replace(one, cbds=cbds, observed=taken)


def fitting(ways: tuple[str, ...], needed: int | None) -> tuple[str, ...]:
    """What was done here first, as far as slots were open for it; then what came from elsewhere, however much."""
    here: list[str] = []
    for way in (way for way in ways if way in HERE):
        if needed is None or sum(BECOMES[one] != "" for one in here) < needed:
            here.append(way)
    return (*here, *(way for way in ways if way in OUTSIDE))


def _condition(chance: Random, codes: tuple[str, ...], *, phases: int, either: bool) -> dict[str, Any]:
    def plain() -> dict[str, Any]:
        return _condition(chance, codes, phases=phases, either=False)

    if either:
        return {"any_of": [[plain() for _ in range(chance.randint(1, 2))] for _ in range(2)]}
    percent = chance.choice(PERCENTS)
    return chance.choice(
        (
            {"overall": percent},
            {"phase": chance.randint(1, phases), "percent": percent},
            {"module": chance.choice(codes), "percent": percent},
            {"module": chance.choice(codes), "percent": percent},
            {"award": AWARD},
            {"meeting": True},
        )
    )
