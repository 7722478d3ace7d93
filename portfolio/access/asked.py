"""What is with somebody to decide on: today, and once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from accounts.models import User
from portfolio.access.roles import decides
from portfolio.access.standing import Standing, standing
from portfolio.models import (
    Addressee,
    Assessment,
    AssessmentAddressee,
    AssessmentDecision,
    Attachment,
    Decision,
    Item,
    ItemPage,
    Portfolio,
    Submission,
)
from portfolio.models.asking import Asking
from portfolio.prepared import prepared
from portfolio.states import AssessmentState, ItemState

SUBMISSION, ASSESSMENT = "submission", "assessment"


def accounts_of(people: Iterable[int]) -> QuerySet[User]:
    """The accounts of these people, by their ids, and those that were merged into them: all in which they signed."""
    people = list(people)
    return User.objects.filter(Q(pk__in=people) | Q(merged_into__in=people))


def own_decisions(user: User, readable: QuerySet[Any]) -> QuerySet[Any]:
    """What somebody signed: all of it that they may read today, and for good what they signed by a link.

    `readable`: rows of Decision or AssessmentDecision, as `visible` gives them; each row says whether it is among them.
    Of the others they find that they signed, and not what they were shown. On the trainee's device it is the same,
    where a link was sent as well.
    """
    lent = "addressee" if readable.model is Decision else "assessment_addressee"
    by_link = Q(by_link__isnull=False) | Q(**{f"by_lending__{lent}__link__isnull": False})
    mine = Q(signer__in=accounts_of([user.pk]))
    readable = readable.filter(mine).order_by()
    rows: QuerySet[Any] = readable.model._default_manager.order_by()
    rows = rows.filter((mine & by_link) | Q(pk__in=readable.values("pk")))
    return rows.annotate(readable=Exists(readable.filter(pk=OuterRef("pk"))))


def addressed_items(user: User) -> QuerySet[Item]:
    """Items that are with this user, or that they decided, while their role lasts."""
    theirs = Q(decision__signer=user) | Q(decision__signer__merged_into=user)
    return Item.objects.filter(_decides_here(user)).filter(_is_with(user) | theirs)


def addressed_with_earlier(user: User, sid: str) -> QuerySet[Item]:
    """Items of this submission that are addressed to this user; and of the same activities those that were decided.

    The activities are asked first, by their ids: nested in these rules PostgreSQL would read the items of everybody.
    """
    here = Q(submission__sid=sid)
    activities = list(Item.objects.filter(here).order_by().values_list("activity", flat=True))
    return addressed_items(user).filter(here | Q(state=ItemState.DECIDED), activity__in=activities)


def addressed_files(asking: Asking) -> QuerySet[Attachment]:
    """The files in what whoever was asked here may see of this submission. An assessment has none."""
    if isinstance(asking, AssessmentAddressee):
        return Attachment.objects.none()
    items = addressed_items(asking.assessor).filter(submission=asking.submission)
    held = ItemPage.objects.filter(item__in=items, revision__attachments=OuterRef("pk"))
    return Attachment.objects.filter(Exists(held))


def _is_with(user: User) -> Q:
    """Undecided items of submissions that this user is asked to decide; read from the addressee's side, for speed."""
    asked = Addressee.objects.filter(assessor=user, until=None).values("submission")
    return Q(state=ItemState.UNDECIDED, submission__in=asked)


def _decides_here(user: User) -> Q:
    """Items on which this user may decide today; as a placement supervisor, those of their modules."""
    return decides(user, "submission__portfolio", "activity__module")


def addressed_assessments(user: User) -> QuerySet[Assessment]:
    """Assessments that are with this user, or that they decided, while their role lasts."""
    return Assessment.objects.filter(_assesses_here(user)).filter(
        _is_asked(user) | Q(pk__in=_assessed_by(user).values("assessment"))
    )


