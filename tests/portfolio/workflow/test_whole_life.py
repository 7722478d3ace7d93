"""The whole life of a portfolio: random people take random steps, and after each every rule of domain.md still holds.

The steps are in life/, a room for each thing that they drive, and what must hold after each in life/always.py.
LIVES=50 before the command is a long run.
"""

import os

from hypothesis import HealthCheck, Phase
from hypothesis import settings as of_a_run
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from pytest_django import Settings
from zeal import zeal_ignore

from portfolio.states import ActivityState as State
from portfolio.states import (
    AssessmentState,
    CommentState,
    FeedbackState,
    GoalState,
    NominationState,
    PlacementState,
    ResultState,
    ReviewState,
)
from tests.cast import Cast
from tests.portfolio.workflow.life.always import READERS, Always
from tests.portfolio.workflow.life.assessing import KINDS
from tests.portfolio.workflow.life.curriculum import (
    ASSESSED,
    CODES,
    EXAMINED,
    KNOWN,
    LEAST,
    OBSERVED,
    ONE,
    OPEN_ENDED,
    OPTIONS,
    OTHER,
    POINTS,
    ROUNDS,
)
from tests.portfolio.workflow.life.lived import (
    DECIDERS,
    DONE,
    DONE_STATES,
    ENDING,
    GONE,
    INCOMPLETE,
    NEWCOMER,
    NOT_ALLOWED,
    OWN_PAGES,
    PLACES,
    TOO_LATE,
    lived_through,
    steps_taken,
    taken,
)
from tests.portfolio.workflow.life.nominating import UNKNOWN_HERE, WHO
from tests.portfolio.workflow.life.notes import Away, Place
from tests.portfolio.workflow.life.placing import PAST, STARTS

USUAL, MANY = 12, 50
LIVES, STEPS = int(os.environ.get("LIVES", USUAL)), 40
RARELY = 3  # so many kinds of steps may find nothing to be taken on in many lives
A_THOUSAND = 1000  # steps that were tried, in the usual run; where a change of the rules makes it less: more lives
STATES = {  # everything that a life can come through
    *(("activity", state) for state in State),
    *(("assessment", state) for state in AssessmentState if state != AssessmentState.OPEN),
    *(("review", state) for state in ReviewState),
    *(("placement", state) for state in PlacementState),
    *(("goal", state) for state in GoalState),
    *(("result", state) for state in ResultState),
    *(("nomination", state) for state in NominationState),
    *(("feedback", state) for state in FeedbackState),
    *(("comment", state) for state in (CommentState.WRITTEN, CommentState.WITHDRAWN)),
    *(("module signed off", code) for code in CODES),
}
SELDOM = {  # steps that few random lives take: one life takes them by hand
    *("lend device", "sign off on the device", "return on the device", "use report as evidence"),
    *("hand over", "close portfolio", "reopen portfolio", "unlock"),
}
DETOURS = {0: "return", 5: "withdraw", 8: "redirect"}  # now and then, on the way to everything
WAITS_FOR = {"trainee": ReviewState.SIGNED_BY_OFFICER, "officer": ReviewState.SIGNED_BY_TRAINEE}
WAYS = st.sampled_from(["sign off"] * 4 + ["return", "withdraw", "redirect", "correct"])
codes = st.sampled_from([*CODES, OPEN_ENDED, KNOWN])


