"""Plain builders, each with sensible defaults. States are reached by taking the steps, never by writing them."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import count
from typing import Any
from unittest.mock import patch

from django.contrib.auth.models import AnonymousUser
from django.core import mail as django_mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.chain import append
from curriculum.models import (
    Block,
    Criterion,
    Curriculum,
    MarkForm,
    Module,
    Option,
    Programme,
    Question,
    Rules,
    TrainingActivity,
)
from curriculum.structure import INSTANCE
from outbox.models import Mail
from portfolio import files, mail
from portfolio.intake.reading import Entry as IntakeRow
from portfolio.intake.sheets import Sheet
from portfolio.intake.taking import keep as keep_intake
from portfolio.mail import Letter, Telling
from portfolio.manifest import option_digest, result_digest
from portfolio.models import (
    Activity,
    Administration,
    Assessment,
    Attachment,
    Comment,
    Evidence,
    Goal,
    GoalReview,
    Intake,
    Item,
    JournalNote,
    Lending,
    Nomination,
    Organisation,
    Placement,
    Portfolio,
    Role,
    SignedElsewhere,
    SignLink,
    Snippet,
    UniversityResult,
)
from portfolio.models.signing import Way
from portfolio.states import (
    ElsewhereKind,
    EvidenceKind,
    GoalOutcome,
    ItemState,
    PlacementKind,
    RespondentGroup,
    ResultState,
    RoleKind,
)
from portfolio.workflow import (
    AskFor,
    AssessmentElsewhere,
    BlockOf,
    CommentOn,
    Complete,
    Confirm,
    Correct,
    Entry,
    LinkTo,
    ModuleOf,
    Nominee,
    Plan,
    PlanPlacement,
    RecordResult,
    Redirect,
    Reflect,
    ResultOf,
    Reviewed,
    ReviewOf,
    RoundOf,
    Submit,
    TakeOption,
    TimeOf,
    Wrote,
    elsewhere,
    journal,
    modules,
    perform,
    perform_all,
    snippets,
    writing,
)
from portfolio.workflow import reviews as meetings
from portfolio.workflow.activities import newest_revisions
from portfolio.workflow.assessments import marking
from portfolio.workflow.assessments.deciding import other_kind
from portfolio.workflow.feedback import Invite, Release, Respondent, Withdraw, answering
from portfolio.workflow.feedback.answering import Said
from portfolio.workflow.goals import STEP_OF
from portfolio.workflow.goals import writing as goal_writing
from portfolio.workflow.one_off import codes as sign_codes
from portfolio.workflow.one_off.devices import OnDevice
from portfolio.workflow.one_off.links import ByLink
from portfolio.workflow.one_off.proofs import Proof
from portfolio.workflow.placements.planning import planned_seen
from portfolio.workflow.placements.reflecting import reflection_seen
from portfolio.workflow.training_time import Away, Works

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
        add_block(row, position, dict(block))
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


def add_block(row: Curriculum, position: int, fields: dict[str, Any]) -> None:
    """One more block, told as in `curriculum`."""
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


def appointments_told() -> None:
    """The instance's chain tells of each role and administration, as it does where people give and end them."""
    with transaction.atomic():
        for row in Role.objects.select_related("portfolio").order_by("pk"):
            append(INSTANCE, "role given", by=None, data=row.facts)
        for one in Administration.objects.select_related("programme").order_by("pk"):
            append(INSTANCE, "administration given", by=None, data=one.facts)


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


def asked_since(item: Item, days: int) -> Item:
    """The same item, as if its assessor had been asked so many days ago; it was due after 14."""
    now = item.submission.addressees.filter(until=None)
    now.update(since=timezone.now() - timedelta(days=days), due_on=today() + timedelta(days=14 - days))
    return item


def nominee(name: str = "Grace Hall", address: str = "grace.hall@example.org", **fields: str) -> Nominee:
    """Somebody new, as a trainee types them."""
    return Nominee(name, address, **fields)


def nominated(of: Portfolio, number: int = 1, *, who: Nominee | None = None, code: str = "S-C1") -> Nomination:
    """An activity in review with nobody: somebody new is named, and the officer has not answered."""
    activity = drafted(of, code, number)
    pages = {activity.pk: [revision.pk for revision in newest_revisions(activity)]}
    perform("submit", activity, by=of.trainee, given=Submit(None, pages, declared=True, nominee=who or nominee()))
    return Nomination.objects.get(submission__items__activity=activity, until=None)


