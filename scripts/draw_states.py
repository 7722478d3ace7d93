"""Draws the tables of steps into docs/states.md, between its two marks.

    make diagrams                    writes the page
    scripts/draw_states.py --check   fails when the page says something else (a test does this)

The tables that are drawn are those that the workflow runs on: a step that is not in the picture does not exist.
"""

import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "states.md"
BEGIN, END = "<!-- drawn by scripts/draw_states.py -->\n", "<!-- end of what is drawn -->\n"
TITLES = {
    "Activity": "A training activity",
    "ModuleOf": "A module",
    "Portfolio": "A portfolio",
    "BlockOf": "The option of a block",
    "ResultOf": "A university's result",
    "AssessmentElsewhere": "An assessment signed elsewhere",
    "Goal": "A goal",
    "ReviewOf": "A review meeting",
    "TimeOf": "Working time and leave of a portfolio",
    "RoundOf": "A round of multi-source feedback",
    "Assessment": "A work-based assessment",
    "Placement": "A placement",
    "Nomination": "The nomination of a new assessor",
    "CommentOn": "A comment on a decision",
}

sys.path.insert(0, str(ROOT))
django.setup()

from portfolio.states import Part  # noqa: E402
from portfolio.workflow import TABLES, Step  # noqa: E402
from portfolio.workflow.machine import DERIVED, Table  # noqa: E402


def picture(table: Table) -> str:
    """The diagram of one table. A step that leads to a derived state leads to all of them."""
    steps, states = table.steps.values(), {state.value: state.label for state in table.states}
    targets = {target for step in steps for found in step.moves.values() for target in found}
    lines = ["stateDiagram-v2", *(f'    state "{label}" as {state}' for state, label in states.items())]
    lines.append(f"    [*] --> {next(iter(states))}")
    if DERIVED in targets:
        lines.append('    state "as the rows say" as derived')
        lines += [f"    derived --> {state}" for state in states if state not in targets]
    lines += [
        f"    {source} --> {target or 'derived'}: {step.name}"
        for step in steps
        for source in states
        for target in step.moves.get(source, ())
    ]
    return "\n".join(["```mermaid", *lines, "```"])


def row(step: Step, table: Table) -> str:
    """One step in words."""
    labels = {state.value: state.label for state in table.states} | {DERIVED: "as the rows say"}
    moves = [(labels[source], [labels[to] for to in step.moves[source]]) for source in labels if source in step.moves]
    moved = [f"{source} → {' or '.join('stays' if to == source else to for to in found)}" for source, found in moves]
    who = [part.label for part in Part if part in step.who]
    return f"| {step.name} | {'; '.join(moved)} | {', '.join(who)} | {'yes' if step.needs_reason else ''} |"


def drawn(title: str, table: Table) -> str:
    words = ["| step | from → to | who | needs a reason |", "| --- | --- | --- | --- |"]
    words += [row(step, table) for step in table.steps.values()]
    return "\n\n".join([f"## {title}", picture(table), "\n".join(words)]) + "\n\n"


before, _, rest = PAGE.read_text().partition(BEGIN)
_, _, after = rest.partition(END)
pictures = "".join(drawn(TITLES[kind.__name__], table) for kind, table in TABLES.items())
page = f"{before}{BEGIN}\n{pictures}{END}{after}"
if "--check" not in sys.argv:
    PAGE.write_text(page)
elif page != PAGE.read_text():
    sys.exit("docs/states.md does not show the steps as they are. To draw them again: make diagrams")
