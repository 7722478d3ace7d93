"""Every state × action × person of a goal through the real addresses: the status, the form, and that a refusal leaves
no trace. What is legal and what everybody else is answered is listed by hand.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.models import Goal
from portfolio.states import GoalState as State
from portfolio.workflow import perform
from tests.cast import Cast
from tests.portfolio.everybody import OFFICERS, SEES, answers, asked_of_all, browsers, cast, each, everybody
from tests.portfolio.goals.test_goal_table import LEGAL, SAID, reach

__all__ = ["browsers", "cast", "everybody"]  # fixtures


def forms(cast: Cast, goal: Goal, state: str) -> dict[str, tuple[str, dict[str, Any], dict[str, int]]]:
    """By action: where it is sent, a complete form, and who gets which answer from this state."""
    at = [cast.portfolio.ref, goal.gid]
    is_open = state == State.OPEN
    review = {"happened": SAID, "next_steps": "More."}
    late = answers(cast, sees=403, **each({"trainee"} | OFFICERS, 409))
    ending = answers(cast, sees=403, trainee=302, **each(OFFICERS, 422)) if is_open else late
    return {
        "going well": (
            reverse("goal_review", args=at),
            review | {"outcome": "going_well"},
            answers(cast, sees=403, **each({"trainee"} | OFFICERS, 302)) if is_open else late,
        ),
        "achieved": (reverse("goal_review", args=at), review | {"outcome": "achieved"}, ending),
        "given up": (reverse("goal_review", args=at), review | {"outcome": "given_up"}, ending),
        "reopen": (
            reverse("goal_reopen", args=at),
            {"reason": SAID},
            answers(cast, sees=403, trainee=409 if is_open else 302),
        ),
    }


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("state", list(State))
def test_every_action_by_everybody_over_http(
    cast: Cast,
    browsers: dict[str, Client],
    state: str,
    closed: bool,
    django_capture_on_commit_callbacks: Any,
) -> None:
    goal = reach(state, cast)
    wanted = forms(cast, goal, state)
    if closed:
        perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    for action, (where, sent, expected) in wanted.items():
        if closed:
            expected = {name: 403 if status in (302, 409, 422) else status for name, status in expected.items()}
        said = f"{action} from {state}"
        asked_of_all(browsers, where, sent, expected, said, django_capture_on_commit_callbacks)
    for name in SEES:
        shown = browsers[name].get(reverse("goal", args=[cast.portfolio.ref, goal.gid]))
        offered = {step for step, (sources, who, _) in LEGAL.items() if state in sources and name in who}
        assert set(shown.context["steps"]) == (set() if closed else offered), name
