"""Rule 12: the target line, and behind or ahead in items."""

import sys
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.assessed import Done
from portfolio.dates import Hours, Leave
from portfolio.outside import Elsewhere, Result
from portfolio.plan.chart import pace_chart
from portfolio.progress import portfolio_progress
from portfolio.record import Record
from portfolio.reviews import pace, target_line
from portfolio.reviews.floors import Floors, both, together
from portfolio.reviews.pace import target_on
from portfolio.states import ActivityState, ResultState
from portfolio.templatetags.charts import pace_chart as tag
from tests.portfolio.records import (
    NOT_STARTED,
    SIGNED,
    at,
    block,
    confirmed,
    curriculum,
    from_file,
    held,
    module,
    record,
    row,
    signed,
    whole,
)
from tests.portfolio.reviews.test_conditions import START, of_the_file, point, rules
from tests.portfolio.test_progress_properties import followed, records


def of_points(*points: dict[str, Any], modules: Any = (), **fields: Any) -> Record:
    of = record(*(modules or (whole("S-A", 10),)), starts_on=START, cohort_year=2024, **fields)
    return replace(of, structure=replace(of.structure, rules=rules(*points)))


def items(of: Record) -> list[int]:
    return [corner.items for corner in target_line(of)]


def test_the_line_of_the_demonstration_with_no_option_taken_is_that_of_the_rule() -> None:
    line = target_line(of_the_file())
    assert [(corner.name, corner.items) for corner in line] == [
        ("Start of training", 0),
        ("End of year 1 review", 40),
        ("End of year 2 review", 85),
        ("Completion", 146),
    ]
    assert not any(corner.at_least for corner in line)


def test_the_other_branch_of_the_demonstration_needs_88() -> None:
    of = of_the_file()
    whole_ = portfolio_progress(of)
    points = of.structure.rules["review_points"] if of.structure.rules else []
    earlier = together(whole_, points[1]["requires"])
    ways = both(earlier, together(whole_, points[2]["requires"]))
    assert sorted(way.fewest(whole_) for way in ways) == [85, 88]


def test_a_point_without_numbers_is_no_corner() -> None:
    assert items(of_points(point({"meeting": True}), point({"award": "MSc"}, name="End", year=3))) == [0]


def test_what_an_earlier_point_asks_stays_asked() -> None:
    modules = (whole("S-A", 10), whole("S-B", 10))
    first = point({"module": "S-A", "percent": 50}, name="One")
    second = point({"module": "S-B", "percent": 30}, name="Two", year=2)
    assert items(of_points(first, second, modules=modules)) == [0, 5, 8]


def test_the_cheapest_branch_of_one_point_may_cost_more_at_a_later_one() -> None:
    """Alone, S-A is the cheaper; with what is asked later, S-B serves both."""
    modules = (whole("S-A", 4), whole("S-B", 5))
    either = point({"any_of": [[{"module": "S-A", "percent": 100}], [{"module": "S-B", "percent": 100}]]}, name="One")
    later = point({"module": "S-B", "percent": 100}, name="Two", year=2)
    assert items(of_points(either, later, modules=modules)) == [0, 4, 5]


def test_a_branch_that_can_never_hold_is_not_the_cheapest_and_a_point_that_cannot_is_no_corner() -> None:
    modules = (whole("S-A", 10), whole("S-B", 10))
    lacking = [{"overall": 10}, {"module": "S-Z", "percent": 100}]
    either = point({"any_of": [lacking, [{"module": "S-A", "percent": 100}]]}, name="One")
    never, later = point(*lacking, name="Two", year=2), point({"overall": 100}, name="Three", year=3)
    assert [(one.name, one.items) for one in target_line(of_points(either, never, later, modules=modules))] == [
        ("Start of training", 0),
        ("One", 10),
        ("Three", 20),
    ]


def test_an_unknown_number_makes_the_target_a_floor() -> None:
    of = of_points(point({"overall": 50}), modules=(module("S-X", expected=10), whole("S-A", 2)))
    assert [(corner.items, corner.at_least) for corner in target_line(of)] == [(0, False), (6, True)]