def approved(row: Nomination, by: User) -> Nomination:
    perform("approve nomination", row, by=by)
    return Nomination.objects.get(pk=row.pk)


def declined(row: Nomination, by: User, *, reason: str = "We do not know them.") -> Nomination:
    perform("decline nomination", row, by=by, reason=reason)
    return Nomination.objects.get(pk=row.pk)


def mailed(to: str) -> str:
    """The newest mail to this address, whether it has left or not."""
    waiting = [row for row in Mail.objects.order_by("-pk") if row.to == to]
    if waiting and waiting[0].text:
        return waiting[0].text
    return next(str(one.body) for one in reversed(django_mail.outbox) if one.to == [to])


def linked(
    of: Portfolio, officer: User, number: int = 1, *, who: Nominee | None = None, code: str = "S-C1"
) -> tuple[Item, str]:
    """Somebody without an account is asked: what they are to decide, and the token of their link."""
    row = approved(nominated(of, number, who=who, code=code), officer)
    assert row.submission is not None
    return row.submission.items.get(), token_of(row)


def token_of(row: Nomination) -> str:
    """The key of the link that was mailed to somebody who was approved."""
    found = re.search(r"/sign/([^/\s]+)/", mailed(row.answer.assessor.email))
    assert found is not None
    return found[1]


def coded(to: str = "grace.hall@example.org") -> str:
    """The code of the newest mail."""
    found = re.search(r"Your code is (\d{6})", mailed(to))
    assert found is not None
    return found[1]


def decided_by_link(item: Item) -> None:
    """Whoever was sent a link for this proves their mailbox and signs."""
    link = SignLink.objects.get(addressee__submission=item.submission)
    sign_codes.send_code(link)
    given = ByLink(sign_codes.prove(link, coded(link.address)).pk)
    perform("sign off", item.activity, by=link.asking.assessor, seen=item.digest, given=given)


def lent(item: Item) -> Lending:
    """Its trainee hands their device over to whoever this is with."""
    perform("lend device", item.activity, by=item.submission.portfolio.trainee)
    return Lending.objects.get(addressee__submission=item.submission, ended_at=None)


def decided_on_device(item: Item) -> None:
    """Whoever this is with proves their mailbox on the device of its trainee and signs."""
    lending = lent(item)
    sign_codes.send_code(lending)
    given = OnDevice(sign_codes.prove(lending, coded(lending.address)).pk)
    perform("sign off", item.activity, by=lending.asking.assessor, seen=item.digest, given=given)


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


def commented(
    of: Item | Activity | Assessment, by: User, text: str = "Well argued.", *, to: Comment | None = None
) -> Comment:
    """A comment on a decision or an outcome, or an answer to one."""
    decided = of.items.get(state=ItemState.DECIDED) if isinstance(of, Activity) else of
    perform("comment", CommentOn(decided), by=by, given=Wrote(text, to.cid if to else ""))
    rows = Comment.objects.select_related("item__submission", "item__activity__module", "assessment__module")
    return rows.latest("pk")


def comment_withdrawn(row: Comment) -> Comment:
    """By whoever wrote it."""
    perform("withdraw comment", CommentOn(row.of, row), by=row.signer)
    return Comment.objects.get(pk=row.pk)


def snippet(by: User, text: str = "Clear account. Next time say what you would do differently.") -> Snippet:
    """A text that somebody keeps for feedback."""
    return snippets.add(text, by=by)


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


def goal(of: Portfolio, title: str = "Chair a meeting", *, actions: Iterable[str] = (), **fields: Any) -> Goal:
    """An open goal, with an action for each of these words, due in a month."""
    text = goal_writing.GoalText(
        title=title,
        why=fields.pop("why", ""),
        criteria=fields.pop("criteria", "Two people say that it went well."),
        target_on=fields.pop("target_on", today() + timedelta(days=90)),
    )
    due_on = fields.pop("due_on", today() + timedelta(days=30))
    typed = [goal_writing.ActionText(what, due_on) for what in actions]
    return goal_writing.set_goal(of, text, typed, by=of.trainee)


