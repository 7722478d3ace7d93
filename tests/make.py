"""Plain builders, each with sensible defaults. States are reached by taking the steps, never by writing them."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from curriculum.models import Block, Curriculum, Module, Option, Programme, TrainingActivity
from portfolio import files
from portfolio.models import (
    Activity,
    Administration,
    Attachment,
    Evidence,
    Item,
    JournalNote,
    Organisation,
    Placement,
    Portfolio,
    Role,
)
from portfolio.states import EvidenceKind, ItemState, PlacementKind, RoleKind
from portfolio.workflow import (
    Confirm,
    LinkTo,
    ModuleOf,
    Plan,
    Redirect,
    Reflect,
    Submit,
    journal,
    modules,
    perform,
    writing,
)
from portfolio.workflow.activities import newest_revisions

_number = count(1)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def today() -> date:
    return timezone.localdate()


def person(name: str = "Jo Fielding", **fields: Any) -> User:
    """Somebody who can sign in; the address follows from the name."""
    address = fields.pop("email", f"{name.lower().replace(' ', '.')}.{next(_number)}@example.org")
    return User.objects.create_user(address, name=name, **fields)


def programme(code: str = "STP") -> Programme:
    return Programme.objects.get_or_create(code=code, defaults={"name": f"{code} programme"})[0]


def curriculum(
    code: str = "TST1-1-24", *, programme_code: str = "STP", blocks: Iterable[dict[str, Any]] | None = None
) -> Curriculum:
    """A small published curriculum: S-C1 with 3 activities, all known, and S-X1, which is incomplete.

    `blocks` replaces that: each a dict of Block fields with `modules`, each a dict of Module fields with `activities`
    (how many are known, or a list of numbers) and optionally `options` (lists of codes).
    """
    row = Curriculum.objects.create(
        code=code,
        programme=programme(programme_code),
        specialty="Test Science",
        start_year=2024,
        credits=180,
        status=Curriculum.Status.PUBLISHED,
    )
    for position, block in enumerate(blocks or SMALL, start=1):
        _block(row, position, dict(block))
    return row


KNOWN: dict[str, Any] = {"activities_complete": True, "cbd": 0, "observed": 0}
SMALL: list[dict[str, Any]] = [
    {
        "title": "Foundations",
        "credits": 20,
        "modules": [{"code": "S-C1", "credits": 20, "kind": "core", "activities": 3, **KNOWN}],
    },
    {
        "title": "Specialist",
        "phase": 2,
        "credits": 160,
        "modules": [
            {"code": "S-X1", "credits": 160, "kind": "specialist", "activities": [1], "expected_activities": 4}
        ],
    },
]


def _block(row: Curriculum, position: int, fields: dict[str, Any]) -> None:
    wanted, options = fields.pop("modules"), fields.pop("options", [])
    block = Block.objects.create(curriculum=row, position=position, **fields)
    for place, module in enumerate(wanted, start=1):
        module = {"title": f"Module {module['code']}", **module}
        known = module.pop("activities", 0)
        made = Module.objects.create(curriculum=row, block=block, position=place, **module)
        for number in range(1, known + 1) if isinstance(known, int) else known:
            TrainingActivity.objects.create(
                module=made, number=number, type="DTA", title=f"Task {number} of {made.code}"
            )
    for place, codes in enumerate(options, start=1):
        option = Option.objects.create(block=block, position=place)
        option.modules.set(Module.objects.filter(block=block, code__in=codes))


def portfolio(trainee: User | None = None, of: Curriculum | None = None, **fields: Any) -> Portfolio:
    """An open portfolio, begun a year ago."""
    of = of or Curriculum.objects.filter(code="TST1-1-24").first() or curriculum()
    return Portfolio.objects.create(
        trainee=trainee or person("Priya Raman"),
        curriculum=of,
        programme=of.programme,
        **{"cohort_year": 2024, "starts_on": today() - timedelta(days=365), **fields},
    )


def organisation(name: str = "Northmoor Hospitals") -> Organisation:
    return Organisation.objects.get_or_create(name=name, defaults={"mail_domains": "northmoor.example.org"})[0]


def role(
    of: Portfolio, user: User, kind: str = RoleKind.ASSESSOR, *, since: int = -100, until: int | None = None
) -> Role:
    """A role from `since` to `until`, in days from today."""
    return Role.objects.create(
        portfolio=of,
        user=user,
        kind=kind,
        starts_on=today() + timedelta(days=since),
        ends_on=None if until is None else today() + timedelta(days=until),
    )


def administration(
    user: User, *, code: str = "STP", cohort: int | None = None, until: int | None = None
) -> Administration:
    return Administration.objects.create(
        user=user,
        programme=programme(code),
        cohort_year=cohort,
        starts_on=today() - timedelta(days=100),
        ends_on=None if until is None else today() + timedelta(days=until),
    )


def activity(of: Portfolio, code: str = "S-C1", number: int = 1) -> Activity:
    """The activity of that number: its row, or an unsaved one that is not started."""
    rows = Activity.objects.select_related("module", "portfolio")
    found = rows.filter(portfolio=of, module__code=code, number=number).first()
    return found or Activity(
        portfolio=of, module=Module.objects.get(curriculum=of.curriculum_id, code=code), number=number
    )


def page(
    of: Portfolio, title: str = "What I did", body: str = "I did it, and this is what I learnt.", **fields: Any
) -> Evidence:
    """A saved page of evidence."""
    typed = writing.Page(
        title=title,
        body=body,
        happened_on=fields.pop("happened_on", today() - timedelta(days=10)),
        kind=fields.pop("kind", EvidenceKind.REFLECTION),
    )
    row = writing.keep(of, typed, by=of.trainee)
    writing.save(row, by=of.trainee)
    return row


def change(evidence: Evidence, *, save: bool = True, **fields: Any) -> Evidence:
    """Edit a page, and save it unless told otherwise."""
    evidence.refresh_from_db()
    typed = writing.Page(**{name: fields.get(name, getattr(evidence, name)) for name in writing.FIELDS})
    row = writing.keep(evidence.portfolio, typed, by=evidence.portfolio.trainee, evidence=evidence)
    if save:
        writing.save(row, by=evidence.portfolio.trainee)
    return row


def attachment(evidence: Evidence, name: str = "notes.pdf", content: bytes = PDF, *, save: bool = True) -> Attachment:
    """A file on a page, saved with it unless told otherwise."""
    stored = files.store(SimpleUploadedFile(name, content))
    row = writing.attach(evidence, stored, name, by=evidence.portfolio.trainee)
    if save:
        writing.save(evidence, by=evidence.portfolio.trainee)
    return row


def drafted(of: Portfolio, code: str = "S-C1", number: int = 1, *, evidence: Evidence | None = None) -> Activity:
    """An activity in Draft: one page is linked to it."""
    evidence = evidence or page(of, f"Page for {code} {number}")
    given = LinkTo(evidence, f"Shows how I did {code} {number}.")
    perform("link", activity(of, code, number), by=of.trainee, given=given)
    return activity(of, code, number)


def submit(assessor: User, *activities: Activity) -> list[Item]:
    """Submit these together, each with all its pages; the undecided items."""
    pages = {row.pk: [revision.pk for revision in newest_revisions(row)] for row in activities}
    perform(
        "submit", list(activities), by=activities[0].portfolio.trainee, given=Submit(assessor, pages, declared=True)
    )
    return [Item.objects.get(activity=row, state=ItemState.UNDECIDED) for row in activities]


def in_review(of: Portfolio, assessor: User, code: str = "S-C1", number: int = 1) -> Item:
    """An activity in review, from nothing."""
    return submit(assessor, drafted(of, code, number))[0]


def decide(item: Item, outcome: str = "sign off", *, feedback: str = "") -> Activity:
    """The assessor's decision, by whoever the item is with."""
    assessor = item.submission.addressees.get(until=None).assessor
    perform(outcome, item.activity, by=assessor, seen=item.digest, reason=feedback)
    return activity(item.activity.portfolio, item.activity.module.code, item.activity.number)


