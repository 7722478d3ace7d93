"""Rule 10: a condition is met, not met, or cannot be known yet."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from portfolio.assessed import Done
from portfolio.dates import Leave
from portfolio.diary import AgreedAction, Meeting
from portfolio.progress import portfolio_progress
from portfolio.record import Record
from portfolio.reviews import conditions, next_point, review_points
from portfolio.reviews.conditions import Line, Seen
from portfolio.states import Met, Side
from tests.portfolio.records import NOT_STARTED, SIGNED, block, from_file, held, module, record, signing, whole
from tests.portfolio.test_progress_properties import records

START = date(2024, 9, 2)
TWO_PHASES = (
    block(whole("S-A", 4), phase=1, title="One"),
    block(whole("S-B", 4), whole("S-C", 2), phase=2, title="Two"),
    whole("S-D", 10),
)


def asked(of: Record, condition: dict[str, Any]) -> Line:
    return conditions(Seen(of, portfolio_progress(of), None, False), [condition])[0]


def said(of: Record, condition: dict[str, Any]) -> tuple[Met, str]:
    line = asked(of, condition)
    return line.met, line.note


def rules(*points: dict[str, Any]) -> dict[str, Any]:
    return {"review_points": list(points), "portfolio": {}}


def point(*requires: dict[str, Any], name: str = "Review", year: int = 1) -> dict[str, Any]:
    return {"name": name, "due": {"year": year, "month": 9, "day": 30}, "requires": list(requires)}


# --- 100 per cent -------------------------------------------------------------------------------------------------


def test_100_per_cent_of_a_phase_is_every_module_of_it_signed_off_and_not_only_its_items() -> None:
    of = record(*TWO_PHASES, modules={"S-B": held(*[SIGNED] * 4), "S-C": held(*[SIGNED] * 2)})
    assert said(of, {"phase": 2, "percent": 100}) == (
        Met.NOT_MET,
        "0 of 2 modules signed off. Every item is done: the module sign-off is to go.",
    )
    of = signing(signing(of, "S-B"), "S-C")
    assert said(of, {"phase": 2, "percent": 100}) == (Met.MET, "2 of 2 modules signed off.")
    assert said(of, {"phase": 1, "percent": 100}) == (Met.NOT_MET, "0 of 1 module signed off. 4 items to go.")


def test_100_per_cent_of_a_module_is_its_sign_off() -> None:
    of = record(*TWO_PHASES, modules={"S-C": held(SIGNED)})
    assert said(of, {"module": "S-C", "percent": 100}) == (Met.NOT_MET, "1 of 2 required items. 1 item to go.")
    assert said(signing(of, "S-C"), {"module": "S-C", "percent": 100}) == (Met.MET, "2 of 2 required items.")
    assert said(of, {"module": "S-Z", "percent": 100}) == (Met.NOT_MET, "This curriculum has no such module.")


def test_overall_100_needs_every_module_and_both_kinds_of_observed_assessment() -> None:
    of = record(whole("S-A", 1, (0, 2)), of=None)
    strict = replace(of, structure=replace(of.structure, rules={"portfolio": {"both_dops_and_oce": True}}))
    strict = replace(strict, modules={"S-A": held(SIGNED, done=Done(dops=2))})
    signed = signing(strict, "S-A")
    assert said(signed, {"overall": 100}) == (
        Met.NOT_MET,
        "1 of 1 module signed off. Do at least one OCE.",
    )
    both = replace(signed, modules={"S-A": replace(signed.modules["S-A"], done=Done(dops=1, oce=1))})
    assert said(both, {"overall": 100}) == (Met.MET, "1 of 1 module signed off.")


# --- lower percentages --------------------------------------------------------------------------------------------


def test_a_lower_percentage_is_of_items_and_is_rounded_up() -> None:
    of = record(*TWO_PHASES, modules={"S-D": held(*[SIGNED] * 4, *[NOT_STARTED] * 6)})
    assert said(of, {"module": "S-D", "percent": 41}) == (
        Met.NOT_MET,
        "4 of 10 required items. 1 more item to go, to make 5.",
    )
    assert said(of, {"module": "S-D", "percent": 40}) == (Met.MET, "4 of 10 required items.")
    assert said(of, {"overall": 20}) == (Met.MET, "4 of 20 required items.")
    assert said(of, {"overall": 25})[0] == Met.NOT_MET


def test_what_the_known_base_fails_is_not_met_and_what_passes_with_an_unknown_cannot_be_known() -> None:
    lacks = module("S-X", known=[1, 2], expected=10, assessments=None)
    failing = record(lacks, modules={"S-X": held(SIGNED)})
    assert said(failing, {"module": "S-X", "percent": 50}) == (
        Met.NOT_MET,
        "1 of at least 10 required items. 4 more items to go, to make at least 5.",
    )
    passing = record(lacks, modules={"S-X": held(*[SIGNED] * 5)})
    assert said(passing, {"module": "S-X", "percent": 50}) == (
        Met.UNKNOWN,
        "5 of at least 10 required items. How many are required is not recorded yet.",
    )


def test_where_nothing_is_known_nothing_can_be_known() -> None:
    of = record(module("S-X"))
    assert said(of, {"overall": 60})[0] == Met.UNKNOWN
    assert said(of, {"phase": 2, "percent": 50})[0] == Met.MET  # of nothing, half is there
    assert said(of, {"module": "S-X", "percent": 100})[0] == Met.NOT_MET  # it is not signed off, whatever it needs


def test_a_module_of_an_option_that_was_not_taken_meets_nothing() -> None:
    of = record(block(whole("S-A"), whole("S-B"), options=(("S-A",), ("S-B",))), taken={1: 0})
    assert said(of, {"module": "S-B", "percent": 50}) == (Met.NOT_MET, "It is not in the option taken.")


# --- meetings, awards, either/or ----------------------------------------------------------------------------------


def test_an_award_is_met_once_it_is_recorded() -> None:
    of = record(*TWO_PHASES, awards={"MSc Clinical Science": date(2026, 7, 1)})
    assert said(of, {"award": "MSc Clinical Science"}) == (Met.MET, "Recorded on 1 July 2026.")
    assert said(of, {"award": "STP Final Year Assessment"}) == (Met.NOT_MET, "Not recorded yet.")


BOTH = {Side.TRAINEE: date(2025, 9, 20), Side.OFFICER: date(2025, 9, 24)}


def met_with(*meetings: Meeting, **said: Any) -> tuple[Met, str]:
    of = record(*TWO_PHASES, starts_on=START, cohort_year=2024, meetings=meetings)
    of = replace(of, structure=replace(of.structure, rules=rules(point({"meeting": True}) | said)))
    line = review_points(of)[0].lines[0]
    return line.met, line.note


def test_a_meeting_counts_once_both_have_signed() -> None:
    planned = Meeting("Review", 1, date(2025, 9, 20))
    assert met_with() == (Met.NOT_MET, "Not planned yet.")
    assert met_with(planned) == (Met.NOT_MET, "Planned for 20 September 2025.")
    one = replace(planned, signed={Side.OFFICER: date(2025, 9, 24)})
    assert met_with(one) == (Met.NOT_MET, "Signed by one of two, for the meeting on 20 September 2025.")
    assert met_with(replace(planned, signed=BOTH)) == (Met.MET, "Signed by both on 24 September 2025.")
    assert met_with(replace(planned, point="Another review", signed=BOTH))[0] == Met.NOT_MET


def test_a_meeting_before_its_review_opens_counts_and_says_so_and_one_on_that_day_does_not() -> None:
    opens = {"year": 1, "month": 9, "day": 21}
    early, in_time = Meeting("Review", 1, date(2025, 9, 20)), Meeting("Review", 1, date(2025, 9, 21))
    before = "20 September 2025, before the review opens on 21 September 2025."
    assert met_with(in_time, window_opens=opens) == (Met.NOT_MET, "Planned for 21 September 2025.")
    assert met_with(early, window_opens=opens) == (Met.NOT_MET, f"Planned for {before}")
    one = replace(early, signed={Side.OFFICER: date(2025, 9, 24)})
    assert met_with(one, window_opens=opens) == (Met.NOT_MET, f"Signed by one of two, for the meeting on {before}")
    assert met_with(replace(early, signed=BOTH), window_opens=opens) == (
        Met.MET,
        f"Signed by both on 24 September 2025. The meeting was on {before}",
    )
    assert met_with(replace(in_time, signed=BOTH), window_opens=opens) == (
        Met.MET,
        "Signed by both on 24 September 2025.",
    )


def test_a_correction_that_is_not_signed_yet_takes_nothing_away() -> None:
    first = Meeting("Review", 1, date(2025, 9, 20), BOTH)
    assert met_with(first, Meeting("Review", 2, date(2025, 10, 1)))[0] == Met.MET


def test_either_or_shows_both_branches_and_what_each_still_needs() -> None:
    """As in the curriculum's second year: phase 2 whole, or 60 per cent of everything and one module whole."""
    of = record(*TWO_PHASES, modules={"S-D": held(*[SIGNED] * 5, *[NOT_STARTED] * 5)})
    line = asked(of, {"any_of": [[{"phase": 2, "percent": 100}], [{"overall": 60}, {"module": "S-C", "percent": 100}]]})
    assert line.met == Met.NOT_MET
    assert [(one.met, one.to_go) for one in line.branches] == [(Met.NOT_MET, 6), (Met.NOT_MET, 7)]
    assert [one.note for one in line.branches[1].lines] == [
        "5 of 20 required items. 7 more items to go, to make 12.",
        "0 of 2 required items. 2 items to go.",
    ]
    done = signing(signing(of, "S-B"), "S-C")
    assert asked(done, {"any_of": [[{"phase": 2, "percent": 100}], [{"overall": 100}]]}).met == Met.MET


