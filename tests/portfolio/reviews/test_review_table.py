"""Every state × action × person of a review meeting and of working time, and what their steps write."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse

from audit.checks import Finding
from audit.models import Event
from portfolio import ledger, proof
from portfolio.models import (
    Interruption,
    Portfolio,
    ReviewAction,
    ReviewMeeting,
    ReviewSignature,
    Role,
    WorkingTime,
)
from portfolio.progress import do_next
from portfolio.states import LeaveKind, Met, RoleKind, Side
from portfolio.states import ReviewState as State
from portfolio.workflow import Incomplete, NotAllowed, Refused, ReviewOf, TimeOf, TooLate, available, perform
from portfolio.workflow.reviews import Agree, Notes, Plan, ReviewTable, Which, agreed, notes_seen, shown
from portfolio.workflow.training_time import Away, Gone, TimeTable, Works
from tests import make
from tests.cast import Cast
from tests.portfolio.workflow.test_activity_table import everything

OFFICERS = {"officer", "coordinator"}
BOTH = OFFICERS | {"trainee"}
KEEPERS = OFFICERS | {"administrator", "cohort_administrator"}
HELD = {State.SIGNED_BY_TRAINEE, State.SIGNED_BY_OFFICER, State.SIGNED_BY_BOTH}
LEGAL: dict[str, tuple[set[str], set[str]]] = {
    "plan review": ({State.NOT_PLANNED, State.PLANNED}, BOTH),
    "write review notes": ({State.PLANNED}, BOTH),
    "agree action": ({State.PLANNED}, BOTH),
    "drop action": ({State.PLANNED}, BOTH),
    "sign review as trainee": ({State.PLANNED, State.SIGNED_BY_OFFICER}, {"trainee"}),
    "sign review as officer": ({State.PLANNED, State.SIGNED_BY_TRAINEE}, OFFICERS),
    "record review again": (HELD, BOTH),
    "complete action": (HELD | {State.PLANNED}, BOTH),
    "reopen action": (HELD | {State.PLANNED}, BOTH),
}


def reach(state: str, cast: Cast) -> None:
    """With an action for each side; the trainee's is the first."""
    if state == State.NOT_PLANNED:
        return
    make.review_planned(cast.portfolio, cast.officer)
    for side in Side:
        make.agreed_action(cast.portfolio, cast.officer, f"For the {side}", side)
    officer = None if state in (State.PLANNED, State.SIGNED_BY_TRAINEE) else cast.officer
    if state != State.PLANNED:
        make.review_signed(cast.portfolio, trainee=state != State.SIGNED_BY_OFFICER, officer=officer)


def arguments(action: str, subject: ReviewOf, name: str) -> dict[str, Any]:
    side = Side.TRAINEE if name == "trainee" else Side.OFFICER
    meeting, today = subject.meeting, make.today()
    actions = list(ReviewAction.objects.order_by("pk"))
    first = actions[0].pk if actions else 0
    if action == "plan review":
        return {"given": Plan(today)}
    if action == "write review notes":
        return {"given": Notes("What we said."), "seen": notes_seen(meeting, side) if meeting else ""}
    if action == "agree action":
        return {"given": Agree("Write it up", Side.TRAINEE, today + timedelta(days=9))}
    if action == "drop action":
        return {"given": Which(first)}
    if action in ("complete action", "reopen action"):
        own = [row.pk for row in actions if row.side == side]
        return {"given": Which(own[0] if own else 0)}
    if action == "record review again":
        return {"given": Plan(today), "reason": "The date was wrong."}
    return {"seen": shown(subject) if meeting else ""}


def test_the_tables_have_exactly_these_steps() -> None:
    assert set(ReviewTable.steps) == set(LEGAL)
    assert set(TimeTable.steps) == {"record training time", "change training time", "remove training time"}


