"""What goes on beside the work: pages are edited, roles end, goals and reviews are held.

None of it moves how far the portfolio is.
"""

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import rule

from portfolio.models import Role
from portfolio.states import GoalOutcome, GoalState, Side
from portfolio.states import ReviewState as Review
from portfolio.workflow import Reviewed, ReviewOf, perform, reviews, writing
from portfolio.workflow.feedback.using import released_text
from tests import make
from tests.portfolio.workflow.life.curriculum import POINTS
from tests.portfolio.workflow.life.lived import (
    DONE,
    ENDING,
    INCOMPLETE,
    NOTHING_SHOWN,
    OWN_PAGES,
    TOO_LATE,
    Lived,
    likely,
    mostly,
    reasons,
    seldom,
)

GOAL_STEPS = {
    "review goal": (GoalState.OPEN, GoalState.OPEN),
    "achieve goal": (GoalState.OPEN, GoalState.ACHIEVED),
    "give up goal": (GoalState.OPEN, GoalState.GIVEN_UP),
    "reopen goal": ("", GoalState.OPEN),  # from both ends
}
SIGNS = {  # whose signature leads from where to where
    "sign review as trainee": {
        Review.PLANNED: Review.SIGNED_BY_TRAINEE,
        Review.SIGNED_BY_OFFICER: Review.SIGNED_BY_BOTH,
    },
    "sign review as officer": {
        Review.PLANNED: Review.SIGNED_BY_OFFICER,
        Review.SIGNED_BY_TRAINEE: Review.SIGNED_BY_BOTH,
    },
}
BOTH = likely("trainee", "officer")