def reviewed(
    goal: Goal, outcome: str = GoalOutcome.GOING_WELL, *, by: User | None = None, happened: str = "I chaired one."
) -> GoalReview:
    """A review of the goal, by its trainee unless told otherwise."""
    given = Reviewed("Chair another.", outcome)
    perform(STEP_OF[outcome], goal, by=by or goal.portfolio.trainee, reason=happened, given=given)
    goal.refresh_from_db()
    return goal.reviews.latest("audit_seq")


# --- what the university, the trainee's choice and other systems say ----------------------------------------------


def result_of(of: Portfolio, code: str = "", award: str = "") -> ResultOf:
    """The result of a module, or of an award."""
    return ResultOf(of, ModuleOf.read(of, code).facts if code else None, award)


def result(
    of: Portfolio, by: User, code: str = "", *, award: str = "", says: str = ResultState.PASSED, reason: str = ""
) -> UniversityResult:
    """The officer records what the university says, or corrects it."""
    subject = result_of(of, code, award)
    newest = subject.newest
    given = RecordResult(says, today() - timedelta(days=3), "The university's transcript")
    step, seen = ("correct result", result_digest(newest)) if newest else ("record result", "")
    perform(step, subject, by=by, reason=reason, seen=seen, given=given)
    return UniversityResult.objects.latest("pk")


def block_of(of: Portfolio, code: str) -> BlockOf:
    """The block in which this module is."""
    subject = ModuleOf.read(of, code)
    return BlockOf(of, subject.record.structure.block(subject.facts))


def option_taken(of: Portfolio, code: str, *, reason: str = "") -> BlockOf:
    """The trainee takes the option that this module is in."""
    subject = block_of(of, code)
    at = next(at for at, codes in enumerate(subject.block.options) if code in codes)
    perform("take option", subject, by=of.trainee, reason=reason, given=TakeOption(at))
    return subject


def option_confirmed(of: Portfolio, by: User, code: str, *, reason: str = "") -> None:
    """The officer confirms the option that this module is in; the trainee takes it first, unless they have."""
    subject = block_of(of, code)
    if subject.newest is None or reason:
        subject = option_taken(of, code, reason=reason)
    assert subject.newest is not None
    perform("confirm option", subject, by=by, seen=option_digest(subject.newest))


def option_refused(of: Portfolio, by: User, code: str, *, why: str = "Nobody here supervises it.") -> None:
    """The officer refuses what the trainee took last in the block of this module."""
    subject = block_of(of, code)
    assert subject.newest is not None
    perform("refuse option", subject, by=by, reason=why, seen=option_digest(subject.newest))


def entry(code: str = "S-C1", number: int | None = 1, **fields: Any) -> Entry:
    """Something that another system has signed: an activity, or with `kind` an assessment."""
    kind = fields.pop("kind", ElsewhereKind.ACTIVITY)
    told = {
        "title": f"What was done for {code}"
        if kind == ElsewhereKind.ACTIVITY
        else f"What was done for {code} as {kind}",
        "system": "The old portfolio",
        "signed_on": today() - timedelta(days=200),
        "signed_by": "Lena Voss, Consultant",
        "note": "Seen on the screen of the old portfolio.",
    }
    return Entry(code, kind, number if kind == ElsewhereKind.ACTIVITY else None, **{**told, **fields})


def signed_elsewhere(of: Portfolio, by: User, *entries: Entry) -> SignedElsewhere:
    """The officer records these; the last of them."""
    perform_all(elsewhere.asks(of, entries or [entry()]), by=by)
    return SignedElsewhere.objects.latest("pk")


def elsewhere_voided(row: SignedElsewhere, by: User) -> None:
    """The record is taken back."""
    if row.kind == ElsewhereKind.ACTIVITY:
        perform("void elsewhere", elsewhere.activity_of(row), by=by, reason="The proof did not hold.")
    else:
        subject = AssessmentElsewhere(row.portfolio, row=row)
        perform("void assessment elsewhere", subject, by=by, reason="The proof did not hold.")


# --- reviews, working time and leave ------------------------------------------------------------------------------

