"""The timeline: where everything is drawn, and that the table says the same."""

from dataclasses import replace
from datetime import date, timedelta

from portfolio.assessed import Attempt
from portfolio.dates import Hours, Leave
from portfolio.plan.board import Dated, Stay, plan_board
from portfolio.plan.timeline import Timeline, timeline
from portfolio.record import ActivityRecord, Record
from portfolio.reviews import review_points
from portfolio.states import ActivityState, AssessmentKind, AssessmentState
from tests.portfolio.records import at, held, signed, whole
from tests.portfolio.reviews.test_conditions import point
from tests.portfolio.reviews.test_pace import of_points

TODAY = date(2025, 3, 20)
STAY = Stay("p1", "Genomics", date(2025, 4, 7), date(2025, 6, 27), "R1", (("S-A", 3),))


def drawn(of: Record, scheduled: dict[tuple[str, int], date] | None = None, *stays: Stay) -> Timeline:
    board = plan_board(of, scheduled or {}, stays, today=TODAY)
    return timeline(of, review_points(of), board, stays, today=TODAY)


def test_a_small_timeline_by_hand() -> None:
    """September 2024 to September 2025: 395 days."""
    of = of_points(point({"overall": 100}), modules=(whole("S-A", 10), whole("S-B", 2)))
    of = replace(of, modules={"S-B": held(signed=replace(signed(1, 2), at=at(3, 2, 2025)))})
    found = drawn(of, {("S-A", 1): date(2025, 5, 1), ("S-A", 2): date(2025, 5, 1), ("S-A", 4): date(2025, 7, 1)}, STAY)
    assert [heading.words for heading in found.headings] == ["Dates and reviews", "Placements", "Modules"]
    assert [(row.words, row.x, row.at_end) for row in found.rows] == [
        ("Start of training", 0.25, False),
        ("Review, 30 September 2025", 99.75, True),
        ("R1 Genomics", 55.19, False),
        ("S-A Title of S-A", 55.19, False),
        ("S-B Title of S-B", 39.24, False),
    ]
    there, *months = found.rows[3].bars
    assert (there.kind, there.x, there.text) == ("placement", 55.19, "1")
    assert [(bar.x, bar.width, bar.text) for bar in months] == [(61.27, 7.84, "2"), (76.71, 7.85, "1")]
    assert [mark.kind for row in found.rows for mark in row.marks] == ["start", "point", "module"]
    assert found.today == 50.63  # 200 days
    assert [tick.label for tick in found.ticks] == ["Oct", "Jan 2025", "Apr", "Jul"]


def test_the_table_says_what_is_drawn() -> None:
    of = of_points(point({"overall": 100}), leave=(Leave(date(2024, 12, 1), date(2025, 2, 28)),))
    of = replace(of, hours=(Hours(date(2025, 3, 1), 60),))
    found = drawn(of, {("S-A", 1): date(2025, 5, 1), ("S-A", 2): date(2025, 5, 1)}, STAY)
    assert [(line.what, line.name, line.when) for line in found.lines] == [
        ("Review", "Start of training", "2 September 2024"),
        (
            "Review",
            "Review, 19 July 2026",
            "19 July 2026, moved from 30 September 2025 because of 90 days of leave and 202 days of part-time working. "
            "Not met",
        ),
        ("Working time", "60% of full time", "From 1 March 2025"),
        ("Working time", "Leave, 90 days", "From 1 December 2024 to 28 February 2025"),
        ("Placement", "R1 Genomics", "7 April 2025 to 27 June 2025. 1 activity planned"),
        (
            "Module",
            "S-A Title of S-A",
            "Placement Genomics, 7 April 2025 to 27 June 2025: activity 3; May 2025: activities 1 and 2",
        ),
    ]
    assert all(line.when in found.said for line in found.lines)
    assert len(found.rows) == len(found.lines)


def test_days_of_assessments_stand_on_it_in_a_row_for_each_module() -> None:
    of = of_points(point({"overall": 100}))
    dated = (
        Dated("S-A", "DOPS", date(2025, 4, 3), True),
        Dated("S-A", "CBD", date(2025, 5, 8), False),
        Dated("S-B", "OCE", date(2025, 6, 2), False),
    )
    found = timeline(of, review_points(of), plan_board(of, {}, (), today=TODAY), (), dated, today=TODAY)
    assert [(line.name, line.when) for line in found.lines if line.what == "Assessment"] == [
        ("S-A DOPS, CBD", "DOPS on 3 April 2025, with an assessor; CBD on 8 May 2025, planned"),
        ("S-B OCE", "OCE on 2 June 2025, planned"),
    ]
    row = next(row for row in found.rows if row.short == "S-A")
    assert [(mark.kind, mark.x) for mark in row.marks] == [("assessment", 54.18), ("assessment", 63.04)]


