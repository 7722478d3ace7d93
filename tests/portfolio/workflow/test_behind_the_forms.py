"""What the steps refuse by themselves: the forms before them say it first, but a form is no lock."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from audit.chain import append
from audit.models import Event
from curriculum.structure import INSTANCE
from outbox.models import Mail
from portfolio import ledger, proof
from portfolio.models import (
    Activity,
    Assessment,
    CalendarFeed,
    Evidence,
    GoalAction,
    NominationAnswer,
    ReviewMeeting,
    ReviewSignature,
    Role,
    SignCode,
    SignLink,
    StoredFile,
)
from portfolio.progress import do_next
from portfolio.states import ActivityState
from portfolio.workflow import (
    TABLES,
    AskFor,
    Correct,
    Incomplete,
    Redirect,
    TimeOf,
    TooLate,
    nominations,
    perform,
    snippets,
    writing,
)
from portfolio.workflow import plan as planning
from portfolio.workflow.assessments.planning import planned_seen
from portfolio.workflow.assessments.reflecting import reflect
from portfolio.workflow.erasing import erase
from portfolio.workflow.feedback.answering import Said, answer
from portfolio.workflow.feedback.report import as_text, report
from portfolio.workflow.feedback.using import use
from portfolio.workflow.goals import writing as goals
from portfolio.workflow.goals.writing import ActionText, GoalText
from portfolio.workflow.machine import Step
from portfolio.workflow.one_off import codes
from portfolio.workflow.reviews.subject import as_signed
from portfolio.workflow.waiting_letters import sign_review
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast_with_slots(cast: Cast) -> Cast:
    cast.portfolio = make.with_assessments(cast.portfolio)
    return cast


# --- activities ---------------------------------------------------------------------------------------------------


def test_a_state_without_a_decision_is_not_unlocked(cast: Cast) -> None:
    activity = make.drafted(cast.portfolio)
    Activity.objects.filter(pk=activity.pk).update(state=ActivityState.SIGNED_OFF)
    with pytest.raises(TooLate, match="no decision to unlock"):
        perform("unlock", activity, by=cast.officer, reason="It was never signed.")


def test_what_is_with_somebody_who_may_decide_is_not_handed_over(cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    with pytest.raises(Incomplete, match="There is nothing to hand over"):
        perform("hand over", item.activity, by=cast.administrator, given=Redirect(cast.second_assessor))


def test_a_page_without_a_title_or_a_date_is_not_saved(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    make.change(page, save=False, title=" ")
    with pytest.raises(Incomplete, match="Enter a title"):
        writing.save(page, by=cast.trainee)
    make.change(page, save=False, title="A title", happened_on=None)
    with pytest.raises(Incomplete, match="Enter the date you did it"):
        writing.save(page, by=cast.trainee)


def test_a_page_that_is_in_no_bin_is_left_where_it_is(cast: Cast) -> None:
    page = make.page(cast.portfolio)
    before = Event.objects.count()
    writing.recover(page, by=cast.trainee)
    assert Event.objects.count() == before


def test_a_file_that_another_page_has_too_outlives_the_page_that_is_erased(cast: Cast) -> None:
    kept, gone = make.page(cast.portfolio, "Kept"), make.page(cast.portfolio, "Gone")
    sha256 = make.attachment(kept).file.sha256
    assert make.attachment(gone).file.sha256 == sha256
    writing.discard(gone, by=cast.trainee)
    gone.refresh_from_db()
    type(gone).objects.filter(pk=gone.pk).update(binned_at=gone.binned_at - timedelta(days=40))
    assert erase(gone)
    assert StoredFile.objects.filter(sha256=sha256).exists()


# --- assessments --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"happens_on": None}, "Enter the day it was"),
        ({"kind": "CBD", "case_reference": " "}, "your own reference for the case"),
        ({"kind": "XYZ"}, "not in your curriculum"),
    ],
)
def test_a_plan_that_lacks_something_is_refused(cast_with_slots: Cast, given: dict[str, Any], said: str) -> None:
    plan = replace(make.plan(), **given)
    with pytest.raises(Incomplete, match=said):
        perform("plan", make.slot(cast_with_slots.portfolio), by=cast_with_slots.trainee, given=plan)


def test_a_cbd_does_not_become_an_observation(cast_with_slots: Cast) -> None:
    row = make.planned(cast_with_slots.portfolio, "CBD")
    with pytest.raises(Incomplete, match="A CBD stays a CBD"):
        perform("plan", row, by=cast_with_slots.trainee, seen=planned_seen(row), given=make.plan("DOPS"))


def test_an_attempt_follows_one_that_did_not_succeed_of_the_same_slots(cast_with_slots: Cast) -> None:
    of = cast_with_slots.portfolio
    case = make.assessed(of, cast_with_slots.assessor, "not_yet_satisfactory", kind="CBD")
    with pytest.raises(Incomplete, match="the same assessment of the same module"):
        perform("plan", make.slot(of), by=of.trainee, given=make.plan("DOPS", attempt_of=case))
    well = make.assessed(of, cast_with_slots.assessor)
    with pytest.raises(TooLate, match="has changed since this page was opened"):
        perform("plan", make.slot(of), by=of.trainee, given=make.plan("DOPS", attempt_of=well))


def test_a_new_attempt_follows_the_one_that_holds_the_last_slot_and_none_follows_a_full_module(
    cast_with_slots: Cast,
) -> None:
    of, assessor = cast_with_slots.portfolio, cast_with_slots.assessor
    make.assessed(of, assessor), make.assessed(of, assessor, kind="OCE")
    before = make.assessed(of, assessor, "not_yet_satisfactory")
    with pytest.raises(Incomplete, match="as the next attempt after one of them"):
        perform("plan", make.slot(of), by=of.trainee, given=make.plan())
    after = perform("plan", make.slot(of), by=of.trainee, given=make.plan(attempt_of=before)).subject
    perform("ask", after, by=of.trainee, given=AskFor(assessor, declared=True))
    make.complete(make.assessment(after))
    with pytest.raises(TooLate, match="No DOPS slot of S-A1 is open any more"):
        perform("plan", make.slot(of), by=of.trainee, given=make.plan())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"outcome": "excellent"}, "Choose Satisfactory or Not yet"),
        ({"outcome": "not_yet_satisfactory", "to_develop": " "}, "Say what to develop"),
        ({"outcome": "not_yet_satisfactory", "action": ""}, "what you agreed"),
        ({"standing": False}, "Confirm your standing"),
    ],
)
def test_a_mark_form_that_lacks_something_is_refused(cast_with_slots: Cast, given: dict[str, Any], said: str) -> None:
    row = make.asked(cast_with_slots.portfolio, cast_with_slots.assessor)
    filled = replace(make.completed(row), **given)
    with pytest.raises(Incomplete, match=said):
        perform("complete", row, by=cast_with_slots.assessor, seen=make.seen_of(row), given=filled)


def test_what_is_no_longer_as_it_was_asked_is_not_assessed(cast_with_slots: Cast) -> None:
    row = make.asked(cast_with_slots.portfolio, cast_with_slots.assessor)
    Assessment.objects.filter(pk=row.pk).update(what="Something else.")
    with pytest.raises(TooLate, match="no longer as it was asked"):
        perform("complete", row, by=cast_with_slots.assessor, seen=make.seen_of(row), given=make.completed(row))


def test_a_cbd_has_no_other_kind(cast_with_slots: Cast) -> None:
    row = make.assessed(cast_with_slots.portfolio, cast_with_slots.assessor, kind="CBD")
    with pytest.raises(TooLate, match="has no other kind"):
        perform("correct the kind", row, by=cast_with_slots.assessor, seen=make.seen_of(row), given=Correct({}))


def test_a_reflection_comes_after_the_outcome_and_says_something(cast_with_slots: Cast) -> None:
    of = cast_with_slots.portfolio
    with pytest.raises(TooLate, match="once the assessor has recorded the outcome"):
        reflect(make.planned(of), "Too early.", by=of.trainee)
    with pytest.raises(Incomplete, match="Write your reflection"):
        reflect(make.assessed(of, cast_with_slots.assessor), " ", by=of.trainee)


def test_who_may_assess_no_more_is_not_told_that_it_was_taken_back(cast_with_slots: Cast) -> None:
    row = make.asked(cast_with_slots.portfolio, cast_with_slots.assessor)
    Role.objects.filter(user=cast_with_slots.assessor).update(ends_on=make.today() - timedelta(days=1))
    told = Mail.objects.count()
    perform("withdraw", row, by=cast_with_slots.trainee)
    assert Mail.objects.count() == told


def test_an_assessment_with_nobody_is_the_trainees_next_step(cast_with_slots: Cast) -> None:
    row = make.asked(cast_with_slots.portfolio, cast_with_slots.assessor)
    Role.objects.filter(user=cast_with_slots.assessor).update(ends_on=make.today() - timedelta(days=1))
    first = do_next(ledger.read_one(cast_with_slots.portfolio), today=make.today())[0]
    assert (first.words, first.why) == (
        f"{row.module.code} {row.kind}",
        "It is with nobody who can decide.",
    )


def test_nobody_without_a_declaration_is_asked(cast_with_slots: Cast) -> None:
    row = make.planned(cast_with_slots.portfolio)
    with pytest.raises(Incomplete, match="could identify a patient"):
        perform("ask", row, by=cast_with_slots.trainee, given=AskFor(cast_with_slots.assessor))


# --- elsewhere, goals, plan, snippets, feedback -------------------------------------------------------------------


def test_an_activity_that_was_signed_elsewhere_has_a_number_and_is_named_once(cast: Cast) -> None:
    with pytest.raises(Incomplete, match="Enter the number of the activity"):
        make.signed_elsewhere(cast.portfolio, cast.officer, make.entry("S-C1", None))
    with pytest.raises(Incomplete, match="An activity is named twice"):
        make.signed_elsewhere(cast.portfolio, cast.officer, make.entry(), make.entry())


def test_what_was_not_signed_elsewhere_is_not_taken_back(cast: Cast) -> None:
    activity = make.signed_off(cast.portfolio, cast.assessor)
    Activity.objects.filter(pk=activity.pk).update(state=ActivityState.SIGNED_ELSEWHERE)
    with pytest.raises(TooLate, match="no record of another system"):
        perform("void elsewhere", activity, by=cast.officer, reason="Of somebody else.")


def test_an_action_of_a_goal_has_a_date_and_is_there_still(cast: Cast) -> None:
    row = make.goal(cast.portfolio, actions=["Ask for a chair"])
    text = GoalText(row.title, row.why, row.criteria, row.target_on)
    with pytest.raises(Incomplete, match="Enter the date by which you will do each action"):
        goals.change_goal(row, text, [ActionText("Book a room")], opened=goals.seen(row), by=cast.trainee)
    with pytest.raises(TooLate, match="was taken away after you opened this form"):
        goals.change_goal(row, text, [ActionText("Book a room", of="gone")], opened=goals.seen(row), by=cast.trainee)
    action = row.actions.get()
    goals.mark_not_done(action, by=cast.trainee)  # it was not ticked off: nothing happens
    assert GoalAction.objects.get().done_on is None
    goals.change_goal(row, text, [ActionText("", of=action.aid)], opened=goals.seen(row), by=cast.trainee)
    with pytest.raises(TooLate, match="This action was taken away"):
        goals.mark_done(action, make.today(), by=cast.trainee)


def test_nothing_chosen_is_not_planned_and_no_address_is_not_stopped(cast: Cast) -> None:
    with pytest.raises(Incomplete, match="Tick at least one activity"):
        planning.put(cast.portfolio, planning.Put([]), by=cast.trainee)
    planning.stop_address(cast.portfolio, by=cast.trainee)
    assert not CalendarFeed.objects.exists()


@pytest.mark.parametrize(("text", "said"), [("  ", "Write the text"), ("x" * 1_001, "1,000 characters or fewer")])
def test_a_snippet_says_something_and_is_short(cast: Cast, text: str, said: str) -> None:
    with pytest.raises(Incomplete, match=said):
        snippets.add(text, by=cast.assessor)


def test_an_answer_is_on_the_scale_and_says_something(cast: Cast) -> None:
    make.questionnaire(cast.portfolio)
    subject = make.feedback_round(cast.portfolio)
    token = next(iter(make.invited(subject, 1).values()))
    empty = [Said() for _ in subject.row.questions]
    with pytest.raises(Incomplete, match="Answer at least one question"):
        answer(token, empty, by=AnonymousUser())
    with pytest.raises(Incomplete, match="one of the answers that the page offers"):
        answer(token, [Said(rating=99), *empty[1:]], by=AnonymousUser())


# --- codes, and the machine itself --------------------------------------------------------------------------------


def test_a_code_that_was_tried_out_or_proved_meanwhile_proves_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.linked(cast.portfolio, cast.officer)
    link = SignLink.objects.get()
    codes.send_code(link)
    digits = make.coded(link.address)
    SignCode.objects.update(tries=codes.MOST_TRIES)
    with pytest.raises(Incomplete, match="works no longer"):
        codes.prove(link, digits)
    with monkeypatch.context() as before:
        before.setattr(codes, "newest", lambda way: SignCode.objects.get())  # as it was a moment before
        with pytest.raises(Incomplete, match="works no longer"):
            codes.prove(link, digits)
    SignCode.objects.update(tries=0)

    def proved_meanwhile(code: SignCode, typed: str) -> bool:
        SignCode.objects.filter(pk=code.pk).update(proved_at=code.sent_at)
        return True

    monkeypatch.setattr(SignCode, "is_for", proved_meanwhile)
    with pytest.raises(Incomplete, match="works no longer"):
        codes.prove(link, digits)


def test_somebody_who_was_approved_elsewhere_at_this_moment_is_one_person(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make.nominated(cast.portfolio)
    there = User.objects.create_user(row.address, one_off=True, name=row.name)
    monkeypatch.setattr(nominations, "account_of", lambda row: None)  # as it looked a moment before
    make.approved(row, cast.officer)
    assert NominationAnswer.objects.get().assessor == there


def test_a_review_whose_salt_is_none_does_not_agree(cast: Cast) -> None:
    of = make.with_rules(cast.portfolio)
    make.review_planned(of, cast.officer)
    meeting = make.review_signed(of, officer=cast.officer).meeting
    assert meeting is not None
    assert as_signed(meeting) is not None
    meeting.salt = "no hexadecimal"
    assert as_signed(meeting) is None


def test_a_signature_that_waits_for_nobody_is_not_written_of(cast: Cast) -> None:
    of = make.with_rules(cast.portfolio)
    make.review_planned(of, cast.officer)
    make.review_signed(of, trainee=False, officer=cast.officer)
    row = ReviewSignature.objects.get()
    (letter,) = sign_review(row)
    assert letter.to.email == cast.trainee.email
    ReviewMeeting.objects.filter(pk=row.meeting_id).update(point="gone")
    (letter,) = sign_review(ReviewSignature.objects.get())
    assert "the review “gone”" in letter.subject
    User.objects.filter(pk=cast.trainee.pk).update(is_active=False)
    assert list(sign_review(ReviewSignature.objects.get())) == []


def test_a_page_of_a_report_that_was_erased_is_missed_by_no_check(cast: Cast) -> None:
    page = use(make.feedback_released(cast.portfolio, cast.officer).opened, by=cast.trainee, eid="")
    writing.save(page, by=cast.trainee)
    writing.discard(page, by=cast.trainee)
    long_ago = make.today() - timedelta(days=40)
    Evidence.objects.filter(pk=page.pk).update(binned_at=f"{long_ago}T12:00Z")
    assert erase(page)
    assert [str(found) for found in (*proof.reports(), *proof.revisions())] == []


def test_a_role_that_was_taken_back_before_its_first_day_is_missed_by_no_check(cast: Cast) -> None:
    make.appointments_told()
    for last, missed in (("2026-01-31", 0), ("2026-02-02", 1)):
        facts = {"role": 1_000_000 + missed, "from": "2026-02-01", "to": last}
        append(INSTANCE, "role given", by=cast.administrator, data=facts)
        assert len(list(proof.appointments())) == missed


def test_the_working_time_has_a_name(cast: Cast) -> None:
    assert TABLES[TimeOf].words(TimeOf(cast.portfolio)) == "The working time"


def test_a_question_to_which_nobody_wrote_anything_says_so() -> None:
    reported = report([{"text": "What else?", "hint": "", "points": []}], [])
    assert "Nobody wrote anything here." in as_text(reported, answered=8, digest="0")


def test_a_step_leads_where_its_row_says_and_leaves_an_event(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = TABLES[Activity].steps
    step: Step = steps["withdraw"]
    astray = replace(steps["unlock"], which=lambda move, subject: "nowhere")
    with pytest.raises(AssertionError, match="its row does not say so"):
        astray.target(None, None, ActivityState.SIGNED_OFF)  # type: ignore[arg-type]
    monkeypatch.setitem(steps, "withdraw", replace(step, act=lambda move: None))
    item = make.in_review(cast.portfolio, cast.assessor)
    with pytest.raises(AssertionError, match="left no event"):
        perform("withdraw", item.activity, by=cast.trainee)
    assert Activity.objects.get(pk=item.activity_id).state == ActivityState.IN_REVIEW
