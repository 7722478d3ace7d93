"""How a page speaks: to the trainee as "you", to their people by the trainee's name. The numbers are the same."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from portfolio import access
from portfolio.models import Portfolio
from portfolio.requirements import Who
from portfolio.states import Part


@dataclass(frozen=True)
class Voice:
    """The words that differ between readers. `parts` are those in which this reader acts in the portfolio."""

    name: str
    own: bool
    parts: frozenset[Part]

    @classmethod
    def of(cls, user: User, portfolio: Portfolio, reader: access.Reader | None = None) -> "Voice":
        """`reader`: whom the view that fetched the portfolio found; else it is asked."""
        parts = reader.parts if reader else access.parts(user, portfolio)
        return cls(portfolio.trainee.name, user.pk == portfolio.trainee_id, parts)

    @property
    def writes(self) -> bool:
        """Whether evidence is theirs to write (in an open portfolio)."""
        return bool(access.WRITE.who & self.parts)

    @property
    def you(self) -> str:
        return "you" if self.own else self.name

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
            Who.NOBODY_YET: "Later",
        }[who]


def about(portfolio: Portfolio) -> dict[str, Any]:
    """What every page of a portfolio says where it is true: it is closed, or fictional (about_portfolio.html)."""
    closure = portfolio.closures.filter(closes=True).first() if portfolio.closed_at else None
    return {"portfolio": portfolio, "closure": closure, "fictional": portfolio.curriculum.fictional}
