"""Rounds of multi-source feedback: opened, answered by links, closed, and talked about."""

from collections import Counter
from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from portfolio.access import visible
from portfolio.models import Evidence, FeedbackAnswer, FeedbackInvitation, FeedbackLink, FeedbackRound
from portfolio.states import FeedbackState as State
from portfolio.states import RespondentGroup
from portfolio.workflow import RoundOf, perform
from portfolio.workflow.feedback import Invite, Release, Respondent, Withdraw, answering, report_digest
from portfolio.workflow.feedback.answering import Said
from portfolio.workflow.feedback.using import use
from tests import make
from tests.portfolio.workflow.life.curriculum import LEAST, ROUNDS
from tests.portfolio.workflow.life.lived import (
    DONE,
    GONE,
    INCOMPLETE,
    NOT_ALLOWED,
    NOTHING_SHOWN,
    TOO_LATE,
    Lived,
    likely,
    mostly,
    seldom,
)
from tests.portfolio.workflow.life.notes import Invitation, Round

MAILBOXES = {  # each as it is typed, and whose mailbox it is
    "ann@ward.example.org": "ann",
    "Ann+stp@ward.example.org": "ann",
    "bo@ward.example.org": "bo",
    "cy@ward.example.org": "cy",
    "dee@ward.example.org": "dee",
}
OWN = "their own"
ADDRESSES = st.lists(st.sampled_from([*MAILBOXES, *MAILBOXES, OWN]), max_size=3)
WHO = st.sampled_from(sorted({*MAILBOXES.values()}))
names = st.sampled_from([ROUNDS[0], ROUNDS[0], *ROUNDS])


