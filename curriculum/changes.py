"""What may change in a curriculum that portfolios follow: one table, asked by the loader and by the admin alike.

The table is domain.md's "Curricula: what may change when". A curriculum that nobody follows may change in everything,
so its rows are not asked. What is in no row may not change.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from .models import Curriculum, Module, TrainingActivity

FOLLOWED = "portfolios follow this curriculum"
UNKNOWN = ("", None, ())

# What a rule is told: the row as it is stored, the old and the new value, and whether any portfolio has signed the
# module. It answers with the reason against the change, or None.
Rule = Callable[[Any, Any, Any, bool], str | None]


def _free(row: Model, old: Any, new: Any, signed: bool) -> str | None:
    return None


def _fill(row: Model, old: Any, new: Any, signed: bool) -> str | None:
    if old in UNKNOWN:
        return None
    return f"{FOLLOWED}, so what is known stays as it is"


def _raise(row: Module, old: int | None, new: int | None, signed: bool) -> str | None:
    if row.activities_complete:
        return "the activity list is complete, so no more are expected"
    if new is None or (old is not None and new < old):
        return f"{FOLLOWED}, so the number of expected activities can only be raised"
    return None


def _only_to(wanted: bool, why: str) -> Rule:
    def rule(row: Model, old: bool, new: bool, signed: bool) -> str | None:
        return None if new is wanted else f"{FOLLOWED}, so {why}"

    return rule


def _confirm(row: Module, old: Any, new: Any, signed: bool) -> str | None:
    return None if row.provisional else f"{FOLLOWED}, and this module is confirmed"


def _confirm_unsigned(row: Module, old: int, new: int, signed: bool) -> str | None:
    if row.provisional and signed:
        return "a portfolio has this module signed off with these credits"
    return _confirm(row, old, new, signed)


def _publish(row: Curriculum, old: str, new: str, signed: bool) -> str | None:
    if new == Curriculum.Status.PUBLISHED:
        return None
    return f"{FOLLOWED}, so it cannot be a draft again"


RULES: dict[tuple[type[Model], str], Rule] = {
    (Curriculum, "status"): _publish,
    (Curriculum, "source"): _fill,
    (Curriculum, "note"): _free,
    (Module, "title"): _confirm,
    (Module, "credits"): _confirm_unsigned,
    (Module, "provisional"): _only_to(False, "what is confirmed stays confirmed"),
    (Module, "expected_activities"): _raise,
    (Module, "activities_complete"): _only_to(True, "a complete list stays complete"),
    (Module, "cbd"): _fill,
    (Module, "observed"): _fill,
    (Module, "titles"): _fill,
    (Module, "url"): _fill,
    (TrainingActivity, "title"): _free,
    (TrainingActivity, "type"): _fill,
}


def may_change(row: Model, field: str, old: Any, new: Any, *, used: bool, signed: bool = False) -> str | None:
    """Why `field` of this stored row may not go from `old` to `new`, or None when it may.

    `used` says whether a portfolio follows the curriculum, `signed` whether one has this module signed off.
    """
    if not used or old == new:
        return None
    rule = RULES.get((type(row), field))
    return rule(row, old, new, signed) if rule else f"{FOLLOWED}, so this stays as it is"


def may_add_activity(module: Module, *, used: bool) -> str | None:
    """Why no activity may be added to this module, or None when one may."""
    if used and module.activities_complete:
        return f"the activity list of {module.code} is complete, and {FOLLOWED}"
    return None


def may_add_or_remove(*, used: bool) -> str | None:
    """Why blocks, modules and options may not come or go, nor a known activity go; None when they may."""
    return f"{FOLLOWED}, so nothing of its structure is added or taken away" if used else None