REVIEW_RULES: dict[str, Any] = {
    "review_points": [
        {"name": "Check-in", "due": {"year": 1, "month": 3, "day": 31}, "requires": [{"meeting": True}]},
        {
            "name": "Second review",
            "due": {"year": 2, "month": 9, "day": 30},
            "window_opens": {"year": 2, "month": 9, "day": 1},
            "requires": [
                {"meeting": True},
                {"any_of": [[{"module": "S-C1", "percent": 100}], [{"overall": 60}, {"award": "A prize"}]]},
            ],
        },
    ],
}


def with_rules(of: Portfolio, content: dict[str, Any] | None = None) -> Portfolio:
    """The same portfolio, whose curriculum now has these rules."""
    rules = Rules.objects.create(name=f"rules {next(_number)}", content=content or REVIEW_RULES)
    Curriculum.objects.filter(pk=of.curriculum_id).update(rules=rules)
    return Portfolio.objects.get(pk=of.pk)


def training_time(of: Portfolio, by: User, *given: Works | Away) -> None:
    for one in given:
        perform("record training time", TimeOf(of), by=by, given=one)


def review_planned(of: Portfolio, by: User, number: int = 1, *, on: date | None = None) -> ReviewOf:
    """The meeting of this review point is planned, for yesterday unless said."""
    subject = ReviewOf.read(of, number)
    perform("plan review", subject, by=by, given=meetings.Plan(on or today() - timedelta(days=1)))
    return ReviewOf.read(of, number)


def review_signed(of: Portfolio, number: int = 1, *, trainee: bool = True, officer: User | None = None) -> ReviewOf:
    """Planned unless it is, and signed by the trainee, the officer or both."""
    subject = ReviewOf.read(of, number)
    if subject.meeting is None:
        review_planned(of, officer or of.trainee, number)
    for by, name in ((of.trainee if trainee else None, "trainee"), (officer, "officer")):
        if by is not None:
            subject = ReviewOf.read(of, number)
            perform(f"sign review as {name}", subject, by=by, seen=meetings.shown(subject))
    return ReviewOf.read(of, number)


def agreed_action(of: Portfolio, by: User, what: str, side: str, *, number: int = 1, days: int = 30) -> int:
    """An action of a planned meeting, due in so many days; its id."""
    given = meetings.Agree(what, side, today() + timedelta(days=days))
    perform("agree action", ReviewOf.read(of, number), by=by, given=given)
    meeting = ReviewOf.read(of, number).meeting
    assert meeting is not None
    return int(meeting.actions.order_by("-pk")[0].pk)


# --- multi-source feedback ----------------------------------------------------------------------------------------

RULES: dict[str, Any] = {
    "multi_source_feedback": [{"round": "mid-training", "month": 18}, {"round": "end of training", "month": 30}],
    "portfolio": {"both_dops_and_oce": False},
    "review_points": [],
}
FEEDBACK_SCALE = ("Seldom", "Often", "Always")
QUESTIONS = (("rating", "Listens"), ("rating", "Asks for help"), ("text", "What goes well?"))


def questionnaire(of: Portfolio, *further: str) -> None:
    """Two ratings and a free text for the programme, and rules that ask for two rounds, and for further ones."""
    curriculum = Curriculum.objects.select_related("rules").get(pk=of.curriculum_id)
    kept = curriculum.rules.content if curriculum.rules else {}
    if "multi_source_feedback" not in kept:
        rounds = [*RULES["multi_source_feedback"], *({"round": name, "month": 36} for name in further)]
        content = {**RULES, **kept, "multi_source_feedback": rounds}
        curriculum.rules = Rules.objects.create(name=f"rules {next(_number)}", content=content)
        curriculum.save(update_fields=["rules"])
    of.curriculum.rules = curriculum.rules
    if not of.programme.questions.exists():
        for at, (kind, text) in enumerate(QUESTIONS, start=1):
            scale = "\n".join(FEEDBACK_SCALE) if kind == "rating" else ""
            Question.objects.create(programme=of.programme, position=at, kind=kind, text=text, scale=scale)


def feedback_round(of: Portfolio, name: str = "mid-training") -> RoundOf:
    """An open round that has asked nobody yet."""
    questionnaire(of)
    perform("open feedback", RoundOf.read(of, name), by=of.trainee)
    return RoundOf.read(of, name)


