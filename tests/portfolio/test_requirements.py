"""What a module needs and what is missing: domain.md's rules 1 to 5, 8 and 9, sentence by sentence."""

from dataclasses import replace
from datetime import date

import pytest

from portfolio.assessed import Done, Waiting
from portfolio.record import Feedback
from portfolio.requirements import (
    At,
    Blocker,
    BlockerKind,
    Mender,
    Source,
    Standing,
    Who,
    added_after_sign_off,
    blockers,
    grouped,
    missing_kinds,
    module_state,
    modules_that_count,
    needs,
    next_number,
    option_state,
    places,
    portfolio_blockers,
    replaced_since_confirmed,
    required_modules,
    standing,
)
from portfolio.requirements.words import spans
from portfolio.states import ModuleState
from tests.portfolio.records import (
    DRAFT,
    IN_REVIEW,
    NOT_STARTED,
    RETURNED,
    RULES,
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


def needs_of(facts, **kept):
    of = record(facts, modules={facts.code: held(**kept)})
    return needs(of, of.structure.module(facts.code))


def missing(of, code="S-X1"):
    return blockers(of, of.structure.module(code))


def kinds(of, code="S-X1"):
    return [blocker.kind for blocker in missing(of, code)]


def state(of, code="S-X1"):
    return module_state(of, of.structure.module(code))


# --- rule 1: complete means signable ----------------------------------------------------------------------------------


def test_a_module_without_blockers_is_ready():
    of = record(whole(activities=2), modules={"S-X1": held(SIGNED, SIGNED)})
    assert missing(of) == ()
    assert state(of) == ModuleState.READY


def test_one_activity_that_is_not_signed_off_holds_a_module_back():
    of = record(whole(activities=2), modules={"S-X1": held(SIGNED, IN_REVIEW)})
    assert kinds(of) == [BlockerKind.IN_REVIEW]
    assert state(of) == ModuleState.IN_PROGRESS


def test_a_signed_module_has_no_blockers_whatever_is_missing_now():
    of = record(whole(activities=3, assessments=(1, 1)), modules={"S-X1": held(signed=signed(1))})
    assert missing(of) == ()
    assert state(of) == ModuleState.SIGNED_OFF


def test_a_module_that_needs_nothing_is_ready():
    assert state(record(whole(activities=0))) == ModuleState.READY


@pytest.mark.parametrize("begun", [DRAFT, IN_REVIEW, RETURNED, SIGNED])
def test_a_module_is_in_progress_as_soon_as_one_activity_is_begun(begun):
    assert state(record(whole(), modules={"S-X1": held(NOT_STARTED, begun)})) == ModuleState.IN_PROGRESS


@pytest.mark.parametrize("done", [Done(cbd=1), Done(dops=1), Done(oce=1), Done(university_result=True)])
def test_a_module_is_in_progress_as_soon_as_one_assessment_is_done(done):
    of = record(whole(assessments=(2, 2)), modules={"S-X1": held(NOT_STARTED, done=done)})
    assert state(of) == ModuleState.IN_PROGRESS


def test_a_module_whose_rows_are_all_not_started_is_not_started():
    assert state(record(whole(), modules={"S-X1": held(NOT_STARTED)})) == ModuleState.NOT_STARTED


def test_a_blocker_of_a_returned_activity_says_who_returned_it_when_and_why():
    of = record(whole(activities=1), modules={"S-X1": held(RETURNED)})
    assert missing(of) == (
        Blocker(
            kind=BlockerKind.RETURNED,
            words="Revise activity 1, Task 1",
            reason="Returned by Ana Reyes on 11 March 2026: “Add the action plan.”",
            who=Who.TRAINEE,
            at=At("activity", "S-X1", 1),
            number=1,
        ),
    )


def test_long_feedback_is_shortened_to_120_characters_and_one_line():
    told = Feedback("a\n\n" + "b" * 500, "Ana Reyes", at(11))
    of = record(whole(activities=1), modules={"S-X1": held(rows=[row(1, RETURNED, feedback=told)])})
    assert missing(of)[0].reason == f"Returned by Ana Reyes on 11 March 2026: “a {'b' * 117}…”"


def test_a_return_just_before_midnight_is_dated_as_in_london():
    told = Feedback("Add it.", "Ana Reyes", at(30, 6).replace(hour=23, minute=30))
    of = record(whole(activities=1), modules={"S-X1": held(rows=[row(1, RETURNED, feedback=told)])})
    assert missing(of)[0].reason == "Returned by Ana Reyes on 1 July 2026: “Add it.”"


def test_a_returned_activity_without_a_word_is_still_a_blocker():
    of = record(whole(activities=1), modules={"S-X1": held(rows=[row(1, RETURNED, feedback=None)])})
    assert missing(of)[0].reason == "Returned."


def test_a_blocker_of_an_activity_in_review_leads_to_its_submission_and_names_the_assessor():
    of = record(whole(activities=1), modules={"S-X1": held(IN_REVIEW)})
    assert missing(of) == (
        Blocker(
            kind=BlockerKind.IN_REVIEW,
            words="Wait for activity 1, Task 1",
            reason="With Sam Okoro since 3 March 2026.",
            who=Who.ASSESSOR,
            at=At("submission", "S-X1", 1, "sub1"),
            number=1,
        ),
    )


def test_an_item_whose_assessor_can_no_longer_decide_asks_trainee_or_officer_for_another():
    waiting = Waiting("sub1", None, 7, at(3), date(2026, 3, 17))
    of = record(whole(activities=1), modules={"S-X1": held(rows=[row(1, IN_REVIEW, waiting=waiting)])})
    there = At("submission", "S-X1", 1, "sub1")
    assert missing(of) == (
        Blocker(
            kind=BlockerKind.WITH_NOBODY,
            words="Choose another assessor for activity 1, Task 1",
            reason="It is with nobody who can decide.",
            who=Who.TRAINEE,
            at=there,
            number=1,
            also=Mender(Who.OFFICER, there),
        ),
    )


def test_an_item_in_review_that_nobody_holds_is_never_taken_for_waiting():
    of = record(whole(activities=1), modules={"S-X1": held(rows=[row(1, IN_REVIEW, waiting=None)])})
    assert [(one.kind, one.at) for one in missing(of)] == [(BlockerKind.WITH_NOBODY, At("activity", "S-X1", 1))]


@pytest.mark.parametrize(
    ("kept", "words", "reason"),
    [
        (row(1, DRAFT, pages=1), "Submit activity 1, Task 1", "Draft, 1 page of evidence."),
        (row(1, DRAFT, pages=3), "Submit activity 1, Task 1", "Draft, 3 pages of evidence."),
        (row(1, DRAFT, pages=0), "Link evidence to activity 1, Task 1", "Draft, no evidence is linked."),
        (row(1, NOT_STARTED), "Start activity 1, Task 1", "Not started."),
    ],
)
def test_what_the_trainee_can_do_alone_leads_to_the_activity(kept, words, reason):
    of = record(whole(activities=1), modules={"S-X1": held(rows=[kept])})
    assert [(one.words, one.reason, one.who, one.at) for one in missing(of)] == [
        (words, reason, Who.TRAINEE, At("activity", "S-X1", 1))
    ]


def test_blockers_are_listed_with_what_can_be_done_now_first_and_waiting_last():
    of = record(
        module(complete=True, known=range(1, 6), result=True),
        modules={"S-X1": held(IN_REVIEW, NOT_STARTED, DRAFT, RETURNED, SIGNED)},
    )
    assert kinds(of) == [
        BlockerKind.RETURNED,
        BlockerKind.DRAFT,
        BlockerKind.NOT_STARTED,
        BlockerKind.UNIVERSITY_RESULT,
        BlockerKind.ASSESSMENTS_UNKNOWN,
        BlockerKind.IN_REVIEW,
    ]


def test_a_page_says_in_one_line_which_activities_are_not_started():
    of = record(
        whole(activities=20),
        modules={"S-X1": held(*[SIGNED] * 2, NOT_STARTED, *[SIGNED] * 3, NOT_STARTED, SIGNED, RETURNED)},
    )
    assert len(missing(of)) == 14
    assert [(one.words, one.at, one.who) for one in grouped(missing(of))] == [
        ("Revise activity 9, Task 9", At("activity", "S-X1", 9), Who.TRAINEE),
        ("Start 13 activities: 3, 7 and 10 to 20", At("module", "S-X1"), Who.TRAINEE),
    ]


def test_a_single_activity_not_started_keeps_its_own_line():
    found = missing(record(whole(activities=1)))
    assert grouped(found) == found
    assert grouped(()) == ()


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([], ""), ([4], "4"), ([4, 3], "3 and 4"), ([1, 2, 3], "1 to 3"), ([1, 3, 7, 8, 9], "1, 3 and 7 to 9")],
)
def test_numbers_are_said_as_spans(numbers, words):
    assert spans(numbers) == words


