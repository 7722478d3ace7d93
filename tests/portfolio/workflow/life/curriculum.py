"""What a life is lived on: a curriculum with a module of every sort, its rules, and two rounds of feedback."""

from datetime import timedelta
from typing import Any

from curriculum.models import Curriculum, Rules
from portfolio.models import Portfolio
from tests import make

KNOWN, OPEN_ENDED, EXAMINED, ONE, OTHER = "S-C1", "S-X1", "S-P1", "S-B1", "S-B2"
CODES = [KNOWN, OPEN_ENDED, EXAMINED, ONE, OTHER]
CREDITS = {KNOWN: 20, OPEN_ENDED: 140, EXAMINED: 10, ONE: 10, OTHER: 10}
OBSERVED = [KNOWN, EXAMINED]  # modules that ask for one observed assessment
DISCUSSED = [ONE, OTHER]  # modules that ask for one CBD
ASSESSED = [*OBSERVED, *DISCUSSED]
OPTIONS = [ONE, OTHER]
BLOCKS: list[dict[str, Any]] = [
    {
        "title": "Everything is known",
        "credits": 20,
        "modules": [{"code": KNOWN, "credits": 20, "kind": "core", "activities": 2, **make.KNOWN, "observed": 1}],
    },
    {
        "title": "One activity is known, and how many there are is not",
        "credits": 140,
        "modules": [{"code": OPEN_ENDED, "credits": 140, "kind": "specialist", "activities": [1]}],
    },
    {
        "title": "With a result of the university",
        "credits": 10,
        "modules": [
            {"code": EXAMINED, "credits": 10, "kind": "research", "university_result": True}
            | {"activities": 0, **make.KNOWN, "observed": 1}
        ],
    },
    {
        "title": "With a choice",
        "credits": 10,
        "modules": [
            {"code": code, "credits": 10, "kind": "specialist", "activities": number, **make.KNOWN, "cbd": 1}
            for code, number in ((ONE, 1), (OTHER, 0))
        ],
        "options": [[ONE], [OTHER]],
    },
]

OVERALL = 50  # per cent of all required items, which the second review point asks for
POINTS = [1, 2]
DUE = {1: -100, 2: 150}  # in days from today, for somebody who was full time and never away
EITHER = [[{"module": KNOWN, "percent": 100}], [{"module": KNOWN, "percent": 60}, {"overall": 70}]]
ASKS: dict[int, list[dict[str, Any]]] = {
    1: [{"any_of": EITHER}],
    2: [{"overall": OVERALL}, {"module": EXAMINED, "percent": 100}],
}
ROUNDS = ["mid-training", "end of training"]  # of feedback
LEAST = 2  # answers, with which there is a report


def followed_by(portfolio: Portfolio) -> Portfolio:
    """The same portfolio, on that curriculum and its rules."""
    curriculum = make.curriculum("TST9-1-24", blocks=BLOCKS)
    make.mark_forms(curriculum.programme)
    points = [{"name": f"Review {one}", "due": _due(portfolio, one), "requires": ASKS[one]} for one in POINTS]
    content = {
        "portfolio": {"both_dops_and_oce": True},
        "review_points": points,
        "multi_source_feedback": [{"round": name, "month": month} for name, month in zip(ROUNDS, (6, 30), strict=True)],
    }
    rules = Rules.objects.create(name="rules-of-a-life", content=content)
    Curriculum.objects.filter(pk=curriculum.pk).update(rules=rules)
    Portfolio.objects.filter(pk=portfolio.pk).update(curriculum=curriculum)
    found = Portfolio.objects.get(pk=portfolio.pk)
    make.questionnaire(found)
    return Portfolio.objects.get(pk=portfolio.pk)


def _due(portfolio: Portfolio, number: int) -> dict[str, int]:
    day = make.today() + timedelta(days=DUE[number])
    return {"year": day.year - portfolio.cohort_year, "month": day.month, "day": day.day}