@pytest.mark.parametrize("state", list(State))
def test_every_action_on_a_review_by_everybody(
    cast: Cast, of: Portfolio, state: str, django_capture_on_commit_callbacks: Any
) -> None:
    reach(state, cast)
    before = everything()
    mail.outbox.clear()
    for action, (sources, who) in LEGAL.items():
        for name, person in cast.people().items():
            subject = ReviewOf.read(of, 1)
            assert subject.state == state
            legal = state in sources and name in who
            said = f"{action} by {name} from {state}"
            assert (action in available(subject, of, by=person)) == legal, said
            given = arguments(action, subject, name)
            late = action == "complete action" and state != State.SIGNED_BY_BOTH  # nothing is agreed before
            late = late or action == "reopen action"  # nothing is done
            if legal and not late:
                with transaction.atomic():
                    perform(action, subject, by=person, **given)
                    assert everything() != before, said
                    transaction.set_rollback(True)
            else:
                with pytest.raises(Refused) as refusal, django_capture_on_commit_callbacks(execute=True):
                    perform(action, subject, by=person, **given)
                assert refusal.value.status == (403 if state in sources and not legal else 409), said
    assert everything() == before
    assert mail.outbox == []


@pytest.mark.parametrize("state", list(State))
def test_in_a_closed_portfolio_no_step_of_a_review_can_be_taken(cast: Cast, of: Portfolio, state: str) -> None:
    reach(state, cast)
    perform("close portfolio", of, by=cast.administrator, reason="Completed.")
    of.refresh_from_db()
    for action in LEGAL:
        subject = ReviewOf.read(of, 1)
        for name in ("trainee", "officer", "administrator"):
            assert available(subject, of, by=cast.people()[name]) == {}
            with pytest.raises(NotAllowed):
                perform(action, subject, by=cast.people()[name], **arguments(action, subject, name))


# --- signing ------------------------------------------------------------------------------------------------------


def test_both_sign_the_same_digest_with_the_figures_of_the_first_day(cast: Cast, of: Portfolio) -> None:
    reach(State.SIGNED_BY_TRAINEE, cast)
    first = ReviewMeeting.objects.get()
    make.signed_off(of, cast.assessor)  # the figures have moved on since
    subject = ReviewOf.read(of, 1)
    perform("sign review as officer", subject, by=cast.officer, seen=shown(subject))
    rows = {row.side: row for row in ReviewSignature.objects.all()}
    assert {row.digest for row in rows.values()} == {first.digest}
    assert json.loads(ReviewMeeting.objects.get().manifest)["figures"]["items"] == "0 of at least 7 required items"
    trainee, officer = rows[Side.TRAINEE], rows[Side.OFFICER]
    assert (trainee.signer, trainee.role, trainee.role_kind) == (cast.trainee, None, "")
    assert (officer.signer, officer.role_kind, officer.signer_registration) == (cast.officer, "officer", "CS00001")
    assert ReviewOf.read(of, 1).state == State.SIGNED_BY_BOTH
    assert ledger.read_one(of, reviews=True).meetings[0].held_on == make.today()


def test_the_trainee_signs_as_the_trainee_whatever_role_a_row_gives_them(cast: Cast, of: Portfolio) -> None:
    make.role(of, cast.trainee, RoleKind.COORDINATOR)
    make.review_signed(of)
    row = ReviewSignature.objects.get()
    assert (row.side, row.role, row.role_kind) == (Side.TRAINEE, None, "")
    assert Role.objects.filter(user=cast.trainee).count() == 1


def test_what_changed_since_the_page_was_opened_is_not_signed(cast: Cast, of: Portfolio) -> None:
    reach(State.PLANNED, cast)
    stale = shown(ReviewOf.read(of, 1))
    subject = ReviewOf.read(of, 1)
    assert subject.meeting is not None
    perform(
        "write review notes",
        subject,
        by=cast.trainee,
        given=Notes("More."),
        seen=notes_seen(subject.meeting, Side.TRAINEE),
    )
    for seen in (stale, "", None):
        with pytest.raises(TooLate):
            perform("sign review as officer", ReviewOf.read(of, 1), by=cast.officer, seen=seen)
    assert ReviewSignature.objects.count() == 0


def test_a_sign_off_between_page_and_signature_is_too_late_for_the_first_signature(cast: Cast, of: Portfolio) -> None:
    reach(State.PLANNED, cast)
    stale = shown(ReviewOf.read(of, 1))
    make.signed_off(of, cast.assessor)
    with pytest.raises(TooLate):
        perform("sign review as officer", ReviewOf.read(of, 1), by=cast.officer, seen=stale)


def test_what_was_changed_behind_the_first_signature_is_not_signed_by_the_second(cast: Cast, of: Portfolio) -> None:
    reach(State.SIGNED_BY_TRAINEE, cast)
    ReviewMeeting.objects.update(trainee_notes="Something else.")
    subject = ReviewOf.read(of, 1)
    with pytest.raises(TooLate):
        perform("sign review as officer", subject, by=cast.officer, seen=shown(subject))