def test_every_kind_of_blocker_has_a_shape():
    assert {kind.icon for kind in BlockerKind} == {"returned", "draft", "none", "review", "alert"}


# --- rule 2: what a module needs --------------------------------------------------------------------------------------


def test_a_module_needs_its_number_of_case_based_discussions():
    of = record(whole(activities=0, assessments=(3, 0)), modules={"S-X1": held(done=Done(cbd=1))})
    assert [(one.kind, one.words, one.reason) for one in missing(of)] == [
        (
            BlockerKind.CBD,
            "Do 2 more case-based discussions (CBD)",
            "1 of 3 satisfactory.",
        )
    ]


def test_one_case_based_discussion_is_said_in_the_singular():
    assert missing(record(whole(activities=0, assessments=(1, 0))))[0].words == "Do 1 more case-based discussion (CBD)"


@pytest.mark.parametrize("done", [Done(dops=2), Done(oce=2), Done(dops=1, oce=1)])
def test_dops_and_oce_fill_the_slots_in_any_mix(done):
    of = record(whole(activities=0, assessments=(0, 2)), modules={"S-X1": held(done=done)})
    assert missing(of) == ()


def test_a_case_based_discussion_fills_no_observed_slot_and_the_other_way_round():
    of = record(whole(activities=0, assessments=(1, 1)), modules={"S-X1": held(done=Done(cbd=5))})
    assert kinds(of) == [BlockerKind.OBSERVED]
    of = record(whole(activities=0, assessments=(1, 1)), modules={"S-X1": held(done=Done(dops=5))})
    assert kinds(of) == [BlockerKind.CBD]


