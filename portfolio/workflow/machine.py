"""The one writer of states: takes a step of a table for somebody, or refuses it.

`perform` locks the portfolio first and its audit chain last, re-reads what it depends on between the two, and does all
of it or nothing. `available` asks the same table, so that a button and its refusal cannot disagree.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone

from accounts.models import User
from audit.chain import append
from audit.models import Event
from portfolio import access, mail
from portfolio.cohort import summaries
from portfolio.mail import Letter, Telling
from portfolio.models import Portfolio
from portfolio.states import Part


class Refused(Exception):
    """A step that was not taken. `said` is for the person; nothing has changed."""

    status = 400

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class NotAllowed(Refused, PermissionDenied):
    """They may see it, but the step is not theirs. Django answers with the 403 page."""

    status = 403


class TooLate(Refused):
    """The step cannot be taken from where things stand now."""

    status = 409


class Incomplete(Refused):
    """Something that the step needs is missing or wrong; `errors` is by form field, "" for the whole form."""

    status = 422

    def __init__(self, said: str, field: str = "") -> None:
        super().__init__(said)
        self.errors = {field: said}


class NoLink(Refused):
    """No such link was ever sent: the page tells no more than that."""

    status = 404


class DeadLink(Refused):
    """A link that was sent, and works no longer."""

    status = 410


class TooOften(Refused):
    """Asked for again and again in a short time."""

    status = 429


@dataclass
class Move:
    """One step being taken: what the checks and effects of a table work on. `now` is the same for all of it."""

    step: "Step"
    portfolio: Portfolio
    subjects: Sequence[Any]
    by: User
    parts: frozenset[Part]
    reason: str
    seen: str | None
    given: Any
    now: datetime
    event: Event | None = None
    mails: dict[object, Telling] = field(default_factory=dict)

    @property
    def subject(self) -> Any:
        """The one thing that moves, for steps that take one at a time."""
        (subject,) = self.subjects
        return subject

    def record(self, data: dict[str, Any]) -> Event:
        """Add this step to the portfolio's chain, after every lock is taken: once, or once for each of its subjects."""
        self.event = append(self.portfolio.chain, self.step.name, by=self.by, data=data, at=self.now)
        return self.event

    def tell(self, letters: Callable[[], Iterable[Letter]], *, once: str = "") -> None:
        """Post these once every step is taken; of several steps that tell the same `once`, only one does."""
        self.mails[once or object()] = Telling(self.step.name, self.portfolio, letters)


def nothing(move: Move) -> None:
    """For steps without further needs."""


@dataclass(frozen=True)
class Step:
    """A row of a table: from where to where, by whom, with what. `act` writes what belongs to the new state.

    `moves` says where each source may lead. Where that is more than one state, `which` says to which of them this time.
    `whose`: of those who may, only the one whose this subject is.
    """

    name: str
    label: str
    moves: Mapping[str, tuple[str, ...]]
    who: frozenset[Part]
    act: Callable[[Move], None]
    which: Callable[[Move, Any], str] | None = None
    check: Callable[[Move], None] = nothing
    needs_reason: str = ""
    when_closed: bool = False
    whose: Callable[[Any, User], bool] | None = None

    @property
    def sources(self) -> frozenset[str]:
        return frozenset(self.moves)

    def is_for(self, person: User, parts: frozenset[Part], subjects: Iterable[Any]) -> bool:
        """Whether somebody who acts in these parts may take it, of subjects in the right state."""
        theirs = self.whose is None or all(self.whose(subject, person) for subject in subjects)
        return bool(parts & self.who) and theirs

    def target(self, move: Move, subject: Any, state: str) -> str:
        """Where it leads from `state`."""
        possible = self.moves[state]
        target = possible[0] if self.which is None else self.which(move, subject)
        if target not in possible:
            raise AssertionError(f"The step {self.name!r} leads to {target!r}, and its row does not say so.")
        return target


class Table(Protocol):
    """The steps of one kind of subject, and how its state is read and written."""

    steps: dict[str, Step]

    @property
    def states(self) -> type[TextChoices]:
        """The words for every state; the first is where a subject begins."""

    def portfolio_id(self, subject: Any) -> int: ...

    def reread(self, subject: Any, portfolio: Portfolio, step: Step) -> Sequence[Any]:
        """The subject as it stands under the lock, with whatever must move together with it."""

    def state(self, subject: Any) -> str: ...

    def addressed(self, subject: Any) -> int | None:
        """The id of the assessor whom the subject is with."""

    def write(self, subject: Any, state: str) -> None: ...

    def words(self, subject: Any) -> str:
        """What the subject is called in a refusal."""


