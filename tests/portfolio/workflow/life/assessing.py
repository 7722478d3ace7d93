"""The steps of a work-based assessment: one attempt after another for a slot."""

from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from portfolio.models import Assessment
from portfolio.states import AssessmentState as State
from portfolio.workflow import AskFor, Correct, Redirect, perform
from portfolio.workflow.assessments.planning import planned_seen
from tests import make
from tests.portfolio.workflow.life.curriculum import ASSESSED, DISCUSSED, OBSERVED
from tests.portfolio.workflow.life.lived import (
    DECIDERS,
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
from tests.portfolio.workflow.life.notes import Attempt, Decided

KINDS = ["DOPS", "OCE"]
CBD = "CBD"
CASES = {"Case 1": 1, "CASE-1": 1, "Case 2": 2, "case2": 2, "Case 3": 3, "Case 4": 4}  # as typed, and which it is
codes = st.sampled_from([*ASSESSED, *OBSERVED])
back = st.sampled_from([0, 0, 0, 1])  # mostly the newest attempt
OUTCOMES = st.sampled_from([State.SATISFACTORY, State.SATISFACTORY, State.NOT_YET])


class Assessing(Lived):
    """Planned, asked, withdrawn, passed on, completed, of the other kind after all, and voided; a CBD with its case."""

    def attempt(self, code: str, back: int = 0) -> Attempt | None:
        found = self.attempts[code]
        return found[-1 - min(back, len(found) - 1)] if found else None

    def attempt_row(self, code: str, attempt: Attempt | None) -> Assessment:
        """As it stands; an open slot where there is none."""
        if attempt is None:
            return make.slot(self.portfolio, code)
        return make.assessment(Assessment(pk=attempt.pk))

    def missing_kinds(self) -> set[str]:
        """What the whole portfolio must hold, and does not (rule 5)."""
        return set(KINDS) - {one.kind for code in OBSERVED for one in self.satisfactory(code)}

    def kinds_of(self, code: str) -> list[str]:
        return [CBD] if code in DISCUSSED else KINDS

    def may_plan(self, code: str, kind: str) -> bool:
        """Nothing fills the slot; or every observed one is filled, none with this kind, and the portfolio needs it."""
        if kind not in self.kinds_of(code):
            return False
        open_ = any(not self.satisfactory(each) and each not in self.stored for each in OBSERVED)
        taken = any(one.fills for one in self.attempts[code]) or code in self.stored
        return not taken or (not open_ and kind in self.missing_kinds())

    def cases_taken(self, but: Attempt | None = None) -> set[int]:
        """One case serves one CBD, in whatever module; one that was voided serves none."""
        found = [one for code in DISCUSSED for one in self.attempts[code] if one is not but]
        return {one.case for one in found if one.state != State.VOIDED}

    @rule(
        code=codes,
        kind=st.sampled_from(KINDS),
        name=likely("trainee"),
        where=reasons("The clinic"),
        case=st.sampled_from(list(CASES)),
        fits=mostly,
    )
    def plan_assessment(self, code: str, kind: str, name: str, where: str, case: str = "", fits: bool = True) -> None:
        """After an attempt that did not succeed or was voided, it is the next one."""
        if (code in DISCUSSED) == fits:
            kind = CBD
        if kind == CBD and not case:
            case = f"Case {next(number for number in count(1) if number not in self.cases_taken())}"
        which = CASES.get(case) or int("".join(sign for sign in case if sign.isdigit()) or 0)
        before = self.attempt(code)
        follows = before is not None and not before.fills and kind in self.kinds_of(code)
        slot = make.slot(self.portfolio, code)
        given = make.plan(
            kind, where=where, attempt_of=self.attempt_row(code, before) if follows else None, case_reference=case
        )
        self.offered("plan", slot, name, name == "trainee")
        taken = kind == CBD and which in self.cases_taken()
        if self.expect(
            "plan" if kind != CBD else "plan a CBD",
            lambda: perform("plan", slot, by=self.person(name), given=given),
            who=name == "trainee",
            given=INCOMPLETE
            if not where.strip()
            else TOO_LATE
            if not self.may_plan(code, kind)
            else INCOMPLETE
            if taken
            else DONE,
        ):
            newest = Assessment.objects.filter(portfolio=self.portfolio).latest("pk")
            self.attempts[code].append(Attempt(newest.pk, kind, case=which if kind == CBD else 0))

    @precondition(lambda self: any(self.attempts[code] for code in DISCUSSED))
    @rule(code=st.sampled_from(DISCUSSED), name=likely("trainee"), case=st.sampled_from(list(CASES)), stale=seldom)
    def change_the_case(self, code: str, name: str, case: str, stale: bool) -> None:
        """Of a plan, while nobody is asked."""
        code = next(each for each in [code, *DISCUSSED] if self.attempts[each])
        one = self.newest(code)
        row, sources, who = self.attempt_row(code, one), one.state == State.PLANNED, name == "trainee"
        given = make.plan(CBD, row.title, case_reference=case, where=f"Room {self.turn}")
        seen = NOTHING_SHOWN if stale else planned_seen(row)
        if self.expect(
            "change the case",
            lambda: perform("plan", row, by=self.person(name), given=given, seen=seen),
            sources=sources,
            who=who,
            given=TOO_LATE if stale else INCOMPLETE if CASES[case] in self.cases_taken(one) else DONE,
        ):
            one.case = CASES[case]

    @rule(code=codes, to=st.sampled_from(["assessor", *DECIDERS, "stranger"]), name=likely("trainee"), declared=mostly)
    def ask_for_assessment(self, code: str, to: str, name: str, declared: bool) -> None:
        one = self.attempt(code)
        row, sources, who = self.attempt_row(code, one), bool(one and one.state == State.PLANNED), name == "trainee"
        self.offered("ask", row, name, sources and who)
        if self.expect(
            "ask",
            lambda: perform("ask", row, by=self.person(name), given=AskFor(self.person(to), declared=declared)),
            sources=sources,
            who=who,
            given=DONE if self.may_decide(to) and declared else INCOMPLETE,
        ):
            self.newest(code).state, self.newest(code).to = State.WITH_ASSESSOR, to

    def newest(self, code: str) -> Attempt:
        return self.attempts[code][-1]

    def is_with(self, one: Attempt | None) -> bool:
        return bool(one and one.state == State.WITH_ASSESSOR)

    @rule(code=codes, name=likely("trainee"))
    def withdraw_assessment(self, code: str, name: str) -> None:
        one = self.attempt(code)
        row, sources, who = self.attempt_row(code, one), self.is_with(one), name == "trainee"
        self.offered("withdraw", row, name, sources and who)
        if self.expect(
            "withdraw assessment",
            lambda: perform("withdraw", row, by=self.person(name)),
            sources=sources,
            who=who,
        ):
            self.newest(code).state, self.newest(code).to = State.PLANNED, ""

    @rule(code=codes, to=st.sampled_from([*DECIDERS, "stranger"]), name=likely("trainee", "officer"))
    def redirect_assessment(self, code: str, to: str, name: str) -> None:
        one = self.attempt(code)
        row, sources, who = self.attempt_row(code, one), self.is_with(one), name == "trainee" or self.leads(name)
        self.offered("redirect", row, name, sources and who)
        if self.expect(
            "redirect assessment",
            lambda: perform("redirect", row, by=self.person(name), given=Redirect(self.person(to))),
            sources=sources,
            who=who,
            given=DONE if self.may_decide(to) and one and one.to != to else INCOMPLETE,
        ):
            self.newest(code).to = to

    @rule(code=codes, outcome=OUTCOMES, name=st.sampled_from(PEOPLE), addressed=mostly, stale=seldom)
    def complete_assessment(self, code: str, outcome: str, name: str, addressed: bool, stale: bool) -> None:
        one = self.attempt(code)
        row, sources = self.attempt_row(code, one), self.is_with(one)
        if one and sources and addressed:
            name = one.to
        who = bool(one and one.to == name and self.may_decide(name))
        self.offered("complete", row, name, sources and who)
        seen = NOTHING_SHOWN if stale or not sources else make.seen_of(row)
        given = make.completed(row, outcome) if sources else None
        if self.expect(
            "complete",
            lambda: perform("complete", row, by=self.person(name), seen=seen, given=given),
            sources=sources,
            who=who,
            given=TOO_LATE if stale else DONE,
        ):
            self.newest(code).state = outcome
            self.decisions.append(Decided(Assessment, self.newest(code).pk, name))

    @rule(code=codes, back=back, name=st.sampled_from(PEOPLE), addressed=mostly, stale=seldom)
    def correct_the_kind(self, code: str, back: int, name: str, addressed: bool, stale: bool) -> None:
        """By whoever it is with or who decided, while its module is not signed off. A CBD has no other kind."""
        one = self.attempt(code, back)
        row = self.attempt_row(code, one)
        sources = bool(one and one.state in (State.WITH_ASSESSOR, State.SATISFACTORY, State.NOT_YET))
        if one and sources and addressed:
            name = one.to
        who = bool(one and one.to == name and self.may_decide(name))
        self.offered("correct the kind", row, name, sources and who)
        kind = "OCE" if row.kind == "DOPS" else "DOPS"
        seen = NOTHING_SHOWN if stale or not sources else make.seen_of(row, kind)
        given = Correct(make.marks_of(row, kind))
        if self.expect(
            "correct the kind",
            lambda: perform("correct the kind", row, by=self.person(name), seen=seen, given=given),
            sources=sources,
            who=who,
            given=TOO_LATE if stale or code in self.stored or code in DISCUSSED else DONE,
        ):
            assert one is not None
            one.kind = kind

    @rule(code=codes, back=back, name=likely("officer", "administrator"), reason=reasons("Of somebody else."))
    def void_assessment(self, code: str, back: int, name: str, reason: str) -> None:
        """The sign-off of its module falls with it, if it was made against this attempt."""
        one = self.attempt(code, back)
        row, who = self.attempt_row(code, one), self.may_unlock(name)
        sources = bool(one and one.state in (State.SATISFACTORY, State.NOT_YET))
        self.offered("void assessment", row, name, sources and who)
        if self.expect(
            "void assessment",
            lambda: perform("void assessment", row, by=self.person(name), reason=reason),
            sources=sources,
            who=who,
            given=DONE if reason.strip() else INCOMPLETE,
            lowers=True,
        ):
            assert one is not None
            one.state = State.VOIDED
            if code in self.stored and one.pk in self.stored[code].attempts:
                self.voids_sign_off(code)

    def another(self, name: str) -> str:
        """Somebody else who may decide, if there is anybody."""
        return next((each for each in DECIDERS if each != name and self.may_decide(each)), name)

    def assess_on(self, code: str, kind: str, way: str) -> None:
        """The next step of the assessment, on its way to an outcome or on a way round."""
        one = self.attempt(code)
        if one and one.state == State.PLANNED:
            self.ask_for_assessment(code, "officer", "trainee", declared=True)
        elif one and self.is_with(one) and way == "redirect":
            self.redirect_assessment(code, self.another(one.to), "trainee")
        elif one and self.is_with(one) and (way == "withdraw" or not self.may_decide(one.to)):
            self.withdraw_assessment(code, "trainee")
        elif one and self.is_with(one) and way == "correct":
            self.correct_the_kind(code, 0, "", addressed=True, stale=False)
        elif one and self.is_with(one):
            outcome = State.NOT_YET if way == "return" else State.SATISFACTORY
            self.complete_assessment(code, outcome, "", addressed=True, stale=False)
        else:
            self.plan_assessment(code, kind, "trainee", "The clinic")