def test_open_observed_slots_are_said_with_how_many_are_done():
    of = record(whole(activities=0, assessments=(0, 3)), modules={"S-X1": held(done=Done(dops=1, oce=1))})
    assert [(one.words, one.reason, one.who, one.at) for one in missing(of)] == [
        (
            "Do 1 more DOPS or OCE",
            "2 of 3 satisfactory.",
            Who.TRAINEE,
            At("assessment_new", "S-X1", kind="observed"),
        )
    ]


def test_a_module_that_says_so_needs_the_university_result():
    facts = whole(activities=0, result=True)
    assert [(one.kind, one.words, one.reason) for one in missing(record(facts))] == [
        (
            BlockerKind.UNIVERSITY_RESULT,
            "Record the university's result",
            "The module needs it.",
        )
    ]
    assert missing(record(facts, modules={"S-X1": held(done=Done(university_result=True))})) == ()


# --- rule 3: unknown blocks -------------------------------------------------------------------------------------------


def test_a_module_without_an_assessments_key_is_blocked_and_two_people_can_mend_it():
    of = record(module(known=[1], complete=True), modules={"S-X1": held(SIGNED)})
    assert missing(of) == (
        Blocker(
            kind=BlockerKind.ASSESSMENTS_UNKNOWN,
            words="Assessments not recorded yet",
            reason=(
                "The curriculum does not say how many assessments there are. The training officer can confirm it "
                "for this portfolio, or an administrator can record it in the curriculum."
            ),
            who=Who.OFFICER,
            at=At("requirements", "S-X1"),
            also=Mender(Who.ADMINISTRATOR, At("curriculum_module", "S-X1")),
        ),
    )


@pytest.mark.parametrize("numbers", [(0, None), (None, 0)])
def test_one_unknown_number_of_assessments_blocks_as_two_do(numbers):
    of = record(module(complete=True, assessments=numbers))
    assert kinds(of) == [BlockerKind.ASSESSMENTS_UNKNOWN]


def test_an_incomplete_list_blocks_even_when_every_expected_place_is_signed_off():
    of = record(module(known=[1], expected=2, assessments=(0, 0)), modules={"S-X1": held(SIGNED, SIGNED)})
    assert [(one.kind, one.words) for one in missing(of)] == [
        (BlockerKind.ACTIVITIES_UNKNOWN, "Activities not recorded yet")
    ]


def test_a_list_without_an_expected_number_blocks():
    assert kinds(record(module(assessments=(0, 0)))) == [BlockerKind.ACTIVITIES_UNKNOWN]


