"""Grace of the demonstration, who moved here in her last year and is complete (grace.yaml), step by real step."""

from functools import partial
from itertools import cycle
from typing import Any

from curriculum.models import Module
from portfolio import requirements
from portfolio.ledger import read_one
from portfolio.management.demo.work import Author, content, plan_modules
from portfolio.states import ElsewhereKind

Told = dict[str, Any]


def plan_grace(author: Author) -> None:
    """Most was signed in another system, the last modules here; then the sign-offs, and what the university gave."""
    told, add = content("grace"), author.story.add
    moved, option, result, awards = told["moved"], told["option"], told["result"], told["awards"]
    add(moved["days"], partial(author.record_elsewhere, moved | {"items": _items(author, moved)}))
    add(option["taken"], partial(author.take_option, option["module"]))
    add(option["confirmed"], partial(author.confirm_option, option["module"]))
    add(result["days"], partial(author.record_result, result["module"], result["source"]))
    plan_modules(author, told["modules"], content("daniel")["texts"])
    for code in moved["modules"]:
        add(moved["signed"], partial(author.sign_module, code))
    for award in requirements.awards(read_one(author.portfolio).structure):
        add(awards["days"], partial(author.record_award, award, awards["source"]))


def _items(author: Author, moved: Told) -> list[Told]:
    """All that these modules ask for, spread over the years in which it was signed."""
    found: list[Told] = []
    for code in moved["modules"]:
        module = Module.objects.get(curriculum=author.portfolio.curriculum, code=code)
        found += [{"module": code, "number": one.number} for one in module.activities.order_by("number")]
        found += [_assessment(code, ElsewhereKind.CBD, at) for at in range(1, (module.cbd or 0) + 1)]
        kinds = cycle((ElsewhereKind.DOPS, ElsewhereKind.OCE))
        found += [_assessment(code, next(kinds), at) for at in range(1, (module.observed or 0) + 1)]
    step = (moved["first"] - moved["last"]) / len(found)
    return [item | {"by": moved["by"], "signed": round(moved["first"] - step * at)} for at, item in enumerate(found)]


def _assessment(code: str, kind: ElsewhereKind, at: int) -> Told:
    return {"module": code, "kind": kind, "title": f"{kind.label} {at} of {code}"}
