"""The list of evidence: what each reader finds, and that no address breaks it."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from portfolio.models import Evidence, Portfolio
from portfolio.shapes import EVIDENCE_SHAPES
from portfolio.states import EvidenceState
from portfolio.workflow import writing
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import large, queries


@pytest.fixture
def priya(client: Client, cast: Cast) -> Client:
    client.force_login(cast.trainee)
    return client


def list_url(portfolio: Portfolio) -> str:
    return reverse("evidence_list", args=[portfolio.ref])


def titles(client: Client, portfolio: Portfolio, query: str = "") -> list[str]:
    response = client.get(list_url(portfolio) + query)
    assert response.status_code == 200
    return [row["title"] for row in response.context["rows"]]


def test_a_trainee_sees_all_their_own_pages_and_what_each_shows(priya: Client, cast: Cast) -> None:
    page = make.page(cast.portfolio, "Audit")
    make.drafted(cast.portfolio, number=2, evidence=page)
    make.attachment(page)
    make.page(cast.other, "Not mine")
    html = priya.get(list_url(cast.portfolio)).content.decode()
    assert titles(priya, cast.portfolio) == ["Audit"]
    assert ('Shows <span class="app-nowrap">S-C1 2</span>' in html, "1 file" in html, "Draft" in html) == (
        True,
        True,
        True,
    )


def test_an_empty_list_says_what_to_do(priya: Client, cast: Cast) -> None:
    assert "Nothing written yet" in priya.get(list_url(cast.portfolio)).content.decode()
    make.page(cast.portfolio)
    assert "No page matches" in priya.get(list_url(cast.portfolio) + "?q=zebra").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=haemoglobin", ["Report"]),
        ("?q=REPORT", ["Report"]),
        ("?module=S-X1", ["Report"]),
        ("?kind=report", ["Report"]),
        ("?state=draft", ["Report"]),
        ("?state=unlinked", ["Note"]),
        ("?state=in_review", ["Page for S-C1 1"]),
        ("?activity=S-C1/1", ["Page for S-C1 1"]),
        ("?activity=S-C1/2", []),
        ("?module=S-C1&state=draft", []),
        ("?q=haemoglobin&kind=reflection", []),
    ],
)
def test_each_filter_finds_what_it_says(priya: Client, cast: Cast, query: str, found: list[str]) -> None:
    make.page(cast.portfolio, "Note")
    page = make.page(cast.portfolio, "Report", "On haemoglobin.", kind="report")
    make.drafted(cast.portfolio, "S-X1", 1, evidence=page)
    make.in_review(cast.portfolio, cast.assessor)
    assert titles(priya, cast.portfolio, query) == found


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?q=" + "x" * 10_000,
        "?q=' OR 1=1 --",
        "?q=%25_%5C",
        "?module=nope&kind=nope&state=nope&list=nope",
        "?page=0",
        "?page=-1",
        "?page=99999999999999999999",
        "?page=abc",
        "?activity=S-C1/99999999999999",
        "?activity=%00/1",
        "?user__password__startswith=a&_connector=OR&ordering=body",
        "?state=is_draft&state=draft",
        "?q[]=1&module[]=2",
        "?module=S-C1&module=S-X1",
    ],
)
def test_no_address_breaks_the_list(priya: Client, cast: Cast, query: str) -> None:
    make.page(cast.portfolio)
    response = priya.get(list_url(cast.portfolio) + query)
    assert response.status_code == 200
    assert "<title>Evidence - " in response.content.decode()


def test_archived_and_binned_pages_have_lists_of_their_own(priya: Client, cast: Cast) -> None:
    for title in ("Kept", "Archived", "Binned"):
        make.page(cast.portfolio, title)
    writing.archive(Evidence.objects.get(title="Archived"), on=True, by=cast.trainee)
    writing.discard(Evidence.objects.get(title="Binned"), by=cast.trainee)
    assert titles(priya, cast.portfolio) == ["Kept"]
    assert titles(priya, cast.portfolio, "?list=archived") == ["Archived"]
    assert titles(priya, cast.portfolio, "?list=bin") == ["Binned"]
    assert "In the bin until" in priya.get(list_url(cast.portfolio) + "?list=bin").content.decode()


def test_the_list_is_paged_at_25_and_keeps_the_filters(priya: Client, cast: Cast) -> None:
    for number in range(26):
        make.page(cast.portfolio, f"Page {number}", happened_on=date(2025, 1, 1 + number))
    first = priya.get(list_url(cast.portfolio) + "?kind=reflection")
    assert [row["title"] for row in first.context["rows"]] == [f"Page {number}" for number in range(25, 0, -1)]
    assert "?kind=reflection&amp;page=2" in first.content.decode()
    assert titles(priya, cast.portfolio, "?kind=reflection&page=2") == ["Page 0"]


# --- their people -------------------------------------------------------------------------------------------------


def test_their_people_see_only_what_is_shared_or_submitted(client: Client, cast: Cast) -> None:
    make.page(cast.portfolio, "Private")
    shared = make.page(cast.portfolio, "Shared")
    writing.share(shared, on=True, by=cast.trainee)
    make.change(shared, title="Shared, rewritten", save=False)
    make.in_review(cast.portfolio, cast.assessor)
    for who in (cast.officer, cast.coordinator, cast.administrator, cast.cohort_administrator):
        client.force_login(who)
        assert sorted(titles(client, cast.portfolio)) == ["Page for S-C1 1", "Shared"]
        html = client.get(list_url(cast.portfolio)).content.decode()
        assert ("rewritten" in html, ". Shows" in html, "Log evidence" in html) == (False, False, False)


def test_their_people_are_offered_no_filter_that_tells_of_unsubmitted_work(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    form = client.get(list_url(cast.portfolio)).context["form"]
    assert [value for value, _ in form.fields["state"].choices] == ["", "in_review", "returned", "signed_off"]


@pytest.mark.parametrize("list_", ["archived", "bin"])
def test_their_people_have_no_archive_and_no_bin(client: Client, cast: Cast, list_: str) -> None:
    page = make.page(cast.portfolio)
    writing.archive(page, on=True, by=cast.trainee) if list_ == "archived" else writing.discard(page, by=cast.trainee)
    client.force_login(cast.officer)
    assert titles(client, cast.portfolio, f"?list={list_}") == []
    assert f"?list={list_}" not in client.get(list_url(cast.portfolio)).content.decode()


@pytest.mark.parametrize(
    "who", ["assessor", "other_trainee", "other_officer", "former_officer", "stranger", "superuser"]
)
def test_nobody_else_finds_the_list(client: Client, cast: Cast, who: str) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    client.force_login(getattr(cast, who))
    assert client.get(list_url(cast.portfolio)).status_code == 404


def test_every_state_of_a_page_has_a_shape() -> None:
    assert set(EVIDENCE_SHAPES) == set(EvidenceState)


def test_the_list_asks_as_many_questions_for_one_row_as_for_thirty(client: Client, db: None) -> None:
    portfolio = large(30)
    officer = make.person("Ana Reyes")
    make.role(portfolio, officer, "officer")
    few: dict[str, int] = {}
    for number in range(1, 31):
        page = make.page(portfolio, f"Page {number}")
        make.attachment(page, content=make.PDF + str(number).encode())
        make.submit(officer, make.drafted(portfolio, "S-B1", number, evidence=page))
        if number == 1:
            few = counts(client, portfolio, officer)
    assert counts(client, portfolio, officer) == few


def counts(client: Client, portfolio: Portfolio, officer: object) -> dict[str, int]:
    """Queries by reader."""
    found = {}
    for name, who in (("trainee", portfolio.trainee), ("officer", officer)):
        client.force_login(who)
        found[name] = queries(client, list_url(portfolio))
    return found
