"""Every state × action × person through the real addresses: the status, the button, and that a refusal leaves no trace.

What is legal and what everybody else is answered is listed by hand. What is not visible is 404 whatever its state.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.models import Activity, Assessment, Evidence, Goal, Item, Nomination, Placement, Portfolio
from portfolio.states import ActivityState as State
from portfolio.states import ModuleState, Outcome
from portfolio.workflow import (
    TABLES,
    AssessmentElsewhere,
    BlockOf,
    CommentOn,
    LinkTo,
    ModuleOf,
    ResultOf,
    ReviewOf,
    RoundOf,
    TimeOf,
    perform,
)
from portfolio.workflow.activities import newest_revisions
from tests import make
from tests.cast import Cast
from tests.portfolio.everybody import (
    ADMINISTRATORS,
    OFFICERS,
    OUT,
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
from tests.portfolio.workflow.test_module_table import BLOCKS, CODE, reach

__all__ = ["browsers", "cast", "everybody"]  # fixtures
ROOT = Path(__file__).resolve().parents[3]


# --- activities ---------------------------------------------------------------------------------------------------


def _draft(cast: Cast) -> None:
    """In Draft after a withdrawal, so that there is a submission whose address can be tried."""
    item = make.in_review(cast.portfolio, cast.assessor)
    perform("withdraw", item.activity, by=cast.trainee)


def _signed_elsewhere(cast: Cast) -> None:
    """The same, and another system has signed it since."""
    _draft(cast)
    make.signed_elsewhere(cast.portfolio, cast.officer)


REACH: dict[str, Callable[[Cast], Any]] = {
    State.NOT_STARTED: lambda cast: None,
    State.DRAFT: _draft,
    State.IN_REVIEW: lambda cast: make.in_review(cast.portfolio, cast.assessor),
    State.RETURNED: lambda cast: make.returned(cast.portfolio, cast.assessor),
    State.SIGNED_OFF: lambda cast: make.signed_off(cast.portfolio, cast.assessor),
    State.SIGNED_ELSEWHERE: _signed_elsewhere,
}
# The buttons on the page of the activity and of its submission, by state and person; who is not named has none.
ELSEWHERE = {name: {"Record as signed elsewhere"} for name in OFFICERS}
BUTTONS: dict[str, dict[str, set[str]]] = {
    State.NOT_STARTED: ELSEWHERE,
    State.DRAFT: {"trainee": {"Submit to an assessor"}, **ELSEWHERE},
    State.IN_REVIEW: {
        "trainee": {"Change assessor", "Withdraw to edit"},
        **{name: {"Change assessor"} for name in OFFICERS},
    },
    State.RETURNED: {"trainee": {"Submit to an assessor"}, **ELSEWHERE},
    State.SIGNED_OFF: {name: {"Unlock"} for name in OFFICERS | ADMINISTRATORS},
    State.SIGNED_ELSEWHERE: {name: {"Take this record back"} for name in OFFICERS | ADMINISTRATORS},
}


def forms(cast: Cast, subject: Activity, state: str) -> dict[str, tuple[str, dict[str, Any], Answers]]:
    """By action: where it is sent, a complete form, and who gets which answer from this state.

    What was not started has no row, no page and no submission: their addresses answer as those that nothing has.
    """
    ref, item = cast.portfolio.ref, Item.objects.filter(activity=subject).first() if subject.pk else None
    sid, digest = (item.submission.sid, item.digest) if item else ("none", "0" * 64)
    pages = [revision.pk for revision in newest_revisions(subject)] if subject.pk else []
    late = answers(
        cast, sees=409 if item else 404, supervisor=403
    )  # who sees a part is refused before it is looked for
    now = state == State.IN_REVIEW
    submittable = state in (State.DRAFT, State.RETURNED)
    decision = {"S-C1-1-seen": digest, "S-C1-1-feedback": "As said."}
    decided = answers(cast, sees=404, assessor=302 if now else 409 if item else 404)
    return {
        "submit": (
            reverse("submit", args=[ref]),
            {"assessor": cast.assessor.pk, "declared": "on", "S-C1-1-chosen": "on", "S-C1-1-pages": pages},
            answers(cast, sees=403, trainee=302 if submittable else 409 if item else 422),
        ),
        "withdraw": (
            reverse("submission_withdraw", args=[ref, sid]),
            {},
            answers(cast, sees=403, trainee=302) if now else late,
        ),
        "redirect": (
            reverse("submission_redirect", args=[ref, sid]),
            {"assessor": cast.second_assessor.pk},
            answers(cast, sees=403, **each({"trainee"} | OFFICERS, 302)) if now else late,
        ),
        "return": (reverse("review", args=[sid]), decision | {"S-C1-1-outcome": Outcome.RETURNED}, decided),
        "sign off": (reverse("review", args=[sid]), decision | {"S-C1-1-outcome": Outcome.SIGNED_OFF}, decided),
        "unlock": (
            reverse("activity_unlock", args=[ref, "S-C1", 1]),
            {"reason": "A word on why."},
            answers(cast, sees=403, **each(OFFICERS | ADMINISTRATORS, 302 if state == State.SIGNED_OFF else 409))
            if item
            else late,
        ),
    }


@pytest.mark.parametrize("state", list(REACH))
def test_every_action_on_an_activity_by_everybody(
    cast: Cast, browsers: dict[str, Client], state: str, django_capture_on_commit_callbacks: Any
) -> None:
    REACH[state](cast)
    subject = make.activity(cast.portfolio)
    assert subject.state == state
    for action, (where, sent, wanted) in forms(cast, subject, state).items():
        said = f"{action} from {state}"
        asked_of_all(browsers, where, sent, wanted, said, django_capture_on_commit_callbacks)


@pytest.mark.parametrize("state", list(REACH))
def test_a_button_is_offered_to_whom_the_step_is_legal_and_to_nobody_else(
    cast: Cast, browsers: dict[str, Client], state: str
) -> None:
    REACH[state](cast)
    where = reverse("activity", args=[cast.portfolio.ref, "S-C1", 1])
    for name, browser in browsers.items():
        response = browser.get(where)
        assert response.status_code == (302 if name in OUT else 200 if name in SEES | {SUPERVISOR} else 404), name
        if response.status_code == 200:
            offered = {button["label"] for button in response.context["buttons"]}
            assert offered == BUTTONS[state].get(name, set()), name
    queued = {name for name in set(browsers) - OUT if browsers[name].get("/reviewing/").context["rows"]}
    assert queued == ({"assessor"} if state == State.IN_REVIEW else set())


@pytest.mark.parametrize("state", list(REACH))
def test_linking_and_unlinking_by_everybody(
    cast: Cast, browsers: dict[str, Client], state: str, django_capture_on_commit_callbacks: Any
) -> None:
    """Both are done on the form of a page of evidence, which is its trainee's alone."""
    REACH[state](cast)
    linked = make.page(cast.portfolio, "Linked too")
    if state not in (State.NOT_STARTED, State.IN_REVIEW):
        perform("link", make.activity(cast.portfolio), by=cast.trainee, given=LinkTo(linked, "Also."))
    free = make.page(cast.portfolio, "Free")
    tick = {"tick-S-C1-1": "on", "why-S-C1-1": "It shows it."}
    clear = {"why-S-C1-1": "Also.", "was-S-C1-1": "Also."}  # as the form was opened: ticked
    refused = state == State.IN_REVIEW
    for action, page, sent in (("link", free, tick), ("unlink", linked, clear)):
        if action == "unlink" and state in (State.NOT_STARTED, State.IN_REVIEW):
            continue  # nothing is linked, and so there is no box to clear
        where = reverse("evidence_edit", args=[cast.portfolio.ref, page.eid])
        whole = _typed(page) | sent
        wanted = answers(cast, sees=403, trainee=409 if refused else 302)
        asked_of_all(browsers, where, whole, wanted, f"{action} from {state}", django_capture_on_commit_callbacks)


