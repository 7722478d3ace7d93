"""A personal link used twice at the same moment, or while its round closes: one answer or none, nothing between."""

from functools import partial

import pytest

from portfolio.models import FeedbackAnswer, FeedbackClosing
from portfolio.workflow import RoundOf
from tests import make
from tests.races.arena import ROUNDS, Arena, Send

pytestmark = pytest.mark.races
SENT = {"q1": "3", "q2": "2", "q3": "Well."}


def answering(arena: Arena, by: str, token: str) -> Send:
    visitor = arena.visitor(getattr(arena.cast, by))
    return lambda: visitor.send_form(f"/feedback/{token}/", SENT)


def test_a_link_used_twice_at_once_gives_one_answer(arena: Arena) -> None:
    tokens = list(make.invited(make.feedback_round(arena.cast.portfolio), min(ROUNDS, 30)).values())
    for number, token in enumerate(tokens, start=1):
        ends = arena.race(answering(arena, "assessor", token), answering(arena, "second_assessor", token))
        assert ends in {(302, 410), (410, 302)}
        arena.first_won(ends == (302, 410))
        assert FeedbackAnswer.objects.count() == 3 * number
    arena.is_whole()


def test_two_links_used_at_once_give_two_answers(arena: Arena) -> None:
    tokens = list(make.invited(make.feedback_round(arena.cast.portfolio), 2 * min(ROUNDS, 15)).values())
    for number in range(len(tokens) // 2):
        one, two = tokens[2 * number : 2 * number + 2]
        assert arena.race(answering(arena, "assessor", one), answering(arena, "second_assessor", two)) == (302, 302)
        assert FeedbackAnswer.objects.count() == 6 * (number + 1)
    assert arena.server.errors() == []


def test_an_answer_against_the_closing_is_counted_or_refused(arena: Arena) -> None:
    """The eighth answer decides whether there is a report."""
    officer = arena.visitor(arena.cast.officer)
    for number in range(1, min(ROUNDS, 4) + 1):
        make.questionnaire(arena.cast.portfolio, *(f"further {at}" for at in range(1, 5)))
        subject = make.feedback_round(arena.cast.portfolio, f"further {number}")
        tokens = list(make.invited(subject, 8).values())
        for token in tokens[:7]:
            make.answered(token)
        closing = partial(officer.send_form, f"{arena.at}/feedback/{number}/close/", {})
        ends = arena.race(answering(arena, "assessor", tokens[7]), closing)
        assert ends in {(302, 302), (410, 302)}
        counted = arena.first_won(ends == (302, 302))
        row = RoundOf.read(arena.cast.portfolio, f"further {number}").opened
        assert (row.closing.answered, row.closing.enough) == ((8, True) if counted else (7, False))
        assert row.answers.count() == (24 if counted else 0)
    assert FeedbackClosing.objects.count() == min(ROUNDS, 4)
    arena.is_whole()