def test_a_known_zero_of_assessments_blocks_nothing():
    assert missing(record(module(complete=True, assessments=(0, 0)))) == ()


def test_a_confirmation_lifts_the_block_for_this_portfolio():
    of = record(module(known=[1]), modules={"S-X1": held(SIGNED, confirmed=confirmed(1, 0, 0))})
    assert missing(of) == ()


def test_a_confirmation_of_one_half_leaves_the_other_unknown():
    of = record(module(), modules={"S-X1": held(confirmed=confirmed(0))})
    assert kinds(of) == [BlockerKind.ASSESSMENTS_UNKNOWN]
    of = record(module(), modules={"S-X1": held(confirmed=confirmed(None, 0, 0))})
    assert kinds(of) == [BlockerKind.ACTIVITIES_UNKNOWN]


def test_a_confirmation_of_no_activities_at_all_is_enough():
    of = record(module(), modules={"S-X1": held(confirmed=confirmed(0, 0, 0))})
    assert needs(of, of.structure.module("S-X1")).activities == ()
    assert state(of) == ModuleState.READY


def test_confirming_more_than_the_known_places_adds_places_to_this_portfolio_only():
    facts = module(known=[1, 2])
    of = record(facts, modules={"S-X1": held(confirmed=confirmed(4, 0, 0))})
    assert [place.number for place in places(of, of.structure.module("S-X1"))] == [1, 2, 3, 4]
    other = record(facts)
    assert [place.number for place in places(other, other.structure.module("S-X1"))] == [1, 2]


def test_no_number_is_derived_from_credits():
    assert needs_of(module(credits=60)).activities is None
    assert needs_of(module(credits=10)) == needs_of(module(credits=60))


# --- rule 4: required activities --------------------------------------------------------------------------------------


def test_a_complete_list_is_what_is_required_whatever_was_expected_or_confirmed():
    wanted = needs_of(module(known=[1, 2, 5], complete=True, expected=9), confirmed=confirmed(7))
    assert (wanted.activities, wanted.activities_from) == ((1, 2, 5), Source.CURRICULUM)


def test_a_confirmed_number_requires_the_places_up_to_it_whatever_is_expected():
    wanted = needs_of(module(known=[1], expected=10), confirmed=confirmed(3))
    assert (wanted.activities, wanted.activities_from) == ((1, 2, 3), Source.CONFIRMED)


@pytest.mark.parametrize(("known", "expected", "last"), [([1, 2], 4, 4), ([3, 7], 4, 7), ([], 2, 2), ([], 0, 0)])
def test_without_a_confirmation_the_places_go_up_to_the_larger_of_known_and_expected(known, expected, last):
    wanted = needs_of(module(known=known, expected=expected))
    assert wanted.activities == tuple(range(1, last + 1))
    assert wanted.activities_from == Source.EXPECTED


def test_else_the_number_of_activities_is_unknown():
    wanted = needs_of(module(known=[1, 2]))
    assert (wanted.activities, wanted.activities_from, wanted.total_known) == (None, Source.UNKNOWN, False)


def test_a_confirmation_supplies_only_what_the_curriculum_does_not_know():
    wanted = needs_of(module(known=[1], complete=True, assessments=(1, 2)), confirmed=confirmed(9, 8, 7))
    assert (wanted.activities, wanted.cbd, wanted.observed) == ((1,), 1, 2)
    assert (wanted.cbd_from, wanted.observed_from) == (Source.CURRICULUM, Source.CURRICULUM)
    wanted = needs_of(module(), confirmed=confirmed(2, 8, 7))
    assert (wanted.activities, wanted.cbd, wanted.observed) == ((1, 2), 8, 7)
    assert (wanted.cbd_from, wanted.observed_from) == (Source.CONFIRMED, Source.CONFIRMED)


def test_a_number_that_the_curriculum_gains_replaces_the_confirmed_one_until_the_module_is_signed_off():
    before = module(known=[1])
    after = module(known=[1, 2, 3], complete=True, assessments=(1, 0))
    agreed = confirmed(2, 0, 0)
    assert needs_of(before, confirmed=agreed).activities == (1, 2)
    assert needs_of(after, confirmed=agreed).activities == (1, 2, 3)
    assert needs_of(after, confirmed=agreed).cbd == 1
    kept = needs_of(after, confirmed=agreed, signed=signed(1, 2))
    assert (kept.activities, kept.cbd, kept.activities_from) == ((1, 2), 0, Source.SIGNED)


