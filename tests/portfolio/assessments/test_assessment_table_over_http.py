"""Every state × action × person of an assessment through the real addresses: the status, and no trace of a refusal.

What is legal and what everybody else is answered is listed by hand. A plan is visible to its trainee alone, and an open
slot is no record: there 404 is the answer.
"""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.models import Assessment, Portfolio
from portfolio.states import AssessmentState as State
from portfolio.workflow import perform
from portfolio.workflow.assessments.planning import planned_seen
from tests import make
from tests.cast import Cast
from tests.portfolio.assessments.test_assessment_table import reach
from tests.portfolio.everybody import (
    ADMINISTRATORS,
    OFFICERS,
    SEES,
    SUPERVISOR,
    Answers,
    answers,
    asked_of_all,
    browsers,
    cast,
    each,
    everybody,
    with_blocks,
)

__all__ = ["browsers", "cast", "everybody"]  # fixtures
MARKS = {"mark_0": "Meets expectations", "mark_1": "Meets expectations"}
WORDS = {"strengths": "Clear.", "to_develop": "More.", "action": "Again.", "outcome": "satisfactory", "standing": "on"}
PLAN = {"which": "own-OCE", "title": "Another", "what": "It.", "where": "There."}
DECIDED = (State.SATISFACTORY, State.NOT_YET)
BUTTONS: dict[str, dict[str, set[str]]] = {
    State.PLANNED: {"trainee": {"Ask an assessor", "Change the plan"}},
    State.WITH_ASSESSOR: {
        "trainee": {"Change assessor", "Withdraw to change the plan"},
        **{name: {"Change assessor"} for name in OFFICERS},
    },
    **{state: {name: {"Void this assessment"} for name in OFFICERS | ADMINISTRATORS} for state in DECIDED},
    State.VOIDED: {},
}


@pytest.fixture
def priya(cast: Cast) -> Portfolio:
    """Priya's portfolio, on a curriculum that asks for 2 CBDs and 3 observed in S-A1, which a supervisor supervises."""
    return with_blocks(cast, *make.WITH_ASSESSMENTS)


def on(day: date) -> dict[str, int]:
    return {"happens_on_0": day.day, "happens_on_1": day.month, "happens_on_2": day.year}


def forms(cast: Cast, row: Assessment) -> dict[str, tuple[str, dict[str, Any], Answers]]:
    """By action: where it is sent, a complete form, and who gets which answer from this state."""
    state = row.state
    waits, decided = state == State.WITH_ASSESSOR, state in DECIDED
    plan = PLAN | on(make.today()) | {"seen": planned_seen(row)}
    late = {"trainee": 409} if state != State.PLANNED else {"trainee": 302}
    seen, right = make.seen_of(row), make.seen_of(row, "OCE")

    def at(name: str) -> str:
        return reverse(name, args=[row.portfolio.ref, row.aid])

    def theirs(status: int, who: set[str], legal: bool) -> Answers:
        """Of a step of the portfolio's people; a plan is not visible to them."""
        seen_by = answers(cast, sees=status, **each(who, 302 if legal else 409))
        if state == State.PLANNED:
            seen_by |= dict.fromkeys(SEES - {"trainee"}, 404)
        return seen_by

    by_assessor = {"assessor": 404} if state == State.PLANNED else {}
    return {
        "plan": (at("assessment_edit"), plan, answers(cast, sees=403, **late)),
        "ask": (
            at("assessment_ask"),
            {"assessor": cast.assessor.pk, "declared": "on"},
            theirs(403, {"trainee"}, state == State.PLANNED),
        ),
        "withdraw": (at("assessment_withdraw"), {}, theirs(403, {"trainee"}, waits)),
        "redirect": (
            at("assessment_redirect"),
            {"assessor": cast.second_assessor.pk},
            theirs(403, {"trainee"} | OFFICERS, waits),
        ),
        "void": (at("assessment_void"), {"reason": "A word on why."}, theirs(403, OFFICERS | ADMINISTRATORS, decided)),
        "complete": (
            reverse("assess", args=[row.aid]),
            {"seen": seen, **WORDS, **MARKS},
            answers(cast, sees=404, **({"assessor": 302 if waits else 409} | by_assessor)),
        ),
        "correct the kind": (
            reverse("assess_kind", args=[row.aid]),
            {"seen": right, **MARKS},
            answers(cast, sees=404, **({"assessor": 302 if waits or decided else 409} | by_assessor)),
        ),
        "reflect": (
            at("assessment_reflection"),
            {"text": "What I take from it."},
            answers(cast, sees=403, trainee=302 if decided else 409),
        ),
    }


@pytest.mark.parametrize("state", list(BUTTONS))
def test_every_action_on_an_assessment_by_everybody(
    cast: Cast, priya: Portfolio, browsers: dict[str, Client], state: str, django_capture_on_commit_callbacks: Any
) -> None:
    row = reach(state, cast)
    for action, (where, sent, wanted) in forms(cast, row).items():
        asked_of_all(browsers, where, sent, wanted, f"{action} from {state}", django_capture_on_commit_callbacks)


@pytest.mark.parametrize("state", list(BUTTONS))
def test_in_a_closed_portfolio_every_step_is_refused(
    cast: Cast, priya: Portfolio, browsers: dict[str, Client], state: str, django_capture_on_commit_callbacks: Any
) -> None:
    row = reach(state, cast)
    wanted = forms(cast, row)
    perform("close portfolio", priya, by=cast.administrator, reason="Completed.")
    for action, (where, sent, before) in wanted.items():
        closed = {name: 403 if status in (302, 409) else status for name, status in before.items()}
        asked_of_all(
            browsers, where, sent, closed, f"{action} from {state}, closed", django_capture_on_commit_callbacks
        )


def test_every_state_of_an_assessment_is_tried() -> None:
    """An open slot is no row: it is filled at the address of its module."""
    assert {*BUTTONS, State.OPEN} == set(State)


@pytest.mark.parametrize("slots", ["open", "none open"])
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_filling_an_open_slot_by_everybody(
    cast: Cast,
    priya: Portfolio,
    browsers: dict[str, Client],
    slots: str,
    closed: bool,
    django_capture_on_commit_callbacks: Any,
) -> None:
    if slots == "none open":
        for _ in range(3):
            make.planned(priya)
    if closed:
        perform("close portfolio", priya, by=cast.administrator, reason="Completed.")
    where = f"{reverse('assessment_new', args=[priya.ref])}?module=S-A1&kind=observed"
    theirs = 403 if closed else 302 if slots == "open" else 409
    wanted = answers(cast, sees=403, trainee=theirs)
    asked_of_all(browsers, where, PLAN | on(make.today()), wanted, f"plan, {slots}", django_capture_on_commit_callbacks)


@pytest.mark.parametrize("state", list(BUTTONS))
def test_a_button_is_offered_to_whom_the_step_is_legal(
    cast: Cast, priya: Portfolio, browsers: dict[str, Client], state: str
) -> None:
    row = reach(state, cast)
    where = reverse("assessment", args=[priya.ref, row.aid])
    for name in SEES | {SUPERVISOR}:
        response = browsers[name].get(where)
        hidden = state == State.PLANNED and name != "trainee"
        assert response.status_code == (404 if hidden else 200), name
        if response.status_code == 200:
            offered = {button["label"] for button in response.context["buttons"]}
            assert offered == BUTTONS[state].get(name, set()), name
