"""The progress page: the same numbers for the trainee and their people, and one thing to do next."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from portfolio import ledger
from portfolio.models import Portfolio
from portfolio.progress import portfolio_progress
from portfolio.requirements import At
from portfolio.views.links import ADDRESSES, address
from portfolio.workflow import perform
from tests import make
from tests.cast import Cast
from tests.portfolio.views.counting import large


def page_of(client: Client, user: User, portfolio: Portfolio) -> str:
    client.force_login(user)
    response = client.get(reverse("progress", args=[portfolio.ref]))
    assert response.status_code == 200
    return response.content.decode()


def text(page: str) -> str:
    """What somebody reads, without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1]).split())


def test_the_page_shows_the_numbers_of_the_progress_functions(client: Client, cast: Cast) -> None:
    for number in (1, 2, 3):
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    make.module_signed_off(cast.portfolio, cast.officer)
    make.signed_off(cast.portfolio, cast.assessor, code="S-X1", number=1)
    whole = portfolio_progress(ledger.read_one(cast.portfolio))
    said = text(page_of(client, cast.trainee, cast.portfolio))
    assert (whole.credits_signed_off, whole.items.words) == (20, "4 of at least 7 required items")
    assert "Credits signed off 20 of 180 1 of 2 modules signed off" in said
    assert f"Work so far 4 of at least 7 required items {whole.work_words}".replace("'", "&#x27;") in said


def numbers(page: str) -> list[str]:
    """Every number of the hero and the table, in their order."""
    hero, table = re.search(r"app-hero__stats.*?</svg>", page, re.S), re.search(r"<table.*?</table>", page, re.S)
    assert hero
    assert table
    return re.findall(r">([^<>]*\d[^<>]*)<", hero[0] + table[0])


def test_their_people_see_the_same_numbers_as_the_trainee(client: Client, cast: Cast) -> None:
    make.signed_off(cast.portfolio, cast.assessor, number=1)
    make.in_review(cast.portfolio, cast.assessor, number=2)
    own = numbers(page_of(client, cast.trainee, cast.portfolio))
    assert len(own) > 10
    for user in (cast.officer, cast.coordinator, cast.administrator):
        assert numbers(page_of(client, user, cast.portfolio)) == own


@pytest.mark.parametrize("part", ["stranger", "assessor", "former_officer", "other_officer", "deactivated"])
def test_for_everybody_else_the_page_is_not_there(client: Client, cast: Cast, part: str) -> None:
    client.force_login(cast.people()[part])
    wanted = 302 if part == "deactivated" else 404
    assert client.get(reverse("progress", args=[cast.portfolio.ref])).status_code == wanted


def test_only_the_trainee_can_log_evidence_from_here(client: Client, cast: Cast) -> None:
    new = reverse("evidence_new", args=[cast.portfolio.ref])
    assert new in page_of(client, cast.trainee, cast.portfolio)
    for user in (cast.officer, cast.administrator):
        assert new not in page_of(client, user, cast.portfolio)


def test_the_words_are_the_readers_own(client: Client, cast: Cast) -> None:
    assert '<h1 class="nhsuk-heading-l">Your progress</h1>' in page_of(client, cast.trainee, cast.portfolio)
    said = page_of(client, cast.officer, cast.portfolio)
    assert '<h1 class="nhsuk-heading-l">Priya Raman&#x27;s progress</h1>' in said
    assert "With the trainee" in said
    assert "With you" not in said


def test_a_closed_portfolio_says_when_and_why_and_offers_no_step(client: Client, cast: Cast) -> None:
    perform("close portfolio", cast.portfolio, by=cast.administrator, reason="Moved to another programme.")
    said = page_of(client, cast.trainee, cast.portfolio)
    assert "This portfolio was closed on" in said
    assert "Moved to another programme." in said
    assert reverse("evidence_new", args=[cast.portfolio.ref]) not in said


def test_a_fictional_curriculum_is_said_to_be_one(client: Client, cast: Cast) -> None:
    assert "This curriculum is fictional." not in page_of(client, cast.trainee, cast.portfolio)
    row = cast.portfolio.curriculum
    row.fictional = True
    row.save()
    assert "This curriculum is fictional." in page_of(client, cast.trainee, cast.portfolio)


def test_what_came_back_is_the_one_thing_to_do_next(client: Client, cast: Cast) -> None:
    make.returned(cast.portfolio, cast.assessor, number=2)
    make.drafted(cast.portfolio, number=3)
    said = page_of(client, cast.trainee, cast.portfolio)
    activity = reverse("activity", args=[cast.portfolio.ref, "S-C1", 2])
    assert f'<a href="{activity}">Revise 1 returned item</a>' in said


def test_what_waits_for_an_assessor_says_with_whom_and_how_long(client: Client, cast: Cast) -> None:
    item = make.in_review(cast.portfolio, cast.assessor)
    since = timezone.now() - timedelta(days=9)
    item.submission.addressees.update(since=since)
    assert "Waiting 9 days" in text(page_of(client, cast.trainee, cast.portfolio))


