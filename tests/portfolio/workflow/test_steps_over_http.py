"""Steps of the tables that have no test of every state through their addresses: who is answered what, open and closed.

Each stands where it is legal; which states it is legal in, and for whom, is held by the test of its table.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.manifest import option_digest, result_digest
from portfolio.models import Portfolio, WorkingTime
from portfolio.states import LeaveKind
from portfolio.workflow import perform
from portfolio.workflow.placements.reflecting import reflection_seen
from portfolio.workflow.training_time import Away, Works
from tests import make
from tests.cast import Cast
from tests.portfolio.everybody import (
    ADMINISTRATORS,
    OFFICERS,
    Answers,
    answers,
    asked_of_all,
    browsers,
    cast,
    each,
    everybody,
    with_blocks,
)
from tests.portfolio.recorded import test_elsewhere as elsewhere
from tests.portfolio.recorded import test_results as results
from tests.portfolio.recorded.test_options import BLOCKS as CHOICE

__all__ = ["browsers", "cast", "everybody"]  # fixtures
TRAINEE = {"trainee"}
WHY = "A word on why."


class Sent(NamedTuple):
    """Where a complete form is sent, and who may; `instead` are those for whom the address is another step."""

    where: str
    data: dict[str, Any]
    who: set[str]
    instead: Answers = {}


def boxes(name: str, day: date) -> dict[str, int]:
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


def followed(cast: Cast, blocks: list[dict[str, Any]]) -> Portfolio:
    """The cast's portfolio, on a curriculum with these blocks."""
    return with_blocks(cast, *blocks)


# --- options and results ------------------------------------------------------------------------------------------


def take_option(cast: Cast) -> Sent:
    of = followed(cast, CHOICE)
    where = reverse("module_option", args=[of.ref, "S-B1"])
    return Sent(where, {"option": "0"}, TRAINEE, each(OFFICERS, 409))  # for them it is the page that confirms


def confirm_option(cast: Cast) -> Sent:
    newest = make.option_taken(followed(cast, CHOICE), "S-B1").newest
    assert newest is not None
    where = reverse("module_option", args=[cast.portfolio.ref, "S-B1"])
    return Sent(where, {"seen": option_digest(newest)}, OFFICERS, each(TRAINEE, 422))


def refuse_option(cast: Cast) -> Sent:
    data = confirm_option(cast).data | {"reason": WHY}
    return Sent(reverse("module_option_refuse", args=[cast.portfolio.ref, "S-B1"]), data, OFFICERS)


def record_result(cast: Cast) -> Sent:
    of = followed(cast, results.BLOCKS)
    return Sent(reverse("module_result", args=[of.ref, results.CODE]), results.typed(), OFFICERS)


def correct_result(cast: Cast) -> Sent:
    where = record_result(cast).where
    row = make.result(cast.portfolio, cast.officer, results.CODE, says="not_passed")
    return Sent(where, results.typed(seen=result_digest(row), reason=WHY), OFFICERS)


# --- what other systems signed ------------------------------------------------------------------------------------


def record_elsewhere(cast: Cast) -> Sent:
    return Sent(reverse("elsewhere_new", args=[cast.portfolio.ref]), elsewhere.typed(), OFFICERS)


def record_assessment_elsewhere(cast: Cast) -> Sent:
    data = elsewhere.typed(kind="cbd", number="", title="A case")
    return Sent(reverse("elsewhere_new", args=[cast.portfolio.ref]), data, OFFICERS)


def void_elsewhere(cast: Cast) -> Sent:
    row = make.signed_elsewhere(cast.portfolio, cast.officer)
    where = reverse("elsewhere_void", args=[cast.portfolio.ref, row.xid])
    return Sent(where, {"reason": WHY}, OFFICERS | ADMINISTRATORS)


def void_assessment_elsewhere(cast: Cast) -> Sent:
    row = make.signed_elsewhere(cast.portfolio, cast.officer, elsewhere.cbd())
    where = reverse("elsewhere_void", args=[cast.portfolio.ref, row.xid])
    return Sent(where, {"reason": WHY}, OFFICERS | ADMINISTRATORS)


# --- working time and leave ---------------------------------------------------------------------------------------


def record_time(cast: Cast) -> Sent:
    where = reverse("training_time_record", args=[cast.portfolio.ref, "leave"])
    data = {"kind": LeaveKind.PARENTAL, **boxes("starts_on", make.today())}
    return Sent(where, data, OFFICERS | ADMINISTRATORS)


def _worked(cast: Cast) -> list[str]:
    make.training_time(cast.portfolio, cast.officer, Works(make.today(), 60), Away(make.today(), None, LeaveKind.SICK))
    return [cast.portfolio.ref, "working-time", make.today().isoformat()]


def change_time(cast: Cast) -> Sent:
    where = reverse("training_time_change", args=_worked(cast))
    seen = str(WorkingTime.objects.get().version)
    return Sent(where, {"hundredths": "80", "seen": seen}, OFFICERS | ADMINISTRATORS)


def remove_time(cast: Cast) -> Sent:
    where = reverse("training_time_remove", args=_worked(cast))
    seen = str(WorkingTime.objects.get().version)
    return Sent(where, {"reason": WHY, "seen": seen}, OFFICERS | ADMINISTRATORS)


