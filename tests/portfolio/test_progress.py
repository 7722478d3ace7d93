"""How far: domain.md's rules 1 to 9 in numbers, each computed by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest

from portfolio.assessed import Done
from portfolio.dates import Hours, Leave
from portfolio.progress import Count, module_progress, phase_words, portfolio_progress, programme_month
from portfolio.progress.count import total
from portfolio.requirements import Standing
from portfolio.states import ActivityState, ModuleState
from tests.portfolio.records import (
    DRAFT,
    IN_REVIEW,
    NOT_STARTED,
    RETURNED,
    RULES,
    SIGNED,
    TODAY,
    block,
    confirmed,
    curriculum,
    from_file,
    held,
    module,
    record,
    row,
    signed,
    signing,
    whole,
)

S_C1 = [*[SIGNED] * 12, IN_REVIEW, IN_REVIEW, RETURNED, DRAFT, DRAFT, *[NOT_STARTED] * 3]


def progress_of(facts, code="S-X1", **kept):
    of = record(facts, modules={code: held(*kept.pop("states", ()), **kept)})
    return module_progress(of, of.structure.module(code))


def clinical_informatics(**modules):
    """SBI1-3-23 with 12 of 20 activities of S-C1 signed off."""
    return record(of=from_file("SBI1-3-23"), modules={"S-C1": held(*S_C1), **modules})


# --- counts -----------------------------------------------------------------------------------------------------------


def test_a_count_says_its_number_and_its_base():
    count = Count("activity", signed_off=12, in_review=2, returned=1, draft=2, not_started=3)
    assert (count.done, count.base, count.words, count.short) == (12, 20, "12 of 20 activities", "12 of 20")
    assert count.detail == "12 signed off, 2 in review, 1 returned, 2 draft, 3 not started"


def test_a_count_that_contains_an_unknown_reads_at_least():
    count = Count("required item", signed_off=72, not_started=81, unknown=True)
    assert (count.words, count.short) == ("72 of at least 153 required items", "72 of at least 153")


def test_a_count_without_a_total_stands_without_of():
    count = Count("activity", signed_off=2, draft=1, total_known=False)
    assert (count.words, count.short) == ("2 activities signed off", "2 signed off")
    assert count._replace(signed_off=1).words == "1 activity signed off"


def test_one_thing_is_said_in_the_singular_and_nothing_is_said_to_be_nothing():
    assert Count("activity", not_started=1).words == "0 of 1 activity"
    assert Count("required item", signed_off=1).words == "1 of 1 required item"
    assert Count("activity").words == "0 of 0 activities"
    assert Count("activity").detail == "Nothing to count"


def test_submitted_is_not_done_and_every_state_is_counted_apart():
    elsewhere = ActivityState.SIGNED_ELSEWHERE
    count = Count.of("activity", [SIGNED, elsewhere, IN_REVIEW, IN_REVIEW, RETURNED, DRAFT, NOT_STARTED])
    wanted = {SIGNED: 1, elsewhere: 1, IN_REVIEW: 2, RETURNED: 1, DRAFT: 1, NOT_STARTED: 1}
    assert dict(count.by_state) == wanted
    assert set(dict(count.by_state)) == set(ActivityState)
    assert (count.done, count.base) == (2, 7)


def test_a_sum_adds_each_state_and_contains_an_unknown_as_soon_as_a_part_does():
    parts = [Count("a", 1, 2, 3, 4, 5), Count("b", 10, 20, 30, 40, 50, unknown=True)]
    assert total("item", parts) == Count("item", 11, 22, 33, 44, 55, unknown=True)
    assert total("item", parts[:1]).unknown is False
    assert total("item", []) == Count("item")


# --- rule 1: 100 % exactly when ready or signed off -------------------------------------------------------------------


def test_a_ready_module_reads_100_percent():
    one = progress_of(whole(activities=2), states=[SIGNED, SIGNED])
    assert (one.state, one.percent, one.finished, one.signed_off) == (ModuleState.READY, 100, True, False)


def test_a_signed_module_reads_100_percent_and_stands_with_all_of_its_items():
    one = progress_of(whole(activities=5, assessments=(3, 3), result=True), signed=signed(1, 2, cbd=1, result=True))
    assert (one.state, one.percent, one.words) == (ModuleState.SIGNED_OFF, 100, "4 of 4 required items")


def test_all_items_done_and_assessments_unknown_reads_99_percent():
    one = progress_of(module(known=[1, 2], complete=True), states=[SIGNED, SIGNED])
    assert (one.percent, one.state, one.words) == (99, ModuleState.IN_PROGRESS, "2 of 2 activities")


@pytest.mark.parametrize(
    ("done", "of", "percent"), [(0, 3, 0), (1, 3, 33), (2, 3, 66), (199, 200, 99), (1, 200, 0), (12, 20, 60)]
)
def test_every_other_percentage_is_rounded_down(done, of, percent):
    assert progress_of(whole(activities=of), states=[SIGNED] * done).percent == percent


def test_a_module_without_any_known_item_reads_0_percent_until_it_is_ready():
    assert progress_of(module(complete=True)).percent == 0
    assert progress_of(whole(activities=0)).percent == 100


# --- rule 2: every kind of item counts --------------------------------------------------------------------------------


def test_activities_assessments_and_the_university_result_are_items():
    done = Done(cbd=1, dops=1, oce=1, university_result=True)
    one = progress_of(whole(activities=4, assessments=(2, 3), result=True), states=[SIGNED, SIGNED, DRAFT], done=done)
    assert one.activities.words == "2 of 4 activities"
    assert one.assessments.words == "3 of 5 assessments"
    assert one.result.words == "1 of 1 university result"
    assert one.count == Count("required item", signed_off=6, draft=1, not_started=3)
    assert (one.words, one.short, one.note, one.percent) == ("6 of 10 required items", "6 of 10", "", 60)


def test_an_assessment_too_many_fills_no_other_slot():
    one = progress_of(whole(activities=0, assessments=(1, 2)), done=Done(cbd=9, dops=1))
    assert one.assessments.words == "2 of 3 assessments"
    one = progress_of(whole(activities=0, assessments=(1, 2)), done=Done(dops=5, oce=4))
    assert one.assessments.words == "2 of 3 assessments"


def test_a_university_result_that_is_not_asked_for_counts_nothing():
    one = progress_of(whole(activities=1), done=Done(university_result=True))
    assert (one.result, one.words) == (Count("university result"), "0 of 1 required item")


# --- rules 3 and 4: what is not known ---------------------------------------------------------------------------------


def test_s_c1_shows_12_of_20_activities_and_that_its_assessments_are_not_recorded_yet():
    of = clinical_informatics()
    one = module_progress(of, of.structure.module("S-C1"))
    assert (one.words, one.short, one.note) == ("12 of 20 activities", "12 of 20", "Assessments not recorded yet")
    assert (one.percent, one.share, one.state) == (60, Fraction(3, 5), ModuleState.IN_PROGRESS)
    assert one.activities.detail == "12 signed off, 2 in review, 1 returned, 2 draft, 3 not started"


def test_s_c1_with_all_20_signed_off_reads_99_percent_and_stays_blocked():
    of = clinical_informatics(**{"S-C1": held(*[SIGNED] * 20)})
    one = module_progress(of, of.structure.module("S-C1"))
    assert (one.words, one.percent, len(one.blockers)) == ("20 of 20 activities", 99, 1)


def test_a_module_whose_number_of_activities_is_unknown_has_no_of_no_percentage_and_no_work():
    one = progress_of(module(known=[1]), states=[SIGNED, SIGNED, DRAFT])
    assert (one.words, one.short, one.percent, one.share, one.work) == (
        "2 activities signed off",
        "2 signed off",
        None,
        0,
        0,
    )
    assert one.note == "Activities not recorded yet, assessments not recorded yet"


def test_the_assessments_of_a_module_with_an_unknown_total_still_count():
    one = progress_of(module(assessments=(1, 2), result=True), states=[SIGNED], done=Done(cbd=1))
    assert one.count == Count("required item", signed_off=1, not_started=3, unknown=True)
    assert (one.share, one.work) == (0, 0)
    assert (one.words, one.note) == ("1 activity signed off", "Activities not recorded yet")


def test_an_expected_number_gives_a_total_and_still_is_not_recorded():
    one = progress_of(module(known=[1], expected=4, assessments=(0, 1)), states=[SIGNED, SIGNED])
    assert (one.words, one.percent, one.note) == ("2 of 5 required items", 40, "Activities not recorded yet")
    assert one.count.unknown is True


def test_unknown_assessments_add_nothing_to_the_base():
    assert progress_of(module(known=[1, 2], complete=True)).count.base == 2


def test_a_confirmation_makes_the_total_known():
    one = progress_of(module(), states=[SIGNED, SIGNED], confirmed=confirmed(4, 1, 0))
    assert (one.words, one.note, one.percent) == ("2 of 5 required items", "", 40)
    assert one.count.unknown is False


def test_work_on_a_place_no_longer_required_counts_nothing():
    assert progress_of(whole(activities=2), states=[SIGNED, DRAFT, SIGNED]).words == "1 of 2 required items"


def test_the_done_share_is_1_when_nothing_is_needed():
    assert (progress_of(whole(activities=0)).share, progress_of(whole(activities=0)).work) == (1, 10)


def test_the_done_share_is_0_where_nothing_is_known_to_be_needed_and_the_module_is_blocked():
    assert progress_of(module(complete=True)).share == 0


# --- rule 7: three measures -------------------------------------------------------------------------------------------


def test_clinical_informatics_sums_what_is_known_and_says_at_least():
    """20 in S-C1, 4 rotations of 10, S-C2 10, S-HI-S1 and S2 20, the result of S-C3 1, S-HI-S3 to S5 30: 121.

    S-C4 and the activities of S-C3 have no number and add nothing.
    """
    progress = portfolio_progress(clinical_informatics())
    assert progress.items.words == "12 of at least 121 required items"
    assert (progress.items.done, progress.items.base) == (12, 121)


def test_the_activities_of_a_module_with_an_unknown_total_add_neither_to_done_nor_to_the_base():
    progress = portfolio_progress(clinical_informatics(**{"S-C3": held(SIGNED, SIGNED), "S-C4": held(SIGNED)}))
    assert progress.items.words == "12 of at least 121 required items"
    assert progress.modules["S-C4"].words == "1 activity signed off"


def test_demonstration_science_without_an_option_has_146_required_items():
    """20 in S-C1, 3 in S-C4, 40 rotations, S-C2 11, S1 24, S-C3 10 and its result, S2 13, S4 and S5 24."""
    progress = portfolio_progress(record(of=from_file("DEMO-1-24")))
    assert [block.count.base for block in progress.blocks] == [20, 3, 40, 11, 24, 11, 13 + 24]
    assert progress.items.words == "0 of 146 required items"


def test_demonstration_science_with_the_smaller_option_has_145():
    of = record(of=from_file("DEMO-1-24"), taken={7: 0})
    assert portfolio_progress(of).items.words == "0 of 145 required items"


def test_credits_count_when_the_module_is_signed_off_and_not_before():
    ready = record(whole("A", 1, credits=30), whole("B", 1, credits=150), modules={"A": held(SIGNED)})
    assert portfolio_progress(ready).credits_words == "0 of 180 credits signed off"
    assert portfolio_progress(signing(ready, "A")).credits_words == "30 of 180 credits signed off"


def test_the_credits_of_a_sign_off_are_those_it_stored():
    of = record(whole(credits=10), modules={"S-X1": held(signed=signed(1, credits=8))})
    assert portfolio_progress(of).credits_signed_off == 8


def test_one_activity_of_s_c1_moves_the_items_and_the_work_and_no_credits():
    of = clinical_informatics()
    before = portfolio_progress(of)
    states = [*S_C1[:12], SIGNED, *S_C1[13:]]
    after = portfolio_progress(clinical_informatics(**{"S-C1": held(*states)}))
    assert (before.modules["S-C1"].words, after.modules["S-C1"].words) == ("12 of 20 activities", "13 of 20 activities")
    assert (before.items.done, after.items.done) == (12, 13)
    assert (before.work_so_far, after.work_so_far) == (12, 13)
    assert (before.credits_signed_off, after.credits_signed_off) == (0, 0)


def test_work_so_far_is_the_sum_of_shares_rounded_down_once():
    """10 x 2/3 and 10 x 2/3 are 13.33, where rounding each would make 12."""
    of = record(whole("A"), whole("B"), modules={"A": held(SIGNED, SIGNED), "B": held(SIGNED, SIGNED)})
    assert portfolio_progress(of).work_words == "13 of 20 credits' worth of work"


def test_work_so_far_is_at_most_179_until_all_is_signed_off():
    of = record(whole("A", 1, credits=100), whole("B", 1, credits=80), modules={"A": held(SIGNED), "B": held(SIGNED)})
    assert portfolio_progress(of).work_so_far == 179
    assert portfolio_progress(signing(of, "A")).work_so_far == 179
    assert portfolio_progress(signing(signing(of, "A"), "B")).work_so_far == 180


def test_a_module_of_0_credits_is_required_all_the_same():
    of = record(whole("A", 1, credits=180), whole("B", 1, credits=0), modules={"A": held(SIGNED)})
    progress = portfolio_progress(signing(of, "A"))
    assert (progress.credits_signed_off, progress.work_so_far, progress.modules_words) == (
        180,
        179,
        "1 of 2 modules signed off",
    )
    assert (progress.all_signed_off, progress.complete) == (False, False)


def test_a_programme_is_complete_when_all_modules_are_signed_off_and_both_kinds_are_held():
    of = record(of=curriculum(whole(activities=1), rules=RULES), modules={"S-X1": held(SIGNED, done=Done(dops=1))})
    progress = portfolio_progress(signing(of, "S-X1"))
    assert (progress.all_signed_off, progress.complete, progress.work_so_far) == (True, False, 10)
    both = record(of=of.structure, modules={"S-X1": held(SIGNED, done=Done(dops=1, oce=1))})
    assert portfolio_progress(both).complete is False
    assert portfolio_progress(signing(both, "S-X1")).complete is True


def test_a_curriculum_without_modules_is_not_complete():
    progress = portfolio_progress(record())
    assert (progress.complete, progress.work_so_far, progress.credits_total) == (False, 0, 0)
    assert progress.modules_words == "0 of 0 modules signed off"


def test_modules_signed_off_are_counted_of_those_required():
    of = signing(record(whole("A", 0), whole("B", 1)), "A")
    assert portfolio_progress(of).modules_words == "1 of 2 modules signed off"
    assert portfolio_progress(record(whole())).modules_words == "0 of 1 module signed off"


# --- rule 8: choices --------------------------------------------------------------------------------------------------


def choice(**fields):
    rows = block(
        whole("R", 2), whole("A", 4, credits=20), whole("B", 3), whole("C", 3), options=(("A",), ("B", "C")), credits=30
    )
    return record(rows, **fields)


def test_work_on_an_option_not_taken_yet_is_allowed_and_counts_0():
    of = choice(modules={"R": held(SIGNED), "A": held(SIGNED), "B": held(SIGNED, IN_REVIEW)})
    progress = portfolio_progress(of)
    assert progress.items.words == "1 of 8 required items"
    assert progress.work_so_far == 5
    assert progress.modules["B"].count == Count("required item", not_started=3)
    assert (progress.modules["B"].percent, progress.modules["B"].words) == (0, "0 of 3 required items")
    assert progress.modules["B"].short == "to be chosen"
    assert progress.modules["B"].note == "Option to be chosen: work here counts once it is taken"
    assert progress.modules["B"].state_words == "In progress"
    assert progress.modules["A"].standing is Standing.ANOTHER_OPTION


def test_an_option_taken_counts_and_the_other_counts_nothing():
    of = choice(modules={"A": held(SIGNED), "B": held(SIGNED, IN_REVIEW)}, taken={1: 0})
    progress = portfolio_progress(of)
    assert progress.items.words == "1 of 6 required items"
    assert progress.work_so_far == 5
    other = progress.modules["B"]
    assert (other.count, other.percent, other.work) == (Count("required item"), None, 0)
    assert (other.words, other.state_words) == ("Not in the option taken", "Not in the option taken")
    assert other.short == "not in the option taken"
    assert other.note == "Another option was taken. What was done here is kept and counts nothing."


def test_an_open_choice_with_an_unknown_total_adds_no_activity():
    rows = block(module("A"), options=(("A",),))
    one = portfolio_progress(record(rows, modules={"A": held(SIGNED)})).modules["A"]
    assert (one.count.base, one.words) == (0, "0 activities signed off")


def test_a_choice_adds_only_its_required_modules_to_the_credits():
    of = signing(choice(modules={"R": held(SIGNED, SIGNED)}), "R")
    assert portfolio_progress(of).credits_words == "10 of 30 credits signed off"
    of = signing(choice(modules={"A": held(*[SIGNED] * 4)}, taken={1: 0}), "A")
    assert portfolio_progress(of).credits_words == "20 of 30 credits signed off"


@pytest.mark.parametrize("taken", [{}, {1: 1}])
def test_no_sign_off_counts_in_an_option_that_is_not_taken(taken):
    rows = block(whole("A", 2), whole("B", 1), options=(("A",), ("B",)))
    progress = portfolio_progress(record(rows, modules={"A": held(signed=signed(1, 2))}, taken=taken))
    assert (progress.credits_signed_off, progress.work_so_far, progress.modules_signed_off) == (0, 0, 0)
    assert (progress.modules["A"].credits_signed_off, progress.modules["A"].work) == (0, 0)


def test_an_unknown_in_an_option_not_taken_does_not_make_the_sum_uncertain():
    rows = block(whole("A", 1), module("B"), options=(("A",), ("B",)))
    taken = portfolio_progress(record(rows, taken={1: 0}))
    assert (taken.items.unknown, taken.modules["B"].count.unknown) == (False, False)
    assert portfolio_progress(record(rows, taken={1: 1})).items.unknown is True


# --- rule 9: a sign-off stands ----------------------------------------------------------------------------------------


def test_what_a_curriculum_gains_after_a_sign_off_changes_no_number():
    before = record(whole("A", 2), modules={"A": held(SIGNED, SIGNED, signed=signed(1, 2))})
    after = record(whole("A", 9, (3, 3)), modules=before.modules)
    assert portfolio_progress(before).items == portfolio_progress(after).items
    assert portfolio_progress(after).complete is True


def test_editing_evidence_never_moves_progress():
    few = record(whole(), modules={"S-X1": held(rows=[row(1, SIGNED, pages=1), row(2, DRAFT, pages=1)])})
    many = record(whole(), modules={"S-X1": held(rows=[row(1, SIGNED, pages=5), row(2, DRAFT, pages=7)])})
    assert portfolio_progress(few).items == portfolio_progress(many).items
    assert portfolio_progress(few).work_so_far == portfolio_progress(many).work_so_far


# --- rows of the programme --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (held(), held(), ModuleState.NOT_STARTED),
        (held(DRAFT), held(), ModuleState.IN_PROGRESS),
        (held(SIGNED), held(), ModuleState.IN_PROGRESS),
        (held(SIGNED), held(SIGNED), ModuleState.READY),
        (held(SIGNED, signed=signed(1)), held(SIGNED), ModuleState.READY),
        (held(SIGNED, signed=signed(1)), held(), ModuleState.IN_PROGRESS),
        (held(SIGNED, signed=signed(1)), held(SIGNED, signed=signed(1)), ModuleState.SIGNED_OFF),
    ],
)
def test_a_row_is_signed_off_when_all_of_its_modules_are(first, second, together):
    of = record(block(whole("A", 1), whole("B", 1)), modules={"A": first, "B": second})
    assert portfolio_progress(of).blocks[0].state == together


def test_a_row_with_an_open_choice_is_never_ready_or_signed_off():
    rows = block(whole("R", 1), whole("A", 0), options=(("A",),))
    progress = portfolio_progress(record(rows, modules={"R": held(SIGNED, signed=signed(1))}))
    assert (progress.blocks[0].state, progress.blocks[0].to_be_chosen) == (ModuleState.IN_PROGRESS, True)
    progress = portfolio_progress(record(rows, modules={"A": held(DRAFT)}))
    assert progress.blocks[0].state == ModuleState.IN_PROGRESS


def test_a_row_without_modules_is_not_started():
    assert portfolio_progress(record(block())).blocks[0].state == ModuleState.NOT_STARTED


def test_a_row_with_a_choice_shows_all_of_its_modules_and_counts_some():
    row_ = portfolio_progress(choice(taken={1: 0})).blocks[0]
    assert [one.module.code for one in row_.modules] == ["R", "A", "B", "C"]
    assert [one.module.code for one in row_.counted] == ["R", "A"]
    assert (row_.to_be_chosen, row_.option.taken, row_.phase) == (False, 0, "Throughout")


# --- phases and months ------------------------------------------------------------------------------------------------


def test_phases_are_said_in_words():
    assert [phase_words(phase) for phase in (None, 1, 2, 3)] == ["Throughout", "Phase 1", "Phase 2", "Phase 3"]


@pytest.mark.parametrize(
    ("starts_on", "words"),
    [
        (TODAY, "Year 1, month 1"),
        (TODAY.replace(month=2), "Year 1, month 2"),
        (TODAY.replace(month=2, day=13), "Year 1, month 1"),
        (TODAY.replace(year=2025, month=4), "Year 1, month 12"),
        (TODAY.replace(year=2025), "Year 2, month 13"),
        (TODAY.replace(year=2024, month=9, day=16), "Year 2, month 18"),
        (TODAY.replace(day=13), "Not started yet"),
        (None, ""),
    ],
)
def test_the_month_of_the_programme_is_the_one_that_is_running(starts_on, words):
    assert programme_month(record(whole(), starts_on=starts_on), TODAY) == words


def test_leave_and_part_time_count_in_the_month_of_the_programme():
    of = record(whole(), starts_on=TODAY.replace(year=2025))
    assert programme_month(of, TODAY) == "Year 2, month 13"
    away = replace(of, leave=(Leave(TODAY.replace(year=2025, month=6), TODAY.replace(year=2025, month=9)),))
    assert programme_month(away, TODAY) == "Year 1, month 9"
    gone = replace(of, leave=(Leave(TODAY.replace(year=2025, month=6), None),))
    assert programme_month(gone, TODAY) == programme_month(gone, TODAY.replace(year=2040)) == "Year 1, month 4"
    half = replace(of, hours=(Hours(TODAY.replace(year=2025), 50),))
    assert programme_month(half, TODAY) == "Year 1, month 6"
