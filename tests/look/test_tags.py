"""Words, shapes and bars: portfolio/templatetags/look.py and the templates of templates/components/."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from portfolio.shapes import ACTIVITY_SHAPES, MODULE_SHAPES
from portfolio.states import ActivityState, ModuleState
from portfolio.templatetags import look

SPRITE = (Path(__file__).resolve().parent.parent.parent / "templates/components/sprite.html").read_text()


def render(source: str, **given: object) -> str:
    return Template("{% load look %}" + source).render(Context(given)).strip()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def test_every_state_has_a_shape_and_no_two_states_share_one() -> None:
    assert set(ACTIVITY_SHAPES) == set(look.BAR_SHAPES) == set(ActivityState.values)
    assert set(MODULE_SHAPES) == set(ModuleState.values)
    assert len(set(ACTIVITY_SHAPES.values())) == len(ActivityState.values)
    assert len(set(MODULE_SHAPES.values())) == len(ModuleState.values)


def test_every_shape_is_in_the_sprite() -> None:
    shapes = set(look.NOTICE_ICONS.values())
    assert shapes - set(re.findall(r'<symbol id="i-(\w+)"', SPRITE)) == set()


@pytest.mark.parametrize("state", ActivityState)
def test_an_activity_s_state_is_shown_in_the_words_of_the_domain(state: ActivityState) -> None:
    assert words(render("{% state value %}", value=state.value)) == state.label


def test_a_module_signed_off_has_another_shape_than_an_item_signed_off() -> None:
    assert 'href="#i-done"' in render('{% state "signed_off" %}')
    assert 'href="#i-module"' in render('{% module_state "signed_off" %}')


def test_a_state_that_does_not_exist_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(KeyError):
        render('{% state "passed" %}')


def test_a_type_has_its_full_name_and_a_missing_type_says_so_only_where_asked() -> None:
    assert render('{% type_box "DTA" %}') == (
        '<abbr class="app-type" title="Developmental training activity">DTA</abbr>'
    )
    assert render('{% type_box "" %}') == ""
    assert words(render('{% type_box "" "type not recorded" %}')) == "type not recorded"


def test_a_moment_is_shown_in_london_s_time() -> None:
    assert render("{{ at|moment }}", at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2 July 2026, 00:30"
    assert render("{{ at|day }}", at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2 July 2026"
    assert render("{{ at|day }}", at=date(2026, 3, 3)) == "3 March 2026"
    assert render("{{ at|day }}", at=None) == ""


def test_a_fingerprint_is_short_unless_the_whole_is_asked_for() -> None:
    assert words(render('{% fingerprint "a41f9c2e7b0651d3" %}')) == "a41f 9c2e 7b06"
    assert words(render('{% fingerprint "a41f9c2e7b0651d3" True %}')) == "a41f 9c2e 7b06 51d3"


def test_text_that_a_person_wrote_is_escaped_inside_a_piece_that_holds_markup() -> None:
    shown = render("{% notice %}<p>{{ said }}</p>{% endnotice %}", said="<b>&</b>")
    assert "<p>&lt;b&gt;&amp;&lt;/b&gt;</p>" in shown


def test_a_status_bar_without_buttons_has_no_empty_row_for_them() -> None:
    assert "app-statusbar__acts" not in render('{% statusbar "draft" %} {% endstatusbar %}')
    assert '<a href="/x">Go</a>' in render('{% statusbar "draft" %}<a href="/x">Go</a>{% endstatusbar %}')


def test_pages_keep_every_other_filter_of_the_address() -> None:
    request = RequestFactory().get("/evidence/?q=audit&page=2&state=draft")
    shown = Template("{% load look %}{% pagination page %}").render(
        Context({"request": request, "page": Paginator(range(100), 25).page(2)})
    )
    assert set(re.findall(r'href="([^"]+)"', shown)) == {
        f"?q=audit&amp;page={number}&amp;state=draft" for number in (1, 2, 3, 4)
    }


def test_a_list_of_one_page_shows_no_pages() -> None:
    request = RequestFactory().get("/evidence/")
    assert render("{% pagination page %}", request=request, page=Paginator(range(25), 25).page(1)) == ""


# --- bars -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Segment:
    state: str
    x: float
    width: float


def bar(**changes: object) -> dict[str, object]:
    block = {
        "code": "S-C1",
        "label": "S-C1",
        "credits": 20,
        "start": 0,
        "width": 100 / 3,
        "state": "in_progress",
        "segments": [Segment("signed_off", 0, 20.5), Segment("in_review", 20.5, 100 / 3 - 20.5)],
        "caption": "12 of 20",
        "known": True,
    }
    done = block | {"code": "R1", "start": 100 / 3, "width": 200 / 3, "state": "signed_off", "segments": []}
    whole = {
        "total": 60,
        "label": "20 of 60 credits signed off.",
        "groups": [
            {"label": "Throughout", "short": "Core", "credits": 20},
            {"label": "Phase 1", "short": "P1", "credits": 40},
        ],
        "blocks": [block, done],
        "diamonds": [{"code": "S-C4", "x": 100 / 3, "state": "in_progress", "caption": "1 of 3"}],
    }
    return whole | changes


def test_a_bar_says_in_words_what_it_shows() -> None:
    assert 'role="img" aria-label="20 of 60 credits signed off."' in render("{% credit_bar bar %}", bar=bar())


def test_numbers_in_a_bar_have_a_point_in_every_language() -> None:
    with translation.override("de"):
        shown = render("{% credit_bar bar %}{% minibar segments 'x' %}", bar=bar(), segments=[Segment("draft", 0, 1.5)])
    assert re.findall(r'(?:x|x1|x2|y|width|height)="[^"]*,[^"]*"', shown) == []
    assert 'width="33.333%"' in shown
    assert 'width="1.5%"' in shown


def test_a_block_whose_number_is_unknown_is_an_outline_with_a_question_mark_and_the_key_explains_it() -> None:
    unknown = bar()["blocks"][0] | {"known": False}
    shown = render("{% credit_bar bar %}", bar=bar(blocks=[unknown]))
    assert "b-done" not in shown.split("<figcaption>")[0]
    assert ">?</text>" in shown.split("<figcaption>")[0]
    assert "Number of items not recorded yet" in shown
    assert "not recorded yet" not in render("{% credit_bar bar %}", bar=bar())


def test_a_module_of_0_credits_is_always_drawn() -> None:
    shown = render("{% credit_bar bar %}", bar=bar())
    assert 'd="M0 -8.2L-8.2 0L0 8.2z"' in shown  # half filled: in progress
    assert "S-C4, 0 credits" in shown


def test_modules_of_0_credits_in_one_place_stand_side_by_side() -> None:
    two = [{"code": code, "x": 0, "state": "not_started", "caption": ""} for code in ("S-C4", "S-C5")]
    shown = render("{% credit_bar bar %}", bar=bar(diamonds=two))
    assert re.findall(r"translate\((\d+) 0\)", shown) == ["0", "20"]
    assert "S-C4, S-C5, 0 credits" in shown


def test_a_label_is_left_out_where_its_block_is_too_narrow_for_it() -> None:
    assert look.fit(50, 100) == "900"
    assert look.fit(52.5, 5) == "1050"
    assert look.fit(52.5, 1) == "never"
    assert look.fit(52.5, 0) == "never"


def test_every_width_at_which_a_label_may_appear_is_in_the_stylesheet() -> None:
    css = (Path(__file__).resolve().parent.parent.parent / "static/css/charts.css").read_text()
    for step in look.FIT_STEPS:
        assert f"@container (max-width: {step - 1}px) {{ .fit-{step} {{ display: none }} }}" in css
        assert f"@container (min-width: {step}px) {{ .nofit-{step} {{ display: none }} }}" in css


def test_two_bars_on_a_page_have_patterns_of_their_own() -> None:
    shown = render('{% credit_bar bar %}{% credit_bar bar "other" %}', bar=bar())
    assert sorted(re.findall(r'<pattern id="([^"]+)"', shown)) == [
        "p-draft-credit-bar",
        "p-draft-other",
        "p-elsewhere-credit-bar",
        "p-elsewhere-other",
        "p-review-credit-bar",
        "p-review-other",
    ]
    assert "url(#p-review-other)" in shown