# --- feedback -----------------------------------------------------------------------------------------------------


def open_feedback(cast: Cast) -> Sent:
    make.questionnaire(cast.portfolio)
    return Sent(reverse("feedback_open", args=[cast.portfolio.ref, 1]), {}, TRAINEE)


def invite(cast: Cast) -> Sent:
    make.feedback_round(cast.portfolio)
    return Sent(reverse("feedback_invite", args=[cast.portfolio.ref, 1]), {"other": "one@ward.example.org"}, TRAINEE)


def withdraw_invitation(cast: Cast) -> Sent:
    subject = make.feedback_round(cast.portfolio)
    make.invited(subject, 2)
    data = {"invitation": subject.opened.invitations.earliest("pk").pk}
    return Sent(reverse("feedback_withdraw", args=[cast.portfolio.ref, 1]), data, TRAINEE)


def remind(cast: Cast) -> Sent:
    subject = make.feedback_round(cast.portfolio)
    make.invited(subject, 2)
    for one in subject.opened.invitations.all():  # as if they had gone out yesterday
        type(one.links.get())._base_manager.filter(invitation=one)._raw_delete("default")
    return Sent(reverse("feedback_remind", args=[cast.portfolio.ref, 1]), {}, TRAINEE)


def close_feedback(cast: Cast) -> Sent:
    make.invited(make.feedback_round(cast.portfolio), 2)
    return Sent(reverse("feedback_close", args=[cast.portfolio.ref, 1]), {}, TRAINEE | OFFICERS)


def release_feedback(cast: Cast) -> Sent:
    closing = make.feedback_closed(cast.portfolio).opened.closing
    data = {"seen": closing.digest, **boxes("discussed_on", make.today())}
    return Sent(reverse("feedback_release", args=[cast.portfolio.ref, 1]), data, OFFICERS)


# --- placements ---------------------------------------------------------------------------------------------------


def plan_placement(cast: Cast) -> Sent:
    today = make.today()
    data = {"kind": "elective", "title": "Three weeks in imaging", "aims": "See images."}
    data |= boxes("starts_on", today) | boxes("ends_on", today + timedelta(days=20))  # type: ignore[operator]
    return Sent(reverse("placement_new", args=[cast.portfolio.ref]), data, TRAINEE)


def _placement(cast: Cast, name: str, *, confirmed: bool) -> tuple[str, Any]:
    row = make.placed(cast.portfolio, cast.officer) if confirmed else make.placement_planned(cast.portfolio)
    return reverse(name, args=[cast.portfolio.ref, row.pid]), row


def plan_activities(cast: Cast) -> Sent:
    where, row = _placement(cast, "placement_activities", confirmed=False)
    return Sent(where, {"activities": [f"{row.modules.get().pk}-1"]}, TRAINEE)


def confirm_placement(cast: Cast) -> Sent:
    where, row = _placement(cast, "placement_confirm", confirmed=False)
    return Sent(where, {"seen": row.seen}, OFFICERS)


def end_placement(cast: Cast) -> Sent:
    return Sent(_placement(cast, "placement_end", confirmed=True)[0], boxes("last", make.today()), OFFICERS)


def extend_placement(cast: Cast) -> Sent:
    later = boxes("last", make.today() + timedelta(days=30))
    return Sent(_placement(cast, "placement_extend", confirmed=True)[0], later, OFFICERS)


def close_placement(cast: Cast) -> Sent:
    where, row = _placement(cast, "placement_close", confirmed=True)
    return Sent(where, {"did": "I followed an image.", "seen": reflection_seen(row)}, TRAINEE)


def remove_placement(cast: Cast) -> Sent:
    return Sent(_placement(cast, "placement_remove", confirmed=False)[0], {}, TRAINEE)


REACH: dict[str, Callable[[Cast], Sent]] = {
    "take option": take_option,
    "confirm option": confirm_option,
    "refuse option": refuse_option,
    "record result": record_result,
    "correct result": correct_result,
    "record elsewhere": record_elsewhere,
    "void elsewhere": void_elsewhere,
    "record assessment elsewhere": record_assessment_elsewhere,
    "void assessment elsewhere": void_assessment_elsewhere,
    "record training time": record_time,
    "change training time": change_time,
    "remove training time": remove_time,
    "open feedback": open_feedback,
    "invite respondents": invite,
    "withdraw invitation": withdraw_invitation,
    "remind respondents": remind,
    "close feedback": close_feedback,
    "release feedback": release_feedback,
    "plan placement": plan_placement,
    "plan activities": plan_activities,
    "confirm placement": confirm_placement,
    "end placement": end_placement,
    "extend placement": extend_placement,
    "close placement": close_placement,
    "remove placement": remove_placement,
}


@pytest.mark.parametrize("action", list(REACH))
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_a_step_through_its_address_by_everybody(
    cast: Cast, browsers: dict[str, Client], action: str, closed: bool, django_capture_on_commit_callbacks: Any
) -> None:
    sent = REACH[action](cast)
    wanted = answers(cast, sees=403, **each(sent.who, 302)) | sent.instead
    if closed:
        perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
        wanted = {name: 403 if status in (302, 409, 422) else status for name, status in wanted.items()}
    asked_of_all(browsers, sent.where, sent.data, wanted, action, django_capture_on_commit_callbacks)
