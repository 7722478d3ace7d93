"""Placements, and the working time and the leave from which the trainee's own dates follow."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from portfolio.models import Interruption, Placement, WorkingTime
from portfolio.states import LeaveKind, PlacementState
from portfolio.workflow import EndOn, PlanPlacement, Reflect, TimeOf, perform
from portfolio.workflow.placements.planning import planned_seen
from portfolio.workflow.placements.reflecting import reflection_seen
from portfolio.workflow.training_time import Away as OnLeave
from portfolio.workflow.training_time import Gone, Works, standing
from tests import make
from tests.portfolio.workflow.life.dates import FULL, Dated
from tests.portfolio.workflow.life.lived import (
    DONE,
    INCOMPLETE,
    NOTHING_SHOWN,
    TOO_LATE,
    likely,
    mostly,
    reasons,
    seldom,
)
from tests.portfolio.workflow.life.notes import Away

PAST = -60
WINDOWS = {PAST: -40, -20: 20, 30: 50}  # of placements, in days from today
STARTS = st.sampled_from(list(WINDOWS))
DAYS = st.sampled_from([-400, -300, -200, -50])  # from which other hours count, or leave; the first is too early
LASTS = st.sampled_from([30, 30, 120, 400, -1, None])  # days of leave; without an end; before its beginning


class Placing(Dated):
    """Planned by the trainee and confirmed by the officer; and when the trainee is away or part time."""

    # --- placements ---

    def placement(self, since: int) -> Placement:
        """As it stands; one that is not saved where there is none."""
        if since not in self.placements:
            return Placement(portfolio=self.portfolio)
        return Placement.objects.get(pid=self.placements[since].pid)

    @rule(since=STARTS, name=likely("trainee"), supervised=st.booleans(), stale=seldom, clear=mostly)
    def plan_placement(self, since: int, name: str, supervised: bool, stale: bool, clear: bool) -> None:
        """New, or changed: with another supervisor it is planned anew. `clear`: it overlaps with no other."""
        one, who = self.placements.get(since), name == "trainee"
        row, sources = self.placement(since), one is None or one.state != PlacementState.CLOSED
        others = [each for each in self.placements.values() if each is not one]
        until = (one.until if one else WINDOWS[since]) if clear else 60
        overlaps = any(each.since <= (until or 0) and (each.until or 0) >= since for each in others)
        given = self.placement_plan(since, until or 0, supervised)
        self.offered("plan placement", row, name, sources and who)
        seen = None if one is None else NOTHING_SHOWN if stale else planned_seen(row)
        same = one is not None and (one.supervised, one.until) == (supervised, until)
        if self.expect(
            "plan placement",
            lambda: perform("plan placement", row, by=self.person(name), given=given, seen=seen),
            sources=sources,
            who=who,
            given=TOO_LATE if one and stale and not same else INCOMPLETE if overlaps else DONE,
        ):
            if one is None:
                pid = Placement.objects.filter(portfolio=self.portfolio).latest("pk").pid
                one = self.placements[since] = Away(since, until, pid=pid)
            elif not same:
                one.state = PlacementState.PLANNED
            one.supervised, one.until = supervised, until

    def placement_plan(self, since: int, until: int, supervised: bool) -> PlanPlacement:
        supervisor = self.hugh if supervised else None
        return make.placement_plan(self.portfolio, supervisor, since=since, until=until)

    @rule(since=STARTS, name=likely("officer"), stale=seldom)
    def confirm_placement(self, since: int, name: str, stale: bool) -> None:
        if (one := self.placements.get(since)) is None:
            return
        row, sources, who = self.placement(since), one.state == PlacementState.PLANNED, self.leads(name)
        self.offered("confirm placement", row, name, sources and who)
        seen = NOTHING_SHOWN if stale else row.seen
        if self.expect(
            "confirm placement",
            lambda: perform("confirm placement", row, by=self.person(name), seen=seen),
            sources=sources,
            who=who,
            given=TOO_LATE if stale else DONE,
        ):
            one.state = PlacementState.CONFIRMED

    @rule(since=STARTS, name=likely("officer"), last=st.sampled_from([-45, -2, 35, 100]))
    def end_placement(self, since: int, name: str, last: int) -> None:
        if (one := self.placements.get(since)) is None:
            return
        row, sources, who = self.placement(since), one.state != PlacementState.PLANNED, self.leads(name)
        self.offered("end placement", row, name, sources and who)
        if self.expect(
            "end placement",
            lambda: perform("end placement", row, by=self.person(name), given=EndOn(self.today(last))),
            sources=sources,
            who=who,
            given=DONE if since <= last < (one.until or 0) else INCOMPLETE,
        ):
            one.until = last

    @rule(since=STARTS, name=likely("trainee"), did=reasons("I followed an image."))
    def reflect(self, since: int, name: str, did: str) -> None:
        """Once it has begun; on its last day or later this closes it."""
        if (one := self.placements.get(since)) is None:
            return
        row, sources, who = self.placement(since), one.state != PlacementState.PLANNED, name == "trainee"
        self.offered("close placement", row, name, sources and who)
        step, seen = Reflect({"did": did}), reflection_seen(row)
        if self.expect(
            "close placement",
            lambda: perform("close placement", row, by=self.person(name), given=step, seen=seen),
            sources=sources,
            who=who,
            given=DONE if did.strip() and since <= 0 else INCOMPLETE,
        ):
            one.written = True
            one.state = PlacementState.CLOSED if (one.until or 0) <= 0 else one.state

    @rule(since=STARTS, name=likely("trainee"))
    def remove_placement(self, since: int, name: str) -> None:
        """While it is planned, and nothing is written of it."""
        if (one := self.placements.get(since)) is None:
            return
        row, sources, who = self.placement(since), one.state == PlacementState.PLANNED, name == "trainee"
        self.offered("remove placement", row, name, sources and who)
        if self.expect(
            "remove placement",
            lambda: perform("remove placement", row, by=self.person(name)),
            sources=sources,
            who=who,
            given=INCOMPLETE if one.written else DONE,
        ):
            del self.placements[since]

    def supervises(self) -> bool:
        """Whether Hugh sees the portfolio today."""
        return any(
            one.supervised and one.state != PlacementState.PLANNED and one.since <= 0 <= (one.until or 0)
            for one in self.placements.values()
        )

    # --- working time and leave ---

    def keeps_time(self, name: str) -> bool:
        return self.may_unlock(name)

    def recorded(self, given: Works | OnLeave, name: str, *, changes: bool, wrong: bool, late: bool, seen: str) -> bool:
        step, subject = "change training time" if changes else "record training time", TimeOf(self.portfolio)
        self.offered(step, subject, name, self.keeps_time(name))
        return self.expect(
            step,
            lambda: perform(step, subject, by=self.person(name), given=given, seen=seen),
            who=self.keeps_time(name),
            given=TOO_LATE if late else INCOMPLETE if wrong else DONE,
        )

    def seen_at(self, of: type[WorkingTime] | type[Interruption], since: int, stale: bool) -> str:
        row = standing(self.portfolio, of).get(self.today(since))
        return "0" if row is None or stale else str(row.version)

    @rule(since=DAYS, hundredths=st.sampled_from([60, 80, 101]), name=likely("officer"), changes=mostly, stale=seldom)
    def work_part_time(self, since: int, hundredths: int, name: str, changes: bool, stale: bool) -> None:
        changes = changes and since in self.working
        given, seen = Works(self.today(since), hundredths), self.seen_at(WorkingTime, since, stale)
        wrong = since < -365 or hundredths > FULL or (not changes and since in self.working)
        if self.recorded(given, name, changes=changes, wrong=wrong, late=changes and stale, seen=seen):
            self.working[since] = hundredths
            self.dates_follow()

    @rule(since=DAYS, lasts=LASTS, name=likely("officer", "administrator"), changes=mostly, stale=seldom)
    def be_away(self, since: int, lasts: int | None, name: str, changes: bool, stale: bool) -> None:
        """No leave overlaps with another."""
        changes = changes and since in self.leave
        until = None if lasts is None else since + lasts
        others = [each for day, each in self.leave.items() if day != since]
        wrong = since < -365 or lasts == -1 or (not changes and since in self.leave)
        wrong = wrong or any(_overlap(each, Away(since, until)) for each in others)
        ends_on = None if until is None else self.today(until)
        given, seen = OnLeave(self.today(since), ends_on, LeaveKind.SICK), self.seen_at(Interruption, since, stale)
        if self.recorded(given, name, changes=changes, wrong=wrong, late=changes and stale, seen=seen):
            self.leave[since] = Away(since, until)
            self.dates_follow()

    @rule(since=DAYS, of=st.sampled_from([WorkingTime, Interruption]), name=likely("officer"), stale=seldom)
    def not_so(self, since: int, of: type[WorkingTime] | type[Interruption], name: str, stale: bool) -> None:
        """What was recorded is removed; where nothing is, it is too late."""
        known: dict[int, int] | dict[int, Away] = self.working if of is WorkingTime else self.leave
        subject, seen = TimeOf(self.portfolio), self.seen_at(of, since, stale)
        self.offered("remove training time", subject, name, self.keeps_time(name))
        given = Gone(of, self.today(since))
        if self.expect(
            "remove training time",
            lambda: perform(
                "remove training time", subject, by=self.person(name), given=given, reason="A slip.", seen=seen
            ),
            who=self.keeps_time(name),
            given=TOO_LATE if stale or since not in known else DONE,
        ):
            known.pop(since)
            self.dates_follow()


def _overlap(one: Away, other: Away) -> bool:
    first, second = sorted([one, other], key=lambda each: each.since)
    return first.until is None or second.since <= first.until
