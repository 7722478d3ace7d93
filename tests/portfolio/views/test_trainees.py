"""`/trainees/`: those whom somebody looks after, with the numbers of their own progress pages."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from portfolio import ledger
from portfolio.models import Role
from portfolio.progress import portfolio_progress
from portfolio.states import RoleKind
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast


def page_of(client: Client, user: User, query: str = "") -> str:
    client.force_login(user)
    response = client.get(reverse("trainees") + query)
    assert response.status_code == 200
    return response.content.decode()


def rows(page: str) -> dict[str, str]:
    """What the list says of each trainee, by name, without markup."""
    body = re.search(r"<tbody.*?</tbody>", page, re.S)
    found = re.findall(r"<tr.*?</tr>", body[0], re.S) if body else []
    names = [re.search(r"<a [^>]*>(.*?)</a>", row)[1] for row in found]
    said = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]
    return dict(zip(names, said, strict=True))


def test_an_officer_sees_their_own_trainees_alone(client: Client, cast: Cast) -> None:
    assert list(rows(page_of(client, cast.officer))) == ["Priya Raman"]
    assert list(rows(page_of(client, cast.other_officer))) == ["Tom Okafor"]
    assert list(rows(page_of(client, cast.administrator))) == ["Owen Hart", "Priya Raman", "Tom Okafor"]


@pytest.mark.parametrize("who", ["trainee", "assessor", "stranger", "former_officer"])
def test_somebody_who_looks_after_nobody_reads_so(client: Client, cast: Cast, who: str) -> None:
    page = page_of(client, cast.people()[who])
    assert "You look after no trainee" in page
    assert rows(page) == {}


def test_a_trainee_who_administers_does_not_find_themselves_there(client: Client, cast: Cast) -> None:
    make.administration(cast.trainee)
    assert list(rows(page_of(client, cast.trainee))) == ["Owen Hart", "Tom Okafor"]


def test_the_numbers_are_those_of_the_trainees_own_page(client: Client, cast: Cast) -> None:
    for number in (1, 2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    make.module_signed_off(cast.portfolio, cast.officer)
    whole = portfolio_progress(ledger.read_one(cast.portfolio))
    said = rows(page_of(client, cast.officer))["Priya Raman"]
    assert f"{whole.credits_signed_off} of {whole.credits_total}" == "20 of 180"
    assert "20 of 180" in said
    assert f"Items {whole.items.short} " in said


def test_the_longest_wait_is_said_and_what_is_overdue_is_marked(client: Client, cast: Cast) -> None:
    for number, days in ((1, 3), (2, 20)):
        item = make.in_review(cast.portfolio, cast.assessor, number=number)
        item.submission.addressees.update(
            since=timezone.now() - timedelta(days=days), due_on=make.today() + timedelta(days=14 - days)
        )
    page = page_of(client, cast.officer)
    assert "In review 2 Longest wait Waiting 20 days S-C1 2 Task 2 of S-C1. Since" in rows(page)["Priya Raman"]
    assert "app-state--alert" in page


def test_what_is_with_nobody_is_said(client: Client, cast: Cast) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    Role.objects.filter(user=cast.assessor).update(ends_on=make.today() - timedelta(days=1))
    assert "With nobody 1 item: choose another assessor" in rows(page_of(client, cast.officer))["Priya Raman"]


def test_a_module_that_is_ready_is_one_step_away(client: Client, cast: Cast) -> None:
    assert "Ready to sign off None" in rows(page_of(client, cast.officer))["Priya Raman"]
    for number in (1, 2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    page = page_of(client, cast.officer)
    assert "Ready to sign off S-C1" in rows(page)["Priya Raman"]
    assert reverse("module", args=[cast.portfolio.ref, "S-C1"]) in page


def test_a_trainee_is_found_by_part_of_the_name(client: Client, cast: Cast) -> None:
    assert list(rows(page_of(client, cast.administrator, "?q=RAM"))) == ["Priya Raman"]
    page = page_of(client, cast.administrator, "?q=nobody%20at%20all")
    assert "No trainee has a name like that" in page
    assert 'value="nobody at all"' in page


def test_a_hostile_search_finds_nothing_and_breaks_nothing(client: Client, cast: Cast) -> None:
    page = page_of(client, cast.administrator, "?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert(1)" not in page
    assert list(rows(page_of(client, cast.administrator, "?q=%00"))) == ["Owen Hart", "Priya Raman", "Tom Okafor"]


def test_closed_portfolios_come_last_and_say_so(client: Client, cast: Cast) -> None:
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left.")
    found = rows(page_of(client, cast.administrator))
    assert list(found) == ["Owen Hart", "Tom Okafor", "Priya Raman"]
    assert "Closed on" in found["Priya Raman"]


def test_twenty_five_stand_on_a_page(client: Client, cast: Cast) -> None:
    for number in range(30):
        make.role(make.portfolio(make.person(f"Trainee {number:02}")), cast.officer, RoleKind.OFFICER)
    assert len(rows(page_of(client, cast.officer))) == 25
    second = rows(page_of(client, cast.officer, "?page=2"))
    assert list(second) == [f"Trainee {number:02}" for number in range(24, 30)]
    assert next(iter(rows(page_of(client, cast.officer, "?page=nonsense")))) == "Priya Raman"


def test_the_list_asks_the_same_queries_for_one_trainee_and_for_thirty(
    client: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    client.force_login(cast.officer)
    with django_assert_max_num_queries(40) as one:
        client.get(reverse("trainees"))
    for number in range(29):
        portfolio = make.portfolio(make.person(f"Trainee {number:02}"))
        make.role(portfolio, cast.officer, RoleKind.OFFICER)
        make.role(portfolio, cast.assessor)
        make.in_review(portfolio, cast.assessor)
    with django_assert_max_num_queries(40) as thirty:
        client.get(reverse("trainees"))
    assert len(one) == len(thirty)