def test_trainee_and_officer_are_told_which_confirmed_number_was_replaced():
    def told(facts, **kept):
        of = record(facts, modules={"S-X1": held(**kept)})
        return replaced_since_confirmed(of, of.structure.module("S-X1"))

    gained = whole(activities=3, assessments=(1, 0))
    assert told(gained, confirmed=confirmed(2, 0, 0)) == (
        "activities: the curriculum now asks for 3, in place of the 2 confirmed for this portfolio",
        "CBD: the curriculum now asks for 1, in place of the 0 confirmed for this portfolio",
    )
    assert told(whole(assessments=(0, 2)), confirmed=confirmed(3, 0, 1)) == (
        "DOPS or OCE: the curriculum now asks for 2, in place of the 1 confirmed for this portfolio",
    )
    assert told(module(known=[1, 4]), confirmed=confirmed(2)) == (
        "activities: the curriculum now asks for 4, in place of the 2 confirmed for this portfolio",
    )
    assert told(gained, confirmed=confirmed(3, 1, 0)) == ()
    assert told(gained, confirmed=confirmed()) == ()
    assert told(gained) == ()
    assert told(gained, confirmed=confirmed(2, 0, 0), signed=signed(1, 2, 3, cbd=1)) == ()


def test_an_activity_that_the_curriculum_gains_beyond_the_confirmed_number_is_required():
    assert needs_of(module(known=[1, 4]), confirmed=confirmed(2)).activities == (1, 2, 3, 4)


def test_work_on_a_place_no_longer_required_is_kept_and_blocks_nothing():
    of = record(whole(activities=1), modules={"S-X1": held(SIGNED, RETURNED)})
    shown = places(of, of.structure.module("S-X1"))
    assert [(one.number, one.required, one.why_not, one.state) for one in shown] == [
        (1, True, "", SIGNED),
        (2, False, "not required", RETURNED),
    ]
    assert missing(of) == ()


def test_of_an_unknown_total_every_place_of_the_curriculum_is_shown_and_none_is_required_yet():
    of = record(module(known=[2, 4]), modules={"S-X1": held(rows=[row(5, DRAFT)])})
    shown = places(of, of.structure.module("S-X1"))
    assert [(one.number, one.why_not) for one in shown] == [(number, "not required yet") for number in range(1, 6)]


def test_the_trainee_may_add_the_next_number_where_the_total_is_unknown():
    of = record(module(known=[1]), modules={"S-X1": held(rows=[row(3, DRAFT)])})
    assert next_number(of, of.structure.module("S-X1")) == 4
    empty = record(module())
    assert next_number(empty, empty.structure.module("S-X1")) == 1


@pytest.mark.parametrize(
    ("facts", "kept"),
    [
        (module(known=[1], complete=True), {}),
        (module(expected=3), {}),
        (module(), {"confirmed": confirmed(0)}),
        (module(), {"signed": signed(1)}),
    ],
)
def test_no_number_can_be_added_where_the_total_is_known(facts, kept):
    of = record(facts, modules={"S-X1": held(**kept)})
    assert next_number(of, of.structure.module("S-X1")) is None


def test_an_added_number_counts_once_it_is_required():
    kept = [row(1, SIGNED), row(2, SIGNED)]
    of = record(module(known=[1]), modules={"S-X1": held(rows=kept)})
    assert [place.required for place in places(of, of.structure.module("S-X1"))] == [False, False]
    of = record(module(known=[1]), modules={"S-X1": held(rows=kept, confirmed=confirmed(2, 0, 0))})
    assert [place.required for place in places(of, of.structure.module("S-X1"))] == [True, True]


def test_the_curriculums_wording_goes_before_the_trainees_label():
    label = {"label_type": "ETA", "label_title": "My words"}
    of = record(
        module(known=[1], expected=4),
        modules={"S-X1": held(rows=[row(1, DRAFT, **label), row(2, DRAFT, **label), row(3, DRAFT)])},
    )
    shown = places(of, of.structure.module("S-X1"))
    assert [(one.type, one.title, one.entered_by_trainee, one.name, one.pages) for one in shown] == [
        ("DTA", "Task 1", False, "activity 1, Task 1", 1),
        ("ETA", "My words", True, "activity 2, My words", 1),
        ("", "", False, "activity 3", 1),
        ("", "", False, "activity 4", 0),
    ]


