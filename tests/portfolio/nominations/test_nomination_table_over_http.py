"""Every state × answer × person of a nomination through the real address, open and closed: the status, the form, and
that a refusal leaves no trace. What is legal and what everybody else is answered is listed by hand.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.states import NominationState as State
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast
from tests.portfolio.everybody import OFFICERS, SEES, answers, asked_of_all, browsers, cast, each, everybody
from tests.portfolio.nominations.test_nomination_table import REACH, by_account, newest

__all__ = ["browsers", "cast", "everybody"]  # fixtures


@pytest.mark.parametrize("state", list(REACH))
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_every_answer_to_a_nomination_by_everybody(
    cast: Cast, browsers: dict[str, Client], state: str, closed: bool, django_capture_on_commit_callbacks: Any
) -> None:
    row = make.nominated(cast.portfolio, who=by_account(cast))
    REACH[state](cast, row)
    assert newest(row).state == state
    if closed:
        perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Completed.")
    where = reverse("nomination", args=[cast.portfolio.ref, row.nid])
    theirs = 403 if closed else 302 if state == State.WAITING else 409
    wanted = answers(cast, sees=403, **each(OFFICERS, theirs))
    for step in ("approve nomination", "decline nomination"):
        sent = {"step": step, "reason": "A word on why."}
        said = f"{step} from {state}"
        asked_of_all(browsers, where, sent, wanted, said, django_capture_on_commit_callbacks)
    offered = {name for name in SEES if browsers[name].get(where).context["answers_it"]}
    assert offered == (OFFICERS if theirs == 302 else set())
