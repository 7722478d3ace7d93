"""What others say, under two hands at once: one confirmation of an option, and one way for an activity to be done."""

import pytest

from portfolio.models import Item, OptionConfirmation, Portfolio, SignedElsewhere
from portfolio.states import ActivityState, ItemState
from portfolio.workflow import perform
from tests import make
from tests.portfolio.recorded.test_elsewhere import typed
from tests.portfolio.recorded.test_options import BLOCKS
from tests.races.arena import ROUNDS, Arena, Send, shown_on

pytestmark = pytest.mark.races


def test_of_two_officers_who_confirm_an_option_at_once_one_confirms_it(arena: Arena) -> None:
    cast = arena.cast
    Portfolio.objects.filter(pk=cast.portfolio.pk).update(curriculum=make.curriculum("TST4-1-24", blocks=BLOCKS))
    cast.portfolio = Portfolio.objects.get(pk=cast.portfolio.pk)
    address = f"{arena.at}/modules/S-B1/option/"

    def confirming(by: str) -> Send:
        visitor = arena.visitor(getattr(cast, by))
        shown = shown_on(visitor.get(address), "seen")
        return lambda: visitor.send_form(address, {"seen": shown})

    for number in range(1, ROUNDS + 1):
        make.option_taken(cast.portfolio, ("S-B1", "S-B2")[number % 2], reason="" if number == 1 else "The other.")
        ends = arena.race(confirming("officer"), confirming("coordinator"))
        assert ends in {(302, 409), (409, 302)}
        by_officer = arena.first_won(ends == (302, 409))
        confirmed = OptionConfirmation.objects.order_by("pk")
        assert (len(confirmed), arena.left("confirm option")) == (number, (number, number))
        assert confirmed[number - 1].signer == (cast.officer if by_officer else cast.coordinator)
    arena.is_whole()


def test_an_activity_that_is_submitted_while_it_is_recorded_from_elsewhere_is_one_of_the_two(arena: Arena) -> None:
    cast = arena.cast
    trainee, officer = arena.visitor(cast.trainee), arena.visitor(cast.officer)
    make.drafted(cast.portfolio, evidence=arena.page)
    asking = {"S-C1-1-chosen": "on", "S-C1-1-pages": arena.page.revisions.get().pk}
    asking |= {"assessor": cast.assessor.pk, "declared": "on"}
    for _ in range(ROUNDS):
        ends = arena.race(
            lambda: trainee.send_form(f"{arena.at}/submit/", asking),
            lambda: officer.send_form(f"{arena.at}/elsewhere/new/", typed()),
        )
        submitted = arena.first_won(ends[0] == 302)
        assert (submitted, ends[1] == 302) in {(True, False), (False, True)}
        standing = SignedElsewhere.objects.filter(void=None)
        assert (standing.count(), Item.objects.filter(state=ItemState.UNDECIDED).count()) == (not submitted, submitted)
        if submitted:
            assert arena.activity.state == ActivityState.IN_REVIEW
            perform("withdraw", arena.activity, by=cast.trainee)
        else:
            assert arena.activity.state == ActivityState.SIGNED_ELSEWHERE
            make.elsewhere_voided(standing.get(), cast.officer)
    arena.is_whole()
