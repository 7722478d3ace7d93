"""Plain builders of what the calculations read: facts of a curriculum, and what a portfolio holds. No database."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from curriculum.structure import ActivityFacts, BlockFacts, ModuleFacts, Structure
from portfolio.assessed import Waiting
from portfolio.outside import Confirmed
from portfolio.record import ActivityRecord, Feedback, ModuleRecord, Record, SignedModule
from portfolio.requirements import needs
from portfolio.states import ActivityState

DATA = Path(__file__).parents[2] / "curriculum" / "data"
RULES = {"portfolio": {"both_dops_and_oce": True}}
LIFTED = {"portfolio": {"both_dops_and_oce": False}}
TODAY = date(2026, 3, 12)
NOT_STARTED, DRAFT = ActivityState.NOT_STARTED, ActivityState.DRAFT
IN_REVIEW, RETURNED, SIGNED = ActivityState.IN_REVIEW, ActivityState.RETURNED, ActivityState.SIGNED_OFF


# --- a curriculum -----------------------------------------------------------------------------------------------------


def module(
    code: str = "S-X1",
    *,
    known: Iterable[int] = (),
    complete: bool = False,
    expected: int | None = None,
    assessments: tuple[int | None, int | None] | None = None,
    result: bool = False,
    credits: int = 10,
) -> ModuleFacts:
    """A module; nothing is known of it unless said. `assessments`: CBDs, and DOPS and OCE in any mix."""
    cbd, observed = assessments or (None, None)
    return ModuleFacts(
        id=0,
        code=code,
        title=f"Title of {code}",
        kind="specialist",
        credits=credits,
        phase=None,
        block_position=0,
        provisional=False,
        complete=complete,
        expected=expected,
        cbd=cbd,
        observed=observed,
        university_result=result,
        url="",
        activities=tuple(ActivityFacts(number, "DTA", f"Task {number}") for number in known),
    )


def whole(code: str = "S-X1", activities: int = 3, assessments: tuple[int, int] = (0, 0), **fields: Any) -> ModuleFacts:
    """A module of which every number is known."""
    return module(code, known=range(1, activities + 1), complete=True, assessments=assessments, **fields)


def block(
    *modules: ModuleFacts, phase: int | None = None, options: tuple[tuple[str, ...], ...] = (), **fields: Any
) -> BlockFacts:
    """A row of the programme; its place is given by `curriculum`."""
    chosen = {code for option in options for code in option}
    credits = sum(one.credits for one in modules if one.code not in chosen)
    credits += sum(one.credits for one in modules if options and one.code in options[0])
    given = {"title": "Specialist module(s)", "credits": credits, **fields}
    return BlockFacts(id=0, position=0, phase=phase, modules=modules, options=options, **given)


def curriculum(*blocks: BlockFacts | ModuleFacts, rules: Any = LIFTED) -> Structure:
    """A curriculum of these rows; a module alone is a row of its own. Rule 5 is lifted unless it is what is tested."""
    rows = [one if isinstance(one, BlockFacts) else block(one) for one in blocks]
    placed = tuple(_placed(one, position) for position, one in enumerate(rows, start=1))
    return Structure(
        id=0,
        code="TST1-1-24",
        specialty="Test Science",
        start_year=2024,
        credits=sum(one.credits for one in placed),
        fictional=True,
        source="",
        programme_code="STP",
        rules=rules,
        blocks=placed,
    )


def _placed(one: BlockFacts, position: int) -> BlockFacts:
    modules = tuple(replace(module, phase=one.phase, block_position=position) for module in one.modules)
    return replace(one, id=position, position=position, modules=modules)


def from_file(code: str) -> Structure:
    """A real curriculum, as its file has it."""
    facts = yaml.safe_load((DATA / f"{code}.yaml").read_text())
    rules = yaml.safe_load((DATA / f"rules-{facts['rules']}.yaml").read_text())
    structure = curriculum(*(_block_of(one) for one in facts["blocks"]), rules=rules)
    return replace(structure, code=code, credits=facts["credits"], specialty=facts["specialty"])


def _block_of(facts: dict[str, Any]) -> BlockFacts:
    return block(
        *(_module_of(one) for one in facts["modules"]),
        phase=facts["phase"],
        options=tuple(tuple(codes) for codes in facts.get("choose_one_of", ())),
        title=facts["title"],
        credits=facts["credits"],
    )


def _module_of(facts: dict[str, Any]) -> ModuleFacts:
    asked = facts.get("assessments")
    bare = module(
        facts["code"],
        complete=facts["activities_complete"],
        expected=facts.get("expected_activities"),
        assessments=(asked["cbd"], asked["observed"]) if asked else None,
        result=facts.get("university_result", False),
        credits=facts["credits"],
    )
    rows = tuple(ActivityFacts(one["number"], one.get("type", ""), one["title"]) for one in facts["activities"])
    return replace(bare, title=facts["title"], kind=facts["kind"], activities=rows)


# --- what a portfolio holds -------------------------------------------------------------------------------------------


def at(day: int, month: int = 3, year: int = 2026) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


def row(number: int, state: ActivityState, **fields: Any) -> ActivityRecord:
    """An activity with a row. One in review is with Sam Okoro, one returned came from Ana Reyes, unless said."""
    standard: dict[str, Any] = {"pages": 0 if state == NOT_STARTED else 1}
    if state == IN_REVIEW:
        standard["waiting"] = Waiting("sub1", "Sam Okoro", 7, at(3), date(2026, 3, 17))
    if state == RETURNED:
        standard["feedback"] = Feedback("Add the action plan.", "Ana Reyes", at(11))
    return ActivityRecord(id=number, number=number, state=state, **{**standard, **fields})


def held(*states: ActivityState, rows: Iterable[ActivityRecord] = (), **fields: Any) -> ModuleRecord:
    """What is held of a module: activities 1, 2, 3 … in these states, and `rows` beside them."""
    given = [row(number, state) for number, state in enumerate(states, start=1)]
    return ModuleRecord(activities={one.number: one for one in [*given, *rows]}, **fields)


def signed(*activities: int, cbd: int = 0, observed: int = 0, result: bool = False, credits: int = 10) -> SignedModule:
    return SignedModule(credits, activities, cbd, observed, result, "Ana Reyes", at(1), "0" * 64)


def confirmed(activities: int | None = None, cbd: int | None = None, observed: int | None = None) -> Confirmed:
    return Confirmed(activities, cbd, observed, "Ana Reyes", date(2026, 1, 5), "The Library's page")


def record(*blocks: BlockFacts | ModuleFacts, of: Structure | None = None, **fields: Any) -> Record:
    """A portfolio of a curriculum made of these, or of `of`. `modules` is by code."""
    return Record(ref="p1", structure=of or curriculum(*blocks), trainee="Priya Raman", **fields)


def signing(of: Record, code: str, *, at_credits: int | None = None) -> Record:
    """The same portfolio with this module signed off as it stands."""
    facts = of.structure.module(code)
    wanted = needs(of, facts)
    made = SignedModule(
        credits=facts.credits if at_credits is None else at_credits,
        activities=wanted.activities or (),
        cbd=wanted.cbd or 0,
        observed=wanted.observed or 0,
        university_result=wanted.university_result,
    )
    return replace(of, modules={**of.modules, code: replace(of.module(facts), signed=made)})
