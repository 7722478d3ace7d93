"""Devices are lent and handed back; what waits with somebody whose role has ended goes to their successor."""

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from portfolio.handover.successors import hand_over, name_successor
from portfolio.models import Decision, Handover, Item, Lending, Role
from portfolio.states import ActivityState as State
from portfolio.states import AssessmentState
from portfolio.workflow import perform
from portfolio.workflow.one_off import codes, devices
from portfolio.workflow.one_off.devices import OnDevice
from tests import make
from tests.portfolio.workflow.life.lived import (
    DECIDERS,
    DONE,
    ENDING,
    TOO_LATE,
    likely,
    mostly,
    seldom,
)
from tests.portfolio.workflow.life.notes import Place
from tests.portfolio.workflow.life.work import Work, places_

MOST_CODES = 4  # of what somebody is asked; the fifth within an hour is the last that is sent


class Handing(Work):
    """On whatever device it is decided, and whoever has it now: it is decided by whom it is with, and once."""

    @rule(place=places_, name=likely("trainee"), legal=mostly)
    def lend(self, place: Place, name: str, legal: bool) -> None:
        self.is_lent(self.one_of(place, (State.IN_REVIEW,), legal), name)

    def is_lent(self, place: Place, name: str) -> bool:
        """To whoever it is with, while they may decide. It moves nothing."""
        sources, who = self.state[place] == State.IN_REVIEW, name == "trainee"
        able = sources and self.may_decide(self.asked[place].to)
        self.offered("lend device", self.row(place), name, sources and who)
        return self.expect(
            "lend device",
            lambda: perform("lend device", self.row(place), by=self.person(name)),
            sources=sources,
            who=who,
            given=DONE if able else TOO_LATE,
        )

    @precondition(lambda self: self.asked)
    @rule(place=places_, action=st.sampled_from(["sign off", "sign off", "return"]), back=seldom)
    def decide_on_device(self, place: Place, action: str, back: bool) -> None:
        """By a proof of their mailbox on it; once it is handed back, nothing is decided on it any more."""
        place = self.one_of(place, (State.IN_REVIEW,), legal=True)
        if not self.is_lent(place, "trainee") or self.asked[place].codes >= MOST_CODES:
            return
        asked, name = self.asked[place], self.asked[place].to
        lending = Lending.objects.get(addressee__submission__items=asked.items[place], ended_at=None)
        codes.send_code(lending)
        asked.codes += 1
        proof = OnDevice(codes.prove(lending, make.coded(lending.address)).pk)
        if back:
            devices.hand_back(lending)
        if self.expect(
            f"{action} on the device",
            lambda: perform(
                action, self.row(place), by=self.person(name), seen=asked.digests[place], reason="Clear.", given=proof
            ),
            who=not back,
        ):
            self.on_device.add(asked.items[place])
            self.now_decided(place, action, name)

    @rule(name=st.sampled_from(ENDING), to=st.sampled_from(DECIDERS))
    def name_a_successor(self, name: str, to: str) -> None:
        """Once a role has ended: all that waits with whoever held it, or none of it where the other may not decide."""
        ended = Role.objects.filter(
            portfolio=self.portfolio, user=getattr(self.cast, name), ends_on__lt=self.today()
        ).order_by("pk")
        if (role := ended.last()) is None:
            return
        submissions = {id(asked): asked for asked in self.asked.values() if asked.to == name}.values()
        attempts = [
            one
            for found in self.attempts.values()
            for one in found
            if one.to == name and one.state == AssessmentState.WITH_ASSESSOR
        ]
        goes = not self.may_decide(name) and self.may_decide(to) and not self.closed
        passed = len(submissions) + len(attempts) if goes else 0

        def pass_on() -> None:
            with transaction.atomic():
                Handover.objects.filter(role=role).delete()  # of a role that was open again since
                row = name_successor(role, self.cast.people()[to], by=self.cast.administrator)
            assert hand_over(row).on == passed
            assert hand_over(row).on == 0  # once

        self.expect("hand over" if passed else "hand over nothing", pass_on, who=True, events=passed, when_closed=True)
        for asked in submissions if passed else ():
            asked.passes_to(to)
        for one in attempts if passed else ():
            one.to = to

    # --- what must hold ---

    def what_was_decided_on_a_device_says_so(self) -> None:
        rows = Decision.objects.filter(item__submission__portfolio=self.portfolio, by_lending__isnull=False)
        assert set(rows.values_list("item", flat=True)) == self.on_device
        assert Item.objects.filter(pk__in=self.on_device, decision__proved_address="").count() == 0