def test_what_was_worked_out_for_one_who_follows_a_curriculum_is_not_told_of_another_of_whom_more_is_asked() -> None:
    modules = (module("S-X", expected=10, assessments=(0, 0)), whole("S-A", 10))
    one = of_points(point({"overall": 50}), modules=modules)
    more = replace(one, modules={"S-X": held(confirmed=confirmed(20))})
    option = block(whole("S-B", 10), whole("S-C", 30), options=(("S-B",), ("S-C",)))
    rule = rules(point({"phase": 1, "percent": 100}, {"module": "S-B", "percent": 50}))
    open_ = record(of=curriculum(replace(option, phase=1), rules=rule), starts_on=START, cohort_year=2024)
    taken = [replace(open_, taken={1: which}) for which in (0, 1)]
    assert one.structure is more.structure
    assert (items(one), items(more), items(one)) == ([0, 10], [0, 15], [0, 10])
    assert [items(of) for of in (open_, *taken, open_)] == [[0, 30], [0, 10], [0], [0, 30]]
    bare = block(whole("S-B", 10), module("S-C"), options=(("S-B",), ("S-C",)))  # no number of S-C is known
    of_it = rules(point({"module": "S-C", "percent": 50}))
    open_ = record(of=curriculum(bare, rules=of_it), starts_on=START, cohort_year=2024)
    assert [items(of) for of in (open_, replace(open_, taken={1: 0}), open_)] == [[0, 0], [0], [0, 0]]


