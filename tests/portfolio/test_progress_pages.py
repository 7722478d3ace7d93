"""What pages draw and list: the credit bar, the small bars, the programme table, and whose turn it is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portfolio.assessed import Done, Waiting
from portfolio.progress import (
    Count,
    Headline,
    Step,
    credit_bar,
    do_next,
    headline,
    minibar,
    portfolio_progress,
    programme_table,
    strip,
    with_others,
)
from portfolio.progress.bar import WHOLE_MODULE, BarBlock, Diamond, Group, Segment
from portfolio.record import Feedback
from portfolio.requirements import At
from portfolio.states import ModuleState
from tests.portfolio.records import (
    DRAFT,
    IN_REVIEW,
    NOT_STARTED,
    RETURNED,
    RULES,
    SIGNED,
    TODAY,
    at,
    block,
    curriculum,
    from_file,
    held,
    module,
    record,
    row,
    signed,
    whole,
)


def bar_of(of):
    return credit_bar(portfolio_progress(of))


def table_of(of):
    return programme_table(portfolio_progress(of))


def next_of(of):
    return do_next(of, today=TODAY)


# --- the credit bar ---------------------------------------------------------------------------------------------------


def test_a_module_is_as_wide_as_its_credits_and_parted_by_its_items():
    of = record(
        whole("A", 4, credits=20),
        whole("B", 1, credits=60),
        modules={"A": held(SIGNED, IN_REVIEW, RETURNED), "B": held(SIGNED, signed=signed(1, credits=60))},
    )
    first, second = bar_of(of).blocks
    assert first == BarBlock(
        code="A",
        label="A, 20 credits: 1 of 4 required items",
        credits=20,
        start=0.0,
        width=25.0,
        state="in_progress",
        segments=(
            Segment("signed_off", 0.0, 6.25),
            Segment("in_review", 6.25, 6.25),
            Segment("returned", 12.5, 6.25),
            Segment("not_started", 18.75, 6.25),
        ),
        caption="1 of 4",
        known=True,
        to_be_chosen=False,
    )
    assert (second.start, second.width, second.state) == (25.0, 75.0, "signed_off")
    assert second.segments == (Segment(WHOLE_MODULE, 25.0, 75.0),)
    assert second.label == "B, 60 credits: module signed off"


def test_thirds_are_rounded_to_three_decimals_and_leave_no_gap():
    bar = bar_of(record(whole("A"), whole("B"), whole("C")))
    assert [(one.start, one.width) for one in bar.blocks] == [(0.0, 33.333), (33.333, 33.334), (66.667, 33.333)]
    assert round(sum(one.width for one in bar.blocks), 3) == 100.0


def test_a_module_with_an_unknown_total_has_no_segments():
    (one,) = bar_of(record(module(assessments=(1, 0)), modules={"S-X1": held(SIGNED, SIGNED)})).blocks
    assert (one.known, one.segments, one.caption) == (False, (), "2 signed off")
    assert one.label == "S-X1, 10 credits: 2 activities signed off, activities not recorded yet"


def test_a_module_of_which_nothing_is_needed_has_no_segments_either():
    (one,) = bar_of(record(module(complete=True))).blocks
    assert (one.known, one.segments) == (True, ())


def test_a_module_of_0_credits_is_a_diamond_at_its_place():
    bar = bar_of(record(whole("A"), whole("Z", credits=0), whole("B"), modules={"Z": held(SIGNED)}))
    assert bar.diamonds == (Diamond("Z", 50.0, "in_progress", "Z, 0 credits: 1 of 3 required items"),)
    assert [one.code for one in bar.blocks] == ["A", "B"]


def test_phases_stand_over_the_bar_as_often_as_the_programme_comes_to_them():
    bar = bar_of(record(of=from_file("SBI1-3-23")))
    assert bar.groups == (
        Group("Throughout", "Core", 20),
        Group("Phase 1", "P1", 40),
        Group("Phase 2", "P2", 30),
        Group("Phase 3", "P3", 90),
    )
    assert bar.total == 180
    assert [one.code for one in bar.diamonds] == ["S-C4"]
    assert bar.diamonds[0].x == 11.111


def test_a_phase_without_credits_has_no_width_to_stand_above():
    bar = bar_of(record(whole("Z", credits=0), block(whole("A"), phase=1)))
    assert [group.label for group in bar.groups] == ["Phase 1"]


def test_the_option_that_stands_in_for_a_choice_is_drawn_as_to_be_chosen():
    rows = block(whole("A", 1), whole("B", 2), options=(("A",), ("B",)))
    (one,) = bar_of(record(rows, modules={"B": held(SIGNED)})).blocks
    assert (one.code, one.to_be_chosen, one.caption, one.label) == (
        "B",
        True,
        "to be chosen",
        "B, 10 credits: to be chosen",
    )
    assert one.segments == (Segment("not_started", 0.0, 100.0),)
    (taken,) = bar_of(record(rows, taken={1: 0})).blocks
    assert (taken.code, taken.to_be_chosen, taken.width) == ("A", False, 100.0)


def test_the_bar_says_in_words_what_it_shows():
    of = record(whole("A", 2), module("B", known=[1], complete=True), modules={"A": held(SIGNED)})
    assert bar_of(of).label == (
        "0 of 20 credits signed off. A, 10 credits: 1 of 2 required items; "
        "B, 10 credits: 0 of 1 activity, assessments not recorded yet."
    )


def test_a_bar_of_nothing_is_empty():
    bar = bar_of(record(whole("Z", credits=0)))
    assert (bar.total, bar.blocks, bar.groups, bar.diamonds[0].x) == (0, (), (), 0.0)


# --- the small bars ---------------------------------------------------------------------------------------------------


def test_a_small_bar_has_a_segment_for_each_state_that_there_is():
    small = minibar(Count("activity", signed_off=1, draft=1, not_started=1))
    assert small.segments == (
        Segment("signed_off", 0.0, 33.333),
        Segment("draft", 33.333, 33.334),
        Segment("not_started", 66.667, 33.333),
    )
    assert (small.label, small.known) == ("1 signed off, 1 draft, 1 not started", True)


def test_a_small_bar_of_an_unknown_total_is_only_an_outline():
    small = minibar(Count("activity", signed_off=2, total_known=False))
    assert (small.segments, small.label, small.known) == ((), "2 signed off", False)


def test_a_small_bar_of_a_module_signed_off_is_of_one_piece():
    small = minibar(Count("activity", signed_off=2), signed_off=True)
    assert (small.segments, small.label) == ((Segment(WHOLE_MODULE, 0.0, 100.0),), "Signed off")


# --- the programme table ----------------------------------------------------------------------------------------------


def test_the_table_has_the_programmes_own_seven_rows_and_the_total_of_180():
    table = table_of(record(of=from_file("SBI1-3-23"), modules={"S-C1": held(SIGNED)}))
    assert [(one.phase, one.credits, one.words, one.note, one.state_words) for one in table.rows] == [
        ("Throughout", 20, "1 of 20 activities", "Assessments not recorded yet", "In progress"),
        (
            "Throughout",
            0,
            "0 activities signed off",
            "Activities not recorded yet, assessments not recorded yet",
            "Not started",
        ),
        ("Phase 1", 40, "0 of at least 40 required items", "", "Not started"),
        (
            "Phase 2",
            10,
            "0 of 10 activities",
            "Activities not recorded yet, assessments not recorded yet",
            "Not started",
        ),
        ("Phase 2", 20, "0 of at least 20 required items", "", "Not started"),
        (
            "Phase 3",
            60,
            "0 activities signed off",
            "Activities not recorded yet, assessments not recorded yet",
            "Not started",
        ),
        ("Phase 3", 30, "0 of at least 30 required items", "", "Not started"),
    ]
    assert [len(one.modules) for one in table.rows] == [1, 1, 4, 1, 2, 1, 3]
    total = table.total
    assert (total.title, total.credits, total.credits_signed_off, total.words, total.state) == (
        "Total",
        180,
        0,
        "1 of at least 121 required items",
        ModuleState.IN_PROGRESS,
    )


def test_a_row_counts_its_signed_credits_and_draws_them_in_one_piece_when_all_is_signed_off():
    rows = block(whole("A", 1), whole("B", 1), title="Rotation modules", phase=1)
    kept = held(SIGNED, signed=signed(1))
    some = table_of(record(rows, modules={"A": kept})).rows[0]
    assert (some.title, some.credits, some.credits_signed_off, some.words) == (
        "Rotation modules",
        20,
        10,
        "1 of 2 required items",
    )
    assert [one.state for one in some.bar.segments] == ["signed_off", "not_started"]
    every = table_of(record(rows, modules={"A": kept, "B": kept})).rows[0]
    assert [one.state for one in every.bar.segments] == [WHOLE_MODULE]
    assert (every.credits_signed_off, every.state_words) == (20, "Signed off")


def test_a_row_of_one_module_with_an_unknown_total_draws_an_outline():
    (one,) = table_of(record(module(), modules={"S-X1": held(SIGNED)})).rows
    assert (one.words, one.bar.known, one.bar.label) == ("1 activity signed off", False, "1 signed off")


def test_a_row_with_an_open_choice_says_so_and_holds_all_of_its_modules():
    rows = block(whole("R", 1), whole("A", 2), whole("B", 1), options=(("A",), ("B",)))
    (one,) = table_of(record(rows)).rows
    assert (one.words, one.note, one.credits) == ("0 of 3 required items", "Option to be chosen", 20)
    assert [inside.module.code for inside in one.modules] == ["R", "A", "B"]


def test_a_row_of_several_modules_without_credits_says_that_it_is_required_all_the_same():
    (one,) = table_of(record(block(whole("A", credits=0), whole("B", credits=0)))).rows
    assert one.note == "Required, carries no credits"


# --- with you ---------------------------------------------------------------------------------------------------------


def came_back(number, day):
    return row(number, RETURNED, feedback=Feedback("Add it.", "Ana Reyes", at(day)))


def nobody(number):
    return row(number, IN_REVIEW, waiting=Waiting("sub9", None, 7, at(1), date(2026, 3, 15)))


def test_what_is_with_the_trainee_is_listed_most_pressing_first():
    rows = [
        came_back(1, 10),
        came_back(2, 4),
        nobody(3),
        row(4, DRAFT, pages=2),
        row(5, IN_REVIEW),
        row(6, NOT_STARTED),
    ]
    of = record(whole(activities=6), modules={"S-X1": held(rows=rows)})
    assert next_of(of) == (
        Step(
            "returned",
            "S-X1 2 Task 2",
            At("activity", "S-X1", 2),
            "Came back 8 days ago. Ana Reyes: “Add it.”",
            "Revise",
            date(2026, 3, 4),
        ),
        Step(
            "returned",
            "S-X1 1 Task 1",
            At("activity", "S-X1", 1),
            "Came back 2 days ago. Ana Reyes: “Add it.”",
            "Revise",
            date(2026, 3, 10),
        ),
        Step(
            "alert",
            "S-X1 3 Task 3",
            At("submission", "S-X1", 3, "sub9"),
            "It is with nobody who can decide.",
            "Choose assessor",
            date(2026, 3, 1),
        ),
        Step("draft", "S-X1 4 Task 4", At("activity", "S-X1", 4), "Draft, 2 pages of evidence", "Submit"),
        Step("none", "S-X1 6 Task 6", At("activity", "S-X1", 6), "Throughout: 0 of 6 required items", "Start"),
    )


def test_an_item_returned_today_came_back_today_and_one_without_a_word_comes_first():
    rows = [came_back(1, 12), row(2, RETURNED, feedback=None)]
    of = record(whole(activities=2), modules={"S-X1": held(rows=rows)})
    assert [(one.words, one.why) for one in next_of(of)] == [
        ("S-X1 2 Task 2", "Came back"),
        ("S-X1 1 Task 1", "Came back today. Ana Reyes: “Add it.”"),
    ]


def test_a_module_whose_activities_are_all_signed_off_says_what_it_still_lacks():
    of = record(module(known=[1], complete=True, result=True), modules={"S-X1": held(SIGNED)})
    assert next_of(of) == (
        Step(
            "alert",
            "S-X1 is 2 things short of sign-off",
            At("module", "S-X1"),
            "Every activity is signed off. Missing: Record the university's result; Assessments not recorded yet",
            "Blocking",
        ),
    )


@pytest.mark.parametrize(
    "of",
    [
        record(whole(activities=1), modules={"S-X1": held(SIGNED)}),
        record(whole(activities=1), modules={"S-X1": held(signed=signed(1))}),
        record(module(complete=True)),
        record(module(), modules={"S-X1": held(SIGNED)}),
        record(of=curriculum(whole(), rules=RULES), modules={"S-X1": held(*[IN_REVIEW] * 3)}),
    ],
    ids=["ready", "signed off", "nothing known", "total unknown", "in review"],
)
def test_where_the_turn_is_not_the_trainees_nothing_is_listed(of):
    assert next_of(of) == ()


def test_a_draft_that_lost_its_evidence_is_something_to_start():
    of = record(whole(activities=1), modules={"S-X1": held(rows=[row(1, DRAFT, pages=0)])})
    assert [one.tag for one in next_of(of)] == ["Start"]


def test_work_on_a_module_with_an_unknown_total_is_listed_but_never_suggested():
    of = record(module(known=[1, 2]), modules={"S-X1": held(DRAFT)})
    assert [(one.words, one.tag) for one in next_of(of)] == [("S-X1 1 Task 1", "Submit")]


def test_what_is_not_required_is_nobodys_next_step():
    of = record(whole(activities=1), modules={"S-X1": held(SIGNED, RETURNED, DRAFT, signed=signed(1))})
    assert next_of(of) == ()


def test_an_item_with_nobody_is_shown_even_when_it_is_not_required():
    of = record(whole(activities=0), modules={"S-X1": held(rows=[nobody(1)])})
    assert [(one.words, one.tag) for one in next_of(of)] == [("S-X1 1", "Choose assessor")]


def test_an_item_in_review_without_an_addressee_leads_to_its_activity():
    of = record(whole(activities=1), modules={"S-X1": held(rows=[row(1, IN_REVIEW, waiting=None)])})
    assert [(one.at, one.since) for one in next_of(of)] == [(At("activity", "S-X1", 1), None)]


def test_of_a_choice_drafts_are_listed_nothing_is_suggested_and_an_option_not_taken_is_left_out():
    rows = block(whole("A", 2), whole("B", 3), options=(("A",), ("B",)))
    of = record(rows, modules={"A": held(DRAFT), "B": held(DRAFT)})
    assert [(one.words, one.tag) for one in next_of(of)] == [
        ("A 1 Task 1", "Submit"),
        ("B 1 Task 1", "Submit"),
        ("Choose an option for Specialist module(s)", "Choose option"),
    ]
    assert [(one.words, one.tag) for one in next_of(replace(of, taken={1: 0}))] == [
        ("A 1 Task 1", "Submit"),
        ("A 2 Task 2", "Start"),
    ]


def test_a_draft_in_an_option_not_taken_is_left_out_also_where_its_total_is_unknown():
    rows = block(whole("A", 1), module("B"), options=(("A",), ("B",)))
    of = record(rows, modules={"A": held(SIGNED, signed=signed(1)), "B": held(DRAFT)}, taken={1: 0})
    assert next_of(of) == ()


def test_new_activities_come_from_throughout_and_the_earliest_phase_with_anything_to_start():
    of = record(
        whole("C", 2),
        block(whole("P", 1), phase=1),
        block(whole("Q", 2), phase=2),
        block(whole("S", 2), phase=3),
        modules={"P": held(IN_REVIEW), "C": held(SIGNED)},
    )
    assert [one.words for one in next_of(of)] == ["C 2 Task 2", "Q 1 Task 1"]


def test_at_most_three_new_activities_are_named_those_of_modules_in_progress_first():
    phase_1 = block(*(whole(code, 2) for code in "PQRS"), phase=1)
    of = record(whole("C", 2), phase_1, modules={"S": held(SIGNED), "Q": held(IN_REVIEW)})
    assert [one.words for one in next_of(of)] == ["Q 2 Task 2", "S 2 Task 2", "C 1 Task 1"]


def test_in_a_closed_portfolio_nothing_is_with_the_trainee():
    of = record(whole(), modules={"S-X1": held(RETURNED)}, closed=True)
    assert next_of(of) == ()


# --- with others ------------------------------------------------------------------------------------------------------


def waits(number, day, due=date(2026, 3, 31)):
    return row(number, IN_REVIEW, waiting=Waiting(f"sub{number}", "Sam Okoro", 7, at(day), due))


def test_what_waits_for_an_assessor_is_listed_the_longest_waiting_first():
    rows = [waits(1, 12), waits(2, 3), waits(3, 11), nobody(4)]
    of = record(whole(activities=4), modules={"S-X1": held(rows=rows)})
    assert [(one.words, one.why, one.tag, one.at.sid, one.late) for one in with_others(of, today=TODAY)] == [
        ("S-X1 2 Task 2", "With Sam Okoro since 3 March 2026.", "Waiting 9 days", "sub2", False),
        ("S-X1 3 Task 3", "With Sam Okoro since 11 March 2026.", "Waiting 1 day", "sub3", False),
        ("S-X1 1 Task 1", "With Sam Okoro.", "Since today", "sub1", False),
    ]


@pytest.mark.parametrize(("due", "late"), [(TODAY, False), (TODAY - timedelta(days=1), True)])
def test_an_item_is_late_the_day_after_it_was_due(due, late):
    of = record(whole(activities=1), modules={"S-X1": held(rows=[waits(1, 3, due)])})
    (one,) = with_others(of, today=TODAY)
    assert one.late is late
    assert ("Due on 11 March 2026." in one.why) is late


def test_a_module_that_is_ready_waits_for_the_officer():
    of = record(whole(activities=0), officer="Ana Reyes")
    assert with_others(of, today=TODAY) == (
        Step(
            "ready",
            "S-X1 is ready to sign off",
            At("module", "S-X1"),
            "With Ana Reyes, the training officer.",
            "Ready",
        ),
    )
    assert with_others(replace(of, officer=None), today=TODAY)[0].why == "There is no training officer now."


def test_an_item_in_an_option_not_taken_still_waits_for_its_assessor():
    rows = block(whole("A", 1), whole("B", 1), options=(("A",), ("B",)))
    of = record(rows, modules={"B": held(IN_REVIEW)}, taken={1: 0})
    assert [one.words for one in with_others(of, today=TODAY)] == ["B 1 Task 1"]


# --- the headline -----------------------------------------------------------------------------------------------------


def top(of):
    return headline(of, do_next(of, today=TODAY), with_others(of, today=TODAY), today=TODAY)


def said(of):
    answer = top(of)
    return answer.words, answer.note


@pytest.mark.parametrize(
    ("rows", "words", "note"),
    [
        ([came_back(1, 4)], "Revise 1 returned item", "It came back 8 days ago"),
        ([came_back(1, 9), came_back(2, 4)], "Revise 2 returned items", "The older came back 8 days ago"),
        (
            [came_back(1, 9), came_back(2, 11), came_back(3, 10)],
            "Revise 3 returned items",
            "The oldest came back 3 days ago",
        ),
        ([row(1, RETURNED, feedback=None)], "Revise 1 returned item", "Came back"),
        ([nobody(1)], "Choose an assessor for 1 item", "It is with nobody who can decide."),
        ([row(1, DRAFT), row(2, DRAFT)], "Submit 2 drafts", "S-X1 1 Task 1"),
        ([row(1, NOT_STARTED)], "Start S-X1 1 Task 1", "Throughout: 0 of 3 required items"),
    ],
)
def test_the_headline_is_the_most_pressing_step_with_how_many_of_its_kind_there_are(rows, words, note):
    of = record(whole(activities=3), modules={"S-X1": held(rows=rows)})
    assert said(of) == (words, note)
    assert top(of).at == next_of(of)[0].at


def test_the_headline_of_a_module_short_of_its_assessments_says_so():
    of = record(whole(activities=1, assessments=(1, 0)), modules={"S-X1": held(SIGNED)})
    assert said(of) == (
        "S-X1 is 1 thing short of sign-off",
        "Every activity is signed off. Missing: Do 1 more case-based discussion (CBD)",
    )


def test_when_all_is_with_others_the_headline_is_to_wait():
    of = record(whole(activities=2), whole("B", 0), modules={"S-X1": held(rows=[waits(1, 3), waits(2, 11)])})
    assert said(of) == ("Wait for 2 decisions", "With Sam Okoro since 3 March 2026.")
    assert top(of).at == At("submission", "S-X1", 1, "sub1")
    of = record(whole(activities=0), officer="Ana Reyes")
    assert said(of) == ("Wait for 1 module sign-off", "With Ana Reyes, the training officer.")


@pytest.mark.parametrize(
    ("tag", "asked", "words"),
    [
        ("Option", {1: 2}, "Wait for your option to be confirmed"),
        ("Agreed", {}, "Wait for what was agreed in a review"),
        ("Meeting", {}, "Wait for the meeting of a review"),
        ("To record", {}, "Wait for MSc to be recorded"),
    ],
)
def test_what_else_others_have_to_do_is_said_in_the_words_of_its_kind(tag, asked, words):
    step = Step("person", "MSc", At("progress"), "With Ana Reyes.", tag)
    assert headline(record(whole(), asked=asked), (), (step,), today=TODAY).words == words


def test_nothing_to_count_draws_no_strip():
    assert strip(portfolio_progress(record(whole(activities=0)))) == ()


def test_when_nobody_has_anything_to_do_the_headline_is_what_is_missing():
    of = record(of=curriculum(whole(activities=1), rules=RULES), modules={"S-X1": held(done=Done(), signed=signed(1))})
    assert said(of) == (
        "Do at least one DOPS and one OCE",
        "The whole portfolio must hold both DOPS and OCE.",
    )


def test_the_headline_of_a_finished_or_closed_portfolio_leads_nowhere():
    done = record(whole(activities=1), modules={"S-X1": held(signed=signed(1))})
    assert top(done) == Headline("Nothing left to do", "Every module is signed off.", None)
    closed = record(whole(), closed=True)
    assert top(closed) == Headline("Nothing to do", "This portfolio is closed.", None)
