"""Attack 74: whatever is added to a form, in the name of any field of any model, only what the form asks for is stored.

Each form is sent as a browser would, twice, and once more with everything else added; what was stored is compared.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings
from time_machine import travel

from accounts.models import User
from audit.models import Chain
from curriculum.models import Curriculum, MarkForm, Module, Prompt, Question, Rules
from portfolio.forms.assessments import KIND
from portfolio.models import Assessment, Evidence, FeedbackLink, Portfolio
from portfolio.states import LeaveKind, RoleKind, Side
from portfolio.workflow import perform, writing
from portfolio.workflow.plan import make_address
from portfolio.workflow.reviews import Which
from portfolio.workflow.training_time import Away, Works
from tests import make
from tests.cast import Cast, assemble
from tests.portfolio.cohorts import tables
from tests.portfolio.recorded import test_elsewhere as elsewhere
from tests.portfolio.recorded import test_results as results
from tests.test_addresses import ROWS, TABLE, Row, statuses
from tests.world import BLOCKS, undone

pytestmark = pytest.mark.django_db
APPS = ("accounts", "portfolio", "curriculum", "audit", "account", "sessions")
TEXT, NUMBER, DAY = "mass-assigned", 1_987_654_321, "2001-02-03"  # no row has such an id
MARKS = {TEXT, NUMBER, str(NUMBER), date(2001, 2, 3)}
PASSWORD = "a long and private phrase"
MOST_PREFIXES = 6


class Form(HTMLParser):
    """The fields of the forms on a page: `filled` as a browser would send them, and the names of `all` of them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.filled: dict[str, Any] = {}
        self.all: set[str] = set()
        self._select = self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if name and tag in ("input", "textarea", "select", "button"):
            self.all.add(name)
        if tag == "textarea":
            self._text, self.filled[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.filled[self._select] = value
        elif tag == "input" and name and self._is_sent(given):
            self.filled[name] = value or ("on" if given.get("type") == "checkbox" else "")

    def _is_sent(self, given: dict[str, str | None]) -> bool:
        if given.get("type") in ("checkbox", "radio"):
            return "checked" in given
        return given.get("type") not in ("submit", "file", "button")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.filled[self._text] += data.removeprefix("\n") if not self.filled[self._text] else data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = ""
        elif tag == "select":
            self._select = ""


@dataclass
class Sent:
    """One form: who sends it where, with what typed into it. `page` is where it stands, if not where it goes.

    `who` has a browser of their own where nobody signs in: behind a personal link.
    """

    who: User | Client
    address: str
    typed: dict[str, Any] = field(default_factory=dict)
    page: str | None = None


@dataclass(frozen=True)
class Table:
    """A file to upload, which can be sent again: it is read from its start each time."""

    name: str
    content: bytes

    def read(self) -> bytes:
        return self.content


def hostile(names: set[str]) -> dict[str, str]:
    """A value for every field of every model that the form does not have, also with the prefixes of its fields."""
    found: dict[str, str] = {}
    for model in apps.get_models():
        if model._meta.app_label in APPS:
            for one in model._meta.concrete_fields:
                found |= dict.fromkeys({one.name, one.attname}, value_for(one))
    prefixes = sorted({name.rpartition("-")[0] for name in names if "-" in name})[:MOST_PREFIXES]
    found |= {
        f"{prefix}-{name}": value for prefix in prefixes for name, value in list(found.items()) if "-" not in name
    }
    found |= {"pk": str(NUMBER), "role": "officer", "by": "1", "user_ptr": "1", "_state": "x", "groups": "1"}
    return {name: value for name, value in found.items() if not asked_for(name, names)}


def asked_for(name: str, names: set[str]) -> bool:
    """Whether the form has this field; a date is three boxes there."""
    return name in names or f"{name}_0" in names


def value_for(one: Any) -> str:
    if one.is_relation:
        latest = one.related_model._base_manager.order_by("-pk").first()
        return str(latest.pk) if latest else "1"
    if one.choices:
        return str(list(one.choices)[-1][0])
    if isinstance(one, models.BooleanField):
        return "on"
    if isinstance(one, models.DateField):
        return DAY
    return str(NUMBER) if isinstance(one, models.IntegerField) else TEXT


@dataclass
class Stage:
    """A cast with one thing at least to send each form about, at the moment at which all of them are sent."""

    cast: Cast
    forms: dict[str, Sent]
    at: datetime = field(default_factory=timezone.now)


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: Any) -> Iterator[Stage]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "FILES_DIR", tmp_path_factory.mktemp("files"))
        patch.setattr(settings, "MIDDLEWARE", [name for name in settings.MIDDLEWARE if "zeal" not in name])
        with undone():
            cast = assemble()
            forms = {**of_the_trainee(cast), **of_their_people(cast), **of_the_admin_site(cast)}
            forms |= {**of_placements(cast), **of_reviews(cast), **of_feedback(cast), **of_assessments(cast)}
            forms |= {**of_the_plan(cast), **of_many(cast), **of_the_curriculum(cast)}
            yield Stage(
                cast, {**forms, **of_what_others_said(cast), **of_links(cast), **of_devices(cast), **of_words(cast)}
            )


