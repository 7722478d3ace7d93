"""The plan's page: who reads it, what it takes and what it refuses. It is 12 March 2026."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from audit.models import Event
from curriculum.models import Module
from portfolio.models import CalendarFeed, Portfolio, ScheduledActivity
from portfolio.plan.reading import planned as planned_of
from portfolio.progress import portfolio_progress
from portfolio.reviews import pace
from portfolio.workflow import Incomplete, NotAllowed, perform
from portfolio.workflow.plan import CANNOT_BE_PLANNED, NO_MONTH, NOTHING_CHOSEN, Put, make_address, put, stop_address
from portfolio.workflow.training_time import Away
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import large, queries

SignIn = Callable[[User], Client]


def address(of: Portfolio) -> str:
    return reverse("plan", args=[of.ref])


def sent(client: Client, of: Portfolio, *chosen: str, where: str = "", **more: str) -> Any:
    return client.post(address(of), {"chosen": chosen, "where": where, **more})


def months(of: Portfolio) -> dict[str, str]:
    return {f"{code} {number}": f"{month:%Y-%m}" for (code, number), month in planned_of(of).months.items()}


# --- planning -----------------------------------------------------------------------------------------------------


def test_the_trainee_plans_moves_and_takes_out_what_is_not_done(cast: Cast, of: Portfolio, client_of: SignIn) -> None:
    client = client_of(cast.trainee)
    answer = sent(client, of, "S-C1/1", "S-C1/2", where="2026-04")
    assert (answer.status_code, answer["Location"]) == (302, f"{address(of)}#schedule")
    assert months(of) == {"S-C1 1": "2026-04", "S-C1 2": "2026-04"}
    sent(client, of, "S-C1/2", where="2026-06")
    assert months(of) == {"S-C1 1": "2026-04", "S-C1 2": "2026-06"}
    page = sent(client, of, "S-C1/1", where="2026-04", out="1")
    assert months(of) == {"S-C1 2": "2026-06"}
    page = client.get(address(of))
    assert [str(one) for one in page.context["messages"]] == [
        "Planned 2 activities for April 2026.",
        "Planned S-C1 2 for June 2026.",
        "Took S-C1 1 out of the plan.",
    ]
    assert not Event.objects.filter(kind__contains="plan").exists()


def test_an_activity_is_planned_into_one_month_the_database_holds_it(cast: Cast, of: Portfolio) -> None:
    module = Module.objects.get(curriculum=of.curriculum_id, code="S-C1")
    row = {"portfolio": of, "module": module, "number": 1}
    ScheduledActivity.objects.create(**row, year=2026, month=4)
    for wrong in ({**row, "year": 2026, "month": 5}, {**row, "number": 2, "year": 2026, "month": 13}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ScheduledActivity.objects.create(**wrong)


def test_what_is_not_planned_what_is_late_and_which_assessments_are_open_is_said(
    cast: Cast, of: Portfolio, client_of: SignIn
) -> None:
    Module.objects.filter(code="S-C1").update(cbd=1, observed=2)
    make.drafted(of, number=1)
    make.in_review(of, cast.assessor, number=2)
    module = Module.objects.get(curriculum=of.curriculum_id, code="S-C1")
    for number in (1, 2):
        ScheduledActivity.objects.create(portfolio=of, module=module, number=number, year=2026, month=2)
    page = client_of(cast.trainee).get(address(of))
    text = page.content.decode()
    assert "1 activity was planned for a time that is past, and is not submitted." in text
    assert [row["entry"].name for row in page.context["late"]] == ["S-C1 1"]
    assert [one.name for one in page.context["board"].unplanned] == ["S-C1 3", "S-X1 1", "S-X1 2", "S-X1 3", "S-X1 4"]
    assert "2 activities planned. <b>5 required and not planned.</b>" in text
    assert [(one.module.code, one.words) for one, _ in page.context["slots"]] == [("S-C1", "1 CBD and 2 DOPS or OCE")]


BAD = {
    "nothing ticked": ([], "2026-04", "chosen", NOTHING_CHOSEN),
    "no month": (["S-C1/1"], "", "where", "Choose where it goes: a month, or a placement if you have one."),
    "a month that is past": (["S-C1/1"], "2026-02", "where", NO_MONTH),
    "a month after the programme": (["S-C1/1"], "2031-01", "where", NO_MONTH),
    "no month at all": (["S-C1/1"], "spring", "where", NO_MONTH),
    "a placement that is not there": (["S-C1/1"], "placement-abc", "where", NO_MONTH),
    "no such number": (["S-C1/99"], "2026-04", "chosen", CANNOT_BE_PLANNED),
    "no such module": (["S-C9/1"], "2026-04", "chosen", CANNOT_BE_PLANNED),
    "no activity at all": (["<script>"], "2026-04", "chosen", CANNOT_BE_PLANNED),
    "one that is signed off": (["S-C1/1", "S-C1/3"], "2026-04", "chosen", CANNOT_BE_PLANNED),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_planned_is_said_at_its_field_and_nothing_is_changed(
    cast: Cast, of: Portfolio, client_of: SignIn, name: str
) -> None:
    make.signed_off(of, cast.assessor, number=3)
    client = client_of(cast.trainee)
    sent(client, of, "S-C1/1", where="2026-05")
    chosen, where, field, said = BAD[name]
    page = sent(client, of, *chosen, where=where)
    assert (page.status_code, page.context["form"].errors[field]) == (422, [said])
    assert months(of) == {"S-C1 1": "2026-05"}
    assert page.content.decode().count('value="S-C1/1" checked') == ("S-C1/1" in chosen)  # what was ticked stays so
    assert "<title>Error: Plan" in page.content.decode()


def test_what_is_signed_off_while_the_form_is_open_is_refused_under_the_lock(cast: Cast, of: Portfolio) -> None:
    make.signed_off(of, cast.assessor, number=1)
    with pytest.raises(Incomplete, match="cannot be planned"):
        put(of, Put({("S-C1", 1), ("S-C1", 2)}), by=cast.trainee)


@pytest.mark.parametrize("month", [date(2026, 2, 1), date(2031, 1, 1), date(2026, 4, 2)])
def test_the_step_itself_takes_no_month_that_is_not_offered(cast: Cast, of: Portfolio, month: date) -> None:
    with pytest.raises(Incomplete) as refused:
        put(of, Put({("S-C1", 1)}, month=month), by=cast.trainee)
    assert (refused.value.errors, months(of)) == ({"where": NO_MONTH}, {})


@pytest.mark.parametrize("name", ["officer", "coordinator", "administrator", "other_trainee", "stranger", "superuser"])
def test_nobody_else_takes_a_step_of_the_plan(cast: Cast, of: Portfolio, name: str) -> None:
    person = cast.people()[name]
    for step in (lambda: put(of, Put({("S-C1", 1)}), by=person), lambda: stop_address(of, by=person)):
        with pytest.raises(NotAllowed):
            step()
    with pytest.raises(NotAllowed):
        make_address(of, by=person)
    assert (CalendarFeed.objects.exists(), Event.objects.filter(chain__name=of.chain).exists()) == (False, False)


# --- who ----------------------------------------------------------------------------------------------------------

READERS = ("trainee", "officer", "coordinator", "officer_in_training", "administrator", "cohort_administrator")


def test_the_trainee_and_those_who_lead_or_administer_read_it_and_the_trainee_alone_plans(
    cast: Cast, of: Portfolio, client_of: SignIn
) -> None:
    read, planned = {}, {}
    for name, person in cast.people().items():
        if name == "deactivated":
            continue
        client = client_of(person)
        read[name] = client.get(address(of)).status_code
        planned[name] = sent(client, of, "S-C1/1", where="2026-04").status_code
    assert {name for name, status in read.items() if status == 200} == set(READERS)
    assert set(read.values()) == {200, 404}
    assert planned == {
        name: 302 if name == "trainee" else 403 if status == 200 else 404 for name, status in read.items()
    }


def test_days_of_assessments_are_on_the_timeline_and_those_that_nobody_was_asked_about_for_the_trainee_alone(
    cast: Cast, of: Portfolio, client_of: SignIn
) -> None:
    make.planned(of, "DOPS", code="S-X1")
    make.asked(of, cast.assessor, "OCE", "Seen next week", code="S-X1")
    make.assessed(of, cast.assessor, kind="CBD", title="Done", code="S-X1")

    def shown(person: User) -> list[str]:
        lines = client_of(person).get(address(of)).context["timeline"].lines
        return [line.when for line in lines if line.what == "Assessment"]

    day = "on 9 March 2026"
    assert shown(cast.trainee) == [f"DOPS {day}, planned; OCE {day}, with an assessor"]
    assert shown(cast.officer) == shown(cast.administrator) == [f"OCE {day}, with an assessor"]


def test_the_officer_reads_the_plan_without_a_form(cast: Cast, of: Portfolio, client_of: SignIn) -> None:
    sent(client_of(cast.trainee), of, "S-C1/1", where="2026-04")
    page = client_of(cast.officer).get(address(of))
    assert page.context["form"] is None
    text = page.content.decode()
    assert "data-plan" not in text
    assert text.count(f'href="{reverse("activity", args=[of.ref, "S-C1", 1])}"') == 1
    assert reverse("plan_calendar", args=[of.ref]) not in text


def test_a_closed_portfolio_is_read_and_not_planned(cast: Cast, of: Portfolio, client_of: SignIn) -> None:
    perform("close portfolio", of, by=cast.administrator, reason="Completed.")
    client = client_of(cast.trainee)
    page = client.get(address(of))
    assert (page.status_code, page.context["form"]) == (200, None)
    assert sent(client, of, "S-C1/1", where="2026-04").status_code == 403
    assert months(of) == {}


def test_another_trainees_plan_is_not_touched_by_ones_own(cast: Cast, of: Portfolio, client_of: SignIn) -> None:
    sent(client_of(cast.other_trainee), cast.other, "S-C1/1", where="2026-04")
    assert (months(of), months(cast.other)) == ({}, {"S-C1 1": "2026-04"})
    assert sent(client_of(cast.other_trainee), of, "S-C1/1", where="2026-04").status_code == 404


def test_the_plan_says_when_leave_is_and_never_why(cast: Cast, of: Portfolio, client_of: SignIn) -> None:
    away = Away(make.today(), make.today().replace(day=25), "sick", "A note that is private.")
    make.training_time(of, cast.officer, away)
    text = client_of(cast.trainee).get(address(of)).content.decode()
    assert "Leave, 14 days" in text
    assert "Sick" not in text
    assert "A note that is private." not in text


# --- review points ------------------------------------------------------------------------------------------------


def test_the_plan_says_of_each_review_point_what_the_reviews_say_also_what_each_way_still_needs(
    cast: Cast, of: Portfolio, client_of: SignIn
) -> None:
    make.signed_off(of, cast.assessor, number=1)
    make.review_signed(of, officer=cast.officer)
    for reader in (cast.trainee, cast.officer, cast.administrator):
        client = client_of(reader)
        page, reviews = client.get(address(of)), client.get(reverse("reviews", args=[of.ref])).context["rows"]
        first, second = page.context["points"]
        assert [(one["title"], one["word"], one["href"]) for one in (first, second)] == [
            (row["title"], row["word"], row["href"]) for row in reviews
        ]
        assert [line["met"] for one in (first, second) for line in one["lines"]] == [
            line["met"] for row in reviews for line in row["conditions"]
        ]
        near = [option["near"] for option in reviews[1]["conditions"][1]["options"]]
        assert [way["text"] for way in second["lines"][1]["ways"]] == [
            f"S-C1 signed off: {near[0]}",
            f"60% of all required items and A prize: {near[1]}",
        ]
        assert (first["word"], second["word"]) == ("Met", "Not met")
        assert "2 conditions met." in second["note"]
        shown = re.search(r'aria-labelledby="points">(.*?)</section>', page.text, re.S)
        assert shown
        assert re.findall(r"(Met|Not met|Cannot be known yet): </span>", shown[1]) == [
            *("Met", "Not met", "Not met", "Not met", "Not met")
        ]


def test_a_plan_without_review_points_has_no_panel_for_them(cast: Cast, client_of: SignIn) -> None:
    of = make.with_rules(cast.portfolio, {"review_points": [], "portfolio": {"both_dops_and_oce": False}})
    assert 'id="points"' not in client_of(cast.trainee).get(address(of)).text


# --- the chart and the headline -----------------------------------------------------------------------------------


def test_the_chart_ends_where_the_headline_is_on_both_pages(cast: Cast, of: Portfolio, client_of: SignIn) -> None:
    make.signed_off(of, cast.assessor, number=1)
    make.signed_elsewhere(of, cast.officer, make.entry(number=2))
    for name in ("progress", "plan"):
        page = client_of(cast.officer).get(reverse(name, args=[of.ref]))
        chart, now = page.context["chart"], page.context["pace"]
        assert (chart.items_done, now.done) == (2, 2)
        assert chart.target_today == now.target
        assert "2 today</text>" in page.content.decode()
    progress = client_of(cast.officer).get(reverse("progress", args=[of.ref])).context["progress"]
    assert progress.items.done == chart.items_done
    assert isinstance(progress, type(portfolio_progress(progress.record)))
    assert pace(progress.record, today=make.today()) == now


# --- cost ---------------------------------------------------------------------------------------------------------


def test_the_plan_asks_as_much_for_thirty_planned_activities_as_for_one(
    clock: None, db: None, client_of: SignIn
) -> None:
    """How much that is, at most 15, is said where pages are counted (test_query_counts.py)."""
    of = make.with_rules(large(31))
    client = client_of(of.trainee)
    sent(client, of, "S-B1/1", where="2026-04")
    few = queries(client, address(of))
    sent(client, of, *[f"S-B1/{number}" for number in range(2, 31)], where="2026-05")
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address(of))
    assert len(months(of)) == 30
    assert (len(asked), len(page.context["board"].planned)) == (few, 30)
