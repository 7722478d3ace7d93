"""Attacks 57 and 58 on every page of tests/addresses.yaml: what people wrote in goals, assessments, reviews,
placements, the journal, feedback, nominations, results, options and of other systems is text to every reader.

The pages are those of the table, so a new one is tried by itself. Each is asked as the first who may read it, and what
came back is opened in a real browser without its policy: nothing but the escaping stands between the text and a script.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Route

from curriculum.models import Criterion, Module, Question
from portfolio import access, models
from portfolio.states import LeaveKind, Side
from portfolio.workflow import RecordResult, ReviewOf, perform
from portfolio.workflow.assessments.reflecting import reflect
from portfolio.workflow.reviews import Notes
from portfolio.workflow.training_time import Away
from tests import make
from tests import world as worlds
from tests.attacks.payloads import FORMATS, OUT_OF_A_SCRIPT, OUT_OF_AN_ATTRIBUTE, OUT_OF_AN_ELEMENT
from tests.attacks.test_scripts import ALL, PROBE
from tests.holders import HOLDERS, lend, prove
from tests.test_addresses import ROWS, Row, path_of, statuses
from tests.world import World, undone

pytestmark = pytest.mark.django_db
READERS = ("trainee", "officer", "assessor", "administrator", "superuser", "stranger", "anonymous")
# Whose page is another than the first reader's at the same address: that of a link, or of a device.
BEHIND_A_CODE = {
    "sign/<str:key>/ (sign)": ["link_holder"],
    "sign/<str:key>/ (assess)": ["assessment_link_holder"],
    "lent/": ["device_holder", "assessment_device_holder"],
}
LINE = " ".join([*OUT_OF_AN_ELEMENT, *OUT_OF_A_SCRIPT, *OUT_OF_AN_ATTRIBUTE])
MARK = re.compile(r"said-[a-z_-]+")
ORIGIN = "http://ours.example.org"
# Rows of the admin site are read in lists and on their pages; what asks or adds shows nothing more of them.
NOT_OPENED = re.compile(r"admin/.*(/add/|/delete/|/history/|object_id>/)$")
CHANGE = re.compile(r"admin/(\w+)/(\w+)/<path:object_id>/change/$")


class Said:
    """Texts that attack, each with a mark by which it is found again on a page."""

    def __init__(self) -> None:
        self.marks: set[str] = set()

    def line(self, what: str, longest: int = 150) -> str:
        """On one line, as long as may be; it begins with another payload each time."""
        start = 7 * len(self.marks) % (len(LINE) // 2)
        return self._marked(what, LINE[LINE.index(" ", start) :], longest)

    def text(self, what: str, longest: int = 9_000) -> str:
        return self._marked(what, ALL, longest)

    def _marked(self, what: str, attack: str, longest: int) -> str:
        mark = f"said-{what.replace(' ', '-')}"
        self.marks.add(mark)
        return f"{mark} {attack.strip()}"[:longest].strip()


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def attacked(world: World, said: Said, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world, in which the objects of the addresses are those in which somebody wrote what they should not have."""
    with undone():
        monkeypatch.setitem(worlds.ROUNDS, "released", 4)
        for form in Criterion.objects.all():
            Criterion.objects.filter(pk=form.pk).update(text=said.line("criterion"))
        for question in Question.objects.all():
            Question.objects.filter(pk=question.pk).update(text=said.line("question"))
        _reviews(world, said)
        _feedback(world, said)
        _said_by_others(world, said)
        assessments = _assessments(world, said)
        holders, links = _behind_codes(world, said, assessments["asked"])
        yield replace(
            world,
            goals={name: _goal(world, said, name) for name in world.goals},
            assessments=world.assessments | assessments,
            placements=_placements(world, said),
            note=make.note(world.portfolio, said.text("note"), said.text("note thought")),
            browsers=world.browsers | holders,
            **links,
        )


