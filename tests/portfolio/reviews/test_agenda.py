"""The agenda of a review meeting: what changed since the review before it, and what is open now."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portfolio import ledger
from portfolio.assessed import Attempt, Done
from portfolio.dates import Hours, Leave
from portfolio.diary import AgreedAction, Meeting
from portfolio.outside import Elsewhere, Placed, Result, RoundStands
from portfolio.record import Record
from portfolio.reviews import agenda, last_meeting, review_points
from portfolio.states import ActivityState, AssessmentKind, AssessmentState, ElsewhereKind, FeedbackState, ResultState
from portfolio.states import Side as Of
from portfolio.workflow import ReviewOf, perform
from portfolio.workflow.reviews import Plan
from tests import make
from tests.cast import Cast
from tests.portfolio.records import IN_REVIEW, RETURNED, SIGNED, block, curriculum, held, record, row, signed, whole

START, LAST, TODAY = date(2025, 9, 1), date(2026, 1, 10), date(2026, 3, 12)
OLD, NEW = date(2026, 1, 9), date(2026, 1, 10)  # a day before the last review, and on its day
BOTH = {Of.TRAINEE: LAST, Of.OFFICER: LAST}
RULES = {
    "portfolio": {"both_dops_and_oce": False},
    "review_points": [
        {"name": name, "due": {"year": year, "month": 9, "day": 30}, "requires": [{"meeting": True}]}
        for year, name in enumerate(("First", "Second", "Third"), start=1)
    ],
}
ROWS = (
    whole("A", 4, (2, 2)),
    block(whole("B", 1), whole("C", 1), options=(("B",), ("C",)), title="Choice"),
)


def moment(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def of(**fields: Any) -> Record:
    """A record whose first review was signed by both on LAST, unless said."""
    given = {"starts_on": START, "cohort_year": 2025, "meetings": (Meeting("First", 1, LAST, BOTH),), **fields}
    return record(of=curriculum(*ROWS, rules=RULES), **given)


def said(given: Record, number: int = 2) -> list[tuple[str, str]]:
    point = review_points(given)[number - 1]
    return [(one.words, one.note) for one in agenda(given, point, today=TODAY)]


def test_nothing_new_is_an_empty_agenda() -> None:
    assert said(of()) == []


def decided(kind: str, state: AssessmentState, on: date) -> Attempt:
    return Attempt("x", AssessmentKind(kind), state, "A title", by="Sam Okoro", at=moment(on))


def elsewhere(number: int, on: date) -> Any:
    state = ActivityState.SIGNED_ELSEWHERE
    return row(number, state, elsewhere=Elsewhere("Old log", "Idris Vale", on))


def result(on: date, state: ResultState = ResultState.PASSED) -> dict[str, Any]:
    return {"modules": {"A": held(result=Result(state, on))}}


def changed(on: date) -> dict[str, tuple[dict[str, Any], tuple[str, str]]]:
    """Each kind of change, dated this day, and what the agenda says of it."""
    satisfactory = (decided("CBD", AssessmentState.SATISFACTORY, on), decided("OCE", AssessmentState.SATISFACTORY, on))
    done = Done(cbd=1, dops=1, cbd_elsewhere=1, days=(("CBD", on, True), ("DOPS", on, True), ("DOPS", on, False)))
    module_signed = replace(signed(1), at=moment(on))
    return {
        "activity": (
            {"modules": {"A": held(rows=[row(2, SIGNED, signed_at=moment(on))])}},
            ("1 activity signed off since 10 January 2026", "A 2."),
        ),
        "module": (
            {"modules": {"A": held(signed=module_signed)}},
            ("A signed off", "By Ana Reyes on 10 January 2026."),
        ),
        "elsewhere": (
            {"modules": {"A": held(rows=[elsewhere(1, on), elsewhere(3, on)])}},
            ("2 activities signed elsewhere, on 10 January 2026 or later", "A 1 and 3."),
        ),
        "assessments elsewhere": (
            {"modules": {"A": held(done=done)}},
            ("2 assessments signed elsewhere, on 10 January 2026 or later", "A 1 CBD and 1 DOPS."),
        ),
        "satisfactory": (
            {"modules": {"A": held(satisfactory=satisfactory)}},
            ("2 assessments satisfactory since 10 January 2026", "A 1 CBD and 1 OCE."),
        ),
        "not yet satisfactory": (
            {"modules": {"A": held(attempts=(decided("DOPS", AssessmentState.NOT_YET, on),))}},
            ("1 assessment not yet satisfactory since 10 January 2026", "A 1 DOPS."),
        ),
        "result": (result(on), ("The university’s result of A: passed", "On 10 January 2026.")),
        "failed": (
            result(on, ResultState.NOT_PASSED),
            ("The university’s result of A: not passed", "On 10 January 2026."),
        ),
        "award": ({"awards": {"MSc": on}}, ("MSc recorded", "Passed on 10 January 2026.")),
        "option": (
            {"taken": {2: 1}, "taken_on": {2: on}},
            ("The option C taken for Choice", "Confirmed on 10 January 2026."),
        ),
        "feedback": (
            {"feedback": {"mid-training": RoundStands(FeedbackState.RELEASED, 1, on)}},
            ("Mid-training feedback: released", "The report was talked about. Since 10 January 2026."),
        ),
        "placement": ({"placed": (Placed("The host", on),)}, ("Placement: The host", "From 10 January 2026.")),
        "leave": ({"leave": (Leave(START, on),)}, ("Leave", "1 September 2025 to 10 January 2026.")),
        "hours": ({"hours": (Hours(on, 60),)}, ("Working time: 0.6 of full time", "From 10 January 2026.")),
    }


@pytest.mark.parametrize("what", list(changed(NEW)))
def test_what_changed_since_the_last_review_is_on_the_agenda_and_what_lies_before_it_is_not(what: str) -> None:
    fields, words = changed(NEW)[what]
    assert said(of(**fields)) == [words]
    assert said(of(**changed(OLD)[what][0])) == []


def test_what_has_still_to_come_or_was_taken_back_is_not_on_the_agenda() -> None:
    later = TODAY + timedelta(days=1)
    coming = of(placed=(Placed("The next", later),), leave=(Leave(later, None),), hours=(Hours(later, 60),))
    assert said(coming) == []
    assert said(of(**result(NEW, ResultState.TAKEN_BACK))) == []


def test_what_is_open_now_is_on_the_agenda_whenever_it_began() -> None:
    action = AgreedAction(1, "Write it up", Of.OFFICER, date(2026, 3, 1))
    given = of(
        modules={"A": held(RETURNED, IN_REVIEW)},
        asked={2: 0},
        asked_on={2: date(2026, 2, 3)},
        leave=(Leave(START, None),),
        meetings=(Meeting("First", 1, LAST, BOTH, (action,)),),
    )
    assert said(given) == [
        ("The option B for Choice", "Taken by the trainee on 3 February 2026, not confirmed yet."),
        ("Leave", "1 September 2025 without an end yet."),
        ("1 returned item to revise", "A 1."),
        ("1 item in review", "A 2."),
        ("1 open action", "1 past the agreed day."),
    ]


def test_what_was_done_between_the_two_signatures_of_a_review_is_news_for_the_next() -> None:
    signed_on = {Of.TRAINEE: LAST, Of.OFFICER: date(2026, 1, 24)}  # the figures are those of the first signature
    given = of(meetings=(Meeting("First", 1, LAST, signed_on),), **changed(NEW)["award"][0])
    assert last_meeting(given, review_points(given)[1]) == LAST
    assert said(given) == [("MSc recorded", "Passed on 10 January 2026.")]


def test_a_correction_looks_back_to_the_review_before_the_one_that_it_corrects() -> None:
    signed_on = {Of.TRAINEE: date(2026, 3, 1), Of.OFFICER: date(2026, 3, 1)}
    meetings = (Meeting("First", 1, LAST, BOTH), Meeting("Second", 1, date(2026, 3, 1), signed_on))
    given = of(meetings=(*meetings, Meeting("Second", 2, TODAY)), **changed(NEW)["award"][0])
    first, second, third = review_points(given)
    assert (last_meeting(given, first), last_meeting(given, second)) == (None, LAST)
    assert last_meeting(given, third) == date(2026, 3, 1)
    assert said(given, 2) == [("MSc recorded", "Passed on 10 January 2026.")]
    assert said(given, 3) == []


@pytest.mark.django_db
def test_the_page_of_a_correction_has_all_that_the_first_record_had_and_what_other_pages_recorded(cast: Cast) -> None:
    portfolio = make.with_rules(cast.portfolio)
    make.signed_elsewhere(portfolio, cast.officer, make.entry("S-C1", 1), make.entry("S-X1", 1))
    make.signed_elsewhere(portfolio, cast.officer, make.entry("S-C1", None, kind=ElsewhereKind.CBD))
    make.result(portfolio, cast.officer, award="A prize")
    supervisor = make.person("Hugh Sole")
    make.placed(portfolio, cast.officer, supervisor, ("S-X1",))
    make.review_planned(portfolio, cast.officer)
    client, address = Client(), reverse("review_point", args=[portfolio.ref, 1])
    client.force_login(cast.officer)

    def listed() -> list[str]:
        return [one["title"] for one in client.get(address).context["agenda"]]

    before = listed()
    for words in ("2 activities signed elsewhere", "1 assessment signed elsewhere", "A prize recorded"):
        assert [one for one in before if one.startswith(words)] != [], words
    assert ledger.read_one(portfolio).placed != ()
    make.review_signed(portfolio, officer=cast.officer)
    again = ReviewOf.read(portfolio, 1)
    perform("record review again", again, by=cast.officer, given=Plan(make.today()), reason="One is missing.")
    assert listed() == before
