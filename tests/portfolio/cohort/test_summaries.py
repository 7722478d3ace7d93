"""Summaries: what lists filter and order by, and that nothing but progress decides what is in them."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from accounts.models import User
from audit.chain import append
from curriculum.structure import INSTANCE
from portfolio import statistics
from portfolio.cohort import summaries
from portfolio.due import run_due
from portfolio.models import Portfolio, Role, Summary
from portfolio.states import LeaveKind, RoleKind
from portfolio.workflow import perform
from portfolio.workflow.training_time import Away
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def kept() -> list[dict[str, Any]]:
    """Every summary, without the moment at which it was made."""
    columns = [name for name in summaries.KEPT if name != "made_at"]
    return list(Summary.objects.order_by("pk").values("pk", *columns))


def behind() -> list[str]:
    return sorted(portfolio.trainee.name for portfolio in summaries.behind())


STEPS: dict[str, Callable[[Cast], Any]] = {
    "link": lambda cast: make.drafted(cast.portfolio),
    "submit": lambda cast: make.in_review(cast.portfolio, cast.assessor),
    "sign off": lambda cast: make.signed_off(cast.portfolio, cast.assessor),
    "return": lambda cast: make.returned(cast.portfolio, cast.assessor),
    "name a new assessor": lambda cast: make.nominated(cast.portfolio),
    "ready": lambda cast: [make.signed_off(cast.portfolio, cast.assessor, number=number) for number in (1, 2, 3)],
    "sign off a module": lambda cast: [STEPS["ready"](cast), make.module_signed_off(cast.portfolio, cast.officer)],
    "confirm requirements": lambda cast: make.confirmed(
        cast.portfolio, cast.officer, "S-X1", activities=5, cbd=2, observed=1
    ),
    "ask for an assessment": lambda cast: make.asked(cast.portfolio, cast.assessor, code="S-X1"),
    "complete an assessment": lambda cast: make.assessed(cast.portfolio, cast.assessor, code="S-X1"),
    "record elsewhere": lambda cast: make.signed_elsewhere(cast.portfolio, cast.officer, make.entry("S-C1", 1)),
    "leave": lambda cast: make.training_time(
        cast.portfolio, cast.officer, Away(make.today(), None, LeaveKind.SICK, "Away")
    ),
    "close": lambda cast: perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left."),
}


@pytest.mark.parametrize("step", STEPS)
def test_after_a_step_the_summary_is_made_and_making_it_again_changes_nothing(
    cast: Cast, step: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    make.with_rules(cast.portfolio)
    summaries.renew()
    before = kept()
    with django_capture_on_commit_callbacks(execute=True):
        STEPS[step](cast)
    after = kept()
    assert after != before
    assert behind() == []
    call_command("rebuild_summaries")
    assert kept() == after


def test_it_holds_what_progress_says(cast: Cast) -> None:
    make.asked_since(make.in_review(cast.portfolio, cast.assessor), 20)
    for number in (2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    summaries.renew()
    row = Summary.objects.get(portfolio=cast.portfolio)
    assert (row.credits, row.items, row.ahead, row.review_on) == (0, 2, None, None)
    assert (row.waits_since, row.flags, row.flag_count) == (make.today() - timedelta(days=20), " late ", 1)
    assert (row.name, row.asked) == ("Priya Raman", f"{cast.assessor.pk}:1:1")
    assert row.made_on == make.today()


def test_what_no_step_wrote_is_found_by_the_chain(cast: Cast) -> None:
    summaries.renew()
    make.page(cast.portfolio)
    assert behind() == ["Priya Raman"]


def test_a_new_portfolio_is_found(cast: Cast) -> None:
    assert behind() == ["Owen Hart", "Priya Raman", "Tom Okafor", "Zara Byrne"]
    assert "summaries: 4 made" in run_due()
    assert "summaries: 0 made" in run_due()


def test_another_day_makes_all_of_them_again(cast: Cast) -> None:
    summaries.renew()
    with time_machine.travel(make.today() + timedelta(days=60), tick=False):
        assert summaries.renew() == 4
        assert set(Summary.objects.values_list("made_on", flat=True)) == {make.today()}
        assert behind() == []


def test_a_role_that_changes_is_found_by_the_chain_of_the_instance(cast: Cast) -> None:
    summaries.renew()
    role = Role.objects.get(user=cast.other_officer, kind=RoleKind.OFFICER)
    append(INSTANCE, "role changed", by=cast.administrator, data=role.facts)
    assert behind() == ["Tom Okafor"]
    summaries.renew()
    append(INSTANCE, "person.deactivate", by=cast.administrator, data={"person": cast.other_officer.pk})
    assert behind() == ["Tom Okafor"]


def test_a_trainee_who_is_renamed_is_found_by_the_chain_of_the_instance(cast: Cast) -> None:
    summaries.renew()
    User.objects.filter(pk=cast.trainee.pk).update(name="Anna Raman")
    append(INSTANCE, "person.change", by=cast.administrator, data={"person": cast.trainee.pk, "fields": ["name"]})
    assert behind() == ["Anna Raman"]
    summaries.renew()
    assert Summary.objects.get(portfolio=cast.portfolio).name == "Anna Raman"


def test_many_events_of_others_hide_no_role_that_changed_before(cast: Cast) -> None:
    summaries.renew()
    role = Role.objects.get(user=cast.other_officer, kind=RoleKind.OFFICER)
    append(INSTANCE, "role changed", by=cast.administrator, data=role.facts)
    for _ in range(300):
        append(INSTANCE, "person.add", by=cast.administrator, data={"person": cast.stranger.pk})
    assert behind() == ["Tom Okafor"]


def test_more_events_than_are_looked_through_hide_no_role_that_changed_before_them(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summaries, "LATELY", 3)
    summaries.renew()
    role = cast.portfolio.roles.get(user=cast.officer)
    append(INSTANCE, "role changed", by=cast.administrator, data=role.facts)
    for _ in range(3):
        append(INSTANCE, "person.add", by=cast.administrator, data={"person": cast.stranger.pk})
    assert cast.portfolio in summaries.behind()
    summaries.renew()
    assert list(summaries.behind()) == []  # and what was made since is not made again


def test_what_the_instance_told_on_another_day_makes_nothing_again(cast: Cast) -> None:
    tom, priya = (Role.objects.get(user=user, kind="officer") for user in (cast.other_officer, cast.officer))
    append(INSTANCE, "role changed", by=cast.administrator, data=tom.facts)
    with time_machine.travel(make.today() + timedelta(days=2), tick=False) as clock:
        summaries.renew()
        clock.shift(timedelta(minutes=5))
        append(INSTANCE, "role changed", by=cast.administrator, data=priya.facts)
        assert behind() == ["Priya Raman"]


def test_one_run_takes_no_more_than_it_should_and_the_next_one_goes_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summaries, "A_RUN", 2)
    assert [summaries.renew() for _ in range(3)] == [2, 2, 0]


def test_making_many_asks_no_more_than_making_one(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    summaries.rebuild([cast.portfolio.pk])
    with django_assert_max_num_queries(40) as one:
        summaries.rebuild([cast.portfolio.pk])
    for number in range(10):
        make.portfolio(make.person(f"Trainee {number}"))
    summaries.rebuild(Portfolio.objects.values_list("pk", flat=True))  # of two curricula, remembered from now on
    with django_assert_max_num_queries(40) as many:
        summaries.rebuild(Portfolio.objects.values_list("pk", flat=True))
    assert len(many) == len(one) + 1  # the ids
    assert Summary.objects.count() == 14


def test_sqlite_knows_what_is_in_its_tables_once_a_run_has_read_them(cast: Cast) -> None:
    """Without it a page of assessors of 10,000 trainees took 1.7 seconds there."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL looks at its tables by itself.")

    def known() -> set[str]:
        with connection.cursor() as cursor:
            return {name for (name,) in cursor.execute("SELECT tbl FROM sqlite_stat1").fetchall()}

    make.in_review(cast.portfolio, cast.assessor)
    with connection.cursor() as cursor:  # as if nobody had looked yet
        cursor.execute("ANALYZE")
        cursor.execute("DELETE FROM sqlite_stat1")
        cursor.execute("ANALYZE sqlite_schema")
    assert known() == set()
    statistics._look.cache_clear()
    run_due()
    assert known() >= {"portfolio_item", "portfolio_addressee", "portfolio_portfolio"}


@pytest.mark.django_db(transaction=True)
def test_a_run_is_not_stopped_by_somebody_who_writes_for_long(caplog: pytest.LogCaptureFixture) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL looks at its tables by itself.")
    statistics._look.cache_clear()
    with sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 50")
        with caplog.at_level("INFO", "portfolio.statistics"):
            statistics.keep_up()
        other.execute("ROLLBACK")
    assert "another time" in caplog.text
    statistics.keep_up()
    assert statistics._look.cache_info().currsize == 1
    connection.close()  # with its short patience