def test_nobody_signs_before_the_day_of_the_meeting(cast: Cast, of: Portfolio) -> None:
    make.review_planned(of, cast.officer, on=make.today() + timedelta(days=1))
    subject = ReviewOf.read(of, 1)
    with pytest.raises(Incomplete, match="Sign once it has been held"):
        perform("sign review as officer", subject, by=cast.officer, seen=shown(subject))


def test_two_who_write_the_officers_notes_do_not_lose_each_others_words(cast: Cast, of: Portfolio) -> None:
    reach(State.PLANNED, cast)
    subject = ReviewOf.read(of, 1)
    assert subject.meeting is not None
    seen = notes_seen(subject.meeting, Side.OFFICER)
    perform("write review notes", subject, by=cast.officer, given=Notes("Mine."), seen=seen)
    with pytest.raises(TooLate):
        perform("write review notes", subject, by=cast.coordinator, given=Notes("Also mine."), seen=seen)
    assert ReviewMeeting.objects.get().officer_notes == "Mine."
    assert ReviewMeeting.objects.get().trainee_notes == ""


def test_a_correction_is_a_new_record_and_takes_the_place_of_the_old_one_once_both_signed(
    cast: Cast, of: Portfolio
) -> None:
    reach(State.SIGNED_BY_BOTH, cast)
    before = ReviewMeeting.objects.values().get()
    perform(
        "record review again", ReviewOf.read(of, 1), by=cast.trainee, given=Plan(make.today()), reason="One is missing."
    )
    assert ReviewMeeting.objects.values().get(number=1) == before
    make.agreed_action(of, cast.officer, "The missing one", Side.TRAINEE)

    def actions() -> list[str]:
        return [action.what for _, action in ledger.read_one(of, reviews=True).open_actions]

    assert actions() == ["For the trainee", "For the officer"]
    assert [row.what for row in agreed(ReviewOf.read(of, 1))] == ["For the trainee", "For the officer"]
    make.review_signed(of, officer=cast.officer)
    assert actions() == ["The missing one"]
    assert ReviewMeeting.objects.get(number=2).reason == "One is missing."


def test_an_action_is_marked_as_done_once_by_the_side_that_has_it(cast: Cast, of: Portfolio) -> None:
    reach(State.SIGNED_BY_BOTH, cast)
    of_trainee, of_officer = ReviewAction.objects.order_by("pk")
    subject = ReviewOf.read(of, 1)
    with pytest.raises(TooLate):
        perform("complete action", subject, by=cast.trainee, given=Which(of_officer.pk))
    perform("complete action", subject, by=cast.trainee, given=Which(of_trainee.pk))
    with pytest.raises(TooLate):
        perform("complete action", subject, by=cast.trainee, given=Which(of_trainee.pk))
    of_trainee.refresh_from_db()
    assert (of_trainee.done_by, of_trainee.done_at is not None) == (cast.trainee, True)
    assert list(proof.signed_rows()) == []  # what was signed says nothing of whether it is done


def test_an_action_that_was_marked_too_early_is_opened_again_by_the_side_that_has_it(cast: Cast, of: Portfolio) -> None:
    reach(State.SIGNED_BY_BOTH, cast)
    of_trainee, of_officer = ReviewAction.objects.order_by("pk")
    for row, by in ((of_trainee, cast.trainee), (of_officer, cast.officer)):
        with pytest.raises(TooLate):
            perform("reopen action", ReviewOf.read(of, 1), by=by, given=Which(row.pk))
        perform("complete action", ReviewOf.read(of, 1), by=by, given=Which(row.pk))
    with pytest.raises(TooLate):
        perform("reopen action", ReviewOf.read(of, 1), by=cast.trainee, given=Which(of_officer.pk))
    perform("reopen action", ReviewOf.read(of, 1), by=cast.trainee, given=Which(of_trainee.pk))
    of_trainee.refresh_from_db()
    assert (of_trainee.done_by, of_trainee.done_at) == (None, None)
    perform("complete action", ReviewOf.read(of, 1), by=cast.trainee, given=Which(of_trainee.pk))
    assert list(proof.signed_rows()) == []