def _typed(page: Evidence) -> dict[str, Any]:
    on = page.happened_on
    parts = {"happened_on_0": on.day, "happened_on_1": on.month, "happened_on_2": on.year}
    return {"title": page.title, "kind": page.kind, "body": page.body, **parts}


# --- a closed portfolio -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(REACH))
def test_in_a_closed_portfolio_every_step_is_refused_and_no_button_offered(
    cast: Cast, browsers: dict[str, Client], state: str, django_capture_on_commit_callbacks: Any
) -> None:
    REACH[state](cast)
    wanted = forms(cast, make.activity(cast.portfolio), state)
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    for action, (where, sent, before) in wanted.items():
        closed = {name: 403 if status in (302, 409, 422) else status for name, status in before.items()}
        if action in ("withdraw", "redirect") and state != State.IN_REVIEW:
            closed = before  # nothing waits there: too late, closed or not
        if action in ("return", "sign off") and state in (State.DRAFT, State.SIGNED_ELSEWHERE):
            closed = before
        said = f"{action} from {state}, closed"
        asked_of_all(browsers, where, sent, closed, said, django_capture_on_commit_callbacks)
    where = reverse("activity", args=[cast.portfolio.ref, "S-C1", 1])
    found = {name: browsers[name].get(where).context["buttons"] for name in SEES | {SUPERVISOR}}
    assert found == {name: [] for name in SEES | {SUPERVISOR}}