def _assessed_by(user: User) -> QuerySet[AssessmentDecision]:
    """Under the account that they have now, or one that was merged into it."""
    return AssessmentDecision.objects.filter(Q(signer=user) | Q(signer__merged_into=user))


def _is_asked(user: User) -> Q:
    asked = AssessmentAddressee.objects.filter(assessor=user, until=None).values("assessment")
    return Q(state=AssessmentState.WITH_ASSESSOR, pk__in=asked)


def _assesses_here(user: User) -> Q:
    """Assessments on which this user may decide today; as a placement supervisor, those of their modules."""
    return decides(user, "portfolio", "module")


@dataclass(frozen=True, order=True)
class Waits:
    """One thing that waits for somebody to decide on it: an item of a submission, or an assessment.

    `key` is the submission's `sid` or the assessment's `aid`, `pk` the id of the item or the assessment, `portfolio`
    that of the portfolio.
    """

    due_on: date
    since: datetime
    key: str
    sort: str
    pk: int
    portfolio: int


def what_waits(user: User, of_today: Standing | None = None) -> list[Waits]:
    """What waits for this user in any portfolio that is open, the oldest due first; `of_today`: what they are.

    It is read from the few rows that say what is with them, and held against what they are today.
    """
    able = of_today or standing(user)
    rows = ((Waits(*row), module) for *row, module in _asked_of([user.pk]))
    return sorted(waits for waits, module in rows if able.decides_on(waits.portfolio, module))


@prepared
def _asked_of(people: list[int]) -> QuerySet[Any, Any]:
    """What is with these people, by their ids, in portfolios that are open: as Waits, each with its module."""
    asked = Addressee.objects.filter(
        assessor__in=people,
        until=None,
        submission__items__state=ItemState.UNDECIDED,
        submission__portfolio__closed_at=None,
    ).values_list(
        "due_on",
        "since",
        "submission__sid",
        Value(SUBMISSION),
        "submission__items",
        "submission__portfolio",
        "submission__items__activity__module",
    )
    assess = AssessmentAddressee.objects.filter(
        assessor__in=people,
        until=None,
        assessment__state=AssessmentState.WITH_ASSESSOR,
        assessment__portfolio__closed_at=None,
    ).values_list(
        "due_on",
        "since",
        "assessment__aid",
        Value(ASSESSMENT),
        "assessment",
        "assessment__portfolio",
        "assessment__module",
    )
    return asked.order_by().union(assess.order_by(), all=True)


def items_of(waiting: Iterable[Waits]) -> QuerySet[Item]:
    """The items among what waits."""
    return Item.objects.filter(pk__in=[one.pk for one in waiting if one.sort == SUBMISSION])


def assessments_of(waiting: Iterable[Waits]) -> QuerySet[Assessment]:
    """The assessments among what waits."""
    return Assessment.objects.filter(pk__in=[one.pk for one in waiting if one.sort == ASSESSMENT])


def portfolios_of(waiting: Iterable[Waits]) -> QuerySet[Portfolio]:
    """The portfolios in which it waits."""
    return Portfolio.objects.filter(pk__in={one.portfolio for one in waiting})


def with_me(user: User) -> QuerySet[Item]:
    """Undecided items that wait for this user, in any portfolio that is open."""
    return items_of(what_waits(user))


def once_asked_to_assess(user: User) -> QuerySet[Assessment]:
    """Assessments that were with this user once, where they may still decide: to say that they no longer are."""
    asked = AssessmentAddressee.objects.filter(assessment=OuterRef("pk"), assessor=user)
    return Assessment.objects.filter(_assesses_here(user), Exists(asked))


def once_asked(user: User) -> QuerySet[Submission]:
    """Submissions that were with this user once, where they may still decide: to say that they no longer are."""
    here = Item.objects.filter(_decides_here(user), submission=OuterRef("pk"))
    return Submission.objects.filter(
        Exists(here), Exists(Addressee.objects.filter(submission=OuterRef("pk"), assessor=user))
    )
