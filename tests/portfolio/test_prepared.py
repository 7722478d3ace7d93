"""What is put into SQL once finds what Django finds when it puts it into SQL anew."""

import inspect
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.db.models import QuerySet, Value
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from portfolio import assessed, diary, ledger, outside
from portfolio.access import asked
from portfolio.cohort import row
from portfolio.models import Activity, Portfolio, Role
from portfolio.prepared import KEPT, prepared
from tests import demonstration, make
from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[2]
Found = Callable[..., list[tuple[Any, ...]]]
# Each, and all that it is asked with beside portfolios.
ASKED: tuple[tuple[Found, list[tuple[Any, ...]]], ...] = (
    (outside._said, [()]),
    (assessed._rows, [(True,), (False,)]),
    (diary._times, [()]),
    (diary._meetings, [()]),
    (ledger._deciding, [(make.today(),), (make.today() + timedelta(days=4000),)]),
    (ledger._activities, list(product((True, False), repeat=2))),
    (ledger._items, [(True,), (False,)]),
    (ledger._sign_offs, [()]),
    (row._last_linked, [()]),
    (asked._asked_of, [()]),
)


def test_everything_that_is_prepared_is_compared() -> None:
    made = sum(path.read_text().count("@prepared\n") for path in (ROOT / "portfolio").rglob("*.py"))
    assert made == len({found for found, _ in ASKED}) == len(ASKED)


def test_it_finds_what_the_query_finds_of_one_of_all_and_of_some(transactional_db: None, shared_folder: Path) -> None:
    demonstration.give(shared_folder)
    for found, ways in ASKED:
        query = inspect.unwrap(found)
        model = {"people": User, "portfolios": Portfolio}[next(iter(inspect.signature(query).parameters))]
        everybody = list(model._default_manager.values_list("pk", flat=True))
        assert any(found(everybody, *of) for of in ways), f"{found.__qualname__}: the demonstration has none"
        for of in ways:
            for some in (everybody, everybody[:1], everybody[2:5], everybody[::-1]):
                assert _sorted(found(some, *of)) == _sorted(query(some, *of)), (found.__qualname__, of)


def _sorted(rows: Any) -> list[tuple[Any, ...]]:
    """An order that the query leaves open is the database's."""
    assert all(type(one) is tuple for one in rows)
    return sorted(rows, key=repr)


def test_it_keeps_the_order_that_the_query_asks_for(cast: Cast) -> None:
    for number in (1, 2, 3):
        make.drafted(cast.portfolio, number=number)
    newest_first = [number for (number,) in _numbers([cast.portfolio.pk], "-number", 0)]
    assert newest_first == [3, 2, 1]
    assert [number for (number,) in _numbers([cast.portfolio.pk], "number", 0)] == [1, 2, 3]


def test_nobody_is_asked_of_no_portfolio(django_assert_num_queries: DjangoAssertNumQueries, db: None) -> None:
    with django_assert_num_queries(0):
        assert _numbers([], "number", 0) == []
        assert ledger._items({}, True) == []


def test_it_is_put_into_sql_once_for_each_of_the_other_things_it_is_asked(cast: Cast) -> None:
    made: list[int] = []

    @prepared
    def above(portfolios: list[int], least: int) -> QuerySet[Any, Any]:
        made.append(least)
        return Activity.objects.filter(portfolio__in=portfolios, number__gte=least).order_by("number").values_list("pk")

    first, second = (make.drafted(cast.portfolio, number=number).pk for number in (1, 2))
    for _ in range(2):
        assert above([cast.portfolio.pk], 1) == [(first,), (second,)]
        assert above([cast.portfolio.pk], 2) == [(second,)]
        assert above([cast.portfolio.pk, cast.other.pk], 2) == [(second,)]
        assert above([cast.other.pk], 1) == []
    assert made == [1, 2]
    for day in range(KEPT + 1):  # what is asked of a new day each day does not fill the memory
        above([cast.portfolio.pk], 10 + day)
    assert above([cast.portfolio.pk], 1) == [(first,), (second,)]
    assert made.count(1) == 2


def test_a_word_with_a_percent_sign_stays_what_it_is(cast: Cast) -> None:
    make.drafted(cast.portfolio, number=1)
    Activity.objects.update(label_title="100 %s done")

    @prepared
    def said(portfolios: list[int]) -> QuerySet[Any, Any]:
        rows = Activity.objects.filter(portfolio__in=portfolios, label_title__contains="%s")
        return rows.values_list(Value("50 %"), "label_title")

    assert said([cast.portfolio.pk]) == [("50 %", "100 %s done")]


def test_what_is_made_does_not_depend_on_the_day_unless_it_is_asked_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is kept as long as the process lives."""

    def made() -> list[str]:
        return [str(inspect.unwrap(found)([1], *of).query) for found, ways in ASKED for of in ways]

    today, later = made(), timezone.now() + timedelta(days=400)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert make.today() > min(day for _, ways in ASKED for of in ways for day in of if isinstance(day, date))
    assert made() == today


def test_a_query_that_does_not_ask_for_portfolios_or_reads_more_than_it_gives_is_refused(db: None) -> None:
    @prepared
    def everybody(portfolios: list[int]) -> QuerySet[Any, Any]:
        return Role.objects.values_list("pk")

    @prepared
    def more(portfolios: list[int]) -> QuerySet[Any, Any]:
        return Role.objects.filter(portfolio__in=portfolios).order_by("starts_on").values_list("kind").distinct()

    with pytest.raises(ValueError, match=r"everybody cannot be prepared"):
        everybody([1])
    with pytest.raises(ValueError, match=r"more cannot be prepared"):
        more([1])


@prepared
def _numbers(portfolios: list[int], order: str, least: int) -> QuerySet[Any, Any]:
    return Activity.objects.filter(portfolio__in=portfolios, number__gte=least).order_by(order).values_list("number")
