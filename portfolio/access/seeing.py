"""Which rows somebody may see, model by model: `visible` and what pages ask for beside it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from audit.models import Event
from curriculum.models import Curriculum
from portfolio.access.roles import (
    LEADING,
    administered,
    administered_portfolios,
    deciding_roles,
    deciding_supervisors,
    leading_roles,
)
from portfolio.access.supervising import SUPERVISED
from portfolio.models import (
    Activity,
    Addressee,
    Attachment,
    Closure,
    Confirmation,
    Decision,
    Evidence,
    Item,
    ItemPage,
    JournalNote,
    Link,
    ModuleSignOff,
    ModuleVoid,
    Placement,
    Portfolio,
    Revision,
    Role,
    Submission,
    Unlock,
)
from portfolio.states import ItemState

AnyModel = TypeVar("AnyModel", bound=Model)


def _theirs(user: User, path: str = "") -> Q:
    """Rows of portfolios whose trainee has this user among "their people" (officer, co-ordinator, administrator)."""
    key = f"{path}__pk__in" if path else "pk__in"
    return Q(**{key: leading_roles(user).values("portfolio")}) | Q(**{key: administered_portfolios(user).values("pk")})


def _own(user: User, path: str = "") -> Q:
    return Q(**{f"{path}__trainee" if path else "trainee": user})


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
    """Items of portfolios on which this user may decide today; as a placement supervisor, those of their modules."""
    limited = deciding_supervisors().filter(
        user=user, portfolio=OuterRef("submission__portfolio"), modules=OuterRef("activity__module")
    )
    return Q(submission__portfolio__in=deciding_roles().filter(user=user).values("portfolio")) | Q(Exists(limited))


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


def _voids(user: User) -> Q:
    return _own(user, "sign_off__portfolio") | _theirs(user, "sign_off__portfolio")


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
    Evidence: _evidence,
    Revision: _revisions,
    Attachment: _attachments,
    Link: _links,
    Submission: _submissions,
    Item: _items,
    Decision: _decisions,
    Unlock: _unlocks,
    Curriculum: _curricula,
    Placement: _in_portfolio,
    JournalNote: _journal,
}


def visible(user: Any, model: type[AnyModel]) -> QuerySet[AnyModel]:
    """The rows of `model` that `user` may see. KeyError for a model that nobody has thought about."""
    rows = model._default_manager.all()
    if not user.is_authenticated or not user.is_active:
        return rows.none()
    seen = SEEN[model](user)
    return rows.filter(seen | SUPERVISED[model](user) if model in SUPERVISED else seen)


# For rows of one portfolio: the way to it, and which of them its trainee's people may see. The trainee sees them all.
EVERYTHING, NOTHING = ~Q(pk__in=()), Q(pk__in=())
IN_PORTFOLIO: dict[type[Model], tuple[str, Callable[[], Q]]] = {
    **{of: ("portfolio", lambda: EVERYTHING) for of in (Activity, Confirmation, ModuleSignOff, Role, Submission)},
    Evidence: ("portfolio", _pages_to_people),
    Revision: ("evidence__portfolio", _revisions_to_people),
    Link: ("activity__portfolio", lambda: NOTHING),
    Item: ("submission__portfolio", lambda: EVERYTHING),
    Placement: ("portfolio", lambda: EVERYTHING),
    JournalNote: ("portfolio", lambda: NOTHING),
}


def visible_in(portfolio: Portfolio, user: User, model: type[AnyModel]) -> QuerySet[AnyModel]:
    """`visible(user, model)` of one portfolio that was itself fetched through `visible`: a test holds them equal.

    Whoever sees a portfolio owns it, is one of its trainee's people, or supervises a placement in it.
    """
    path, to_people = IN_PORTFOLIO[model]
    rows = model._default_manager.filter(**{path: portfolio})
    if user.pk == portfolio.trainee_id:
        return rows
    supervised = SUPERVISED[model](user) if model in SUPERVISED else NOTHING
    return rows.filter((_leads_or_administers(user, portfolio) & to_people()) | supervised)


def _leads_or_administers(user: User, portfolio: Portfolio) -> Q:
    """The same for every row of a portfolio, and asked once, not once a row."""
    leads = leading_roles(user).filter(portfolio=portfolio)
    return Q(Exists(leads)) | Q(Exists(administered_portfolios(user).filter(pk=portfolio.pk)))


def with_me(user: User) -> QuerySet[Item]:
    """Undecided items that wait for this user, in any portfolio that is open."""
    return Item.objects.filter(_decides_here(user), _is_with(user), submission__portfolio__closed_at=None)


def queue(user: User) -> QuerySet[Submission]:
    """The submissions in which anything waits for this user."""
    return Submission.objects.filter(pk__in=with_me(user).values("submission"))


def once_asked(user: User) -> QuerySet[Submission]:
    """Submissions that were with this user once, where they may still decide: to say that they no longer are."""
    here = Item.objects.filter(_decides_here(user), submission=OuterRef("pk"))
    return Submission.objects.filter(
        Exists(here), Exists(Addressee.objects.filter(submission=OuterRef("pk"), assessor=user))
    )


def led_by(user: User) -> QuerySet[Portfolio]:
    """Open portfolios that this user leads as officer or co-ordinator, and in which they may act."""
    return Portfolio.objects.filter(
        closed_at=None, pk__in=deciding_roles().filter(user=user, kind__in=LEADING).values("portfolio")
    )


def looked_after(user: User) -> QuerySet[Portfolio]:
    """The portfolios of others that this user may see: the rows of their list of trainees."""
    return visible(user, Portfolio).exclude(trainee=user)


def history(portfolio: Portfolio) -> QuerySet[Event]:
    """The events of a portfolio that was itself fetched through `visible`."""
    return Event.objects.filter(chain__name=portfolio.chain)