# --- rule 5: both DOPS and OCE ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "lacking", "words"),
    [
        (Done(), ("DOPS", "OCE"), ["Do at least one DOPS and one OCE"]),
        (Done(dops=2), ("OCE",), ["Do at least one OCE"]),
        (Done(oce=2), ("DOPS",), ["Do at least one DOPS"]),
        (Done(dops=1, oce=1), (), []),
    ],
)
def test_the_whole_portfolio_must_hold_both_kinds_from_day_one(done, lacking, words):
    of = record(of=curriculum(whole(), rules=RULES), modules={"S-X1": held(done=done, signed=signed(1, 2, 3))})
    assert missing_kinds(of) == lacking
    assert [one.words for one in portfolio_blockers(of)] == words


def test_the_two_kinds_may_come_from_different_modules():
    of = record(
        of=curriculum(whole("A"), whole("B"), rules=RULES),
        modules={"A": held(done=Done(dops=1)), "B": held(done=Done(oce=1))},
    )
    assert missing_kinds(of) == ()


def test_the_missing_kind_holds_back_completion_and_no_module():
    of = record(of=curriculum(whole(activities=0), rules=RULES))
    assert state(of) == ModuleState.READY
    assert BlockerKind.BOTH_KINDS in [one.kind for one in portfolio_blockers(of)]


@pytest.mark.parametrize(
    ("rules", "lacking"),
    [
        (None, ("DOPS", "OCE")),
        (RULES, ("DOPS", "OCE")),
        ({"portfolio": {"both_dops_and_oce": False}}, ()),
        ({"portfolio": {}}, ()),
        ({}, ()),
    ],
)
def test_only_a_rules_file_that_does_not_ask_for_both_lifts_the_rule(rules, lacking):
    assert missing_kinds(record(of=curriculum(whole(), rules=rules))) == lacking


def test_the_last_open_slot_says_which_kind_the_portfolio_lacks():
    rows = (whole("A", 0, (0, 2)), whole("B", 0, (0, 2)))
    of = record(of=curriculum(*rows, rules=RULES), modules={"A": held(done=Done(dops=2)), "B": held(done=Done(dops=1))})
    assert [one.reason for one in missing(of, "B")] == [
        "1 of 2 satisfactory. This portfolio has no OCE yet and needs one."
    ]


def test_the_last_two_open_slots_say_that_both_kinds_are_lacking():
    of = record(of=curriculum(whole(activities=0, assessments=(0, 2)), rules=RULES))
    assert [one.reason for one in missing(of)] == [
        "0 of 2 satisfactory. This portfolio has no DOPS and no OCE yet and needs one."
    ]


def test_an_open_slot_that_is_not_the_last_says_nothing_of_kinds():
    rows = (whole("A", 0, (0, 2)), whole("B", 0, (0, 1)))
    of = record(of=curriculum(*rows, rules=RULES), modules={"A": held(done=Done(dops=1))})
    assert [one.reason for one in missing(of, "A")] == ["1 of 2 satisfactory."]


def test_slots_filled_twice_in_one_module_do_not_hide_open_ones_in_another():
    rows = (whole("A", 0, (0, 1)), whole("B", 0, (0, 2)))
    of = record(of=curriculum(*rows, rules=RULES), modules={"A": held(done=Done(dops=9))})
    assert [one.reason for one in missing(of, "B")] == ["0 of 2 satisfactory."]


def test_an_assessment_in_an_option_not_taken_does_not_count_as_one_of_the_kinds():
    rows = block(whole("A"), whole("B"), options=(("A",), ("B",)))
    of = record(of=curriculum(rows, rules=RULES), modules={"B": held(done=Done(dops=1, oce=1))})
    assert missing_kinds(of) == ("DOPS", "OCE")
    assert missing_kinds(replace(of, taken={1: 0})) == ("DOPS", "OCE")
    assert missing_kinds(replace(of, taken={1: 1})) == ()


# --- the portfolio as a whole -----------------------------------------------------------------------------------------


