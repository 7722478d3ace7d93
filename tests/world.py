"""The cast with work in every state around them: something to show at every address, and the same of somebody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Model
from django.test import Client

from accounts.models import User
from audit.models import Chain, Event
from curriculum import models as curricula
from portfolio import models
from portfolio.cohort import summaries
from portfolio.files import store
from portfolio.models import Assessment, Evidence, Portfolio, Submission
from portfolio.plan.months import first_of
from portfolio.states import LeaveKind, Side
from portfolio.workflow import ModuleOf, perform, plan, writing
from portfolio.workflow.assessments.reflecting import reflect
from portfolio.workflow.training_time import Away, Works
from tests import make
from tests.cast import Cast, assemble
from tests.holders import ASSESSOR, HOLDERS, forward, lend, prove

KNOWN = {"kind": "specialist", "activities": 1, **make.KNOWN}
ASSESSED = make.ASSESSED | {"observed": 5}
BLOCKS: list[dict[str, Any]] = [
    {"title": "Core", "credits": 20, "modules": [{"code": "S-C1", "credits": 20, **KNOWN, "activities": 5}]},
    {"title": "Ready for its sign-off", "credits": 10, "modules": [{"code": "S-R1", "credits": 10, **KNOWN}]},
    {"title": "Signed off", "credits": 10, "modules": [{"code": "S-D1", "credits": 10, **KNOWN}]},
    {"title": "Unlocked", "credits": 10, "modules": [{"code": "S-U1", "credits": 10, **KNOWN}]},
    {
        "title": "With a result",
        "credits": 5,
        "modules": [{"code": "S-P1", "credits": 5, "university_result": True, **KNOWN, "activities": 2}],
    },
    {
        "title": "With a choice",
        "credits": 5,
        "modules": [{"code": code, "credits": 5, **KNOWN} for code in ("S-B1", "S-B2")],
        "options": [["S-B1"], ["S-B2"]],
    },
    {
        "title": "Not all of it recorded",
        "credits": 120,
        "modules": [
            {"code": "S-X1", "credits": 120, "kind": "specialist", "activities": [1], "expected_activities": 4}
        ],
    },
    {
        "title": "With assessments",
        "credits": 10,
        "modules": [{"code": "S-A1", "credits": 10, "kind": "specialist", "activities": 0, **ASSESSED}],
    },
]

CODES = {"place": "S-X1", "of the placement": "S-R1"}  # of the module that something is in, where it is another
ROUNDS = {"open round": 1, "with the officer": 2, "released": 3}  # of feedback, by number; the fourth is not opened


@dataclass
class World:
    """Priya's portfolio holds a page, a file, a submission and a decision of every kind; Tom's holds a little.

    `pages` and `submissions` are Priya's, by what they are; `foreign_*` are Tom's. Each browser is somebody's.
    """

    cast: Cast
    people: dict[str, User | None]
    browsers: dict[str, Client]
    pages: dict[str, Evidence]
    submissions: dict[str, Submission]
    goals: dict[str, models.Goal]
    foreign_page: Evidence
    foreign_submission: Submission
    files: Path
    assessments: dict[str, Assessment]
    foreign_assessment: Assessment
    placements: dict[str, models.Placement]
    note: models.JournalNote
    comments: dict[str, models.Comment]
    snippet: models.Snippet
    link: str = ""  # the key of a personal link to the open round of feedback
    sign_link: str = ""  # the key of a link by which somebody without an account decides
    assess_link: str = ""  # and of one by which somebody else assesses
    calendar: str = ""  # the key in the address of her calendar

    def ask(self, name: str, method: str, path: str, **options: Any) -> Any:
        """One answer. What it changes is undone, and so is a sign-out: everybody stays who they are."""
        browser = self.browsers[name]
        cookies = browser.cookies.copy()
        cache.clear()  # what is counted of an address: everybody here has the same
        with undone():
            answer = browser.generic(method, path, **options)
        browser.cookies = SimpleCookie(cookies)
        return answer

    @property
    def portfolio(self) -> Portfolio:
        return self.cast.portfolio

    def objects(self, name: str = "") -> dict[str, Any]:
        """What stands for the parts in brackets of an address. `name` is that of a page, a submission or a module."""
        of, page = self.portfolio, self.pages.get(name, self.pages["in review"])
        files = page.attachments.order_by("pk")
        return {
            "ref": self.portfolio.ref,
            "code": name if name.startswith("S-") else CODES.get(name, "S-C1"),
            "number": ROUNDS.get(name, 2 if name in ("place", "held") else 1),
            "place": 4,
            **({"key": self.link} if name == "link" else {}),
            **({"key": self.sign_link} if name == "sign" else {}),
            **({"key": self.assess_link} if name == "assess" else {}),
            **({"key": self.calendar} if name == "calendar" else {}),
            "eid": page.eid,
            "fid": (files.filter(removed_at=None).first() or files[0]).fid,
            "gid": (goal := self.goals.get(name, self.goals["open goal"])).gid,
            "act": goal.actions.get().aid,
            "xid": self.portfolio.signed_elsewhere.get(void=None, file__isnull=False).xid,
            "what": "leave",
            "on": of.interruptions.earliest("pk").starts_on.isoformat(),
            "action": models.ReviewAction.objects.filter(
                meeting__portfolio=of, meeting__point=("Check-in", "Second review")[name == "held"]
            )
            .earliest("pk")
            .pk,
            "sid": self.submissions.get(name, self.submissions["waiting"]).sid,
            "aid": self.assessments.get(name, self.assessments["asked"]).aid,
            "pid": self.placements.get(name, self.placements["going on"]).pid,
            "jid": self.note.jid,
            "tid": self.snippet.tid,
            "cid": self.comments.get(name, self.comments["decided"]).cid,
            "nid": of.nominations.get(until=None).nid,
            "iid": models.Intake.objects.get().iid,
        }

    def row(self, model: type[Model]) -> Any:
        """One row of this model: of Priya's portfolio where rows are anybody's, and one that her people may see."""
        of = self.portfolio
        match model:
            case models.Portfolio:
                return of
            case models.Evidence:
                return self.pages["in review"]
            case models.Revision:
                return self.pages["in review"].revisions.latest("number")
            case models.Item:
                return self.submissions["decided"].items.get()
            case models.Decision:
                return self.submissions["decided"].items.get().decision
            case models.Assessment:
                return self.assessments["asked"]
            case models.AssessmentDecision:
                return self.assessments["assessed"].decision
            case models.KindCorrection:
                return models.KindCorrection.objects.get()
            case models.AssessmentVoid:
                return models.AssessmentVoid.objects.get()
            case models.Submission:
                return self.submissions["waiting"]
            case models.Role:
                return of.roles.get(user=self.cast.assessor)
            case curricula.Curriculum:
                return of.curriculum
            case curricula.Block | curricula.Module:
                return model._default_manager.filter(curriculum=of.curriculum).earliest("pk")
            case curricula.Programme:
                return of.programme
        if model is User:
            return self.cast.trainee
        if model in (Chain, Event):
            return model._default_manager.earliest("pk")
        path = {
            models.Unlock: "decision__item__submission__portfolio",
            models.ModuleVoid: "sign_off__portfolio",
            **dict.fromkeys((models.OptionConfirmation, models.OptionRefusal), "taken__portfolio"),
            models.ElsewhereVoid: "record__portfolio",
            models.NominationAnswer: "nomination__portfolio",
            **dict.fromkeys((models.GoalAction, models.GoalReview), "goal__portfolio"),
            **dict.fromkeys((models.ReviewAction, models.ReviewSignature), "meeting__portfolio"),
        }
        rows = model._default_manager.all()
        if model in path or any(field.name == "portfolio" for field in model._meta.fields):
            rows = rows.filter(**{path.get(model, "portfolio"): of})
        return rows.earliest("pk")


def build(files: Path) -> World:
    """Priya's portfolio with everything in it, Tom's, and one of another programme. Their files lie in `files`."""
    make.curriculum(blocks=BLOCKS)
    cast = assemble()
    of = cast.portfolio
    pages = {name: _page(of, name) for name in ("private", "drafted", "shared", "in review", "decided", "archived")}
    pages["binned"] = make.page(of, "Priya's page, binned")
    make.attachment(pages["binned"], "binned.pdf")
    writing.discard(pages["binned"], by=of.trainee)
    writing.share(pages["shared"], on=True, by=of.trainee)
    writing.archive(pages["archived"], on=True, by=of.trainee)
    make.drafted(of, number=4, evidence=pages["drafted"])
    decided = make.submit(cast.assessor, make.drafted(of, number=1, evidence=pages["decided"]))[0]
    make.decide(decided)
    waiting = make.submit(cast.assessor, make.drafted(of, number=2, evidence=pages["in review"]))[0]
    second = make.in_review(of, cast.second_assessor, number=3)
    pages["of the placement"] = _page(of, "of the placement")
    supervised = make.submit(cast.assessor, make.drafted(of, "S-R1", evidence=pages["of the placement"]))[0]
    make.decide(supervised)
    for code in ("S-D1", "S-U1"):
        make.signed_off(of, cast.assessor, code)
    for code in ("S-D1", "S-U1"):
        make.module_signed_off(of, cast.officer, code)
    perform("unlock", make.activity(of, "S-U1"), by=cast.officer, reason="The wrong page.")
    perform("void module sign-off", ModuleOf.read(of, "S-D1"), by=cast.officer, reason="Signed too soon.")
    make.module_signed_off(of, cast.officer, "S-D1")
    make.mark_forms(of.programme)
    make.confirmed(of, cast.officer, "S-X1", activities=4, cbd=0, observed=0)
    _said_by_others(cast)
    _reviews(of, cast)
    link = _feedback(cast)
    for step in ("close portfolio", "reopen portfolio"):
        perform(step, of, by=cast.administrator, reason="To and fro.")
    of.refresh_from_db()
    goals = {name: make.goal(of, f"Priya: {name}", actions=[name]) for name in ("open goal", "achieved goal")}
    make.reviewed(goals["achieved goal"], "achieved")
    foreign = _page(cast.other, "Tom's page")
    item = make.submit(cast.assessor, make.drafted(cast.other, number=1, evidence=foreign))[0]
    supervisor = make.person("Hugh Sole")
    placements = _placements(cast, supervisor)
    named = _named(cast, cast.nominee)
    asked, token = make.linked(of, cast.officer, code="S-B1")
    handed = make.in_review(of, cast.assessor, code="S-P1", number=2)
    assessments = _assessments(cast)
    assessments["with a link"], assess_token = make.linked_to_assess(of, cast.officer, who=ASSESSOR)
    assessments["on the trainee's device"] = make.asked(of, cast.assessor)
    comments = {
        "assessed": make.commented(assessments["assessed"], cast.officer, "Priya's officer asks of an outcome."),
        "decided": make.commented(decided, cast.officer, "Priya's officer asks."),
        "of the placement": make.commented(supervised, supervisor, "Priya's supervisor says."),
    }
    people = {"anonymous": None, **dict.fromkeys(HOLDERS), **cast.people(), "supervisor": supervisor}
    _rows_of_the_admin_site(of, cast.administrator)
    summaries.renew()
    browsers = {name: _browser(person) for name, person in people.items()}
    forward(browsers["forwarded_link_holder"], token)
    prove(browsers["link_holder"], token)
    prove(browsers["assessment_link_holder"], assess_token, ASSESSOR.address)
    lend(browsers["device_holder"], handed.submission)
    lend(browsers["assessment_device_holder"], assessments["on the trainee's device"])
    return World(
        cast=cast,
        people=people,
        browsers=browsers,
        pages=pages,
        goals=goals,
        submissions={
            "waiting": waiting.submission,
            "decided": decided.submission,
            "with the second assessor": second.submission,
            "of the placement": supervised.submission,
            "with somebody new": named.submission,
            "with a link": asked.submission,
            "on the trainee's device": handed.submission,
        },
        foreign_page=foreign,
        foreign_submission=item.submission,
        files=files,
        assessments=assessments,
        foreign_assessment=make.asked(cast.other, cast.assessor),
        link=link,
        sign_link=token,
        assess_link=assess_token,
        calendar=_planned(of),
        placements=placements,
        note=make.note(of, "Priya's own note", "Nobody else reads it."),
        comments=comments,
        snippet=make.snippet(cast.assessor, "Clear account of Maya's."),
    )


def _assessments(cast: Cast) -> dict[str, Assessment]:
    """One in every state; the one that is voided was corrected first, and the one that is assessed has a reflection."""
    of = cast.portfolio
    rows = {
        "planned": make.planned(of, "DOPS"),
        "asked": make.asked(of, cast.assessor, "OCE"),
        "assessed": make.assessed(of, cast.assessor, kind="CBD"),
        "not yet": make.assessed(of, cast.assessor, "not_yet_satisfactory", kind="CBD"),
        "voided": make.assessed(of, cast.assessor, kind="DOPS"),
    }
    reflect(rows["assessed"], "Next time I begin with the question.", by=of.trainee)
    make.corrected(rows["voided"])
    perform("void assessment", rows["voided"], by=cast.officer, reason="Of another trainee.")
    return {name: make.assessment(row) for name, row in rows.items()}


def _reviews(of: Portfolio, cast: Cast) -> None:
    """One review is planned, one is held; each has an action of the trainee. Working time and leave are recorded."""
    make.with_rules(of)
    for number in (1, 2):
        make.review_planned(of, cast.officer, number)
        make.agreed_action(of, cast.officer, f"Priya's action {number}", Side.TRAINEE, number=number)
    make.review_signed(of, 2, officer=cast.officer)
    today = make.today()
    make.training_time(of, cast.officer, Works(today, 60), Away(today, None, LeaveKind.SICK, "Priya's leave"))


def _planned(of: Portfolio) -> str:
    """An activity is planned for this month; the key of a calendar address."""
    plan.put(of, plan.Put({("S-X1", 2)}, month=first_of(make.today())), by=of.trainee)
    return plan.make_address(of, by=of.trainee)


def _feedback(cast: Cast) -> str:
    """A round of feedback in each state; the key of a link that can be answered."""
    of = cast.portfolio
    make.questionnaire(of, "released", "not opened")
    (link, *_) = make.invited(make.feedback_round(of), 9).values()
    make.feedback_closed(of, name="end of training")
    make.feedback_released(of, cast.officer, name="released")
    return link


def _page(of: Portfolio, name: str) -> Evidence:
    """A saved page with a file."""
    page = make.page(of, f"{of.trainee.name}: {name}")
    make.attachment(page, f"{name}.pdf")
    return page


def _said_by_others(cast: Cast) -> None:
    """A result, a confirmed option, one refused and taken again, and what was signed elsewhere, some taken back."""
    of = cast.portfolio
    make.result(of, cast.officer, "S-P1", says="not_passed")
    make.option_confirmed(of, cast.officer, "S-B1")
    make.option_taken(of, "S-B2", reason="The department moves.")
    make.option_refused(of, cast.officer, "S-B2")
    make.option_taken(of, "S-B2", reason="They found a supervisor.")
    proof = {"file": store(SimpleUploadedFile("export.pdf", make.PDF)), "file_name": "export.pdf"}
    make.signed_elsewhere(of, cast.officer, make.entry("S-P1", 1, **proof))
    make.elsewhere_voided(make.signed_elsewhere(of, cast.officer, make.entry("S-P1", 2)), cast.officer)


def _placements(cast: Cast, supervisor: User) -> dict[str, models.Placement]:
    """In S-R1, S-A1, and S-X1, of which nothing is submitted; one that is over, one not confirmed, and one of Tom's."""
    of, officer, codes = cast.portfolio, cast.officer, ("S-R1", "S-X1", "S-A1")
    make.placed(cast.other, cast.other_officer, None, ("S-C1",))
    return {
        "going on": make.placed(of, officer, supervisor, codes, title="Priya's placement"),
        "over": make.placed(of, officer, cast.supervisor_out_of_dates, codes, since=-60, until=-30),
        "planned": make.placement_planned(of, cast.supervisor_out_of_dates, codes, since=50, until=60),
    }


def _named(cast: Cast, nominee: User) -> models.Nomination:
    """One person was declined; another is named since, and waits for the officer's word."""
    row = make.declined(make.nominated(cast.portfolio, code="S-B2"), cast.officer)
    (item,) = row.submission.items.select_related("activity")
    who = make.nominee(nominee.name, nominee.email)
    perform("redirect", item.activity, by=cast.trainee, given=make.Redirect(None, who))
    return models.Nomination.objects.get(until=None)


def _rows_of_the_admin_site(of: Portfolio, administrator: User) -> None:
    make.organisation()
    make.intake(administrator)
    curricula.Rules.objects.create(name="rules-of-the-test", content={})
    section = curricula.Prompt.Section.REFLECTION
    curricula.Prompt.objects.create(programme=of.programme, section=section, position=1, text="What did you learn?")


def _browser(person: User | None) -> Client:
    """Signed in, and answering 500 rather than raising: a table of statuses says so."""
    client = Client(raise_request_exception=False)
    if person:
        client.force_login(person)
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Whatever a request changes is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