def _goal(world: World, said: Said, name: str) -> models.Goal:
    texts = {each: said.text(f"goal {each}") for each in ("why", "criteria")}
    row = make.goal(world.portfolio, said.line("goal"), actions=[said.line("goal action")], **texts)
    make.reviewed(row, happened=said.text("goal review"))
    if name == "achieved goal":
        make.reviewed(row, "achieved")
    return row


def _assessments(world: World, said: Said) -> dict[str, models.Assessment]:
    of, assessor = world.portfolio, world.cast.assessor
    plan = {"what": said.text("plan what"), "where": said.line("plan where")}
    titles = [said.line(f"plan {what}") for what in ("assessed", "voided", "planned", "asked")]
    words = {name: said.text(f"mark {name}") for name in ("strengths", "to_develop", "action")}
    Module.objects.filter(curriculum=of.curriculum_id, code="S-A1").update(observed=9)  # room for all of them
    done = make.complete(make.asked(of, assessor, "DOPS", titles[0], **plan), **words)
    reflect(done, said.text("assessment reflection"), by=of.trainee)
    voided = make.complete(make.asked(of, assessor, "OCE", titles[1], **plan))
    perform("void assessment", voided, by=world.cast.officer, reason=said.text("assessment void", 1_900))
    return {
        "planned": make.planned(of, "OCE", titles[2], **plan),
        "asked": make.asked(of, assessor, "OCE", titles[3], **plan),
        "assessed": make.assessment(done),
        "voided": make.assessment(voided),
    }


def _reviews(world: World, said: Said) -> None:
    of, officer = world.portfolio, world.cast.officer
    make.agreed_action(of, officer, said.line("review action"), Side.TRAINEE)
    for side, by in ((Side.TRAINEE, of.trainee), (Side.OFFICER, officer)):
        subject = ReviewOf.read(of, 1)
        assert subject.meeting is not None
        given = Notes(said.text(f"notes of the {side}"))
        perform("write review notes", subject, by=by, given=given, seen=subject.meeting.notes_digest(side))
    since, until = (make.today() - timedelta(days=days) for days in (40, 30))
    make.training_time(of, officer, Away(since, until, LeaveKind.OTHER, said.text("leave", 1_900)))


def _feedback(world: World, said: Said) -> None:
    subject = make.feedback_round(world.portfolio, "not opened")
    for token in list(make.invited(subject, 10).values())[:8]:
        make.answered(token, text=said.text("feedback answer", 1_900))
    perform("close feedback", subject, by=world.cast.trainee)
    make.feedback_discussed(world.portfolio, world.cast.officer, name="not opened")


def _said_by_others(world: World, said: Said) -> None:
    of, officer = world.portfolio, world.cast.officer
    texts = {name: said.line(f"elsewhere {name}", 100) for name in ("title", "system", "signed_by")}
    make.signed_elsewhere(of, officer, make.entry("S-X1", 3, **texts, note=said.text("elsewhere note", 1_900)))
    make.option_refused(of, officer, "S-B2", why=said.text("option refusal", 1_900))
    make.option_taken(of, "S-B2", reason=said.text("option", 1_900))
    make.result(of, officer, "S-P1", reason=said.text("result reason", 1_900))
    subject = make.result_of(of, "S-P1")
    given = RecordResult("passed", make.today(), said.line("result source"))
    assert subject.newest is not None
    perform(
        "correct result", subject, by=officer, reason="Again.", seen=make.result_digest(subject.newest), given=given
    )
    waiting = of.nominations.get(until=None)
    who = make.nominee(said.line("nominee"), "n@example.org", post=said.line("nominee post"), registration="'><b>")
    (item,) = waiting.submission.items.select_related("activity")
    perform("redirect", item.activity, by=of.trainee, given=make.Redirect(None, who))
    make.declined(of.nominations.get(until=None), officer, reason=said.text("nomination declined", 1_900))


def _placements(world: World, said: Said) -> dict[str, models.Placement]:
    of, officer = world.portfolio, world.cast.officer
    texts = {"title": said.line("placement"), "aims": said.text("placement aims")}
    over = make.placed(of, officer, since=-90, until=-80, **texts)
    return {
        "going on": make.placed(of, officer, since=100, until=110, **texts),
        "over": make.reflected(over, did=said.text("placement reflection")),
        "planned": make.placement_planned(of, since=120, until=130, **texts),
    }


