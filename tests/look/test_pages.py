"""The frame of every page, the pages of errors, the sign-in, and the components page."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import LazySettings
from django.core import mail
from django.db.models import TextChoices
from django.template.loader import render_to_string
from django.test import Client
from django.test.signals import template_rendered
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from outbox.delivery import deliver
from portfolio import states
from portfolio.shapes import SHAPES
from portfolio.templatetags import look

PASSWORD = "a-long-word-of-passing"
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FOLDERS = ("components", "crispy/nhsuk")
# Words of portfolio/states.py that are no state with a mark of its own.
WITHOUT_A_SHAPE = {
    "PortfolioState": "a closed portfolio says so in a notice",
    "ItemState": "an item is shown as in review, or by its decision",
    "Outcome": "is the state of an activity",
    "AssessmentOutcome": "is the state of an assessment",
    "ReminderKind": "no page shows it",
    "CommentState": "a comment stands there, or a sentence says that it was withdrawn",
    **dict.fromkeys(("Side", "Part", "RoleKind"), "says who"),
    **dict.fromkeys(("EvidenceKind", "AssessmentKind", "PlacementKind", "ElsewhereKind", "LeaveKind"), "says what"),
    "RespondentGroup": "says who",
}
# Shared by two pages that do the same, and full of forms or of rows: tests/look/kinds.py visits both.
BESIDE = (
    "portfolio/assessments/mark_form.html",
    "portfolio/comments/form.html",
    "portfolio/goals/of_module.html",
    "portfolio/one_off/lent_until.html",
    "portfolio/plan/column.html",
    "portfolio/plan/pace.html",
    "portfolio/review_place.html",
    "portfolio/reviewing_ready.html",
    "portfolio/reviews/record_parts.html",
    "portfolio/snippets/texts.html",
    "portfolio/submission_page.html",
    "portfolio/trainees/downloads.html",
    "portfolio/trainees/find.html",
    "portfolio/trainees/ways.html",
)


class Name(forms.Form):
    name = forms.CharField()


@pytest.fixture
def noor(db: None) -> User:
    return User.objects.create_user("noor@example.org", PASSWORD, name="Noor Haddad")


def title(html: str) -> str:
    found = re.search(r"<title>(.*?)</title>", html, re.S)
    assert found is not None
    return found.group(1).strip()


def test_the_title_of_a_page_says_when_its_form_has_errors() -> None:
    given = {"service_name": "STP Portfolio"}
    assert title(render_to_string("errors/404.html", given)) == "Page not found - STP Portfolio"
    assert title(render_to_string("errors/404.html", given | {"form": Name({})})).startswith("Error: ")
    assert title(render_to_string("errors/404.html", given | {"form": Name({"name": "x"})})).startswith("Page")
    assert title(render_to_string("errors/404.html", given | {"has_errors": True})).startswith("Error: ")


def test_the_first_thing_in_the_body_is_the_script_that_the_nhs_frontend_waits_for() -> None:
    shown = render_to_string("errors/404.html", {})
    assert re.search(r'<body[^>]*>\s*<script src="/static/js/supported.js"></script>', shown) is not None


def test_a_demonstration_says_so_on_every_page_and_nothing_else_does() -> None:
    said = "Demonstration with fictional people"
    assert said in render_to_string("errors/404.html", {"stp_mode": "demo"})
    assert said not in render_to_string("errors/404.html", {"stp_mode": "production"})


def test_the_menu_marks_where_one_is_and_has_the_item_that_the_nhs_frontend_asks_for() -> None:
    nav = [
        {"label": "Progress", "href": "/p/", "current": True},
        {"label": "Evidence", "href": "/e/", "current": False},
    ]
    shown = render_to_string("errors/404.html", {"nav": nav})
    assert re.findall(r'href="(/[pe]/)"( aria-current="true")?', shown) == [
        ("/p/", ' aria-current="true"'),
        ("/e/", ""),
    ]
    assert '<li class="nhsuk-header__menu" hidden>' in shown
    assert "nhsuk-header__menu" not in render_to_string("errors/404.html", {})


def test_the_page_of_a_fault_needs_no_context_at_all() -> None:
    assert "This is our fault" in render_to_string("errors/500.html")


def test_what_was_typed_is_kept_in_labelled_boxes_and_escaped() -> None:
    given = {
        "kept": [("Your account", "</textarea><b>")],
        "why": "You were signed out.",
        "sign_in_url": "/accounts/login/",
    }
    shown = render_to_string("errors/kept.html", given)
    assert '<label class="nhsuk-label" for="kept-1">Your account</label>' in shown
    assert (
        re.search(r'<textarea[^>]* id="kept-1"[^>]* readonly>&lt;/textarea&gt;&lt;b&gt;</textarea>', shown) is not None
    )


def test_whoever_typed_reads_the_names_of_the_boxes_in_words() -> None:
    shown = render_to_string("errors/typed.html", {"kept": [("to_develop", "a"), ("S-HI-S1-4-feedback", "b")]})
    assert re.findall(r"<label[^>]*>([^<]*)</label>", shown) == ["To develop", "S-HI-S1-4, feedback"]


def test_a_refusal_says_why_and_a_conflict_leads_back() -> None:
    assert "Only the officer signs" in render_to_string("errors/403.html", {"said": "Only the officer signs."})
    assert 'href="/as-it-is/"' in render_to_string("errors/409.html", {"back_url": "/as-it-is/"})


# --- signing in -----------------------------------------------------------------------------------------------------


def test_a_failed_sign_in_says_what_is_missing_at_each_field(client: Client, db: None) -> None:
    shown = client.post("/accounts/login/", {"login": "", "password": ""}).content.decode()
    assert title(shown).startswith("Error: Sign in")
    assert re.findall(r'<a href="#(id_\w+)">(.*?)</a>', shown) == [
        ("id_login", "Enter your e-mail address"),
        ("id_password", "Enter your password"),
    ]
    assert "placeholder" not in shown


def test_the_mail_with_which_a_password_is_set_is_in_plain_words(client: Client, noor: User) -> None:
    client.post("/accounts/password/reset/", {"email": noor.email})
    deliver()
    [sent] = mail.outbox
    assert sent.subject == "Set your password"
    assert "Follow this link to set your password:" in sent.body
    assert "Hello from" not in sent.body


def test_setting_a_password_goes_from_the_link_to_the_sign_in(client: Client, noor: User) -> None:
    client.post("/accounts/password/reset/", {"email": noor.email})
    deliver()
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body)
    assert link is not None
    form = client.get(link.group(1), follow=True)
    assert "Set your password" in form.content.decode()
    where = form.redirect_chain[-1][0]
    done = client.post(where, {"password1": "another-long-word", "password2": "another-long-word"}, follow=True)
    assert "Your password is set" in done.content.decode()
    again = client.get(link.group(1), follow=True)
    assert "This link does not work" in again.content.decode()


# --- the components page --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "debug", "status"),
    [
        ("test", False, 200),
        ("demo", False, 200),
        ("local", True, 200),
        ("local", False, 404),
        ("production", False, 404),
    ],
)
def test_the_components_page_is_for_development_only(
    client: Client, noor: User, settings: LazySettings, mode: str, debug: bool, status: int
) -> None:
    client.force_login(noor)
    settings.STP_MODE, settings.DEBUG = mode, debug
    assert client.get("/components/").status_code == status


@pytest.fixture
def components_page(
    client: Client, noor: User, live_server: LiveServer, open_page: Callable[..., Page]
) -> Callable[..., Page]:
    """Opens the components page as somebody signed in, in a browser with the options given."""

    def opened(**options: Any) -> Page:
        client.force_login(noor)
        page = open_page(**options)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto("/components/")
        return page

    return opened


def test_the_components_page_shows_every_component_and_every_field(client: Client, noor: User) -> None:
    """A new piece belongs on the page, with its awkward cases. A whole page is no piece: kinds.py has those."""
    names: set[str] = set()

    def seen(*, template: Any, **_: Any) -> None:
        names.add(template.name)

    look._drawn.cache_clear()  # what was drawn before is not drawn again
    client.force_login(noor)
    template_rendered.connect(seen)
    client.get("/components/")
    template_rendered.disconnect(seen)
    pieces = {f"{folder}/{path.name}" for folder in FOLDERS for path in (TEMPLATES / folder).glob("*.html")}
    board = ["crispy/nhsuk/plan.html", "crispy/nhsuk/plan_ticks.html"]  # the plan's own, in its wing of kinds.py
    assert sorted(pieces - names) == ["components/form_page.html", *board]


def test_the_components_page_shows_every_shape_and_every_state(client: Client, noor: User) -> None:
    client.force_login(noor)
    shown = client.get("/components/").content.decode()
    sprite = (TEMPLATES / "components/sprite.html").read_text()
    shapes = set(re.findall(r'<symbol id="i-(\w+)"', sprite))
    assert sorted(shapes - set(re.findall(r'href="#i-(\w+)"', shown))) == []
    tags = {(kind, state) for kind, shapes in SHAPES.items() for state in shapes}
    drawn = {(kind, state): str(look.mark(SHAPES[kind][state], str(kind(state).label))) for kind, state in tags}
    assert sorted(state for (_, state), tag in drawn.items() if tag not in shown) == []


def test_every_kind_of_state_has_a_shape_for_each_of_its_states() -> None:
    """A new word of portfolio/states.py gets its shapes in portfolio/shapes.py, or a reason here for having none."""
    kinds = {value for value in vars(states).values() if isinstance(value, type) and issubclass(value, TextChoices)}
    assert {kind.__name__ for kind in kinds - {TextChoices} - set(SHAPES)} == set(WITHOUT_A_SHAPE)
    assert {kind.__name__: set(shapes) for kind, shapes in SHAPES.items()} == {
        kind.__name__: set(kind.values) for kind in SHAPES
    }
    sprite = (TEMPLATES / "components/sprite.html").read_text()
    used = {shape for shapes in SHAPES.values() for shape in shapes.values()}
    assert used - set(re.findall(r'<symbol id="i-(\w+)"', sprite)) == set()


def test_a_piece_that_several_pages_share_is_on_the_components_page(client: Client, noor: User) -> None:
    """Whatever two templates or more include; or the reason why it is not there."""
    text = "".join(path.read_text() for path in TEMPLATES.rglob("*.html") if path.name != "all.html")
    times = Counter(re.findall(r'{% include "(portfolio/[^"]+)"', text))
    shared = {name for name, number in times.items() if number > 1}
    page = (TEMPLATES / "components/all.html").read_text()
    shown = set(re.findall(r'{% include "(portfolio/[^"]+)"', page))
    assert sorted(shared - shown) == sorted(BESIDE)


def test_the_toolbar_writes_markdown_into_the_text(components_page: Callable[..., Page]) -> None:
    page = components_page(viewport={"width": 1280, "height": 900})
    page.fill("#empty_text", "well done")
    page.evaluate("document.getElementById('empty_text').select()")
    page.click("#empty_text >> xpath=.. >> button[aria-label=Bold]")
    assert page.input_value("#empty_text") == "**well done**"


def test_the_editor_without_its_script_is_a_plain_box(components_page: Callable[..., Page]) -> None:
    page = components_page(java_script_enabled=False)
    assert page.is_visible("#empty_text") is True
    assert page.is_visible(".app-toolbar >> nth=0") is False
