"""Multi-source feedback where the trainee looks: what to do next, and the activities that a report can show."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portfolio import ledger
from portfolio.models import Portfolio
from portfolio.progress import feedback_due, headline
from portfolio.workflow import RoundOf, perform
from portfolio.workflow.training_time import Away
from tests import make
from tests.cast import Cast

STARTED = date(2023, 9, 4)
RULES: dict[str, Any] = {
    **make.RULES,
    "multi_source_feedback": [
        {"round": "mid-training", "month": 18, "shows": {"S-C1": [1], "S-Z9": [1]}},
        {"round": "end of training", "month": 30, "shows": {"S-C1": [2]}},
    ],
}


@pytest.fixture
def of(cast: Cast) -> Portfolio:
    Portfolio.objects.filter(pk=cast.portfolio.pk).update(starts_on=STARTED)
    cast.portfolio = make.with_rules(Portfolio.objects.get(pk=cast.portfolio.pk), RULES)
    make.questionnaire(cast.portfolio)
    return cast.portfolio


def due(of: Portfolio, today: date) -> list[tuple[str, str, int | None]]:
    record = ledger.read_one(of, reviews=True)
    return [(step.words, step.at.page, step.at.number) for step in feedback_due(record, today=today, counts=True).mine]


OPEN = ("Open the mid-training feedback and ask people", "feedback", None)
LAST = ("Open the end of training feedback and ask people", "feedback", None)


def test_a_round_is_asked_for_once_its_months_have_come(of: Portfolio) -> None:
    assert due(of, date(2025, 3, 3)) == []
    assert due(of, date(2025, 3, 4)) == [OPEN]
    assert due(of, date(2026, 3, 4)) == [OPEN, LAST]


def test_its_months_pass_with_the_trainees_own_time_here_and_on_the_page(
    cast: Cast, of: Portfolio, client: Client
) -> None:
    make.training_time(of, cast.officer, Away(date(2024, 7, 1), date(2024, 12, 31), "parental", ""))
    assert due(of, date(2025, 9, 3)) == []
    assert due(of, date(2025, 9, 4)) == [OPEN]
    (step,) = feedback_due(ledger.read_one(of, reviews=True), today=date(2025, 9, 4), counts=True).mine
    assert step.why == "Month 18 of the training: 4 September 2025, moved by 184 days of leave."
    client.force_login(cast.trainee)
    page = client.get(reverse("feedback", args=[of.ref]))
    how = "4 March 2025 for somebody full time; moved by 184 days of leave."
    assert f"Suggested for 4 September 2025: month 18 of the training. {how}" in page.text
    make.training_time(of, cast.officer, Away(date(2025, 1, 10), None, "parental", ""))
    assert due(of, date(2030, 1, 1)) == []
    page = client.get(reverse("feedback", args=[of.ref]))
    assert "When it is suggested cannot be known while leave has no end: month 18" in page.text


def test_from_opening_a_round_to_its_report_as_evidence(cast: Cast, of: Portfolio) -> None:
    today = make.today()
    perform("open feedback", RoundOf.read(of, "mid-training"), by=cast.trainee)
    make.invited(RoundOf.read(of, "mid-training"), 1)
    perform("close feedback", RoundOf.read(of, "mid-training"), by=cast.trainee)
    assert due(of, today) == [OPEN, LAST]  # too few: again
    make.feedback_closed(of)
    assert due(of, today) == [("Talk about the report of the mid-training feedback", "feedback_round", 2), LAST]
    make.feedback_discussed(of, cast.officer)
    use = ("Use the report of the mid-training feedback as evidence", "feedback_round", 2)
    assert due(of, today) == [use, LAST]
    make.drafted(of, "S-C1", 1)
    assert due(of, today) == [LAST]


def test_an_open_round_asks_for_more_people_then_waits_for_answers_then_is_to_be_closed(
    cast: Cast, of: Portfolio, client: Client
) -> None:
    """On progress, for the trainee and the officer alike; an administrator reads that it is open, and no number."""
    subject = make.feedback_round(of)
    href = reverse("feedback_round", args=[of.ref, 1])

    def said(reader: User) -> list[tuple[str, str, str]]:
        client.force_login(reader)
        page = client.get(reverse("progress", args=[of.ref]))
        rows = [(whose, row) for whose in ("mine", "others") for row in page.context[whose]["first"]]
        rows += [(whose, row) for whose in ("mine", "others") for row in page.context[whose]["rest"]]
        return [(whose, row["title"], row["note"]) for whose, row in rows if row["href"] == href]

    def agree(whose: str, words: str, note: str) -> None:
        assert said(cast.trainee) == said(cast.officer) == said(cast.coordinator) == [(whose, words, note)]
        hidden = ("others", "Answers to the mid-training feedback", "The round is open: people are asked.")
        assert said(cast.administrator) == [hidden]

    more = "Invite at least {} to the mid-training feedback"
    agree("mine", more.format("8 more people"), "0 asked, and at least 8 must answer.")
    tokens = list(make.invited(subject, 8).values())
    waits = ("others", "Answers to the mid-training feedback", "0 answered of 8 asked. At least 8 must.")
    agree(*waits)
    make.answered(tokens[0])
    make.invitation_withdrawn(subject, "colleague1@ward.example.org")  # who has answered: nothing may tell that
    agree("mine", more.format("1 more person"), "7 asked, and at least 8 must answer.")
    for token in [*tokens[1:], *make.invited(subject, 1, first=9).values()]:
        make.answered(token)
    agree(
        "mine",
        "Close the mid-training feedback",
        "9 have answered, and at least 8 must. Close it when nobody else will.",
    )


def test_the_headline_waits_for_the_answers_where_nothing_else_is_left(cast: Cast, of: Portfolio) -> None:
    make.invited(make.feedback_round(of), 8)
    record = ledger.read_one(of, reviews=True)
    found = feedback_due(record, today=make.today(), counts=True)
    said = headline(record, (), found.others, today=make.today())
    assert (said.words, said.at) == ("Wait for answers to the mid-training feedback", found.others[0].at)


def test_what_another_system_signed_is_not_asked_for(cast: Cast, of: Portfolio) -> None:
    make.signed_elsewhere(of, cast.officer, make.entry("S-C1", 1))
    make.signed_off(of, cast.assessor, "S-C1", 2)
    assert due(of, make.today()) == []


def test_nothing_is_asked_for_in_a_closed_portfolio(cast: Cast, of: Portfolio) -> None:
    perform("close portfolio", of, by=cast.administrator, reason="Completed.")
    of.refresh_from_db()
    assert due(of, make.today()) == []


def test_progress_leads_to_the_round_that_is_due(cast: Cast, of: Portfolio, client: Client) -> None:
    client.force_login(cast.trainee)
    with time_machine.travel(STARTED + timedelta(days=600)):
        client.force_login(cast.trainee)
        page = client.get(reverse("progress", args=[of.ref]))
    rows = [*page.context["mine"]["first"], *page.context["mine"]["rest"]]
    assert [(row["title"], row["href"]) for row in rows if row["tag"] == "Feedback"] == [
        (OPEN[0], reverse("feedback", args=[of.ref]))
    ]


def test_an_activity_that_a_report_can_show_leads_to_its_round(cast: Cast, of: Portfolio, client: Client) -> None:
    client.force_login(cast.officer)

    def leads(number: int) -> list[tuple[str, str, str]]:
        page = client.get(reverse("activity", args=[of.ref, "S-C1", number]))
        return [(one["words"], one["state"], one["href"]) for one in page.context["feedback"]]

    rounds = reverse("feedback", args=[of.ref])
    assert leads(1) == [("Mid-training feedback", "Not opened", rounds)]
    assert leads(3) == []
    make.feedback_released(of, cast.officer)
    assert leads(1) == [("Mid-training feedback", "Released", reverse("feedback_round", args=[of.ref, 1]))]
    assert leads(2) == [("End of training feedback", "Not opened", rounds)]
    client.force_login(cast.trainee)
    page = client.get(reverse("feedback_round", args=[of.ref, 1])).text
    assert f'href="{reverse("activity", args=[of.ref, "S-C1", 1])}">S-C1 1</a>. Nothing has to be typed again.' in page
    assert "S-Z9" not in page  # the rules speak of it, and the curriculum does not have it
