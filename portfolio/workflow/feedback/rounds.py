"""What a round of feedback is: which rounds the rules ask for, where one stands, and what seals it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from audit.canonical import digest
from curriculum.models import Module
from portfolio.manifest import iso, signer_parts
from portfolio.models import FeedbackAnswer, FeedbackClosing, FeedbackRelease, FeedbackRound, Portfolio
from portfolio.requirements import RuledRound, ruled_rounds
from portfolio.states import FeedbackState as State

RATING, TEXT = "rating", "text"


@dataclass(frozen=True)
class Question:
    """One question as a round keeps it. `points` are the scale, the lowest first; free text has none."""

    text: str
    hint: str
    points: tuple[str, ...]

    @property
    def is_rating(self) -> bool:
        return bool(self.points)


@dataclass(frozen=True)
class RoundOf:
    """A round of the rules in one portfolio: what the steps of this table move. `row` is its newest attempt, if any."""

    portfolio: Portfolio
    name: str
    row: FeedbackRound | None = None

    @classmethod
    def read(cls, portfolio: Portfolio, name: str) -> "RoundOf":
        """As it stands now."""
        rows = FeedbackRound.objects.filter(portfolio=portfolio, name=name).select_related("closing__release")
        return cls(portfolio, name, rows.order_by("-attempt").first())

    @property
    def opened(self) -> FeedbackRound:
        """The attempt, for steps that begin where there is one."""
        assert self.row is not None
        return self.row

    @property
    def words(self) -> str:
        return f"{self.name[:1].upper()}{self.name[1:]} feedback"


def rounds_of(portfolio: Portfolio) -> list[RuledRound]:
    """The rounds that the portfolio's rules ask for, in their order."""
    rules = portfolio.curriculum.rules
    return ruled_rounds(rules.content if rules else None)


def can_show(portfolio: Portfolio, name: str) -> list[tuple[str, int]]:
    """The activities that the report of this round can show, by the rules: of modules that the curriculum has."""
    activities = [found for one in rounds_of(portfolio) if one.name == name for found in one.activities]
    codes = Module.objects.filter(curriculum=portfolio.curriculum_id, code__in={code for code, _ in activities})
    known = set(codes.values_list("code", flat=True))
    return [(code, number) for code, number in activities if code in known]


def asked_now(portfolio: Portfolio) -> list[dict[str, Any]]:
    """The programme's questions of today, as a round that opens now keeps them."""
    rows = portfolio.programme.questions.order_by("position")
    return [{"text": row.text, "hint": row.hint, "points": row.points} for row in rows]


def questions_of(kept: Iterable[dict[str, Any]]) -> list[Question]:
    return [Question(one["text"], one["hint"], tuple(one["points"])) for one in kept]


def state_of(row: FeedbackRound | None) -> State:
    """Where a round stands: its rows say it."""
    if row is None:
        return State.NOT_OPENED
    if not hasattr(row, "closing"):
        return State.OPEN
    if not row.closing.enough:
        return State.TOO_FEW
    return State.RELEASED if hasattr(row.closing, "release") else State.WITH_OFFICER


def opening_digest(row: FeedbackRound) -> str:
    """What the chain holds of an opening: the questions, how many answers there must be. Its event names the round."""
    return digest(
        {
            "v": "stp-feedback-round-1",
            "portfolio": row.portfolio.ref,
            "number": row.number,
            "attempt": row.attempt,
            "questions": row.questions,
            "least": row.least,
            "at": iso(row.opened_at),
            **signer_parts(row),
        }
    )


def report_digest(row: FeedbackRound, answers: Iterable[FeedbackAnswer]) -> str:
    """What seals a report: every answer, in the order of their random keys."""
    parts: Sequence[list[Any]] = sorted((answer.part for answer in answers), key=lambda part: part[0])
    return digest({"v": "stp-feedback-report-1", "round": row.number, "portfolio": row.portfolio.ref, "answers": parts})


def closing_digest(row: FeedbackClosing) -> str:
    """What the chain holds of a closing."""
    return digest(
        {
            "v": "stp-feedback-closing-1",
            "round": row.round.number,
            "invited": row.invited,
            **({"withdrawn": row.withdrawn} if row.withdrawn else {}),
            "answered": row.answered,
            "enough": row.enough,
            "report": row.digest,
            "at": iso(row.closed_at),
            **signer_parts(row),
        }
    )


def release_digest(row: FeedbackRelease) -> str:
    """What the chain holds of a release."""
    return digest(
        {
            "v": "stp-feedback-release-1",
            "report": row.closing.digest,
            "discussed_on": row.discussed_on.isoformat(),
            "notes": row.notes_digest,
            "at": iso(row.released_at),
            **signer_parts(row),
        }
    )
