"""What holds after every step: the rules of domain.md, as far as a record shows them."""

import json
from fractions import Fraction

from django.db.models import Count
from hypothesis.stateful import invariant

from accounts.models import User
from audit.chain import verify
from audit.checks import registered
from curriculum.models import Curriculum
from portfolio import access, requirements
from portfolio.models import Activity, Assessment, Decision, Item, Link, ModuleSignOff, Portfolio, Revision
from portfolio.progress import Progress, portfolio_progress
from portfolio.reviews import review_points
from portfolio.states import ActivityState as State
from portfolio.states import AssessmentState, ItemState, Met, NominationState
from portfolio.workflow import ReviewOf
from tests.portfolio.workflow.life.assessing import Assessing
from tests.portfolio.workflow.life.beside import Beside
from tests.portfolio.workflow.life.commenting import Commenting
from tests.portfolio.workflow.life.curriculum import CODES, CREDITS, OVERALL, POINTS
from tests.portfolio.workflow.life.feedback import Feedback
from tests.portfolio.workflow.life.lived import DECIDERS, OUTSIDERS, PLACES
from tests.portfolio.workflow.life.modules import Modules
from tests.portfolio.workflow.life.nominating import Nominating
from tests.portfolio.workflow.life.notes import Asked, Attempt, Version
from tests.portfolio.workflow.life.placing import Placing

EVERY = 20  # steps, between two looks at everything there is
READERS = ["officer", "trainee", "administrator", "assessor", "coordinator", "second_assessor"]


