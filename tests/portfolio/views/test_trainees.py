"""`/trainees/`: those whom somebody looks after, with the numbers of their own progress pages."""

import re
from datetime import timedelta
from itertools import chain

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from portfolio import ledger
from portfolio.cohort import summaries
from portfolio.models import Role, Summary
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
    assert f" {whole.items.short} " in said


def test_the_longest_wait_is_said_and_what_is_overdue_is_marked(client: Client, cast: Cast) -> None:
    for number, days in ((1, 3), (2, 20)):
        make.asked_since(make.in_review(cast.portfolio, cast.assessor, number=number), days)
    page = page_of(client, cast.officer)
    said = rows(page)["Priya Raman"]
    assert "2 in review" in said
    assert "Waiting 20 days S-C1 2, with Maya Lind" in said
    assert "1 request past the due date, longest 20 days" in said
    assert "app-ink--alert" in page


def test_what_is_with_nobody_is_said(client: Client, cast: Cast) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    Role.objects.filter(user=cast.assessor).update(ends_on=make.today() - timedelta(days=1))
    said = rows(page_of(client, cast.officer))["Priya Raman"]
    assert "With nobody: 1 item, choose another assessor" in said


def test_a_module_that_is_ready_is_one_step_away(client: Client, cast: Cast) -> None:
    link = reverse("module", args=[cast.portfolio.ref, "S-C1"])
    assert link not in page_of(client, cast.officer)
    for number in (1, 2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    page = page_of(client, cast.officer)
    assert "Ready to sign off: S-C1" in rows(page)["Priya Raman"]
    assert link in page


def test_a_trainee_is_found_by_part_of_the_name(client: Client, cast: Cast) -> None:
    assert list(rows(page_of(client, cast.administrator, "?q=RAM"))) == ["Priya Raman"]
    page = page_of(client, cast.administrator, "?q=nobody%20at%20all")
    assert "No trainee matches" in page
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


def test_closed_portfolios_are_in_the_order_that_was_asked_for(client: Client, cast: Cast) -> None:
    for one in (cast.portfolio, cast.other):
        perform("close portfolio", one, by=cast.administrator, reason="Left.")
    found = [list(rows(page_of(client, cast.administrator, f"?sort={sort}"))) for sort in ("name", "-name")]
    assert found == [["Owen Hart", "Priya Raman", "Tom Okafor"], ["Owen Hart", "Tom Okafor", "Priya Raman"]]


def test_twenty_five_stand_on_a_page(client: Client, cast: Cast) -> None:
    for number in range(30):
        make.role(make.portfolio(make.person(f"Trainee {number:02}")), cast.officer, RoleKind.OFFICER)
    assert len(rows(page_of(client, cast.officer))) == 25
    second = rows(page_of(client, cast.officer, "?page=2"))
    assert list(second) == [f"Trainee {number:02}" for number in range(24, 30)]
    assert next(iter(rows(page_of(client, cast.officer, "?page=nonsense")))) == "Priya Raman"


def test_those_that_are_equal_follow_by_name_from_page_to_page(client: Client, cast: Cast) -> None:
    for number in range(59, 0, -1):  # the newest of them comes first by name
        make.role(make.portfolio(make.person(f"Trainee {number:02}")), cast.officer, kind=RoleKind.OFFICER)
    summaries.renew()
    pages = [list(rows(page_of(client, cast.officer, f"?page={number}&sort=credits"))) for number in (1, 2, 3)]
    assert [len(names) for names in pages] == [25, 25, 10]
    assert [*chain(*pages)] == ["Priya Raman", *(f"Trainee {number:02}" for number in range(1, 60))]


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


# --- filters ----------------------------------------------------------------------------------------------------------


def test_a_cohort_a_specialty_and_an_organisation_narrow_the_list(client: Client, cast: Cast) -> None:
    north = make.organisation("Northmoor Hospitals")
    of = make.curriculum("TST2-1-23")
    of.specialty = "Other Science"
    of.save()
    make.portfolio(make.person("Una Voss"), of, cohort_year=2023, organisation=north)
    everybody = ["Owen Hart", "Priya Raman", "Tom Okafor", "Una Voss"]
    page = page_of(client, cast.administrator)
    assert list(rows(page)) == everybody
    assert re.findall(r'<option value="([^"]*)"[^>]*>(?:All coh|STP)', page) == ["", "STP-2023", "STP-2024"]
    for query in ("cohort=STP-2023", "specialty=Other+Science", f"organisation={north.pk}"):
        assert list(rows(page_of(client, cast.administrator, f"?{query}"))) == ["Una Voss"], query
    assert rows(page_of(client, cast.administrator, "?cohort=STP-2024&specialty=Other+Science")) == {}
    assert list(rows(page_of(client, cast.cohort_administrator))) == everybody[:3]


def test_the_filters_offer_what_one_looks_after_and_nothing_else(client: Client, cast: Cast) -> None:
    cast.other.organisation = make.organisation("Westford Hospitals")
    cast.other.save()
    assert "Westford" not in page_of(client, cast.officer)
    found = page_of(client, cast.officer, f"?organisation={cast.other.organisation.pk}")
    assert rows(found) == {}
    assert "Westford" not in found


@pytest.mark.parametrize(
    "query",
    ["cohort=2024", "cohort=STP-20x4", "organisation=first", "organisation=-1", "flag=everything", "sort=password",
     "sort=trainee__password", "trainee__password__startswith=a", "_connector=OR", "q=" + "x" * 300, "page=-3"],
)  # fmt: skip
def test_what_is_not_understood_is_left_out(client: Client, cast: Cast, query: str) -> None:
    found = rows(page_of(client, cast.administrator, f"?{query}"))
    assert list(found) == ["Owen Hart", "Priya Raman", "Tom Okafor"]


def test_a_flag_finds_whom_it_is_shown_at(client: Client, cast: Cast) -> None:
    make.asked_since(make.in_review(cast.portfolio, cast.assessor), 20)
    summaries.renew()
    found = rows(page_of(client, cast.administrator, "?flag=late"))
    assert list(found) == ["Priya Raman"]
    assert "past the due date" in found["Priya Raman"]
    assert list(rows(page_of(client, cast.administrator, "?flag=quiet"))) == ["Owen Hart", "Tom Okafor"]
    assert rows(page_of(client, cast.administrator, "?flag=ready")) == {}


def test_a_supervisor_finds_and_orders_nobody_by_what_they_are_not_shown(client: Client, cast: Cast) -> None:
    supervisor = make.person("Hugh Sole")
    make.placed(cast.portfolio, cast.officer, supervisor, ("S-X1",))
    make.placed(cast.other, cast.other_officer, supervisor, ("S-X1",))
    make.asked_since(make.in_review(cast.other, cast.assessor), 20)
    summaries.renew()
    assert list(rows(page_of(client, supervisor))) == ["Priya Raman", "Tom Okafor"]
    assert rows(page_of(client, supervisor, "?flag=late")) == {}
    for sort in ("flags", "-flags", "wait", "-wait", "target", "-target", "review", "-review"):
        assert list(rows(page_of(client, supervisor, f"?sort={sort}"))) == ["Priya Raman", "Tom Okafor"], sort


# --- order ------------------------------------------------------------------------------------------------------------


def test_the_list_is_ordered_by_each_of_its_columns(client: Client, cast: Cast) -> None:
    make.asked_since(make.in_review(cast.portfolio, cast.assessor), 20)
    make.asked_since(make.in_review(cast.other, cast.assessor), 3)
    for number in (2, 3):
        make.signed_off(cast.other, cast.assessor, number=number)
    summaries.renew()
    owen, priya, tom = "Owen Hart", "Priya Raman", "Tom Okafor"
    orders = {
        "flags": [owen, priya, tom],  # who has no officer, and linked nothing
        "-flags": [tom, priya, owen],
        "name": [owen, priya, tom],
        "-name": [tom, priya, owen],
        "items": [owen, priya, tom],
        "-items": [tom, owen, priya],
        "wait": [priya, tom, owen],
        "-wait": [tom, priya, owen],
    }
    assert {sort: list(rows(page_of(client, cast.administrator, f"?sort={sort}"))) for sort in orders} == orders


def test_a_column_says_that_it_is_in_order_and_leads_to_the_other_way_round(client: Client, cast: Cast) -> None:
    page = page_of(client, cast.administrator, "?sort=name&q=a&page=1")
    assert re.findall(r'aria-sort="(\w+)"><a class="app-sort" href="([^"]+)">(\w+)', page) == [
        ("ascending", "?q=a&amp;sort=-name", "Trainee")
    ]
    assert 'aria-sort="descending"><a class="app-sort" href="?sort=-flags">Flags' in page_of(client, cast.administrator)
    assert '<option value="name" selected>' in page


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_what_is_shown_comes_from_progress_and_not_from_the_summary(client: Client, cast: Cast) -> None:
    summaries.renew()
    before = rows(page_of(client, cast.administrator))
    spoiled = {"credits": 99, "items": 99, "ahead": -99, "flags": " late ", "flag_count": 1, "name": "Nobody"}
    Summary.objects.update(**spoiled, waits_since=make.today())
    assert rows(page_of(client, cast.administrator)) == before
    assert list(rows(page_of(client, cast.administrator, "?flag=late"))) == list(before)


def test_a_portfolio_without_a_summary_is_listed_last_and_whole(client: Client, cast: Cast) -> None:
    summaries.renew()
    Summary.objects.filter(portfolio=cast.portfolio).delete()
    found = rows(page_of(client, cast.administrator, "?sort=credits"))
    assert list(found) == ["Owen Hart", "Tom Okafor", "Priya Raman"]
    assert "0 of 180" in found["Priya Raman"]
