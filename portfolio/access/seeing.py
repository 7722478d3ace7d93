"""Which rows somebody may see, model by model: `visible` and what pages ask for beside it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery, Value

from accounts.models import User
from audit.models import Event
from curriculum.models import Curriculum
from portfolio.access.asked import addressed_assessments, addressed_items
from portfolio.access.roles import (
    LEADING,
    administered,
    administered_portfolios,
    deciding_roles,
    leading_roles,
)
from portfolio.access.standing import reader_of
from portfolio.access.supervising import SUPERVISED
from portfolio.models import (
    Activity,
    Assessment,
    AssessmentDecision,
    AssessmentReflection,
    AssessmentVoid,
    Attachment,
    CalendarFeed,
    Closure,
    Comment,
    Confirmation,
    Decision,
    ElsewhereVoid,
    Evidence,
    FeedbackAnswer,
    FeedbackClosing,
    FeedbackInvitation,
    FeedbackRelease,
    FeedbackRound,
    Goal,
    GoalAction,
    GoalReview,
    Intake,
    Interruption,
    Item,
    ItemPage,
    JournalNote,
    KindCorrection,
    Link,
    ModuleSignOff,
    ModuleVoid,
    Nomination,
    NominationAnswer,
    OptionConfirmation,
    OptionRefusal,
    OptionTaken,
    Placement,
    Portfolio,
    ReviewAction,
    ReviewMeeting,
    ReviewSignature,
    Revision,
    Role,
    ScheduledActivity,
    SignedElsewhere,
    Snippet,
    Submission,
    UniversityResult,
    Unlock,
    WorkingTime,
)
from portfolio.states import AssessmentState, ItemState

AnyModel = TypeVar("AnyModel", bound=Model)


def _theirs(user: User, path: str = "") -> Q:
    """Rows of portfolios whose trainee has this user among "their people" (officer, co-ordinator, administrator)."""
    key = f"{path}__pk__in" if path else "pk__in"
    return Q(**{key: leading_roles(user).values("portfolio")}) | Q(**{key: administered_portfolios(user).values("pk")})


def _own(user: User, path: str = "") -> Q:
    return Q(**{f"{path}__trainee" if path else "trainee": user})


def _standing(items: str) -> Q:
    return Q(**{f"{items}__in": (ItemState.UNDECIDED, ItemState.DECIDED)})


def _portfolios(user: User) -> Q:
    return _own(user) | _theirs(user)


def _in_portfolio(user: User) -> Q:
    return _own(user, "portfolio") | _theirs(user, "portfolio")


def _evidence(user: User) -> Q:
    return _own(user, "portfolio") | (_theirs(user, "portfolio") & _pages_to_people())


def _pages_to_people() -> Q:
    """Of the pages of a trainee, those of which their people may read something."""
    submitted = ItemPage.objects.filter(_standing("item__state"), revision__evidence=OuterRef("pk"))
    return Q(shared=True, binned_at=None) | Q(Exists(submitted))


def _revisions(user: User) -> Q:
    addressed = ItemPage.objects.filter(item__in=addressed_items(user), revision=OuterRef("pk"))
    return (
        _own(user, "evidence__portfolio")
        | (_theirs(user, "evidence__portfolio") & _revisions_to_people())
        | Q(Exists(addressed))
    )


def _revisions_to_people() -> Q:
    """The saved versions that their people may read: what stands submitted, and the newest of a shared page."""
    submitted = ItemPage.objects.filter(_standing("item__state"), revision=OuterRef("pk"))
    newest = Revision.objects.filter(evidence=OuterRef("evidence")).order_by("-number").values("number")[:1]
    shared = Q(evidence__shared=True, evidence__binned_at=None, number=Subquery(newest))
    return shared | Q(Exists(submitted))


def _attachments(user: User) -> Q:
    held = Revision.objects.filter(_revisions(user), attachments=OuterRef("pk"))
    return _own(user, "evidence__portfolio") | Q(Exists(held))


def _links(user: User) -> Q:
    return _own(user, "activity__portfolio")


def _submissions(user: User) -> Q:
    return _in_portfolio(user) | Q(Exists(addressed_items(user).filter(submission=OuterRef("pk"))))


def _items(user: User) -> Q:
    return (
        _own(user, "submission__portfolio")
        | _theirs(user, "submission__portfolio")
        | Q(pk__in=addressed_items(user).values("pk"))
    )


def _decisions(user: User) -> Q:
    return Q(item__in=Item.objects.filter(_items(user)).values("pk"))


def _unlocks(user: User) -> Q:
    return Q(decision__item__in=Item.objects.filter(_items(user)).values("pk"))


def _comments(user: User) -> Q:
    """What was said about a decision or an outcome is for everybody who sees that, and for nobody else."""
    return _decisions(user) | _of_assessment(user)


def _voids(user: User) -> Q:
    return _own(user, "sign_off__portfolio") | _theirs(user, "sign_off__portfolio")


def _of_a_goal(user: User) -> Q:
    return _own(user, "goal__portfolio") | _theirs(user, "goal__portfolio")


def _nomination_answers(user: User) -> Q:
    return _own(user, "nomination__portfolio") | _theirs(user, "nomination__portfolio")


def _option_answers(user: User) -> Q:
    return _own(user, "taken__portfolio") | _theirs(user, "taken__portfolio")


def _elsewhere_voids(user: User) -> Q:
    return _own(user, "record__portfolio") | _theirs(user, "record__portfolio")


def _diary(user: User, path: str = "portfolio") -> Q:
    """Working time, leave with its kind, and reviews: for the trainee, and whoever leads or administers alone."""
    leads = Q(**{f"{path}__in": leading_roles(user).values("portfolio")})
    return _own(user, path) | leads | Q(**{f"{path}__in": administered_portfolios(user).values("pk")})


def _of_review(user: User) -> Q:
    return _diary(user, "meeting__portfolio")


def _leads_and_acts(user: User, path: str) -> Q:
    """Rows of portfolios that this user leads, and in which they may act: not a peer who is in training too."""
    return Q(**{f"{path}__in": deciding_roles().filter(user=user, kind__in=LEADING).values("portfolio")})


def _feedback_closings(user: User) -> Q:
    return _own(user, "round__portfolio") | _theirs(user, "round__portfolio")


def _feedback_releases(user: User) -> Q:
    return _own(user, "closing__round__portfolio") | _theirs(user, "closing__round__portfolio")


def _feedback_invitations(user: User) -> Q:
    """Whom a round asks: for the trainee, and for those who read the report. Administrators see how a round stands."""
    return _own(user, "round__portfolio") | _leads_and_acts(user, "round__portfolio")


def _feedback_answers(user: User) -> Q:
    """The report: nobody's before the round closed with enough, the officer's then, the trainee's once released."""
    released = Q(round__closing__release__isnull=False)
    readers = _leads_and_acts(user, "round__portfolio") | (_own(user, "round__portfolio") & released)
    return Q(round__closing__enough=True) & readers


