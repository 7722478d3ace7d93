"""The pages of reviews, of working time and of leave."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from curriculum.loader import load
from curriculum.models import Rules
from portfolio import ledger
from portfolio.dates import Falls, after_months
from portfolio.dates.falls import said as full
from portfolio.models import Interruption, Portfolio, ReviewAction, ReviewMeeting, ReviewSignature, WorkingTime
from portfolio.reviews import next_point, review_points
from portfolio.states import LeaveKind, Met, Side
from portfolio.states import ReviewState as State
from portfolio.views.reviews.shown import in_short
from portfolio.workflow import ReviewOf, perform
from portfolio.workflow.reviews import notes_seen, shown
from portfolio.workflow.training_time import Away, Works
from tests import make
from tests.cast import Cast
from tests.portfolio.everybody import SEES
from tests.portfolio.reviews.test_review_table import reach

DAY = timedelta(days=1)


def at(of: Portfolio, name: str, *args: Any) -> str:
    return reverse(name, args=[of.ref, *args])


def client(person: Any) -> Client:
    found = Client()
    found.force_login(person)
    return found


def boxes(name: str, on: Any) -> dict[str, int]:
    return {f"{name}_0": on.day, f"{name}_1": on.month, f"{name}_2": on.year}


# --- reading ------------------------------------------------------------------------------------------------------


def test_the_reviews_are_dated_and_each_says_what_it_still_needs(cast: Cast, of: Portfolio) -> None:
    page = client(cast.trainee).get(at(of, "reviews"))
    rows = page.context["rows"]
    assert [(row["title"], row["word"]) for row in rows] == [
        ("1. Check-in", "Not met"),
        ("2. Second review", "Not met"),
    ]
    either = rows[1]["conditions"][1]
    assert [(option["title"], option["near"]) for option in either["options"]] == [
        ("Option 1", "3 items to go"),
        ("Option 2", "5 items to go"),
    ]
    assert page.context["overall"].startswith("The overall percentage counts")
    text = page.content.decode()
    assert "for somebody full time, and nothing moves it" in text
    assert "Cannot be known yet" not in text


def test_a_condition_that_cannot_be_known_says_so_in_words_beside_its_shape(cast: Cast) -> None:
    half = [{"module": "S-X1", "percent": 25}]
    point = {"name": "Review", "due": {"year": 1, "month": 9, "day": 30}, "requires": half}
    of = make.with_rules(cast.portfolio, {"review_points": [point]})
    make.signed_off(of, cast.assessor, "S-X1")
    page = client(cast.officer).get(at(of, "reviews"))
    (row,) = page.context["rows"]
    assert (row["shape"], row["word"]) == ("unknown", Met.UNKNOWN.label)
    assert "1 of at least 4 required items. How many are required is not recorded yet." in page.content.decode()


def test_leave_without_an_end_is_said_in_clear_words_and_breaks_nothing(cast: Cast, of: Portfolio) -> None:
    make.training_time(of, cast.officer, Away(of.starts_on, None, LeaveKind.PARENTAL))
    for name in ("reviews", "progress", "training_time"):
        assert client(cast.trainee).get(at(of, name)).status_code == 200
    assert client(cast.trainee).get(at(of, "review_point", 2)).status_code == 200
    assert client(cast.officer).get(reverse("trainees")).status_code == 200
    text = client(cast.trainee).get(at(of, "reviews")).content.decode()
    assert "cannot be known while the leave from" in text
    assert "Leave that has no end hides the next review point." in text


def test_in_short_too_a_date_says_what_moved_it(of: Portfolio) -> None:
    point, on, today = review_points(ledger.read_one(of, reviews=True))[0], date(2025, 4, 10), date(2025, 4, 1)
    moved = replace(point, falls=Falls(on, on, "", "10 days of leave"))
    hidden = replace(point, falls=Falls(None, on, ""))
    notes = [in_short(of, each, today)["note"] for each in (moved, hidden)]
    assert notes[0].startswith("Due 10 April 2025, in 9 days, moved by 10 days of leave. ")
    assert notes[1].startswith("Not known while leave has no end. ")


def test_a_curriculum_without_rules_says_that_it_names_no_review_points(cast: Cast) -> None:
    text = client(cast.trainee).get(at(cast.portfolio, "reviews")).content.decode()
    assert "The rules of this curriculum name none." in text
    assert client(cast.trainee).get(at(cast.portfolio, "review_point", 1)).status_code == 404
    assert client(cast.trainee).get(at(cast.portfolio, "progress")).context["review"] is None


def test_the_next_review_and_the_pace_are_on_progress_and_in_the_list_of_trainees(cast: Cast, of: Portfolio) -> None:
    own = client(cast.trainee).get(at(of, "progress"))
    listed = client(cast.officer).get(reverse("trainees")).context["rows"][0]
    assert own.context["review"]["name"] == listed["review"]["name"]
    assert own.context["pace"].words == listed["pace"].words
    assert own.context["pace"].words in own.content.decode()


def test_a_review_that_is_past_and_not_signed_by_both_is_said_first_on_every_page(
    cast: Cast,
) -> None:
    past, later = make.today() - 20 * DAY, make.today() + 300 * DAY
    points = [
        {
            "name": name,
            "requires": [{"meeting": True}],
            "due": {"year": on.year - cast.portfolio.cohort_year, "month": on.month, "day": on.day},
        }
        for name, on in (("Check-in", past), ("Second review", later))
    ]
    of, officer = make.with_rules(cast.portfolio, {"review_points": points}), client(cast.officer)

    def seen() -> list[Any]:
        own, listed = officer.get(at(of, "progress")), officer.get(reverse("trainees")).context["rows"][0]["review"]
        assert own.context["review"] == listed
        table: Any = officer.get(reverse("trainees_csv"))
        rows = b"".join(table.streaming_content).decode().splitlines()
        in_short = [one["late"] for one in officer.get(at(of, "plan")).context["points"]]
        due = [officer.get(at(of, "review_point", number)).context["facts"][0]["value"] for number in (1, 2)]
        assert due == [row["facts"][0]["value"] for row in officer.get(at(of, "reviews")).context["rows"]]
        said = officer.get(at(of, "progress")).text.partition(">Next review</h3>")[2].partition("All reviews")[0]
        then = listed["then"] and (listed["then"]["name"], listed["then"]["day"])
        assert (listed["late"] in said, bool(then) == ("Then <a" in said)) == (True, True)
        assert f'"{listed["name"]}","' in rows[1]
        return [listed["name"], listed["day"], listed["late"], then, in_short, due]

    was, will = f"{full(past)}, 20 days ago", f"{full(later)}, in 300 days"
    late = "Not signed by both yet."
    assert seen() == [
        *("Check-in", f"Was due {was}", late, ("Second review", f"Due {will}")),
        *([late, ""], [f"{was}. {late}", will]),
    ]
    perform("close portfolio", of, by=cast.administrator, reason="Left.")  # nobody signs any more
    assert seen() == ["Second review", will, "", None, ["", ""], [was, will]]
    perform("reopen portfolio", of, by=cast.administrator, reason="Came back.")
    make.review_signed(of, officer=cast.officer)
    assert seen() == ["Second review", will, "", None, ["", ""], [was, will]]


def test_agreed_actions_carry_into_what_is_next_until_they_are_done(cast: Cast, of: Portfolio) -> None:
    reach(State.SIGNED_BY_BOTH, cast)

    def nexts() -> tuple[list[str], list[str]]:
        context = client(cast.trainee).get(at(of, "progress")).context
        found = [[row["title"] for row in context[name]["first"]] for name in ("mine", "others")]
        return found[0], found[1]

    mine, others = nexts()
    assert "For the trainee" in mine
    assert "For the officer" in others
    assert client(cast.trainee).get(at(of, "progress")).context["headline"].words == "For the trainee"
    row = ReviewAction.objects.get(what="For the trainee")
    client(cast.trainee).post(at(of, "review_action_done", 1, row.pk))
    assert "For the trainee" not in nexts()[0]
    again = at(of, "review_action_reopen", 1, row.pk)
    assert f'action="{again}"' in client(cast.trainee).get(at(of, "review_point", 1)).text
    assert f'action="{again}"' not in client(cast.officer).get(at(of, "review_point", 1)).text
    assert client(cast.officer).post(again).status_code == 409
    client(cast.trainee).post(again)
    assert "For the trainee" in nexts()[0]
    history = client(cast.trainee).get(at(of, "history")).text
    assert "Opened an action of the review" in history


def test_the_page_of_a_signed_review_shows_the_figures_of_that_day(cast: Cast, of: Portfolio) -> None:
    reach(State.SIGNED_BY_BOTH, cast)
    make.signed_off(of, cast.assessor)
    page = client(cast.administrator).get(at(of, "review_point", 1))
    frozen = page.context["newest"]["frozen"]
    assert {row["key"]: row["value"] for row in frozen["facts"]}["Items"] == "0 of at least 7 required items"
    assert page.context["doubt"] == ""
    ReviewMeeting.objects.update(officer_notes="Another.")
    page = client(cast.administrator).get(at(of, "review_point", 1))
    assert "Record does not agree" in page.content.decode()
    assert page.context["newest"]["frozen"] is None


def test_a_changed_working_time_is_doubted_on_its_page(cast: Cast, of: Portfolio) -> None:
    make.training_time(of, cast.officer, Works(make.today(), 60))
    assert client(cast.trainee).get(at(of, "training_time")).context["doubt"] == ""
    rows: Any = WorkingTime.objects.all()
    super(type(rows), rows).update(hundredths=100)
    assert "Record does not agree" in client(cast.trainee).get(at(of, "training_time")).content.decode()


def test_a_placement_supervisor_reads_no_review(cast: Cast, of: Portfolio) -> None:
    for name, args in (("reviews", ()), ("training_time", ()), ("review_point", (1,))):
        answered = {who: client(person).get(at(of, name, *args)).status_code for who, person in cast.people().items()}
        assert {who for who, status in answered.items() if status == 200} == SEES


@pytest.mark.parametrize("name", ["reviews", "training_time", "review_point", "progress"])
def test_a_page_asks_no_more_of_many_rows_than_of_one(cast: Cast, of: Portfolio, name: str) -> None:
    args = [1] if name == "review_point" else []
    reader = client(cast.trainee)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(at(of, name, *args)).status_code == 200
        return len(queries)

    def more(number: int, days: int) -> None:
        day = of.starts_on + days * DAY
        make.training_time(of, cast.officer, Works(day, 60), Away(day, day, LeaveKind.SICK))
        subject = ReviewOf.read(of, number)
        if subject.state == State.NOT_PLANNED:
            make.review_planned(of, cast.officer, number)
        for side in Side:
            make.agreed_action(of, cast.officer, f"One {days}", side, number=number)

    more(1, 1)
    make.review_signed(of, 1, officer=cast.officer)
    few = asked()
    for days in range(3, 33):
        more(2, days)
    make.review_signed(of, 2, officer=cast.officer)
    assert asked() == few
    # In a transaction the curriculum is not remembered: six queries in place of one. A review has three kinds of rows
    # beside the ledger, and the chain that it is held against.
    assert few <= (18 if name == "review_point" else 15) + 5


def test_who_plans_a_meeting_before_the_review_opens_is_told_and_not_refused(cast: Cast, of: Portfolio) -> None:
    opens = ReviewOf.read(of, 2).point.opens
    assert opens is not None
    assert opens.day is not None
    reader, early = client(cast.officer), opens.day - DAY
    assert f"This review opens on {opens.words}." in reader.get(at(of, "review_plan", 2)).text
    assert "This review opens" not in reader.get(at(of, "review_plan", 1)).text
    assert reader.post(at(of, "review_plan", 2), boxes("on", early)).status_code == 302
    said = f"Planned for {full(early)}, before the review opens on {opens.words}."
    for name, args in (("review_point", [2]), ("reviews", [])):
        assert said in reader.get(at(of, name, *args)).text


# --- bad input ----------------------------------------------------------------------------------------------------


def said(page: Any, field: str) -> list[str]:
    return list(page.context["form"].errors.get(field, []))


def test_leave_that_cannot_be_is_422_with_its_words_and_nothing_typed_is_lost(cast: Cast, of: Portfolio) -> None:
    today = make.today()
    make.training_time(of, cast.officer, Away(today, today + 9 * DAY, LeaveKind.SICK))
    officer = client(cast.officer)

    def send(first: Any, last: Any) -> Any:
        sent = {"kind": "parental", "note": "A note of mine", **boxes("starts_on", first), **boxes("ends_on", last)}
        return officer.post(at(of, "training_time_record", "leave"), sent)

    for first, last, field, words in (
        (today - 5 * DAY, today - 6 * DAY, "ends_on", "The last day is before the first."),
        (today - 5 * DAY, today + DAY, "ends_on", "This overlaps with the leave from"),
        (today + 5 * DAY, today + 20 * DAY, "starts_on", "This overlaps with the leave from"),
    ):
        page = send(first, last)
        assert page.status_code == 422
        assert said(page, field)[0].startswith(words)
        assert "A note of mine" in page.content.decode()
    assert Interruption.objects.count() == 1
    bad_day = {"kind": "sick", "starts_on_0": 31, "starts_on_1": 2, "starts_on_2": 2026}
    page = officer.post(at(of, "training_time_record", "leave"), bad_day)
    assert (page.status_code, said(page, "starts_on")) == (422, ["The first day must be a real date"])


@pytest.mark.parametrize("typed", ["0", "101", "0.6", "x", ""])
def test_a_share_of_full_time_that_cannot_be_is_422(cast: Cast, of: Portfolio, typed: str) -> None:
    sent = {"hundredths": typed, **boxes("starts_on", make.today())}
    page = client(cast.officer).post(at(of, "training_time_record", "working-time"), sent)
    assert page.status_code == 422
    assert said(page, "hundredths")
    assert WorkingTime.objects.count() == 0


@pytest.mark.parametrize("path", ["holiday/", "leave/2026-02-31/", "leave/yesterday/", "leave/2001-01-01/remove/"])
def test_what_is_no_such_row_is_not_found(cast: Cast, of: Portfolio, path: str) -> None:
    assert client(cast.officer).get(at(of, "training_time") + path).status_code == 404


def test_notes_that_came_too_late_are_given_back(cast: Cast, of: Portfolio) -> None:
    reach(State.PLANNED, cast)
    meeting = ReviewMeeting.objects.get()
    seen = notes_seen(meeting, Side.OFFICER)
    for person, status in ((cast.officer, 302), (cast.coordinator, 409)):
        page = client(person).post(at(of, "review_notes", 1), {"text": f"By {person.name}", "seen": seen})
        assert page.status_code == status
    assert "By Colin Berg" in page.content.decode()
    assert ReviewMeeting.objects.get().officer_notes == "By Ana Reyes"


def test_what_looks_like_a_patient_in_notes_or_an_action_is_asked_about_first(cast: Cast, of: Portfolio) -> None:
    make.review_planned(of, cast.officer)
    trainee, words = client(cast.trainee), "We spoke of 999 000 0018."
    for name, typed in (
        ("review_notes", {"text": words}),
        ("review_action", {"what": words, "side": "trainee", **boxes("by_when", make.today() + DAY)}),
    ):
        address = at(of, name, 1)
        form = trainee.get(address).context["form"]
        typed["seen"] = form["seen"].value() if "seen" in form.fields else ""
        asked = trainee.post(address, typed)
        assert said(asked, "checked") != []
        assert (asked.status_code, words in asked.text) == (422, True)
        assert trainee.post(address, {**typed, "checked": "on"}).status_code == 302
    subject = ReviewOf.read(of, 1)
    assert subject.meeting is not None
    assert (subject.meeting.trainee_notes, subject.meeting.actions.get().what) == (words, words)


def test_a_signature_on_what_changed_is_409_with_the_page_as_it_stands(cast: Cast, of: Portfolio) -> None:
    reach(State.PLANNED, cast)
    page = client(cast.officer).post(at(of, "review_sign", 1), {"seen": "0" * 64})
    assert page.status_code == 409
    assert "Nothing was signed." in page.content.decode()
    assert page.context["sign"].initial["seen"] == shown(ReviewOf.read(of, 1))
    assert ReviewSignature.objects.count() == 0


def test_a_signature_before_the_day_of_the_meeting_is_422_and_says_when(cast: Cast, of: Portfolio) -> None:
    make.review_planned(of, cast.officer, on=make.today() + 3 * DAY)
    page = client(cast.officer).post(at(of, "review_sign", 1), {"seen": shown(ReviewOf.read(of, 1))})
    assert page.status_code == 422
    assert "Sign once it has been held" in page.content.decode()
    assert page.context["sign"] is None


def test_a_rules_file_with_a_condition_that_is_not_known_is_refused_when_it_is_loaded(tmp_path: Any, db: None) -> None:
    from_disk = tmp_path / "rules.yaml"
    point = "{name: One, due: {year: 1, month: 3, day: 31}, requires: [{mood: good}]}"
    from_disk.write_text(f"name: odd\nreview_points: [{point}]\n")
    outcome = load([str(from_disk)])
    (problem,) = outcome.problems
    assert "is no condition that is known" in str(problem)
    assert not Rules.objects.filter(name="odd").exists()


# --- each date says how it came about -----------------------------------------------------------------------------


def test_each_date_says_how_it_came_about(cast: Cast) -> None:
    rounds = {"multi_source_feedback": [{"round": "mid-training", "month": 18}]}
    Portfolio.objects.filter(pk=cast.portfolio.pk).update(starts_on=date(2024, 9, 2))
    of = make.with_rules(cast.portfolio, {**make.REVIEW_RULES, **rounds})
    first = of.starts_on + timedelta(days=30)
    make.training_time(of, cast.officer, Away(first, first + 9 * DAY, LeaveKind.SICK))
    record = ledger.read_one(of, reviews=True)
    point, second = review_points(record)
    assert second.opens is not None
    for falls in (point.falls, second.falls, second.opens):
        assert falls.because == "10 days of leave"
        assert falls.how == f"{full(falls.nominal)} for somebody full time; moved by 10 days of leave."
    reader = client(cast.trainee)
    for page in (at(of, "reviews"), at(of, "review_point", 2)):
        text = reader.get(page).text
        assert "How that day came about" in text
        assert second.falls.how in text
        assert second.opens.how in text
    coming = next_point((point, second), make.today())
    assert coming is not None
    assert coming.falls.how in reader.get(at(of, "progress")).text
    assert after_months(record.time, 18).how in reader.get(at(of, "feedback")).text
    moved = f"{full(second.day)}, moved from {full(second.falls.nominal)} because of 10 days of leave"
    assert moved in reader.get(at(of, "plan")).text
    make.review_planned(of, cast.officer)
    assert "How its date came about" not in reader.get(at(of, "review_point", 1)).text
    make.review_signed(of, officer=cast.officer)
    make.training_time(of, cast.officer, Away(first + 20 * DAY, first + 20 * DAY, LeaveKind.SICK))
    (newest,) = reader.get(at(of, "review_point", 1)).context["newest"]["frozen"]["facts"][-1:]
    assert newest == {"key": "How its date came about", "value": point.falls.how}  # as it was signed
