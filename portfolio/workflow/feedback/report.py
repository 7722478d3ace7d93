"""The report of a round: how often each point of a scale was chosen, and the free text in an order made by chance."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from portfolio import prose
from portfolio.models import FeedbackAnswer
from portfolio.workflow.feedback.rounds import questions_of


@dataclass(frozen=True)
class Point:
    """One point of a scale. `share` is in whole percent of those who gave a rating."""

    words: str
    count: int
    share: int


@dataclass(frozen=True)
class Reported:
    """One question: the points of its scale or the texts, and how many said anything to it."""

    text: str
    hint: str
    answered: int
    cannot_say: int
    points: tuple[Point, ...]
    texts: tuple[str, ...]


def report(kept: Iterable[dict[str, Any]], answers: Iterable[FeedbackAnswer]) -> list[Reported]:
    """`kept` are the round's questions. Texts stand in the order of their random keys, which stays the same."""
    answers = sorted(answers, key=lambda answer: str(answer.id))
    found = []
    for at, question in enumerate(questions_of(kept), start=1):
        here = [answer for answer in answers if answer.question == at]
        chosen = Counter(answer.rating for answer in here if answer.rating is not None)
        texts = tuple(answer.text for answer in here if answer.text)
        rated = chosen.total()
        points = tuple(
            Point(words, chosen[place], round(100 * chosen[place] / rated) if rated else 0)
            for place, words in enumerate(question.points, start=1)
        )
        answered = rated if question.is_rating else len(texts)
        found.append(Reported(question.text, question.hint, answered, len(here) - answered, points, texts))
    return found


def as_text(reported: Sequence[Reported], *, answered: int, digest: str) -> str:
    """The report as the body of a page of evidence. What respondents wrote is quoted, so that it stays theirs."""
    parts = [f"{answered} people answered. Their answers are anonymous, and the free text stands in no order."]
    for one in reported:
        parts.append(f"## {one.text}")
        if one.points:
            lines = [f"- {point.words}: {point.count}" for point in one.points]
            parts.append("\n".join([*lines, f"- Cannot say: {one.cannot_say}"]))
        parts += [prose.quotation(text) for text in one.texts]
        if not one.points and not one.texts:
            parts.append("Nobody wrote anything here.")
    parts.append(f"Fingerprint of the report: {digest}")
    return "\n\n".join(parts)