@dataclass(frozen=True)
class Ask:
    """A step that somebody asks for. Subjects given together move together."""

    action: str
    subjects: Sequence[Any]
    reason: str = ""
    seen: str | None = None
    given: Any = None


DERIVED = ""  # leads to whatever follows from the rows that the step writes
CLOSED = "This portfolio is closed. An administrator can reopen it."
NOT_YOURS = "This step is not yours to take."
HAS_CHANGED = "{} has changed since this page was opened. Nothing was done."
NO_LINK = "This link does not work. Check that you have the whole address from the mail."
REASON = "Give the reason: the trainee reads it."


def run(asked: Iterable[tuple[Table, Ask]], *, by: User) -> list[Move]:
    """Take every step asked for, each of its own table, or none. Raises a Refused."""
    asked = list(asked)
    with transaction.atomic():
        ids = {table.portfolio_id(subject) for table, ask in asked for subject in ask.subjects}
        portfolios = {pk: locked(pk) for pk in sorted(ids)}
        by = acting(by)
        moves = [_move(table, ask, portfolios, by) for table, ask in asked]
        mails = {key: told for move in moves for key, told in move.mails.items()}
        mail.post(mails.values())
        summaries.soon(portfolios)
    return moves


def locked(portfolio_id: int) -> Portfolio:
    """The portfolio's row, locked until the transaction ends: always the first lock that is taken."""
    Portfolio.objects.select_for_update().get(pk=portfolio_id)
    return Portfolio.objects.select_related("trainee", "curriculum", "programme").get(pk=portfolio_id)


def acting(by: User) -> User:
    """Who acts, as they are now, and stay until the transaction ends: nobody who is deactivated meanwhile signs."""
    return User.objects.select_for_update(no_key=True).get(pk=by.pk)


def writable(portfolio_id: int, action: access.Who, *, by: User) -> Portfolio:
    """The locked portfolio, if `by` may take this action in it now; for what moves no state."""
    portfolio = locked(portfolio_id)
    if not access.may(by, action, portfolio):
        raise NotAllowed(NOT_YOURS)
    if portfolio.closed_at is not None:
        raise NotAllowed(CLOSED)
    return portfolio


def _move(table: Table, ask: Ask, portfolios: dict[int, Portfolio], by: User) -> Move:
    step = table.steps[ask.action]
    portfolio = portfolios[table.portfolio_id(ask.subjects[0])]
    moving: list[Any] = []
    for subject in ask.subjects:
        moving += [found for found in table.reread(subject, portfolio, step) if found not in moving]
    move = Move(
        step=step,
        portfolio=portfolio,
        subjects=moving,
        by=by,
        parts=frozenset.intersection(*(_parts(table, by, portfolio, subject) for subject in moving)),
        reason=ask.reason.strip(),
        seen=ask.seen,
        given=ask.given,
        now=timezone.now(),
    )
    _legal(table, move)
    step.check(move)
    targets = [step.target(move, subject, table.state(subject)) for subject in moving]
    step.act(move)
    for subject, target in zip(moving, targets, strict=True):
        table.write(subject, target)
    if move.event is None:
        raise AssertionError(f"The step {step.name!r} left no event.")
    return move


def _parts(table: Table, by: User, portfolio: Portfolio, subject: Any) -> frozenset[Part]:
    return access.parts(by, portfolio, table.addressed(subject), module_of(subject))


def module_of(subject: Any) -> int | None:
    """The id of the module that a subject is of, for those who decide in some modules only; None: they do not here."""
    return getattr(subject, "module_id", None)


def _legal(table: Table, move: Move) -> None:
    step = move.step
    if move.portfolio.closed_at is not None and not step.when_closed:
        raise NotAllowed(CLOSED)
    for subject in move.subjects:
        state = table.state(subject)
        if state not in step.sources:
            raise TooLate(HAS_CHANGED.format(table.words(subject)))
    if not step.is_for(move.by, move.parts, move.subjects):
        raise NotAllowed(NOT_YOURS)
    if step.needs_reason and not move.reason:
        raise Incomplete(step.needs_reason, "reason")


def available(
    table: Table, subject: Any, portfolio: Portfolio, *, by: User, parts: frozenset[Part] | None = None
) -> list[Step]:
    """The steps that `by` may take with this subject now: the page's buttons.

    `parts`: those in which they act on this subject, for a page that has asked.
    """
    state = table.state(subject)
    if parts is None:
        parts = _parts(table, by, portfolio, subject)
    closed = portfolio.closed_at is not None
    return [
        step
        for step in table.steps.values()
        if state in step.sources and step.is_for(by, parts, [subject]) and (step.when_closed or not closed)
    ]
