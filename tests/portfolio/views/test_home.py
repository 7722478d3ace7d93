"""`/` and the rows of links: everybody is led to their own work, and nowhere else."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portfolio.states import RoleKind
from portfolio.urls import of_portfolio
from portfolio.views.navigation import GROUPS, SECTIONS
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast


def arrive(client: Client, user: User):
    client.force_login(user)
    return client.get("/")


def cards(page: str) -> list[str]:
    return re.findall(r'nhsuk-card__link" href="([^"]+)"', page)


def links(page: str, menu: str = "Menu") -> list[str]:
    """The words of the links in one of the two rows."""
    found = re.search(rf'<nav[^>]*aria-label="{menu}">(.*?)</nav>', page, re.S)
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<a [^>]*>(.*?)</a>", found[1], re.S)] if found else []


@pytest.mark.django_db
def test_somebody_signed_out_reads_what_this_is_and_can_sign_in(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    page = response.content.decode()
    assert f'href="{reverse("account_login")}">Sign in</a>' in page
    assert links(page) == []


def test_a_trainee_goes_to_their_progress(client: Client, cast: Cast) -> None:
    assert arrive(client, cast.trainee)["Location"] == f"/portfolios/{cast.portfolio.ref}/"


def test_a_trainee_with_a_closed_and_an_open_portfolio_goes_to_the_open_one(client: Client, cast: Cast) -> None:
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left the programme.")
    again = make.portfolio(cast.trainee)
    assert arrive(client, cast.trainee)["Location"] == f"/portfolios/{again.ref}/"


def test_a_trainee_whose_only_portfolio_is_closed_still_goes_there(client: Client, cast: Cast) -> None:
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Left the programme.")
    assert arrive(client, cast.trainee)["Location"] == f"/portfolios/{cast.portfolio.ref}/"


@pytest.mark.parametrize(
    ("part", "where"),
    [
        ("assessor", "/reviewing/"),
        ("officer", "/trainees/"),
        ("coordinator", "/trainees/"),
        ("administrator", "/trainees/"),
        ("cohort_administrator", "/trainees/"),
        ("superuser", "/trainees/"),
    ],
)
def test_somebody_with_one_part_goes_there_at_once(client: Client, cast: Cast, part: str, where: str) -> None:
    assert arrive(client, cast.people()[part])["Location"] == where


@pytest.mark.parametrize(
    "part", ["stranger", "former_assessor", "future_assessor", "former_officer", "former_administrator"]
)
def test_somebody_with_no_part_today_is_told_what_happens_next(client: Client, cast: Cast, part: str) -> None:
    user = cast.people()[part]
    response = arrive(client, user)
    assert response.status_code == 200
    assert "Nobody has given you a part in a portfolio yet." in response.content.decode()
    assert user.email in response.content.decode()


def test_an_officer_who_assesses_elsewhere_chooses(client: Client, cast: Cast) -> None:
    make.role(cast.other, cast.officer, RoleKind.ASSESSOR)
    response = arrive(client, cast.officer)
    assert response.status_code == 200
    assert cards(response.content.decode()) == ["/reviewing/", "/trainees/"]


def test_a_trainee_who_administers_chooses_between_all_of_it(client: Client, cast: Cast) -> None:
    make.administration(cast.trainee)
    make.in_review(cast.portfolio, cast.assessor)
    page = arrive(client, cast.trainee).content.decode()
    assert cards(page) == [f"/portfolios/{cast.portfolio.ref}/", "/trainees/", "/admin/"]


def test_the_card_of_the_queue_says_how_much_waits(client: Client, cast: Cast) -> None:
    make.role(cast.other, cast.officer, RoleKind.ASSESSOR)
    make.in_review(cast.portfolio, cast.officer, number=1)
    make.in_review(cast.portfolio, cast.officer, number=2)
    assert "Your queue (2)" in arrive(client, cast.officer).content.decode()


# --- the main row -------------------------------------------------------------------------------------------------


OWN_LINKS = ["Progress", "Plan", "Evidence", "Assessments", "Curriculum", "People"]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("trainee", OWN_LINKS),
        ("assessor", ["Queue", "Curricula"]),
        ("officer", ["Queue", "Trainees", "Curricula"]),
        ("administrator", ["Trainees", "Curricula", "Administration"]),
        ("stranger", ["Curricula"]),
        (
            "officer_in_training",
            [*OWN_LINKS, "Trainees"],
        ),
    ],
)
def test_the_main_row_has_the_links_of_ones_parts(client: Client, cast: Cast, part: str, words: list[str]) -> None:
    client.force_login(cast.people()[part])
    assert links(client.get(reverse("curricula")).content.decode()) == words


def test_the_queue_says_how_much_waits(client: Client, cast: Cast) -> None:
    make.in_review(cast.portfolio, cast.assessor)
    client.force_login(cast.assessor)
    assert links(client.get(reverse("curricula")).content.decode()) == ["Queue (1)", "Curricula"]


def test_no_page_of_a_portfolio_is_without_its_link() -> None:
    names = set()
    waiting = list(of_portfolio)
    while waiting:
        pattern = waiting.pop()
        waiting += getattr(pattern, "url_patterns", [])
        names |= {pattern.name} if getattr(pattern, "name", None) else set()
    assert names == set(SECTIONS)


# --- the row of somebody else's portfolio -----------------------------------------------------------------------


def test_their_people_see_whose_portfolio_they_are_in(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    page = client.get(reverse("progress", args=[cast.portfolio.ref])).content.decode()
    assert links(page, "Portfolio of Priya Raman") == ["Progress", "Plan", "Evidence", "Assessments", "People"]


PAGES = {
    "plan": ["Plan", "Placements", "Goals", "Reviews"],
    "training_time": ["Plan", "Placements", "Goals", "Reviews"],
    "evidence_list": ["Evidence", "Submissions", "Journal"],
    "assessments": ["Assessments", "Feedback"],
    "history": ["People", "History"],
    "progress": [],
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_group_has_a_row_of_its_pages_and_says_which_it_is(
    client: Client, cast: Cast, name: str
) -> None:
    address = reverse(name, args=[cast.portfolio.ref])
    for person, alone in ((cast.trainee, set()), (cast.officer, {"Journal"})):
        client.force_login(person)
        page = client.get(address).content.decode()
        pages = [one for one in PAGES[name] if one not in alone]
        group = pages[0] if pages else ""
        assert links(page, f"Pages of {group}") == pages
        assert page.count('aria-current="true"') == (2 if pages else 1)


def test_every_page_has_one_group() -> None:
    grouped = [name for pages in GROUPS.values() for name in pages]
    assert sorted(grouped) == sorted(set(SECTIONS.values()))


def test_a_placement_supervisor_finds_what_is_theirs_and_no_way_to_more(client: Client, cast: Cast) -> None:
    person = make.person("Hugh Sole")
    make.placed(cast.portfolio, cast.officer, person)
    client.force_login(person)
    assert links(client.get(reverse("curricula")).content.decode()) == ["Queue", "Trainees", "Curricula"]
    assert client.get(reverse("home"))["Location"] == reverse("trainees")
    page = client.get(reverse("progress", args=[cast.portfolio.ref])).content.decode()
    assert links(page, "Portfolio of Priya Raman") == ["Progress", "Plan", "Evidence", "Assessments"]
    assert reverse("placements", args=[cast.portfolio.ref]) in page
    assert reverse("plan", args=[cast.portfolio.ref]) not in page


def test_on_ones_own_portfolio_there_is_one_row(client: Client, cast: Cast) -> None:
    client.force_login(cast.trainee)
    page = client.get(reverse("progress", args=[cast.portfolio.ref])).content.decode()
    assert "Portfolio of" not in page
    assert page.count('aria-current="true"') == 1


def test_the_row_of_a_portfolio_is_not_shown_to_whom_it_is_hidden(client: Client, cast: Cast) -> None:
    client.force_login(cast.stranger)
    response = client.get(reverse("progress", args=[cast.portfolio.ref]))
    assert response.status_code == 404
    assert "Priya" not in response.content.decode()
