"""The pace chart: its line ends where the headline is, and everything on it is where the numbers say."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

from hypothesis import given, settings

from portfolio.assessed import Done
from portfolio.dates import Leave
from portfolio.outside import Elsewhere, Result
from portfolio.plan.chart import BOTTOM, TOP, Chart, Flag, done_line, pace_chart
from portfolio.progress import portfolio_progress
from portfolio.record import Record
from portfolio.reviews import done_items, pace
from portfolio.reviews.pace import target_line, target_on
from portfolio.states import ActivityState, ResultState
from portfolio.templatetags.charts import pace_chart as drawn
from tests.portfolio.records import SIGNED, at, block, from_file, held, module, row, signed, whole
from tests.portfolio.reviews.test_conditions import START, of_the_file, point
from tests.portfolio.reviews.test_pace import of_points
from tests.portfolio.test_progress_properties import records

TODAY = date(2025, 3, 31)


def with_days(*days: tuple[int, int, int], of: Record | None = None) -> Record:
    """S-A has ten activities, signed off on these days (day, month, year); the review in September needs all."""
    rows = [row(number, SIGNED, signed_at=at(*day)) for number, day in enumerate(days, start=1)]
    return replace(of or of_points(point({"overall": 100})), modules={"S-A": held(rows=rows)})


def line(of: Record, today: date = TODAY) -> list[tuple[str, int]]:
    assert of.starts_on
    return [(str(one.day), one.items) for one in done_line(portfolio_progress(of), of.starts_on, today)]


# --- the line -----------------------------------------------------------------------------------------------------


def test_the_line_steps_up_on_the_last_day_of_each_week_in_which_anything_was_signed_off() -> None:
    of = with_days((7, 1, 2025), (9, 1, 2025), (20, 1, 2025), (3, 3, 2025))
    assert line(of) == [("2024-09-02", 0), ("2025-01-09", 2), ("2025-01-20", 3), ("2025-03-03", 4)]


def test_what_another_system_signed_before_the_first_day_counts_from_there() -> None:
    elsewhere = Elsewhere("The old portfolio", "Lena Voss", date(2023, 5, 1))
    rows = [row(1, ActivityState.SIGNED_ELSEWHERE, elsewhere=elsewhere), row(2, SIGNED, signed_at=at(3, 3, 2025))]
    of = replace(of_points(point({"overall": 100})), modules={"S-A": held(rows=rows)})
    assert line(of) == [("2024-09-02", 1), ("2025-03-03", 2)]


def test_assessments_and_results_stand_on_the_line_on_their_days_and_those_beyond_the_need_do_not() -> None:
    facts = (module("S-A", known=[1], complete=True, assessments=(1, 2), result=True),)
    days = (
        ("CBD", date(2025, 2, 3), False),
        ("CBD", date(2025, 2, 10), False),
        ("OCE", date(2025, 2, 17), True),
        ("DOPS", date(2025, 2, 24), False),
    )
    done = Done(cbd=2, dops=1, oce=1, observed_elsewhere=1, university_result=True, days=days)
    result = Result(ResultState.PASSED, date(2025, 3, 10))
    of = of_points(point({"overall": 100}), modules=facts)
    of = replace(of, modules={"S-A": held(rows=[row(1, SIGNED, signed_at=at(6, 1, 2025))], done=done, result=result)})
    assert line(of)[1:] == [
        ("2025-01-06", 1),
        ("2025-02-03", 2),
        ("2025-02-17", 3),
        ("2025-02-24", 4),
        ("2025-03-10", 5),
    ]
    assert [item.elsewhere for item in done_items(portfolio_progress(of))] == [False, False, True, False, False]


def test_a_module_signed_off_has_all_it_was_signed_against_on_the_day_of_that_where_no_other_is_known() -> None:
    of = of_points(point({"overall": 100}), modules=(whole("S-A", 3, assessments=(1, 0)),))
    rows = [row(1, SIGNED, signed_at=at(3, 2, 2025))]
    of = replace(of, modules={"S-A": held(rows=rows, signed=replace(signed(1, 2, 3, cbd=1), at=at(10, 3, 2025)))})
    assert line(of) == [("2024-09-02", 0), ("2025-02-03", 1), ("2025-03-10", 4)]


def test_work_on_an_option_that_is_not_taken_is_not_on_the_line() -> None:
    of = of_points(
        point({"overall": 100}), modules=(block(whole("S-A", 2), whole("S-B", 1), options=(("S-A",), ("S-B",))),)
    )
    of = replace(of, modules={"S-A": held(rows=[row(1, SIGNED, signed_at=at(3, 2, 2025))])})
    assert line(of) == [("2024-09-02", 0)]
    assert line(replace(of, taken={1: 0})) == [("2024-09-02", 0), ("2025-02-03", 1)]


@settings(max_examples=60)
@given(records())
def test_the_last_value_of_the_line_is_the_number_of_items_done_whatever_there_is(of: Record) -> None:
    of = replace(of, starts_on=START, cohort_year=2024)
    of = replace(of, structure=replace(of.structure, rules=from_file("DEMO-1-24").rules))
    chart, whole_ = pace_chart(of, today=TODAY), portfolio_progress(of)
    assert len(done_items(whole_)) == whole_.items.done
    assert chart.items_done == whole_.items.done == pace(of, today=TODAY).done
    assert chart.you == (chart.done[-1].x2, chart.done[-1].y2)
    assert [one.y1 for one in chart.done] == sorted((one.y1 for one in chart.done), reverse=True)
    assert all(0 <= x <= 100 for one in (*chart.done, *chart.target) for x in (one.x1, one.x2))
    assert all(TOP <= y <= BOTTOM for one in (*chart.done, *chart.target) for y in (one.y1, one.y2))


# --- where things are ---------------------------------------------------------------------------------------------


def test_a_small_chart_by_hand() -> None:
    """Ten items in the 393 days from 2 September 2024 to 30 September 2025; 210 have passed."""
    chart = pace_chart(with_days((7, 1, 2025), (20, 1, 2025)), today=TODAY)
    assert [(tick.label, tick.at) for tick in chart.up] == [
        ("0", 88.0),
        ("2", 73.6),
        ("4", 59.2),
        ("6", 44.8),
        ("8", 30.4),
        ("10", 16.0),
    ]
    assert [tick.label for tick in chart.across] == ["Oct 2024", "Jan 2025", "Apr", "Jul"]
    assert chart.across[0].at == 7.38  # 29 days
    assert chart.you == (53.44, 73.6)
    assert (chart.target_today, chart.aim) == (5, (53.44, 52.0))
    assert [(one.x1, one.y1, one.x2, one.y2) for one in chart.target] == [(0.0, 88.0, 100.0, 16.0)]
    assert [(flag.name, flag.x, flag.note, flag.at_end) for flag in chart.flags] == [
        ("Review", 100.0, "needs 10", True)
    ]
    assert chart.leads is not None  # two in 90 days, 183 to come: four more
    assert (chart.leads.x1, chart.leads.y1, chart.leads.x2, chart.leads.y2) == (53.44, 73.6, 100.0, 44.8)
    assert chart.need == (100.0, 16.0, "10 needed")
    assert chart.title == "Items signed off against the target: 3 items behind"
    assert chart.said == (
        "2 of 10 required items signed off on 31 March 2025, target 5. Review, 30 September 2025: not met. "
        "The recent rate reaches 6 by 30 September 2025. The same figures are in the table below."
    )
    assert chart.note == ""


def test_the_table_has_the_ends_of_the_months_today_and_what_is_to_come() -> None:
    chart = pace_chart(with_days((7, 1, 2025), (20, 1, 2025)), today=date(2025, 3, 20))
    assert [(str(one.day), one.name, one.done, one.target) for one in chart.rows] == [
        ("2024-09-02", "Start of training", 0, 0),
        ("2024-09-30", "", 0, 0),
        ("2024-10-31", "", 0, 1),
        ("2024-11-30", "", 0, 2),
        ("2024-12-31", "", 0, 3),
        ("2025-01-31", "", 2, 3),
        ("2025-02-28", "", 2, 4),
        ("2025-03-20", "Today", 2, 5),
        ("2025-09-30", "Review", None, 10),
    ]


def test_the_target_of_the_demonstration_goes_through_its_corners() -> None:
    of = of_the_file()
    chart, corners = pace_chart(of, today=TODAY), target_line(of)
    assert [flag.number for flag in chart.flags] == [1, 2, 3, 4]
    for one, corner in zip(chart.target, corners[:-1], strict=True):
        assert one.y1 == round(BOTTOM - (BOTTOM - TOP) * corner.items / 160, 2)
    assert [one.target for one in chart.rows[-3:]] == [corner.items for corner in corners[1:]]
    assert chart.target_today == target_on(corners, TODAY, of.time)


def test_between_two_points_the_target_is_straight_by_training_time_and_level_during_leave() -> None:
    """Ten items in the 393 days of training that end on 29 December 2025; 90 of leave after the first 90."""
    leave = (Leave(date(2024, 12, 1), date(2025, 2, 28)),)
    chart = pace_chart(with_days(of=of_points(point({"overall": 100}), leave=leave)), today=TODAY)
    assert [(one.y1, one.y2) for one in chart.target] == [(88.0, 71.51), (71.51, 71.51), (71.51, 16.0)]
    assert [one.x1 for one in chart.target[1:]] == [one.x2 for one in chart.target[:-1]]
    assert chart.flags[0].note == "needs 10"


# --- what cannot be known -----------------------------------------------------------------------------------------


def test_an_unknown_base_is_said_on_the_flags_and_beside_the_chart() -> None:
    of = of_points(point({"overall": 50}), modules=(module("S-X", expected=10), whole("S-A", 2)))
    chart = pace_chart(of, today=TODAY)
    assert chart.flags[0].note == "at least 6"
    assert chart.note == "Not every number is recorded yet: at least 12 items, and the target may rise."


def test_leave_without_an_end_hides_the_target_and_says_so() -> None:
    of = with_days((7, 10, 2024), of=of_points(point({"overall": 100}), leave=(Leave(date(2025, 1, 1), None),)))
    chart = pace_chart(of, today=TODAY)
    assert (chart.target, chart.aim, chart.leads, chart.need, chart.flags) == ((), None, None, None, ())
    assert chart.note == "Leave that has no end hides the next review point."
    assert chart.items_done == 1


def test_a_curriculum_without_numbered_points_has_the_line_alone() -> None:
    chart = pace_chart(with_days((7, 10, 2024), of=of_points(point({"meeting": True}))), today=TODAY)
    assert (chart.target, chart.aim, chart.leads) == ((), None, None)
    assert chart.flags[0].note == ""
    assert chart.note == "This curriculum has no review point with numbers."


def test_before_the_first_day_and_long_after_the_last_the_chart_still_stands() -> None:
    of = with_days((7, 10, 2024))
    early, late = pace_chart(of, today=START - timedelta(days=40)), pace_chart(of, today=date(2031, 1, 1))
    assert early.you[0] == 0.0
    assert late.you[0] == 100.0
    assert late.target[-1].x2 == 100.0
    assert (late.target_today, late.leads) == (10, None)


# --- labels -------------------------------------------------------------------------------------------------------


def labels(chart: Chart) -> tuple[tuple[int, int, str], tuple[int, int, str]]:
    shown = drawn(chart)
    return tuple((one["x"], one["y"], one["anchor"]) for one in (shown["you"], shown["aim"]))  # type: ignore[return-value]


def test_the_larger_of_todays_two_numbers_stands_above() -> None:
    behind = pace_chart(with_days((7, 1, 2025), (20, 1, 2025)), today=TODAY)
    assert labels(behind) == ((12, 24, "start"), (-12, -14, "end"))
    ahead = pace_chart(with_days(*[(7, 1, 2025)] * 9), today=TODAY)
    assert labels(ahead) == ((-12, -14, "end"), (12, 24, "start"))


def test_labels_stay_inside_at_both_edges_and_off_the_axis() -> None:
    of = with_days()
    assert labels(pace_chart(of, today=START)) == ((12, -14, "start"), (12, -34, "start"))
    assert labels(pace_chart(of, today=date(2025, 9, 29)))[0] == (-12, -14, "end")


def test_the_words_at_what_is_needed_stand_where_there_is_room() -> None:
    far = drawn(pace_chart(with_days((7, 1, 2025)), today=TODAY))["need"]
    assert [(css, one["anchor"], one["y"]) for css, one in far] == [("w", "end", -12), ("n", "end", -12)]
    assert drawn(pace_chart(with_days(), today=START))["need"] == []  # no rate yet
    middle = drawn(pace_chart(of_the_file(), today=date(2025, 9, 1)))["need"]
    assert [(css, one["anchor"], one["y"]) for css, one in middle] == [("w", "start", 22), ("n", "start", 22)]


def test_the_words_of_two_flags_never_run_into_one_another() -> None:
    shown = drawn(pace_chart(of_the_file(), today=TODAY))["flags"]
    assert [one["flag"].name for one in shown] == [
        "Six-month check-in",
        "End of year 1 review",
        "End of year 2 review",
        "Completion",
    ]
    assert [one["fit"] for one in shown] == ["950", "600", "900", "600"]


def test_no_flag_covers_another_one_where_review_points_are_close_together() -> None:
    """A phone has room for a flag and its number in 12 percent of the chart."""
    near = [(10, False), (12, False), (13, False), (40, False), (50, False), (92, True), (97, True), (100, True)]
    flags = tuple(Flag(x, at, "A review", "", met=False, at_end=at_end) for at, (x, at_end) in enumerate(near, 1))
    shown = drawn(replace(pace_chart(of_the_file(), today=TODAY), flags=flags))["flags"]
    places = [(flag.x - 12 if flag.at_end else flag.x, one["drop"]) for one in shown for flag in [one["flag"]]]
    covered = [(a, b) for a, b in combinations(places, 2) if a[1] == b[1] and abs(a[0] - b[0]) < 12]
    assert covered == []
    assert [drop for _, drop in places] == [0, 18, 36, 0, 18, 0, 18, 36]


def test_a_review_point_before_the_first_day_draws_nothing_outside_the_chart() -> None:
    of = replace(
        of_points(point({"overall": 50}, year=1), point({"overall": 100}, year=3)), starts_on=date(2025, 12, 1)
    )
    chart = pace_chart(of, today=date(2026, 1, 5))
    edges = [x for one in (*chart.target, *chart.done) for x in (one.x1, one.x2)]
    assert (min(edges), max(edges) <= 100) == (0, True)


def test_the_words_at_what_is_needed_stand_beside_it_where_those_of_the_target_stand_below() -> None:
    chart = replace(pace_chart(of_the_file(), today=date(2025, 9, 1)), need=(60.0, 50.0, "85 needed"), items_done=99)
    close, apart = replace(chart, aim=(52.0, 52.0)), replace(chart, aim=(30.0, 70.0))
    assert [drawn(one)["need"][0][1]["y"] for one in (close, apart)] == [4, 22]