def invited(subject: RoundOf, count: int = 8, *, first: int = 1) -> dict[str, str]:
    """So many people are asked; the token of each by their address."""
    groups = [group.value for group in RespondentGroup]
    people = [Respondent(f"colleague{at}@ward.example.org", groups[at % 4]) for at in range(first, first + count)]
    return tokens(lambda: perform("invite respondents", subject, by=subject.portfolio.trainee, given=Invite(people)))


def invitation_withdrawn(subject: RoundOf, address: str) -> None:
    """The trainee takes the invitation of this address back."""
    given = Withdraw(subject.opened.invitations.get(address=address).pk)
    perform("withdraw invitation", subject, by=subject.portfolio.trainee, given=given)


def tokens(step: Callable[[], object]) -> dict[str, str]:
    """The tokens that a step would mail, by address."""
    told: list[Letter] = []

    def post(telling: Iterable[Telling]) -> None:
        told.extend(letter for one in telling for letter in one.letters())

    with patch.object(mail, "post", post):
        step()
    return {one.to.email: re.findall(r"/feedback/([^/]+)/", one.body)[0] for one in told}


def answered(token: str, *ratings: int | None, text: str = "") -> None:
    """One respondent answers; by default with the highest rating to both questions."""
    said = [Said(rating=rating) for rating in (ratings or (3, 3))]
    answering.answer(token, [*said, Said(text=text)], by=AnonymousUser())


def feedback_closed(of: Portfolio, *, answers: int = 8, name: str = "mid-training") -> RoundOf:
    """A round that was closed, with so many answers of ten people."""
    subject = feedback_round(of, name)
    for at, token in enumerate(list(invited(subject, max(10, answers)).values())[:answers], start=1):
        answered(token, 1 + at % 3, None if at % 2 else 2, text=f"Remark {at}.")
    perform("close feedback", subject, by=of.trainee)
    return RoundOf.read(of, name)


def feedback_released(of: Portfolio, officer: User, *, name: str = "mid-training") -> RoundOf:
    """A round whose report the trainee may read."""
    feedback_closed(of, name=name)
    return feedback_discussed(of, officer, name=name)


def feedback_discussed(of: Portfolio, officer: User, *, name: str = "mid-training") -> RoundOf:
    """The officer talks about the report of a closed round."""
    subject = RoundOf.read(of, name)
    given = Release(today(), "More talks in public.")
    perform("release feedback", subject, by=officer, seen=subject.opened.closing.digest, given=given)
    return RoundOf.read(of, name)


# --- work-based assessments ---------------------------------------------------------------------------------------

SCALE = "Below expectations\nMeets expectations\nAbove expectations\nNot observed"
ASSESSED = {"activities_complete": True, "cbd": 2, "observed": 3}
WITH_ASSESSMENTS: list[dict[str, Any]] = [
    {
        "title": "Practice",
        "credits": 180,
        "modules": [{"code": "S-A1", "credits": 180, "kind": "specialist", "activities": 0, **ASSESSED}],
    }
]


def mark_forms(of: Programme) -> None:
    """A form of each kind with two criteria."""
    for kind in MarkForm.Kind.values:
        form = MarkForm.objects.get_or_create(programme=of, kind=kind, defaults={"scale": SCALE})[0]
        for position, text in enumerate(("Prepares", "Explains"), start=1):
            Criterion.objects.get_or_create(form=form, position=position, defaults={"text": f"{text} ({kind})"})


def plan(kind: str = "DOPS", title: str = "", **fields: Any) -> Plan:
    """What a trainee says of an attempt. Each has a title and a case of its own unless told otherwise."""
    number = next(_number)
    case = f"Case {number}" if kind == "CBD" else ""
    given = {
        "title": title or f"Taking sample {number}",
        "what": "I take the sample and explain it.",
        "happens_on": today() - timedelta(days=3),
        "where": "The outpatient clinic",
        "case_reference": case,
    }
    return Plan(kind=kind, **given | fields)


def slot(of: Portfolio, code: str = "S-A1") -> Assessment:
    """An open slot of a module: a record that is not there yet."""
    return Assessment(portfolio=of, module=Module.objects.get(curriculum=of.curriculum_id, code=code))