def test_no_more_is_remembered_of_a_curriculum_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    one = of_points(point({"overall": 50}), modules=(module("S-X", expected=10, assessments=(0, 0)),))
    monkeypatch.setattr(sys.modules[target_on.__module__], "REMEMBERED", 3)
    for number in range(10, 50):
        assert items(replace(one, modules={"S-X": held(confirmed=confirmed(number))})) == [0, -(-number // 2)]
    assert len(one.structure.remembered) == 3


@settings(max_examples=200)
@given(st.data())
def test_the_line_of_the_next_who_follows_a_curriculum_is_their_own(data: st.DataObject) -> None:
    first = replace(data.draw(records()), starts_on=START, cohort_year=2024)
    codes = [one.code for one in first.structure.modules]
    asked = [{"overall": 50}, {"phase": 1, "percent": 100}, *({"module": code, "percent": 40} for code in codes)]
    rule = rules(point(*data.draw(st.lists(st.sampled_from(asked), min_size=1, max_size=3))))
    first = replace(first, structure=replace(first.structure, rules=rule))
    target_line(first)
    second = replace(data.draw(followed(first.structure)), starts_on=START, cohort_year=2024)
    alone = replace(second, structure=replace(second.structure))
    assert target_line(second) == target_line(alone)


# --- behind and ahead ---------------------------------------------------------------------------------------------


def test_between_two_points_the_line_is_straight_and_rounded_down() -> None:
    of = of_the_file()
    line = target_line(of)
    assert target_on(line, date(2024, 1, 1), of.time) == 0
    assert target_on(line, START, of.time) == 0
    assert target_on(line, date(2025, 3, 3), of.time) == 18  # 182 of 393 days: 18.5
    assert target_on(line, date(2025, 9, 29), of.time) == 39
    assert target_on(line, date(2025, 9, 30), of.time) == 40
    assert target_on(line, date(2026, 9, 30), of.time) == 85
    assert target_on(line, date(2040, 1, 1), of.time) == 146


def test_the_line_is_level_during_leave_and_flatter_part_time() -> None:
    """Ten items; leave moves the review by as many days as it has, so that the rest of the line is as it was."""
    leave = (Leave(date(2025, 1, 1), date(2025, 6, 30)),)
    away = of_points(point({"overall": 100}), leave=leave)
    line = target_line(away)
    assert str(line[1].day) == "2026-03-30"
    days = (
        date(2024, 12, 31),
        date(2025, 1, 1),
        date(2025, 4, 1),
        date(2025, 7, 1),
        date(2026, 3, 29),
        date(2026, 3, 30),
    )
    assert [target_on(line, on, away.time) for on in days] == [3, 3, 3, 3, 9, 10]
    part = of_points(point({"overall": 100}), hours=(Hours(date(2025, 3, 17), 50),))  # half of the 393 days are over
    line = target_line(part)
    assert str(line[1].day) == "2026-04-15"
    assert [target_on(line, on, part.time) for on in (date(2025, 3, 17), date(2025, 10, 1))] == [4, 7]
    assert pace(away, today=date(2025, 4, 1)).note == "0 signed off, target 3 today."


def test_once_everything_is_signed_off_the_pace_says_so_and_no_rate() -> None:
    rows = [row(number, SIGNED, signed_at=at(3, 3, 2025)) for number in range(1, 11)]
    of = replace(of_points(point({"overall": 100})), modules={"S-A": held(rows=rows)})
    found = pace(of, today=date(2025, 3, 31))
    assert (found.words, found.note) == ("Every required item is signed off", "10 required items signed off.")
    assert (found.recent, found.shape) == (None, "done")
    of = replace(of, modules={"S-A": held(rows=rows, signed=replace(signed(*range(1, 11)), at=at(10, 3, 2025)))})
    assert pace(of, today=date(2025, 3, 31)).words == "Everything is signed off"
    nine = pace(replace(of, modules={"S-A": held(rows=rows[:9])}), today=date(2025, 3, 31))
    assert (nine.words, nine.recent is None) == ("4 items ahead", False)


def test_what_another_system_signed_is_done_and_never_called_signed_off() -> None:
    elsewhere = Elsewhere("The old portfolio", "Lena Voss", date(2024, 5, 1))
    rows = [row(1, ActivityState.SIGNED_ELSEWHERE, elsewhere=elsewhere)]
    of = replace(of_points(point({"overall": 100})), modules={"S-A": held(rows=rows)})
    assert pace(of, today=date(2025, 9, 30)).note == "1 done, target 10 today."
    assert pace_chart(of, today=date(2025, 3, 31)).title == "Items done against the target: 4 items behind"
    assert pace_chart(of, today=date(2025, 3, 31)).said.startswith("1 of 10 required items done on 31 March 2025")
    table = render_to_string("components/pace_chart.html", tag(pace_chart(of, today=date(2025, 3, 31))))
    assert ('<th scope="col">Done</th>' in table, "Signed off" in table) == (True, False)
    rows += [row(number, SIGNED, signed_at=at(3, 3, 2025)) for number in range(2, 11)]
    of = replace(of, modules={"S-A": held(rows=rows)})
    found = pace(of, today=date(2025, 3, 31))
    assert (found.words, found.note) == ("Every required item is done", "10 required items done.")
    of = replace(of, modules={"S-A": held(rows=rows, signed=signed(*range(1, 11)))})
    assert pace(of, today=date(2025, 3, 31)).words == "Every module is signed off"


def test_behind_and_ahead_are_said_in_items() -> None:
    states = [*[SIGNED] * 5, *[NOT_STARTED] * 5]
    of = replace(of_points(point({"overall": 100})), modules={"S-A": held(*states)})
    assert pace(of, today=START).words == "5 items ahead"
    assert pace(of, today=date(2025, 9, 30)).words == "5 items behind"
    assert pace(of, today=date(2025, 9, 30)).note == "5 signed off, target 10 today."
    assert pace(of, today=date(2025, 3, 18)).words == "On target"
    one = replace(of, modules={"S-A": held(*[SIGNED] * 9, NOT_STARTED)})
    assert pace(one, today=date(2026, 1, 1)).words == "1 item behind"


def test_the_recent_rate_leads_to_the_next_point_with_its_assumption() -> None:
    rows = [row(number, SIGNED, signed_at=at(1, month, 2025)) for number, month in ((1, 1), (2, 2), (3, 3))]
    old = row(4, SIGNED, signed_at=at(1, 10, 2024))
    of = replace(of_points(point({"overall": 100})), modules={"S-A": held(rows=[*rows, old])})
    recent = pace(of, today=date(2025, 3, 31)).recent
    assert recent is not None
    assert (recent.signed, recent.reaches, str(recent.since)) == (3, 10, "2024-12-31")
    assert recent.words == (
        "Review needs 10. 3 items signed off since 31 December 2024: if that goes on, 10 items by "
        "30 September 2025. Leave counts no time, and what other systems signed is left out of the rate."
    )
    assert pace(of, today=date(2025, 3, 31), rate=False) == replace(pace(of, today=date(2025, 3, 31)), recent=None)
    before = pace(of, today=date(2025, 1, 15)).recent
    assert before is not None
    assert before.reaches == 10


def test_the_rate_counts_assessments_and_results_and_nothing_that_another_system_signed() -> None:
    facts = module("S-A", known=range(1, 31), complete=True, assessments=(2, 0), result=True)
    elsewhere = Elsewhere("The old portfolio", "Lena Voss", date(2025, 3, 1))
    rows = [
        row(1, SIGNED, signed_at=at(5, 3, 2025)),
        row(2, ActivityState.SIGNED_ELSEWHERE, elsewhere=elsewhere),
    ]
    days = (("CBD", date(2025, 3, 3), False), ("CBD", date(2025, 3, 4), True))
    done = Done(cbd=2, cbd_elsewhere=1, university_result=True, days=days)
    result = Result(ResultState.PASSED, date(2025, 3, 10))
    of = of_points(point({"overall": 100}), modules=(facts,))
    of = replace(of, modules={"S-A": held(rows=rows, done=done, result=result)})
    recent = pace(of, today=date(2025, 3, 31)).recent
    assert recent is not None
    assert (portfolio_progress(of).items.done, recent.signed) == (5, 3)


def test_leave_counts_no_time_in_the_rate() -> None:
    rows = [row(1, SIGNED, signed_at=at(5, 3, 2025))]
    of = of_points(point({"overall": 100}), modules=(whole("S-A", 50),))
    of = replace(of, modules={"S-A": held(rows=rows)}, leave=(Leave(date(2024, 12, 31), date(2025, 2, 28)),))
    recent = pace(of, today=date(2025, 3, 31)).recent  # 30 days of training: one activity a month
    assert recent is not None
    assert (recent.signed, str(recent.by), recent.reaches) == (1, "2025-11-29", 9)  # 243 days to come
    away = replace(of, leave=(Leave(date(2024, 12, 1), date(2025, 5, 1)),))
    assert pace(away, today=date(2025, 3, 31)).recent is None


def test_leave_without_an_end_hides_the_target_and_says_so() -> None:
    of = of_points(point({"overall": 100}), leave=(Leave(date(2025, 1, 1), None),))
    found = pace(of, today=date(2025, 2, 1))
    assert (found.target, found.words, found.note) == (
        None,
        "Cannot be said yet",
        "Leave that has no end hides the next review point.",
    )


def test_a_curriculum_without_numbers_has_no_pace() -> None:
    assert pace(of_points(), today=START).note == "This curriculum has no review point with numbers."


# --- the fewest, against trying everything ------------------------------------------------------------------------

SMALL = (
    block(whole("S-A", 2), whole("S-B", 3), phase=1),
    block(whole("S-C", 2), phase=2),
    whole("S-D", 2),
)
FLOORS = st.builds(
    Floors,
    st.dictionaries(st.sampled_from(["S-A", "S-B", "S-C", "S-D"]), st.integers(0, 2)),
    st.fixed_dictionaries({}, optional={1: st.integers(0, 5), 2: st.integers(0, 2)}),
    st.integers(0, 9),
)


@settings(max_examples=80)
@given(FLOORS)
def test_the_fewest_items_are_those_that_trying_every_way_finds(floors: Floors) -> None:
    whole_ = portfolio_progress(record(*SMALL))
    sizes = [(one.module.code, one.module.phase, one.count.base) for one in whole_.counted]

    def holds(numbers: tuple[int, ...]) -> bool:
        by_code = {code: number for (code, _, _), number in zip(sizes, numbers, strict=True)}
        by_phase = {
            phase: sum(number for (_, at_, _), number in zip(sizes, numbers, strict=True) if at_ == phase)
            for phase in (1, 2)
        }
        return (
            all(by_code[code] >= floor for code, floor in floors.modules.items())
            and all(by_phase[phase] >= floor for phase, floor in floors.phases.items())
            and sum(numbers) >= floors.overall
        )

    every = product(*(range(base + 1) for _, _, base in sizes))
    assert floors.fewest(whole_) == min(sum(numbers) for numbers in every if holds(numbers))


@settings(max_examples=80)
@given(records())
def test_the_line_never_falls_and_never_asks_more_than_there_is(of: Record) -> None:
    of = replace(of, starts_on=START, cohort_year=2024)
    of = replace(of, structure=replace(of.structure, rules=from_file("DEMO-1-24").rules))
    line = target_line(of)
    assert [corner.items for corner in line] == sorted(corner.items for corner in line)
    assert line[-1].items == portfolio_progress(of).items.base
    assert pace(of, today=date(2025, 5, 5)).words
