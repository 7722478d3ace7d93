"""Every state × action × person of a review, of working time and of leave through the real addresses: the status, the
button, and that a refusal leaves no trace.
"""

from typing import Any

import pytest
from django.test import Client

from portfolio.models import Portfolio, ReviewAction
from portfolio.states import LeaveKind, Side
from portfolio.states import ReviewState as State
from portfolio.workflow import ReviewOf, perform
from portfolio.workflow.reviews import notes_seen, shown
from portfolio.workflow.training_time import Away, Works
from tests import make
from tests.cast import Cast
from tests.portfolio.everybody import OFFICERS, SEES, answers, asked_of_all, browsers, cast, each, everybody
from tests.portfolio.reviews.test_review_pages import DAY, at, boxes
from tests.portfolio.reviews.test_review_table import HELD, KEEPERS, reach

__all__ = ["browsers", "cast", "everybody"]  # fixtures

BUTTONS: dict[str, set[str]] = {
    State.NOT_PLANNED: {"Plan the meeting"},
    State.PLANNED: {"Change the date"},
    State.SIGNED_BY_TRAINEE: {"Make a new record"},
    State.SIGNED_BY_OFFICER: {"Make a new record"},
    State.SIGNED_BY_BOTH: {"Make a new record"},
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_every_action_on_a_review_by_everybody(
    cast: Cast,
    of: Portfolio,
    browsers: dict[str, Client],
    state: str,
    closed: bool,
    django_capture_on_commit_callbacks: Any,
) -> None:
    reach(state, cast)
    subject, today = ReviewOf.read(of, 1), make.today()
    seen = shown(subject) if subject.meeting else ""
    first = ReviewAction.objects.order_by("pk").first()
    if closed:
        perform("close portfolio", of, by=cast.administrator, reason="Completed.")
    yes, late = (403, 403) if closed else (302, 409)
    both = {"trainee"} | OFFICERS
    planned, held = state == State.PLANNED, state in HELD
    notes = {side: notes_seen(subject.meeting, side) if subject.meeting else "" for side in Side}
    sends: list[tuple[str, list[Any], dict[str, Any], dict[str, int]]] = [
        (
            "review_plan",
            [],
            boxes("on", today),
            answers(cast, sees=403, **each(both, yes if state in (State.NOT_PLANNED, State.PLANNED) else late)),
        ),
        (
            "review_again",
            [],
            boxes("on", today) | {"reason": "It was another day."},
            answers(cast, sees=403, **each(both, yes if held else late)),
        ),
        (
            "review_action",
            [],
            {"what": "Write it up", "side": "trainee", **boxes("by_when", today + DAY)},
            answers(cast, sees=403, **each(both, yes if planned else late)),
        ),
        (
            "review_notes",
            [],
            {"text": "What was said.", "seen": notes[Side.TRAINEE]},
            answers(cast, sees=403, trainee=yes if planned else late, **each(OFFICERS, late)),
        ),
        (
            "review_notes",
            [],
            {"text": "What was said.", "seen": notes[Side.OFFICER]},
            answers(cast, sees=403, trainee=late, **each(OFFICERS, yes if planned else late)),
        ),
        ("review_sign", [], {"seen": seen}, _signing(cast, state, yes, late)),
    ]
    if first is not None:
        everybody = 403 if planned or closed else 409
        who = each(both, yes if planned else late)
        sends.append(("review_action_drop", [first.pk], {}, answers(cast, sees=everybody, supervisor=403, **who)))
        done = {"trainee": yes if state == State.SIGNED_BY_BOTH else late, **each(OFFICERS, late)}
        sends.append(("review_action_done", [first.pk], {}, answers(cast, sees=403, **done)))
        sends.append(("review_action_reopen", [first.pk], {}, answers(cast, sees=403, **each(both, late))))
    for name, args, sent, wanted in sends:
        said = f"{name} from {state}"
        asked_of_all(browsers, at(of, name, 1, *args), sent, wanted, said, django_capture_on_commit_callbacks)
    for name in SEES:
        page = browsers[name].get(at(of, "review_point", 1))
        offered = {link["label"] for link in page.context["links"]}
        assert offered == (BUTTONS[state] if name in both and not closed else set()), name
        may_sign = not closed and name in _signers(state)
        assert (page.context["sign"] is not None) == may_sign, name


def _signers(state: str) -> set[str]:
    trainee = {"trainee"} if state in (State.PLANNED, State.SIGNED_BY_OFFICER) else set()
    return trainee | (OFFICERS if state in (State.PLANNED, State.SIGNED_BY_TRAINEE) else set())


def _signing(cast: Cast, state: str, yes: int, late: int) -> dict[str, int]:
    """Who is on no side is refused as the officer's side would be: too late where that has signed."""
    officer = State.PLANNED, State.SIGNED_BY_TRAINEE
    signers = _signers(state)
    others = 403 if state in officer else late
    sides = {name: yes if name in signers else late for name in {"trainee"} | OFFICERS}
    return answers(cast, sees=others, supervisor=403, **sides)


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_every_action_on_working_time_and_leave_by_everybody(
    cast: Cast,
    of: Portfolio,
    browsers: dict[str, Client],
    closed: bool,
    django_capture_on_commit_callbacks: Any,
) -> None:
    today = make.today()
    make.training_time(of, cast.officer, Works(today, 60), Away(today, None, LeaveKind.SICK))
    if closed:
        perform("close portfolio", of, by=cast.administrator, reason="Completed.")
    wanted = answers(cast, sees=403, **each(KEEPERS, 403 if closed else 302))
    on, before = today.isoformat(), boxes("starts_on", today - DAY)
    end = boxes("ends_on", today - DAY)
    for name, args, sent in (
        ("training_time_record", ["working-time"], {"hundredths": 80, **before}),
        ("training_time_record", ["leave"], {"kind": "other", **before, **end}),
        ("training_time_change", ["working-time", on], {"hundredths": 80, "seen": 1}),
        ("training_time_change", ["leave", on], {"kind": "sick", **boxes("ends_on", today), "seen": 1}),
        ("training_time_remove", ["working-time", on], {"reason": "Not so.", "seen": 1}),
        ("training_time_remove", ["leave", on], {"reason": "Not so.", "seen": 1}),
    ):
        asked_of_all(browsers, at(of, name, *args), sent, wanted, name, django_capture_on_commit_callbacks)
    for name in SEES:
        page = browsers[name].get(at(of, "training_time"))
        assert page.context["may"] == (name in KEEPERS and not closed), name
