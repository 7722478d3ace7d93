"""What the components page shows beside templates/components/: every state, and the pieces that several pages share."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from portfolio.forms.sample import LONG
from portfolio.shapes import SHAPES
from portfolio.views.comments.shown import ShownComment
from portfolio.views.people import Person


def states() -> list[tuple[str, list[tuple[str, str]]]]:
    """Each kind of state by its name in portfolio/states.py: the shape and the word of each, as pages show them."""
    return [
        (kind.__name__, [(shapes[state.value], str(state.label)) for state in kind]) for kind, shapes in SHAPES.items()
    ]


WROTE = {"cid": "one", "name": "Ama Boateng", "as_whom": "Assessor", "when": "5 March 2026, 10:42"}
COMMENTS = [
    ShownComment(**WROTE, text="Clear account of the day.\n\nWhat will you change?", withdraw_href="#top"),
    ShownComment(**WROTE | {"cid": "two"}, gone="Withdrawn on 6 March 2026."),
    ShownComment(**WROTE | {"cid": "three", "name": LONG}, text=LONG),
    ShownComment(**WROTE | {"cid": "four"}, text="Well argued.", doubt="It is not what was recorded."),
]
BEGUN, ENDED = date(2026, 3, 3), date(2026, 9, 30)
PEOPLE = [
    Person("Ama Boateng", "Principal Clinical Scientist", "Assessor", "Sees what is sent to them", BEGUN, None),
    Person(LONG, LONG, "Training officer", "Confirms requirements", BEGUN, ENDED),
]
ITEMS: list[dict[str, Any]] = [
    {"type": "DTA", "name": "S-C1 4", "key": "one", "title": "Audit personal digital footprint", "attempt": 1}
    | {"shape": "review", "word": "In review", "entered_by_trainee": False, "doubt": ""},
    {"type": "", "name": "S-C1 5", "key": "two", "title": LONG, "attempt": 2, "shape": "returned", "word": "Returned"}
    | {"entered_by_trainee": True, "doubt": "Its record does not agree with what was signed."},
]
REPORT: list[dict[str, Any]] = [
    {
        "text": "Listens to colleagues",
        "points": [
            {"words": "Seldom", "count": 1, "share": 10},
            {"words": "Often", "count": 9, "share": 90},
            {"words": LONG, "count": 0, "share": 0},
        ],
        "answered": 10,
        "cannot_say": 2,
    },
    {"text": "What goes well?", "points": [], "texts": ["Explains calmly.", LONG], "answered": 2},
    {"text": LONG, "points": [], "texts": [], "answered": 0},
]
CLOSURE = {"at": date(2026, 3, 3), "reason": "Training is complete."}


def pieces(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What templates of templates/portfolio/ that several pages include are given. `rows` are of next.html."""
    return {
        "comments": COMMENTS,
        "people": PEOPLE,
        "items": [one | {"item": SimpleNamespace(attempt=one["attempt"])} for one in ITEMS],
        "report": REPORT,
        "closure": CLOSURE,
        "not_kept": [("S-C1 4", "Name two things that you will change."), (LONG, LONG)],
        "lists": [
            {"count": 5, "first": rows[:2], "rest": rows[2:], "left": 275},
            {"count": 0, "first": [], "rest": [], "left": 0},
        ],
    }
