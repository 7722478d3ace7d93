"""The pages of a round: what each person reads, the forms with their errors, and mails over a real SMTP server."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.checks import Finding
from portfolio import proof
from portfolio.models import (
    Evidence,
    FeedbackAnswer,
    FeedbackClosing,
    FeedbackInvitation,
    FeedbackRelease,
    FeedbackRound,
)
from portfolio.states import FeedbackState
from portfolio.views.feedback.rounds import NEXT, OWN_NEXT
from portfolio.workflow import RoundOf, perform
from portfolio.workflow.feedback import Invite, Release, Respondent
from tests import make
from tests.cast import Cast
from tests.portfolio.test_mail import Box, box, commits  # noqa: F401
from tests.portfolio.views.counting import queries

ONCE = "Ask each person once: capitals, dots and what follows a + make no other mailbox."


@pytest.fixture
def trainee(cast: Cast) -> Client:
    return signed_in(cast.trainee)


@pytest.fixture
def officer(cast: Cast) -> Client:
    return signed_in(cast.officer)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def at(cast: Cast, name: str = "feedback", *args: int) -> str:
    return reverse(name, args=[cast.portfolio.ref, *args])


def texts(answer: Any) -> str:
    return answer.content.decode()


def today_in_boxes(days: int = 0) -> dict[str, int]:
    day = make.today() + timedelta(days=days)
    return {"discussed_on_0": day.day, "discussed_on_1": day.month, "discussed_on_2": day.year}


def test_every_state_says_what_is_next_and_the_trainee_is_spoken_to() -> None:
    assert set(NEXT) == set(OWN_NEXT) == set(FeedbackState)
    assert [words for words in OWN_NEXT.values() if "trainee" in words] == []


def test_from_the_list_to_the_report_as_evidence(cast: Cast, trainee: Client, officer: Client) -> None:
    """The whole way through the pages."""
    make.questionnaire(cast.portfolio)
    page = trainee.get(at(cast))
    assert [(one.subject.name, one.state, one.may_open) for one in page.context["rounds"]] == [
        ("mid-training", "not_opened", True),
        ("end of training", "not_opened", True),
    ]
    opened = trainee.post(at(cast, "feedback_open", 1))
    assert opened["Location"] == at(cast, "feedback_invite", 1)
    sent = {
        "scientist": "\n".join(f"person{number}@example.org" for number in range(8)),
        "clinical": "\r\n c@example.org ;",
    }
    answers = make.tokens(lambda: trainee.post(at(cast, "feedback_invite", 1), sent))
    assert len(answers) == 9
    for token in answers.values():
        assert (
            Client().post(reverse("feedback_answer", args=[token]), {"q1": 3, "q2": 1, "q3": "Good."}).status_code
            == 302
        )
    assert officer.post(at(cast, "feedback_close", 1)).status_code == 302
    assert "Good." not in texts(trainee.get(at(cast, "feedback_round", 1)))
    assert texts(officer.get(at(cast, "feedback_round", 1))).count("Good.") == 9
    form = officer.get(at(cast, "feedback_release", 1)).context["form"]
    done = officer.post(at(cast, "feedback_release", 1), {"seen": form["seen"].value(), **today_in_boxes()})
    assert done["Location"] == at(cast, "feedback_round", 1)
    page = trainee.get(at(cast, "feedback_round", 1))
    assert texts(page).count("Good.") == 9
    token = page.context["page_token"]
    made = [trainee.post(at(cast, "feedback_evidence", 1), {"page_token": token})["Location"] for _ in range(2)]
    assert made[0] == made[1]
    evidence = Evidence.objects.get()
    assert (evidence.title, evidence.kind, evidence.happened_on) == (
        "Mid-training feedback: report",
        "feedback",
        make.today(),
    )
    assert evidence.body.count("> Good.") == 9
    assert trainee.get(made[0]).status_code == 200


@pytest.mark.parametrize(
    ("sent", "box_", "said"),
    [
        ({}, "scientist", "Enter the address of at least one person."),
        ({"other": "nobody"}, "other", "“nobody” is not an e-mail address."),
        ({"other": "a@example.org\nA@EXAMPLE.org"}, "other", f"A@EXAMPLE.org stands here twice. {ONCE}"),
        (
            {"clinical": "taken@example.org"},
            "clinical",
            f"taken@example.org was asked in this round already. {ONCE}",
        ),
        ({"other": "a@example.org\x00"}, "other", "Take out the characters that cannot be shown."),
        (
            {"other": "a@example.org Bcc: eve@example.org"},
            "other",
            "“a@example.org Bcc: eve@example.org” is not an e-mail address.",
        ),
    ],
)
def test_a_wrong_address_is_said_at_its_box_and_nothing_typed_is_lost(
    cast: Cast, trainee: Client, sent: dict[str, str], box_: str, said: str
) -> None:
    subject = make.feedback_round(cast.portfolio)
    perform("invite respondents", subject, by=cast.trainee, given=Invite([Respondent("taken@example.org", "other")]))
    answer = trainee.post(at(cast, "feedback_invite", 1), sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {box_: [said]}
    assert answer.context["form"][box_].value() == sent.get(box_)
    assert FeedbackInvitation.objects.count() == 1


def test_more_than_thirty_are_refused_with_all_that_was_typed(cast: Cast, trainee: Client) -> None:
    make.feedback_round(cast.portfolio)
    typed = "\n".join(f"p{number}@example.org" for number in range(31))
    answer = trainee.post(at(cast, "feedback_invite", 1), {"other": typed})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == ["A round asks at most 30 people. Take some addresses out."]
    assert answer.context["form"]["other"].value() == typed


def test_a_page_that_is_too_late_says_so_and_gives_back_what_was_typed(cast: Cast, trainee: Client) -> None:
    subject = make.feedback_round(cast.portfolio)
    perform("close feedback", subject, by=cast.officer)
    answer = trainee.post(at(cast, "feedback_invite", 1), {"other": "late@example.org"})
    assert answer.status_code == 409
    assert "late@example.org" in texts(answer)


def test_a_mistyped_invitation_is_taken_back_and_stands_apart(cast: Cast, trainee: Client, officer: Client) -> None:
    subject = make.feedback_round(cast.portfolio)
    make.invited(subject, 2)
    there = reverse("feedback_round", args=[cast.portfolio.ref, 1])
    where = reverse("feedback_withdraw", args=[cast.portfolio.ref, 1])
    assert f'href="{where}"' in trainee.get(there).text
    assert f'href="{where}"' not in officer.get(there).text
    empty = trainee.post(where, {})
    assert (empty.status_code, "Choose whose invitation you take back." in empty.text) == (422, True)
    row = subject.opened.invitations.get(address="colleague2@ward.example.org")
    assert trainee.post(where, {"invitation": row.pk}).status_code == 302
    for browser in (trainee, officer):
        page = browser.get(there)
        assert page.context["withdrawn"] == ["colleague2@ward.example.org"]
        assert [addresses for _, addresses in page.context["asked"]] == [["colleague1@ward.example.org"]]
        assert "0 answered. 1 asked, and 1 more taken back" in page.text
    late = trainee.post(where, {"invitation": row.pk})
    assert (late.status_code, "This invitation was taken back already." in late.text) == (422, True)
    history = officer.get(reverse("history", args=[cast.portfolio.ref])).text
    assert "Took back an invitation to the mid-training feedback" in history
    assert "colleague2" not in history


def test_closing_with_too_few_warns_first(cast: Cast, trainee: Client) -> None:
    subject = make.feedback_round(cast.portfolio)
    tokens = list(make.invited(subject, 9).values())
    for token in tokens[:7]:
        make.answered(token)
    assert "Closing now removes their answers" in texts(trainee.get(at(cast, "feedback_close", 1)))
    make.answered(tokens[7])
    assert "Closing now removes their answers" not in texts(trainee.get(at(cast, "feedback_close", 1)))


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (dict, 422),
        (lambda: {"discussed_on_0": "x", "discussed_on_1": "1", "discussed_on_2": "2026"}, 422),
        (lambda: today_in_boxes(1), 422),
        (lambda: {**today_in_boxes(), "seen": "0" * 64}, 409),
    ],
    ids=["no day", "no such day", "tomorrow", "another report"],
)
def test_a_release_that_lacks_something_says_so_and_keeps_the_notes(
    cast: Cast, officer: Client, sent: Callable[[], dict[str, Any]], status: int
) -> None:
    closing = make.feedback_closed(cast.portfolio).opened.closing
    answer = officer.post(at(cast, "feedback_release", 1), {"seen": closing.digest, "notes": "We agreed.", **sent()})
    assert answer.status_code == status
    assert "We agreed." in texts(answer)
    assert FeedbackRelease.objects.count() == 0


def test_what_somebody_wrote_is_text_on_the_page(cast: Cast, officer: Client) -> None:
    make.feedback_closed(cast.portfolio)
    FeedbackAnswer.objects.filter(text="Remark 1.").update(text="<script>alert(1)</script>")
    page = texts(officer.get(at(cast, "feedback_release", 1)))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_round_of_another_portfolio_is_not_found(cast: Cast, trainee: Client) -> None:
    make.feedback_round(cast.other)
    for name in ("feedback_round", "feedback_invite", "feedback_close", "feedback_release"):
        assert trainee.get(at(cast, name, 1)).status_code == 404
    assert trainee.get(at(cast, "feedback_open", 9)).status_code == 404


def test_the_pages_ask_as_many_questions_of_the_database_for_one_as_for_thirty(
    cast: Cast, trainee: Client, officer: Client
) -> None:
    subject = make.feedback_round(cast.portfolio)
    first = make.invited(subject, 1)
    where = at(cast, "feedback_round", 1)
    one = queries(trainee, where)
    make.invited(subject, 29, first=2)
    assert len(first) == 1
    assert queries(trainee, where) == one <= 15
    make.feedback_released(cast.portfolio, cast.officer, name="end of training")
    assert queries(officer, at(cast, "feedback_round", 2)) <= 15
    assert queries(officer, at(cast)) <= 15


# --- the record ---------------------------------------------------------------------------------------------------


def findings() -> list[Finding]:
    return list(proof.signed_rows())


def test_an_untouched_round_agrees_with_its_events(cast: Cast) -> None:
    make.feedback_closed(cast.portfolio, answers=7, name="end of training")
    make.feedback_released(cast.portfolio, cast.officer)
    assert findings() == []


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (FeedbackAnswer, {"text": "Perfect."}),
        (FeedbackAnswer, {"question": 1}),
        (FeedbackClosing, {"answered": 9}),
        (FeedbackClosing, {"withdrawn": 1}),
        (FeedbackClosing, {"enough": False}),
        (FeedbackRelease, {"notes": "Nothing."}),
        (FeedbackRelease, {"discussed_on": make.date(2020, 1, 1)}),
        (FeedbackRound, {"least": 1}),
        (FeedbackRound, {"questions": []}),
    ],
)
def test_a_changed_row_is_named_and_its_page_says_so(
    cast: Cast, officer: Client, model: Any, change: dict[str, Any]
) -> None:
    make.feedback_released(cast.portfolio, cast.officer)
    row = model.objects.exclude(text="").first() if model is FeedbackAnswer else model.objects.first()
    with_table(model, row.pk, change)
    assert findings() != []
    assert "Record does not agree" in texts(officer.get(at(cast, "feedback_round", 1)))


def with_table(model: Any, pk: Any, change: dict[str, Any]) -> None:
    """Change a row as somebody at the database would: immutable models refuse it."""
    QuerySet.update(model._base_manager.filter(pk=pk), **change)


def test_an_answer_taken_away_after_the_closing_is_noticed(cast: Cast) -> None:
    make.feedback_closed(cast.portfolio)
    FeedbackAnswer.objects.exclude(text="").first().delete()  # type: ignore[union-attr]
    assert len(findings()) == 1


# --- mails --------------------------------------------------------------------------------------------------------


def test_each_respondent_gets_one_mail_with_a_link_of_their_own(cast: Cast, box: Box, commits: Any) -> None:  # noqa: F811
    subject = make.feedback_round(cast.portfolio)
    people = [Respondent(f"person{number}@example.org", "other") for number in range(3)]
    with commits():
        perform("invite respondents", subject, by=cast.trainee, given=Invite(people))
    assert [letter["To"] for letter in box.letters] == [one.address for one in people]
    assert {letter["Subject"] for letter in box.letters} == {"Priya Raman asks for your feedback"}
    links = {
        line
        for letter in box.letters
        for line in letter.get_content().splitlines()
        if line.startswith("http://127.0.0.1:8000/feedback/")
    }
    assert len(links) == 3
    assert all(one.address not in letter.get_content() for one in people for letter in box.letters)


def test_a_name_with_a_line_break_adds_no_header_to_an_invitation(cast: Cast, box: Box, commits: Any) -> None:  # noqa: F811
    cast.trainee.name = "Priya\r\nBcc: eve@example.org"
    cast.trainee.save()
    subject = make.feedback_round(cast.portfolio)
    with commits():
        perform("invite respondents", subject, by=cast.trainee, given=Invite([Respondent("a@example.org", "other")]))
    assert [(letter["To"], letter["Bcc"]) for letter in box.letters] == [("a@example.org", None)]


def test_the_readers_are_told_of_a_closing_and_the_trainee_of_the_release(cast: Cast, box: Box, commits: Any) -> None:  # noqa: F811
    subject = make.feedback_round(cast.portfolio)
    for token in make.invited(subject, 8).values():
        make.answered(token, text="Secret.")
    with commits():
        perform("close feedback", subject, by=cast.officer)
    assert sorted(box.told()) == [
        ("ana.reyes", "Feedback round closed: Priya Raman"),
        ("colin.berg", "Feedback round closed: Priya Raman"),
        ("priya.raman", "Feedback round closed: Mid-training feedback"),
    ]
    box.letters.clear()
    subject = RoundOf.read(cast.portfolio, "mid-training")
    with commits():
        given = Release(make.today())
        perform("release feedback", subject, by=cast.officer, seen=subject.opened.closing.digest, given=given)
    assert box.told() == [("priya.raman", "Your feedback report: Mid-training feedback")]
    assert "Secret." not in "".join(letter.get_content() for letter in box.letters)


def test_a_reminder_says_that_it_is_one(cast: Cast, box: Box, commits: Any) -> None:  # noqa: F811
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        subject = make.feedback_round(cast.portfolio)
        make.invited(subject, 1)
    with commits():
        perform("remind respondents", subject, by=cast.trainee)
    assert box.told() == [(["colleague1", "ward.example.org"][0], "Reminder: Priya Raman asks for your feedback")]