def test_every_required_module_that_is_not_signed_off_holds_back_completion():
    of = record(
        whole("A", 2),
        whole("B", 1),
        whole("C", 0),
        whole("D", 1),
        modules={"B": held(SIGNED, signed=signed(1)), "D": held(DRAFT)},
    )
    assert [(one.kind, one.words, one.reason, one.who, one.at) for one in portfolio_blockers(of)] == [
        (BlockerKind.MODULE, "Complete A", "2 things missing.", Who.TRAINEE, At("module", "A")),
        (BlockerKind.MODULE, "Sign off C", "Ready to sign off.", Who.OFFICER, At("sign_off", "C")),
        (BlockerKind.MODULE, "Complete D", "1 thing missing.", Who.TRAINEE, At("module", "D")),
    ]


def test_an_open_choice_is_one_blocker_of_the_portfolio():
    rows = block(whole("A"), whole("B"), options=(("A",), ("B",)), title="Specialist module(s)")
    assert [(one.kind, one.words, one.reason, one.who, one.at) for one in portfolio_blockers(record(rows))] == [
        (
            BlockerKind.OPTION_NOT_TAKEN,
            "Choose an option for Specialist module(s)",
            "The option is not taken.",
            Who.TRAINEE,
            At("option", "A"),
        )
    ]
    assert [one.words for one in portfolio_blockers(record(rows, taken={1: 1}))] == ["Complete B"]


# --- rule 8: choices --------------------------------------------------------------------------------------------------


def choice(**fields):
    """R is everybody's; either A (4 items), or B and C (5 items together)."""
    rows = block(
        whole("R", 1), whole("A", 3, (1, 0)), whole("B", 2), whole("C", 2, (0, 1)), options=(("A",), ("B", "C"))
    )
    return record(rows, **fields)


def test_the_option_with_more_known_items_supplies_the_base():
    option = option_state(choice(), choice().structure.blocks[0])
    assert (option.taken, option.base, option.codes) == (None, 1, ("B", "C"))
    assert [one.code for one in modules_that_count(choice())] == ["R", "B", "C"]
    assert [one.code for one in required_modules(choice())] == ["R"]


def test_of_two_options_with_as_many_items_the_first_listed_supplies_the_base():
    rows = block(whole("A", 2), whole("B", 2), options=(("A",), ("B",)))
    assert [one.code for one in modules_that_count(record(rows))] == ["A"]


def test_a_confirmation_can_make_an_option_the_larger_one():
    rows = block(whole("A", 2), module("B"), options=(("A",), ("B",)))
    assert [one.code for one in modules_that_count(record(rows))] == ["A"]
    of = record(rows, modules={"B": held(confirmed=confirmed(3))})
    assert [one.code for one in modules_that_count(of)] == ["B"]


def test_a_choice_counts_only_the_option_taken():
    of = choice(taken={1: 0})
    option = option_state(of, of.structure.blocks[0])
    assert (option.taken, option.base, option.codes) == (0, 0, ("A",))
    assert [one.code for one in required_modules(of)] == ["R", "A"]
    assert [one.code for one in modules_that_count(of)] == ["R", "A"]


def test_a_row_without_a_choice_has_no_option():
    of = record(whole())
    assert option_state(of, of.structure.blocks[0]) is None


@pytest.mark.parametrize(
    ("taken", "standings"),
    [
        ({}, [Standing.REQUIRED, Standing.ANOTHER_OPTION, Standing.TO_BE_CHOSEN, Standing.TO_BE_CHOSEN]),
        ({1: 0}, [Standing.REQUIRED, Standing.REQUIRED, Standing.NOT_TAKEN, Standing.NOT_TAKEN]),
        ({1: 1}, [Standing.REQUIRED, Standing.NOT_TAKEN, Standing.REQUIRED, Standing.REQUIRED]),
    ],
)
def test_what_each_module_of_a_choice_is_to_the_portfolio(taken, standings):
    of = choice(taken=taken)
    assert [standing(of, one) for one in of.structure.modules] == standings


@pytest.mark.parametrize("code", ["A", "B"])
def test_a_module_of_a_choice_is_blocked_until_the_option_is_taken(code):
    done = held(SIGNED, SIGNED, SIGNED, done=Done(cbd=1))
    of = choice(modules={code: done})
    assert [(one.kind, one.words, one.reason) for one in missing(of, code)] == [
        (
            BlockerKind.OPTION_NOT_TAKEN,
            "Choose an option for Specialist module(s)",
            "The option is not taken.",
        )
    ]
    assert state(choice(modules={code: done}, taken={1: 0 if code == "A" else 1}), code) == ModuleState.READY


