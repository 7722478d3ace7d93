"""Activities planned into placements: the placement's own plan, changed by its own step. It is 12 March 2026."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Event
from portfolio.models import Placement, PlannedActivity, Portfolio
from portfolio.plan.reading import planned as planned_of
from portfolio.plan.reading import read
from portfolio.workflow import Incomplete
from portfolio.workflow.plan import NO_PLACEMENT, Put, make_address, put
from tests import make
from tests.cast import Cast
from tests.portfolio.plan.test_calendar_feed import feed, rows

SignIn = Callable[[User], Client]
NOT_THERE = "Choose activities of the modules that you work on in this placement. Nothing was changed."


@pytest.fixture
def here(cast: Cast, of: Portfolio) -> Placement:
    """An elective in S-C1, from 2 March to 1 April 2026."""
    return make.placement_planned(of, make.person("Hugh Sole"), ("S-C1",), since=-10, until=20, title="Genomics")


@pytest.fixture
def ended(cast: Cast, of: Portfolio, here: Placement) -> Placement:
    """One in S-C1 that ended on 10 February 2026."""
    return make.placement_planned(of, make.person("Hugh Sole"), ("S-C1",), since=-60, until=-30, title="Imaging")


def sent(client: Client, of: Portfolio, *chosen: str, where: str = "", **more: str) -> Any:
    return client.post(reverse("plan", args=[of.ref]), {"chosen": chosen, "where": where, **more})


def planned(row: Placement) -> list[str]:
    return [str(one) for one in row.planned.select_related("module")]


def test_an_activity_goes_into_a_placement_back_into_a_month_and_out(
    cast: Cast, of: Portfolio, here: Placement, client_of: SignIn
) -> None:
    client = client_of(cast.trainee)
    sent(client, of, "S-C1/1", "S-C1/2", where="2026-04")
    assert sent(client, of, "S-C1/1", "S-C1/2", where=f"placement-{here.pid}").status_code == 302
    assert (planned(here), planned_of(of).months) == (["S-C1 1", "S-C1 2"], {})
    sent(client, of, "S-C1/2", where="2026-05")
    assert (planned(here), planned_of(of).months) == (["S-C1 1"], {("S-C1", 2): date(2026, 5, 1)})
    sent(client, of, "S-C1/1", out="1")
    assert (planned(here), PlannedActivity.objects.count()) == ([], 0)
    told = Event.objects.filter(chain__name=of.chain, kind="plan activities").count()
    assert told == 3  # the placement's own step, each time it was changed


def test_what_is_planned_into_a_placement_is_planned_and_not_stored_twice(
    cast: Cast, of: Portfolio, here: Placement, client_of: SignIn
) -> None:
    put(of, Put({("S-C1", 1)}, placement=here.pid), by=cast.trainee)
    page = client_of(cast.trainee).get(reverse("plan", args=[of.ref]))
    board = page.context["board"]
    assert [one.name for one in board.in_stay(here.pid)] == ["S-C1 1"]
    assert "S-C1 1" not in [one.name for one in board.unplanned]
    assert planned_of(of).months == {}
    assert [(one.title, one.activities) for one in planned_of(of).stays] == [("Genomics", (("S-C1", 1),))]
    text = page.content.decode()
    assert "Genomics" in text
    assert ("Placement", "Genomics", "2 March 2026 to 1 April 2026. 1 activity planned") in [
        (line.what, line.name, line.when) for line in page.context["timeline"].lines
    ]


def test_a_placement_takes_only_activities_of_its_modules_and_nothing_else_is_changed(
    cast: Cast, of: Portfolio, here: Placement, client_of: SignIn
) -> None:
    put(of, Put({("S-X1", 1)}, month=date(2026, 4, 1)), by=cast.trainee)
    page = sent(client_of(cast.trainee), of, "S-C1/1", "S-X1/1", where=f"placement-{here.pid}")
    assert (page.status_code, page.context["form"].errors["chosen"]) == (422, [NOT_THERE])
    assert (planned(here), planned_of(of).months) == ([], {("S-X1", 1): date(2026, 4, 1)})


def test_a_placement_of_somebody_else_or_one_that_has_ended_takes_nothing(
    cast: Cast, of: Portfolio, ended: Placement, client_of: SignIn
) -> None:
    foreign = make.placement_planned(cast.other, make.person("Hugh Sole"), ("S-C1",), since=-10, until=20)
    for pid in (foreign.pid, ended.pid):
        assert sent(client_of(cast.trainee), of, "S-C1/1", where=f"placement-{pid}").status_code == 422
        with pytest.raises(Incomplete) as refused:
            put(of, Put({("S-C1", 1)}, placement=pid), by=cast.trainee)
        assert refused.value.errors == {"where": NO_PLACEMENT}
    assert not PlannedActivity.objects.exists()


def test_a_placement_that_has_ended_stays_told_what_was_meant_there_unless_it_is_taken_out(
    cast: Cast, of: Portfolio, ended: Placement
) -> None:
    module = make.activity(of, "S-C1").module
    PlannedActivity.objects.create(placement=ended, module=module, number=1)
    assert [one.name for one in read(of, today=make.today()).board.late] == ["S-C1 1"]
    put(of, Put({("S-C1", 1)}, month=date(2026, 5, 1)), by=cast.trainee)
    assert (planned(ended), [one.name for one in read(of, today=make.today()).board.late]) == (["S-C1 1"], [])
    put(of, Put({("S-C1", 1)}), by=cast.trainee)
    assert (planned(ended), planned_of(of).months) == ([], {})


def test_a_calendar_is_told_when_placements_begin_and_end_and_what_is_planned_there(
    cast: Cast, of: Portfolio, here: Placement
) -> None:
    put(of, Put({("S-C1", 1), ("S-C1", 3)}, placement=here.pid), by=cast.trainee)
    told = rows(Client().get(feed(make_address(of, by=cast.trainee))).content)
    assert [row for row in told if "Placement" in row[1]] == [
        (date(2026, 3, 2), "Placement begins: Genomics", "Planned here: S-C1 1 and 3"),
        (date(2026, 4, 1), "Placement ends: Genomics", "Planned here: S-C1 1 and 3"),
    ]
    assert [row for row in told if row[1].startswith("S-C1")] == []


def test_the_placements_own_texts_are_not_told(cast: Cast, of: Portfolio, here: Placement) -> None:
    Placement.objects.update(aims="Secret aims", department="Secret ward", learnt="Secret lesson")
    assert b"Secret" not in Client().get(feed(make_address(of, by=cast.trainee))).content


def test_a_placement_supervisor_reads_no_plan(cast: Cast, of: Portfolio, client_of: SignIn) -> None:
    hugh = make.person("Hugh Sole")
    make.placed(of, cast.officer, hugh, ("S-C1",))
    assert client_of(hugh).get(reverse("progress", args=[of.ref])).status_code == 200
    assert client_of(hugh).get(reverse("plan", args=[of.ref])).status_code == 403
    assert client_of(hugh).get(reverse("plan_calendar", args=[of.ref])).status_code == 403
