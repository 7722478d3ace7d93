"""The steps of an activity, and what another system signed."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from portfolio.models import Item, SignLink
from portfolio.states import ActivityState as State
from portfolio.states import ItemState
from portfolio.workflow import Incomplete, LinkTo, Redirect, Submit, elsewhere, perform, perform_all
from portfolio.workflow.activities import newest_revisions
from portfolio.workflow.one_off import codes
from portfolio.workflow.one_off.links import ByLink
from tests import make
from tests.portfolio.workflow.life.curriculum import OPEN_ENDED
from tests.portfolio.workflow.life.lived import (
    DECIDERS,
    DONE,
    INCOMPLETE,
    NEWCOMER,
    NOT_ALLOWED,
    NOTHING_SHOWN,
    PEOPLE,
    PLACES,
    TOO_LATE,
    Lived,
    likely,
    mostly,
    reasons,
    seldom,
)
from tests.portfolio.workflow.life.notes import Asked, Decided, Place

places_ = st.sampled_from(PLACES)
NOT_SUBMITTED = (State.DRAFT, State.RETURNED)
ANYBODY = st.sampled_from([*DECIDERS, "stranger"])


class Work(Lived):
    """Evidence is linked, submitted, taken back, passed on, decided and unlocked."""

    @rule(place=places_, page=st.integers(0, 4), name=likely("trainee"))
    def link(self, place: Place, page: int, name: str) -> None:
        page %= len(self.pages)
        sources, who = self.state[place] != State.IN_REVIEW, name == "trainee"
        there = place in self.rows or place != (OPEN_ENDED, 2) or self.confirmed in (None, 2)
        given = DONE if there else INCOMPLETE
        if page in self.signed[place]:
            given = TOO_LATE
        self.offered("link", self.row(place), name, sources and who)
        step = LinkTo(self.pages[page], "It shows it.")
        if self.expect(
            "link",
            lambda: perform("link", self.row(place), by=self.person(name), given=step),
            sources=sources,
            who=who,
            given=given,
        ):
            self.links[place].add(page)
            self.rows.add(place)
            if self.state[place] == State.NOT_STARTED:
                self.state[place] = State.DRAFT

    @rule(place=places_, page=st.integers(0, 4), name=likely("trainee"))
    def unlink(self, place: Place, page: int, name: str) -> None:
        page %= len(self.pages)
        sources, who = self.state[place] not in (State.NOT_STARTED, State.IN_REVIEW), name == "trainee"
        given = DONE if page in self.links[place] - self.signed[place] else TOO_LATE
        self.offered("unlink", self.row(place), name, sources and who)
        if self.expect(
            "unlink",
            lambda: perform("unlink", self.row(place), by=self.person(name), given=LinkTo(self.pages[page])),
            sources=sources,
            who=who,
            given=given,
        ):
            self.links[place].discard(page)
            if self.state[place] == State.DRAFT and not self.links[place] and place not in self.ever:
                self.state[place] = State.NOT_STARTED

    @rule(
        places=st.lists(places_, min_size=1, max_size=3, unique=True),
        to=st.sampled_from(["assessor", *DECIDERS, "stranger", "administrator"]),
        name=likely("trainee"),
        usable=mostly,
    )
    def submit(self, places: list[Place], to: str, name: str, usable: bool) -> None:
        if usable:  # mostly what can be submitted, so that it often is
            places = [place for place in PLACES if self.state[place] in NOT_SUBMITTED][: len(places)] or places
        sources, who = all(self.state[place] in NOT_SUBMITTED for place in places), name == "trainee"
        whole = all(self.can_go(place) for place in places)
        given = DONE if self.may_decide(to) and whole else INCOMPLETE
        rows = [self.row(place) for place in places]
        for row in rows[:1] if len(rows) == 1 else ():
            self.offered("submit", row, name, sources and who)
        pages = {row.pk: [revision.pk for revision in newest_revisions(row)] for row in rows if row.pk}
        step = Submit(self.person(to), pages, declared=True)
        if self.expect(
            "submit",
            lambda: perform("submit", rows, by=self.person(name), given=step),
            sources=sources,
            who=who,
            given=given,
        ):
            self.now_in_review(Asked(to, {place: self.state[place] for place in places}))

    def can_go(self, place: Place) -> bool:
        """There is a page, each is saved, and none that was made of a report says another one."""
        return bool(self.links[place]) and not self.links[place] & (self.unsaved | self.spoilt)

    def now_in_review(self, asked: Asked) -> None:
        for place in asked.before:
            item = self.undecided(place)
            self.state[place], self.asked[place] = State.IN_REVIEW, asked
            self.submitted[place] = set(self.links[place])
            asked.shown[place] = {(page, self.versions[page]) for page in self.links[place]}
            asked.digests[place], asked.items[place] = item.digest, item.pk
            self.ever.add(place)

    def undecided(self, place: Place) -> Item:
        code, number = place
        of = {"activity__portfolio": self.portfolio, "activity__module__code": code, "activity__number": number}
        return Item.objects.get(state=ItemState.UNDECIDED, **of)

    @rule(place=places_, name=likely("trainee"), legal=st.booleans())
    def withdraw(self, place: Place, name: str, legal: bool) -> None:
        place = self.one_of(place, (State.IN_REVIEW,), legal)
        sources, who = self.state[place] == State.IN_REVIEW, name == "trainee"
        self.offered("withdraw", self.row(place), name, sources and who)
        if self.expect(
            "withdraw",
            lambda: perform("withdraw", self.row(place), by=self.person(name)),
            sources=sources,
            who=who,
        ):
            self.asked[place].passes_to("")
            for each, before in self.asked[place].before.items():
                self.state[each] = before
                del self.asked[each]

    @rule(place=places_, to=ANYBODY, name=likely("trainee", "officer", "coordinator"), legal=mostly)
    def redirect(self, place: Place, to: str, name: str, legal: bool) -> None:
        place = self.one_of(place, (State.IN_REVIEW,), legal)
        sources, who = self.state[place] == State.IN_REVIEW, name == "trainee" or self.leads(name)
        other = sources and self.asked[place].to != to
        given = DONE if self.may_decide(to) and other else INCOMPLETE
        self.offered("redirect", self.row(place), name, sources and who)
        if self.expect(
            "redirect",
            lambda: perform("redirect", self.row(place), by=self.person(name), given=Redirect(self.person(to))),
            sources=sources,
            who=who,
            given=given,
        ):
            self.asked[place].passes_to(to)

    @rule(
        place=places_,
        action=st.sampled_from(["sign off", "sign off", "return"]),
        name=st.sampled_from(PEOPLE),
        addressed=mostly,
        legal=mostly,
        stale=seldom,
        reason=reasons("Clear."),
        proves=mostly,
    )
    def decide(
        self,
        place: Place,
        action: str,
        name: str,
        addressed: bool,
        legal: bool,
        stale: bool,
        reason: str,
        proves: bool = True,
    ) -> None:
        """Mostly by whoever it is with, of what was shown; without an account by a proof of their mailbox alone."""
        place = self.one_of(place, (State.IN_REVIEW,), legal)
        sources = self.state[place] == State.IN_REVIEW
        if sources and addressed:
            name = self.asked[place].to or name
        who = sources and self.asked[place].to == name and self.may_decide(name)
        proof = self.proof_for(self.asked[place], proves) if who and name == NEWCOMER else None
        unproved = who and name == NEWCOMER and not proves
        wordless = action == "return" and not reason.strip()
        given = INCOMPLETE if wordless else NOT_ALLOWED if unproved else TOO_LATE if stale else DONE
        row = self.row(place)
        self.offered(action, row, name, sources and who)
        seen = NOTHING_SHOWN if stale or not sources else self.asked[place].digests[place]
        if self.expect(
            action,
            lambda: perform(action, row, by=self.person(name), seen=seen, reason=reason, given=proof),
            sources=sources,
            who=who,
            given=given,
        ):
            self.now_decided(place, action, name)

    def now_decided(self, place: Place, action: str, name: str) -> None:
        asked = self.asked.pop(place)
        self.decisions.append(Decided(Item, asked.items[place], name))
        self.state[place] = State.SIGNED_OFF if action == "sign off" else State.RETURNED
        self.signed[place] = self.submitted[place] if action == "sign off" else set()
        del asked.before[place]
        self.decided_ever.add(place)
        self.decided[name] += 1
        self.decided_on.setdefault(name, set()).update(asked.shown[place])

    def proof_for(self, asked: Asked, proves: bool) -> ByLink | None:
        """Of the link that was mailed to who is asked now; else an older proof, which serves no more, or none."""
        older = [one.asked.old_proof for one in self.nominations if one.asked.old_proof]
        if not proves:
            return ByLink(older[-1]) if older else None
        if not asked.proof:
            submission = Item.objects.get(pk=min(asked.items.values())).submission_id
            link = SignLink.objects.get(addressee__submission=submission, addressee__until=None)
            codes.send_code(link)
            right = make.coded(link.address)
            with pytest.raises(Incomplete):
                codes.prove(link, f"{(int(right) + 1) % 1_000_000:06}")
            asked.proof = codes.prove(link, right).pk
        return ByLink(asked.proof)

    @rule(place=places_, name=likely("officer", "coordinator", "administrator"), reason=reasons("Look again."))
    def unlock(self, place: Place, name: str, reason: str) -> None:
        sources, who = self.state[place] == State.SIGNED_OFF, self.may_unlock(name)
        self.offered("unlock", self.row(place), name, sources and who)
        if self.expect(
            "unlock",
            lambda: perform("unlock", self.row(place), by=self.person(name), reason=reason),
            sources=sources,
            who=who,
            given=DONE if reason.strip() else INCOMPLETE,
            lowers=True,
        ):
            self.state[place], self.signed[place] = State.RETURNED, set()
            self.voids_sign_off(place[0])

    # --- what another system signed ---

    @rule(place=places_, name=likely("officer", "coordinator"), proven=mostly, legal=st.booleans())
    def record_elsewhere(self, place: Place, name: str, proven: bool, legal: bool) -> None:
        place = self.one_of(place, (State.NOT_STARTED, *NOT_SUBMITTED), legal)
        sources, who = self.state[place] in (State.NOT_STARTED, *NOT_SUBMITTED), self.leads(name)
        there = place in self.rows or place != (OPEN_ENDED, 2) or self.confirmed == 2
        self.offered("record elsewhere", self.row(place), name, sources and who)
        entry = make.entry(*place, note="Seen on the screen." if proven else "")
        if self.expect(
            "record elsewhere",
            lambda: perform_all(elsewhere.asks(self.portfolio, [entry]), by=self.person(name)),
            sources=sources,
            who=who,
            given=DONE if there and proven else INCOMPLETE,
        ):
            self.state[place] = State.SIGNED_ELSEWHERE
            self.rows.add(place)

    @rule(place=places_, name=likely("officer", "administrator"), reason=reasons("A mistake."), legal=mostly)
    def void_elsewhere(self, place: Place, name: str, reason: str, legal: bool) -> None:
        place = self.one_of(place, (State.SIGNED_ELSEWHERE,), legal)
        sources, who = self.state[place] == State.SIGNED_ELSEWHERE, self.may_unlock(name)
        self.offered("void elsewhere", self.row(place), name, sources and who)
        if self.expect(
            "void elsewhere",
            lambda: perform("void elsewhere", self.row(place), by=self.person(name), reason=reason),
            sources=sources,
            who=who,
            given=DONE if reason.strip() else INCOMPLETE,
            lowers=True,
        ):
            begun = State.DRAFT if self.links[place] or place in self.ever else State.NOT_STARTED
            self.state[place] = State.RETURNED if place in self.decided_ever else begun
            self.voids_sign_off(place[0])