def planned(of: Portfolio, kind: str = "DOPS", title: str = "", code: str = "S-A1", **fields: Any) -> Assessment:
    """An assessment that is planned."""
    move = perform("plan", slot(of, code), by=of.trainee, given=plan(kind, title, **fields))
    return assessment(move.subject)


def assessment(row: Assessment) -> Assessment:
    """The same as it stands now."""
    return Assessment.objects.select_related("portfolio__trainee", "portfolio__curriculum", "module").get(pk=row.pk)


def asked(of: Portfolio, assessor: User, kind: str = "DOPS", title: str = "", **fields: Any) -> Assessment:
    """An assessment with an assessor, from nothing."""
    row = planned(of, kind, title, **fields)
    perform("ask", row, by=of.trainee, given=AskFor(assessor, declared=True))
    return assessment(row)


def complete(row: Assessment, outcome: str = "satisfactory", **fields: Any) -> Assessment:
    """The assessor's mark form, by whoever it is with."""
    assessor = row.addressees.get(until=None).assessor
    perform("complete", row, by=assessor, seen=seen_of(row), given=completed(row, outcome, **fields))
    return assessment(row)


def completed(row: Assessment, outcome: str = "satisfactory", **fields: Any) -> Complete:
    """A mark form filled in."""
    words = {"strengths": "Calm and clear.", "to_develop": "Label before leaving.", "action": "Do it again in May."}
    return Complete(outcome=outcome, marks=marks_of(row), standing=True, **words | fields)


def marks_of(row: Assessment, kind: str = "") -> dict[int, str]:
    form = marking.criteria(row, kind)
    return dict.fromkeys(range(len(form.texts)), form.scale[1] if form.scale else "")


def corrected(row: Assessment) -> Assessment:
    """The assessor who decided puts right which of the observed kinds it is."""
    kind = "OCE" if row.kind == "DOPS" else "DOPS"
    given = Correct(marks_of(row, kind))
    perform("correct the kind", row, by=row.decision.signer, seen=seen_of(row, kind), given=given)
    return assessment(row)


def seen_of(row: Assessment, kind: str = "") -> str:
    """The digest that the page shows; `kind`: of the page that corrects it to this one."""
    return marking.shown(row, marking.criteria(row, kind))


def assessed(of: Portfolio, assessor: User, outcome: str = "satisfactory", **fields: Any) -> Assessment:
    """An assessment with its outcome, from nothing."""
    return complete(asked(of, assessor, **fields), outcome)


def named_to_assess(of: Portfolio, *, who: Nominee | None = None, **fields: Any) -> Nomination:
    """An assessment with nobody: somebody new is named, and the officer has not answered."""
    row = planned(of, **fields)
    perform("ask", row, by=of.trainee, given=AskFor(None, declared=True, nominee=who or nominee()))
    return Nomination.objects.get(assessment=row, until=None)


def linked_to_assess(
    of: Portfolio, officer: User, *, who: Nominee | None = None, **fields: Any
) -> tuple[Assessment, str]:
    """Somebody without an account is asked to assess: the assessment, and the token of their link."""
    row = approved(named_to_assess(of, who=who, **fields), officer)
    assert row.assessment is not None
    return assessment(row.assessment), token_of(row)


def assessed_by_link(row: Assessment, *, corrected: bool = False) -> Assessment:
    """Whoever was sent a link for this proves their mailbox and completes the mark form, of the right kind at last."""
    link = SignLink.objects.get(assessment_addressee__assessment=row, assessment_addressee__until=None)
    sign_codes.send_code(link)
    return _assessed_by(row, link, ByLink(sign_codes.prove(link, coded(link.address)).pk), corrected)


def assessed_on_device(row: Assessment, *, corrected: bool = False) -> Assessment:
    """Whoever this is with proves their mailbox on the device of its trainee and completes the mark form."""
    perform("lend device", row, by=row.portfolio.trainee)
    lending = Lending.objects.get(assessment_addressee__assessment=row, ended_at=None)
    sign_codes.send_code(lending)
    return _assessed_by(row, lending, OnDevice(sign_codes.prove(lending, coded(lending.address)).pk), corrected)


