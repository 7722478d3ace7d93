"""The agenda of a review meeting: what changed since the review before it, and what is open now."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portfolio import ledger
from portfolio.assessed import Attempt, Done
from portfolio.dates import Hours, Leave
from portfolio.diary import AgreedAction, GoalFacts, Meeting, Told
from portfolio.models import Interruption, Portfolio
from portfolio.outside import Elsewhere, Placed, Result, RoundStands
from portfolio.record import Record
from portfolio.requirements.words import day
from portfolio.reviews import agenda, last_meeting, review_points
from portfolio.states import (
    ActivityState,
    AssessmentKind,
    AssessmentState,
    ElsewhereKind,
    FeedbackState,
    GoalOutcome,
    GoalState,
    LeaveKind,
    ResultState,
)
from portfolio.states import Side as Of
from portfolio.workflow import ReviewOf, perform
from portfolio.workflow.placements import EndOn
from portfolio.workflow.reviews import Plan
from portfolio.workflow.training_time import Away, Gone, TimeOf, Works
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


NEVER = date(2027, 1, 1)
OUTCOMES = {
    GoalOutcome.GOING_WELL: "reviewed",
    GoalOutcome.CHANGED: "reviewed",
    GoalOutcome.ACHIEVED: "achieved",
    GoalOutcome.GIVEN_UP: "given up",
    GoalOutcome.REOPENED: "opened again",
}


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
    done = Done(cbd=1, dops=1, cbd_elsewhere=1, recorded=(("CBD", on), ("DOPS", on)))
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
            ("2 activities signed elsewhere, recorded since 10 January 2026", "A 1 and 3."),
        ),
        "assessments elsewhere": (
            {"modules": {"A": held(done=done)}},
            ("2 assessments signed elsewhere, recorded since 10 January 2026", "A 1 CBD and 1 DOPS."),
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
        "award failed": (
            {"awards_lost": {"MSc": Result(ResultState.NOT_PASSED, on)}},
            ("MSc: not passed", "On 10 January 2026."),
        ),
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
        "goal set": (
            {"goals": (GoalFacts("Chair a meeting", GoalState.ACHIEVED, on, NEVER),)},
            ("1 goal set since 10 January 2026", "“Chair a meeting”."),
        ),
        **{
            f"goal {outcome}": (
                {"goals": (GoalFacts("Chair a meeting", GoalState.ACHIEVED, START, NEVER, ((outcome, on),)),)},
                (f"1 goal {words} since 10 January 2026", "“Chair a meeting”."),
            )
            for outcome, words in OUTCOMES.items()
        },
        "many goals": (
            {"goals": tuple(GoalFacts(f"Goal {at}", GoalState.ACHIEVED, on, NEVER) for at in range(1, 13))},
            (
                "12 goals set since 10 January 2026",
                "; ".join(f"“Goal {at}”" for at in range(1, 11)) + "; and 2 more.",
            ),
        ),
        "agreed action": (
            {"meetings": (Meeting("First", 1, LAST, BOTH, (AgreedAction(1, "Write it up", Of.OFFICER, NEVER, on),)),)},
            ("1 agreed action done since 10 January 2026", ""),
        ),
        "requirements": (
            {"told": (Told("confirm requirements", on, module="B"),)},
            ("The requirements of B confirmed", "On 10 January 2026."),
        ),
        "placement moved": (
            {
                "placed": (Placed("The host", date(2025, 10, 1), "p1", recorded=START),),
                "told": (Told("extend placement", on, "p1"),),
            },
            ("Placement: The host, goes on longer now", "On 10 January 2026."),
        ),
        "placement moved twice": (
            {
                "placed": (Placed("The host", date(2025, 10, 1), "p1", recorded=START),),
                "told": (Told("end placement", on, "p1"), Told("extend placement", on, "p1")),
            },
            ("Placement: The host, goes on longer now", "On 10 January 2026."),
        ),
        **gone(on),
    }


def gone(on: date) -> dict[str, tuple[dict[str, Any], tuple[str, str]]]:
    """Each kind of thing that is no more since this day, and what the agenda says of it."""
    back, here = ((2, on), ("CBD", on), (1, on)), "10 January 2026"
    unlocked = row(2, ActivityState.DRAFT, unlocked_at=moment(on))
    voided = (decided("DOPS", AssessmentState.VOIDED, on),)
    return {
        "unlocked": (
            {"modules": {"A": held(rows=[unlocked])}},
            (f"1 activity unlocked since {here}", "A 2."),
        ),
        "module opened": (
            {"modules": {"A": held(opened_at=moment(on))}},
            ("The sign-off of A voided", f"On {here}."),
        ),
        "voided": ({"modules": {"A": held(voided=voided)}}, (f"1 assessment voided since {here}", "A 1 DOPS.")),
        "taken back": (
            {"modules": {"A": held(taken_back=back)}},
            (f"3 records of another system taken back since {here}", "A 1 and 2. A 1 CBD."),
        ),
        "result taken back": (
            result(on, ResultState.TAKEN_BACK),
            ("The university’s result of A: taken back", f"On {here}."),
        ),
        "award taken back": (
            {"awards_lost": {"MSc": Result(ResultState.TAKEN_BACK, on)}},
            ("MSc: taken back", f"On {here}."),
        ),
        "placement removed": (
            {"told": (Told("remove placement", on, "p1"),)},
            ("A planned placement removed", f"On {here}."),
        ),
        "leave removed": (
            {"told": (Told("remove training time", on, first=START, last=OLD),)},
            ("Leave from 1 September 2025 to 9 January 2026 removed", f"On {here}."),
        ),
        "working time removed": (
            {"told": (Told("remove training time", on, first=START, hours=True),)},
            ("Working time from 1 September 2025 removed", f"On {here}."),
        ),
    }


@pytest.mark.parametrize("what", list(changed(NEW)))
def test_what_changed_since_the_last_review_is_on_the_agenda_and_what_lies_before_it_is_not(what: str) -> None:
    fields, words = changed(NEW)[what]
    assert said(of(**fields)) == [words]
    assert said(of(**changed(OLD)[what][0])) == []


def known_late(on: date, recorded: date) -> dict[str, tuple[dict[str, Any], tuple[str, str]]]:
    """What carries one day and was recorded here on another, and what the agenda says of it."""
    signed_there = row(1, ActivityState.SIGNED_ELSEWHERE, elsewhere=Elsewhere("Old log", "Idris Vale", on, recorded))
    done = Done(cbd=1, cbd_elsewhere=1, days=(("CBD", on, True),), recorded=(("CBD", recorded),))
    late = "5 January 2026, recorded on 10 January 2026."
    return {
        "elsewhere": (
            {"modules": {"A": held(rows=[signed_there])}},
            ("1 activity signed elsewhere, recorded since 10 January 2026", "A 1."),
        ),
        "assessment elsewhere": (
            {"modules": {"A": held(done=done)}},
            ("1 assessment signed elsewhere, recorded since 10 January 2026", "A 1 CBD."),
        ),
        "result": (
            {"modules": {"A": held(result=Result(ResultState.PASSED, on, recorded))}},
            ("The university’s result of A: passed", f"On {late}"),
        ),
        "award": ({"awards": {"MSc": on}, "awards_recorded": {"MSc": recorded}}, ("MSc recorded", f"Passed on {late}")),
        "placement": (
            {"placed": (Placed("The host", on, recorded=recorded),)},
            ("Placement: The host", "From 5 January 2026."),
        ),
        "leave": (
            {"leave": (Leave(START, on, recorded),)},
            ("Leave", "1 September 2025 to 5 January 2026."),
        ),
        "hours": (
            {"hours": (Hours(on, 60, recorded),)},
            ("Working time: 0.6 of full time", "From 5 January 2026."),
        ),
    }


def test_what_carries_a_day_before_the_last_review_and_was_recorded_after_it_is_on_the_agenda() -> None:
    """And what was recorded before it is not: it was on that agenda."""
    dated = date(2026, 1, 5)
    for what, (fields, words) in known_late(dated, NEW).items():
        assert said(of(**fields)) == [words], what
    for what, (fields, _) in known_late(dated, OLD).items():
        assert said(of(**fields)) == [], what


def test_what_was_recorded_before_a_review_and_began_after_it_is_on_the_agenda() -> None:
    for what in ("placement", "hours"):
        fields, _ = known_late(date(2026, 2, 2), OLD)[what]
        assert len(said(of(**fields))) == 1, what


def test_before_the_first_review_everything_is_news_also_what_was_recorded_before_the_training_began() -> None:
    fields, _ = known_late(date(2025, 8, 1), date(2025, 8, 20))["elsewhere"]
    assert said(of(meetings=(), **fields), 1) == [("1 activity signed elsewhere", "A 1.")]


def test_what_has_still_to_come_is_not_on_the_agenda() -> None:
    later = TODAY + timedelta(days=1)
    coming = of(placed=(Placed("The next", later),), leave=(Leave(later, None),), hours=(Hours(later, 60),))
    assert said(coming) == []


def test_before_the_first_review_there_is_nothing_that_is_no_more() -> None:
    for what, (fields, _) in gone(NEW).items():
        assert said(of(meetings=(), **fields), 1) == [], what


def test_what_is_open_now_is_on_the_agenda_whenever_it_began() -> None:
    action = AgreedAction(1, "Write it up", Of.OFFICER, date(2026, 3, 1))
    states = (AssessmentState.WITH_ASSESSOR, AssessmentState.PLANNED, AssessmentState.WITH_ASSESSOR)
    on_their_way = [
        Attempt("x", AssessmentKind(kind), state) for kind, state in zip(("CBD", "CBD", "OCE"), states, strict=True)
    ]
    given = of(
        modules={"A": replace(held(RETURNED, IN_REVIEW), attempts=tuple(on_their_way))},
        asked={2: 0},
        asked_on={2: date(2026, 2, 3)},
        leave=(Leave(START, None),),
        goals=(
            GoalFacts("Chair a meeting", GoalState.OPEN, START, date(2026, 3, 11)),
            GoalFacts("Learn to say no", GoalState.OPEN, START, TODAY),
            GoalFacts("Write a page", GoalState.GIVEN_UP, START, OLD),
        ),
        meetings=(Meeting("First", 1, LAST, BOTH, (action,)),),
    )
    assert said(given) == [
        ("The option B for Choice", "Taken by the trainee on 3 February 2026, not confirmed yet."),
        ("Leave", "1 September 2025 without an end yet."),
        ("1 returned item to revise", "A 1."),
        ("1 item in review", "A 2."),
        ("2 assessments with an assessor", "A 1 CBD and 1 OCE."),
        ("2 open goals", "“Chair a meeting”; “Learn to say no”. 1 past its target date."),
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


@pytest.mark.django_db
def test_what_is_recorded_after_a_review_stands_on_the_page_of_the_next_whatever_day_it_carries(cast: Cast) -> None:
    portfolio = make.with_rules(cast.portfolio)
    client, address = Client(), reverse("review_point", args=[portfolio.ref, 2])
    long_ago, held_on = make.today() - timedelta(days=90), timezone.now() - timedelta(days=20)

    def listed() -> list[str]:
        client.force_login(cast.officer)
        return [one["title"] for one in client.get(address).context["agenda"]]

    with time_machine.travel(held_on, tick=False):
        make.signed_elsewhere(portfolio, cast.officer, make.entry("S-C1", 1, signed_on=long_ago))
    with time_machine.travel(held_on + timedelta(days=3), tick=False):
        make.review_signed(portfolio, officer=cast.officer)
    make.review_planned(portfolio, cast.officer, 2)
    assert listed() == []
    make.signed_elsewhere(
        portfolio,
        cast.officer,
        make.entry("S-C1", 2, signed_on=long_ago),
        make.entry("S-C1", None, kind=ElsewhereKind.CBD, signed_on=long_ago),
    )
    with time_machine.travel(held_on + timedelta(days=4), tick=False):
        make.result(portfolio, cast.officer, award="A prize")  # dated three days before: before the review
    make.placed(portfolio, cast.officer, make.person("Hugh Sole"), ("S-X1",), since=-90)
    make.training_time(portfolio, cast.officer, Works(long_ago, 80), Away(long_ago, long_ago, LeaveKind.SICK, ""))
    assert [re.sub(r" since .*", "", one) for one in listed()] == [
        "1 activity signed elsewhere, recorded",
        "1 assessment signed elsewhere, recorded",
        "A prize recorded",
        "Placement: Three weeks in imaging",
        "Leave",
        "Working time: 0.8 of full time",
    ]


@pytest.mark.django_db
def test_what_was_unlocked_voided_and_taken_back_since_a_review_stands_on_the_page_of_the_next(cast: Cast) -> None:
    known = {"activities": 1, "activities_complete": True, "kind": "specialist", "credits": 90}
    needs = {"S-A1": {"cbd": 0, "observed": 1}, "S-X1": {"cbd": 1, "observed": 0}}
    modules = [{"code": code, **known, **numbers} for code, numbers in needs.items()]
    made = make.curriculum("TST6-1-24", blocks=[{"title": "Practice", "credits": 180, "modules": modules}])
    Portfolio.objects.filter(pk=cast.portfolio.pk).update(curriculum=made)
    portfolio = make.with_rules(Portfolio.objects.get(pk=cast.portfolio.pk))
    make.mark_forms(portfolio.programme)
    officer, client = cast.officer, Client()
    with time_machine.travel(moment(make.today() - timedelta(days=20)), tick=False):
        activity, observed = make.signed_off(portfolio, cast.assessor, "S-A1"), make.assessed(portfolio, cast.assessor)
        make.module_signed_off(portfolio, officer, "S-A1")
        there = make.entry("S-X1", 1), make.entry("S-X1", kind=ElsewhereKind.CBD)
        rows = [make.signed_elsewhere(portfolio, officer, entry) for entry in there]
        make.result(portfolio, officer, award="A prize")
    with time_machine.travel(moment(make.today() - timedelta(days=19)), tick=False):
        make.review_signed(portfolio, officer=officer)
    perform("unlock", activity, by=officer, reason="The page was another one.")
    perform("void assessment", make.assessment(observed), by=officer, reason="It was of somebody else.")
    for one in rows:
        make.elsewhere_voided(one, officer)
    make.result(portfolio, officer, award="A prize", says=ResultState.TAKEN_BACK, reason="Of another year.")
    make.review_planned(portfolio, officer, 2)
    client.force_login(officer)
    page = client.get(reverse("review_point", args=[portfolio.ref, 2]))
    assert [re.sub(r" since .*", "", one["title"]) for one in page.context["agenda"]] == [
        "1 activity unlocked",
        "The sign-off of S-A1 voided",
        "1 assessment voided",
        "2 records of another system taken back",
        "A prize: taken back",
        "1 returned item to revise",
    ]


@pytest.mark.django_db
def test_goals_and_what_was_removed_since_a_review_stand_on_the_page_of_the_next_and_in_what_is_signed(
    cast: Cast,
) -> None:
    """Nobody reads there why the leave was, and what the two sides sign is what the page said."""
    portfolio, officer, client = make.with_rules(cast.portfolio), cast.officer, Client()
    client.force_login(officer)
    address = reverse("review_point", args=[portfolio.ref, 2])
    first = make.today() - timedelta(days=40)
    with time_machine.travel(moment(make.today() - timedelta(days=20)), tick=False):
        before = make.goal(portfolio, "Chair a meeting")
        make.goal(portfolio, "Keep a diary")
        stays = make.placed(portfolio, officer, since=-10, until=5, title="Two weeks in imaging")
        removed = make.placement_planned(portfolio, since=6, until=15, title="Never")
        make.training_time(portfolio, officer, Away(first, first, LeaveKind.SICK, "A cold."))
    with time_machine.travel(moment(make.today() - timedelta(days=19)), tick=False):
        make.review_signed(portfolio, officer=officer)
    make.review_planned(portfolio, officer, 2)
    assert [one["title"] for one in client.get(address).context["agenda"]][-1] == "2 open goals"
    make.reviewed(before, GoalOutcome.GOING_WELL, by=officer)
    make.reviewed(before, GoalOutcome.ACHIEVED)
    make.goal(portfolio, "Learn to say no")
    perform("end placement", stays, by=officer, given=EndOn(make.today() - timedelta(days=18)))
    perform("remove placement", removed, by=portfolio.trainee)
    make.confirmed(portfolio, officer, "S-X1", activities=3, cbd=0, observed=0)
    gone = Gone(Interruption, first)
    perform("remove training time", TimeOf(portfolio), by=officer, given=gone, seen="1", reason="It was a cold day.")
    expected = [
        ("1 goal set", "“Learn to say no”."),
        ("1 goal reviewed", "“Chair a meeting”."),
        ("1 goal achieved", "“Chair a meeting”."),
        ("The requirements of S-X1 confirmed", f"On {day(make.today())}."),
        ("Placement: Two weeks in imaging, ends earlier now", f"On {day(make.today())}."),
        ("A planned placement removed", f"On {day(make.today())}."),
        (f"Leave from {day(first)} to {day(first)} removed", f"On {day(make.today())}."),
        ("2 open goals", "“Keep a diary”; “Learn to say no”."),
    ]
    page = client.get(address)
    listed = [(re.sub(r" since .*", "", one["title"]), one["note"]) for one in page.context["agenda"]]
    assert [one for one in listed if one in expected] == expected
    assert [one for one in listed if one not in expected] == []
    for why in ("Sick", "cold"):
        assert why not in page.content.decode()
    signed = make.review_signed(portfolio, 2, trainee=False, officer=officer)
    frozen = json.loads(signed.meeting.manifest)["agenda"]
    assert [(re.sub(r" since .*", "", one["words"]), one["note"]) for one in frozen] == listed