def _behind_codes(world: World, said: Said, asked: models.Assessment) -> tuple[dict[str, Client], dict[str, str]]:
    """Those who decide by a code, with the keys of their links. Of two who have no account the names attack as well."""
    of, officer = world.portfolio, world.cast.officer
    browsers = {name: Client(raise_request_exception=False) for name in HOLDERS}
    who = make.nominee(said.line("one-off name"), "one.off@example.org", post=said.line("one-off post"))
    item, sign = make.linked(of, officer, 5, who=who)
    prove(browsers["link_holder"], sign, who.address)
    who = make.nominee(said.line("one-off assessor"), "assessor@example.org", post=said.line("one-off assessor post"))
    plan = {"title": said.line("plan by link"), "what": said.text("plan by link what"), "where": said.line("by link")}
    _, assess = make.linked_to_assess(of, officer, who=who, kind="OCE", **plan)
    prove(browsers["assessment_link_holder"], assess, who.address)
    lend(browsers["device_holder"], item.submission)
    lend(browsers["assessment_device_holder"], asked)
    return browsers, {"sign_link": sign, "assess_link": assess}


def readers(world: World, row: Row) -> list[str]:
    """The first who reads this page, by the table; behind a code each of those whose page it is."""
    if holders := BEHIND_A_CODE.get(str(row).removeprefix("/")):
        return holders
    who = statuses(row.lines["GET"], list(world.people))
    return [name for name in READERS if who[name] == 200][:1]


def address(world: World, row: Row) -> str:
    """Of a row in the admin site: the newest of its kind that the administrator sees."""
    if found := CHANGE.match(row.address):
        app, model = found.groups()
        kind = apps.get_model(app, model)
        if app == "portfolio" and kind in access.SEEN:
            newest = access.visible(world.cast.administrator, kind).order_by("-pk").first()
            assert newest is not None, kind
            return f"/admin/{app}/{model}/{newest.pk}/change/"
    return path_of(world, row)


def pages(world: World) -> dict[str, str]:
    """Every page of the table, as its reader gets it."""
    found = {}
    for row in ROWS:
        for who in [] if NOT_OPENED.match(row.address) else readers(world, row):
            cache.clear()
            answer = world.browsers[who].get(address(world, row))
            if answer.headers["Content-Type"].startswith("text/html"):
                assert answer.status_code in (200, 409), (who, str(row))
                found[f"{who} at {row}"] = answer.content.decode()
            elif answer.streaming:
                assert b"".join(answer) != b""  # a file, which is read to its end
    return found


def test_no_page_of_the_table_runs_or_fetches_what_somebody_wrote(
    attacked: World, said: Said, browser: Browser
) -> None:
    opened = pages(attacked)
    dialogs: list[str] = []
    asked: list[str] = []
    wrong: dict[str, list[str]] = {}
    page = browser.new_page()
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))

    def answer(route: Route) -> None:
        url = route.request.url
        if not url.startswith(f"{ORIGIN}/"):
            asked.append(url)
        body = body_of.get(url, "")
        route.fulfill(status=200 if body else 404, body=body, content_type="text/html; charset=utf-8")

    body_of: dict[str, str] = {}
    page.route("**/*", answer)
    for number, (name, body) in enumerate(opened.items()):
        body_of[f"{ORIGIN}/{number}/"] = body
        page.goto(f"{ORIGIN}/{number}/", wait_until="domcontentloaded")
        wrong[name] = page.evaluate(PROBE)
    page.close()
    assert {name: found for name, found in wrong.items() if found} == {}
    assert (dialogs, asked) == ([], [])
    everything = "\n".join(opened.values())
    assert said.marks - set(MARK.findall(everything)) == set()  # each of them was on a page
    assert [one for one in FORMATS if "{{7*7}}" in one and one in everything] != []  # and is there as it was written
