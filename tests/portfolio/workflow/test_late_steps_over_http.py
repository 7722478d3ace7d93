"""The steps of test_steps_over_http.py from every state in which they come too late, through their addresses.

Whoever could take the step elsewhere gets 409, everybody else what they always get, and nobody finds a form for it.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.workflow import perform
from tests import make
from tests.cast import Cast
from tests.portfolio.everybody import (
    OFFICERS,
    SEES,
    SUPERVISOR,
    answers,
    asked_of_all,
    browsers,
    cast,
    each,
    everybody,
)
from tests.portfolio.recorded import test_elsewhere as elsewhere
from tests.portfolio.recorded import test_results as results
from tests.portfolio.workflow import test_steps_over_http as steps
from tests.portfolio.workflow.test_steps_over_http import TRAINEE, WHY, Sent

__all__ = ["browsers", "cast", "everybody"]  # fixtures
OWN_STEP = 422  # at this address another step is theirs now, for which this form is wrong


def offered(browsers: dict[str, Client], where: str) -> set[str]:
    """Who finds a form to send at this address. The header's own forms do not count."""
    found = set()
    for name in SEES | {SUPERVISOR}:
        answer = browsers[name].get(where)
        (main,) = re.findall(r"<main.*</main>", answer.content.decode(), re.DOTALL) or [""]
        if answer.status_code == 200 and re.search(r"<form[^>]* method=.?post", main):
            found.add(name)
    return found


# --- options and results ------------------------------------------------------------------------------------------


def no_option_to_confirm(cast: Cast) -> Sent:
    return Sent(steps.take_option(cast).where, {"seen": ""}, OFFICERS, each(TRAINEE, OWN_STEP))


def option_confirmed_before(cast: Cast) -> Sent:
    sent = steps.confirm_option(cast)
    make.option_confirmed(cast.portfolio, cast.officer, "S-B1")
    return sent


def no_option_to_refuse(cast: Cast) -> Sent:
    where = reverse("module_option_refuse", args=[steps.followed(cast, steps.CHOICE).ref, "S-B1"])
    return Sent(where, {"seen": "", "reason": WHY}, OFFICERS)


def option_to_refuse_confirmed(cast: Cast) -> Sent:
    sent = steps.refuse_option(cast)
    make.option_confirmed(cast.portfolio, cast.officer, "S-B1")
    return sent


def result_recorded_before(cast: Cast) -> Sent:
    sent = steps.record_result(cast)
    make.result(cast.portfolio, cast.officer, results.CODE, says="not_passed")
    return Sent(sent.where, sent.data | {"reason": WHY}, OFFICERS)


def result_corrected_before(cast: Cast) -> Sent:
    sent = steps.correct_result(cast)
    make.result(cast.portfolio, cast.officer, results.CODE, reason=WHY)
    return sent


# --- what other systems signed ------------------------------------------------------------------------------------


def for_any_other(cast: Cast) -> Sent:
    """The form is one for any activity: what is wrong with this one is said at its number."""
    return steps.record_elsewhere(cast)._replace(instead=each(OFFICERS, OWN_STEP))


def in_review_here(cast: Cast) -> Sent:
    make.in_review(cast.portfolio, cast.assessor)
    return for_any_other(cast)


def signed_here(cast: Cast) -> Sent:
    make.signed_off(cast.portfolio, cast.assessor)
    return for_any_other(cast)


def recorded_before(cast: Cast) -> Sent:
    make.signed_elsewhere(cast.portfolio, cast.officer)
    return for_any_other(cast)


def taken_back(cast: Cast) -> Sent:
    row = make.signed_elsewhere(cast.portfolio, cast.officer)
    make.elsewhere_voided(row, cast.officer)
    where = reverse("elsewhere_void", args=[cast.portfolio.ref, row.xid])
    return Sent(where, {"reason": WHY}, elsewhere.KEEPERS)


def assessment_taken_back(cast: Cast) -> Sent:
    row = make.signed_elsewhere(cast.portfolio, cast.officer, elsewhere.cbd())
    make.elsewhere_voided(row, cast.officer)
    where = reverse("elsewhere_void", args=[cast.portfolio.ref, row.xid])
    return Sent(where, {"reason": WHY}, elsewhere.KEEPERS)


# --- feedback -----------------------------------------------------------------------------------------------------

FEEDBACK: dict[str, Callable[[Cast], Any]] = {
    "open": lambda cast: make.invited(make.feedback_round(cast.portfolio), 2),
    "too few answers": lambda cast: make.feedback_closed(cast.portfolio, answers=2),
    "with the officer": lambda cast: make.feedback_closed(cast.portfolio),
    "released": lambda cast: make.feedback_released(cast.portfolio, cast.officer),
}