def test_a_branch_that_can_never_hold_is_not_met_and_no_items_are_to_go() -> None:
    """A module that the curriculum lacks, or that is not in the option taken, is not brought nearer by any item."""
    chosen = block(whole("S-B", 4), whole("S-C", 4), options=(("S-B",), ("S-C",)))
    of = record(whole("S-A", 10), chosen, taken={2: 0})
    for code in ("S-Z", "S-C"):
        line = asked(of, {"any_of": [[{"overall": 60}, {"module": code, "percent": 50}], [{"overall": 60}]]})
        assert [(one.met, one.to_go) for one in line.branches] == [(Met.NOT_MET, 0), (Met.NOT_MET, 9)], code


def test_of_two_branches_one_unknown_is_enough_not_to_know() -> None:
    of = record(module("S-X"), whole("S-A"))
    assert asked(of, {"any_of": [[{"module": "S-A", "percent": 100}], [{"overall": 0}]]}).met == Met.UNKNOWN
    assert asked(of, {"any_of": [[{"module": "S-A", "percent": 100}], [{"award": "None"}]]}).met == Met.NOT_MET


@pytest.mark.parametrize("condition", [{"meetings": True}, {"phase": 1}, {"percent": 50}, {}])
def test_a_condition_that_nobody_knows_is_an_error_and_never_met(condition: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="No condition that is known"):
        asked(record(*TWO_PHASES), condition)


