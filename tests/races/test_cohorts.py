"""Tables of people that are confirmed at the same moment, through the real server."""

import re
from datetime import timedelta

import pytest

from accounts.models import User
from audit.models import Event
from portfolio.models import Intake, Portfolio
from tests import make
from tests.races.arena import ROUNDS, Arena, at_once, everything_agrees
from tests.server import Visitor

pytestmark = pytest.mark.races
TIMES = 4


def confirmation(browser: Visitor, row: Intake) -> dict[str, str]:
    """What the page of the preview would send."""
    page = browser.get(f"/cohorts/tables/{row.iid}/")
    found = re.search(r'name="seen" value="(\w+)"', page.text)
    assert found is not None
    return {"seen": found[1]}


def test_a_table_that_is_confirmed_several_times_at_once_is_taken_in_once(arena: Arena) -> None:
    row = make.intake(arena.cast.administrator)
    browser = arena.visitor(arena.cast.administrator)
    form = confirmation(browser, row)
    others = [arena.server.visitor(arena.cast.administrator) for _ in range(TIMES)]
    answers = at_once(*[lambda one=one: one.send_form(f"/cohorts/tables/{row.iid}/", form) for one in others])
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * (TIMES - 1)
    assert Portfolio.objects.filter(trainee__email=make.ADA["email"]).count() == 1
    assert Event.objects.filter(kind="cohort.intake").count() == 1
    everything_agrees()


def test_two_who_take_in_the_same_person_at_once_make_one_of_them(arena: Arena) -> None:
    people = [arena.cast.administrator, arena.cast.cohort_administrator]
    rows = [make.intake(person) for person in people]
    browsers = [arena.visitor(person) for person in people]
    forms = [confirmation(browser, row) for browser, row in zip(browsers, rows, strict=True)]
    answers = at_once(
        *[
            lambda at=at: browsers[at].send_form(f"/cohorts/tables/{rows[at].iid}/", forms[at])
            for at in range(len(people))
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert User.objects.filter(email=make.ADA["email"]).count() == 1
    assert Portfolio.objects.filter(trainee__email=make.ADA["email"]).count() == 1
    everything_agrees()


def test_signing_against_the_handover_to_a_successor(arena: Arena) -> None:
    """Signed, or handed over; never both, and never lost."""
    administrator, yesterday = arena.visitor(arena.cast.administrator), make.today() - timedelta(days=1)
    successor = arena.cast.second_assessor
    for number in range(ROUNDS):
        assessor = make.person(f"Assessor {number}")
        role = make.role(arena.cast.portfolio, assessor)
        make.appointments_told()
        item = arena.asked(assessor)
        form = {"ends_on": yesterday.isoformat(), "successor": successor.email}
        ends = arena.race(
            arena.signing(item, assessor),
            lambda pk=role.pk, given=form: administrator.send_form(f"/admin/portfolio/role/{pk}/change/", given),
        )
        signed = arena.first_won(ends[0] == 302)
        assert ends in {(302, 422), (404, 302), (409, 302), (403, 302)}
        current = item.submission.addressees.get(until=None)
        assert current.assessor == (assessor if signed else successor)
        assert item.__class__.objects.filter(pk=item.pk, decision__signer=assessor).exists() is signed
    arena.is_whole()