def test_a_review_point_that_gets_another_name_keeps_its_meetings(cast: Cast, of: Portfolio) -> None:
    reach(State.SIGNED_BY_BOTH, cast)
    points = [{**one} for one in make.REVIEW_RULES["review_points"]]
    points[0] |= {"name": "Six-month check-in", "key": "Check-in"}
    of = make.with_rules(of, {"review_points": points})
    subject = ReviewOf.read(of, 1)
    assert (subject.point.name, subject.state, subject.point.met) == (
        "Six-month check-in",
        State.SIGNED_BY_BOTH,
        Met.MET,
    )
    step = next(step for step in do_next(subject.record, today=make.today()) if step.tag == "Agreed")
    assert (step.at.page, step.at.number) == ("review_point", 1)
    assert "Agreed in “Six-month check-in”" in step.why
    perform("record review again", subject, by=cast.trainee, given=Plan(make.today()), reason="One is missing.")
    make.review_signed(of, officer=cast.officer)
    assert list(ReviewMeeting.objects.order_by("number").values_list("point", "number")) == [
        ("Check-in", 1),
        ("Check-in", 2),
    ]
    assert list(proof.signed_rows()) == []
    points[0].pop("key")
    assert ReviewOf.read(make.with_rules(of, {"review_points": points}), 1).state == State.NOT_PLANNED


def test_the_queue_and_the_history_call_a_review_point_by_the_name_and_number_that_it_has_today(
    cast: Cast, of: Portfolio, client: Client
) -> None:
    reach(State.PLANNED, cast)
    first, second = ({**one} for one in make.REVIEW_RULES["review_points"])
    of = make.with_rules(of, {"review_points": [second, first | {"name": "Six-month check-in", "key": "Check-in"}]})
    client.force_login(cast.officer)
    assert "sign Six-month check-in" in client.get(reverse("reviewing")).text
    history = reverse("history", args=[of.ref])
    planned = client.get(history).context["entries"][-1]
    assert planned["what"].startswith("Planned the review “Six-month check-in” for ")
    assert planned["more"] == [{"text": "Six-month check-in", "href": reverse("review_point", args=[of.ref, 2])}]
    make.with_rules(of, {"review_points": [second]})
    planned = client.get(history).context["entries"][-1]
    assert (planned["what"].startswith("Planned the review “Check-in” for "), planned["more"]) == (True, [])


def test_an_action_is_due_on_the_day_of_the_meeting_or_later_and_says_something(cast: Cast, of: Portfolio) -> None:
    reach(State.PLANNED, cast)
    for what, days, field in (("Too early", -2, "by_when"), (" ", 2, "what"), ("x" * 301, 2, "what")):
        with pytest.raises(Incomplete) as refused:
            make.agreed_action(of, cast.officer, what, Side.TRAINEE, days=days)
        assert set(refused.value.errors) == {field}
    with pytest.raises(Incomplete) as late:
        make.agreed_action(of, cast.officer, "Far off", Side.TRAINEE, days=20 * 366)
    assert late.value.errors == {"by_when": "This is more than 20 years after the training began. Check the year."}


@pytest.mark.parametrize(
    ("days", "said"), [(-5000, "The training began on "), (20 * 366, "This is more than 20 years")]
)
def test_a_meeting_before_the_training_or_twenty_years_after_it_began_is_a_slip(
    cast: Cast, of: Portfolio, days: int, said: str
) -> None:
    with pytest.raises(Incomplete) as refused:
        make.review_planned(of, cast.officer, on=make.today() + timedelta(days=days))
    assert refused.value.errors["on"].startswith(said)


def test_the_events_hold_no_free_text(cast: Cast, of: Portfolio) -> None:
    reach(State.PLANNED, cast)
    subject = ReviewOf.read(of, 1)
    assert subject.meeting is not None
    seen = notes_seen(subject.meeting, Side.TRAINEE)
    perform("write review notes", subject, by=cast.trainee, given=Notes("A secret word."), seen=seen)
    make.review_signed(of, officer=cast.officer)
    perform("record review again", ReviewOf.read(of, 1), by=cast.trainee, given=Plan(make.today()), reason="A slip.")
    make.training_time(of, cast.officer, Away(make.today(), None, LeaveKind.SICK, "A hidden note."))
    told = " ".join(Event.objects.values_list("data", flat=True))
    for text in ("A secret word.", "A slip.", "A hidden note.", "For the trainee"):
        assert text not in told


# --- proof --------------------------------------------------------------------------------------------------------

