"""The pages of goals: lists, one goal, its forms with whatever was typed into them, and where else goals stand."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from curriculum.models import Module
from portfolio.models import Evidence, Goal, GoalReview, ModuleSignOff
from portfolio.progress import DueAction, actions_due
from portfolio.states import GoalState
from portfolio.workflow import ModuleOf, TooLate, modules, perform
from portfolio.workflow.goals import review_digest, writing
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import queries

NHS_NUMBER = "999 000 0018"
TYPED = {"title": "Chair a meeting", "criteria": "It ends on time.", "why": "I go quiet."}


@pytest.fixture
def trainee(cast: Cast, client: Client) -> Client:
    client.force_login(cast.trainee)
    return client


@pytest.fixture
def officer(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.officer)
    return browser


def at(cast: Cast, name: str, *args: object) -> str:
    return reverse(name, args=[cast.portfolio.ref, *args])


def boxes(name: str, on: date) -> dict[str, int]:
    return {f"{name}_0": on.day, f"{name}_1": on.month, f"{name}_2": on.year}


def in_days(days: int) -> date:
    return make.today() + timedelta(days=days)


def days_ago(days: int) -> Any:
    return time_machine.travel(timezone.now() - timedelta(days=days), tick=False)


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().split("<main")[1]).split())


# --- the list -----------------------------------------------------------------------------------------------------


def test_goals_stand_by_their_target_date_and_overdue_is_said_in_words(
    cast: Cast, trainee: Client, officer: Client
) -> None:
    with days_ago(40):
        make.goal(cast.portfolio, "Late", target_on=in_days(31))
    make.goal(cast.portfolio, "Far", target_on=in_days(200))
    make.goal(cast.portfolio, "Near", target_on=in_days(1), actions=["Ask", "Do"])
    make.reviewed(make.goal(cast.portfolio, "Reached"), "achieved")
    make.reviewed(make.goal(cast.portfolio, "Dropped"), "given_up")
    shown = trainee.get(at(cast, "goals")).context["groups"]
    assert [(group["state"], [row["title"] for row in group["rows"]]) for group in shown] == [
        (GoalState.OPEN, ["Late", "Near", "Far"]),
        (GoalState.ACHIEVED, ["Reached"]),
        (GoalState.GIVEN_UP, ["Dropped"]),
    ]
    assert [row["tag"] for row in shown[0]["rows"]] == ["Overdue by 9 days", "In 1 day", "In 200 days"]
    assert [row["shape"] for row in shown[0]["rows"]] == ["alert", "progress", "progress"]
    assert shown[0]["rows"][1]["note"].endswith("0 of 2 actions done. Not reviewed yet")
    assert officer.get(at(cast, "goals")).context["groups"] == shown


def test_only_the_trainee_is_offered_to_set_one(cast: Cast, trainee: Client, officer: Client) -> None:
    assert "Set a goal" in text(trainee.get(at(cast, "goals")))
    assert "Set a goal" not in text(officer.get(at(cast, "goals")))
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    assert "Set a goal" not in text(trainee.get(at(cast, "goals")))


def test_the_pages_ask_no_more_of_thirty_goals_than_of_one(cast: Cast, trainee: Client) -> None:
    Module.objects.filter(code="S-X1").update(kind=Module.Kind.PROFESSIONAL_DEVELOPMENT)

    def asked() -> dict[str, int]:
        first = Goal.objects.earliest("pk")
        addresses = [at(cast, "goals"), at(cast, "progress"), at(cast, "module", "S-X1"), at(cast, "history")]
        addresses += [at(cast, "goal", first.gid), at(cast, "goal_edit", first.gid)]
        return {address: queries(trainee, address) for address in addresses}

    make.reviewed(make.goal(cast.portfolio, "0", actions=["0"], due_on=in_days(3)))
    few = asked()
    for number in range(1, 31):
        make.reviewed(make.goal(cast.portfolio, str(number), actions=[str(number)] * 3, due_on=in_days(3)))
    first = Goal.objects.earliest("pk")
    for number in range(30):
        make.reviewed(first, happened=str(number))
    assert asked() == few
    assert len(trainee.get(at(cast, "goals")).context["page"]) == 25


# --- setting and changing -----------------------------------------------------------------------------------------


def test_a_goal_is_set_with_its_actions_and_changed(cast: Cast, trainee: Client, officer: Client) -> None:
    action = {"action-new-1-what": "Ask Ana", **boxes("action-new-1-due_on", in_days(9))}
    answer = trainee.post(at(cast, "goal_new"), TYPED | boxes("target_on", in_days(60)) | action)
    goal = Goal.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, at(cast, "goal", goal.gid))
    assert (goal.title, goal.criteria, goal.why, goal.target_on) == (*TYPED.values(), in_days(60))
    assert goal.actions.get().what == "Ask Ana"
    form = trainee.get(at(cast, "goal_edit", goal.gid)).context["form"]
    sent = TYPED | boxes("target_on", in_days(70)) | {"title": "Chair two", "opened": form["opened"].value()}
    kept = f"action-{goal.actions.get().aid}"
    sent |= {f"{kept}-what": "Ask Ana twice", **boxes(f"{kept}-due_on", in_days(9))}
    assert trainee.post(at(cast, "goal_edit", goal.gid), sent).status_code == 302
    goal.refresh_from_db()
    assert (goal.title, goal.target_on, goal.actions.get().what) == ("Chair two", in_days(70), "Ask Ana twice")
    for browser in (trainee, officer):
        shown = text(browser.get(at(cast, "goal", goal.gid)))
        assert all(words in shown for words in ("Chair two", "It ends on time.", "I go quiet.", "Ask Ana twice"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Enter what you want to reach."),
        ({"title": "x" * 201}, "The goal must be 200 characters or fewer. It has 201."),
        ({"criteria": " "}, "Enter how you and others will know that you have reached it."),
        ({"criteria": "x" * 10_001}, "The success criteria must be 10000 characters or fewer. It has 10001."),
        ({"why": "nul\x00"}, "Take out the characters that cannot be shown."),
        ({"target_on_1": ""}, "The target date must include a month"),
        ({"target_on_0": "31", "target_on_1": "2"}, "The target date must be a real date"),
        (dict.fromkeys(("target_on_0", "target_on_1", "target_on_2"), ""), "Enter the date by which you want to"),
        (boxes("target_on", date(2020, 1, 1)), "The target date must be today or later."),
        (boxes("target_on", date(2190, 1, 1)), "This is more than 20 years after the training began. Check the year."),
        ({"action-new-1-what": "Ask"}, "Enter the date by which you will do this."),
        (boxes("action-new-2-due_on", date(2999, 1, 1)), "Enter what you will do, or empty the date as well."),
        (
            {"action-new-1-what": "Ask", **boxes("action-new-1-due_on", date(2020, 1, 1))},
            "The date of this action",
        ),
        (
            {"action-new-1-what": "Ask", **boxes("action-new-1-due_on", date(2190, 1, 1))},
            "This is more than 20 years after the training began. Check the year.",
        ),
        ({"action-new-1-what": "x" * 301, **boxes("action-new-1-due_on", date(2999, 1, 1))}, "The action must be 300"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    cast: Cast, trainee: Client, wrong: dict[str, Any], said: str
) -> None:
    sent = TYPED | boxes("target_on", in_days(60)) | {"action-new-3-what": "Kept too"} | wrong
    sent |= boxes("action-new-3-due_on", in_days(5))
    answer = trainee.post(at(cast, "goal_new"), sent)
    assert answer.status_code == 422
    assert said in text(answer)
    page = answer.content.decode()
    assert "Kept too" in page
    for name in set(TYPED) - set(wrong):
        assert TYPED[name] in page, name
    assert Goal.objects.count() == 0


def test_a_stale_form_gives_back_what_was_typed(cast: Cast, trainee: Client) -> None:
    goal = make.goal(cast.portfolio)
    sent = TYPED | boxes("target_on", in_days(60)) | {"opened": "something else", "title": "From the old tab"}
    answer = trainee.post(at(cast, "goal_edit", goal.gid), sent)
    assert (answer.status_code, "From the old tab" in answer.content.decode()) == (409, True)
    assert Goal.objects.get().title == goal.title


@pytest.mark.parametrize("name", ["goal_new", "goal_edit", "goal_review"])
def test_what_was_typed_survives_a_session_that_has_ended(cast: Cast, name: str) -> None:
    goal = make.goal(cast.portfolio)
    where = at(cast, name, *([] if name == "goal_new" else [goal.gid]))
    answer = Client().post(where, {"title": "All that I typed", "happened": "All that I typed"})
    assert (answer.status_code, "All that I typed" in answer.content.decode()) == (401, True)


def test_what_was_typed_survives_the_closing_of_the_portfolio(cast: Cast, trainee: Client) -> None:
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    answer = trainee.post(at(cast, "goal_new"), TYPED)
    assert (answer.status_code, TYPED["criteria"] in answer.content.decode()) == (403, True)


# --- actions ------------------------------------------------------------------------------------------------------


def test_an_action_is_ticked_off_today_or_on_another_day_and_back_again(cast: Cast, trainee: Client) -> None:
    with days_ago(20):
        goal = make.goal(cast.portfolio, actions=["Ask"])
    where = at(cast, "goal_action_done", goal.gid, goal.actions.get().aid)
    for sent, on in (
        ({"go": "today"}, make.today()),
        ({"go": "undo"}, None),
        (boxes("done_on", in_days(-5)), in_days(-5)),
    ):
        assert trainee.post(where, sent).status_code == 302
        assert goal.actions.get().done_on == on
    early = trainee.post(where, boxes("done_on", in_days(-21)))
    assert early.status_code == 422
    assert "The action was set on " in text(early)
    assert 'value="' + str(in_days(-21).year) in early.content.decode()
    assert trainee.post(where, boxes("done_on", in_days(1))).status_code == 422
    assert goal.actions.get().done_on == in_days(-5)


def test_an_action_of_a_goal_that_has_ended_is_too_late(cast: Cast, trainee: Client) -> None:
    goal = make.goal(cast.portfolio, actions=["Ask"])
    make.reviewed(goal, "achieved")
    answer = trainee.post(at(cast, "goal_action_done", goal.gid, goal.actions.get().aid), {"go": "today"})
    assert (answer.status_code, "This goal is achieved. Open it again to change it." in text(answer)) == (409, True)


def test_an_action_is_found_at_its_own_goal_alone(cast: Cast, trainee: Client) -> None:
    goal, other = make.goal(cast.portfolio, "One", actions=["Ask"]), make.goal(cast.portfolio, "Two")
    assert trainee.get(at(cast, "goal_action_done", other.gid, goal.actions.get().aid)).status_code == 404


# --- reviews ------------------------------------------------------------------------------------------------------


def test_trainee_and_officer_review_it_and_both_stand_under_their_names(
    cast: Cast, trainee: Client, officer: Client
) -> None:
    goal = make.goal(cast.portfolio)
    where = at(cast, "goal_review", goal.gid)
    sent = {"outcome": "changed", "happened": "We made it smaller.", "next_steps": "One meeting."}
    assert officer.post(where, sent).status_code == 302
    assert trainee.post(where, sent | {"outcome": "achieved", "happened": "Done."}).status_code == 302
    reviews = trainee.get(at(cast, "goal", goal.gid)).context["reviews"]
    assert [(one["what"], one["who"].partition(", ")[2], one["said"]) for one in reviews] == [
        ("Achieved", "Priya Raman, Trainee", "Done.\n\nNext: One meeting."),
        ("Changed", "Ana Reyes, Training officer", "We made it smaller.\n\nNext: One meeting."),
    ]
    assert Goal.objects.get().state == GoalState.ACHIEVED


def test_an_officer_is_offered_no_end_of_it(cast: Cast, trainee: Client, officer: Client) -> None:
    where = at(cast, "goal_review", make.goal(cast.portfolio).gid)
    both = [("going_well", "Going well"), ("changed", "Changed")]
    assert officer.get(where).context["form"].fields["outcome"].choices == both
    ends = [("achieved", "Achieved"), ("given_up", "Given up")]
    assert trainee.get(where).context["form"].fields["outcome"].choices == both + ends


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"outcome": ""}, "Choose how it is going."),
        ({"outcome": "brilliant"}, "Choose one of the answers."),
        ({"happened": "  "}, "Say what happened: it stays with the goal."),
        ({"happened": "x" * 10_001}, "What happened must be 10000 characters or fewer. It has 10001."),
    ],
)
def test_what_a_review_lacks_is_said(cast: Cast, trainee: Client, wrong: dict[str, str], said: str) -> None:
    where = at(cast, "goal_review", make.goal(cast.portfolio).gid)
    sent = {"outcome": "changed", "happened": "We made it smaller.", "next_steps": "Kept as typed."}
    answer = trainee.post(where, sent | wrong)
    assert (answer.status_code, said in text(answer), "Kept as typed." in text(answer)) == (422, True, True)
    assert GoalReview.objects.count() == 0


# --- patient data -------------------------------------------------------------------------------------------------


def test_the_trainee_is_warned_of_patient_data_in_a_goal_and_nobody_else(
    cast: Cast, trainee: Client, officer: Client
) -> None:
    goal = make.goal(cast.portfolio, actions=[f"Call {NHS_NUMBER}"])
    assert trainee.get(at(cast, "goal", goal.gid)).context["warning"].endswith("like an NHS number.")
    assert "Check for patient data." in text(trainee.get(at(cast, "goal_edit", goal.gid)))
    assert officer.get(at(cast, "goal", goal.gid)).context["warning"] == ""
    assert trainee.get(at(cast, "goal", make.goal(cast.portfolio, "Clean").gid)).context["warning"] == ""


def test_a_review_cannot_be_taken_back_so_patient_data_is_asked_about_first(cast: Cast, officer: Client) -> None:
    where = at(cast, "goal_review", make.goal(cast.portfolio).gid)
    assert "checked" not in officer.get(where).context["form"].fields
    sent = {"outcome": "changed", "happened": f"I saw {NHS_NUMBER}."}
    answer = officer.post(where, sent)
    assert answer.status_code == 422
    assert "looks like an NHS number. Take it out, or confirm that it does not identify a patient." in text(answer)
    assert GoalReview.objects.count() == 0
    assert officer.post(where, sent | {"checked": "on"}).status_code == 302
    assert GoalReview.objects.count() == 1


# --- evidence -----------------------------------------------------------------------------------------------------


def test_a_goal_is_made_into_one_page_however_often_the_button_is_pressed(cast: Cast, trainee: Client) -> None:
    goal = make.goal(cast.portfolio)
    sent = {"page_token": trainee.get(at(cast, "goal", goal.gid)).context["page_token"]}
    answer = trainee.post(at(cast, "goal_evidence", goal.gid), sent)
    page = Evidence.objects.get()
    assert answer["Location"] == at(cast, "evidence_edit", page.eid)
    assert goal.criteria in trainee.get(answer["Location"]).content.decode()
    make.change(page, body="Changed since.", save=False)
    again = trainee.post(at(cast, "goal_evidence", goal.gid), sent)
    assert again["Location"] == at(cast, "evidence", page.eid)
    assert Evidence.objects.get().body == "Changed since."


# --- what is due --------------------------------------------------------------------------------------------------


def test_actions_that_are_overdue_or_due_in_two_weeks_are_next() -> None:
    today = date(2026, 3, 10)
    due = [DueAction(f"{days}", "Chair", "g1", today + timedelta(days=days)) for days in (14, 15, -2, 0, 1)]
    steps = actions_due(due, today=today)
    assert [(step.words, step.why, step.late, step.at.gid) for step in steps] == [
        ("-2", "Was due 2 days ago, on 8 March 2026. Goal: Chair", True, "g1"),
        ("0", "Due today. Goal: Chair", False, "g1"),
        ("1", "Due in 1 day, on 11 March 2026. Goal: Chair", False, "g1"),
        ("14", "Due in 14 days, on 24 March 2026. Goal: Chair", False, "g1"),
    ]


def test_progress_shows_them_for_one_query_and_a_done_action_or_an_ended_goal_is_not_next(
    cast: Cast, trainee: Client
) -> None:
    before = queries(trainee, at(cast, "progress"))
    goal = make.goal(cast.portfolio, actions=["Ask", "Done"], due_on=in_days(3))
    writing.mark_done(goal.actions.get(what="Done"), make.today(), by=cast.trainee)
    make.reviewed(make.goal(cast.portfolio, "Reached", actions=["Too late"], due_on=in_days(3)), "achieved")

    def titles() -> list[str]:
        mine = trainee.get(at(cast, "progress")).context["mine"]
        return [row["title"] for row in mine["first"] if row["tag"] == "Do"]

    assert titles() == ["Ask"]
    assert trainee.get(at(cast, "progress")).context["headline"].words == "Ask"
    assert queries(trainee, at(cast, "progress")) == before
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    assert titles() == []


# --- the module that rests on goals -------------------------------------------------------------------------------

RESTS = [
    {
        "title": "Professional development",
        "credits": 180,
        "modules": [
            {"code": "S-C4", "credits": 180, "kind": "professional development", "activities": 0, **make.KNOWN},
        ],
    }
]


@pytest.fixture
def resting(cast: Cast) -> Cast:
    """The portfolio's one module has no activities: its goals and reviews are what counts."""
    cast.portfolio.curriculum = make.curriculum("TST4-1-24", blocks=RESTS)
    cast.portfolio.save()
    return cast


