"""The feedback questionnaire of a programme, from a file: what is wrong with it, and what loading it would change."""

from ..models import Question, scale_problem
from ..schema import QuestionsSaid
from .consistency import Finding


def questions_findings(said: QuestionsSaid) -> list[Finding]:
    """Ratings without a sound scale, and free text with one."""
    found: list[Finding] = []
    for index, question in enumerate(said.questions):
        points = said.scale_of(question)
        if question.kind == Question.Kind.TEXT and points:
            found.append((("questions", index, "scale"), "free text has no scale"))
        elif question.kind == Question.Kind.RATING and (problem := scale_problem(points)):
            found.append((("questions", index, "scale"), problem))
    return found


def rows(said: QuestionsSaid) -> list[tuple[str, str, str, str]]:
    """Kind, question, hint and scale of each, in the order of the file."""
    return [(one.kind, one.text, one.hint, "\n".join(said.scale_of(one))) for one in said.questions]
