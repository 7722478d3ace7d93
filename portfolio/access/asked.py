"""What is with somebody to decide on: today, and once."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from portfolio.access.roles import decides
from portfolio.models import Addressee, Assessment, AssessmentAddressee, AssessmentDecision, Item, Submission
from portfolio.states import AssessmentState, ItemState


def addressed_items(user: User) -> QuerySet[Item]:
    """Items that are with this user, or that they decided, while their role lasts."""
    return Item.objects.filter(_decides_here(user)).filter(
        _is_with(user) | Q(state=ItemState.DECIDED, decision__signer=user)
    )


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
        _is_asked(user) | Q(pk__in=AssessmentDecision.objects.filter(signer=user).values("assessment"))
    )


def _is_asked(user: User) -> Q:
    asked = AssessmentAddressee.objects.filter(assessor=user, until=None).values("assessment")
    return Q(state=AssessmentState.WITH_ASSESSOR, pk__in=asked)


def _assesses_here(user: User) -> Q:
    """Assessments on which this user may decide today; as a placement supervisor, those of their modules."""
    return decides(user, "portfolio", "module")


def with_me(user: User) -> QuerySet[Item]:
    """Undecided items that wait for this user, in any portfolio that is open."""
    return Item.objects.filter(_decides_here(user), _is_with(user), submission__portfolio__closed_at=None)


def queue(user: User) -> QuerySet[Submission]:
    """The submissions in which anything waits for this user."""
    return Submission.objects.filter(pk__in=with_me(user).values("submission"))


def assessments_with_me(user: User) -> QuerySet[Assessment]:
    """Assessments that wait for this user, in any portfolio that is open."""
    return Assessment.objects.filter(_assesses_here(user), _is_asked(user), portfolio__closed_at=None)


def waiting_for(user: User) -> int:
    """How much waits for this user: items of submissions, and assessments."""
    ids = with_me(user).order_by().values_list("pk")
    return ids.union(assessments_with_me(user).order_by().values_list("pk"), all=True).count()


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