def of_the_trainee(cast: Cast) -> dict[str, Sent]:
    of, who = f"/portfolios/{cast.portfolio.ref}", cast.trainee
    who.set_password(PASSWORD)
    who.save()
    written = make.page(cast.portfolio, "What I wrote")
    notes = make.attachment(written)
    binned = make.page(cast.portfolio, "What I threw away")
    writing.discard(binned, by=who)
    make.drafted(cast.portfolio, number=1)
    waiting = make.in_review(cast.portfolio, cast.assessor, number=2).submission.sid
    page, day = f"{of}/evidence/{written.eid}", {"happened_on_0": "3", "happened_on_1": "2", "happened_on_2": "2026"}
    text = {"title": "What I typed", "body": "All of it", "kind": "report", "go": "save", **day}
    submit = {"S-C1-1-chosen": "on", "assessor": cast.assessor.pk, "declared": "on", "go": "submit"}
    goal = make.goal(cast.portfolio, "What I aim at", actions=["Ask to chair."])
    ended = make.goal(cast.portfolio, "What I reached")
    make.reviewed(ended, "achieved")
    target = {"target_on_0": "3", "target_on_1": "2", "target_on_2": make.today().year + 1}
    aim = {"title": "What I typed", "criteria": "Seen by all", **target}
    review = {"outcome": "going_well", "happened": "I chaired one.", "next_steps": "Another."}
    tick = f"{of}/goals/{goal.gid}/actions/{goal.actions.get().aid}/done/"
    password = {"oldpassword": PASSWORD, "password1": "another private phrase", "password2": "another private phrase"}
    return {
        "a new page": Sent(who, f"{of}/evidence/new/", text),
        "a page edited": Sent(who, f"{page}/edit/", text),
        "a page kept by itself": Sent(who, f"{of}/evidence/autosave/", {**text, "eid": ""}, page=f"{of}/evidence/new/"),
        "a page shared": Sent(who, f"{page}/share/", {"on": "yes"}, page=""),
        "a page archived": Sent(who, f"{page}/archive/", {"on": "yes"}, page=""),
        "a page thrown away": Sent(who, f"{page}/delete/"),
        "a page taken out of the bin": Sent(who, f"{of}/evidence/{binned.eid}/recover/", page=""),
        "a file removed": Sent(who, f"{page}/files/{notes.fid}/remove/", page=""),
        "a submission": Sent(who, f"{of}/submit/", submit),
        "a submission withdrawn": Sent(who, f"{of}/submissions/{waiting}/withdraw/"),
        "a submission redirected": Sent(
            who, f"{of}/submissions/{waiting}/redirect/", {"assessor": cast.second_assessor.pk}
        ),
        "a place named": Sent(who, f"{of}/modules/S-X1/2/label/", {"title": "A few words", "type": "DTA"}),
        "a goal set": Sent(who, f"{of}/goals/new/", aim),
        "a goal changed": Sent(who, f"{of}/goals/{goal.gid}/edit/", aim),
        "a goal reviewed": Sent(who, f"{of}/goals/{goal.gid}/review/", review),
        "a goal opened again": Sent(who, f"{of}/goals/{ended.gid}/reopen/", {"reason": "There is more to it."}),
        "a goal as evidence": Sent(who, f"{of}/goals/{goal.gid}/evidence/", page=""),
        "an action ticked off": Sent(who, tick, {"go": "today"}, page=""),
        "a password": Sent(who, "/accounts/password/change/", password),
    }


def of_their_people(cast: Cast) -> dict[str, Sent]:
    of, other = f"/portfolios/{cast.portfolio.ref}", f"/portfolios/{cast.other.ref}"
    sid = cast.portfolio.submissions.get().sid
    for number in (1, 2, 3):
        make.signed_off(cast.other, cast.assessor, number=number)
    make.signed_off(cast.portfolio, cast.assessor, "S-X1", 1)
    perform("close portfolio", cast.officer_in_training.portfolios.get(), by=cast.administrator, reason="Left.")
    closed = cast.officer_in_training.portfolios.get().ref
    decision = {"S-C1-2-outcome": "returned", "S-C1-2-feedback": "Say more."}
    read = {"activities": "4", "cbd": "0", "observed": "0", "source": "The Library's page"}
    day = {"read_on_0": "3", "read_on_1": "2", "read_on_2": "2026"}
    return {
        "a decision": Sent(cast.assessor, f"/reviewing/{sid}/", decision),
        "an unlock": Sent(cast.officer, f"{of}/modules/S-X1/1/unlock/", {"reason": "The wrong page."}),
        "requirements": Sent(cast.officer, f"{of}/modules/S-X1/requirements/", {**read, **day}),
        "a module signed": Sent(cast.other_officer, f"{other}/modules/S-C1/sign-off/"),
        "a portfolio closed": Sent(cast.administrator, f"{of}/close/", {"reason": "Completed."}),
        "a portfolio opened again": Sent(cast.administrator, f"/portfolios/{closed}/reopen/", {"reason": "Back."}),
    }