def test_a_module_of_an_option_not_taken_is_never_ready_and_its_work_is_kept():
    of = choice(modules={"A": held(SIGNED, SIGNED, SIGNED, done=Done(cbd=1))}, taken={1: 1})
    assert [(one.kind, one.words) for one in missing(of, "A")] == [
        (BlockerKind.OPTION_NOT_TAKEN, "A is not in the option taken")
    ]
    shown = places(of, of.structure.module("A"))
    assert [(one.state, one.required, one.why_not) for one in shown] == [(SIGNED, False, "not in the option taken")] * 3
    assert state(of, "A") == ModuleState.IN_PROGRESS


def test_changing_the_option_loses_nothing():
    of = choice(modules={"A": held(SIGNED, SIGNED, SIGNED, done=Done(cbd=1))}, taken={1: 1})
    assert state(replace(of, taken={1: 0}), "A") == ModuleState.READY


# --- rule 9: a sign-off stands ----------------------------------------------------------------------------------------


def test_a_sign_off_keeps_the_requirements_it_was_made_against():
    facts = module(known=[1, 2, 3], complete=True, assessments=(2, 2), result=True)
    wanted = needs_of(facts, signed=signed(1, 2, cbd=1), confirmed=confirmed(9, 9, 9))
    assert (wanted.activities, wanted.cbd, wanted.observed, wanted.university_result) == ((1, 2), 1, 0, False)
    assert (wanted.activities_from, wanted.cbd_from, wanted.observed_from) == (Source.SIGNED,) * 3


def test_an_activity_that_the_curriculum_gains_later_is_shown_and_not_required():
    of = record(whole(activities=3), modules={"S-X1": held(SIGNED, SIGNED, rows=[row(4, DRAFT)], signed=signed(1, 2))})
    shown = places(of, of.structure.module("S-X1"))
    assert [(one.number, one.why_not) for one in shown] == [
        (1, ""),
        (2, ""),
        (3, "added after sign-off, not required here"),
        (4, "not required"),
    ]


def test_assessments_that_the_curriculum_gains_later_are_shown_and_not_required():
    facts = whole(assessments=(1, 3))
    of = record(facts, modules={"S-X1": held(signed=signed(1, observed=1))})
    assert added_after_sign_off(of, facts) == (
        "1 CBD, added after sign-off, not required here",
        "2 DOPS or OCE, added after sign-off, not required here",
    )
    assert added_after_sign_off(record(facts), facts) == ()
    fewer = record(facts, modules={"S-X1": held(signed=signed(1, cbd=1, observed=4))})
    assert added_after_sign_off(fewer, facts) == ()
    unknown = record(module(), modules={"S-X1": held(signed=signed(1))})
    assert added_after_sign_off(unknown, module()) == ()


def test_how_many_pages_an_activity_has_changes_nothing_that_is_missing_of_signed_work():
    many = record(whole(activities=1), modules={"S-X1": held(rows=[row(1, SIGNED, pages=9)])})
    none = record(whole(activities=1), modules={"S-X1": held(rows=[row(1, SIGNED, pages=0)])})
    assert missing(many) == missing(none) == ()


# --- the real curricula -----------------------------------------------------------------------------------------------


def test_s_c1_of_clinical_informatics_asks_for_20_activities_and_unknown_assessments():
    of = record(of=from_file("SBI1-3-23"))
    wanted = needs(of, of.structure.module("S-C1"))
    assert (wanted.activities, wanted.cbd, wanted.observed) == (tuple(range(1, 21)), None, None)
    assert kinds(of, "S-C1")[-1] == BlockerKind.ASSESSMENTS_UNKNOWN


def test_s_c4_can_be_confirmed_to_need_nothing():
    of = record(of=from_file("SBI1-3-23"), modules={"S-C4": held(confirmed=confirmed(0, 0, 0))})
    assert state(of, "S-C4") == ModuleState.READY


def test_of_two_options_of_20_activities_the_first_listed_supplies_the_base_of_haematology():
    of = record(of=from_file("SLS1-2-23"))
    assert [one.code for one in modules_that_count(of)][-2:] == ["S-HT-S5", "S-HT-S2"]


def test_the_larger_option_of_demonstration_science_is_the_one_of_two_modules():
    of = record(of=from_file("DEMO-1-24"))
    assert [one.code for one in modules_that_count(of)][-3:] == ["D-DM-S2", "D-DM-S4", "D-DM-S5"]
