"""Trainees by modules: the numbers of progress, readable without colour."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portfolio import ledger
from portfolio.cohort import summaries
from portfolio.cohort.table import module_lines
from portfolio.progress import portfolio_progress
from portfolio.states import RoleKind
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def page_of(client: Client, user: User, query: str = "") -> str:
    client.force_login(user)
    answer = client.get(reverse("trainees_modules") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def cells(page: str) -> dict[str, list[str]]:
    """What each cell says to ears, by trainee: what is hidden from them is left out."""
    found = {}
    for line in re.findall(r'<tr><th scope="row">.*?</tr>', page, re.S):
        heard = re.sub(r'<span aria-hidden="true">.*?</span>', "", line)
        name, *rest = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", heard, re.S)
        found[re.sub(r"<[^>]+>", "", name)] = [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in rest]
    return found


def seen(page: str) -> list[tuple[str, str, str]]:
    """The shade, the shape and the number of each cell that has a shape: of the table, not of its key."""
    return re.findall(r'<td class="app-h (app-h--\w+)[^>]*><svg[^>]*><use href="#i-(\w+)"/></svg>([^<]*)', page)


def test_each_cell_says_what_progress_says_of_the_module(client: Client, cast: Cast) -> None:
    make.signed_off(cast.portfolio, cast.assessor)
    for number in (1, 2, 3):
        make.signed_off(cast.other, cast.assessor, number=number)
    page = page_of(client, cast.administrator)
    assert cells(page) == {
        "Owen Hart": ["0 of 3", "0 of 4"],
        "Priya Raman": ["1 of 3", "0 of 4"],
        "Tom Okafor": ["3 of 3, ready to sign off", "0 of 4"],
    }
    assert seen(page) == [("app-h--3", "ready", "3 of 3")]
    modules = portfolio_progress(ledger.read_one(cast.portfolio)).modules
    assert [modules[code].shown.short for code in ("S-C1", "S-X1")] == ["1 of 3", "0 of 4"]
    make.module_signed_off(cast.other, cast.other_officer)
    page = page_of(client, cast.administrator)
    assert cells(page)["Tom Okafor"] == ["3 of 3, signed off", "0 of 4"]
    assert seen(page) == [("app-h--full", "tick", "3 of 3")]


def test_what_another_system_signed_is_told_apart_by_a_shape_and_in_words(client: Client, cast: Cast) -> None:
    make.signed_elsewhere(cast.portfolio, cast.officer)
    make.signed_off(cast.portfolio, cast.assessor, number=2)
    page = page_of(client, cast.officer)
    assert cells(page)["Priya Raman"] == ["2 of 3, 1 signed elsewhere", "0 of 4"]
    assert page.count(" is-elsewhere") == 2  # in the cell and in the key
    (line,) = module_lines([cast.portfolio], ["S-C1"])
    assert line[2] == "2 of 3, 1 signed elsewhere"


def test_shades_are_thirds_and_a_dash_is_nothing(client: Client, cast: Cast) -> None:
    shades = []
    for number in (1, 2, 3):
        shades += re.findall(r"app-h app-h--(\w+)", page_of(client, cast.officer))[:1]
        make.signed_off(cast.portfolio, cast.assessor, number=number)
    shades += re.findall(r"app-h app-h--(\w+)", page_of(client, cast.officer))[:1]
    assert shades == ["0", "2", "3", "3"]
    assert '<span aria-hidden="true">–</span>' in page_of(client, cast.officer)


def test_an_option_that_is_not_taken_counts_nothing_and_says_so(client: Client, cast: Cast) -> None:
    half = {"credits": 90, "kind": "specialist", "activities": 2, **make.KNOWN}
    modules = [{"code": "S-A1", **half}, {"code": "S-B1", **half}, {"code": "S-B2", **half}]
    block = {"title": "Choice", "credits": 180, "modules": modules, "options": [["S-B1"], ["S-B2"]]}
    of = make.portfolio(make.person("Una Voss"), make.curriculum("OPT1-1-24", blocks=[block]))
    make.role(of, cast.officer, RoleKind.OFFICER)
    assert cells(page_of(client, cast.officer))["Una Voss"] == ["0 of 2", "to be chosen", "another option"]
    make.option_confirmed(of, cast.officer, "S-B2")
    assert cells(page_of(client, cast.officer))["Una Voss"] == ["0 of 2", "not in the option taken", "0 of 2"]


def test_the_filters_and_the_order_are_those_of_the_list(client: Client, cast: Cast) -> None:
    make.asked_since(make.in_review(cast.portfolio, cast.assessor), 20)
    summaries.renew()
    assert list(cells(page_of(client, cast.administrator, "?sort=-name"))) == ["Tom Okafor", "Priya Raman", "Owen Hart"]
    assert list(cells(page_of(client, cast.administrator, "?flag=late"))) == ["Priya Raman"]
    assert cells(page_of(client, cast.administrator, "?q=zzzz")) == {}
    page = page_of(client, cast.administrator, "?flag=late&sort=name")
    assert f'href="{reverse("trainees")}?flag=late&amp;sort=name"' in page


def test_who_sees_whom_is_as_in_the_list(client: Client, cast: Cast) -> None:
    assert list(cells(page_of(client, cast.officer))) == ["Priya Raman"]
    assert list(cells(page_of(client, cast.other_officer))) == ["Tom Okafor"]
    for who in (cast.trainee, cast.assessor, cast.stranger, cast.former_officer):
        assert "You look after no trainee" in page_of(client, who)


def test_twenty_five_stand_on_a_page_and_each_curriculum_has_its_table(client: Client, cast: Cast) -> None:
    other = make.curriculum("TST2-1-24")
    for number in range(30):
        of = make.portfolio(make.person(f"Trainee {number:02}"), other if number % 2 else None)
        make.role(of, cast.officer, RoleKind.OFFICER)
    page = page_of(client, cast.officer)
    assert len(cells(page)) == 25
    assert re.findall(r'tabindex="0" role="region" aria-labelledby="([^"]+)"', page) == [
        "heat-TST1-1-24",
        "heat-TST2-1-24",
    ]