# --- points -------------------------------------------------------------------------------------------------------


def of_the_file(**fields: Any) -> Record:
    return record(of=from_file("DEMO-1-24"), starts_on=START, cohort_year=2024, **fields)


def test_the_points_of_the_rules_file_are_dated_and_not_met_at_the_start() -> None:
    points = review_points(of_the_file())
    assert [(one.number, one.name, str(one.day), one.met) for one in points] == [
        (1, "Six-month check-in", "2025-03-31", Met.NOT_MET),
        (2, "End of year 1 review", "2025-09-30", Met.NOT_MET),
        (3, "End of year 2 review", "2026-09-30", Met.NOT_MET),
        (4, "Completion", "2027-09-15", Met.NOT_MET),
    ]
    assert str(points[1].opens.day if points[1].opens else None) == "2025-09-01"


def test_leave_without_an_end_hides_the_points_after_it() -> None:
    points = review_points(of_the_file(leave=(Leave(date(2025, 6, 1), None),)))
    assert [one.day and str(one.day) for one in points] == ["2025-03-31", None, None, None]


def next_on(*days: date, meetings: tuple[Meeting, ...] = ()) -> list[int | None]:
    points = review_points(of_the_file(meetings=meetings))
    return [(found.number if (found := next_point(points, day)) else None) for day in days]


