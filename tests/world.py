"""The cast with work in every state around them: something to show at every address, and the same of somebody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from django.test import Client

from accounts.models import User
from audit.models import Chain, Event
from curriculum import models as curricula
from portfolio import models
from portfolio.models import Evidence, Portfolio, Submission
from portfolio.workflow import ModuleOf, perform, writing
from tests import make
from tests.cast import Cast, assemble

KNOWN = {"kind": "specialist", "activities": 1, **make.KNOWN}
BLOCKS: list[dict[str, Any]] = [
    {"title": "Core", "credits": 20, "modules": [{"code": "S-C1", "credits": 20, **KNOWN, "activities": 5}]},
    {"title": "Ready for its sign-off", "credits": 10, "modules": [{"code": "S-R1", "credits": 10, **KNOWN}]},
    {"title": "Signed off", "credits": 10, "modules": [{"code": "S-D1", "credits": 10, **KNOWN}]},
    {"title": "Unlocked", "credits": 10, "modules": [{"code": "S-U1", "credits": 10, **KNOWN}]},
    {
        "title": "Not all of it recorded",
        "credits": 130,
        "modules": [
            {"code": "S-X1", "credits": 130, "kind": "specialist", "activities": [1], "expected_activities": 4}
        ],
    },
]


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
    foreign_page: Evidence
    foreign_submission: Submission
    files: Path
    placements: dict[str, models.Placement]
    note: models.JournalNote

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
        page = self.pages.get(name, self.pages["in review"])
        files = page.attachments.order_by("pk")
        return {
            "ref": self.portfolio.ref,
            "code": name if name.startswith("S-") else "S-X1" if name == "place" else "S-C1",
            "number": 2 if name == "place" else 1,
            "eid": page.eid,
            "fid": (files.filter(removed_at=None).first() or files[0]).fid,
            "sid": self.submissions.get(name, self.submissions["waiting"]).sid,
            "pid": self.placements.get(name, self.placements["going on"]).pid,
            "jid": self.note.jid,
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
        path = {models.Unlock: "decision__item__submission__portfolio", models.ModuleVoid: "sign_off__portfolio"}
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
    make.confirmed(of, cast.officer, "S-X1", activities=4, cbd=0, observed=0)
    for step in ("close portfolio", "reopen portfolio"):
        perform(step, of, by=cast.administrator, reason="To and fro.")
    of.refresh_from_db()
    foreign = _page(cast.other, "Tom's page")
    item = make.submit(cast.assessor, make.drafted(cast.other, number=1, evidence=foreign))[0]
    others = _others(cast)
    placements = _placements(cast, others)
    people = {"anonymous": None, **cast.people(), **others}
    _rows_of_the_admin_site(of)
    return World(
        cast=cast,
        people=people,
        browsers={name: _browser(person) for name, person in people.items()},
        pages=pages,
        submissions={
            "waiting": waiting.submission,
            "decided": decided.submission,
            "with the second assessor": second.submission,
            "of the placement": supervised.submission,
        },
        foreign_page=foreign,
        foreign_submission=item.submission,
        files=files,
        placements=placements,
        note=make.note(of, "Priya's own note", "Nobody else reads it."),
    )


def _page(of: Portfolio, name: str) -> Evidence:
    """A saved page with a file."""
    page = make.page(of, f"{of.trainee.name}: {name}")
    make.attachment(page, f"{name}.pdf")
    return page


def _others(cast: Cast) -> dict[str, User]:
    """Whom the cast does without: a trainee of another programme, and two who supervise placements."""
    elsewhere = make.portfolio(make.person("Zara Byrne"), make.curriculum("HST1-1-24", programme_code="HSST"))
    return {
        "other_programme_trainee": elsewhere.trainee,
        "supervisor": make.person("Hugh Sole"),
        "supervisor_out_of_dates": make.person("Ines Marr"),
    }


def _placements(cast: Cast, others: dict[str, User]) -> dict[str, models.Placement]:
    """In S-R1, and in S-X1, of which nothing is submitted; one that is over, one not confirmed, and one of Tom's."""
    of, officer, codes = cast.portfolio, cast.officer, ("S-R1", "S-X1")
    make.placed(cast.other, cast.other_officer, None, ("S-C1",))
    return {
        "going on": make.placed(of, officer, others["supervisor"], codes, title="Priya's placement"),
        "over": make.placed(of, officer, others["supervisor_out_of_dates"], codes, since=-60, until=-30),
        "planned": make.planned(of, others["supervisor_out_of_dates"], codes, since=50, until=60),
    }


def _rows_of_the_admin_site(of: Portfolio) -> None:
    make.organisation()
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
