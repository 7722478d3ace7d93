"""Another training officer for many trainees at once: for all of those chosen, or for none."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from audit.models import Event
from portfolio.models import Portfolio, Role
from portfolio.requirements.words import day
from portfolio.states import RoleKind
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PLACE = "/cohorts/officer/"


@pytest.fixture
def new(cast: Cast) -> User:
    return make.person("Nell Ford", email="nell.ford@example.org")


def sent(
    since: date, *portfolios: Portfolio, officer: str = "nell.ford@example.org", until: date | None = None
) -> dict[str, Any]:
    boxes = {"since_0": since.day, "since_1": since.month, "since_2": since.year}
    if until:
        boxes |= {"until_0": until.day, "until_1": until.month, "until_2": until.year}
    return {"trainees": [one.pk for one in portfolios], "officer": officer, **boxes}


def changed(client: Client, by: User, form: dict[str, Any]) -> Any:
    client.force_login(by)
    return client.post(PLACE, form)


def officers(of: Portfolio) -> list[tuple[str, date | None]]:
    rows = Role.objects.filter(portfolio=of, kind=RoleKind.OFFICER).order_by("starts_on")
    return [(role.user.name, role.ends_on) for role in rows]


def reasons(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 422
    return dict(answer.context["form"].errors)


def test_the_old_role_ends_the_day_before_and_the_new_one_begins(client: Client, cast: Cast, new: User) -> None:
    since = make.today() + timedelta(days=10)
    answer = changed(client, cast.administrator, sent(since, cast.portfolio, cast.other))
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("change_officer"))
    for portfolio in (cast.portfolio, cast.other):
        *_, old, given = officers(portfolio)
        assert (old[1], given) == (since - timedelta(days=1), ("Nell Ford", None))
    told = Event.objects.filter(chain__name="instance").order_by("seq")
    assert [(event.kind, event.actor_name) for event in told] == [
        ("role ended", "Ruth Clarke"),
        ("role given", "Ruth Clarke"),
        ("role successor named", "Ruth Clarke"),
    ] * 2
    assert told[0].details["to"] == (since - timedelta(days=1)).isoformat()


def test_a_last_day_ends_the_new_role_and_lets_a_later_one_be(client: Client, cast: Cast, new: User) -> None:
    since, until = make.today() + timedelta(days=10), make.today() + timedelta(days=40)
    answer = changed(client, cast.administrator, sent(since, cast.portfolio, cast.other, until=until))
    assert answer.status_code == 302
    said = client.get(PLACE).content.decode()
    after = day(until + timedelta(days=1))
    assert f"Nell Ford is the training officer of 2 trainees from {day(since)} to {day(until)}." in said
    assert f"does not come back: from {after} they have no training officer until one is named." in said
    for portfolio in (cast.portfolio, cast.other):
        assert officers(portfolio)[-1] == ("Nell Ford", until)
    given = Event.objects.filter(chain__name="instance", kind="role given").latest("seq")
    assert given.details["to"] == until.isoformat()
    before = sent(since - timedelta(days=5), cast.portfolio, officer=cast.other_officer.email)
    assert reasons(changed(client, cast.administrator, before))["trainees"] == [
        f"Nell Ford is the officer of Priya Raman from {day(since)}. Choose a later day."
    ]
    fits = sent(
        since - timedelta(days=5), cast.portfolio, officer=cast.other_officer.email, until=since - timedelta(days=1)
    )
    assert changed(client, cast.administrator, fits).status_code == 302
    assert officers(cast.portfolio)[-2:] == [(cast.other_officer.name, since - timedelta(days=1)), ("Nell Ford", until)]
    assert "does not come back" not in client.get(PLACE).content.decode()  # somebody comes after


def test_somebody_without_an_officer_gets_one(client: Client, cast: Cast, new: User) -> None:
    of = make.portfolio(make.person("Ada Moss"))
    assert changed(client, cast.administrator, sent(make.today(), of)).status_code == 302
    assert officers(of) == [("Nell Ford", None)]


def test_one_that_cannot_change_keeps_all_as_they_are(client: Client, cast: Cast, new: User) -> None:
    make.drafted(cast.portfolio)
    make.confirmed(cast.portfolio, cast.officer, "S-X1", activities=4, cbd=0, observed=0)
    before = officers(cast.portfolio), officers(cast.other)
    today = make.today()
    answer = changed(client, cast.administrator, sent(today, cast.other, cast.portfolio))
    assert reasons(answer) == {
        "trainees": [f"Ana Reyes signed something for Priya Raman on {day(today)}. Choose a later day."]
    }
    assert (officers(cast.portfolio), officers(cast.other)) == before
    assert not Event.objects.filter(kind="role given").exists()
    tomorrow = sent(today + timedelta(days=1), cast.other, cast.portfolio)
    assert changed(client, cast.administrator, tomorrow).status_code == 302


def test_what_is_wrong_is_said_at_its_field(client: Client, cast: Cast, new: User) -> None:
    today, of = make.today(), cast.portfolio
    make.person("Gil Lowe", email="gil@example.org", is_active=False)
    make.person("Grace Todd", email="grace@example.org", one_off=True)
    wrong: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
        (sent(today), {"trainees": ["Choose at least one trainee."]}),
        (
            sent(today, of, officer="nobody@example.org"),
            {"officer": ["Nobody has an account with this address. Add the person under People first."]},
        ),
        (sent(today, of, officer="gil@example.org"), {"officer": ["The account of Gil Lowe is not active."]}),
        (
            sent(today, of, officer="grace@example.org"),
            {"officer": ["Grace Todd has no account, and signs by links. Add them under People first."]},
        ),
        (
            sent(today, of, officer=cast.administrator.email),
            {"officer": ["Nobody appoints themselves. Another administrator does it."]},
        ),
        (sent(today, of, officer=""), {"officer": ["Enter the e-mail address of the new training officer."]}),
        ({**sent(today, of), "since_1": "13"}, {"since": ["The first day must be a real date"]}),
        (sent(date(1066, 10, 14), of), {"since": ["Check the year. It must be from 2000 to 2100."]}),
        (sent(date.max, of), {"since": ["Check the year. It must be from 2000 to 2100."]}),
        ({**sent(today, of), "since_0": "", "since_1": "", "since_2": ""}, {"since": ["Enter the first day."]}),
        (
            sent(today, of, until=today - timedelta(days=1)),
            {"until": ["The last day is before the first. Correct one of the two dates."]},
        ),
        (
            sent(today - timedelta(days=9), of, until=today - timedelta(days=1)),
            {"until": ["The last day has passed. Enter today or a later day."]},
        ),
        ({**sent(today, of), "until_0": "3"}, {"until": ["The last day must include a month and a year"]}),
        (sent(today, of, until=date.max), {"until": ["Check the year. It must be from 2000 to 2100."]}),
        (
            sent(today, of, officer=cast.trainee.email),
            {"trainees": ["Priya Raman is not their own training officer."]},
        ),
        (
            sent(today, of, officer=cast.officer.email),
            {"trainees": ["Ana Reyes is the training officer of Priya Raman already. Leave that trainee out."]},
        ),
        (
            sent(today, of, officer=cast.officer_in_training.email),
            {"trainees": ["Owen Hart is in training on the programme of Priya Raman, and would sign nothing in it."]},
        ),
        (
            sent(today - timedelta(days=300), of),
            {
                "trainees": [
                    "Ana Reyes is the officer of Priya Raman from "
                    f"{day(today - timedelta(days=100))}. Choose a later day."
                ]
            },
        ),
    ]
    for form, expected in wrong:
        assert reasons(changed(client, cast.administrator, form)) == expected
    assert not Role.objects.filter(user=new).exists()


def test_nobody_changes_a_role_of_their_own(client: Client, cast: Cast, new: User) -> None:
    make.administration(cast.officer)
    answer = changed(client, cast.officer, sent(make.today(), cast.portfolio))
    assert reasons(answer)["trainees"] == [
        "You are the training officer of Priya Raman. Another administrator changes that."
    ]


def test_an_administrator_of_another_cohort_neither_finds_nor_changes_it(client: Client, cast: Cast, new: User) -> None:
    for name in ("other_cohort_administrator", "other_programme_administrator"):
        answer = changed(client, cast.people()[name], sent(make.today(), cast.portfolio))
        assert reasons(answer)["trainees"] == ["One of these trainees is not in the list any more. Choose again."]
        assert "Priya Raman" not in client.get(f"{PLACE}?q=Priya").content.decode()
    mixed = make.portfolio(make.person("Ada Moss"), cohort_year=2019)
    form = sent(make.today(), mixed, cast.portfolio)
    assert changed(client, cast.other_cohort_administrator, form).status_code == 422
    assert (officers(mixed), Role.objects.filter(user=new).count()) == ([], 0)
    assert changed(client, cast.cohort_administrator, sent(make.today(), cast.portfolio)).status_code == 302


def test_a_closed_portfolio_is_left_out(client: Client, cast: Cast, new: User) -> None:
    Portfolio.objects.filter(pk=cast.other.pk).update(closed_at="2026-01-01T00:00Z")
    assert reasons(changed(client, cast.administrator, sent(make.today(), cast.other)))["trainees"] == [
        "One of these trainees is not in the list any more. Choose again."
    ]


def test_trainees_are_found_by_their_name_their_officer_and_their_cohort(client: Client, cast: Cast) -> None:
    make.portfolio(make.person("Ada Moss"), cohort_year=2025)
    client.force_login(cast.administrator)

    def found(query: str) -> list[str]:
        return [row["portfolio"].trainee.name for row in client.get(PLACE + query).context["rows"]]

    assert found("") == ["Ada Moss", "Owen Hart", "Priya Raman", "Tom Okafor"]
    assert found("?q=raman") == ["Priya Raman"]
    assert found("?q=Quist") == ["Tom Okafor"]
    assert found("?cohort=2025") == ["Ada Moss"]
    assert found("?cohort=2025&q=raman") == []
    assert len(found("?cohort=zzz&q=%00")) == 4  # no search: as if nothing had been typed


def test_the_page_asks_as_much_for_many_as_for_one(client: Client, cast: Cast) -> None:
    client.force_login(cast.administrator)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PLACE).status_code == 200
        return len(queries)

    few = asked()
    for number in range(30):
        make.role(make.portfolio(make.person(f"Ada {number}")), cast.officer, RoleKind.OFFICER)
    assert (asked(), few <= 15) == (few, True)