def of_feedback(cast: Cast) -> dict[str, Sent]:
    of = f"/portfolios/{cast.portfolio.ref}/feedback"
    make.questionnaire(cast.portfolio, "released", "later")
    opened = make.feedback_round(cast.portfolio)
    (link, *_) = make.invited(opened, 9).values()
    yesterday = make.today() - timedelta(days=1)
    models.QuerySet(FeedbackLink).update(sent_on=yesterday)  # as if the invitations had gone out then
    asked = opened.opened.invitations.latest("pk").pk
    make.feedback_closed(cast.portfolio, name="end of training")
    make.feedback_released(cast.portfolio, cast.officer, name="released")
    today = make.today()
    talked = {"discussed_on_0": today.day, "discussed_on_1": today.month, "discussed_on_2": today.year, "notes": "So."}
    return {
        "a round opened": Sent(cast.trainee, f"{of}/open/4/"),
        "people invited": Sent(cast.trainee, f"{of}/1/invite/", {"other": "new@example.org"}),
        "an invitation withdrawn": Sent(cast.trainee, f"{of}/1/withdraw/", {"invitation": asked}),
        "people reminded": Sent(cast.trainee, f"{of}/1/remind/"),
        "a round closed": Sent(cast.officer, f"{of}/1/close/"),
        "a report released": Sent(cast.officer, f"{of}/2/release/", talked),
        "a report as evidence": Sent(cast.trainee, f"{of}/3/evidence/", page=f"{of}/3/"),
        "feedback answered": Sent(cast.assessor, f"/feedback/{link}/", {"q1": "1", "q2": "2", "q3": "Well."}),
    }


def of_reviews(cast: Cast) -> dict[str, Sent]:
    """One review is planned, one is held; working time and leave are recorded."""
    of, officer, today = make.with_rules(cast.portfolio), cast.officer, make.today()
    make.review_planned(of, officer)
    dropped = make.agreed_action(of, officer, "Not to be done", Side.TRAINEE)
    make.review_planned(of, officer, 2)
    to_do, done = (make.agreed_action(of, officer, what, Side.TRAINEE, number=2) for what in ("To do", "Done"))
    held = make.review_signed(of, 2, officer=officer)
    perform("complete action", held, by=cast.trainee, given=Which(done))
    make.training_time(of, officer, Works(today, 60), Away(today, today, LeaveKind.SICK))
    where, on = f"/portfolios/{of.ref}/reviews", today.isoformat()

    def boxes(name: str) -> dict[str, int]:
        return {f"{name}_0": 3, f"{name}_1": 2, f"{name}_2": today.year + 1}

    action = {"what": "Write it up", "side": "trainee", **boxes("by_when")}
    leave = {"kind": "parental", **boxes("starts_on")}
    return {
        "a review planned": Sent(officer, f"{where}/1/plan/", boxes("on")),
        "notes of a review": Sent(cast.trainee, f"{where}/1/notes/", {"text": "What we said."}),
        "an action agreed": Sent(cast.trainee, f"{where}/1/actions/", action),
        "an action dropped": Sent(officer, f"{where}/1/actions/{dropped}/drop/", page=""),
        "an action done": Sent(cast.trainee, f"{where}/2/actions/{to_do}/done/", page=""),
        "an action to do again": Sent(cast.trainee, f"{where}/2/actions/{done}/reopen/", page=""),
        "a review signed": Sent(officer, f"{where}/1/sign/", page=f"{where}/1/"),
        "a review recorded again": Sent(officer, f"{where}/2/again/", {"reason": "One is missing."}),
        "working time recorded": Sent(
            officer, f"{where}/dates/working-time/", {"hundredths": 80, **boxes("starts_on")}
        ),
        "leave recorded": Sent(officer, f"{where}/dates/leave/", leave),
        "leave changed": Sent(officer, f"{where}/dates/leave/{on}/", {"kind": "parental"}),
        "leave removed": Sent(officer, f"{where}/dates/leave/{on}/remove/", {"reason": "Not so."}),
    }


def of_the_plan(cast: Cast) -> dict[str, Sent]:
    of, month = f"/portfolios/{cast.portfolio.ref}/plan/", make.today().strftime("%Y-%m")
    make_address(cast.portfolio, by=cast.trainee)
    return {
        "an activity planned": Sent(cast.trainee, of, {"chosen": "S-X1/3", "where": month}),
        "a calendar address made": Sent(cast.trainee, f"{of}calendar/make/", page=""),
        "a calendar address stopped": Sent(cast.trainee, f"{of}calendar/stop/", page=""),
    }


