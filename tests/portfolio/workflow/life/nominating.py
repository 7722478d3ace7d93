"""Somebody new is named to decide; the training officer approves or declines them."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.models import User
from portfolio.models import Item, Nomination
from portfolio.states import ActivityState, NominationState
from portfolio.workflow import Nominee, Redirect, Submit, perform
from portfolio.workflow.activities import newest_revisions
from tests import make
from tests.portfolio.workflow.life.handing import Handing
from tests.portfolio.workflow.life.lived import DONE, GRACE, INCOMPLETE, NEWCOMER, likely, mostly, reasons
from tests.portfolio.workflow.life.notes import Asked, Named, Place
from tests.portfolio.workflow.life.work import NOT_SUBMITTED, places_

KNOWN_HERE, UNKNOWN_HERE, IN_TRAINING, OWN, NAMELESS = (
    "second_assessor",
    "other_officer",
    "officer_in_training",
    "trainee",
    "nameless",
)
WHO = st.sampled_from([NEWCOMER, NEWCOMER, KNOWN_HERE, UNKNOWN_HERE, IN_TRAINING, OWN, NAMELESS])


class Nominating(Handing):
    """Whoever is named decides on nothing before the officer approves them; then as everybody who is asked."""

    def nominee(self, who: str) -> Nominee:
        if who == NAMELESS:
            return make.nominee(" ")
        return GRACE if who == NEWCOMER else make.nominee(self.called(who), getattr(self.cast, who).email)

    @rule(place=places_, who=WHO, name=likely("trainee"), legal=mostly)
    def submit_to_somebody_new(self, place: Place, who: str, name: str, legal: bool) -> None:
        place = self.one_of(place, NOT_SUBMITTED, legal)
        sources, row = self.state[place] in NOT_SUBMITTED, self.row(place)
        whole = self.can_go(place)
        pages = {row.pk: [revision.pk for revision in newest_revisions(row)]} if row.pk else {}
        given = Submit(None, pages, declared=True, nominee=self.nominee(who))
        if self.expect(
            "submit to somebody new",
            lambda: perform("submit", row, by=self.person(name), given=given),
            sources=sources,
            who=name == "trainee",
            given=DONE if whole and who not in (OWN, NAMELESS) else INCOMPLETE,
        ):
            asked = Asked("", {place: self.state[place]})
            self.now_in_review(asked)
            self.now_named(asked, place, who)

    @rule(place=places_, who=WHO, name=likely("trainee", "officer"), legal=mostly)
    def redirect_to_somebody_new(self, place: Place, who: str, name: str, legal: bool) -> None:
        """The trainee's to name alone, although the officer may redirect."""
        place = self.one_of(place, (ActivityState.IN_REVIEW,), legal)
        wrong = name != "trainee" or who in (OWN, NAMELESS)
        row, given = self.row(place), Redirect(None, self.nominee(who))
        if self.expect(
            "redirect to somebody new",
            lambda: perform("redirect", row, by=self.person(name), given=given),
            sources=self.state[place] == ActivityState.IN_REVIEW,
            who=name == "trainee" or self.leads(name),
            given=INCOMPLETE if wrong else DONE,
        ):
            self.asked[place].passes_to("")
            self.now_named(self.asked[place], place, who)

    def now_named(self, asked: Asked, place: Place, who: str) -> None:
        row = Nomination.objects.get(submission__items=asked.items[place], until=None)
        asked.named = Named(row.nid, who, asked)
        self.nominations.append(asked.named)

    @precondition(lambda self: self.nominations)
    @rule(
        back=st.integers(0, 2), name=likely("officer", "coordinator"), approves=mostly, reason=reasons("Unknown here.")
    )
    def answer_nomination(self, back: int, name: str, approves: bool, reason: str) -> None:
        """Somebody in training on the programme, or whose account is not active, is nobody's assessor."""
        waiting = [one for one in self.nominations if one.state == NominationState.WAITING]
        found = waiting or self.nominations
        one = found[-1 - min(back, len(found) - 1)]
        step = "approve nomination" if approves else "decline nomination"
        subject = Nomination.objects.select_related("submission", "answer", "portfolio__trainee").get(nid=one.nid)
        sources, who = one.state == NominationState.WAITING, self.leads(name)
        self.offered(step, subject, name, sources and who)
        wrong = one.who == IN_TRAINING if approves else not reason.strip()
        if self.expect(
            step,
            lambda: perform(step, subject, by=self.person(name), reason=reason),
            sources=sources,
            who=who,
            given=INCOMPLETE if wrong else DONE,
        ):
            one.state = NominationState.APPROVED if approves else NominationState.DECLINED
            if approves:
                one.asked.passes_to(one.who)
                self.ended.discard(one.who)
                self.approved |= {one.who} - {KNOWN_HERE}

    # --- what must hold ---

    def nominations_are_those_of_the_model(self) -> None:
        """And nobody is a person here for having been named."""
        rows = Nomination.objects.filter(portfolio=self.portfolio).select_related("answer")
        assert sorted((row.nid, row.state) for row in rows) == sorted((one.nid, one.state) for one in self.nominations)
        current = {row.nid for row in rows if row.until is None}
        assert current == {asked.named.nid for asked in self.asked.values() if asked.named}
        assert User.objects.filter(email__iexact=GRACE.address).exists() == (NEWCOMER in self.approved)

    def who_signed_by_link_proved_their_mailbox(self) -> None:
        """Of every decision of somebody without an account. An address is kept in small letters."""
        mailbox = GRACE.address.lower()
        decided = Item.objects.filter(decision__signer__one_off=True, submission__portfolio=self.portfolio)
        proofs = decided.values_list("pk", "decision__proved_address", "decision__by_link__address")
        assert sorted(proofs) == sorted(
            (one.pk, mailbox, None if one.pk in self.on_device else mailbox)
            for one in self.decisions
            if one.of is Item and one.by == NEWCOMER
        )
