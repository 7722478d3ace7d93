"""Who may see and decide, from when to when; and closing and reopening."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.models import Closure, Nomination, Portfolio
from portfolio.states import RoleKind
from portfolio.views.people import WHAT
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import queries


def page(portfolio: Portfolio, name: str = "people") -> str:
    return reverse(name, args=[portfolio.ref])


def test_it_lists_roles_with_their_dates_the_officer_first_and_folds_the_past(cast: Cast, client: Client) -> None:
    client.force_login(cast.trainee)
    response = client.get(page(cast.portfolio))
    assert [(person.name, person.role) for person in response.context["current"]] == [
        ("Ana Reyes", "Training officer"),
        ("Colin Berg", "Training co-ordinator"),
        ("Owen Hart", "Training co-ordinator"),
        ("Femi Adeyemi", "Assessor"),
        ("Leo Marsh", "Assessor"),
        ("Maya Lind", "Assessor"),
        ("Vic Stone", "Assessor"),
        ("Ruth Clarke", "Programme administrator"),
        ("Sam Wren", "Programme administrator"),
    ]
    assert [person.name for person in response.context["past"]] == ["Karl Vance", "Iris Bell", "Dot Hale"]
    assert "Begins" in response.text


def test_a_role_that_gives_nothing_says_so(cast: Cast, client: Client) -> None:
    client.force_login(cast.trainee)
    cannot = {p.name for p in client.get(page(cast.portfolio)).context["current"] if p.what.startswith("Cannot decide")}
    assert cannot == {"Owen Hart", "Vic Stone"}


def test_what_a_role_gives_is_said_of_every_role() -> None:
    assert set(WHAT) == set(RoleKind)


def test_only_administrators_are_led_to_the_administration(cast: Cast, client: Client) -> None:
    for person, led in ((cast.administrator, True), (cast.officer, False), (cast.trainee, False)):
        client.force_login(person)
        shown = client.get(page(cast.portfolio)).text
        assert ("Change roles in the administration" in shown) is led
        assert ("Close this portfolio" in shown) is led


def test_who_sees_it(cast: Cast, client: Client) -> None:
    seeing = {"trainee", "officer", "coordinator", "officer_in_training", "administrator", "cohort_administrator"}
    for name, person in cast.people().items():
        if person != cast.deactivated:
            client.force_login(person)
            assert client.get(page(cast.portfolio)).status_code == (200 if name in seeing else 404), name


def test_with_nobody_it_says_how_people_come(db: None, client: Client) -> None:
    portfolio = make.portfolio()
    client.force_login(portfolio.trainee)
    assert "Until an administrator adds people, only the trainee sees" in client.get(page(portfolio)).text


def test_an_administrator_closes_and_reopens_with_a_reason(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    assert client.get(page(cast.portfolio, "portfolio_close")).status_code == 200
    assert client.post(page(cast.portfolio, "portfolio_close"), {"reason": "Left."}).url == page(cast.portfolio)
    cast.portfolio.refresh_from_db()
    assert cast.portfolio.closed_at is not None
    shown = client.get(page(cast.portfolio)).text
    assert "This portfolio is closed" in shown
    assert "Reopen this portfolio" in shown
    assert client.post(page(cast.portfolio, "portfolio_reopen"), {"reason": "Came back."}).status_code == 302
    cast.portfolio.refresh_from_db()
    assert cast.portfolio.closed_at is None
    assert [row.reason for row in Closure.objects.order_by("at")] == ["Left.", "Came back."]


def test_closing_needs_a_reason(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    response = client.post(page(cast.portfolio, "portfolio_close"), {"reason": ""})
    assert response.status_code == 422
    assert response.context["form"].errors == {"reason": ["Give the reason: the trainee reads it."]}
    assert Closure.objects.count() == 0


def test_reopening_beside_another_open_portfolio_is_refused_in_words(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    client.post(page(cast.portfolio, "portfolio_close"), {"reason": "Transferred."})
    make.portfolio(cast.trainee)
    response = client.post(page(cast.portfolio, "portfolio_reopen"), {"reason": "Mistake."})
    assert response.status_code == 422
    assert "has another open portfolio of this programme. Close that one first." in response.text
    assert "Mistake." in response.text


def test_what_is_open_cannot_be_reopened(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    assert client.get(page(cast.portfolio, "portfolio_reopen")).status_code == 409
    response = client.post(page(cast.portfolio, "portfolio_reopen"), {"reason": "Typed."})
    assert response.status_code == 409
    assert "Typed." in response.text


@pytest.mark.parametrize("name", ["portfolio_close", "portfolio_reopen"])
def test_nobody_else_closes_or_reopens(cast: Cast, client: Client, name: str) -> None:
    for who, status in (("trainee", 403), ("officer", 403), ("coordinator", 403), ("stranger", 404), ("assessor", 404)):
        client.force_login(getattr(cast, who))
        assert client.get(page(cast.portfolio, name)).status_code == status
        assert client.post(page(cast.portfolio, name), {"reason": "Because."}).status_code == status
    assert Closure.objects.count() == 0


def test_thirty_people_cost_no_more_queries_than_one(db: None, client: Client) -> None:
    portfolio = make.portfolio()
    client.force_login(portfolio.trainee)
    make.role(portfolio, make.person("Maya Lind"))
    one = queries(client, page(portfolio))
    for number in range(29):
        make.role(portfolio, make.person(f"Person {number}"))
    assert queries(client, page(portfolio)) == one


def test_those_who_were_named_stand_25_a_page_each_with_its_state(cast: Cast, client: Client) -> None:
    row = make.nominated(cast.portfolio)
    for number in range(25):
        Nomination.objects.create(
            portfolio=cast.portfolio,
            submission=row.submission,
            name=f"Person {number}",
            address=f"person{number}@example.org",
            since=row.since - timedelta(days=1 + number),
            until=row.since,
            due_on=row.due_on,
        )
    client.force_login(cast.trainee)
    first, second = client.get(page(cast.portfolio)), client.get(f"{page(cast.portfolio)}?page=2")
    named = [[(one.name, shape) for one, shape in response.context["nominations"]] for response in (first, second)]
    assert (len(named[0]), named[0][0], named[1]) == (25, ("Grace Hall", "review"), [("Person 24", "unlock")])