def test_the_module_shows_the_goals_and_how_many_reviews_and_no_other_module_does(cast: Cast, trainee: Client) -> None:
    assert trainee.get(at(cast, "module", "S-C1")).context["goals"] is None
    Module.objects.filter(code="S-X1").update(kind=Module.Kind.PROFESSIONAL_DEVELOPMENT)
    page = at(cast, "module", "S-X1")
    assert "No goal is set yet" in text(trainee.get(page))
    make.reviewed(make.goal(cast.portfolio, "Chair"))
    make.reviewed(make.goal(cast.portfolio, "Write"), "achieved")
    shown = trainee.get(page).context["goals"]
    assert shown["words"] == "1 open, 1 achieved, 2 reviews"
    assert [row["title"] for row in shown["rows"]] == ["Chair", "Write"]


def test_goals_do_not_block_the_sign_off_and_stand_on_its_page(resting: Cast, officer: Client) -> None:
    page = officer.get(at(resting, "module_sign_off", "S-C4"))
    assert (page.context["ready"], "No goal is set yet" in text(page)) == (True, True)
    row = make.reviewed(make.goal(resting.portfolio, "Chair a meeting"))
    page = officer.get(at(resting, "module_sign_off", "S-C4"))
    assert "Chair a meeting" in text(page)
    answer = officer.post(at(resting, "module_sign_off", "S-C4"), {"seen": page.context["seen"]})
    assert answer.status_code == 302
    (signed,) = json.loads(ModuleSignOff.objects.get().manifest)["goals"]
    assert (signed["goal"], signed["state"], signed["reviews"]) == (row.goal.gid, "open", [review_digest(row)])


