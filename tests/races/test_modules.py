"""The steps of a module at the same moment: what a sign-off stands on is signed, and stays signed under it.

What is signed is what the page had shown, and the request that comes too late leaves nothing.
"""

import pytest

from portfolio.models import Confirmation, ModuleSignOff
from portfolio.states import ActivityState
from portfolio.workflow import perform
from tests import make
from tests.races.arena import ROUNDS, Arena, Send, shown_on

pytestmark = pytest.mark.races


def ready(arena: Arena) -> None:
    """S-C1 has nothing missing, whatever became of it in the last round."""
    for number in (1, 2, 3):
        row = make.activity(arena.cast.portfolio, "S-C1", number)
        if row.state == ActivityState.RETURNED:
            make.decide(make.submit(arena.cast.assessor, row)[0])
        elif row.state == ActivityState.NOT_STARTED:
            make.signed_off(arena.cast.portfolio, arena.cast.assessor, number=number)


def signing(arena: Arena, by: str) -> tuple[Send, str]:
    """Reads the page of the sign-off now; then signs what it showed, and that is the digest."""
    visitor, address = arena.visitor(getattr(arena.cast, by)), f"{arena.at}/modules/S-C1/sign-off/"
    shown = shown_on(visitor.get(address), "seen")
    return lambda: visitor.send_form(address, {"seen": shown}), shown


def test_a_module_sign_off_against_the_unlocking_of_one_of_its_activities(arena: Arena) -> None:
    coordinator, address = arena.visitor(arena.cast.coordinator), f"{arena.at}/modules/S-C1/1/unlock/"
    signed_as: list[str] = []
    for number in range(1, ROUNDS + 1):
        ready(arena)
        sign, shown = signing(arena, "officer")
        ends = arena.race(sign, lambda: coordinator.send_form(address, {"reason": "Wrong file."}))
        assert ends in {(302, 302), (409, 302)}
        signed = arena.first_won(ends == (302, 302))
        signed_as += [shown] * signed
        # Signed first, then unlocked: the sign-off was made and is void. Unlocked first: it was never made.
        assert list(ModuleSignOff.objects.order_by("number").values_list("digest", flat=True)) == signed_as
        assert arena.left("sign off module") == (len(signed_as), len(signed_as))
        assert arena.left("unlock")[0] == number
        assert ModuleSignOff.objects.filter(void=None).count() == 0
        assert ModuleSignOff.objects.filter(void__reason="Wrong file.").count() == sum(arena.wins), (number, signed)
        assert arena.activity.state == ActivityState.RETURNED
    arena.is_whole()


def test_a_module_sign_off_against_a_sign_off_by_the_other_officer(arena: Arena) -> None:
    for number in range(1, ROUNDS + 1):
        ready(arena)
        (mine, shown), (yours, shown_to_other) = signing(arena, "officer"), signing(arena, "coordinator")
        ends = arena.race(mine, yours)
        assert ends in {(302, 409), (409, 302)}
        by_officer = arena.first_won(ends == (302, 409))
        standing = ModuleSignOff.objects.get(void=None)
        assert standing.digest == shown == shown_to_other
        assert arena.left("sign off module") == (number, number)
        assert standing.signer == (arena.cast.officer if by_officer else arena.cast.coordinator)
        perform("unlock", arena.activity, by=arena.cast.officer, reason="Once more.")
    arena.is_whole()


def test_of_two_officers_who_confirm_requirements_at_once_both_are_kept_and_the_last_one_stands(arena: Arena) -> None:
    for number in range(ROUNDS):
        mine, yours = 10 + number % 40, 50 + number % 40
        assert arena.race(confirming(arena, "officer", mine), confirming(arena, "coordinator", yours)) == (302, 302)
        *_, first, last = Confirmation.objects.order_by("audit_seq").values_list("signer_name", "activities")
        assert sorted([first, last]) == [("Ana Reyes", mine), ("Colin Berg", yours)]
        arena.first_won(first == ("Ana Reyes", mine))
        page = arena.visitor(arena.cast.trainee).get(f"{arena.at}/modules/S-X1/")
        assert f"0 of {last[1]} activities" in page.text
    arena.is_whole()


def confirming(arena: Arena, by: str, activities: int) -> Send:
    today = make.today()
    form = {
        "activities": activities,
        "cbd": 0,
        "observed": 0,
        "source": "The Library's page",
        "read_on_0": today.day,
        "read_on_1": today.month,
        "read_on_2": today.year,
    }
    visitor = arena.visitor(getattr(arena.cast, by))
    return lambda: visitor.send_form(f"{arena.at}/modules/S-X1/requirements/", form)
