"""What a placement supervisor sees: states, and the contents and decisions of the placement's modules, in its dates.

Not theirs are rounds of feedback, working time and leave, goals, reviews, the university's results, the option and who
holds a role; of what was signed elsewhere they see the items of these modules.

`visible` and `visible_in` add this to what everybody else sees. A kind of row that is not in SUPERVISED is not theirs.
"""

from collections.abc import Callable

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from portfolio.access.roles import supervising_roles
from portfolio.models import (
    Activity,
    Assessment,
    AssessmentDecision,
    AssessmentReflection,
    AssessmentVoid,
    Attachment,
    Comment,
    Confirmation,
    Decision,
    ElsewhereVoid,
    Evidence,
    Item,
    ItemPage,
    KindCorrection,
    Link,
    ModuleSignOff,
    ModuleVoid,
    Placement,
    Portfolio,
    Revision,
    SignedElsewhere,
    Submission,
    Unlock,
)
from portfolio.states import AssessmentState, ItemState


def _supervised(user: User, portfolio: str, module: str) -> Q:
    """Rows of the modules that this user supervises in that portfolio; the paths lead to the two."""
    return Q(Exists(supervising_roles().filter(user=user, portfolio=OuterRef(portfolio), modules=OuterRef(module))))


def _supervised_portfolios(user: User, path: str = "pk") -> Q:
    """Its progress: the states of everything (domain.md rule 6)."""
    return Q(**{f"{path}__in": supervising_roles().filter(user=user).values("portfolio")})


def _supervised_items(user: User) -> Q:
    return _supervised(user, "submission__portfolio", "activity__module")


def _supervised_submissions(user: User) -> Q:
    return Q(Exists(Item.objects.filter(_supervised_items(user), submission=OuterRef("pk"))))


def _supervised_pages(user: User) -> Q:
    """Pages submitted for an activity of these modules; and shared ones that are linked to one."""
    linked = Link.objects.filter(_supervised(user, "activity__portfolio", "activity__module"), evidence=OuterRef("pk"))
    submitted = _supervised_item_pages(user).filter(revision__evidence=OuterRef("pk"))
    return Q(Exists(linked), shared=True, binned_at=None) | Q(Exists(submitted))


def _supervised_revisions(user: User) -> Q:
    linked = Link.objects.filter(
        _supervised(user, "activity__portfolio", "activity__module"), evidence=OuterRef("evidence")
    )
    newest = Revision.objects.filter(evidence=OuterRef("evidence")).order_by("-number").values("number")[:1]
    shared = Q(Exists(linked), evidence__shared=True, evidence__binned_at=None, number=Subquery(newest))
    return shared | Q(Exists(_supervised_item_pages(user).filter(revision=OuterRef("pk"))))


def _supervised_item_pages(user: User) -> QuerySet[ItemPage]:
    """What stands submitted for activities of these modules."""
    return ItemPage.objects.filter(
        _supervised(user, "item__submission__portfolio", "item__activity__module"),
        item__state__in=(ItemState.UNDECIDED, ItemState.DECIDED),
    )


def _supervised_attachments(user: User) -> Q:
    return Q(Exists(Revision.objects.filter(_supervised_revisions(user), attachments=OuterRef("pk"))))


def _supervised_decisions(user: User) -> Q:
    """And what was said about them afterwards."""
    return Q(item__in=Item.objects.filter(_supervised_items(user)).values("pk"))


def _supervised_unlocks(user: User) -> Q:
    return Q(decision__item__in=Item.objects.filter(_supervised_items(user)).values("pk"))


def _supervised_assessments(user: User) -> Q:
    """What is planned and not asked of anybody is its trainee's alone, as all unsubmitted work."""
    return _of_supervised_modules(user) & ~Q(state=AssessmentState.PLANNED)


def _of_supervised_assessment(user: User) -> Q:
    return Q(assessment__in=Assessment.objects.filter(_supervised_assessments(user)).values("pk"))


def _of_supervised_modules(user: User) -> Q:
    return _supervised(user, "portfolio", "module")


# What a placement supervisor sees besides: states, and contents and decisions of the modules of their role. What is
# not here they do not see.
SUPERVISED: dict[type[Model], Callable[[User], Q]] = {
    Portfolio: _supervised_portfolios,
    Activity: lambda user: _supervised_portfolios(user, "portfolio"),
    Submission: _supervised_submissions,
    Item: _supervised_items,
    Decision: _supervised_decisions,
    Unlock: _supervised_unlocks,
    Comment: lambda user: _supervised_decisions(user) | _of_supervised_assessment(user),
    Evidence: _supervised_pages,
    Revision: _supervised_revisions,
    Attachment: _supervised_attachments,
    Confirmation: _of_supervised_modules,
    ModuleSignOff: _of_supervised_modules,
    ModuleVoid: lambda user: _supervised(user, "sign_off__portfolio", "sign_off__module"),
    Assessment: _supervised_assessments,
    **dict.fromkeys(
        (AssessmentDecision, AssessmentReflection, AssessmentVoid, KindCorrection), _of_supervised_assessment
    ),
    SignedElsewhere: _of_supervised_modules,
    ElsewhereVoid: lambda user: _supervised(user, "record__portfolio", "record__module"),
    Placement: lambda user: Q(role__in=supervising_roles().filter(user=user)),
}