def feedback(step: str, state: str) -> Callable[[Cast], Sent]:
    """A step of a round in this state. The round is the first; of the first place, too."""

    def reach(cast: Cast) -> Sent:
        FEEDBACK[state](cast)
        data: dict[str, Any] = {"other": "one@ward.example.org", "invitation": "1", "seen": "0" * 64}
        data |= steps.boxes("discussed_on", make.today())
        who = {"close": TRAINEE | OFFICERS, "release": OFFICERS}.get(step, TRAINEE)
        return Sent(reverse(f"feedback_{step}", args=[cast.portfolio.ref, 1]), data, who)

    return reach


# --- placements ---------------------------------------------------------------------------------------------------

PLACEMENTS: dict[str, Callable[[Cast], Any]] = {
    "planned": lambda cast: make.placement_planned(cast.portfolio),
    "confirmed": lambda cast: make.placed(cast.portfolio, cast.officer),
    "closed": lambda cast: make.reflected(make.placed(cast.portfolio, cast.officer, since=-60, until=-50)),
}


def placement(step: str, state: str) -> Callable[[Cast], Sent]:
    def reach(cast: Cast) -> Sent:
        row = PLACEMENTS[state](cast)
        name = "placement_change" if step == "plan" else f"placement_{step}"
        data = {"seen": row.seen, "did": "I followed an image.", **steps.boxes("last", make.today())}
        data |= steps.plan_placement(cast).data if step == "plan" else {}
        who = OFFICERS if step in ("confirm", "end", "extend") else TRAINEE
        return Sent(reverse(name, args=[cast.portfolio.ref, row.pid]), data, who)

    return reach


LATE: dict[str, Callable[[Cast], Sent]] = {
    "confirm option: none is taken": no_option_to_confirm,
    "confirm option: it is confirmed": option_confirmed_before,
    "refuse option: none is taken": no_option_to_refuse,
    "refuse option: it is confirmed": option_to_refuse_confirmed,
    "record result: there is one": result_recorded_before,
    "correct result: it was corrected": result_corrected_before,
    "record elsewhere: in review": in_review_here,
    "record elsewhere: signed off": signed_here,
    "record elsewhere: recorded": recorded_before,
    "void elsewhere: taken back": taken_back,
    "void assessment elsewhere: taken back": assessment_taken_back,
    **{f"open feedback: {state}": feedback("open", state) for state in FEEDBACK if state != "too few answers"},
    **{
        f"{step} feedback: {state}": feedback(step, state)
        for step in ("invite", "withdraw", "remind", "close")
        for state in FEEDBACK
        if state != "open"
    },
    **{f"release feedback: {state}": feedback("release", state) for state in FEEDBACK if state != "with the officer"},
    "plan placement: closed": placement("plan", "closed"),
    "confirm placement: confirmed": placement("confirm", "confirmed"),
    "confirm placement: closed": placement("confirm", "closed"),
    "end placement: planned": placement("end", "planned"),
    "extend placement: planned": placement("extend", "planned"),
    "close placement: planned": placement("close", "planned"),
    "remove placement: confirmed": placement("remove", "confirmed"),
    "remove placement: closed": placement("remove", "closed"),
}
# Where there is still a form, for what stands there now.
STILL = {"record result": OFFICERS, "correct result": OFFICERS}


@pytest.mark.parametrize("name", list(LATE))
def test_a_step_that_comes_too_late_by_everybody(
    cast: Cast, browsers: dict[str, Client], name: str, django_capture_on_commit_callbacks: Any
) -> None:
    sent = LATE[name](cast)
    wanted = answers(cast, sees=403, **each(sent.who, 409)) | sent.instead
    asked_of_all(browsers, sent.where, sent.data, wanted, name, django_capture_on_commit_callbacks)
    own = {each for each, status in sent.instead.items() if status == OWN_STEP}
    assert offered(browsers, sent.where) == own | STILL.get(name.partition(":")[0], set())


@pytest.mark.parametrize("action", list(steps.REACH))
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_a_form_is_offered_to_whom_the_step_is_legal_and_to_nobody_else(
    cast: Cast, browsers: dict[str, Client], action: str, closed: bool
) -> None:
    sent = steps.REACH[action](cast)
    if closed:
        perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    own = {name for name, status in sent.instead.items() if status == OWN_STEP}
    assert offered(browsers, sent.where) == (set() if closed else sent.who | own)