def of_assessments(cast: Cast) -> dict[str, Sent]:
    of, who, code = cast.portfolio, cast.trainee, {"code": "S-X1"}
    make.mark_forms(of.programme)
    planned, asked = make.planned(of, **code), make.asked(of, cast.assessor, **code)
    done = make.assessed(of, cast.assessor, **code)
    day = {"happens_on_0": "3", "happens_on_1": "2", "happens_on_2": "2026"}
    text = {"which": "own-OCE", "title": "What I planned", "what": "All of it", "where": "There", "go": "save", **day}
    marks = {"mark_0": "Meets expectations", "mark_1": "Not observed"}
    words = {"strengths": "Clear.", "to_develop": "More.", "action": "Again.", "standing": "on"}
    form = MarkForm.objects.get(programme=of.programme, kind="CBD")
    rows = {"criteria-TOTAL_FORMS": 2, "criteria-INITIAL_FORMS": 2}

    def at(row: Assessment, name: str) -> str:
        return f"/portfolios/{of.ref}/assessments/{row.aid}/{name}/"

    return {
        "an assessment planned": Sent(who, f"/portfolios/{of.ref}/assessments/new/?module=S-X1&kind=observed", text),
        "a plan changed": Sent(who, at(planned, "edit"), text),
        "an assessor asked": Sent(who, at(planned, "ask"), {"assessor": cast.assessor.pk, "declared": "on"}),
        "an assessment withdrawn": Sent(who, at(asked, "withdraw")),
        "a device handed over to assess": Sent(who, at(asked, "lend"), page=""),
        "an outcome by a link": _outcome_by_link(cast, {"outcome": "satisfactory", **words, **marks}),
        "an assessment redirected": Sent(who, at(asked, "redirect"), {"assessor": cast.second_assessor.pk}),
        "a mark form": Sent(
            cast.assessor, f"/reviewing/assessments/{asked.aid}/", {"outcome": "satisfactory", **words, **marks}
        ),
        "a kind corrected in the mark form": Sent(
            cast.assessor, f"/reviewing/assessments/{asked.aid}/", {KIND: make.seen_of(asked, "OCE"), **words}
        ),
        "a kind corrected": Sent(cast.assessor, f"/reviewing/assessments/{done.aid}/kind/", marks),
        "a reflection": Sent(who, at(done, "reflection"), {"text": "What I take from it."}),
        "an assessment voided": Sent(cast.officer, at(done, "void"), {"reason": "Of another trainee."}),
        "criteria edited": Sent(
            cast.administrator, f"/admin/curriculum/markform/{form.pk}/change/", {"scale": "Not yet\nWell", **rows}
        ),
    }


def _outcome_by_link(cast: Cast, filled: dict[str, str]) -> Sent:
    who = make.nominee("Grace Marks", "grace.marks@example.org")
    row, token = make.linked_to_assess(cast.portfolio, cast.officer, who=who, code="S-X1")
    browser = Client()
    browser.post(f"/sign/{token}/code/")
    browser.post(f"/sign/{token}/prove/", {"code": make.coded(who.address)})
    return Sent(browser, f"/sign/{token}/", filled | {"seen": make.seen_of(row)}, page=f"/sign/{token}/")


def of_the_admin_site(cast: Cast) -> dict[str, Sent]:
    who, root = cast.administrator, cast.superuser
    new = {"name": "Nia Bold", "email": "nia@example.org", "post": "Scientist"}
    portfolio = {"trainee": cast.stranger.email, "cohort_year": 2024, "starts_on": "2024-09-01"}
    role = {"portfolio": cast.portfolio.pk, "user": cast.stranger.email, "kind": "assessor", "starts_on": "2026-01-01"}
    given = {"user": cast.stranger.email, "programme": cast.portfolio.programme_id, "starts_on": "2026-01-01"}
    organisation = make.organisation()
    module = Module.objects.get(curriculum=cast.portfolio.curriculum, code="S-X1")
    prompt = Prompt.objects.create(programme=cast.portfolio.programme, section="shows", label="Before", text="x")
    assessors = cast.portfolio.roles.get(user=cast.assessor)
    return {
        "a person added": Sent(who, "/admin/accounts/user/add/", new),
        "a person corrected": Sent(root, f"/admin/accounts/user/{cast.stranger.pk}/change/", {"post": "Scientist"}),
        "an organisation added": Sent(
            who, "/admin/portfolio/organisation/add/", {"name": "Southmoor", "mail_domains": "southmoor.example.org"}
        ),
        "an organisation renamed": Sent(
            who, f"/admin/portfolio/organisation/{organisation.pk}/change/", {"name": "Eastmoor"}
        ),
        "a portfolio opened": Sent(
            who, "/admin/portfolio/portfolio/add/", {**portfolio, "curriculum": cast.portfolio.curriculum_id}
        ),
        "a portfolio corrected": Sent(
            who, f"/admin/portfolio/portfolio/{cast.portfolio.pk}/change/", {"department": "Physics"}
        ),
        "a role given": Sent(who, "/admin/portfolio/role/add/", role),
        "a role ended": Sent(who, f"/admin/portfolio/role/{assessors.pk}/change/", {"ends_on": "2030-01-01"}),
        "an administration given": Sent(root, "/admin/portfolio/administration/add/", given),
        "a module filled in": Sent(who, f"/admin/curriculum/module/{module.pk}/change/", {"expected_activities": 5}),
        "a prompt reworded": Sent(who, f"/admin/curriculum/prompt/{prompt.pk}/change/", {"text": "What you saw"}),
        "a curriculum begun": Sent(
            who,
            "/admin/curriculum/curriculum/add/",
            {"code": "NEW1-1-25", "specialty": "New", "programme": cast.portfolio.programme_id, "start_year": 2025},
        ),
    }


