"""Every page that lists rows, with as many as it may really have, and very long words in all of them.

The rows are written in bulk, as the seeding writes them: how a list looks is asked here, not whether its record agrees.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from curriculum.models import Curriculum, Module
from portfolio.cohort import summaries
from portfolio.management.seeding.writing import write
from portfolio.manifest import DECLARATION
from portfolio.models import (
    Activity,
    Addressee,
    Assessment,
    Decision,
    Evidence,
    Goal,
    Interruption,
    Item,
    JournalNote,
    Link,
    Nomination,
    Placement,
    Portfolio,
    ReviewAction,
    Revision,
    Role,
    ScheduledActivity,
    SignedElsewhere,
    Snippet,
    Submission,
)
from portfolio.states import (
    ActivityState,
    AssessmentState,
    EvidenceKind,
    GoalState,
    ItemState,
    LeaveKind,
    Outcome,
    PlacementState,
    RoleKind,
    Side,
)
from portfolio.workflow.snippets import MOST_SNIPPETS
from tests import make
from tests.cast import Cast
from tests.look.kinds import LONG, WORDS, Kind

MANY = 300
TWENTY = 20
TITLE = f"{WORDS[:60]}{LONG[:120]}"
MODULES = [
    {"code": f"S-F{at}", "title": f"{at} {LONG[:60]}", "credits": 12, "kind": "specialist", "activities": TWENTY}
    for at in range(1, 16)
]
BLOCKS = [{"title": WORDS.strip(), "phase": 2, "credits": 180, "modules": [{**one, **make.KNOWN} for one in MODULES]}]
SOMEBODY = {"role_kind": RoleKind.ASSESSOR, "audit_seq": 0}
POINTS = [
    {"name": f"Review {at} {WORDS[:70]}", "due": {"year": 1 + at // 2, "month": 1 + at, "day": 28}}
    | {"requires": [{"meeting": True}, {"module": "S-F1", "percent": 50}, {"overall": 10 * at}]}
    for at in range(8)
]


def trainee(cast: Cast) -> list[Kind]:
    """Whoever has 300 of everything, the half of it returned and the other half still drafted."""
    me = make.person(f"Mina {LONG[:120]}")
    of = make.portfolio(me, make.curriculum("FUL1-1-24", blocks=BLOCKS))
    make.with_rules(of, {**make.RULES, "review_points": POINTS})
    make.role(of, cast.officer, RoleKind.OFFICER)
    make.role(of, cast.assessor)
    pages = _pages(of)
    activities = _activities(of, ActivityState.RETURNED, ActivityState.DRAFT)
    _links(activities, pages)
    _decided(cast.assessor, activities[::2])
    module = activities[0].module
    _people(of)
    _named(of, cast.assessor, activities[1])
    today = make.today()
    write([_note(of, at) for at in range(MANY)])
    write([_goal(of, at) for at in range(MANY)])
    write([_placement(of, cast.assessor, at) for at in range(TWENTY)])
    write([_planned(of, activities[at].module, at) for at in range(0, MANY, 5)])
    write([_leave(of, cast.officer, at) for at in range(TWENTY)])
    write([_scheduled(one, today) for one in activities])
    point = make.review_planned(of, cast.officer, 1)
    meeting = point.meeting
    write([ReviewAction(meeting=meeting, what=TITLE, side=Side.TRAINEE, by_when=today) for _ in range(TWENTY)])
    subject = make.feedback_round(of)
    for token in list(make.invited(subject, settings.FEEDBACK_MOST).values()):
        make.answered(token, text=f"{LONG} {WORDS}")
    make.questionnaire(of)
    sid = of.submissions.order_by("-pk").values_list("sid", flat=True)[0]
    goal = of.goals.order_by("pk")[0]

    def at(name: str, *args: object) -> str:
        return reverse(name, args=[of.ref, *args])

    return [
        Kind("progress", at("progress"), me),
        Kind("module", at("module", module.code), me),
        Kind("activity with many pages", at("activity", module.code, 1), me),
        Kind("evidence", at("evidence_list"), me),
        Kind("evidence, the last page", f"{at('evidence_list')}?page=12", me),
        Kind("page that shows many activities", at("evidence", pages[0].eid), me),
        Kind("page with many versions", at("evidence_history", pages[0].eid), me),
        Kind("submit", at("submit"), me),
        Kind("submissions", at("submissions"), me),
        Kind("submission", at("submission", sid), me),
        Kind("journal", at("journal"), me),
        Kind("goals", at("goals"), me),
        Kind("goal", at("goal", goal.gid), me),
        Kind("assessments", at("assessments"), me),
        Kind("placements", at("placements"), me),
        Kind("plan", at("plan"), me),
        Kind("plan a placement", at("placement_new"), me),
        Kind("people", at("people"), me),
        Kind("history", at("history"), me),
        Kind("reviews", at("reviews"), me),
        Kind("review", at("review_point", 1), me),
        Kind("leave", at("training_time"), cast.officer),
        Kind("respondents", at("feedback_round", 1), me),
        Kind("curriculum", reverse("curriculum", args=["FUL1-1-24"]), me),
        *_long_lists(cast, of.curriculum),
    ]


def _long_lists(cast: Cast, curriculum: Curriculum) -> list[Kind]:
    """Somebody with more placements, assessments and records of other systems than any plan could hold."""
    of = make.portfolio(make.person(f"Ada {LONG[:120]}"), curriculum)
    make.role(of, cast.officer, RoleKind.OFFICER)
    module = curriculum.modules.order_by("position")[0]
    write([_placement(of, cast.assessor, at) for at in range(MANY)])
    write([_planned(of, module, at) for at in range(MANY)])
    write([_elsewhere(of, module, cast.officer, at) for at in range(MANY)])
    lists = ("placements", "assessments", "elsewhere")
    return [Kind(f"very many {name}", reverse(name, args=[of.ref]), of.trainee) for name in lists]


def assessor(cast: Cast) -> list[Kind]:
    """300 items wait for one assessor, who decided 300, keeps as many snippets as there can be, and is talked to."""
    by = cast.assessor
    waiting = make.portfolio(make.person(f"Olu {LONG[:120]}"), make.curriculum("FUL2-1-24", blocks=BLOCKS))
    make.role(waiting, cast.officer, RoleKind.OFFICER)
    make.role(waiting, by)
    _waiting(by, _activities(waiting, ActivityState.IN_REVIEW))
    other = make.portfolio(make.person(f"Ife {LONG[:120]}"), waiting.curriculum)
    make.role(other, by)
    _decided(by, _activities(other, ActivityState.RETURNED))
    write([Snippet(owner=by, position=at, text=f"{WORDS}{LONG}") for at in range(MOST_SNIPPETS)])
    item = make.returned(cast.portfolio, by).items.get()
    for at in range(TWENTY + 10):
        first = make.commented(item, by, f"{at} {WORDS} {LONG}")
    for at in range(TWENTY):
        make.commented(item, cast.trainee, f"{at} {LONG}", to=first)
    asked = make.submit(by, *_drafted_together(waiting.curriculum, by))[0].submission
    return [
        Kind("queue", reverse("reviewing"), by),
        Kind("queue, the last page", f"{reverse('reviewing')}?page=12", by),
        Kind("decided", f"{reverse('reviewing')}?show=decided", by),
        Kind("decision on many items", reverse("review", args=[asked.sid]), by),
        Kind(
            "submission of many items",
            reverse("submission", args=[asked.portfolio.ref, asked.sid]),
            asked.portfolio.trainee,
        ),
        Kind("snippets", reverse("snippets"), by),
        Kind("comments", reverse("comments", args=[item.submission.sid, "S-C1", 1]), cast.trainee),
        Kind("comments, the last page", f"{reverse('comments', args=[item.submission.sid, 'S-C1', 1])}?page=2", by),
        Kind("submissions that wait", reverse("submissions", args=[waiting.ref]), waiting.trainee),
    ]


def cohort(cast: Cast) -> list[Kind]:
    """300 trainees of one programme, each with an assessor of their own, all of one officer; and a table of people."""
    make.organisation()
    _cohort(cast)
    row = {**make.ADA, "cohort": 2024, "starts_on": make.today()}
    bad = [
        {**row, "email": f"{at}{LONG[:50]}@example.org", "name": LONG[:190], "curriculum": LONG} for at in range(MANY)
    ]
    wrong = make.intake(cast.administrator, *bad, name=f"{LONG[:140]}.csv")
    write([_curriculum(at) for at in range(MANY)])
    by, officer = cast.administrator, cast.officer
    return [
        Kind("trainees", reverse("trainees"), by),
        Kind("trainees, the last page", f"{reverse('trainees')}?page=13", by),
        Kind("trainees of an officer", reverse("trainees"), officer),
        Kind("trainees by module", reverse("trainees_modules"), by),
        Kind("assessors", reverse("trainees_assessors"), by),
        Kind("table of people", reverse("intake", args=[wrong.iid]), by),
        Kind("another officer", f"{reverse('change_officer')}?officer={officer.pk}", by),
        Kind("the administrator's own page", reverse("home"), by),
        Kind("curricula", reverse("curricula"), by),
        *(Kind(f"admin: {name}", reverse(f"admin:{name}_changelist"), cast.superuser) for name in KEPT),
    ]


FULL: dict[str, Callable[[Cast], list[Kind]]] = {"trainee": trainee, "assessor": assessor, "cohort": cohort}
KEPT = ("accounts_user", "portfolio_portfolio", "portfolio_role", "curriculum_curriculum")


def _days(at: int) -> date:
    return make.today() - timedelta(days=at)


def _signer(by: User) -> dict[str, Any]:
    return {"signer": by, "signer_name": by.name, **SOMEBODY}


# --- work ---------------------------------------------------------------------------------------------------------


def _pages(of: Portfolio) -> list[Evidence]:
    """Saved once, and the first of them 60 times."""
    kind = EvidenceKind.REFLECTION
    pages = [
        Evidence(portfolio=of, title=f"{at} {TITLE}"[:200], happened_on=_days(at), kind=kind, body=f"{WORDS}{LONG}")
        for at in range(MANY)
    ]
    write(pages)
    versions = [(page, 1) for page in pages] + [(pages[0], number) for number in range(2, 61)]
    write(
        [
            Revision(
                evidence=page,
                number=number,
                title=page.title,
                happened_on=page.happened_on,
                kind=kind,
                body=f"{number} {page.body}",
                saved_by=of.trainee,
            )
            for page, number in versions
        ]
    )
    return pages


def _activities(of: Portfolio, *states: ActivityState) -> list[Activity]:
    """All of them, in these states by turns; in the curriculum each has a title that is too long."""
    modules = list(Module.objects.filter(curriculum=of.curriculum_id).order_by("position"))
    of.curriculum.modules.first().activities.model.objects.filter(module__in=modules).update(title=TITLE)
    rows = [
        Activity(portfolio=of, module=module, number=number, state=states[number % len(states)])
        for module in modules
        for number in range(1, TWENTY + 1)
    ]
    write(rows)
    return rows


def _links(activities: list[Activity], pages: list[Evidence]) -> None:
    """A page for each activity, 20 pages for the first, and one page for 20 activities."""
    pairs = dict.fromkeys(zip(activities, pages, strict=True))
    pairs |= dict.fromkeys((activities[0], page) for page in pages[:TWENTY])
    pairs |= dict.fromkeys((activity, pages[0]) for activity in activities[:TWENTY])
    write([Link(activity=activity, evidence=page, why=LONG) for activity, page in pairs])


def _sent(by: User, activities: Iterable[Activity], state: ItemState) -> list[Item]:
    """Each of these in a submission of its own, two in three of them late."""
    items, addressees = [], []
    for at, activity in enumerate(activities):
        since = timezone.now() - timedelta(days=at % 45)
        sent = Submission(portfolio=activity.portfolio, submitted_at=since, declaration=DECLARATION)
        until = None if state == ItemState.UNDECIDED else timezone.now()
        due = since.date() + timedelta(days=14)
        addressees.append(Addressee(submission=sent, assessor=by, since=since, until=until, due_on=due))
        items.append(
            Item(
                submission=sent,
                activity=activity,
                attempt=1,
                came_from=ActivityState.DRAFT,
                state=state,
                type="DTA",
                title=TITLE,
                manifest="{}",
                digest="0" * 64,
            )
        )
    write([item.submission for item in items])
    write(addressees)
    write(items)
    return items


def _waiting(by: User, activities: Iterable[Activity]) -> None:
    _sent(by, activities, ItemState.UNDECIDED)


def _decided(by: User, activities: Iterable[Activity]) -> None:
    write(
        [
            Decision(
                portfolio=item.submission.portfolio,
                item=item,
                outcome=Outcome.RETURNED,
                feedback=f"{WORDS}{LONG}",
                manifest_digest=item.digest,
                came_at=item.submission.submitted_at,
                decided_at=timezone.now(),
                **_signer(by),
            )
            for item in _sent(by, activities, ItemState.DECIDED)
        ]
    )


def _drafted_together(curriculum: Curriculum, by: User) -> list[Activity]:
    """The activities of a whole module, each with a page."""
    of = make.portfolio(make.person(f"Una {LONG[:120]}"), curriculum)
    make.role(of, by)
    return [make.drafted(of, "S-F1", number) for number in range(1, TWENTY + 1)]


# --- the rest of a portfolio --------------------------------------------------------------------------------------


def _people(of: Portfolio) -> None:
    """30 assessors of today and 30 of before."""
    people = [User(email=f"a{at}@{LONG[:50]}.example.org", name=LONG[:150], post=WORDS) for at in range(60)]
    write(people)
    write(
        [
            Role(
                portfolio=of,
                user=one,
                kind=RoleKind.ASSESSOR,
                starts_on=_days(99),
                ends_on=_days(9) if at % 2 else None,
            )
            for at, one in enumerate(people)
        ]
    )


def _named(of: Portfolio, by: User, activity: Activity) -> None:
    """Somebody new was named 60 times, and taken back."""
    [item] = _sent(by, [activity], ItemState.WITHDRAWN)
    now = timezone.now()
    write(
        [
            Nomination(
                portfolio=of,
                submission=item.submission,
                name=LONG[:150],
                address=f"n{at}@example.org",
                post=WORDS,
                until=now,
                due_on=make.today(),
            )
            for at in range(60)
        ]
    )


def _note(of: Portfolio, at: int) -> JournalNote:
    return JournalNote(portfolio=of, dated=_days(at), happened=f"{at} {WORDS}{LONG}", thought=LONG)


def _goal(of: Portfolio, at: int) -> Goal:
    return Goal(portfolio=of, title=TITLE, criteria=WORDS, set_on=_days(50), target_on=_days(-at), state=GoalState.OPEN)


def _placement(of: Portfolio, supervisor: User, at: int) -> Placement:
    dates = {"starts_on": _days(at), "ends_on": _days(at - 20)}
    words = {"title": TITLE, "department": LONG[:180], "aims": LONG}
    state, kind = PlacementState.PLANNED, "elective"
    return Placement(portfolio=of, supervisor=supervisor, state=state, kind=kind, **dates, **words)


def _planned(of: Portfolio, module: Module, at: int) -> Assessment:
    words = {"title": TITLE, "title_key": str(at), "what": WORDS, "where": LONG[:150]}
    kind = {"kind": "DOPS", "planned_kind": "DOPS", "state": AssessmentState.PLANNED, "another": True}
    return Assessment(portfolio=of, module=module, happens_on=_days(at), **words, **kind)


def _elsewhere(of: Portfolio, module: Module, by: User, at: int) -> SignedElsewhere:
    """A CBD each, which no activity holds."""
    words = {"title": TITLE, "system": LONG[:100], "signed_by": WORDS, "note": f"{WORDS}{LONG}"}
    when = {"signed_on": _days(at), "recorded_at": timezone.now()}
    return SignedElsewhere(portfolio=of, module=module, kind="cbd", **words, **when, **_signer(by))


def _leave(of: Portfolio, by: User, at: int) -> Interruption:
    dates = {"starts_on": _days(10 * at + 9), "ends_on": _days(10 * at + 5)}
    said = {"kind": LeaveKind.SICK, "version": 1, "note": f"{WORDS}{LONG}", "at": timezone.now()}
    return Interruption(portfolio=of, **dates, **said, **_signer(by))


def _scheduled(one: Activity, today: date) -> ScheduledActivity:
    month = {"year": today.year + (one.number > 12), "month": 1 + one.number % 12}
    return ScheduledActivity(portfolio=one.portfolio, module=one.module, number=one.number, **month)


# --- a cohort -----------------------------------------------------------------------------------------------------


def _cohort(cast: Cast) -> None:
    """Their summaries as well, which lists filter and order by."""
    of, curriculum = cast.portfolio, make.curriculum("FUL3-1-24", blocks=BLOCKS)
    trainees = [User(email=f"t{at}@example.org", name=f"{at} {LONG[:120]}") for at in range(MANY)]
    assessors = [User(email=f"s{at}@example.org", name=f"{at} {LONG[:120]}", post=WORDS) for at in range(MANY)]
    write(trainees)
    write(assessors)
    begun = {
        "cohort_year": 2024,
        "starts_on": _days(500),
        "department": LONG[:150],
        "organisation": make.organisation(),
    }
    portfolios = [Portfolio(trainee=one, curriculum=curriculum, programme=of.programme, **begun) for one in trainees]
    write(portfolios)
    since = {"starts_on": _days(99)}
    write([Role(portfolio=one, user=cast.officer, kind=RoleKind.OFFICER, **since) for one in portfolios])
    write(
        [
            Role(portfolio=one, user=who, kind=RoleKind.ASSESSOR, **since)
            for one, who in zip(portfolios, assessors, strict=True)
        ]
    )
    module = curriculum.modules.first()
    assert module is not None
    asked = [Activity(portfolio=one, module=module, number=1, state=ActivityState.IN_REVIEW) for one in portfolios]
    write(asked)
    for activity, who in zip(asked, assessors, strict=True):
        _waiting(who, [activity])
    summaries.rebuild(one.pk for one in portfolios)


def _curriculum(at: int) -> Curriculum:
    programme, published = make.programme(), Curriculum.Status.PUBLISHED
    words = {"specialty": f"{LONG[:100]} {at}", "start_year": 2024, "credits": 180, "status": published}
    return Curriculum(code=f"ZZ{at}-1-24", programme=programme, **words)