def _assessed_by(row: Assessment, way: Way, proof: Proof, corrected: bool) -> Assessment:
    if corrected:
        seen = seen_of(row, other_kind(row.kind))
        perform("correct the kind", row, by=way.asking.assessor, seen=seen, given=Correct(proof=proof))
        row = assessment(row)
    given = completed(row, proof=proof)
    perform("complete", row, by=way.asking.assessor, seen=seen_of(row), given=given)
    return assessment(row)


def with_assessments(of: Portfolio) -> Portfolio:
    """The portfolio on a curriculum whose one module asks for 2 CBDs and 3 observed, with a mark form of each kind.

    On its own, where that has such a module.
    """
    if of.curriculum.modules.filter(code="S-A1").exists():
        return of
    made = Curriculum.objects.filter(code="TST5-1-24").first() or curriculum("TST5-1-24", blocks=WITH_ASSESSMENTS)
    Portfolio.objects.filter(pk=of.pk).update(curriculum=made)
    mark_forms(of.programme)
    return Portfolio.objects.select_related("trainee", "curriculum", "programme").get(pk=of.pk)


# --- a cohort ------------------------------------------------------------------------------------------------------

ADA = {"part": "trainee", "name": "Ada Moss", "email": "ada.moss@example.org", "curriculum": "TST1-1-24"}


def intake(by: User, *rows: dict[str, Any], name: str = "cohort.csv") -> Intake:
    """A table of people that waits for its confirmation; by default with one trainee."""
    told = rows or ({**ADA, "cohort": 2024, "starts_on": date(2024, 9, 3)},)
    read = [IntakeRow(line=line, **row) for line, row in enumerate(told, start=2)]
    return keep_intake(read, Sheet((), "0" * 64), name, by=by)


# --- placements and the journal -----------------------------------------------------------------------------------


def placement_plan(
    of: Portfolio, supervisor: User | None = None, codes: Iterable[str] = ("S-X1",), **fields: Any
) -> PlanPlacement:
    """An elective in these modules, from `since` to `until` in days from today, or otherwise as `fields` say."""
    since, until = fields.pop("since", -20), fields.pop("until", 20)
    found = Module.objects.filter(curriculum=of.curriculum_id, code__in=codes)
    return PlanPlacement(
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


def placement_planned(
    of: Portfolio, supervisor: User | None = None, codes: Iterable[str] = ("S-X1",), **fields: Any
) -> Placement:
    """A placement that its trainee planned."""
    given = placement_plan(of, supervisor, codes, **fields)
    move = perform("plan placement", Placement(portfolio=of), by=of.trainee, given=given)
    return Placement.objects.get(pk=move.subject.pk)


def placed(
    of: Portfolio, officer: User, supervisor: User | None = None, codes: Iterable[str] = ("S-X1",), **fields: Any
) -> Placement:
    """A placement that the officer confirmed: its supervisor has their role."""
    return placement_confirmed(placement_planned(of, supervisor, codes, **fields), officer)


def placement_confirmed(placement: Placement, officer: User) -> Placement:
    perform("confirm placement", placement, by=officer, seen=placement.seen)
    return Placement.objects.get(pk=placement.pk)


def replanned(placement: Placement, given: PlanPlacement) -> Placement:
    """A placement whose plan its trainee changed, as they saw it."""
    row = Placement.objects.get(pk=placement.pk)
    perform("plan placement", row, by=placement.portfolio.trainee, given=given, seen=planned_seen(row))
    return Placement.objects.get(pk=placement.pk)


def reflected(placement: Placement, **answers: str) -> Placement:
    """A placement that is closed with a reflection."""
    given = Reflect(answers or {"did": "I followed an image from the scanner to the archive."})
    row = Placement.objects.get(pk=placement.pk)
    perform("close placement", row, by=placement.portfolio.trainee, given=given, seen=reflection_seen(row))
    return Placement.objects.get(pk=placement.pk)


def note(
    of: Portfolio, happened: str = "A long meeting about names.", thought: str = "Names are data.", **fields: Any
) -> JournalNote:
    """A note in the trainee's journal."""
    typed = journal.Note(fields.pop("dated", today() - timedelta(days=3)), happened, thought)
    return journal.keep(of, typed, by=of.trainee)