def of_placements(cast: Cast) -> dict[str, Sent]:
    """In Tom's portfolio, which nothing above touches but to sign it off; and his journal."""
    of, who, officer = cast.other, cast.other_trainee, cast.other_officer
    at = f"/portfolios/{of.ref}"
    going_on, planned = make.placed(of, officer), make.placement_planned(of, since=50, until=60)
    closed = make.reflected(make.placed(of, officer, since=-60, until=-50))
    note = make.note(of)
    placements, journal = f"{at}/placements", f"{at}/journal"
    first = {"starts_on_0": "1", "starts_on_1": "2", "starts_on_2": "2031"}
    dates = first | {"ends_on_0": "3", "ends_on_1": "2", "ends_on_2": "2031"}
    last = dict(
        zip(("last_0", "last_1", "last_2"), (make.today().day, make.today().month, make.today().year), strict=True)
    )
    until = make.today() + timedelta(days=30)
    later = {"last_0": until.day, "last_1": until.month, "last_2": until.year}
    module = make.activity(of, "S-X1").module_id
    return {
        "a placement planned": Sent(
            who, f"{placements}/new/", {"kind": "elective", "title": "Imaging", "modules": module, **dates}
        ),
        "a placement changed": Sent(
            who, f"{placements}/{planned.pid}/change/", {"kind": "elective", "title": "Imaging", **dates}
        ),
        "activities planned": Sent(who, f"{placements}/{planned.pid}/activities/", {"activities": f"{module}-1"}),
        "a placement removed": Sent(who, f"{placements}/{planned.pid}/remove/"),
        "a placement confirmed": Sent(officer, f"{placements}/{planned.pid}/confirm/"),
        "a placement extended": Sent(officer, f"{placements}/{going_on.pid}/extend/", later),
        "a placement ended": Sent(officer, f"{placements}/{going_on.pid}/end/", last),
        "a placement reflected on": Sent(
            who, f"{placements}/{going_on.pid}/reflection/", {"did": "I followed an image."}
        ),
        "a reflection made evidence": Sent(who, f"{placements}/{closed.pid}/evidence/", page=""),
        "a note": Sent(who, f"{journal}/new/", {"happened": "A long meeting."}),
        "a note changed": Sent(who, f"{journal}/{note.jid}/edit/", {"happened": "A short meeting."}),
        "a note deleted": Sent(who, f"{journal}/{note.jid}/delete/"),
        "a note made evidence": Sent(who, f"{journal}/{note.jid}/evidence/", page=""),
    }


def of_what_others_said(cast: Cast) -> dict[str, Sent]:
    """In a portfolio of its own, for it needs a curriculum with choices and results: and one who is named."""
    made = make.curriculum("NEW2-1-24", blocks=BLOCKS)
    of = make.portfolio(make.person("Zoe Hart"), made)
    make.role(of, cast.officer, RoleKind.OFFICER)
    make.role(of, cast.assessor)
    rules = Rules.objects.create(name="awards", content={"review_points": results.POINTS})
    Curriculum.objects.filter(pk=made.pk).update(rules=rules)
    of = Portfolio.objects.get(pk=of.pk)
    who, officer, at = of.trainee, cast.officer, f"/portfolios/{of.ref}"
    make.option_taken(of, "S-B1")
    make.signed_off(of, cast.assessor, "S-D1")
    make.module_signed_off(of, officer, "S-D1")
    named = make.nominated(of, 1, who=make.nominee("Nia Falk", "nia.falk@example.org"))
    record = make.signed_elsewhere(of, officer, make.entry("S-X1", 1))
    text = "S-X1,2,,Old system,3 May 2025,Lena Voss,Seen"
    browser = Client()
    browser.force_login(officer)
    shown = browser.post(f"{at}/elsewhere/table/", {"rows": text}).context["form"]["seen"].value()
    said = results.typed(reason="It was read again.")
    return {
        "an option taken": Sent(who, f"{at}/modules/S-B1/option/", {"option": "1", "reason": "It moves."}),
        "an option confirmed": Sent(officer, f"{at}/modules/S-B1/option/"),
        "an option refused": Sent(officer, f"{at}/modules/S-B1/option/refuse/", {"reason": "Nobody supervises it."}),
        "a result recorded": Sent(officer, f"{at}/modules/S-P1/result/", said),
        "an award recorded": Sent(officer, f"{at}/awards/", {**said, "award": results.MSC}, page=""),
        "a record of elsewhere": Sent(officer, f"{at}/elsewhere/new/", elsewhere.typed(module="S-X1", number="3")),
        "a discussion of elsewhere": Sent(
            officer, f"{at}/elsewhere/new/", elsewhere.typed(kind="cbd", number="", title="A case", case_reference="7")
        ),
        "a table of elsewhere": Sent(
            officer, f"{at}/elsewhere/table/", {"rows": text, "seen": shown, "confirm": "1"}, page=""
        ),
        "a record taken back": Sent(officer, f"{at}/elsewhere/{record.xid}/void/", {"reason": "It did not hold."}),
        "a module voided": Sent(officer, f"{at}/modules/S-D1/void/", {"reason": "Signed too soon."}),
        "a nomination answered": Sent(
            officer, f"{at}/people/nominations/{named.nid}/", {"step": "approve nomination", "reason": "Well known."}
        ),
    }


def of_links(cast: Cast) -> dict[str, Sent]:
    """Somebody without an account: before the code, with it, and at the decision."""
    found = {}
    for step, number in (("code", 3), ("prove", 4), ("", 5)):
        who = make.nominee(f"Grace {step or 'decided'}", f"grace.{step or 'decided'}@example.org")
        of = make.portfolio(make.person(f"Trainee {number}"), Curriculum.objects.get(code="NEW2-1-24"))
        make.role(of, cast.officer, RoleKind.OFFICER)
        item, token = make.linked(of, cast.officer, 1, who=who)
        browser, typed = Client(), {}
        browser.get(f"/sign/{token}/")
        if step != "code":
            browser.post(f"/sign/{token}/code/")
            typed = {"code": make.coded(who.address)}
        if not step:
            browser.post(f"/sign/{token}/prove/", typed)
            typed = {"S-C1-1-outcome": "signed_off", "S-C1-1-feedback": "Clear.", "S-C1-1-seen": item.digest}
        found[{"code": "a code asked for", "prove": "a code entered", "": "a decision by a link"}[step]] = Sent(
            browser, f"/sign/{token}/{step}{'/' if step else ''}", typed, page=f"/sign/{token}/"
        )
    return found