def _asked_of_somebody() -> Q:
    """What is planned and not asked of anybody is its trainee's alone, as all unsubmitted work."""
    return ~Q(state=AssessmentState.PLANNED)


def _assessments(user: User) -> Q:
    return (
        _own(user, "portfolio")
        | (_theirs(user, "portfolio") & _asked_of_somebody())
        | Q(pk__in=addressed_assessments(user).values("pk"))
    )


def _of_assessment(user: User) -> Q:
    """What was said of an assessment goes with it."""
    return Q(assessment__in=Assessment.objects.filter(_assessments(user)).values("pk"))


def _assessment_reflections(user: User) -> Q:
    """The trainee's own, and their people's to read once saved; not the assessor's, who sees what was asked of them."""
    return _own(user, "assessment__portfolio") | _theirs(user, "assessment__portfolio")


def _curricula(user: User) -> Q:
    """Published ones are for everybody who is signed in; drafts for those who administer the programme."""
    published = Q(status=Curriculum.Status.PUBLISHED)
    if user.is_superuser:
        return Q()
    return published | Q(programme__in=administered(user).values("programme"))


def _journal(user: User) -> Q:
    """The trainee's alone: not their people's, and not an administrator's."""
    return _own(user, "portfolio")


SEEN: dict[type[Model], Callable[[User], Q]] = {
    Portfolio: _portfolios,
    Activity: _in_portfolio,
    Closure: _in_portfolio,
    Confirmation: _in_portfolio,
    ModuleSignOff: _in_portfolio,
    ModuleVoid: _voids,
    Role: _in_portfolio,
    Nomination: _in_portfolio,
    NominationAnswer: _nomination_answers,
    Evidence: _evidence,
    Revision: _revisions,
    Attachment: _attachments,
    Link: _links,
    Submission: _submissions,
    Item: _items,
    Decision: _decisions,
    Unlock: _unlocks,
    Comment: _comments,
    Goal: _in_portfolio,
    GoalAction: _of_a_goal,
    GoalReview: _of_a_goal,
    FeedbackRound: _in_portfolio,
    FeedbackInvitation: _feedback_invitations,
    FeedbackAnswer: _feedback_answers,
    FeedbackClosing: _feedback_closings,
    FeedbackRelease: _feedback_releases,
    Assessment: _assessments,
    AssessmentDecision: _of_assessment,
    AssessmentReflection: _assessment_reflections,
    AssessmentVoid: _of_assessment,
    KindCorrection: _of_assessment,
    Curriculum: _curricula,
    # what the university, the trainee's choice and other systems say
    UniversityResult: _in_portfolio,
    OptionTaken: _in_portfolio,
    OptionConfirmation: _option_answers,
    OptionRefusal: _option_answers,
    SignedElsewhere: _in_portfolio,
    ElsewhereVoid: _elsewhere_voids,
    WorkingTime: _diary,
    Interruption: _diary,
    ReviewMeeting: _diary,
    ReviewAction: _of_review,
    ReviewSignature: _of_review,
    # the plan: who reads dates and reviews; its calendar's address is the trainee's alone
    ScheduledActivity: _diary,
    CalendarFeed: lambda user: _own(user, "portfolio"),
    Placement: _in_portfolio,
    JournalNote: _journal,
    Intake: lambda user: Q(by=user),
    Snippet: lambda user: Q(owner=user),  # nobody else's, not an administrator's
}


