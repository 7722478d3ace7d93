"""Every state × action × person of a comment on a decision or an outcome through the real addresses: the status, the
box and the button, and that a refusal leaves no trace.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.models import Assessment
from portfolio.states import CommentState as State
from portfolio.workflow import perform
from portfolio.workflow.comments.about import Decided
from tests import make
from tests.cast import Cast
from tests.portfolio.comments import test_comment_table as table
from tests.portfolio.comments.test_comment_table import WHAT, reach
from tests.portfolio.everybody import (
    OUT,
    SUPERVISOR,
    answers,
    asked_of_all,
    browsers,
    cast,
    each,
    everybody,
    with_blocks,
)

__all__ = ["browsers", "cast", "everybody"]  # fixtures
# A supervisor sees the decision too: it is of a module of their placement.
WRITE, SEE = table.WRITE | {SUPERVISOR}, table.SEE | {SUPERVISOR}


def address(of: Decided) -> str:
    if isinstance(of, Assessment):
        return reverse("assessment_comments", args=[of.aid])
    return reverse("comments", args=[of.submission.sid, "S-C1", of.activity.number])


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("state", list(State))
def test_every_action_by_everybody_over_http(
    cast: Cast,
    browsers: dict[str, Client],
    state: str,
    closed: bool,
    what: str,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with_blocks(cast, *make.WITH_ASSESSMENTS)
    subject = reach(state, cast, what)
    decided = state != State.NOT_DECIDED
    if closed:
        perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    written = answers(cast, sees=404)
    written |= {name: (403 if closed or name not in WRITE else 302) for name in (SEE if decided else ())}
    sent = {"new-text": "Why was it so?"}
    asked_of_all(browsers, address(subject.of), sent, written, "comment", django_capture_on_commit_callbacks)
    if subject.row:
        late = {"officer": 409 if state == State.WITHDRAWN else 302} if not closed else {}
        others = 409 if state == State.WITHDRAWN and not closed else 403
        taken = answers(cast, sees=404) | each(SEE, others) | late
        where = reverse("comment_withdraw", args=[subject.row.cid])
        asked_of_all(browsers, where, {}, taken, "withdraw", django_capture_on_commit_callbacks)
    for name, browser in browsers.items():
        shown = browser.get(address(subject.of))
        assert shown.status_code == (200 if decided and name in SEE else 302 if name in OUT else 404), name
        if shown.status_code == 200:
            assert (shown.context["new"] is not None) == (name in WRITE and not closed), name
            offered = b"Withdraw<" in shown.content
            assert offered == (name == "officer" and state == State.WRITTEN and not closed), name
