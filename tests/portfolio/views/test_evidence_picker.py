"""Choosing among more activities than a page has room for: each can be found, and none that was chosen is lost."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from curriculum.loader import load
from curriculum.models import Curriculum, TrainingActivity
from portfolio.forms.picker import ROOM
from portfolio.models import Evidence, Link, Portfolio
from portfolio.workflow import perform
from tests import make
from tests.portfolio.views.counting import large
from tests.portfolio.views.filled import as_sent, edit_url, fields_of, new_url, typed

DATA = Path(__file__).resolve().parents[3] / "curriculum" / "data"
MOST = 100_000  # bytes of a page
Groups = list[dict[str, Any]]


@pytest.fixture
def wide(client: Client, db: None) -> Portfolio:
    """300 activities in 25 modules; its trainee is signed in."""
    portfolio = large(12, modules=25)
    client.force_login(portfolio.trainee)
    return portfolio


def shown(response: Any) -> dict[str, list[int]]:
    """The numbers on the page, by the code of their module."""
    return {
        group["module"].code: [row["place"].number for row in group["rows"]] for group in response.context["groups"]
    }


def whole(response: Any) -> list[str]:
    """The modules of which every row is on the page."""
    return [group["module"].code for group in response.context["groups"] if not group["more"]]


def chosen(response: Any) -> list[str]:
    """What is ticked, with its sentence."""
    return [
        f"{row['row'].name}: {row['why'].value()}"
        for group in response.context["groups"]
        for row in group["rows"]
        if row["on"]
    ]


# --- how long the page is -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["SBI1-3-23", "DEMO-1-24", "SLS1-2-23"])
def test_the_form_of_a_whole_curriculum_is_short(client: Client, db: None, code: str) -> None:
    load([str(path) for path in sorted(DATA.glob("*.yaml"))])
    portfolio = make.portfolio(of=Curriculum.objects.get(code=code))
    client.force_login(portfolio.trainee)
    assert len(client.get(new_url(portfolio)).content) < MOST
    page = make.page(portfolio)
    for activity in TrainingActivity.objects.filter(module__curriculum=portfolio.curriculum).order_by("?")[:30]:
        make.drafted(portfolio, activity.module.code, activity.number, evidence=page)
    assert len(client.get(edit_url(page)).content) < MOST


def test_the_form_of_300_activities_with_long_titles_is_short_wherever_the_page_is_linked(
    client: Client, wide: Portfolio
) -> None:
    TrainingActivity.objects.update(
        title="A title of eighty signs, such as the curriculum library has for an activity x"
    )
    assert TrainingActivity.objects.count() == 300
    page = make.page(wide)
    assert len(client.get(edit_url(page)).content) < MOST
    for number in range(1, 26):
        make.drafted(wide, f"S-B{number}", 1, evidence=page)
        make.drafted(wide, f"S-B{number}", 2)
    response = client.get(edit_url(page))
    assert len(response.content) < MOST
    assert {code: rows[0] for code, rows in shown(response).items()} == {f"S-B{number}": 1 for number in range(1, 26)}


def test_every_module_is_whole_or_has_the_button_that_shows_it(client: Client, wide: Portfolio) -> None:
    response = client.get(new_url(wide))
    html = response.content.decode()
    buttons = [code for code in shown(response) if f'name="show" value="{code}"' in html]
    assert whole(response) == [f"S-B{number}" for number in range(1, ROOM // 12 + 1)]
    assert buttons == [f"S-B{number}" for number in range(ROOM // 12 + 1, 26)]
    assert {code: len(shown(response)[code]) for code in buttons} == dict.fromkeys(buttons, 0)
    for code in buttons:
        assert shown(client.get(new_url(wide) + f"?show={code}"))[code] == list(range(1, 13))


def test_a_small_curriculum_has_all_its_rows_and_no_button(client: Client, db: None) -> None:
    portfolio = large(ROOM // 3, modules=3)
    client.force_login(portfolio.trainee)
    response = client.get(new_url(portfolio))
    assert whole(response) == ["S-B1", "S-B2", "S-B3"]
    assert 'name="show"' not in response.content.decode()


def test_rows_that_are_chosen_are_there_however_many_they_are(client: Client, db: None) -> None:
    portfolio = large(ROOM + 10)
    client.force_login(portfolio.trainee)
    page = make.page(portfolio)
    for number in range(1, ROOM + 6):
        make.drafted(portfolio, "S-B1", number, evidence=page)
    response = client.get(edit_url(page))
    assert (shown(response)["S-B1"], whole(response)) == (list(range(1, ROOM + 6)), [])
    assert len(shown(client.get(edit_url(page) + "?show=S-B1"))["S-B1"]) == ROOM + 10


def test_modules_with_a_choice_come_first_then_those_in_work(client: Client, wide: Portfolio) -> None:
    page = make.page(wide)
    make.drafted(wide, "S-B20", 3, evidence=page)
    make.drafted(wide, "S-B25", 1)
    groups = client.get(edit_url(page)).context["groups"]
    assert [group["module"].code for group in groups if not group["more"]] == ["S-B1", "S-B2", "S-B3", "S-B20", "S-B25"]
    assert [group["module"].code for group in groups if group["open"]] == ["S-B20"]
    new = client.get(new_url(wide)).context["groups"]
    assert [group["module"].code for group in new if group["open"]] == ["S-B20", "S-B25"]


def test_an_odd_name_of_a_module_shows_nothing_more(client: Client, wide: Portfolio) -> None:
    for odd in ("S-Z9", "%00", "../../etc", "9" * 500):
        response = client.get(new_url(wide) + f"?show={odd}")
        assert (response.status_code, len(whole(response))) == (200, ROOM // 12)


# --- showing the rows of a module -----------------------------------------------------------------------------------


def test_showing_a_module_keeps_all_that_was_typed_and_links_nothing(client: Client, wide: Portfolio) -> None:
    sent = typed(client, new_url(wide)) | {"tick-S-B1-2": "on", "why-S-B1-2": "Mine.", "why-S-B2-1": "Not yet ticked."}
    response = client.post(new_url(wide), sent | {"show": "S-B25"})
    html = response.content.decode()
    assert response.status_code == 200
    assert shown(response)["S-B25"] == list(range(1, 13))
    assert [group["module"].code for group in response.context["groups"] if group["open"]] == ["S-B1", "S-B25"]
    assert (chosen(response), 'value="Not yet ticked."' in html) == (["S-B1 2: Mine."], True)
    page = Evidence.objects.get()
    assert (page.body, page.revisions.count(), Link.objects.count()) == (sent["body"], 0, 0)


def test_showing_a_module_on_an_untouched_form_is_no_error_and_makes_no_page(client: Client, wide: Portfolio) -> None:
    response = client.post(new_url(wide), fields_of(client, new_url(wide)) | {"tick-S-B1-2": "on", "show": "S-B25"})
    assert (response.status_code, response.context["form"].errors, Evidence.objects.count()) == (200, {}, 0)
    assert chosen(response) == ["S-B1 2: "]


def test_showing_one_module_after_another_keeps_the_page_short(client: Client, wide: Portfolio) -> None:
    """A module that was shown and of which nothing was chosen makes room again."""
    page = make.page(wide)
    sent = fields_of(client, edit_url(page))
    for number in range(1, 26):
        tick = {f"tick-S-B{number}-7": "on", f"why-S-B{number}-7": f"Sentence {number}"} if number % 5 == 0 else {}
        response = client.post(edit_url(page), sent | {"show": f"S-B{number}"})
        assert (len(response.content) < MOST, shown(response)[f"S-B{number}"]) == (True, list(range(1, 13)))
        sent = as_sent(response) | tick
    client.post(edit_url(page), sent | {"go": "draft"})
    assert sorted(link.why for link in page.links.all()) == sorted(f"Sentence {number}" for number in range(5, 26, 5))


def test_a_tick_far_down_keeps_its_sentence_through_an_error(client: Client, wide: Portfolio) -> None:
    url = new_url(wide) + "?show=S-B25"
    sent = typed(client, url, title="") | {"tick-S-B25-9": "on", "why-S-B25-9": "Mine."}
    response = client.post(new_url(wide), sent)
    assert (response.status_code, list(response.context["form"].errors), chosen(response)) == (
        422,
        ["title"],
        ["S-B25 9: Mine."],
    )
    assert client.post(response.context["action"], as_sent(response) | {"title": "Now"}).status_code == 302
    assert str(Link.objects.get().activity) == "S-B25 9"


# --- what another tab did meanwhile ---------------------------------------------------------------------------------


def test_a_link_of_another_tab_where_this_one_showed_no_row_is_kept_and_can_be_removed(
    client: Client, wide: Portfolio
) -> None:
    page = make.page(wide)
    sent = fields_of(client, edit_url(page))
    make.drafted(wide, "S-B25", 4, evidence=page)
    preview = client.post(edit_url(page), sent | {"go": "preview"})
    assert chosen(preview) == ["S-B25 4: Shows how I did S-B25 4."]
    again = as_sent(preview)
    client.post(edit_url(page), again | {"go": "draft"})
    assert Link.objects.count() == 1
    del again["tick-S-B25-4"]
    client.post(edit_url(page), again | {"go": "draft", "seen_token": fields_of(client, edit_url(page))["seen_token"]})
    assert Link.objects.count() == 0


def test_a_link_that_had_no_box_when_the_form_was_opened_survives_a_preview(client: Client, wide: Portfolio) -> None:
    page, assessor = make.page(wide), make.person("Sam Okafor")
    make.role(wide, assessor)
    activity = make.drafted(wide, "S-B1", 1, evidence=page)
    make.submit(assessor, activity)
    sent = fields_of(client, edit_url(page))
    assert "why-S-B1-1" not in sent
    perform("withdraw", activity, by=wide.trainee)
    preview = client.post(edit_url(page), sent | {"go": "preview"})
    assert chosen(preview) == ["S-B1 1: Shows how I did S-B1 1."]
    client.post(edit_url(page), as_sent(preview) | {"go": "draft"})
    assert Link.objects.count() == 1