def signed_off(of: Portfolio, assessor: User, code: str = "S-C1", number: int = 1) -> Activity:
    """An activity signed off, from nothing."""
    return decide(in_review(of, assessor, code, number))


def returned(of: Portfolio, assessor: User, code: str = "S-C1", number: int = 1) -> Activity:
    """An activity returned with feedback, from nothing."""
    return decide(in_review(of, assessor, code, number), "return", feedback="Add the action plan.")


def redirected(item: Item, to: User) -> None:
    perform("redirect", item.activity, by=item.submission.portfolio.trainee, given=Redirect(to))


def confirmed(of: Portfolio, officer: User, code: str, **numbers: int) -> None:
    """The officer confirms what the curriculum does not know of a module."""
    given = Confirm(source="The Library's page", read_on=today(), **numbers)
    perform("confirm requirements", ModuleOf.read(of, code), by=officer, given=given)


def module_signed_off(of: Portfolio, officer: User, code: str = "S-C1") -> None:
    """The officer signs a module that is ready."""
    subject = ModuleOf.read(of, code)
    perform("sign off module", subject, by=officer, seen=modules.shown(subject))


# --- placements and the journal -----------------------------------------------------------------------------------


def plan(of: Portfolio, supervisor: User | None = None, codes: Iterable[str] = ("S-X1",), **fields: Any) -> Plan:
    """An elective in these modules, from `since` to `until` in days from today, or otherwise as `fields` say."""
    since, until = fields.pop("since", -20), fields.pop("until", 20)
    found = Module.objects.filter(curriculum=of.curriculum_id, code__in=codes)
    return Plan(
        **{
            "kind": PlacementKind.ELECTIVE,
            "title": "Three weeks in imaging",
            "starts_on": today() + timedelta(days=since),
            "ends_on": today() + timedelta(days=until),
            "modules": tuple(found),
            "supervisor": supervisor,
            "aims": "See how images are stored and found again.",
            **fields,
        }
    )