# --- modules and portfolios ---------------------------------------------------------------------------------------


CONFIRM = {name: {"Confirm the requirements"} for name in OFFICERS}
MODULE_BUTTONS: dict[str, dict[str, set[str]]] = {
    ModuleState.NOT_STARTED: CONFIRM,
    ModuleState.IN_PROGRESS: CONFIRM,
    ModuleState.READY: {name: {"Confirm the requirements", "Sign off this module"} for name in OFFICERS},
    ModuleState.SIGNED_OFF: {name: {"Void this sign-off"} for name in OFFICERS | ADMINISTRATORS},
}


@pytest.mark.parametrize("state", list(MODULE_BUTTONS))
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_every_action_on_a_module_by_everybody(
    cast: Cast, browsers: dict[str, Client], state: str, closed: bool, django_capture_on_commit_callbacks: Any
) -> None:
    with_blocks(cast, *BLOCKS)
    reach(state, cast)
    ref = cast.portfolio.ref
    page = browsers["officer"].get(reverse("module_sign_off", args=[ref, CODE]))
    if closed:
        perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    done = 403 if closed else 302
    late = 403 if closed else 409
    today = make.today()
    read_on = {"read_on_0": today.day, "read_on_1": today.month, "read_on_2": today.year}
    signed = state == ModuleState.SIGNED_OFF
    for name, sent, wanted in (
        (
            "module_sign_off",
            {"seen": page.context["seen"]},
            answers(cast, sees=403, **each(OFFICERS, done if state == ModuleState.READY else late)),
        ),
        (
            "module_void",
            {"reason": "Signed too early."},
            answers(cast, sees=403, **each(OFFICERS | ADMINISTRATORS, done if signed else late)),
        ),
        (
            "module_requirements",
            {"activities": 2, "source": "The Library's page", **read_on},
            answers(cast, sees=403, **each(OFFICERS, late if signed else done)),
        ),
    ):
        said = f"{name} from {state}"
        where = reverse(name, args=[ref, CODE])
        asked_of_all(browsers, where, sent, wanted, said, django_capture_on_commit_callbacks)
    for name in SEES | {SUPERVISOR}:
        shown = browsers[name].get(reverse("module", args=[ref, CODE]))
        offered = {step["label"] for step in shown.context["steps"]}
        assert offered == (set() if closed else MODULE_BUTTONS[state].get(name, set())), name


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_closing_and_reopening_by_everybody(
    cast: Cast, browsers: dict[str, Client], closed: bool, django_capture_on_commit_callbacks: Any
) -> None:
    if closed:
        perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    ref, sent = cast.portfolio.ref, {"reason": "A word on why."}
    for name, legal in (("portfolio_close", not closed), ("portfolio_reopen", closed)):
        late = 403 if name == "portfolio_close" else 409
        wanted = answers(cast, sees=403, **each(ADMINISTRATORS, 302 if legal else late))
        where = reverse(name, args=[ref])
        asked_of_all(browsers, where, sent, wanted, name, django_capture_on_commit_callbacks)
    label = "Reopen this portfolio" if closed else "Close this portfolio"
    for name in SEES:
        steps = browsers[name].get(reverse("people", args=[ref])).context["steps"]
        assert [step.label for step in steps.values()] == ([label] if name in ADMINISTRATORS else []), name