def visible(user: Any, model: type[AnyModel]) -> QuerySet[AnyModel]:
    """The rows of `model` that `user` may see. KeyError for a model that nobody has thought about."""
    rows = model._default_manager.all()
    if not user.is_active:  # nobody who is not signed in is
        return rows.none()
    seen = SEEN[model](user)
    return rows.filter(seen | SUPERVISED[model](user) if model in SUPERVISED else seen)


def portfolios(user: Any) -> QuerySet[Portfolio]:
    """`visible(user, Portfolio)`, each with `in_whole`: False where they see it as a placement supervisor alone."""
    if not user.is_active:  # nobody who is not signed in is
        return Portfolio.objects.annotate(in_whole=Value(False)).none()
    in_whole = SEEN[Portfolio](user)
    return Portfolio.objects.filter(in_whole | SUPERVISED[Portfolio](user)).annotate(in_whole=in_whole)


# For rows of one portfolio: the way to it, and which of them its trainee's people may see. The trainee sees them all.
EVERYTHING, NOTHING = ~Q(pk__in=()), Q(pk__in=())
IN_PORTFOLIO: dict[type[Model], tuple[str, Callable[[], Q]]] = {
    **{of: ("portfolio", lambda: EVERYTHING) for of in (Activity, Confirmation, ModuleSignOff, Role, Submission)},
    Nomination: ("portfolio", lambda: EVERYTHING),
    Evidence: ("portfolio", _pages_to_people),
    Revision: ("evidence__portfolio", _revisions_to_people),
    Link: ("activity__portfolio", lambda: NOTHING),
    Item: ("submission__portfolio", lambda: EVERYTHING),
    Comment: ("portfolio", lambda: EVERYTHING),
    Goal: ("portfolio", lambda: EVERYTHING),
    **{of: ("goal__portfolio", lambda: EVERYTHING) for of in (GoalAction, GoalReview)},
    **{of: ("portfolio", lambda: EVERYTHING) for of in (UniversityResult, OptionTaken, SignedElsewhere)},
    **{of: ("portfolio", lambda: EVERYTHING) for of in (WorkingTime, Interruption, ReviewMeeting)},
    FeedbackRound: ("portfolio", lambda: EVERYTHING),
    ScheduledActivity: ("portfolio", lambda: EVERYTHING),
    CalendarFeed: ("portfolio", lambda: NOTHING),
    Assessment: ("portfolio", _asked_of_somebody),
    Placement: ("portfolio", lambda: EVERYTHING),
    JournalNote: ("portfolio", lambda: NOTHING),
}


def visible_in(portfolio: Portfolio, user: User, model: type[AnyModel]) -> QuerySet[AnyModel]:
    """`visible(user, model)` of one portfolio that was itself fetched through `visible`: a test holds them equal.

    Whoever sees a portfolio owns it, is one of its trainee's people, or supervises a placement in it. What a supervisor
    sees is part of what their people see.
    """
    path, to_people = IN_PORTFOLIO[model]
    rows = model._default_manager.filter(**{path: portfolio})
    if user.pk == portfolio.trainee_id:
        return rows
    if _in_whole(portfolio, user):
        return rows.filter(to_people())
    return rows.filter(SUPERVISED[model](user) if model in SUPERVISED else NOTHING)


def _in_whole(portfolio: Portfolio, user: User) -> bool:
    """Whether this user is one of its trainee's people: known where it was fetched for them."""
    if (reader := reader_of(portfolio, user)) is not None:
        return reader.in_whole(portfolio)
    return Portfolio.objects.filter(_theirs(user), pk=portfolio.pk).exists()


def led_by(user: User) -> QuerySet[Portfolio]:
    """Open portfolios that this user leads as officer or co-ordinator, and in which they may act."""
    return Portfolio.objects.filter(
        closed_at=None, pk__in=deciding_roles().filter(user=user, kind__in=LEADING).values("portfolio")
    )


def looked_after(user: User) -> QuerySet[Portfolio]:
    """The portfolios of others that this user may see, each with `in_whole`: the rows of their list of trainees."""
    return portfolios(user).exclude(trainee=user)


def history(portfolio: Portfolio) -> QuerySet[Event]:
    """The events of a portfolio that was itself fetched through `visible`."""
    return Event.objects.filter(chain__name=portfolio.chain)