def of_devices(cast: Cast) -> dict[str, Sent]:
    """A device that is handed over: by its trainee, before the code, with it, at the decision, and given back."""
    found = {}
    for step, number in (("lend", 6), ("code", 7), ("prove", 8), ("", 9), ("back", 10)):
        of = make.portfolio(make.person(f"Trainee {number}"), Curriculum.objects.get(code="NEW2-1-24"))
        make.role(of, assessor := make.person(f"Assessor {number}"))
        item = make.in_review(of, assessor)
        lends = f"/portfolios/{of.ref}/submissions/{item.submission.sid}/lend/"
        if step == "lend":
            found["a device handed over"] = Sent(of.trainee, lends, page="")
            continue
        browser, typed = Client(), {}
        browser.force_login(of.trainee)
        browser.post(lends)
        if step in ("prove", ""):
            typed = {"code": make.coded(assessor.email)}
        if not step:
            browser.post("/lent/prove/", typed)
            typed = {"S-C1-1-outcome": "signed_off", "S-C1-1-feedback": "Clear.", "S-C1-1-seen": item.digest}
        name = {"code": "a code for a device", "prove": "a code on a device", "": "a decision on a device"}
        found[name.get(step, "a device given back")] = Sent(
            browser, f"/lent/{step}{'/' if step else ''}", typed, "/lent/"
        )
    return found


def of_words(cast: Cast) -> dict[str, Sent]:
    """What is said about a decision afterwards, and what somebody keeps for feedback."""
    of, who = cast.other, cast.other_officer
    item = make.signed_off(of, cast.other_officer, "S-X1", 4).items.get()
    row, kept = make.commented(item, who), [make.snippet(who, text) for text in ("One.", "Two.")]
    outcome, snippets = make.assessed(of, who, code="S-X1"), "/reviewing/snippets/"
    return {
        "a comment": Sent(who, f"/comments/{item.submission.sid}/S-X1/4/", {"new-text": "Why was it so?"}),
        "a comment on an outcome": Sent(who, f"/comments/{outcome.aid}/", {"new-text": "Why was it so?"}),
        "a comment withdrawn": Sent(who, f"/comments/{row.cid}/withdraw/"),
        "a snippet": Sent(who, snippets, {"text": "Three."}),
        "a snippet changed": Sent(who, f"{snippets}{kept[0].tid}/", {"text": "Four."}),
        "a snippet moved": Sent(who, f"{snippets}{kept[0].tid}/move/", {"go": "down"}, page=""),
        "a snippet deleted": Sent(who, f"{snippets}{kept[0].tid}/delete/"),
    }


def of_many(cast: Cast) -> dict[str, Sent]:
    """Tables of people, two accounts of one person, and another officer for many."""
    who, day = cast.administrator, make.today()
    twin, nell = (make.person(name, email=email) for name, email in TWO)
    intake = make.intake(who)
    browser = Client()
    browser.force_login(who)
    seen = browser.get(f"/cohorts/tables/{intake.iid}/").context["seen"]
    pair = {"gone": twin.email, "kept": cast.stranger.email}
    merged = browser.post("/cohorts/merge/", pair).context["pair"].seen
    days = {"since_0": day.day, "since_1": day.month, "since_2": day.year + 1}
    days |= {"until_0": day.day, "until_1": day.month, "until_2": day.year + 2}
    return {
        "a table of people": Sent(
            who, "/cohorts/", {"file": Table("cohort.csv", tables.text([tables.trainee("Ben Frost")]).encode())}
        ),
        "people taken in": Sent(who, f"/cohorts/tables/{intake.iid}/", {"seen": seen}),
        "two accounts merged": Sent(who, "/cohorts/merge/", {**pair, "seen": merged, "confirm": "1"}),
        "another officer": Sent(who, "/cohorts/officer/", {"trainees": cast.other.pk, "officer": nell.email, **days}),
    }


TWO = (("Eve Nolan", "eve.second@example.org"), ("Nell Ford", "nell.ford@example.org"))