def test_what_is_written_after_the_page_was_opened_is_not_signed(resting: Cast) -> None:
    goal = make.goal(resting.portfolio)
    seen = modules.shown(ModuleOf.read(resting.portfolio, "S-C4"))
    make.reviewed(goal)
    with pytest.raises(TooLate):
        perform("sign off module", ModuleOf.read(resting.portfolio, "S-C4"), by=resting.officer, seen=seen)
    assert ModuleSignOff.objects.count() == 0


def test_the_sign_off_of_another_module_says_nothing_of_goals(cast: Cast) -> None:
    make.goal(cast.portfolio)
    assert "goals" not in modules.manifest(ModuleOf.read(cast.portfolio, "S-C1"))


# --- the record ---------------------------------------------------------------------------------------------------


def test_history_tells_it_in_words_and_leads_to_the_goal(cast: Cast, officer: Client) -> None:
    goal = make.goal(cast.portfolio, "Chair", actions=["Ask"])
    writing.mark_done(goal.actions.get(), make.today(), by=cast.trainee)
    make.reviewed(goal, "achieved")
    entries = officer.get(at(cast, "history")).context["entries"]
    assert [entry["what"] for entry in entries] == [
        "Recorded the goal “Chair” as achieved",
        "Ticked off an action of the goal “Chair”",
        "Set the goal “Chair”",
    ]
    assert entries[0]["more"] == [{"text": "The goal", "href": at(cast, "goal", goal.gid)}]
