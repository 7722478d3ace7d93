"""The steps of a module and of the portfolio, with what the trainee chooses and the university says."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from portfolio.manifest import option_digest, result_digest
from portfolio.models import ModuleSignOff, Portfolio
from portfolio.states import ActivityState as State
from portfolio.states import ResultState
from portfolio.workflow import Confirm, ModuleOf, RecordResult, TakeOption, available, modules, perform
from tests import make
from tests.portfolio.workflow.life.curriculum import CODES, EXAMINED, ONE, OPEN_ENDED, OPTIONS
from tests.portfolio.workflow.life.lived import (
    DONE,
    INCOMPLETE,
    NOTHING_SHOWN,
    PEOPLE,
    TOO_LATE,
    Lived,
    likely,
    mostly,
    reasons,
    seldom,
)
from tests.portfolio.workflow.life.notes import Stored

codes = st.sampled_from(CODES)
SAYS = st.sampled_from([ResultState.PASSED, ResultState.PASSED, ResultState.NOT_PASSED, ResultState.TAKEN_BACK])


class Modules(Lived):
    """A module is signed off, voided and its requirements confirmed; the portfolio is closed and opened again."""

    @rule(code=codes, name=likely("officer"), stale=seldom, legal=mostly)
    def sign_module(self, code: str, name: str, stale: bool, legal: bool) -> None:
        waiting = [each for each in CODES if self.ready(each) and each not in self.stored]
        if legal and waiting:
            code = waiting[CODES.index(code) % len(waiting)]
        sources, who = self.ready(code) and code not in self.stored, self.leads(name)
        subject = ModuleOf.read(self.portfolio, code)
        self.offered("sign off module", subject, name, sources and who)
        seen = NOTHING_SHOWN if stale else modules.shown(subject)
        if self.expect(
            "sign off module",
            lambda: perform("sign off module", subject, by=self.person(name), seen=seen),
            sources=sources,
            who=who,
            given=TOO_LATE if stale else DONE,
        ):
            row = ModuleSignOff.objects.get(portfolio=self.portfolio, module__code=code, void=None)
            here = [number for _, number in self.required(code) or [] if self.state[code, number] == State.SIGNED_OFF]
            self.stored[code] = Stored(row.manifest, {one.pk for one in self.satisfactory(code)}, here)
            assert row.digest == seen

    @rule(code=codes, name=likely("officer", "administrator"), reason=reasons("Signed too early."), legal=st.booleans())
    def void_module(self, code: str, name: str, reason: str, legal: bool) -> None:
        if legal and self.stored:
            code = sorted(self.stored)[CODES.index(code) % len(self.stored)]
        sources, who = code in self.stored, self.may_unlock(name)
        subject = ModuleOf.read(self.portfolio, code)
        self.offered("void module sign-off", subject, name, sources and who)
        if self.expect(
            "void module sign-off",
            lambda: perform("void module sign-off", subject, by=self.person(name), reason=reason),
            sources=sources,
            who=who,
            given=DONE if reason.strip() else INCOMPLETE,
            lowers=True,
        ):
            self.voids_sign_off(code)

    @rule(code=st.sampled_from([OPEN_ENDED, OPEN_ENDED, *CODES]), number=st.integers(0, 2), name=likely("officer"))
    def confirm(self, code: str, number: int, name: str) -> None:
        """What the curriculum knows cannot be confirmed differently."""
        sources, who = code not in self.stored, self.leads(name)
        given = TOO_LATE if code != OPEN_ENDED else DONE if number >= 1 else INCOMPLETE
        subject = ModuleOf.read(self.portfolio, code)
        self.offered("confirm requirements", subject, name, sources and who)
        step = Confirm("The Library's page", make.today(), activities=number, cbd=0, observed=0)
        if self.expect(
            "confirm requirements",
            lambda: perform("confirm requirements", subject, by=self.person(name), given=step),
            sources=sources,
            who=who,
            given=given,
            lowers=True,
        ):
            self.confirmed = number

    # --- the option taken ---

    @property
    def waits(self) -> bool:
        """Whether an option that was taken waits for the officer."""
        return bool(self.options) and self.options[-1][1] == ""

    @rule(code=st.sampled_from(OPTIONS), name=likely("trainee"), reason=reasons("The department moves."))
    def take_option(self, code: str, name: str, reason: str) -> None:
        """Changing it needs a reason, and nothing signed off in the one that counts."""
        newest = self.options[-1] if self.options else ("", "")
        stands = self.option if newest[1] == "refused" else newest[0]
        subject, who = make.block_of(self.portfolio, ONE), name == "trainee"
        wrong = stands == code or bool(self.options and not reason.strip())
        given = INCOMPLETE if wrong else TOO_LATE if self.option in self.stored else DONE
        self.offered("take option", subject, name, who)
        step = TakeOption(OPTIONS.index(code))
        if self.expect(
            "take option",
            lambda: perform("take option", subject, by=self.person(name), reason=reason, given=step),
            who=who,
            given=given,
        ):
            self.options.append((code, ""))

    @rule(name=likely("officer"), confirms=mostly, stale=seldom, reason=reasons("Nobody here supervises it."))
    def answer_option(self, name: str, confirms: bool, stale: bool, reason: str) -> None:
        sources, who = self.waits, self.leads(name)
        subject, step = make.block_of(self.portfolio, ONE), "confirm option" if confirms else "refuse option"
        self.offered(step, subject, name, sources and who)
        late = stale or (confirms and self.option in self.stored)
        seen = NOTHING_SHOWN if stale or subject.newest is None else option_digest(subject.newest)
        if self.expect(
            step,
            lambda: perform(step, subject, by=self.person(name), reason=reason, seen=seen),
            sources=sources,
            who=who,
            given=INCOMPLETE if not confirms and not reason.strip() else TOO_LATE if late else DONE,
            lowers=True,
        ):
            self.options[-1] = (self.options[-1][0], "confirmed" if confirms else "refused")

    # --- the university's result ---

    @rule(says=SAYS, name=likely("officer"), stale=seldom, reason=reasons("The list was corrected."), right=mostly)
    def record_result(self, says: str, name: str, stale: bool, reason: str, right: bool) -> None:
        """Recorded once and corrected from then on; what a sign-off rests on stays."""
        recorded = self.result != ResultState.NOT_RECORDED
        step = "correct result" if recorded == right else "record result"
        subject, who = make.result_of(self.portfolio, EXAMINED), self.leads(name)
        self.offered(step, subject, name, right and who)
        newest = subject.newest
        seen = NOTHING_SHOWN if stale else result_digest(newest) if newest else ""
        wordless = step == "correct result" and not reason.strip()
        wrong = says == ResultState.TAKEN_BACK and not recorded
        late = EXAMINED in self.stored and says != ResultState.PASSED
        told = RecordResult(says, self.today(-3), "The university's transcript")
        if self.expect(
            step,
            lambda: perform(step, subject, by=self.person(name), reason=reason, seen=seen, given=told),
            sources=right,
            who=who,
            given=INCOMPLETE
            if wordless
            else TOO_LATE
            if stale
            else INCOMPLETE
            if wrong
            else TOO_LATE
            if late
            else DONE,
            lowers=True,
        ):
            self.result = says

    # --- the portfolio ---

    @rule(name=st.sampled_from(PEOPLE), action=st.sampled_from(["close portfolio", "reopen portfolio"]))
    def close_or_reopen(self, name: str, action: str) -> None:
        who, closes = name == "administrator", action == "close portfolio"
        portfolio = Portfolio.objects.get(pk=self.portfolio.pk)
        legal = who and closes != self.closed
        assert (action in available(portfolio, portfolio, by=self.person(name))) == legal
        if self.expect(
            action,
            lambda: perform(action, portfolio, by=self.person(name), reason="For the record."),
            sources=closes != self.closed,
            who=who,
            when_closed=not closes,
        ):
            self.closed = closes

    @rule(name=st.just("administrator"))
    def reopen(self, name: str) -> None:
        """So that most of a life is lived in an open portfolio."""
        if self.closed:
            self.close_or_reopen(name, "reopen portfolio")