class Beside(Lived):
    """What trainee and officer write, agree and sign, apart from work; and who may no longer decide."""

    @rule(page=st.integers(0, 4), name=likely("trainee"), save=st.integers(0, 3).map(bool), keeps=mostly)
    def edit(self, page: int, name: str, save: bool, keeps: bool = True) -> None:
        """A new revision, or a working copy that is not saved. What is written around a report `keeps` it, or not."""
        page %= len(self.pages)
        row, is_report = self.page(page), page >= OWN_PAGES
        body = f"{row.body} More."
        if is_report:
            report = released_text(row.feedback_round)
            body = f"Note {self.turn}.\n\n{report if keeps else report[1:]}"
        typed = writing.Page(row.title, row.happened_on, row.kind, body)

        def write() -> None:
            with transaction.atomic():
                writing.keep(self.portfolio, typed, by=self.person(name), evidence=row)
                if save:
                    writing.save(row, by=self.person(name))

        if self.expect("edit", write, who=name == "trainee", events=int(save)):
            (self.unsaved.discard if save else self.unsaved.add)(page)
            self.versions[page] += save
            if is_report:
                (self.spoilt.discard if keeps else self.spoilt.add)(page)

    @rule(page=st.integers(0, 2), name=likely("trainee"), on=st.booleans(), how=st.booleans())
    def share_or_archive(self, page: int, name: str, on: bool, how: bool) -> None:
        write, known = (writing.share, self.shared) if how else (writing.archive, self.archived)
        if self.expect(
            "share" if how else "archive",
            lambda: write(self.pages[page], on=on, by=self.person(name)),
            who=name == "trainee",
            events=int(on != (page in known)),
        ):
            (known.add if on else known.discard)(page)

    @rule(name=st.sampled_from(ENDING), ends=st.booleans())
    def end_role(self, name: str, ends: bool) -> None:
        day = self.today(-1) if ends else None
        mine = Role.objects.filter(portfolio=self.portfolio, user=getattr(self.cast, name))
        if ends:  # what a nomination gave today was given earlier, so that it can be over
            mine.filter(starts_on=self.today()).update(starts_on=self.today(-200 - self.turn))
        mine.update(ends_on=day)
        make.appointments_told()
        (self.ended.add if ends else self.ended.discard)(name)
        self._measures()

    # --- goals ---

    @rule(step=st.sampled_from(list(GOAL_STEPS)), name=BOTH, happened=reasons("I chaired one."))
    def goal_step(self, step: str, name: str, happened: str) -> None:
        from_, to = GOAL_STEPS[step]
        sources = self.goal_state == from_ if from_ else self.goal_state != GoalState.OPEN
        who = name == "trainee" or (step == "review goal" and self.leads(name))
        self.offered(step, self.goal_row(), name, sources and who)
        given = Reviewed("Chair another.", GoalOutcome.GOING_WELL)
        if self.expect(
            step,
            lambda: perform(step, self.goal_row(), by=self.person(name), reason=happened, given=given),
            sources=sources,
            who=who,
            given=DONE if happened.strip() else INCOMPLETE,
        ):
            self.goal_state = to

    # --- reviews ---

    def may_hold(self, name: str) -> bool:
        return name == "trainee" or self.leads(name)

    @rule(number=st.sampled_from(POINTS), name=BOTH, days=st.sampled_from([-1, -1, -1, 3, -4000]))
    def plan_review(self, number: int, name: str, days: int) -> None:
        """A meeting that is still to come cannot be signed; so a day that is past, here."""
        sources, who = self.reviews[number] in (Review.NOT_PLANNED, Review.PLANNED), self.may_hold(name)
        subject, on = ReviewOf.read(self.portfolio, number), self.today(days)
        self.offered("plan review", subject, name, sources and who)
        if self.expect(
            "plan review",
            lambda: perform("plan review", subject, by=self.person(name), given=reviews.Plan(on)),
            sources=sources,
            who=who,
            given=DONE if days > -4000 else INCOMPLETE,
        ):
            self.reviews[number], self.planned_ahead[number] = Review.PLANNED, days > 0

    @rule(number=st.sampled_from(POINTS), name=BOTH, stale=seldom)
    def write_notes(self, number: int, name: str, stale: bool) -> None:
        sources, who = self.reviews[number] == Review.PLANNED, self.may_hold(name)
        subject = ReviewOf.read(self.portfolio, number)
        self.offered("write review notes", subject, name, sources and who)
        side = Side.TRAINEE if name == "trainee" else Side.OFFICER
        seen = NOTHING_SHOWN if stale or subject.meeting is None else reviews.notes_seen(subject.meeting, side)
        given = reviews.Notes(f"Note {self.turn}.")
        self.expect(
            "write review notes",
            lambda: perform("write review notes", subject, by=self.person(name), seen=seen, given=given),
            sources=sources,
            who=who,
            given=TOO_LATE if stale else DONE,
        )

    @rule(number=st.sampled_from(POINTS), step=st.sampled_from(list(SIGNS)), name=BOTH, theirs=mostly, stale=seldom)
    def sign_review(self, number: int, step: str, name: str, theirs: bool, stale: bool) -> None:
        if theirs and name in ("trainee", "officer"):
            step = f"sign review as {name}"
        sources = self.reviews[number] in SIGNS[step]
        who = name == "trainee" if step == "sign review as trainee" else self.leads(name)
        subject = ReviewOf.read(self.portfolio, number)
        self.offered(step, subject, name, sources and who)
        seen = NOTHING_SHOWN if stale or subject.meeting is None else reviews.shown(subject)
        if self.expect(
            step,
            lambda: perform(step, subject, by=self.person(name), seen=seen),
            sources=sources,
            who=who,
            given=INCOMPLETE if self.planned_ahead.get(number) else TOO_LATE if stale else DONE,
        ):
            self.reviews[number] = SIGNS[step][Review(self.reviews[number])]

    @rule(number=st.sampled_from(POINTS), name=BOTH, reason=reasons("The date was wrong."))
    def record_review_again(self, number: int, name: str, reason: str) -> None:
        signed = (Review.SIGNED_BY_TRAINEE, Review.SIGNED_BY_OFFICER, Review.SIGNED_BY_BOTH)
        sources, who = self.reviews[number] in signed, self.may_hold(name)
        subject, given = ReviewOf.read(self.portfolio, number), reviews.Plan(self.today(-1))
        self.offered("record review again", subject, name, sources and who)
        if self.expect(
            "record review again",
            lambda: perform("record review again", subject, by=self.person(name), reason=reason, given=given),
            sources=sources,
            who=who,
            given=DONE if reason.strip() else INCOMPLETE,
        ):
            self.reviews[number] = Review.PLANNED