CHANGES: dict[str, Any] = {
    "the notes": lambda: ReviewMeeting.objects.update(officer_notes="Another."),
    "the day": lambda: ReviewMeeting.objects.update(planned_on=make.today()),
    "the point": lambda: ReviewMeeting.objects.update(point="Second review"),
    "the figures": lambda: ReviewMeeting.objects.update(manifest="{}"),
    "an action": lambda: ReviewAction.objects.filter(side=Side.TRAINEE).update(what="Nothing"),
    "who has an action": lambda: ReviewAction.objects.update(side=Side.TRAINEE),
    "an action dropped": lambda: ReviewAction.objects.filter(side=Side.TRAINEE).update(dropped=True),
    "when an action is due": lambda: ReviewAction.objects.update(by_when=make.today()),
    "a signer": lambda: raw(ReviewSignature, signer_name="Somebody Else"),
    "a side": lambda: raw(ReviewSignature.objects.filter(side=Side.TRAINEE), signer_post="Officer"),
    "leave": lambda: raw(Interruption, ends_on=make.today() + timedelta(days=300)),
    "the kind of leave": lambda: raw(Interruption, kind=LeaveKind.OTHER),
    "hours": lambda: raw(WorkingTime, hundredths=99),
}


def raw(rows: Any, **fields: Any) -> None:
    """Past the queryset that refuses."""
    found = rows if hasattr(rows, "query") else rows.objects.all()
    super(type(found), found).update(**fields)


@pytest.mark.parametrize("what", list(CHANGES))
def test_whatever_is_changed_in_the_database_is_found(cast: Cast, of: Portfolio, what: str) -> None:
    reach(State.SIGNED_BY_BOTH, cast)
    make.training_time(of, cast.officer, Works(make.today(), 60), Away(make.today(), None, LeaveKind.SICK))
    assert list(proof.signed_rows()) == []
    CHANGES[what]()
    found = list(proof.signed_rows())
    assert found
    assert all(isinstance(one, Finding) for one in found)


# --- working time and leave ---------------------------------------------------------------------------------------

DAY = timedelta(days=1)


def entered(of: Portfolio) -> dict[str, Any]:
    record = ledger.read_one(of, reviews=True)
    return {"hours": [row.hundredths for row in record.hours], "leave": [row.ends_on for row in record.leave]}


def test_every_step_on_working_time_and_leave_by_everybody(cast: Cast, of: Portfolio) -> None:
    today = make.today()
    make.training_time(of, cast.officer, Works(today, 60), Away(today, None, LeaveKind.SICK))
    before = everything()
    asks: list[tuple[str, dict[str, Any]]] = [
        ("record training time", {"given": Works(today - DAY, 80)}),
        ("record training time", {"given": Away(today - 9 * DAY, today - DAY, LeaveKind.OTHER)}),
        ("change training time", {"given": Works(today, 80), "seen": "1"}),
        ("change training time", {"given": Away(today, today, LeaveKind.PARENTAL), "seen": "1"}),
        ("remove training time", {"given": Gone(WorkingTime, today), "seen": "1", "reason": "Not so."}),
        ("remove training time", {"given": Gone(Interruption, today), "seen": "1", "reason": "Not so."}),
    ]
    for action, given in asks:
        for name, person in cast.people().items():
            said = f"{action} by {name}"
            assert (action in available(TimeOf(of), of, by=person)) == (name in KEEPERS), said
            if name in KEEPERS:
                with transaction.atomic():
                    perform(action, TimeOf(of), by=person, **given)
                    assert list(proof.signed_rows()) == []
                    transaction.set_rollback(True)
            else:
                with pytest.raises(NotAllowed):
                    perform(action, TimeOf(of), by=person, **given)
    assert everything() == before


