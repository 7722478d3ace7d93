"""Who may take an action in a portfolio, and in which part and role they take it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from django.db.models import Exists, OuterRef

from accounts.models import User
from portfolio.access.roles import LEADING, administered_portfolios, deciding_role, in_dates, leading_roles
from portfolio.models import Portfolio, Role
from portfolio.states import Part, RoleKind

PART_OF_ROLE = {RoleKind.OFFICER: Part.OFFICER, RoleKind.COORDINATOR: Part.COORDINATOR}
OFFICERS = frozenset({Part.OFFICER, Part.COORDINATOR})
IN_TRAINING = "in_training"


class Who(Protocol):
    """An action: a row of a workflow table, or an Action below."""

    @property
    def who(self) -> frozenset[Part]: ...


class Action(NamedTuple):
    """Something done in a portfolio that moves no state of a table."""

    name: str
    who: frozenset[Part]


WRITE = Action("write evidence", frozenset({Part.TRAINEE}))


def parts(user: User, portfolio: Portfolio, addressed: int | None = None, module: int | None = None) -> frozenset[Part]:
    """The parts in which somebody acts in a portfolio; `addressed` is the id of the assessor an item is with.

    `module` is the id of the item's: a placement supervisor is addressed in modules of the placement, and in no other.

    On their own portfolio nobody acts but as its trainee. Whoever has an open portfolio in its programme acts in no
    other part (domain.md, People).
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if user.pk == portfolio.trainee_id:
        return frozenset({Part.TRAINEE})
    answers: Any = Portfolio.objects.filter(pk=portfolio.pk).values(**what_is_held(user)).first()
    if answers is None or answers[IN_TRAINING]:
        return frozenset()
    found = {Part(name) for name, holds in answers.items() if holds}
    if addressed == user.pk and deciding_role(user, portfolio, module) is not None:
        found.add(Part.ADDRESSED)
    return frozenset(found)


def what_is_held(user: User) -> dict[str, Exists]:
    """What is asked of a portfolio's row: whether somebody is in training on its programme, and each part they hold.

    A page that fetches a portfolio asks it along, and need not ask for the parts again.
    """
    own = Portfolio.objects.filter(trainee=user, programme=OuterRef("programme"), closed_at=None)
    leads = {
        PART_OF_ROLE[kind].value: Exists(leading_roles(user).filter(portfolio=OuterRef("pk"), kind=kind))
        for kind in LEADING
    }
    administers = Exists(administered_portfolios(user).filter(pk=OuterRef("pk")))
    return {IN_TRAINING: Exists(own), **leads, Part.ADMINISTRATOR.value: administers}


@dataclass(frozen=True)
class Reader:
    """Who somebody is to a portfolio that was fetched with `what_is_held`: the parts in which they act in it.

    Whoever sees it, and not as a whole, sees it as a placement supervisor alone.
    """

    parts: frozenset[Part]
    sees_whole: bool

    @classmethod
    def of(cls, user: User, portfolio: Portfolio) -> "Reader":
        if user.pk == portfolio.trainee_id:
            return cls(frozenset({Part.TRAINEE}), sees_whole=True)
        held = frozenset(
            part for part in (*PART_OF_ROLE.values(), Part.ADMINISTRATOR) if getattr(portfolio, part.value)
        )
        in_training: bool = getattr(portfolio, IN_TRAINING)
        return cls(frozenset() if in_training else held, sees_whole=bool(held))


def may(user: User, action: Who, portfolio: Portfolio, addressed: int | None = None) -> bool:
    """Whether somebody may take an action in a portfolio. States are not asked here: the workflow does."""
    return bool(action.who & parts(user, portfolio, addressed))


def acting_role(user: User, portfolio: Portfolio, kinds: Iterable[RoleKind]) -> Role | None:
    """The role row in which somebody acts, the first of `kinds` that they hold today; None for an administrator."""
    roles = {role.kind: role for role in Role.objects.filter(in_dates(), user=user, portfolio=portfolio)}
    return next((roles[kind] for kind in kinds if kind in roles), None)
