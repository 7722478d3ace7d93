"""Putting activities into a month or a placement: ticks on the board, and where they go."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from portfolio.forms.picker import key_of
from portfolio.forms.widgets import Column, Hinted, PlanBoard
from portfolio.plan.board import Board, Entry, Key
from portfolio.plan.months import first_of, words
from portfolio.plan.reading import Plan
from portfolio.requirements.words import day
from portfolio.states import ActivityState
from portfolio.workflow.plan import CANNOT_BE_PLANNED, NO_MONTH, NOTHING_CHOSEN, Put

CLOSE = 12  # months that are on the board though nothing is in them: places to drop something
OUT = "out"
PLACEMENT = "placement-"
NOWHERE = "Choose where it goes: a month, or a placement if you have one."


def month_value(month: date) -> str:
    """2026-03"""
    return f"{month:%Y-%m}"


def columns(plan: Plan) -> list[tuple[Column, list[Entry]]]:
    """The groups of the board: what is not planned by module, then placements, then months in order."""
    return [*_unplanned(plan.board), *_stays(plan), *_months(plan)]


def _unplanned(board: Board) -> Iterable[tuple[Column, list[Entry]]]:
    """What is required and not planned; beside it what is not required, or with an assessor already."""
    for code in dict.fromkeys(one.module.code for one in board.entries):
        here = [one for one in board.entries if one.module.code == code and not one.when]
        needed = sum(one in board.unplanned for one in here) or "Nothing"
        if here:
            yield Column(f"{code} {here[0].module.title}", note=f"{needed} to plan"), here


def _stays(plan: Plan) -> Iterable[tuple[Column, list[Entry]]]:
    for stay in plan.stays:
        inside, past = list(plan.board.in_stay(stay.pid)), stay.ends_on < plan.today
        if inside or not past:
            note = f"{day(stay.starts_on)} to {day(stay.ends_on)}"
            yield Column(stay.title, place=PLACEMENT + stay.pid, note=note, late=past), inside


def _months(plan: Plan) -> Iterable[tuple[Column, list[Entry]]]:
    now = first_of(plan.today)
    for month in sorted({*plan.board.months, *plan.months[:CLOSE]}):
        past = month < now
        inside = list(plan.board.in_month(month))
        note = "This month" if month == now else "Past" if past else "" if inside else "Nothing planned"
        yield Column(words(month), place=month_value(month), note=note, late=past), inside


def label(entry: Entry) -> Hinted:
    """S-C1 4 Audit personal digital footprint, and what else should be known of it."""
    said = [] if entry.place.state == ActivityState.NOT_STARTED else [str(entry.place.state.label)]
    said += [entry.place.why_not] if entry.place.why_not else []
    said += [entry.standing.value] if entry.place.required and not entry.counts else []
    said += ["not submitted"] if entry.late else []
    title = entry.place.title or "Wording not recorded yet"
    return Hinted(f"{entry.name} {title}", hint=f"({', '.join(said)})" if said else "")


class PlanForm(forms.Form):
    """What is ticked goes there, or with the other button out of the plan."""

    where = forms.ChoiceField(
        label="Plan what is ticked for",
        required=False,
        error_messages={"invalid_choice": NO_MONTH},
    )
    chosen = forms.MultipleChoiceField(
        label="Activities",
        widget=PlanBoard,
        error_messages={"required": NOTHING_CHOSEN, "invalid_choice": CANNOT_BE_PLANNED},
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (column, [(key_of(*one.key), label(one)) for one in inside]) for column, inside in columns(plan)
        ]
        ahead = [(PLACEMENT + stay.pid, stay.title) for stay in plan.stays if stay.ends_on >= plan.today]
        by_month = [(month_value(month), words(month)) for month in plan.months]
        self.fields["where"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *([("Placements", ahead), ("Months", by_month)] if ahead else by_month),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.takes_out and given.get("where") == "":
            self.add_error("where", NOWHERE)
        return given

    @property
    def takes_out(self) -> bool:
        """Whether the other button was pressed."""
        return OUT in self.data

    def given(self) -> Put:
        where = "" if self.takes_out else self.cleaned_data["where"]
        chosen = frozenset(_key(one) for one in self.cleaned_data["chosen"])
        if where.startswith(PLACEMENT):
            return Put(chosen, placement=where.removeprefix(PLACEMENT))
        return Put(chosen, month=date.fromisoformat(f"{where}-01") if where else None)


def _key(value: str) -> Key:
    code, _, number = value.rpartition("/")
    return code, int(number)