def test_what_was_said_of_a_day_stays_and_the_newest_counts(cast: Cast, of: Portfolio) -> None:
    today = make.today()
    make.training_time(of, cast.officer, Works(today, 60), Away(today, None, LeaveKind.SICK))
    perform("change training time", TimeOf(of), by=cast.administrator, given=Works(today, 80), seen="1")
    ends = Away(today, today + DAY, LeaveKind.SICK)
    perform("change training time", TimeOf(of), by=cast.officer, given=ends, seen="1")
    assert entered(of) == {"hours": [80], "leave": [today + DAY]}
    perform("remove training time", TimeOf(of), by=cast.officer, given=Gone(WorkingTime, today), seen="2", reason="No.")
    assert entered(of) == {"hours": [], "leave": [today + DAY]}
    make.training_time(of, cast.officer, Works(today, 50))
    assert entered(of)["hours"] == [50]
    rows = WorkingTime.objects.values_list("version", "hundredths", "removed", "role_kind")
    assert list(rows) == [
        (1, 60, False, "officer"),
        (2, 80, False, ""),
        (3, 80, True, "officer"),
        (4, 50, False, "officer"),
    ]
    away = Gone(Interruption, today)
    perform("remove training time", TimeOf(of), by=cast.officer, given=away, seen="2", reason="No.")
    assert entered(of) == {"hours": [50], "leave": []}


def test_a_change_of_what_somebody_else_changed_meanwhile_is_too_late(cast: Cast, of: Portfolio) -> None:
    today = make.today()
    make.training_time(of, cast.officer, Works(today, 60))
    perform("change training time", TimeOf(of), by=cast.officer, given=Works(today, 80), seen="1")
    for action, given in (
        ("change training time", Works(today, 70)),
        ("remove training time", Gone(WorkingTime, today)),
    ):
        with pytest.raises(TooLate):
            perform(action, TimeOf(of), by=cast.coordinator, given=given, seen="1", reason="No.")
    assert entered(of)["hours"] == [80]


@pytest.mark.parametrize(
    ("first", "last", "field", "said"),
    [
        (5, 4, "ends_on", "The last day is before the first. Correct one of the two dates."),
        (10, 25, "ends_on", "This overlaps with the leave from"),
        (25, 35, "starts_on", "This overlaps with the leave from"),
        (22, 23, "starts_on", "This overlaps with the leave from"),
        (10, None, "ends_on", "This overlaps with the leave from"),
        (60, 70, "starts_on", "without an end. Correct one of the two."),
        (20, 21, "starts_on", "is recorded already. Change that."),
        (-900, 5, "starts_on", "The training began on"),
        (9000, None, "starts_on", "more than 20 years"),
        (1, 9000, "ends_on", "more than 20 years"),
    ],
)
def test_leave_that_cannot_be_is_refused_in_words_at_its_field(
    cast: Cast, of: Portfolio, first: int, last: int | None, field: str, said: str
) -> None:
    begun = of.starts_on
    for start, end in ((20, 30), (50, None)):
        ends_on = None if end is None else begun + end * DAY
        make.training_time(of, cast.officer, Away(begun + start * DAY, ends_on, LeaveKind.SICK))
    before = everything()
    ends_on = None if last is None else begun + last * DAY
    with pytest.raises(Incomplete) as refused:
        make.training_time(of, cast.officer, Away(begun + first * DAY, ends_on, LeaveKind.OTHER))
    assert list(refused.value.errors) == [field]
    assert said in refused.value.errors[field]
    assert everything() == before


@pytest.mark.parametrize("hundredths", [0, 101, -5])
def test_working_time_is_1_to_100_hundredths(cast: Cast, of: Portfolio, hundredths: int) -> None:
    with pytest.raises(Incomplete) as refused:
        make.training_time(of, cast.officer, Works(make.today(), hundredths))
    assert list(refused.value.errors) == ["hundredths"]


def test_leave_next_to_leave_does_not_overlap(cast: Cast, of: Portfolio) -> None:
    today = make.today()
    make.training_time(of, cast.officer, Away(today, today, LeaveKind.SICK), Away(today + DAY, None, LeaveKind.OTHER))
    assert entered(of)["leave"] == [today, None]


def test_the_trainee_is_told_that_their_dates_moved_and_not_why(
    cast: Cast, of: Portfolio, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        make.training_time(of, cast.officer, Away(make.today(), None, LeaveKind.SICK, "Of the knee"))
    (letter,) = mail.outbox
    assert letter.to == [cast.trainee.email]
    assert "sick" not in letter.body.lower()
    assert "knee" not in letter.body


def test_the_other_side_hears_of_a_review(cast: Cast, of: Portfolio, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        make.review_signed(of, officer=cast.officer)
    told = [(letter.subject, letter.to[0]) for letter in mail.outbox]
    assert told == [
        ("Review planned: Check-in", cast.trainee.email),
        ("Review signed: Check-in of Priya Raman", cast.officer.email),
        ("Review signed: Check-in", cast.trainee.email),
    ]
