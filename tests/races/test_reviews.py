"""A review under two hands at once: both sign the same figures, and nothing that a side had not seen."""

import pytest

from portfolio.models import ReviewMeeting, ReviewSignature
from portfolio.states import Side
from portfolio.workflow import ReviewOf, perform
from portfolio.workflow.reviews import Plan
from tests import make
from tests.races.arena import ROUNDS, Arena, Send, shown_on

pytestmark = pytest.mark.races


def planned(arena: Arena) -> None:
    """The newest record of a review waits for both signatures; what was signed is recorded again."""
    cast = arena.cast
    subject = ReviewOf.read(cast.portfolio, 1)
    if subject.meeting is None:
        make.review_planned(cast.portfolio, cast.officer)
    else:
        perform("record review again", subject, by=cast.officer, given=Plan(make.today()), reason="Once more.")


def signing(arena: Arena, by: str) -> Send:
    """Reads the page now; then signs what it showed."""
    visitor, address = arena.visitor(getattr(arena.cast, by)), f"{arena.at}/reviews/1/"
    shown = shown_on(visitor.get(address), "seen")
    return lambda: visitor.send_form(f"{address}sign/", {"seen": shown})


def test_both_who_sign_a_review_at_once_sign_the_same_figures(arena: Arena) -> None:
    arena.cast.portfolio = make.with_rules(arena.cast.portfolio)
    for _ in range(ROUNDS):
        planned(arena)
        assert arena.race(signing(arena, "trainee"), signing(arena, "officer")) == (302, 302)
        signatures = ReviewSignature.objects.filter(meeting=ReviewMeeting.objects.latest("pk")).order_by("audit_seq")
        sides = [row.side for row in signatures]
        assert sorted(sides) == sorted(Side)
        arena.first_won(sides[0] == Side.TRAINEE)
        assert len({row.digest for row in signatures}) == 1
    arena.is_whole()


def test_signing_a_review_against_a_change_of_its_notes_signs_only_what_was_shown(arena: Arena) -> None:
    arena.cast.portfolio = make.with_rules(arena.cast.portfolio)
    trainee = arena.visitor(arena.cast.trainee)
    planned(arena)
    address = f"{arena.at}/reviews/1/notes/"
    for number in range(ROUNDS):
        notes = {"seen": shown_on(trainee.get(address), "seen"), "text": f"Written {number}"}
        ends = arena.race(signing(arena, "officer"), lambda given=notes: trainee.send_form(address, given))
        assert ends in {(302, 409), (409, 302)}
        meeting = ReviewMeeting.objects.latest("pk")
        signed = arena.first_won(ends == (302, 409))
        assert (meeting.trainee_notes == notes["text"], meeting.signatures.count()) == (not signed, int(signed))
        if signed:
            make.review_signed(arena.cast.portfolio)
            planned(arena)
    arena.is_whole()