def of_the_curriculum(cast: Cast) -> dict[str, Sent]:
    """Of the admin site: what belongs to a programme."""
    who, root, of = cast.administrator, cast.superuser, cast.portfolio
    question = Question.objects.filter(programme=of.programme).earliest("pk")
    draft = make.curriculum("DRF1-1-24")
    Curriculum.objects.filter(pk=draft.pk).update(status=Curriculum.Status.DRAFT)
    block = draft.blocks.earliest("pk")
    new = {"programme": of.programme_id, "position": 99}
    rows = {"criteria-TOTAL_FORMS": 0, "criteria-INITIAL_FORMS": 0}
    held = cast.administrator.administrations.get()
    criteria = {"programme": make.programme("HSST").pk, "kind": "OCE", "scale": "Not yet\nWell"}
    at = "/admin/curriculum"
    return {
        "a programme begun": Sent(root, f"{at}/programme/add/", {"code": "NEW", "name": "New"}),
        "a programme renamed": Sent(root, f"{at}/programme/{of.programme_id}/change/", {"name": "Better"}),
        "a curriculum annotated": Sent(who, f"{at}/curriculum/{of.curriculum_id}/change/", {"note": "Mind the gap"}),
        "a block reworded": Sent(who, f"{at}/block/{block.pk}/change/", {"title": "Better words"}),
        "a prompt added": Sent(who, f"{at}/prompt/add/", {**new, "section": "shows", "label": "After", "text": "y"}),
        "a question added": Sent(who, f"{at}/question/add/", {**new, "kind": "text", "text": "What else?"}),
        "a question reworded": Sent(who, f"{at}/question/{question.pk}/change/", {"text": "In other words?"}),
        "criteria begun": Sent(root, f"{at}/markform/add/", criteria | rows),
        "an administration ended": Sent(
            root, f"/admin/portfolio/administration/{held.pk}/change/", {"ends_on": "2031-01-01"}
        ),
    }


FORMS = (
    *("an option taken", "an option confirmed", "an option refused", "a result recorded", "an award recorded"),
    *("a record of elsewhere", "a table of elsewhere", "a record taken back", "a module voided"),
    *("a nomination answered", "a code asked for", "a code entered", "a decision by a link"),
    *("a device handed over", "a code for a device", "a code on a device", "a decision on a device"),
    *("a device given back", "a comment", "a comment on an outcome", "a comment withdrawn"),
    *("a snippet", "a snippet changed", "a snippet moved", "a snippet deleted"),
    *("a table of people", "people taken in", "two accounts merged", "another officer"),
    *("a programme begun", "a programme renamed", "a curriculum annotated", "a block reworded", "a prompt added"),
    *("a question added", "a question reworded", "criteria begun", "an administration ended"),
    *("a calendar address made", "an invitation withdrawn", "people reminded"),
    *("an action dropped", "an action done", "an action to do again"),
    *("a placement planned", "a placement changed", "activities planned", "a placement removed"),
    *(
        "a placement confirmed",
        "a placement extended",
        "a placement ended",
        "a placement reflected on",
        "a reflection made evidence",
    ),
    *("a note", "a note changed", "a note deleted", "a note made evidence"),
    *("a new page", "a page edited", "a page kept by itself", "a page shared", "a page archived", "a page thrown away"),
    *("a page taken out of the bin", "a file removed", "a submission", "a submission withdrawn"),
    *("a goal set", "a goal changed", "a goal reviewed", "a goal opened again", "a goal as evidence"),
    *("an action ticked off",),
    *("a submission redirected", "a place named", "a password", "a decision", "an unlock", "requirements"),
    *("a module signed", "a portfolio closed", "a portfolio opened again", "a person added", "a person corrected"),
    *("an organisation added", "an organisation renamed", "a portfolio opened", "a portfolio corrected"),
    *("a role given", "a role ended", "an administration given", "a module filled in", "a prompt reworded"),
    *("a curriculum begun",),
    *("a round opened", "people invited", "a round closed", "a report released", "a report as evidence"),
    *("feedback answered",),
    *("a review planned", "notes of a review", "an action agreed", "a review signed"),
    *("a review recorded again", "working time recorded", "leave recorded", "leave changed", "leave removed"),
    *("an assessment planned", "a plan changed", "an assessor asked", "an assessment withdrawn"),
    *("a device handed over to assess", "an outcome by a link"),
    *("an assessment redirected", "a mark form", "a kind corrected", "a reflection", "an assessment voided"),
    "a kind corrected in the mark form",
    "a discussion of elsewhere",
    *("criteria edited",),
    *("an activity planned", "a calendar address stopped"),
)


def rows() -> dict[str, list[dict[str, Any]]]:
    """What every table holds, but for sessions and for the admin's own log."""
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in APPS and model._meta.app_label != "sessions"
    }


def stored(signed_in: Client, address: str, data: dict[str, Any]) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """The status, and what every table holds after this form; undone."""
    answer, after = posted(signed_in, address, data)
    return answer.status_code, after


def posted(signed_in: Client, address: str, data: dict[str, Any]) -> tuple[Any, dict[str, list[dict[str, Any]]]]:
    """The answer, and what every table holds after this form; undone, also in the browser."""
    client = Client()
    if "sessionid" in signed_in.cookies:
        client.cookies["sessionid"] = signed_in.cookies["sessionid"].value
    with undone():
        return client.post(address, data), rows()


def different(one: Any, other: Any) -> set[tuple[str, str]]:
    """In which columns two states of the tables differ; a table with more rows differs in "rows"."""
    found = set()
    for table in one:
        if len(one[table]) != len(other[table]):
            found.add((table, "rows"))
        for left, right in zip(one[table], other[table], strict=False):
            found |= {(table, column) for column in left if left[column] != right[column]}
    return found


def marked(state: dict[str, list[dict[str, Any]]]) -> set[tuple[str, str]]:
    """Where a value stands that only the attack sends."""
    found = set()
    for table, all_rows in state.items():
        for row in all_rows:
            for column, value in row.items():
                plain = value.date() if isinstance(value, datetime) else value
                if TEXT in str(value) or (not isinstance(plain, list | dict) and plain in MARKS):
                    found.add((table, column))
    return found