def test_leave_without_an_end_reaches_to_the_edge_and_hides_the_dates_after_it() -> None:
    found = drawn(of_points(point({"overall": 100}), leave=(Leave(date(2025, 1, 1), None),)))
    leave = found.rows[2].bars[0]
    assert (leave.kind, round(leave.x + leave.width)) == ("leave", 100)
    assert (found.lines[1].when, found.rows[1].marks) == (
        "Not known while leave has no end. 30 September 2025 for somebody full time. "
        "The date cannot be known while the leave from 1 January 2025 has no end",
        (),
    )
    assert found.lines[2].when == "It has no end yet"


def test_nothing_is_drawn_outside_whatever_is_planned_long_after_the_end() -> None:
    found = drawn(of_points(point({"overall": 100})), {("S-A", 1): date(2029, 5, 1)})
    assert found.title == "Timeline from September 2024 to May 2029"
    assert all(bar.x >= 0 and bar.x + bar.width <= 100 for row in found.rows for bar in row.bars)


def test_a_module_in_work_has_a_row_from_its_first_day_to_its_last_and_one_without_a_plan_or_work_has_none() -> None:
    of = of_points(point({"overall": 100}), modules=(whole("S-A", 3), whole("S-B", 2), whole("S-C", 2)))
    drafted = ActivityRecord(1, 1, ActivityState.DRAFT, begun_at=at(3, 2, 2025), linked_at=at(9, 2, 2025))
    decided = Attempt("a1", AssessmentKind.CBD, AssessmentState.NOT_YET, at=at(5, 3, 2025))
    one_day = ActivityRecord(2, 2, ActivityState.SIGNED_OFF, signed_at=at(1, 3, 2025))
    of = replace(of, modules={"S-A": held(rows=[drafted], attempts=(decided,)), "S-B": held(rows=[one_day])})
    found = drawn(of)
    assert [(line.name, line.when) for line in found.lines if line.what == "Module"] == [
        ("S-A Title of S-A", "Worked on from 3 February 2025 to 5 March 2025"),
        ("S-B Title of S-B", "Worked on 1 March 2025"),
    ]
    assert [[bar.kind for bar in row.bars] for row in found.rows[-2:]] == [["work"], []]
    assert [[mark.kind for mark in row.marks] for row in found.rows[-2:]] == [[], ["work"]]


def test_the_module_of_a_rotation_has_a_row_with_its_placement_though_no_activity_is_planned_there() -> None:
    of = of_points(point({"overall": 100}), modules=(whole("S-A", 3),))
    rotation = replace(STAY, module="S-A", activities=())
    found = drawn(of, None, rotation)
    assert [(line.name, line.when) for line in found.lines if line.what == "Module"] == [
        ("S-A Title of S-A", "Placement Genomics, 7 April 2025 to 27 June 2025")
    ]


def test_all_leave_is_one_row_and_the_table_has_a_line_for_each() -> None:
    away = (Leave(date(2025, 2, 3), date(2025, 2, 9)), Leave(date(2024, 12, 2), date(2024, 12, 4)))
    found = drawn(of_points(point({"overall": 100}), leave=(*away, Leave(date(2025, 6, 2), None))))
    rows = [row for row in found.rows if row.short == "Leave"]
    assert [(row.words, [bar.kind for bar in row.bars]) for row in rows] == [("Leave, 3 times", ["leave"] * 3)]
    assert [(line.name, line.when) for line in found.lines if line.what == "Working time"] == [
        ("Leave, 3 days", "From 2 December 2024 to 4 December 2024"),
        ("Leave, 7 days", "From 3 February 2025 to 9 February 2025"),
        ("Leave", "It has no end yet"),
    ]


def test_of_many_placements_those_of_now_and_next_have_a_row_each_and_the_others_share_one() -> None:
    first = TODAY - timedelta(days=100)
    many = [
        replace(STAY, pid=f"p{at}", title=f"Place {at}", module=None, activities=(), starts_on=begun, ends_on=begun)
        for at, begun in ((at, first + timedelta(days=10 * at)) for at in range(25))
    ]
    of = of_points(point({"overall": 100}))
    found = drawn(of, None, *many)
    rows = [(row.words, len(row.bars)) for row in found.rows if any(bar.kind == "placement" for bar in row.bars)]
    on_their_own = [(f"Place {at}", 1) for at in range(10, 18)]
    assert rows == [("10 placements that are over", 10), *on_their_own, ("7 placements after these", 7)]
    assert [line.name for line in found.lines if line.what == "Placement"] == [f"Place {at}" for at in range(25)]
    few = drawn(of, None, *many[:8])
    assert [row.words for row in few.rows if row.bars] == [f"Place {at}" for at in range(8)]