def planned(
    of: Portfolio, supervisor: User | None = None, codes: Iterable[str] = ("S-X1",), **fields: Any
) -> Placement:
    """A placement that its trainee planned."""
    given = plan(of, supervisor, codes, **fields)
    move = perform("plan placement", Placement(portfolio=of), by=of.trainee, given=given)
    return Placement.objects.get(pk=move.subject.pk)


def placed(
    of: Portfolio, officer: User, supervisor: User | None = None, codes: Iterable[str] = ("S-X1",), **fields: Any
) -> Placement:
    """A placement that the officer confirmed: its supervisor has their role."""
    return confirm(planned(of, supervisor, codes, **fields), officer)


def confirm(placement: Placement, officer: User) -> Placement:
    perform("confirm placement", placement, by=officer, seen=placement.seen)
    return Placement.objects.get(pk=placement.pk)


def reflected(placement: Placement, **answers: str) -> Placement:
    """A placement that is closed with a reflection."""
    given = Reflect(answers or {"did": "I followed an image from the scanner to the archive."})
    perform("close placement", placement, by=placement.portfolio.trainee, given=given)
    return Placement.objects.get(pk=placement.pk)


def note(
    of: Portfolio, happened: str = "A long meeting about names.", thought: str = "Names are data.", **fields: Any
) -> JournalNote:
    """A note in the trainee's journal."""
    typed = journal.Note(fields.pop("dated", today() - timedelta(days=3)), happened, thought)
    return journal.keep(of, typed, by=of.trainee)