def test_every_form_of_the_stage_is_sent(stage: Stage) -> None:
    assert sorted(stage.forms) == sorted(FORMS)


# Not here: Django's and allauth's own forms about who is signed in; of the admin site, lists and what only asks first.
NOT_HERE = re.compile(r"accounts/(?!password/change/)|admin/(?!\w+/\w+/(add|<path:object_id>/change)/$)")
TAKEN = {200, 302, 409, 422}  # what somebody is answered who may send this form, and sends it empty
PEOPLE = {name.strip().replace(" ", "_") for group in TABLE["groups"].values() for name in group.split(",")}


def takes_a_form(row: Row) -> bool:
    found = statuses(row.lines["POST"], ["somebody else", *PEOPLE])
    return bool(TAKEN & set(found.values())) and not NOT_HERE.match(row.address)


def test_every_address_that_takes_a_form_is_sent_one(stage: Stage) -> None:
    """The addresses are those of tests/addresses.yaml: a new form fails until it is in the stage."""
    sent = {resolve(one.address.partition("?")[0]).route for one in stage.forms.values()}
    there = {row.address for row in ROWS if takes_a_form(row)}
    assert there - sent == set()
    assert sent - there == {"portfolios/<slug:ref>/evidence/autosave/"}  # sent empty it names no page: 404


@pytest.mark.parametrize("name", FORMS)
def test_only_what_the_form_asks_for_is_stored(stage: Stage, name: str, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # every column there is, under every prefix, is more than we take
    sent = stage.forms[name]
    client = sent.who if isinstance(sent.who, Client) else Client()
    with undone(), travel(stage.at, tick=False):
        if isinstance(sent.who, User):
            client.force_login(sent.who)
        found = Form(client.get(sent.page or sent.address).content.decode() if sent.page != "" else "")
        filled = {key: value for key, value in found.filled.items() if key != "csrfmiddlewaretoken"} | sent.typed
        added = hostile(found.all | set(filled))
        before = rows()
        once, again = stored(client, sent.address, filled), stored(client, sent.address, filled)
        attacked = stored(client, sent.address, added | filled)
    assert once[0] in (200, 302)  # the form itself is taken
    assert different(before, once[1]) != set()
    assert attacked[0] == once[0]
    assert different(once[1], attacked[1]) - different(once[1], again[1]) == set()
    assert marked(attacked[1]) == set()


# Words that stay for good once they are sent, and the box in which they are typed (docs/decisions/0020).
STAY = {
    **dict.fromkeys(("a decision by a link", "a decision on a device"), "S-C1-1-feedback"),
    **{"a decision": "S-C1-2-feedback", "a mark form": "strengths", "an outcome by a link": "to_develop"},
    **dict.fromkeys(("an unlock", "a module voided", "an assessment voided", "a record taken back"), "reason"),
    **dict.fromkeys(("a portfolio closed", "a portfolio opened again", "a nomination answered"), "reason"),
    **dict.fromkeys(("an option taken", "an option refused"), "reason"),
    **dict.fromkeys(("a review recorded again", "a goal opened again", "leave removed"), "reason"),
    **dict.fromkeys(("working time recorded", "leave recorded", "leave changed"), "note"),
    **{
        "a result recorded": "source",
        "an award recorded": "source",
        "a report released": "notes",
        "a reflection": "text",
    },
    **{"notes of a review": "text", "an action agreed": "what", "a goal reviewed": "happened"},
    **{"a record of elsewhere": "note", "a comment": "new-text", "a comment on an outcome": "new-text"},
}


def test_what_looks_like_a_patient_is_asked_about_in_all_words_that_stay(stage: Stage) -> None:
    """Asked once, with the words given back and nothing stored; one tick, and it is taken."""
    wrong = {}
    for name, box in STAY.items():
        sent, tick = stage.forms[name], f"{box.rpartition('-')[0]}-checked".removeprefix("-")
        client = sent.who if isinstance(sent.who, Client) else Client()
        with undone(), travel(stage.at, tick=False):
            if isinstance(sent.who, User):
                client.force_login(sent.who)
            page = client.get(sent.page or sent.address).content.decode() if sent.page != "" else ""
            filled = Form(page).filled | sent.typed
            words = f"{filled.get(box, '')} She had 999 000 0018."
            before = rows()
            asked, after = posted(client, sent.address, filled | {box: words})
            shown = asked.content.decode()
            taken, _ = stored(client, sent.address, filled | {box: words, tick: "on"})
        found = (tick in Form(page).all, asked.status_code, tick in Form(shown).all, words in unescape(shown))
        if found != (False, 422, True, True) or different(before, after) or taken not in (200, 302):
            wrong[name] = found, different(before, after), taken
    assert wrong == {}


def test_these_eyes_see_what_is_assigned(stage: Stage) -> None:
    before = rows()
    with undone():
        Evidence.objects.update(title=TEXT)
        Chain.objects.update(head_seq=NUMBER)
        User.objects.update(is_superuser=True)
        after = rows()
    assert marked(after) == {("portfolio_evidence", "title"), ("audit_chain", "head_seq")}
    assert ("accounts_user", "is_superuser") in different(before, after)
