"""The plan and its placements under two hands at once: one place for each activity, no two placements on one day, and
a confirmation of nothing but what was seen."""

from datetime import timedelta

import pytest

from portfolio.models import Placement, ScheduledActivity
from portfolio.plan.reading import read
from portfolio.states import PlacementState
from tests import make
from tests.races.arena import ROUNDS, Arena, Send, shown_on

pytestmark = pytest.mark.races


def boxes(name: str, days: int) -> dict[str, int]:
    """The three boxes of a date, so many days from today."""
    day = make.today() + timedelta(days=days)
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


def typed(since: int, until: int, **changes: str) -> dict[str, object]:
    """An elective from one day to another, in days from today."""
    plain = {"kind": "elective", "title": "Three weeks in imaging", "aims": "See images.", **changes}
    return {**plain, **boxes("starts_on", since), **boxes("ends_on", until)}


def test_an_activity_put_into_two_months_at_once_stands_in_one(arena: Arena) -> None:
    trainee, address = arena.visitor(arena.cast.trainee), f"{arena.at}/plan/"
    here, there = (f"{month:%Y-%m}" for month in read(arena.cast.portfolio, today=make.today()).months[1:3])

    def putting(where: str) -> Send:
        return lambda: trainee.send_form(address, {"chosen": ["S-C1/1", "S-C1/2"], "where": where})

    for _ in range(ROUNDS):
        assert arena.race(putting(here), putting(there)) == (302, 302)
        rows = ScheduledActivity.objects.values_list("number", "year", "month")
        months = {f"{year}-{month:02}" for _, year, month in rows}
        assert sorted(number for number, _, _ in rows) == [1, 2]
        assert months in ({here}, {there})
        arena.first_won(months == {there})  # the last that was said holds
    arena.is_whole()


def test_of_two_placements_planned_at_once_for_the_same_days_one_is_planned(arena: Arena) -> None:
    trainee, address = arena.visitor(arena.cast.trainee), f"{arena.at}/placements/new/"
    for number in range(ROUNDS):
        since = 10 * number
        one, two = typed(since, since + 5, title=f"A {number}"), typed(since + 5, since + 9, title=f"B {number}")
        ends = arena.race(
            lambda given=one: trainee.send_form(address, given), lambda given=two: trainee.send_form(address, given)
        )
        assert sorted(ends) == [302, 422]
        won = arena.first_won(ends == (302, 422))
        assert Placement.objects.filter(title__endswith=f" {number}").get().title[0] == ("A" if won else "B")
    arena.is_whole()


def test_confirming_against_changing_lets_nobody_in_whom_the_officer_did_not_see(arena: Arena) -> None:
    cast = arena.cast
    trainee, officer = arena.visitor(cast.trainee), arena.visitor(cast.officer)
    hugh = make.person("Hugh Sole", email="hugh@example.org")
    other = make.person("Ida Low", email="ida@example.org")
    placement = make.placement_planned(cast.portfolio, hugh)
    address = f"{arena.at}/placements/{placement.pid}/"
    for _ in range(ROUNDS):
        make.replanned(placement, make.placement_plan(cast.portfolio, hugh))
        seen = shown_on(officer.get(f"{address}confirm/"), "seen")
        module = str(make.activity(cast.portfolio, "S-X1").module_id)
        opened = shown_on(trainee.get(f"{address}change/"), "seen")
        change = typed(-20, 20, supervisor=other.email, modules=module, seen=opened)
        ends = arena.race(
            lambda shown=seen: officer.send_form(f"{address}confirm/", {"seen": shown}),
            lambda given=change: trainee.send_form(f"{address}change/", given),
        )
        assert ends in {(302, 302), (409, 302)}
        arena.first_won(ends == (302, 302))
        placement = Placement.objects.get(pk=placement.pk)
        assert (placement.state, placement.supervisor) == (PlacementState.PLANNED, other)
        assert [arena.visitor(person).get(address).status_code for person in (hugh, other)] == [404, 404]
    arena.is_whole()