def test_every_activity_of_the_core_module_is_one_step_away_with_its_evidence(client: Client, cast: Cast) -> None:
    make.drafted(cast.portfolio, number=2)
    page = page_of(client, cast.trainee, cast.portfolio)
    tiles = re.search(r'<ol class="app-tiles">(.*?)</ol>', page, re.S)
    assert tiles
    links = re.findall(r'app-tile__t" href="([^"]+)"', tiles[1])
    assert links == [reverse("activity", args=[cast.portfolio.ref, "S-C1", number]) for number in (1, 2, 3)]
    assert f'href="{links[1]}#evidence"' in tiles[1]
    assert f'href="{links[0]}#evidence"' not in tiles[1]


def test_every_row_of_the_programme_leads_to_its_modules(client: Client, cast: Cast) -> None:
    page = page_of(client, cast.trainee, cast.portfolio)
    table = re.search(r"<tbody.*?</tbody>", page, re.S)
    assert table
    for code in ("S-C1", "S-X1"):
        assert reverse("module", args=[cast.portfolio.ref, code]) in table[0]


@pytest.mark.django_db
def test_a_row_with_several_modules_opens_to_each(client: Client) -> None:
    blocks = [
        {
            "title": "Rotations",
            "phase": 1,
            "credits": 180,
            "modules": [
                {"code": f"R-{n}", "credits": 90, "kind": "rotation", "activities": 1, **make.KNOWN} for n in (1, 2)
            ],
        }
    ]
    portfolio = make.portfolio(make.person("Ada Low"), make.curriculum("TST9-1-24", blocks=blocks))
    page = page_of(client, portfolio.trainee, portfolio)
    opened = re.search(r'summary-text">2 modules.*?</details>', page, re.S)
    assert opened
    assert re.findall(r'<a href="([^"]+)"', opened[0]) == [
        reverse("module", args=[portfolio.ref, code]) for code in ("R-1", "R-2")
    ]


@pytest.mark.django_db
def test_an_unknown_number_of_activities_stands_without_of(client: Client) -> None:
    blocks = [
        {
            "title": "Open",
            "credits": 180,
            "modules": [{"code": "S-U1", "credits": 180, "kind": "specialist", "activities": [1]}],
        }
    ]
    portfolio = make.portfolio(make.person("Ada Low"), make.curriculum("TST9-1-24", blocks=blocks))
    said = text(page_of(client, portfolio.trainee, portfolio))
    assert "0 of at least 0 required items" in said
    assert "0 signed off" in said
    assert "Activities not recorded yet, assessments not recorded yet" in said


@pytest.mark.django_db
def test_the_page_asks_the_same_queries_for_one_activity_and_for_thirty(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for name, many in (("Ada Low", 1), ("Bo High", 30)):
        blocks = [
            {
                "title": "Core",
                "credits": 180,
                "modules": [{"code": "S-C1", "credits": 180, "kind": "core", "activities": many, **make.KNOWN}],
            }
        ]
        portfolio = make.portfolio(make.person(name), make.curriculum(f"TST9-{many}-24", blocks=blocks))
        for number in range(1, many + 1):
            make.drafted(portfolio, number=number)
        client.force_login(portfolio.trainee)
        with django_assert_max_num_queries(40) as asked:
            assert client.get(reverse("progress", args=[portfolio.ref])).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- addresses of what is to be mended ---------------------------------------------------------------------------


def test_every_place_that_requirements_name_has_an_address(cast: Cast) -> None:
    pages = At.__annotations__["page"].__args__
    assert set(pages) == set(ADDRESSES)
    for page in pages:
        at = At(page, "S-C1", 1, "abc", gid="abc", aid="abc", kind="CBD")
        assert address(cast.portfolio, at, may=("confirm requirements", "sign off module")).startswith("/")


def test_a_step_that_is_not_the_readers_leads_to_the_module(cast: Cast) -> None:
    module = reverse("module", args=[cast.portfolio.ref, "S-C1"])
    assert address(cast.portfolio, At("requirements", "S-C1")) == module
    assert address(cast.portfolio, At("sign_off", "S-C1")) == module


def test_of_very_many_next_steps_some_are_shown_and_the_rest_is_counted(client: Client, db: None) -> None:
    """An activity not started is one step a module; a draft is a step of its own."""
    portfolio = large()
    for number in range(1, 31):
        make.drafted(portfolio, "S-B1", number)
    client.force_login(portfolio.trainee)
    response = client.get(reverse("progress", args=[portfolio.ref]))
    mine = response.context["mine"]
    assert (mine["count"], len(mine["first"]), len(mine["rest"]), mine["left"]) == (30, 5, 20, 5)
    assert "And 5 more: they stand on the pages of their modules." in response.text