# --- every table there is -----------------------------------------------------------------------------------------

ALL = ROOT / "tests" / "portfolio"
# Where the steps of each table are sent by everybody, and the address of each step there.
HERE, STEPS = ALL / "workflow" / "test_tables_over_http.py", ALL / "workflow" / "test_steps_over_http.py"
OVER_HTTP: dict[type, tuple[Path, dict[str, str]]] = {
    Activity: (
        HERE,
        {
            "link": "evidence_edit",
            "unlink": "evidence_edit",
            "submit": "submit",
            "withdraw": "submission_withdraw",
            "redirect": "submission_redirect",
            "return": "review",
            "sign off": "review",
            "unlock": "activity_unlock",
        },
    ),
    ModuleOf: (
        HERE,
        {
            "sign off module": "module_sign_off",
            "void module sign-off": "module_void",
            "confirm requirements": "module_requirements",
        },
    ),
    Portfolio: (HERE, {"close portfolio": "portfolio_close", "reopen portfolio": "portfolio_reopen"}),
    Goal: (
        ALL / "goals" / "test_goal_table_over_http.py",
        {
            "review goal": "goal_review",
            "achieve goal": "goal_review",
            "give up goal": "goal_review",
            "reopen goal": "goal_reopen",
        },
    ),
    ReviewOf: (
        ALL / "reviews" / "test_review_table_over_http.py",
        {
            "plan review": "review_plan",
            "write review notes": "review_notes",
            "agree action": "review_action",
            "drop action": "review_action_drop",
            "sign review as trainee": "review_sign",
            "sign review as officer": "review_sign",
            "record review again": "review_again",
            "complete action": "review_action_done",
            "reopen action": "review_action_reopen",
        },
    ),
    Assessment: (
        ALL / "assessments" / "test_assessment_table_over_http.py",
        {
            "plan": "assessment_edit",
            "ask": "assessment_ask",
            "withdraw": "assessment_withdraw",
            "redirect": "assessment_redirect",
            "complete": "assess",
            "correct the kind": "assess_kind",
            "void assessment": "assessment_void",
        },
    ),
    Nomination: (
        ALL / "nominations" / "test_nomination_table_over_http.py",
        {"approve nomination": "nomination", "decline nomination": "nomination"},
    ),
    CommentOn: (
        ALL / "comments" / "test_comment_table_over_http.py",
        {"comment": "comments", "withdraw comment": "comment_withdraw"},
    ),
}
# These are in test_steps_over_http.py under their names.
BY_NAME: tuple[type, ...] = (BlockOf, ResultOf, AssessmentElsewhere, TimeOf, RoundOf, Placement)
ALSO_BY_NAME = {"record elsewhere", "void elsewhere"}  # of an activity
# One is in the admin site, when a role ends (tests/portfolio/cohorts/test_handing_over.py); the other signs its trainee
# out (tests/portfolio/one_off/test_on_the_device.py, and of assessments test_assessing_by_link.py beside it).
WITH_TESTS_OF_THEIR_OWN = {"hand over", "lend device"}


def test_every_state_of_an_activity_is_tried() -> None:
    assert set(BUTTONS) == set(State) == set(REACH)


def test_every_table_of_steps_is_tried_through_its_addresses() -> None:
    """A new table, or a new step, fails until it is listed; and what is listed is sent by everybody there."""
    assert {*OVER_HTTP, *BY_NAME} == set(TABLES)
    by_name = {name for table in BY_NAME for name in TABLES[table].steps} | ALSO_BY_NAME
    assert by_name == set(re.findall(r'^    "([a-z -]+)": [a-z_]+,$', STEPS.read_text(), re.MULTILINE))
    for table, (path, steps) in OVER_HTTP.items():
        assert set(steps) == set(TABLES[table].steps) - ALSO_BY_NAME - WITH_TESTS_OF_THEIR_OWN, table
        text = path.read_text()
        assert "asked_of_all(" in text, path
        assert [address for address in steps.values() if f'"{address}"' not in text] == [], path