class Life(Always):
    """Random steps; and now and then several in a row that go the way of most lives, so that lives get far."""

    @rule(code=codes, ways=st.lists(WAYS, min_size=4, max_size=9))
    def get_on(self, code: str, ways: list[str]) -> None:
        """The next steps of a module, to its sign-off and beyond it."""
        self.reopen("administrator")
        for way in ways:
            self.get_on_with(code, way)

    @rule(code=codes, ways=st.lists(WAYS, min_size=4, max_size=9))
    def get_on_again(self, code: str, ways: list[str]) -> None:
        """As often as the many steps that are mostly refused."""
        self.get_on(code, ways)

    @rule(option=st.sampled_from(OPTIONS))
    def get_everything_done(self, option: str) -> None:
        """Every module that counts is signed off, whatever was done before, and so is what goes on beside them."""
        self.reopen("administrator")
        for code in [KNOWN, OPEN_ENDED, EXAMINED, self.option if self.option in self.stored else option]:
            for _ in range(20):
                if code not in self.stored:
                    self.get_on_with(code, DETOURS.get(self.turn % 11, "sign off"))
        for _ in range(4):
            for number in POINTS:
                if self.reviews[number] != ReviewState.SIGNED_BY_BOTH:
                    self.hold(number)
            if (self.placements.get(PAST) or Away(0, 0)).state != PlacementState.CLOSED:
                self.be_placed(PAST)
        self.get_on_with_feedback(ROUNDS[0], LEAST, 6)
        self.get_on_with_feedback(ROUNDS[1], 0, 3)

    @rule(code=st.sampled_from(ASSESSED), kind=st.sampled_from(KINDS))
    def not_yet(self, code: str, kind: str) -> None:
        """An attempt that does not succeed, and the next one after it."""
        self.reopen("administrator")
        self.void_assessment(code, 0, "officer", "Of somebody else.")
        for _ in range(4):
            self.assess_on(code, kind, "return")

    @rule()
    def take_everything_back(self) -> None:
        """Sign-offs and assessments are voided, the result is another one, and so is the option."""
        self.reopen("administrator")
        for code in sorted(self.stored):
            self.void_module(code, "administrator", "Signed too early.", legal=False)
        for code in OBSERVED:
            self.void_assessment(code, 0, "officer", "Of somebody else.")
        for says in (ResultState.NOT_PASSED, ResultState.TAKEN_BACK):
            self.record_result(says, "officer", stale=False, reason="The list.", right=True)
        other = OTHER if self.option == ONE else ONE
        while not self.counts(other):
            self.choose(other)

    @rule(number=st.sampled_from(POINTS), since=STARTS, times=st.integers(2, 5))
    def get_on_beside(self, number: int, since: int, times: int) -> None:
        """A review is held, a placement is done, a goal is reached, and hours change: the next steps of each."""
        self.reopen("administrator")
        for _ in range(times):
            self.hold(number)
            self.be_placed(since)
            ends = "achieve goal" if self.turn % 2 else "give up goal"
            self.goal_step(ends if self.goal_state == GoalState.OPEN else "reopen goal", "trainee", "I chaired one.")
        self.work_part_time(-200, 60, "officer", changes=True, stale=False)
        self.be_away(-200, 30, "administrator", changes=True, stale=False)

    @rule(of=st.sampled_from(ROUNDS), answers=st.sampled_from([0, LEAST, LEAST]), times=st.integers(2, 8))
    def get_on_with_feedback(self, of: str, answers: int, times: int) -> None:
        """The next steps of a round: with answers to its report, or without to another try."""
        self.reopen("administrator")
        for _ in range(times):
            asked = self.rounds[of]
            if asked.state in (FeedbackState.NOT_OPENED, FeedbackState.TOO_FEW):
                self.open_feedback(of, "trainee")
            elif asked.state == FeedbackState.WITH_OFFICER:
                self.release_feedback(of, "officer", 0, stale=False)
            elif asked.state == FeedbackState.OPEN and not {"bo", "cy"} <= set(asked.invitations):
                wanted = {"bo@ward.example.org": "bo", "cy@ward.example.org": "cy"}
                self.invite(of, "trainee", [typed for typed, who in wanted.items() if who not in asked.invitations])
            elif asked.state == FeedbackState.OPEN and asked.answers < answers:
                self.answer(of, "cy" if asked.invitations["bo"].answered else "bo", old=False, by=False, says=True)
                if asked.invitations["bo"].withdrawn or asked.invitations["cy"].withdrawn:
                    self.close_feedback(of, "officer")
            elif asked.state == FeedbackState.OPEN:
                self.close_feedback(of, "trainee")
            elif asked.state == FeedbackState.RELEASED and self.turn % 2:
                self.use_report(of, "trainee")

    @rule(place=st.sampled_from(PLACES), back=st.integers(0, 1))
    def be_closed_for_a_while(self, place: Place, back: int) -> None:
        """Nobody takes a step meanwhile, and what was done stands."""
        self.reopen("administrator")
        self.close_or_reopen("administrator", "close portfolio")
        self.link(place, 0, "trainee")
        self.lend(place, "trainee", legal=True)
        self.decide(place, "sign off", "officer", addressed=True, legal=True, stale=False, reason="Clear.")
        self.void_assessment(ASSESSED[back], 0, "officer", "Of somebody else.")
        self.unlock(place, "officer", "Look again.")
        self.close_or_reopen("administrator", "reopen portfolio")

    @rule(name=st.sampled_from(ENDING), to=st.sampled_from(DECIDERS))
    def leave_to(self, name: str, to: str) -> None:
        """Something waits with somebody whose role ends; their successor goes on with it, and they may come back."""
        self.reopen("administrator")
        for place in PLACES:
            if self.state[place] == State.IN_REVIEW and not self.is_named(place):
                self.redirect(place, name, "officer", legal=False)
        self.end_role(name, ends=True)
        self.name_a_successor(name, to)
        self.end_role(name, ends=False)

    @rule(who=WHO, ways=st.lists(st.sampled_from(["answer", "answer", "decline", "withdraw"]), min_size=2, max_size=4))
    def get_on_with_somebody_new(self, who: str, ways: list[str]) -> None:
        """They are named, and approved or declined or forgotten; and decide."""
        self.reopen("administrator")
        for place in PLACES:
            if self.state[place] in (State.DRAFT, State.RETURNED):
                self.submit_to_somebody_new(place, who, "trainee", legal=False)
        for way in ways if self.nominations else []:
            self.answer_nomination(0, "officer", approves=way != "decline", reason="Unknown here.")
            for place in [place for place, asked in self.asked.items() if asked.to == who or way == "withdraw"]:
                if way == "answer" and place in self.asked:
                    self.decide_on(place, "sign off")
                elif place in self.asked and self.asked[place].named:
                    self.withdraw(place, "trainee", legal=False)

    def is_named(self, place: Place) -> bool:
        """Whether it waits for the officer's word on somebody new."""
        named = self.asked[place].named
        return bool(named and named.state == NominationState.WAITING)

    def decide_on(self, place: Place, action: str) -> None:
        self.decide(place, action, "", addressed=True, legal=False, stale=False, reason="Clear.")

    @precondition(lambda self: self.decisions)
    @rule(back=st.integers(0, 3), name=st.sampled_from(["trainee", "officer"]))
    def talk(self, back: int, name: str) -> None:
        """A comment, an answer to it, and neither withdrawn, or one."""
        self.reopen("administrator")
        self.comment(back, "trainee", f"Thank you for {self.turn}.", answers=False)
        self.comment(back, "officer", f"Gladly, {self.turn}.", answers=True)
        if self.turn % 2:
            self.withdraw_comment(0, name, theirs=True)

    def hold(self, number: int) -> None:
        state = self.reviews[number]
        if state == ReviewState.NOT_PLANNED or self.planned_ahead[number]:
            self.plan_review(number, "officer", -1)
        elif state == ReviewState.SIGNED_BY_BOTH:
            self.record_review_again(number, "officer", "The date was wrong.")
        else:
            first, second = ("trainee", "officer") if number == 1 else ("officer", "trainee")
            name = first if state in (ReviewState.PLANNED, WAITS_FOR[first]) else second
            self.sign_review(number, "", name, theirs=True, stale=False)

    def be_placed(self, since: int) -> None:
        one = self.placements.get(since)
        if one is None:
            self.plan_placement(since, "trainee", supervised=True, stale=False, clear=True)
        elif one.state == PlacementState.PLANNED and not one.written and self.turn % 4 == 0:
            self.remove_placement(since, "trainee")
        elif one.state == PlacementState.PLANNED:
            self.confirm_placement(since, "officer", stale=False)
        elif self.turn % 3 == 0:
            self.end_placement(since, "officer", (one.until or 0) - 1)
        elif not one.written:
            self.reflect(since, "trainee", "I followed an image.")
        else:
            self.plan_placement(since, "trainee", supervised=not one.supervised, stale=False, clear=True)

    def get_on_with(self, code: str, way: str) -> None:
        """One step further."""
        if code in self.stored:
            self.step_back(code, way)
        elif self.ready(code):
            self.sign_module(code, "officer", stale=False, legal=False)
        elif code in (ONE, OTHER) and not self.counts(code):
            self.choose(code)
        elif self.required(code) is None:
            self.confirm(code, 1, "officer")
        elif code in ASSESSED and not self.satisfactory(code):
            self.assess_on(code, "OCE" if code == EXAMINED else "DOPS", way)
        elif code == EXAMINED:
            says = {"return": ResultState.NOT_PASSED, "withdraw": ResultState.TAKEN_BACK}.get(way, ResultState.PASSED)
            self.record_result(says, "officer", stale=False, reason="The list.", right=True)
        else:
            self.work_on(code, way)

    def choose(self, code: str) -> None:
        """The other option is signed off: nothing to choose any more."""
        if self.option in self.stored:
            return
        if self.waits and self.options[-1][0] == code:
            self.answer_option("officer", confirms=True, stale=False, reason="")
        elif self.waits:
            self.answer_option("officer", confirms=False, stale=False, reason="It is full.")
        else:
            self.take_option(code, "trainee", "The department moves.")

    def work_on(self, code: str, way: str) -> None:
        """The next step of the first activity that is not done."""
        place = next(each for each in self.required(code) or [] if self.state[each] not in DONE_STATES)
        state = self.state[place]
        if state in (State.DRAFT, State.RETURNED) and self.links[place] and not self.can_go(place):
            for page in sorted(self.unsaved | self.spoilt):
                self.edit(page, "trainee", save=True)
        elif state == State.DRAFT and self.links[place] and way == "withdraw":
            self.unlink(place, min(self.links[place]), "trainee")
        elif state in (State.DRAFT, State.RETURNED) and self.links[place] and self.turn % 3 == 0:
            self.submit_to_somebody_new(place, NEWCOMER, "trainee", legal=False)
        elif state in (State.DRAFT, State.RETURNED) and self.links[place]:
            self.submit([place], "officer", "trainee", usable=False)
        elif state == State.IN_REVIEW and way == "redirect" and self.turn % 2:
            self.redirect_to_somebody_new(place, UNKNOWN_HERE, "trainee", legal=False)
        elif state == State.IN_REVIEW and self.is_named(place):
            self.answer_nomination(0, "officer", approves=way != "return", reason="Unknown here.")
        elif state == State.IN_REVIEW and (way == "redirect" or not self.may_decide(self.asked[place].to)):
            self.redirect(place, self.another(self.asked[place].to), "trainee", legal=False)
        elif state == State.IN_REVIEW and way == "withdraw":
            self.withdraw(place, "trainee", legal=False)
        elif state == State.IN_REVIEW and self.turn % 4 == 0:
            self.decide_on_device(place, "return" if way == "return" else "sign off", back=False)
        elif state == State.IN_REVIEW:
            self.decide_on(place, "return" if way == "return" else "sign off")
        elif state == State.NOT_STARTED and self.turn % 5 == 0:
            self.record_elsewhere(place, "officer", proven=True, legal=False)
        else:
            self.link(place, 0, "trainee")

    def step_back(self, code: str, way: str) -> None:
        """A module that is signed off stays so, or falls with what it rests on. The kind of its assessment stays."""
        resting = [place for place in PLACES if place[0] == code and self.state[place] == State.SIGNED_OFF]
        elsewhere = [place for place in PLACES if place[0] == code and self.state[place] == State.SIGNED_ELSEWHERE]
        if way == "redirect" and elsewhere:
            self.void_elsewhere(elsewhere[0], "officer", "A mistake.", legal=False)
        elif way == "return" and resting:
            self.unlock(resting[0], "officer", "Look again.")
        elif way == "return" and self.satisfactory(code):
            self.void_assessment(code, 0, "officer", "Of somebody else.")
        elif way == "correct" and code in OBSERVED:
            self.correct_the_kind(code, 0, "", addressed=True, stale=False)
        elif way == "withdraw":
            self.void_module(code, "administrator", "Signed too early.", legal=False)