class Feedback(Lived):
    """What respondents say moves nothing that counts, and nobody reads it before it may be read."""

    def step_of(
        self,
        step: str,
        of: str,
        name: str,
        *,
        sources: tuple[str, ...],
        who: bool,
        given: int = DONE,
        take: Callable[[RoundOf], object],
    ) -> bool:
        subject, legal = RoundOf.read(self.portfolio, of), self.rounds[of].state in sources
        self.offered(step, subject, name, legal and who)
        return self.expect(step, lambda: take(subject), sources=legal, who=who, given=given)

    @rule(of=names, name=likely("trainee"))
    def open_feedback(self, of: str, name: str) -> None:
        """Again, where there were too few answers."""
        if self.step_of(
            "open feedback",
            of,
            name,
            sources=(State.NOT_OPENED, State.TOO_FEW),
            who=name == "trainee",
            take=lambda subject: perform("open feedback", subject, by=self.person(name)),
        ):
            self.rounds[of] = Round(State.OPEN, self.rounds[of].attempt + 1)

    @rule(of=names, name=likely("trainee"), addresses=ADDRESSES)
    def invite(self, of: str, name: str, addresses: list[str]) -> None:
        """Each mailbox once a round, however it is written, and never the trainee's own."""
        asked, known = self.rounds[of], [MAILBOXES.get(address, OWN) for address in addresses]
        wrong = not known or OWN in known or len(set(known)) < len(known) or bool(set(known) & set(asked.invitations))
        typed = [self.cast.trainee.email if address == OWN else address for address in addresses]
        given = Invite([Respondent(address, RespondentGroup.CLINICAL) for address in typed])
        tokens: dict[str, str] = {}
        if self.step_of(
            "invite respondents",
            of,
            name,
            sources=(State.OPEN,),
            who=name == "trainee",
            given=INCOMPLETE if wrong else DONE,
            take=lambda subject: tokens.update(
                make.tokens(lambda: perform("invite respondents", subject, by=self.person(name), given=given))
            ),
        ):
            rows = FeedbackInvitation.objects.filter(address__in=typed).order_by("-pk")[: len(typed)]
            for row in rows:
                asked.invitations[MAILBOXES[row.address]] = Invitation(row.pk, row.address, [tokens[row.address]])
            asked.mailed = True

    @rule(of=names, name=likely("trainee"), who=WHO)
    def withdraw_invitation(self, of: str, name: str, who: str) -> None:
        asked = self.rounds[of].invitations.get(who)
        given = Withdraw(asked.pk if asked else None)
        if self.step_of(
            "withdraw invitation",
            of,
            name,
            sources=(State.OPEN,),
            who=name == "trainee",
            given=DONE if asked and not asked.withdrawn else INCOMPLETE,
            take=lambda subject: perform("withdraw invitation", subject, by=self.person(name), given=given),
        ):
            assert asked is not None
            asked.withdrawn = True

    @rule(of=names, name=likely("trainee"), next_day=mostly)
    def remind(self, of: str, name: str, next_day: bool) -> None:
        """Once a day, and while somebody has not answered, whether or not their invitation stands."""
        asked = self.rounds[of]
        if next_day:
            self.a_day_passes(asked)
        standing = [one for one in asked.invitations.values() if not one.withdrawn]
        silent = any(not one.answered for one in asked.invitations.values())
        tokens: dict[str, str] = {}
        if self.step_of(
            "remind respondents",
            of,
            name,
            sources=(State.OPEN,),
            who=name == "trainee",
            given=INCOMPLETE if not standing else TOO_LATE if not silent else INCOMPLETE if asked.mailed else DONE,
            take=lambda subject: tokens.update(
                make.tokens(lambda: perform("remind respondents", subject, by=self.person(name)))
            ),
        ):
            assert set(tokens) == {one.address for one in standing if not one.answered}
            for one in standing:
                one.tokens += [tokens[one.address]] if one.address in tokens else []
            asked.mailed = True

    def a_day_passes(self, asked: Round) -> None:
        """Since these were mailed. Links are rows that never change, so this goes around them."""
        invitations = [one.pk for one in asked.invitations.values()]
        QuerySet(FeedbackLink).filter(invitation__in=invitations, sent_on=self.today()).update(sent_on=self.today(-1))
        asked.mailed = False

    @precondition(lambda self: any(one.invitations for one in self.rounds.values()))
    @rule(of=names, who=WHO, old=mostly, by=seldom, says=mostly)
    def answer(self, of: str, who: str, old: bool, by: bool, says: bool) -> None:
        """By the newest link or an older one, once; signed in as the trainee never. No event tells of it."""
        asked = next(one for one in [self.rounds[of], *self.rounds.values()] if one.invitations)
        invitation = asked.invitations.get(who) or min(asked.invitations.values(), key=lambda one: one.pk)
        said = [Said(rating=3), Said(), Said(text="Calm.")] if says else [Said(), Said(), Said()]
        over = self.closed or asked.state != State.OPEN
        if self.expect(
            "answer feedback",
            lambda: answering.answer(
                invitation.tokens[0 if old else -1], said, by=self.cast.trainee if by else AnonymousUser()
            ),
            who=True,
            given=NOT_ALLOWED
            if by
            else GONE
            if over or invitation.withdrawn or invitation.answered
            else DONE
            if says
            else INCOMPLETE,
            events=0,
            when_closed=True,
        ):
            invitation.answered = True
            asked.answers += 1

    @rule(of=names, name=likely("trainee", "officer"))
    def close_feedback(self, of: str, name: str) -> None:
        """With enough answers there is a report; else there is nothing, and the round can be opened again."""
        asked = self.rounds[of]
        if self.step_of(
            "close feedback",
            of,
            name,
            sources=(State.OPEN,),
            who=name == "trainee" or self.leads(name),
            take=lambda subject: perform("close feedback", subject, by=self.person(name)),
        ):
            enough = asked.answers >= LEAST
            asked.state = State.WITH_OFFICER if enough else State.TOO_FEW
            asked.answers = asked.answers if enough else 0

    @rule(of=names, name=likely("officer", "coordinator"), days=st.sampled_from([0, 0, 0, 1, -1]), stale=seldom)
    def release_feedback(self, of: str, name: str, days: int, stale: bool) -> None:
        """Once they have talked about it: after the round closed, and not tomorrow."""

        def release(subject: RoundOf) -> None:
            closing = getattr(subject.row, "closing", None)
            seen = NOTHING_SHOWN if stale or closing is None else closing.digest
            perform(
                "release feedback", subject, by=self.person(name), seen=seen, given=Release(self.today(days), "More.")
            )

        if self.step_of(
            "release feedback",
            of,
            name,
            sources=(State.WITH_OFFICER,),
            who=self.leads(name),
            given=TOO_LATE if stale else INCOMPLETE if days else DONE,
            take=release,
        ):
            self.rounds[of].state = State.RELEASED

    @rule(of=names, name=likely("trainee"))
    def use_report(self, of: str, name: str) -> None:
        """As a page of evidence, once it is released; asked again, it is the page that was made the first time."""
        row, made = RoundOf.read(self.portfolio, of).row, self.reports.get(of)
        if row is None:
            return
        eid = "" if made is None else self.pages[made].eid
        pages: list[Evidence] = []
        if self.expect(
            "use report as evidence",
            lambda: pages.append(use(row, by=self.person(name), eid=eid)),
            who=name == "trainee",
            given=DONE if self.rounds[of].state == State.RELEASED else TOO_LATE,
            events=int(made is None),
        ):
            number = len(self.pages) if made is None else made
            if made is None:
                self.pages += pages
                self.versions.append(0)
                self.reports[of] = number
            self.unsaved.add(number)
            self.spoilt.discard(number)

    # --- what must hold ---

    def feedback_is_that_of_the_model(self) -> None:
        """Answers are kept while a round is open and where there were enough; who answered, while it is open."""
        rows = FeedbackRound.objects.filter(portfolio=self.portfolio).select_related("closing__release")
        answers = Counter(FeedbackAnswer.objects.filter(round__in=rows).values_list("round", flat=True))
        newest = {row.name: row for row in rows.order_by("attempt")}
        for name, one in self.rounds.items():
            row = newest.get(name)
            assert (row.attempt if row else 0) == one.attempt
            stands = self.record.feedback.get(name)
            assert (stands.state if stands else State.NOT_OPENED) == one.state
            if row:
                assert answers[row.pk] == one.answers * len(make.QUESTIONS)
        asked = FeedbackInvitation.objects.filter(round__in=[row.pk for row in newest.values()])
        assert {row.pk: (row.answered, row.withdrawn) for row in asked} == {
            one.pk: (one.answered and of.state == State.OPEN, one.withdrawn)
            for of in self.rounds.values()
            for one in of.invitations.values()
        }

    def reports_are_read_in_their_order(self) -> None:
        """Nobody reads a report before the round is closed; the officer then, the trainee once it was talked about."""
        name = ["trainee", "officer", "coordinator", "administrator", "assessor"][self.turn % 5]
        may_read = {"trainee": (State.RELEASED,)}.get(name, (State.WITH_OFFICER, State.RELEASED))
        may_read = may_read if name == "trainee" or self.leads(name) else ()
        wanted = sum(one.answers for one in self.rounds.values() if one.state in may_read)
        assert visible(self.person(name), FeedbackAnswer).count() == wanted * len(make.QUESTIONS), name

    def reports_are_as_they_were_sealed(self) -> None:
        for row in FeedbackRound.objects.filter(portfolio=self.portfolio, closing__enough=True):
            assert report_digest(row, row.answers.all()) == row.closing.digest
