"""A portfolio as its rules have it, told by hand over plain dicts and sets; and how a step is taken and judged.

What should come of a step is written here and in the rooms beside it: the tables are held against it, not against
themselves.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from accounts.models import User
from portfolio import access, ledger
from portfolio.models import Activity, Evidence, Goal, Portfolio
from portfolio.progress import portfolio_progress
from portfolio.record import Record
from portfolio.states import ActivityState as State
from portfolio.states import (
    AssessmentState,
    CommentState,
    GoalState,
    ResultState,
    ReviewState,
)
from portfolio.workflow import Nominee, Refused, available
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.life.curriculum import (
    ASSESSED,
    EXAMINED,
    KNOWN,
    ONE,
    OPEN_ENDED,
    OPTIONS,
    OTHER,
    POINTS,
    ROUNDS,
    followed_by,
)
from tests.portfolio.workflow.life.notes import (
    Asked,
    Attempt,
    Away,
    Decided,
    Named,
    Place,
    Round,
    Said,
    Stored,
    Version,
)

PLACES: list[Place] = [(KNOWN, 1), (KNOWN, 2), (OPEN_ENDED, 1), (OPEN_ENDED, 2), (ONE, 1)]
DONE_STATES = (State.SIGNED_OFF, State.SIGNED_ELSEWHERE)
PEOPLE = [
    "trainee",
    "officer",
    "coordinator",
    "assessor",
    "second_assessor",
    "administrator",
    "former_officer",
    "officer_in_training",
    "other_cohort_administrator",
    "stranger",
    "superuser",
]
DECIDERS = ["assessor", "second_assessor", "officer", "coordinator"]
OUTSIDERS = ["stranger", "former_officer", "other_cohort_administrator", "superuser"]
ENDING = ["assessor", "second_assessor", "coordinator"]
DONE, NOT_ALLOWED, TOO_LATE, GONE, INCOMPLETE = 200, 403, 409, 410, 422
OWN_PAGES = 3  # beside those that are made of reports
NEWCOMER, GRACE = "grace", Nominee("Grace Hall", "Grace.Hall@example.org")  # has no account
NOTHING_SHOWN = "0" * 64  # what a page that is out of date sends back

mostly = st.integers(0, 5).map(bool)
seldom = st.integers(0, 7).map(lambda number: number == 0)


def likely(*names: str) -> st.SearchStrategy[str]:
    """Mostly those whose step it is, and now and then anybody."""
    return st.integers(0, 3).flatmap(lambda number: st.sampled_from(list(names) if number else PEOPLE))


def reasons(words: str) -> st.SearchStrategy[str]:
    """Mostly these words, and now and then none."""
    return st.sampled_from([words, words, words, " "])


taken: Counter[int] = Counter()  # how each step ended, over all lives
steps_taken: Counter[str] = Counter()  # the steps that were taken, by name
lived_through: set[tuple[str, str]] = set()  # the states that anything was in


class Lived(RuleBasedStateMachine):
    """One portfolio. `cast` is set before the machine runs; each life is undone at its end."""

    cast: Cast
    record: Record
    held: Record | None = None  # for which every rule was found to hold
    agreed: Record | None = None  # the same of progress alone

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.hugh = make.person("Hugh Sole")  # supervises placements, and nothing else
        make.appointments_told()
        self.portfolio = followed_by(Portfolio.objects.get(pk=self.cast.portfolio.pk))
        self.pages = [make.page(self.portfolio, f"Page {number}") for number in range(OWN_PAGES)]
        self._work()
        self._modules()
        self._beside()
        self.turn = self.looked = 0
        self.events = self._events()
        self.progress = self._measures()

    def _work(self) -> None:
        self.state: dict[Place, str] = dict.fromkeys(PLACES, State.NOT_STARTED)
        self.rows: set[Place] = set()
        self.ever: set[Place] = set()
        self.links: dict[Place, set[int]] = {place: set() for place in PLACES}
        self.signed: dict[Place, set[int]] = {place: set() for place in PLACES}
        self.submitted: dict[Place, set[int]] = {}
        self.asked: dict[Place, Asked] = {}
        self.decided: Counter[str] = Counter()  # how many items, by who decided
        self.decided_ever: set[Place] = set()
        self.decided_on: dict[str, set[Version]] = {}  # which versions somebody decided on
        self.on_device: set[int] = set()  # the items that were decided on the trainee's device
        self.nominations: list[Named] = []
        self.approved: set[str] = set()  # whom the officer made assessors, as the trainee had named them
        self.attempts: dict[str, list[Attempt]] = {code: [] for code in ASSESSED}

    def _modules(self) -> None:
        self.confirmed: int | None = None
        self.stored: dict[str, Stored] = {}  # by module, while its sign-off stands
        self.voids = 0
        self.result: str = ResultState.NOT_RECORDED
        self.options: list[tuple[str, str]] = []  # each taken: which, and "", "confirmed" or "refused"
        self.closed = False

    def _beside(self) -> None:
        self.ended: set[str] = set()
        self.unsaved: set[int] = set()
        self.versions: list[int] = [1] * OWN_PAGES  # how often each page was saved
        self.reports: dict[str, int] = {}  # the page that was made of a round's report
        self.spoilt: set[int] = set()  # pages that say another report than the one they were made of
        self.shared: set[int] = set()
        self.archived: set[int] = set()
        self.goal = make.goal(self.portfolio, "Chair a meeting", actions=["Ask to chair one"])
        self.goal_state: str = GoalState.OPEN
        self.reviews: dict[int, str] = dict.fromkeys(POINTS, ReviewState.NOT_PLANNED)
        self.planned_ahead: dict[int, bool] = {}  # whether the day of the meeting is still to come
        self.placements: dict[int, Away] = {}  # by the day on which it begins
        self.working: dict[int, int] = {}  # hundredths of full time, by the day from which
        self.leave: dict[int, Away] = {}
        self.decisions: list[Decided] = []
        self.comments: list[Said] = []
        self.rounds = {name: Round() for name in ROUNDS}

    def teardown(self) -> None:
        try:
            self.everything_agrees()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def everything_agrees(self) -> None:
        raise NotImplementedError

    def states_are_those_of_the_model(self) -> None:
        raise NotImplementedError

    def progress_agrees(self) -> None:
        """Asked between all steps, also where one rule takes several; once for all that was read after each."""
        raise NotImplementedError

    # --- what the model knows ---

    def may_decide(self, name: str) -> bool:
        return (name in DECIDERS and name not in self.ended) or name in self.approved

    def leads(self, name: str) -> bool:
        return name == "officer" or (name == "coordinator" and name not in self.ended)

    def may_unlock(self, name: str) -> bool:
        return self.leads(name) or name == "administrator"

    def numbers(self, code: str) -> int | None:
        """How many activities this module requires, as far as anybody knows."""
        return {KNOWN: 2, OPEN_ENDED: self.confirmed, EXAMINED: 0, ONE: 1, OTHER: 0}[code]

    def required(self, code: str) -> list[Place] | None:
        numbers = self.numbers(code)
        return None if numbers is None else [(code, number) for number in range(1, numbers + 1)]

    @property
    def option(self) -> str:
        """The option that counts: the one that was confirmed last."""
        return next((code for code, said in reversed(self.options) if said == "confirmed"), "")

    def counts(self, code: str) -> bool:
        """Whether work on this module counts."""
        return code not in OPTIONS or code == self.option

    def in_the_base(self, code: str) -> bool:
        """Until an option counts, the one with more known items stands in for it."""
        return self.counts(code) or (code == ONE and not self.option)

    def satisfactory(self, code: str) -> list[Attempt]:
        return [one for one in self.attempts.get(code, []) if one.state == AssessmentState.SATISFACTORY]

    def ready(self, code: str) -> bool:
        """The activities here or elsewhere, the assessment, the result, and that the module counts at all."""
        wanted = self.required(code)
        if wanted is None or not self.counts(code):
            return False
        assessed = code not in ASSESSED or bool(self.satisfactory(code))
        examined = code != EXAMINED or self.result == ResultState.PASSED
        return assessed and examined and all(self.state[place] in DONE_STATES for place in wanted)

    def base(self, code: str) -> int:
        """Its required items; of unknown activities none."""
        return (self.numbers(code) or 0) + (code in ASSESSED) + (code == EXAMINED)

    def items_done(self, code: str) -> int:
        if not self.counts(code):
            return 0
        if code in self.stored:
            return self.base(code)
        done = sum(self.state[place] in DONE_STATES for place in self.required(code) or [])
        return done + bool(self.satisfactory(code)) + (code == EXAMINED and self.result == ResultState.PASSED)

    def one_of(self, place: Place, states: tuple[str, ...], legal: bool) -> Place:
        """Mostly a place from which the step is legal, if there is one: where nothing happens, little shows."""
        fitting = [each for each in PLACES if self.state[each] in states]
        return fitting[PLACES.index(place) % len(fitting)] if legal and fitting else place

    def voids_sign_off(self, code: str) -> None:
        """A sign-off of this module falls with what it rests on."""
        self.voids += code in self.stored
        self.stored.pop(code, None)

    # --- taking a step, and what must come of it ---

    def person(self, name: str) -> User:
        """Whoever came with the cast; or somebody new, once the officer has approved them."""
        known = getattr(self.cast, name, None)
        return User.objects.get(pk=known.pk) if known else User.objects.get(email__iexact=GRACE.address)

    def called(self, name: str) -> str:
        return GRACE.name if name == NEWCOMER else getattr(self.cast, name).name

    def row(self, place: Place) -> Activity:
        return make.activity(self.portfolio, *place)

    def today(self, days: int = 0) -> date:
        return make.today() + timedelta(days=days)

    def page(self, number: int) -> Evidence:
        return Evidence.objects.get(pk=self.pages[number].pk)

    def goal_row(self) -> Goal:
        return Goal.objects.get(pk=self.goal.pk)

    def expect(
        self,
        step: str,
        take: Callable[[], object],
        *,
        sources: bool = True,
        who: bool,
        given: int = DONE,
        events: int = 1,
        lowers: bool = False,
        when_closed: bool = False,
    ) -> bool:
        """Take it. In this order: closed, too late, not theirs, then what was given. Whether it was taken.

        After a refusal the states alone are read anew: had anything else moved, the next step would show it.
        """
        self._live()
        self.progress_agrees()
        held_up = self.closed and not when_closed
        wanted = NOT_ALLOWED if held_up else TOO_LATE if not sources else NOT_ALLOWED if not who else given
        told = len(connection.run_on_commit)
        try:
            take()
            came = DONE
        except Refused as refused:
            came = refused.status
        taken[came] += 1
        steps_taken[step] += came == DONE
        self.turn += 1
        assert came == wanted, step
        assert self._events() - self.events == (events if came == DONE else 0), step
        if came != DONE:
            assert len(connection.run_on_commit) == told, step
            self.states_are_those_of_the_model()
            return False
        self.events += events
        before, self.progress = self.progress, self._measures()
        if not lowers:
            assert all(now >= was for now, was in zip(self.progress, before, strict=True)), step
        return True

    def offered(self, step: str, subject: Any, name: str, legal: bool) -> None:
        """The button is there exactly when the step is legal."""
        portfolio = Portfolio.objects.get(pk=self.portfolio.pk)
        assert (step in available(subject, portfolio, by=self.person(name))) == (legal and not self.closed), step

    def _live(self) -> None:
        lived_through.update(("activity", state) for state in self.state.values())
        lived_through.update(("assessment", one.state) for found in self.attempts.values() for one in found)
        lived_through.update(("review", state) for state in self.reviews.values())
        lived_through.update(("placement", one.state) for one in self.placements.values())
        lived_through.update([("goal", self.goal_state), ("result", self.result)])
        lived_through.update(("module signed off", code) for code in self.stored)
        lived_through.update(("nomination", one.state) for one in self.nominations)
        lived_through.update(("feedback", one.state) for one in self.rounds.values())
        written, withdrawn = CommentState.WRITTEN, CommentState.WITHDRAWN
        lived_through.update(("comment", withdrawn if one.withdrawn else written) for one in self.comments)

    def _events(self) -> int:
        return access.history(self.portfolio).count()

    def _measures(self) -> tuple[int, int, int]:
        """How far it is, read anew; what was read serves until the next step."""
        self.record = ledger.read_one(self.portfolio, reviews=True)
        found = portfolio_progress(self.record)
        return found.credits_signed_off, found.items.done, found.work_so_far