def test_a_thousand_steps_by_random_people_break_no_rule(cast: Cast, settings: Settings) -> None:
    Life.cast = cast
    settings.FEEDBACK_LEAST = LEAST
    for found in (taken, steps_taken, lived_through):
        found.clear()
    lived = of_a_run(
        max_examples=LIVES,
        stateful_step_count=STEPS,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # the failing life as it is: making it shorter would take minutes
        suppress_health_check=list(HealthCheck),
    )
    with zeal_ignore():
        run_state_machine_as_test(Life, settings=lived)
    never = sorted(step for step, times in steps_taken.items() if times == 0)
    print(f"\n{taken.total()} steps in {LIVES} lives: {dict(taken)}. Never taken: {never}, {STATES - lived_through}")
    if LIVES >= USUAL:
        they_were_full()
    if LIVES >= MANY:
        assert lived_through == STATES
        assert GONE in taken
        assert len(never) <= RARELY


def test_what_random_people_seldom_do_breaks_no_rule_either(cast: Cast, settings: Settings) -> None:
    """One life by hand: a report is evidence, a device is lent, a successor goes on, and all is closed for a while."""
    Life.cast = cast
    settings.FEEDBACK_LEAST = LEAST
    place = (KNOWN, 1)
    steps_taken.clear()
    with zeal_ignore():
        life = Life()
        try:
            while life.rounds[ROUNDS[0]].state != FeedbackState.RELEASED:
                life.get_on_with_feedback(ROUNDS[0], LEAST, 1)
            life.use_report(ROUNDS[0], "trainee")
            life.link(place, OWN_PAGES, "trainee")
            for keeps in (False, True):  # with another report it is not submitted, and with its own it is
                life.edit(OWN_PAGES, "trainee", save=True, keeps=keeps)
                life.submit([place], "assessor", "trainee", usable=False)
            for number, who in enumerate(READERS):
                life.edit(0, "trainee", save=number % 2 == 0)
                looked_at_by(life, who)
            life.decide_on_device(place, "sign off", back=True)
            life.decide_on_device(place, "return", back=False)
            life.submit([place], "assessor", "trainee", usable=False)
            life.leave_to("assessor", "second_assessor")
            assert life.asked[place].to == "second_assessor"
            life.be_closed_for_a_while(place, 0)
            life.decide_on_device(place, "sign off", back=False)
            life.not_yet(KNOWN, KINDS[0])
            for who in READERS:
                looked_at_by(life, who)
            life.unlock(place, "officer", "Look again.")
            life.every_rule_holds()
        finally:
            life.teardown()
    assert {step for step in SELDOM if not steps_taken[step]} == set()


def looked_at_by(life: Life, who: str) -> None:
    """Every rule, when it is this person's turn to look."""
    life.turn += (READERS.index(who) - life.turn) % len(READERS)
    life.held = None
    life.every_rule_holds()


def they_were_full() -> None:
    """Enough was tried, done and refused, and activities were in every state: of all the rest, many lives tell."""
    assert taken.total() >= A_THOUSAND
    assert {DONE, NOT_ALLOWED, TOO_LATE, INCOMPLETE} <= set(taken)
    assert taken[DONE] >= A_THOUSAND // 3
    assert {state for state in STATES if state[0] == "activity"} <= lived_through
