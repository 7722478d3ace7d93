"""Who may take an action in a portfolio, and in which part and role they take it."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from django.db.models import Exists, OuterRef

from accounts.models import User
from portfolio.access.roles import (
    LEADING,
    PART_OF_ROLE,
    administering,
    in_dates,
    leading_roles,
    roles_that_decide,
    supervising_roles,
)
from portfolio.access.standing import reader_of
from portfolio.models import Portfolio, Role
from portfolio.states import Part, RoleKind

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


def parts(user: User, portfolio: Portfolio, addressed: int | None = None, module: int | None = None) -> frozenset[Part]:
    """The parts in which somebody acts in a portfolio; `addressed` is the id of the assessor an item is with.

    `module` is the id of the item's: a placement supervisor is one in modules of the placement, and in no other, and is
    addressed there alone.
    On their own portfolio nobody acts but as its trainee. Whoever has an open portfolio in its programme acts in no
    other part (domain.md, People). A page that fetched the portfolio for them knows it; a step, which has the row that
    it locked, reads it anew.
    """
    if not user.is_active:  # nobody who is not signed in is
        return frozenset()
    if (reader := reader_of(portfolio, user)) is not None:
        return reader.parts(portfolio, addressed, module)
    if user.pk == portfolio.trainee_id:
        return frozenset({Part.TRAINEE})
    in_training = Portfolio.objects.filter(trainee=user, programme=portfolio.programme_id, closed_at=None)
    held = {
        PART_OF_ROLE[kind]: Exists(leading_roles(user).filter(portfolio=OuterRef("pk"), kind=kind)) for kind in LEADING
    }
    held[Part.ADMINISTRATOR] = Exists(administering(portfolio).filter(in_dates(), user=user))
    if addressed == user.pk:
        modules = [] if module is None else [module]
        held[Part.ADDRESSED] = Exists(roles_that_decide(portfolio, modules).filter(user=user))
    if module is not None:
        supervising = supervising_roles().filter(user=user, portfolio=OuterRef("pk"), modules=module)
        held[Part.SUPERVISOR] = Exists(supervising)
    rows = Portfolio.objects.filter(pk=portfolio.pk).order_by("pk")
    answers = rows.values_list(Exists(in_training), *held.values()).first()
    if answers is None or answers[0]:
        return frozenset()
    return frozenset(part for part, holds in zip(held, answers[1:], strict=True) if holds)


def may(user: User, action: Who, portfolio: Portfolio, addressed: int | None = None) -> bool:
    """Whether somebody may take an action in a portfolio. States are not asked here: the workflow does."""
    return bool(action.who & parts(user, portfolio, addressed))


def acting_role(user: User, portfolio: Portfolio, kinds: Iterable[RoleKind]) -> Role | None:
    """The role row in which somebody acts, the first of `kinds` that they hold today; None for an administrator."""
    roles = {role.kind: role for role in Role.objects.filter(in_dates(), user=user, portfolio=portfolio)}
    return next((roles[kind] for kind in kinds if kind in roles), None)
