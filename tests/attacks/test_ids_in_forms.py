"""Case 8, of every form there is: whatever names a row in it is swapped for a row of somebody else.

The forms are those of test_mass_assignment.py, which has one for every address that takes any. A box in which somebody
only types needs no line here; every other field is in `Theirs.values` with what is put into it, or in `NAMES_NOTHING`.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from time_machine import travel

from accounts.models import User
from curriculum.models import Criterion, TrainingActivity
from portfolio.models import Role
from tests import make
from tests.attacks.test_mass_assignment import Form, Sent, Stage, different, rows, stage, stored
from tests.world import undone

__all__ = ["stage"]
pytestmark = pytest.mark.django_db
TYPED = {"text", "textarea", "number", "url", "search", "password", "file"}
NOBODYS = "zzzzzzzzzzzzzz"
ACTIVITY, ID, NUMBER = re.compile(r"[A-Z]-[A-Z]?\d+-\d+"), re.compile(r"(?<=-)[a-z0-9]{14}(?=-)"), re.compile(r"\d+")
# Boxes of text that name a person by their address. Whoever appoints may take anybody with an account, of whatever
# programme: who is to be trainee, officer, supervisor, or given a role is in no such list.
ADDRESSES = {"successor", "gone", "kept"}
NAMES_NOTHING = {
    *("_save", "_continue", "_addanother", "go", "out", "on", "confirm", "declared", "another"),  # buttons and ticks
    *("seen", "seen_token", "opened", "<activity>-seen", "was-<activity>"),  # digests of what was shown, and its words
    *(
        "kind",
        "criteria_of",
        "other_kind",
        "type",
        "side",
        "step",
        "section",
        "status",
        "result",
        "outcome",
        "<activity>-outcome",
        "standing",
    ),
    *("mark_#", "q#", "which", "cohort", "beside", "activities-#-type", "modules-#-kind", "rows", "source", "reason"),
    *("dated_on_#", "email", "is_active", "provisional", "fictional", "activities_complete", "modules-#-provisional"),
    *("organisation", "rules"),  # kept for every programme alike: there are none of somebody else
    *("user", "trainee", "supervisor", "officer"),  # whom somebody appoints, by their address (see above)
    "formset",
}
ANYBODYS = {"programme", "portfolio", "curriculum"}  # to a superuser nothing of these is somebody else's


class Fields(HTMLParser):
    """Of each field on a page, by its name: of which kind it is."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.kinds: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if (name := given.get("name")) and tag in ("input", "textarea", "select", "button"):
            self.kinds[name] = (given.get("type") or "text") if tag == "input" else tag


def pattern(name: str) -> str:
    """The name of a field without what it names."""
    if re.search(r"-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$|__prefix__|-DELETE$", name):
        return "formset"  # a row more, or one to be deleted: case 10
    return NUMBER.sub("#", ID.sub("<id>", ACTIVITY.sub("<activity>", name)))


def named(name: str, kind: str) -> bool:
    """Whether this field may name a row: in what it is called, or in what is chosen or hidden in it."""
    shape = pattern(name)
    return kind not in TYPED or shape in ADDRESSES or "<" in shape


