"""Answering by a personal link, through the public page: once, in time, by nobody who is the trainee."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from portfolio.models import FeedbackAnswer, FeedbackInvitation, FeedbackLink
from portfolio.workflow import RoundOf, perform
from portfolio.workflow.feedback.answering import masked
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything

SENT = {"q1": "3", "q2": "0", "q3": "You explain well."}


@pytest.fixture
def tokens(cast: Cast) -> list[str]:
    """The links of a round that is open and has asked ten people."""
    return list(make.invited(make.feedback_round(cast.portfolio), 10).values())


def address(token: str) -> str:
    return reverse("feedback_answer", args=[token])


def texts(answer: Any) -> str:
    return answer.content.decode()


def test_the_page_says_whom_it_is_about_and_to_whom_the_link_was_sent(client: Client, tokens: list[str]) -> None:
    answer = client.get(address(tokens[0]))
    assert answer.status_code == 200
    assert "Feedback on Priya Raman" in texts(answer)
    assert "c•••@ward.example.org" in texts(answer)
    assert "colleague1@" not in texts(answer)
    assert "1. Listens" in texts(answer)


@pytest.mark.parametrize(
    ("whole", "shown"),
    [("maya@example.org", "m•••@example.org"), ("m@example.org", "•••@example.org"), ("a.b@x.org", "a•••@x.org")],
)
def test_an_address_is_masked(whole: str, shown: str) -> None:
    assert masked(whole) == shown


def test_an_answer_is_kept_and_the_link_is_dead_from_then_on(client: Client, tokens: list[str]) -> None:
    sent = client.post(address(tokens[0]), SENT)
    assert (sent.status_code, sent["Location"]) == (302, reverse("feedback_thanks"))
    assert client.get(sent["Location"]).status_code == 200
    kept = FeedbackAnswer.objects.order_by("question").values_list("question", "rating", "text")
    assert list(kept) == [(1, 3, ""), (2, None, ""), (3, None, "You explain well.")]
    again = client.post(address(tokens[0]), {**SENT, "q3": "And another thing."})
    assert again.status_code == 410
    assert "This link was used already" in texts(again)
    assert "And another thing." in texts(again)
    assert "What goes well?" in texts(again)
    assert "Always" in texts(again)
    assert client.get(address(tokens[0])).status_code == 410
    assert FeedbackAnswer.objects.count() == 3


def test_no_session_is_begun_for_a_respondent(client: Client, tokens: list[str]) -> None:
    client.get(address(tokens[0]))
    client.post(address(tokens[0]), SENT)
    assert set(client.cookies) == {"csrftoken"}


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "..", "thank-you/x", "' OR 1=1 --"])
def test_a_link_that_was_never_sent_is_not_found(client: Client, tokens: list[str], token: str) -> None:
    before = everything()
    assert client.get(f"/feedback/{token}/").status_code == 404
    assert client.post(f"/feedback/{token}/", SENT).status_code == 404
    assert everything() == before


def test_a_forged_link_gives_back_what_was_typed(client: Client, tokens: list[str]) -> None:
    answer = client.post(address("A" * 43), SENT)
    assert answer.status_code == 404
    assert "You explain well." in texts(answer)


def test_part_of_a_link_or_its_digest_opens_nothing(client: Client, tokens: list[str]) -> None:
    for forged in (tokens[0][:-1], tokens[0] + "A", tokens[0].swapcase(), FeedbackLink.objects.all()[0].token_digest):
        assert client.get(address(forged)).status_code == 404


def test_after_closing_nothing_is_taken_and_nothing_typed_is_lost(
    cast: Cast, client: Client, tokens: list[str]
) -> None:
    perform("close feedback", RoundOf.read(cast.portfolio, "mid-training"), by=cast.officer)
    answer = client.post(address(tokens[0]), SENT)
    assert answer.status_code == 410
    assert "This round of feedback has closed" in texts(answer)
    assert "You explain well." in texts(answer)
    assert FeedbackAnswer.objects.count() == 0


def test_in_a_closed_portfolio_nothing_is_taken(cast: Cast, client: Client, tokens: list[str]) -> None:
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    assert client.post(address(tokens[0]), SENT).status_code == 410
    assert FeedbackAnswer.objects.count() == 0


@pytest.mark.parametrize(("days", "status"), [(42, 200), (43, 410)])
def test_a_link_runs_out(cast: Cast, client: Client, tokens: list[str], days: int, status: int) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        assert client.get(address(tokens[0])).status_code == status
        assert client.post(address(tokens[0]), SENT).status_code == (302 if status == 200 else status)


def test_a_link_of_one_round_answers_no_other(cast: Cast, client: Client, tokens: list[str]) -> None:
    other = make.feedback_round(cast.portfolio, "end of training").opened
    client.post(address(tokens[0]), SENT)
    assert other.answers.count() == 0
    assert FeedbackInvitation.objects.get(answered=True).round.name == "mid-training"


def test_the_trainee_cannot_answer_about_themselves(cast: Cast, client: Client, tokens: list[str]) -> None:
    client.force_login(cast.trainee)
    assert client.get(address(tokens[0])).status_code == 403
    refused = client.post(address(tokens[0]), SENT)
    assert refused.status_code == 403
    page = refused.content.decode()
    assert "sign out if you are somebody else" in page
    assert SENT["q3"] in page  # what a colleague typed at the same screen is given back
    assert FeedbackAnswer.objects.count() == 0


def test_a_colleague_who_is_signed_in_answers_like_anybody(cast: Cast, client: Client, tokens: list[str]) -> None:
    client.force_login(cast.assessor)
    before = Event.objects.count()
    assert client.post(address(tokens[0]), SENT).status_code == 302
    assert Event.objects.count() == before
    assert FeedbackAnswer.objects.count() == 3


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Question 1: choose an answer, or “I cannot say”."),
        ({"q1": "3"}, "Question 2: choose an answer, or “I cannot say”."),
        ({"q1": "4", "q2": "1"}, "Question 1: choose an answer, or “I cannot say”."),
        ({"q1": "-1", "q2": "1"}, "Question 1: choose an answer, or “I cannot say”."),
        ({"q1": "0", "q2": "0", "q3": "  "}, "Answer at least one question."),
        ({"q1": "1", "q2": "1", "q3": "x" * 1501}, "Write 1500 characters or fewer. This has 1501."),
        ({"q1": "1", "q2": "1", "q3": "a\x00b"}, "Take out the characters that cannot be shown."),
        ({"q1": "1", "q2": "1", "q3": "See 999 000 0018."}, "Something in the text looks like an NHS number."),
    ],
)
def test_a_form_that_lacks_something_says_so_and_keeps_the_link_alive(
    client: Client, tokens: list[str], sent: dict[str, str], said: str
) -> None:
    answer = client.post(address(tokens[0]), sent)
    assert answer.status_code == 422
    assert said in texts(answer)
    assert FeedbackAnswer.objects.count() == 0
    assert client.post(address(tokens[0]), SENT).status_code == 302


def test_a_form_without_its_mark_is_not_taken_and_what_was_typed_is_given_back(tokens: list[str]) -> None:
    answer = Client(enforce_csrf_checks=True).post(address(tokens[0]), SENT)
    assert answer.status_code == 403
    assert "You explain well." in texts(answer)
    assert FeedbackAnswer.objects.count() == 0


def test_the_page_is_kept_by_no_cache_and_no_robot_and_its_address_goes_to_no_other_site(
    client: Client, tokens: list[str]
) -> None:
    answer = client.get(address(tokens[0]))
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "strict-origin"


def test_a_name_with_markup_is_text_on_the_page(cast: Cast, client: Client, tokens: list[str]) -> None:
    cast.trainee.name = "<script>alert(1)</script>"
    cast.trainee.save()
    page = texts(client.get(address(tokens[0])))
    assert "<script>alert(1)" not in page
    assert "Feedback on &lt;script&gt;alert(1)&lt;/script&gt;" in page
