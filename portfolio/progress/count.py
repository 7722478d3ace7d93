"""Counts of items by state, and how they are said (domain.md rules 4, 6 and 7)."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from portfolio.requirements.words import plural
from portfolio.states import ActivityState, AssessmentState

ASSESSMENT = "assessment"
ACTIVITY_WORDS = {state: str(state.label).lower() for state in ActivityState}
# Where a slot stands, as a sum with activities counts it; alone it is said in the words of assessments.
SLOT_STATES = {
    ActivityState.SIGNED_OFF: AssessmentState.SATISFACTORY,
    ActivityState.IN_REVIEW: AssessmentState.WITH_ASSESSOR,
    ActivityState.RETURNED: AssessmentState.NOT_YET,
    ActivityState.DRAFT: AssessmentState.PLANNED,
    ActivityState.NOT_STARTED: AssessmentState.OPEN,
}
ASSESSMENT_WORDS = {state: str(slot.label).lower() for state, slot in SLOT_STATES.items()}


class Count(NamedTuple):
    """Items by state. The states always sum to the base, because the base is their sum.

    `unknown`: a number in it is not known, so the base is a floor: "72 of at least 153".
    `total_known` is False for activities whose number is not known: they stand without "of", and no sum holds them.
    """

    noun: str  # of one: "activity"
    signed_off: int = 0
    in_review: int = 0
    returned: int = 0
    draft: int = 0
    not_started: int = 0
    unknown: bool = False
    total_known: bool = True
    signed_elsewhere: int = 0

    @classmethod
    def of(cls, noun: str, states: Iterable[ActivityState], *, total_known: bool = True) -> Self:
        """One item for each of these states."""
        held = list(states)
        return cls(
            noun,
            signed_off=held.count(ActivityState.SIGNED_OFF),
            signed_elsewhere=held.count(ActivityState.SIGNED_ELSEWHERE),
            in_review=held.count(ActivityState.IN_REVIEW),
            returned=held.count(ActivityState.RETURNED),
            draft=held.count(ActivityState.DRAFT),
            not_started=held.count(ActivityState.NOT_STARTED),
            total_known=total_known,
        )

    @classmethod
    def of_slots(cls, *sorts: Mapping[AssessmentState, int]) -> Self:
        """The slots of assessments by their states, of one sort or of several together."""
        by = {state: sum([slots[slot] for slots in sorts]) for state, slot in SLOT_STATES.items()}
        return cls(
            ASSESSMENT,
            signed_off=by[ActivityState.SIGNED_OFF],
            in_review=by[ActivityState.IN_REVIEW],
            returned=by[ActivityState.RETURNED],
            draft=by[ActivityState.DRAFT],
            not_started=by[ActivityState.NOT_STARTED],
        )

    @property
    def done(self) -> int:
        """Signed off here or elsewhere, or satisfactory, or recorded. Submitted is not done."""
        return self.signed_off + self.signed_elsewhere

    @property
    def base(self) -> int:
        return self.done + self.in_review + self.returned + self.draft + self.not_started

    @property
    def by_state(self) -> tuple[tuple[ActivityState, int], ...]:
        """Done first and not started last: the order of a bar."""
        return (
            (ActivityState.SIGNED_OFF, self.signed_off),
            (ActivityState.SIGNED_ELSEWHERE, self.signed_elsewhere),
            (ActivityState.IN_REVIEW, self.in_review),
            (ActivityState.RETURNED, self.returned),
            (ActivityState.DRAFT, self.draft),
            (ActivityState.NOT_STARTED, self.not_started),
        )

    @property
    def words(self) -> str:
        """12 of 20 activities; 72 of at least 153 required items; 2 activities signed off."""
        if not self.total_known:
            return f"{self.done} {self._noun(self.done)} {self.done_word}"
        return f"{self.short} {self._noun(self.base)}"

    @property
    def short(self) -> str:
        """12 of 20; 72 of at least 153; 2 signed off."""
        if not self.total_known:
            return f"{self.done} {self.done_word}"
        return f"{self.done} of {'at least ' if self.unknown else ''}{self.base}"

    @property
    def detail(self) -> str:
        """12 signed off, 2 in review, 1 returned, 2 draft, 3 not started; what there is none of is left out."""
        words = ASSESSMENT_WORDS if self.noun == ASSESSMENT else ACTIVITY_WORDS
        said = [f"{number} {words[state]}" for state, number in self.by_state if number]
        return ", ".join(said) or "Nothing to count"

    @property
    def done_word(self) -> str:
        """What was signed elsewhere is never called signed off."""
        return "done" if self.signed_elsewhere else "signed off"

    def _noun(self, number: int) -> str:
        return "activities" if self.noun == "activity" and number != 1 else plural(number, self.noun)


def total(noun: str, counts: Iterable[Count], *, unknown: bool = False) -> Count:
    """The sum of these. It contains an unknown as soon as one of them does, or where something else is `unknown`."""
    parts = tuple(counts)
    return Count(
        noun,
        signed_off=sum([part.signed_off for part in parts]),
        signed_elsewhere=sum([part.signed_elsewhere for part in parts]),
        in_review=sum([part.in_review for part in parts]),
        returned=sum([part.returned for part in parts]),
        draft=sum([part.draft for part in parts]),
        not_started=sum([part.not_started for part in parts]),
        unknown=unknown or any(part.unknown for part in parts),
    )
