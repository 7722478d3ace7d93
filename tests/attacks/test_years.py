"""What nobody means, in every form. A year, in every box for a date: refused in words, with what was typed given back.
A NUL, in any field (case 42): kept nowhere, and no fault.

The forms are those of test_mass_assignment.py, which holds that every address that takes a form is among them.
"""

import re
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from time_machine import travel

from accounts.models import User
from tests.attacks.test_ids_in_forms import pattern
from tests.attacks.test_mass_assignment import FORMS, PASSWORD, Form, Stage, Table, rows, stage
from tests.world import undone

pytestmark = pytest.mark.django_db
__all__ = ["stage"]
YEARS = ("0001", "1066", "2190", "9999")
OF_THE_ADMIN_SITE = ("starts_on", "ends_on")
SAID = re.compile(
    "Check the year|The training began on|after your training started|is before the first|still open on that day|"
    "today or (earlier|later|in the past)|or later\\.|Enter (a later|an earlier) day|Choose a later day|"
    "is in the future|in the next two years"
)
# How many dates each form asks for; the others ask for none. Three rows wait for new actions of a goal.
DATES = {
    "a new page": 1,
    "a page edited": 1,
    "a goal set": 4,
    "a goal changed": 5,
    "requirements": 1,
    "a report released": 1,
    "a review planned": 1,
    "an action agreed": 1,
    "a review recorded again": 1,
    "working time recorded": 1,
    "leave recorded": 2,
    "leave changed": 1,
    "an assessment planned": 1,
    "a plan changed": 1,
    "a placement planned": 2,
    "a placement changed": 2,
    "a placement extended": 1,
    "a placement ended": 1,
    "a note": 1,
    "a note changed": 1,
    "a result recorded": 1,
    "an award recorded": 1,
    "a record of elsewhere": 1,
    "a discussion of elsewhere": 1,
    "another officer": 2,
    "a portfolio opened": 1,
    "a portfolio corrected": 1,
    "a role given": 2,
    "a role ended": 1,
    "an administration given": 2,
    "an administration ended": 1,
}
KEPT_AS_TYPED = "a page kept by itself"  # while somebody types: a date that is none yet is left out, and the rest kept


def dates(names: set[str]) -> list[str]:
    """The fields that are dates: three boxes, or one in the admin site."""
    boxes = {name[:-2] for name in names if name.endswith("_2") and {f"{name[:-2]}_0", f"{name[:-2]}_1"} <= names}
    return sorted(boxes | (names & set(OF_THE_ADMIN_SITE)))


def written(name: str, year: str, names: set[str]) -> dict[str, str]:
    """The third of February of that year."""
    return {name: f"{year}-02-03"} if name in names else {f"{name}_0": "3", f"{name}_1": "2", f"{name}_2": year}


def held() -> set[Any]:
    """Every date that any row holds."""
    return {value for table in rows().values() for row in table for value in row.values() if type(value) is date}


@pytest.mark.parametrize("name", [name for name in FORMS if name != KEPT_AS_TYPED])
def test_a_year_that_nobody_means_is_refused_at_every_date(stage: Stage, name: str) -> None:
    sent = stage.forms[name]
    client = sent.who if isinstance(sent.who, Client) else Client()
    wrong: dict[tuple[str, str], Any] = {}
    with undone(), travel(stage.at, tick=False):
        if isinstance(sent.who, User):
            client.force_login(sent.who)
        page = Form(client.get(sent.page or sent.address).content.decode() if sent.page != "" else "")
        filled = {key: value for key, value in page.filled.items() if key != "csrfmiddlewaretoken"} | sent.typed
        names = page.all | set(filled)
        for at in dates(names):
            for year in YEARS:
                with undone():
                    answer = client.post(sent.address, filled | written(at, year, names))
                    told = answer.content.decode()
                    good = answer.status_code == 422 and SAID.search(told) and f'value="{year}' in told
                    if not good or date(int(year), 2, 3) in held():
                        wrong[at, year] = answer.status_code
    assert wrong == {}
    assert len(dates(names)) == DATES.get(name, 0)


NUL = "\x00"


def with_nul(value: Any) -> Any:
    """What was in the field and a NUL; a file becomes text."""
    return f"a{NUL}b" if value in ("", None) or isinstance(value, Table) else f"{value}{NUL}"


def nul_is_kept() -> bool:
    return any(NUL in str(value) for table in rows().values() for row in table for value in row.values())


def test_42_a_nul_in_any_field_of_any_form_is_kept_nowhere_and_is_no_fault(stage: Stage) -> None:
    """Boxes, hidden fields, choices and buttons, of rows that are alike one; autosave and the admin site included.

    PostgreSQL takes no NUL at all, so what asks it for one is a fault there; SQLite would keep it.
    """
    wrong, refused = [], []
    email = stage.cast.trainee.email
    send_link = {"action": "send_link", "_selected_action": str(stage.cast.trainee.pk)}
    forms = [(name, sent.who, sent.address, sent.page, sent.typed) for name, sent in stage.forms.items()]
    forms += [
        ("a sign-in", Client(), "/accounts/login/", None, {"login": email, "password": PASSWORD}),
        ("a new password", Client(), "/accounts/password/reset/", None, {"email": email}),
        ("a list", stage.cast.administrator, "/admin/accounts/user/", None, send_link),
    ]
    for name, who, address, page, typed in forms:
        browser = who if isinstance(who, Client) else Client()
        browser.raise_request_exception = False
        with undone(), travel(stage.at, tick=False):
            if isinstance(who, User):
                browser.force_login(who)
            form = Form(browser.get(page or address).content.decode() if page != "" else "")
            filled = {key: value for key, value in form.filled.items() if key != "csrfmiddlewaretoken"} | typed
            fields = {pattern(each): each for each in sorted((form.all | set(filled)) - {"csrfmiddlewaretoken"})}
            for each in fields.values():
                cache.clear()  # of guesses that are counted
                with undone():
                    status = browser.post(address, filled | {each: with_nul(filled.get(each))}).status_code
                    if status >= 500 or (status in (200, 302) and nul_is_kept()):
                        wrong.append((name, each, status))
            with undone():
                status = browser.post(address, filled).status_code
                if status not in (200, 302):
                    refused.append((name, status))
    assert wrong == []
    assert refused == []  # the control: as it is, each of them is taken
