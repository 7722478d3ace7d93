"""Who may see and do what: the only code that knows.

`visible(user, Model)` gives the rows that somebody may see; every fetch starts there. `may(user, action, subject)` says
whether somebody may take an action in a portfolio; an action is anything with a `who`. Roles are read at each call, by
today's date in Europe/London, so that what ends, ends at the next request. The default is nothing.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeVar

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from curriculum.models import Curriculum
from portfolio.models import (
    Activity,
    Addressee,
    Administration,
    Attachment,
    Closure,
    Confirmation,
    Decision,
    Evidence,
    Item,
    ItemPage,
    Link,
    ModuleSignOff,
    ModuleVoid,
    Portfolio,
    Revision,
    Role,
    Submission,
    Unlock,
)
from portfolio.states import ItemState, Part, RoleKind

AnyModel = TypeVar("AnyModel", bound=Model)

LEADING = (RoleKind.OFFICER, RoleKind.COORDINATOR)
DECIDING = (RoleKind.OFFICER, RoleKind.COORDINATOR, RoleKind.ASSESSOR)
PART_OF_ROLE = {RoleKind.OFFICER: Part.OFFICER, RoleKind.COORDINATOR: Part.COORDINATOR}
OFFICERS = frozenset({Part.OFFICER, Part.COORDINATOR})


class Who(Protocol):
    """An action: a row of a workflow table, or an Action below."""

    @property
    def who(self) -> frozenset[Part]: ...


class Action(NamedTuple):
    """Something done in a portfolio that moves no state of a table."""

    name: str
    who: frozenset[Part]


WRITE = Action("write evidence", frozenset({Part.TRAINEE}))


# --- dates and roles ----------------------------------------------------------------------------------------------


def in_dates(on: date | None = None) -> Q:
    """A role or an administration on that day, today by default. Both its dates count."""
    on = on or timezone.localdate()
    return Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gte=on))


def deciding_roles() -> QuerySet[Role]:
    """The roles by which somebody may decide today, when asked.

    The person is active, it is not their own portfolio, and they have no open portfolio in its programme.
    """
    own_portfolio = Portfolio.objects.filter(
        trainee=OuterRef("user"), programme=OuterRef("portfolio__programme"), closed_at=None
    )
    return (
        Role.objects.filter(in_dates(), kind__in=DECIDING, user__is_active=True)
        .exclude(user=F("portfolio__trainee"))
        .exclude(Exists(own_portfolio))
    )


def may_decide_on(portfolio: Portfolio) -> QuerySet[User]:
    """Whom the trainee may ask for a decision."""
    return User.objects.filter(pk__in=deciding_roles().filter(portfolio=portfolio).values("user")).order_by(
        "name", "pk"
    )


def deciding_role(user: User, portfolio: Portfolio) -> Role | None:
    """The role in which somebody decides on this portfolio; of several, the highest (DECIDING's order)."""
    roles = deciding_roles().filter(portfolio=portfolio, user=user)
    return min(roles, key=lambda role: (DECIDING.index(RoleKind(role.kind)), role.pk), default=None)


def administered(user: User) -> QuerySet[Administration]:
    """What somebody administers today."""
    if not user.is_active:
        return Administration.objects.none()
    return Administration.objects.filter(in_dates(), user=user)


def administered_programmes(user: User) -> list[int] | None:
    """The programmes whose curricula somebody keeps today; None means all of them."""
    if user.is_superuser and user.is_active:
        return None
    return list(administered(user).values_list("programme", flat=True).distinct())


def may_enter_admin(user: User) -> bool:
    """The admin site is for those who administer a programme, and for the one who appoints them."""
    return user.is_active and (user.is_superuser or administered(user).exists())


def may_manage(actor: User, person: User) -> bool:
    """Whether somebody in the admin site may change a person's account: its address is a key to it.

    An administrator manages those who have nothing outside what they administer, and no administrator: never upwards,
    never sideways.
    """
    if not may_enter_admin(actor) or actor.is_superuser:
        return may_enter_admin(actor)
    if person.is_superuser or person.administrations.exists():
        return False
    theirs = _administered_portfolios(actor).values("pk")
    held = Role.objects.filter(user=person).exclude(portfolio__in=theirs)
    owned = Portfolio.objects.filter(trainee=person).exclude(pk__in=theirs)
    return not held.exists() and not owned.exists()


def portfolios_in_scope(user: User) -> QuerySet[Portfolio]:
    """The portfolios whose facts and roles somebody keeps in the admin site; a superuser's are all.

    Keeping them gives no sight of the work in them: that is `visible`.
    """
    return Portfolio.objects.all() if _keeps_all(user) else _administered_portfolios(user)


def in_scope(user: User, programme_id: int, cohort_year: int) -> bool:
    """Whether somebody keeps the portfolios of this cohort."""
    cohort = Q(cohort_year=None) | Q(cohort_year=cohort_year)
    return _keeps_all(user) or administered(user).filter(cohort, programme=programme_id).exists()


def people_in_scope(user: User) -> QuerySet[User]:
    """The people whom somebody finds in the admin site; a superuser finds all.

    That is everybody with a portfolio or a role, of today or not, in what they administer; those who administer the
    same programme; themselves; and newcomers: accounts that have nothing yet.
    """
    if _keeps_all(user):
        return User.objects.all()
    theirs = _administered_portfolios(user).values("pk")
    own_programmes = administered(user).values("programme")
    newcomer = Q(is_superuser=False, portfolios=None, roles=None, administrations=None)
    found = User.objects.filter(
        newcomer
        | Q(pk=user.pk)
        | Q(portfolios__in=theirs)
        | Q(roles__portfolio__in=theirs)
        | Q(administrations__programme__in=own_programmes)
    )
    return User.objects.filter(pk__in=found.values("pk"))


def _keeps_all(user: User) -> bool:
    return user.is_active and user.is_superuser


# --- seeing -------------------------------------------------------------------------------------------------------


def _led(user: User) -> QuerySet[Role]:
    return Role.objects.filter(in_dates(), user=user, kind__in=LEADING)


def _administered_portfolios(user: User) -> QuerySet[Portfolio]:
    scope = administered(user).filter(programme=OuterRef("programme"))
    return Portfolio.objects.filter(Exists(scope.filter(Q(cohort_year=None) | Q(cohort_year=OuterRef("cohort_year")))))


def _theirs(user: User, path: str = "") -> Q:
    """Rows of portfolios whose trainee has this user among "their people" (officer, co-ordinator, administrator)."""
    key = f"{path}__pk__in" if path else "pk__in"
    return Q(**{key: _led(user).values("portfolio")}) | Q(**{key: _administered_portfolios(user).values("pk")})


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
    """Items of portfolios on which this user may decide today."""
    return Q(submission__portfolio__in=deciding_roles().filter(user=user).values("portfolio"))


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
}