def test_the_next_point_is_the_first_that_is_still_to_come_once_both_have_signed_those_before() -> None:
    held = tuple(Meeting(name, 1, START, BOTH) for name in ("Six-month check-in", "End of year 1 review"))
    days = (date(2025, 1, 1), date(2025, 3, 31), date(2025, 4, 1), date(2025, 10, 1))
    assert next_on(*days[:3], meetings=held[:1]) == [1, 1, 2]
    assert next_on(*days, meetings=held) == [1, 1, 2, 3]
    assert next_point((), date(2025, 1, 1)) is None


def test_a_point_that_is_past_comes_first_until_both_have_signed_it_or_a_later_one() -> None:
    """Of those that are past the last alone is asked for; on its day itself a point is still to come."""
    after = (date(2025, 4, 1), date(2025, 9, 30), date(2025, 10, 1), date(2027, 9, 16))
    assert next_on(*after) == [1, 1, 2, 4]
    by_one = Meeting("Six-month check-in", 1, START, {Side.TRAINEE: START})
    assert next_on(*after, meetings=(by_one,)) == [1, 1, 2, 4]
    corrected = (Meeting("Six-month check-in", 1, START, BOTH), Meeting("Six-month check-in", 2, START))
    assert next_on(*after[:2], meetings=corrected) == [2, 2]  # the old record counts until both have signed the new one
    assert next_on(*after[:2], meetings=(Meeting("End of year 1 review", 1, START, BOTH),)) == [2, 2]


def test_a_curriculum_without_rules_has_no_points() -> None:
    assert review_points(record(*TWO_PHASES, starts_on=START)) == ()


def test_open_actions_are_those_that_both_signed_and_nobody_did_of_the_newest_record() -> None:
    def action(number: int, month: int, done: date | None = None) -> AgreedAction:
        return AgreedAction(number, f"Action {number}", Side.TRAINEE, date(2025, month, 1), done)

    meetings = (
        Meeting("Review", 1, START, BOTH, (action(1, 10),)),
        Meeting("Review", 2, START, BOTH, (action(2, 12), action(3, 11), action(4, 10, date(2025, 9, 9)))),
        Meeting("Later", 1, START, {Side.OFFICER: START}, (action(5, 1),)),
    )
    of = record(*TWO_PHASES, meetings=meetings)
    assert [(name, one.id) for name, one in of.open_actions] == [("Review", 3), ("Review", 2)]


# --- what holds of any portfolio ----------------------------------------------------------------------------------


@settings(max_examples=150)
@given(records())
def test_whatever_is_complete_meets_everything_but_awards_and_what_is_met_is_signed(of: Record) -> None:
    line = asked(of, {"overall": 100})
    assert (line.met == Met.MET) == portfolio_progress(of).everything_signed_off
    for percent in (1, 50, 99):
        found = asked(of, {"overall": percent})
        count = portfolio_progress(of).items
        enough = 100 * count.done >= percent * count.base
        expected = Met.NOT_MET if not enough else Met.UNKNOWN if count.unknown else Met.MET
        assert found.met == expected