class Theirs:
    """Una's, of another programme: one of everything that a form may name. By the pattern of the field."""

    def __init__(self) -> None:
        blocks = [{"title": "H", "credits": 180, "modules": [{"code": "H-1", "credits": 180, "activities": 2}]}]
        blocks[0]["modules"][0] |= {"kind": "core", **make.KNOWN}  # type: ignore[index]
        made = make.curriculum("HSS1-1-24", programme_code="ELSE", blocks=blocks)
        of = make.portfolio(make.person("Una Falk"), made)
        assessor = make.person("Ulla Assessor")
        role: Role = make.role(of, assessor)
        page = make.page(of, "Una's page")
        file = make.attachment(page)
        action = make.goal(of, "Una's goal", actions=["Una's action"]).actions.get()
        block, module = made.blocks.get(), made.blocks.get().modules.get()
        make.questionnaire(of)
        opened = make.feedback_round(of)
        make.invited(opened, 1)
        make.mark_forms(made.programme)
        criterion = Criterion.objects.filter(form__programme=made.programme).earliest("pk")
        browser = Client()
        browser.force_login(of.trainee)
        token = browser.get(f"/portfolios/{of.ref}/evidence/new/").context["form"].initial["page_token"]
        note = browser.get(f"/portfolios/{of.ref}/journal/new/").context["form"].initial["note_token"]
        self.activity, self.id = "H-1-1", action.aid
        self.values: dict[str, list[Any]] = {
            **{name: [of.trainee.email] for name in ADDRESSES},
            "assessor": [assessor.pk, of.trainee.pk],
            "<activity>-pages": [page.revisions.latest("number").pk],
            "page_token": [token],
            "note_token": [note],
            "eid": [page.eid],
            "remove": [file.fid],
            "invitation": [opened.opened.invitations.get().pk],
            "module": [module.pk, "H-1"],
            "modules": [module.pk],
            "activities": [f"{module.pk}-1"],
            "chosen": ["H-1/1"],
            "where": [f"placement-{make.placement_planned(of).pid}"],
            "trainees": [of.pk],
            "portfolio": [of.pk],
            "curriculum": [made.pk],
            "programme": [made.programme_id],
            "roles-#-id": [role.pk],
            "roles-#-portfolio": [of.pk],
            "activities-#-id": [TrainingActivity.objects.filter(module=module).earliest("pk").pk],
            "activities-#-module": [module.pk],
            "criteria-#-id": [criterion.pk],
            "criteria-#-form": [criterion.form_id],
            "blocks-#-id": [block.pk],
            "blocks-#-curriculum": [made.pk],
            "modules-#-id": [module.pk],
            "modules-#-block": [block.pk],
            "snippet": [make.snippet(assessor).tid],
            "<activity>-snippet": [make.snippet(assessor).tid],
            "put": ["H-1-1"],
            "option": ["7"],
            "award": ["A doctorate"],
            "mark": ["forged"],
        }

    def swapped(self, name: str, kind: str, filled: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """What is sent in the place of the form as it is; among several that are ticked, it is one more."""
        shape = pattern(name)
        if "<activity>" in shape:
            yield {ACTIVITY.sub(self.activity, name): filled.get(name) or "on"}
        if "<id>" in shape:
            yield {ID.sub(self.id, name): filled.get(name) or "Stolen"}
        for value in self.values.get(shape, []):
            own = filled.get(name)
            yield {name: [own, value] if kind == "checkbox" and own else value}


def fields_of(client: Client, sent: Sent) -> tuple[dict[str, str], dict[str, Any]]:
    """The kinds of the fields of this form, and the form as a browser would send it."""
    page = client.get(sent.page or sent.address).content.decode() if sent.page != "" else ""
    kinds = dict.fromkeys(sent.typed, "hidden") | Fields(page).kinds
    filled = Form(page).filled | sent.typed
    for found in (kinds, filled):
        found.pop("csrfmiddlewaretoken", None)
    return kinds, filled


def like_nobodys(client: Client, sent: Sent, form: dict[str, Any], status: int, after: Any) -> bool:
    """Whether the same is stored as where this field says what names nothing at all: a new id, or no file removed."""
    one, other = stored(client, sent.address, form), stored(client, sent.address, form)
    return one[0] == status and different(one[1], after) - different(one[1], other[1]) == set()


def test_no_form_takes_the_row_of_somebody_else_in_any_field_that_names_one(stage: Stage, settings: Settings) -> None:
    """Nothing is stored; or it is passed over: then it is what the same form stores without it, or with nobody's id."""
    unnamed, unused, taken = set(), set(), []
    with undone(), travel(stage.at, tick=False):
        make.snippet(stage.cast.assessor, "Clear.")  # so that there is a choice of them where she decides
        theirs = Theirs()
        unused |= set(theirs.values)
        for form, sent in stage.forms.items():
            client = sent.who if isinstance(sent.who, Client) else Client()
            with undone():
                if isinstance(sent.who, User):
                    client.force_login(sent.who)
                kinds, filled = fields_of(client, sent)
                able = {name: kind for name, kind in kinds.items() if named(name, kind)}
                nothing = NAMES_NOTHING | (ANYBODYS if isinstance(sent.who, User) and sent.who.is_superuser else set())
                able = {name: kind for name, kind in able.items() if pattern(name) not in nothing}
                tried = {name: list(theirs.swapped(name, kind, filled)) for name, kind in able.items()}
                unnamed |= {f"{form}: {pattern(name)}" for name, changes in tried.items() if not changes}
                unused -= {pattern(name) for name in able}
                if not any(tried.values()):
                    continue
                before = rows()
                once, again = stored(client, sent.address, filled), stored(client, sent.address, filled)
                if once[0] not in (200, 302):  # the control: it is taken as it is
                    taken.append((form, "as it is", once[0], set()))
                unsteady = different(once[1], again[1])
                for name, changes in tried.items():
                    for change in changes:
                        status, after = stored(client, sent.address, filled | change)
                        more = different(before, after) and different(once[1], after) - unsteady
                        nobodys = filled | dict.fromkeys(change, NOBODYS)
                        if more and not like_nobodys(client, sent, nobodys, status, after):
                            taken.append((form, name, status, more))
    assert taken == [], "\n".join(map(str, taken))
    assert unnamed == set()  # a field that nobody has thought about
    assert unused == set()