class Always(Nominating, Assessing, Modules, Beside, Placing, Commenting, Feedback):
    """All the steps, and what they must leave."""

    @invariant()
    def every_rule_holds(self) -> None:
        """Once for whatever was read after a step: a rule that tried nothing has changed nothing."""
        if self.record is self.held:
            return
        self.held = self.record
        self.progress_agrees()
        self.states_are_those_of_the_model()
        self.what_is_in_review_stays_as_it_was_submitted()
        self.states_are_everybodys_and_unsubmitted_work_the_trainees_alone()
        self.a_sign_off_stands_on_what_it_was_made_against()
        self.what_nobody_can_decide_says_so()
        self.nominations_are_those_of_the_model()
        self.comments_are_those_of_the_model()
        self.feedback_is_that_of_the_model()
        self.everybody_sees_what_is_theirs()
        if self.turn >= self.looked + EVERY:
            self.looked = self.turn
            self.everything_agrees()

    # --- states ---

    def states_are_those_of_the_model(self) -> None:
        rows = {(row.module.code, row.number): row.state for row in self._activities()}
        assert {place: rows.get(place, State.NOT_STARTED) for place in PLACES} == self.state
        attempts = Assessment.objects.filter(portfolio=self.portfolio).order_by("pk")
        known = sorted((one.pk, one.state, one.kind) for found in self.attempts.values() for one in found)
        assert list(attempts.values_list("pk", "state", "kind")) == known
        closed = Portfolio.objects.values_list("closed_at", flat=True).get(pk=self.portfolio.pk)
        assert (closed is not None) == self.closed

    def what_is_in_review_stays_as_it_was_submitted(self) -> None:
        """One undecided submission of an activity at most, with the pages and the links of that moment."""
        undecided = Item.objects.filter(activity__portfolio=self.portfolio, state=ItemState.UNDECIDED)
        found = [
            ((item.activity.module.code, item.activity.number), item.digest)
            for item in undecided.select_related("activity__module")
        ]
        assert sorted(found) == sorted((place, asked.digests[place]) for place, asked in self.asked.items())
        links: dict[tuple[str, int], set[int]] = {place: set() for place in PLACES}
        numbers = {page.pk: number for number, page in enumerate(self.pages)}
        for code, number, page in Link.objects.filter(activity__portfolio=self.portfolio).values_list(
            "activity__module__code", "activity__number", "evidence"
        ):
            links[code, number].add(numbers[page])
        assert links == self.links
        assert {place: links[place] for place in self.asked} == {place: self.submitted[place] for place in self.asked}

    # --- progress ---

    def progress_agrees(self) -> None:
        if self.record is self.agreed:
            return
        self.agreed = self.record
        self.complete_means_signable()
        self.three_measures_are_never_mixed()
        self.a_lower_percentage_is_met_not_met_or_not_known()
        self.the_line_asks_for_the_fewest()

    def complete_means_signable(self) -> None:
        """Rules 1, 2, 3 and 8: 100 per cent exactly when ready or signed off, and then nothing is missing."""
        for code, one in self.whole.modules.items():
            finished = code in self.stored or self.ready(code)
            assert one.finished == finished, code
            assert one.signed_off == (code in self.stored), code
            assert (one.percent == 100) == finished, code
            assert one.percent == self.percent(code, finished), code
            assert (requirements.blockers(self.record, one.module) == ()) == finished, code
            assert (one.count.done, one.count.base) == (self.items_done(code), self.shown_base(code)), code

    def percent(self, code: str, finished: bool) -> int | None:
        """Rules 1 and 4: rounded down, and at most 99; without a total none."""
        if finished:
            return 100
        if self.numbers(code) is None or (not self.in_the_base(code) and self.option):
            return None
        base = self.base(code)
        return min(100 * self.items_done(code) // base, 99) if base else 0

    def shown_base(self, code: str) -> int:
        """Of an option that was not taken nothing is required."""
        return 0 if self.option and not self.counts(code) else self.base(code)

    def three_measures_are_never_mixed(self) -> None:
        """Rules 4, 5 and 7. Short of everything signed off it reads 179 at most."""
        found, counted = self.whole, [code for code in CODES if self.in_the_base(code)]
        assert [one.module.code for one in found.counted] == counted
        assert found.credits_signed_off == sum(CREDITS[code] for code in self.stored)
        assert found.items.done == sum(self.items_done(code) for code in counted)
        assert found.items.base == sum(self.base(code) for code in counted)
        assert found.items.unknown == (self.confirmed is None)
        everything = bool(self.option) and set(self.stored) == {code for code in CODES if self.counts(code)}
        work = int(sum((self.share(code) * CREDITS[code] for code in counted), Fraction(0)))
        assert found.work_so_far == (180 if everything else min(work, 179))
        assert found.complete == (everything and not self.missing_kinds())
        assert set(requirements.missing_kinds(self.record)) == self.missing_kinds()

    def share(self, code: str) -> Fraction:
        """Its done share: 1 when ready or signed off, and none where the total is not known."""
        if code in self.stored or self.ready(code):
            return Fraction(1)
        base = self.base(code)
        return Fraction(self.items_done(code), base) if base and self.numbers(code) is not None else Fraction(0)

    @property
    def whole(self) -> Progress:
        return portfolio_progress(self.record)

    def a_sign_off_stands_on_what_it_was_made_against(self) -> None:
        """Rule 9. Nothing but an unlock or a void takes one away."""
        rows = ModuleSignOff.objects.filter(portfolio=self.portfolio)
        standing = {row.module.code: row for row in rows.filter(void=None).select_related("module")}
        assert {code: row.manifest for code, row in standing.items()} == {
            code: stored.manifest for code, stored in self.stored.items()
        }
        assert {code: row.credits for code, row in standing.items()} == {code: CREDITS[code] for code in self.stored}
        for stored in self.stored.values():
            assert [line["number"] for line in json.loads(stored.manifest)["items"]] == stored.items
        assert rows.filter(void__isnull=False).count() == self.voids

    def a_lower_percentage_is_met_not_met_or_not_known(self) -> None:
        """Rule 10."""
        line = review_points(self.record)[1].lines[0]
        items = self.whole.items
        floor = -(-OVERALL * items.base // 100)
        unknown = Met.UNKNOWN if self.confirmed is None else Met.MET
        assert line.met == (Met.NOT_MET if items.done < floor else unknown)

    # --- who sees what ---

    def what_nobody_can_decide_says_so(self) -> None:
        for (code, number), asked in self.asked.items():
            waiting = self.record.modules[code].activities[number].waiting
            assert waiting is not None
            assert waiting.assessor == self.said_to_be_with(asked)

    def said_to_be_with(self, asked: Asked) -> str | None:
        """Somebody new as such, until the officer has answered; whoever was declined, or has left, is nobody."""
        if asked.named and asked.named.state == NominationState.WAITING:
            return f"{self.called(asked.named.who)} (to be approved by the training officer)"
        return self.called(asked.to) if self.may_decide(asked.to) else None

    def everybody_sees_what_is_theirs(self) -> None:
        """Outsiders nothing; whoever decides what waits for them and what they decided, while their role lasts."""
        turn = self.turn  # each step looks at some of them, in turn: a thousand steps look at all of them often
        name, models = OUTSIDERS[turn % 4], list(access.SEEN)[turn // 4 % 24 :: 24]
        for model in models:
            assert model is Curriculum or not access.visible(self.person(name), model).exists(), (name, model)
        deciders = [*DECIDERS, *sorted(self.approved)]
        name = deciders[turn % len(deciders)]
        wanted = sum(asked.to == name for asked in self.asked.values()) + self.decided[name]
        seen = access.addressed_items(self.person(name)).count()
        assert seen == (wanted if self.may_decide(name) else 0), name
        assert access.visible(User.objects.get(pk=self.hugh.pk), Portfolio).exists() == self.supervises()
        self.comments_are_read_by_who_reads_the_decision()
        self.reports_are_read_in_their_order()

    def states_are_everybodys_and_unsubmitted_work_the_trainees_alone(self) -> None:
        """Rule 6: who may see progress sees the same states; of the pages, what stands submitted, and what is shared.

        Each step asks one of them. An assessor sees no progress, and of the pages what they are asked and decided on.
        """
        name = READERS[self.turn % len(READERS)]
        who, sees = self.person(name), name in ("trainee", "administrator") or self.leads(name)
        seen = [access.visible(who, model).order_by("pk") for model in (Activity, Assessment, Revision, Link)]
        activities, assessments, revisions, links = seen
        states = {(row.module.code, row.number): row.state for row in activities.select_related("module")}
        assert states == ({place: self.state[place] for place in self.rows} if sees else {}), name
        attempts = {one.pk for found in self.attempts.values() for one in found if self.may_read(name, one)}
        assert set(assessments.values_list("pk", flat=True)) == attempts, name
        numbers = {page.pk: number for number, page in enumerate(self.pages)}
        read = {(numbers[page], number) for page, number in revisions.values_list("evidence", "number")}
        assert read == self.versions_read_by(name), name
        assert links.exists() == (name == "trainee" and any(self.links.values())), name

    def may_read(self, name: str, one: Attempt) -> bool:
        """What is planned is the trainee's alone; what was asked their people's, and whose it is or was to decide."""
        if name == "trainee" or one.state == AssessmentState.PLANNED:
            return name == "trainee"
        return name == "administrator" or self.leads(name) or (one.to == name and self.may_decide(name))

    def versions_read_by(self, name: str) -> set[Version]:
        if name == "trainee":
            return {(page, number) for page, newest in enumerate(self.versions) for number in range(1, newest + 1)}
        waits = {place: asked.shown[place] for place, asked in self.asked.items()}
        if name == "administrator" or self.leads(name):
            shared = {(page, self.versions[page]) for page in self.shared}
            return shared.union(*waits.values(), *self.decided_on.values())
        if not self.may_decide(name):
            return set()
        asked = [shown for place, shown in waits.items() if self.asked[place].to == name]
        return set().union(*asked, self.decided_on.get(name, set()))

    # --- the record ---

    def everything_agrees(self) -> None:
        """After twenty steps, and once more when the life ends: it reads everything there is.

        Signed rows verify, states agree with the chain, a decision is unique to its item, the chain is whole.
        """
        assert {name: [*check()] for name, check in registered().items()} == {name: [] for name in registered()}
        assert verify(self.portfolio.chain) is None
        seqs = access.history(self.portfolio).order_by("seq").values_list("seq", flat=True)
        assert list(seqs) == list(range(1, len(seqs) + 1))
        assert not Decision.objects.values("item").annotate(times=Count("pk")).filter(times__gt=1).exists()
        assert {number: ReviewOf.read(self.portfolio, number).state for number in POINTS} == self.reviews
        assert {since: self.placement(since).state for since in self.placements} == {
            since: one.state for since, one in self.placements.items()
        }
        assert self.goal_row().state == self.goal_state
        self.dates_follow()
        self.who_signed_by_link_proved_their_mailbox()
        self.what_was_decided_on_a_device_says_so()
        self.reports_are_as_they_were_sealed()

    def _activities(self) -> list[Activity]:
        return list(Activity.objects.filter(portfolio=self.portfolio).select_related("module"))
