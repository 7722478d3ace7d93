"""How a page speaks: to the trainee as "you", to their people by the trainee's name. The numbers are the same."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from accounts.models import User
from portfolio import access
from portfolio.models import Portfolio
from portfolio.requirements import Who
from portfolio.states import Part


@dataclass(frozen=True)
class Voice:
    """The words that differ between readers. `addressed`: the id of the assessor whom the page's activity
    is with; `module`: the id of that activity's."""

    user: User
    portfolio: Portfolio
    addressed: int | None = None
    module: int | None = None

    @property
    def name(self) -> str:
        return self.portfolio.trainee.name

    @property
    def own(self) -> bool:
        return self.user.pk == self.portfolio.trainee_id

    @cached_property
    def parts(self) -> frozenset[Part]:
        """Those in which this reader acts here. Only a page with steps to take asks."""
        return access.parts(self.user, self.portfolio, self.addressed, self.module)

    @property
    def writes(self) -> bool:
        """Whether evidence is theirs to write (in an open portfolio)."""
        return self.own and bool(access.WRITE.who & self.parts)

    @property
    def you(self) -> str:
        return "you" if self.own else self.name

    def caption(self, what: str) -> str:
        """What a page is about, above its heading: for everybody but the trainee with whose it is."""
        return what if self.own else f"{self.name}. {what}"

    @property
    def progress_title(self) -> str:
        return "Your progress" if self.own else f"{self.name}'s progress"

    @property
    def with_trainee(self) -> str:
        return "With you" if self.own else "With the trainee"

    @property
    def with_others(self) -> str:
        return "With your assessors and officer" if self.own else "With others"

    def whose(self, who: Who) -> str:
        """Whose turn it is, beside a line that says what is missing."""
        if who is Who.OFFICER and access.OFFICERS & self.parts:
            return "With you"
        if who is Who.ADMINISTRATOR and Part.ADMINISTRATOR in self.parts:
            return "With you"
        return {
            Who.TRAINEE: self.with_trainee,
            Who.ASSESSOR: "With your assessor" if self.own else "With the assessor",
            Who.OFFICER: "With your training officer" if self.own else "With the training officer",
            Who.ADMINISTRATOR: "With an administrator",
        }[who]


def about(portfolio: Portfolio) -> dict[str, Any]:
    """What every page of a portfolio says where it is true: it is closed, or fictional (about_portfolio.html)."""
    closure = portfolio.closures.filter(closes=True).first() if portfolio.closed_at else None
    return {"portfolio": portfolio, "closure": closure, "fictional": portfolio.curriculum.fictional}