def visible(user: Any, model: type[AnyModel]) -> QuerySet[AnyModel]:
    """The rows of `model` that `user` may see. KeyError for a model that nobody has thought about."""
    rows = model._default_manager.all()
    if not user.is_authenticated or not user.is_active:
        return rows.none()
    return rows.filter(SEEN[model](user))


# For rows of one portfolio: the way to it, and which of them its trainee's people may see. The trainee sees them all.
EVERYTHING, NOTHING = ~Q(pk__in=()), Q(pk__in=())
IN_PORTFOLIO: dict[type[Model], tuple[str, Callable[[], Q]]] = {
    **{of: ("portfolio", lambda: EVERYTHING) for of in (Activity, Confirmation, ModuleSignOff, Role, Submission)},
    Evidence: ("portfolio", _pages_to_people),
    Revision: ("evidence__portfolio", _revisions_to_people),
    Link: ("activity__portfolio", lambda: NOTHING),
    Item: ("submission__portfolio", lambda: EVERYTHING),
}


def visible_in(portfolio: Portfolio, user: User, model: type[AnyModel]) -> QuerySet[AnyModel]:
    """`visible(user, model)` of one portfolio that was itself fetched through `visible`: a test holds them equal.

    Whoever sees a portfolio owns it or is one of its trainee's people, so that nothing else needs to be asked.
    """
    path, to_people = IN_PORTFOLIO[model]
    rows = model._default_manager.filter(**{path: portfolio})
    return rows if user.pk == portfolio.trainee_id else rows.filter(to_people())


def with_me(user: User) -> QuerySet[Item]:
    """Undecided items that wait for this user, in any portfolio that is open."""
    return Item.objects.filter(_decides_here(user), _is_with(user), submission__portfolio__closed_at=None)


def queue(user: User) -> QuerySet[Submission]:
    """The submissions in which anything waits for this user."""
    return Submission.objects.filter(pk__in=with_me(user).values("submission"))


def once_asked(user: User) -> QuerySet[Submission]:
    """Submissions that were with this user once, where they may still decide: to say that they no longer are."""
    role = deciding_roles().filter(user=user, portfolio=OuterRef("portfolio"))
    return Submission.objects.filter(
        Exists(role), Exists(Addressee.objects.filter(submission=OuterRef("pk"), assessor=user))
    )


def administering(portfolio: Portfolio) -> QuerySet[Administration]:
    """Everybody who ever administers a portfolio that was itself fetched through `visible`."""
    cohort = Q(cohort_year=None) | Q(cohort_year=portfolio.cohort_year)
    return Administration.objects.filter(cohort, programme=portfolio.programme_id)


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


# --- doing --------------------------------------------------------------------------------------------------------


def parts(user: User, portfolio: Portfolio, addressed: int | None = None) -> frozenset[Part]:
    """The parts in which somebody acts in a portfolio; `addressed` is the id of the assessor an item is with.

    On their own portfolio nobody acts but as its trainee. Whoever has an open portfolio in its programme acts in no
    other part (domain.md, People).
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if user.pk == portfolio.trainee_id:
        return frozenset({Part.TRAINEE})
    in_training = Portfolio.objects.filter(trainee=user, programme=portfolio.programme_id, closed_at=None)
    held = {PART_OF_ROLE[kind]: Exists(_led(user).filter(portfolio=OuterRef("pk"), kind=kind)) for kind in LEADING}
    held[Part.ADMINISTRATOR] = Exists(_administered_portfolios(user).filter(pk=OuterRef("pk")))
    answers = Portfolio.objects.filter(pk=portfolio.pk).values_list(Exists(in_training), *held.values()).first()
    if answers is None or answers[0]:
        return frozenset()
    found = {part for part, holds in zip(held, answers[1:], strict=True) if holds}
    if addressed == user.pk and deciding_role(user, portfolio) is not None:
        found.add(Part.ADDRESSED)
    return frozenset(found)


def may(user: User, action: Who, portfolio: Portfolio, addressed: int | None = None) -> bool:
    """Whether somebody may take an action in a portfolio. States are not asked here: the workflow does."""
    return bool(action.who & parts(user, portfolio, addressed))


def acting_role(user: User, portfolio: Portfolio, kinds: Iterable[RoleKind]) -> Role | None:
    """The role row in which somebody acts, the first of `kinds` that they hold today; None for an administrator."""
    roles = {role.kind: role for role in Role.objects.filter(in_dates(), user=user, portfolio=portfolio)}
    return next((roles[kind] for kind in kinds if kind in roles), None)
