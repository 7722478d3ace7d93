"""What the lines of a table of people say, or why a line cannot be read. Knows nobody who is here."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from portfolio.dates.meant import YEARS, why_no_such_year
from portfolio.dates.written import read_date
from portfolio.intake.headings import (
    MORE_CELLS,
    NO_ROWS,
    SECOND_HEADINGS,
    are_called,
    are_headings,
    columns_of,
    heading,
)
from portfolio.intake.sheets import Line, Sheet, Unreadable
from portfolio.states import RoleKind
from portfolio.workflow.nominations.naming import ONE_ADDRESS

COLUMNS = {
    "part": "trainee, training officer, training co-ordinator or assessor",
    "name": "in full",
    "e-mail": "one address; one person has one address",
    "post": "may be empty",
    "registration number": "may be empty",
    "curriculum": "of a trainee: its code, such as SBI1-3-23, or the specialty if the cohort has one curriculum of it",
    "cohort": "of a trainee: the year that the training started",
    "from": "of a trainee the first day of training; of others the first day of their role, today if it is empty",
    "organisation": "of a trainee, as it is written under Organisations; may be empty",
    "department": "of a trainee; may be empty",
    "trainees": "of others: the e-mail addresses of their trainees, with semicolons between them",
}
NAMES = {
    **{name: name for name in COLUMNS},
    **dict.fromkeys(("role", "kind"), "part"),
    **dict.fromkeys(("full name", "person"), "name"),
    **dict.fromkeys(("email", "e-mail address", "email address", "mail"), "e-mail"),
    **dict.fromkeys(("job title", "position"), "post"),
    **dict.fromkeys(("registration", "registration no", "registration no.", "hcpc"), "registration number"),
    **dict.fromkeys(("specialty", "curriculum code"), "curriculum"),
    **dict.fromkeys(("cohort year", "year"), "cohort"),
    **dict.fromkeys(("start", "start date", "starts on", "date", "from date"), "from"),
    **dict.fromkeys(("trust", "employer"), "organisation"),
    **dict.fromkeys(("trainee", "trainee e-mail", "trainee email", "trainees e-mail"), "trainees"),
}
NEEDED = ("part", "name", "e-mail")
TRAINEE = "trainee"
PARTS = {
    TRAINEE: TRAINEE,
    **dict.fromkeys(("training officer", "officer"), RoleKind.OFFICER.value),
    **dict.fromkeys(
        ("training co-ordinator", "training coordinator", "co-ordinator", "coordinator"), RoleKind.COORDINATOR.value
    ),
    "assessor": RoleKind.ASSESSOR.value,
}
LONGEST = {"name": 200, "e-mail": 254, "post": 200, "registration number": 40, "department": 200}
OF_TRAINEES = ("curriculum", "cohort", "organisation", "department")
MOST_TRAINEES = 200  # in one row
MOST_ROLES = 1_000  # in one table
TRUTHS = ("TRUE", "FALSE")  # what a spreadsheet worked out, or made of a word


@dataclass(frozen=True)
class Entry:
    """One row: somebody, and what they are to be. `part` is TRAINEE or the kind of a role.

    `unfit`: the columns whose cell cannot be read. Nothing further is said of those.
    """

    line: int
    part: str = ""
    name: str = ""
    email: str = ""
    post: str = ""
    registration: str = ""
    curriculum: str = ""
    cohort: int | None = None
    starts_on: date | None = None
    organisation: str = ""
    department: str = ""
    trainees: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()

    @property
    def stored(self) -> dict[str, Any]:
        """As it waits between preview and confirmation."""
        return asdict(self) | {"starts_on": self.starts_on.isoformat() if self.starts_on else None}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Entry":
        day = stored["starts_on"]
        texts = {name: tuple(stored.get(name, ())) for name in ("trainees", "problems", "unfit")}
        return cls(**{**stored, **texts, "starts_on": date.fromisoformat(day) if day else None})


@dataclass
class _Problems:
    """What is wrong with a row. A column whose cell cannot be read at all has been told of, and is once enough."""

    said: list[str]
    unfit: frozenset[str]

    def add(self, column: str, said: str) -> None:
        if column not in self.unfit:
            self.said.append(said)


def read(sheet: Sheet) -> tuple[Entry, ...]:
    """Every row under the headings. Raises Unreadable for a table that is empty or whose columns have no names."""
    if not sheet.lines:
        raise Unreadable("The selected file has no rows.")
    headings, *lines = sheet.lines
    columns = _columns(headings, lines)
    if not lines:
        raise Unreadable(NO_ROWS)
    rows = [_entry(line, columns) for line in lines]
    if sum(len(row.trainees) for row in rows) > MOST_ROLES:
        raise Unreadable(f"The table gives more than {MOST_ROLES:,} roles. Upload it in several parts.")
    return _without_repeats(rows)


def _columns(headings: Line, lines: Sequence[Line]) -> list[str]:
    """What each column holds. A heading that is not known is refused: what is in its column would be lost."""
    if not are_headings(headings.cells, NAMES):
        later = next((line.number for line in lines[:20] if are_headings(line.cells, NAMES)), None)
        if later:
            raise Unreadable(f"The names of the columns stand in row {later}. Remove the rows above it.")
        raise Unreadable(f"The first row must name the columns: {', '.join(COLUMNS)}.")
    unknown = next((cell for cell in headings.cells if cell and heading(cell) not in NAMES), None)
    if unknown:
        raise Unreadable(f"No column is called “{unknown[:60]}”. {are_called(NAMES)}")
    return columns_of(headings.cells, NAMES, NEEDED)


def _entry(line: Line, columns: Sequence[str]) -> Entry:
    if are_headings(line.cells, NAMES):
        return Entry(line.number, problems=(SECOND_HEADINGS,))
    cells = {name: cell for name, cell in zip(columns, line.cells, strict=False) if name}
    unfit = {name: said for name, cell in cells.items() if (said := _unfit(name, cell))}
    problems = _Problems(list(unfit.values()), frozenset(unfit))
    if len(line.cells) > len(columns) and any(line.cells[len(columns) :]):  # which cell is which nobody knows
        problems.said.append(MORE_CELLS)
        return Entry(line.number, name=_shown(cells.get("name", "")), problems=tuple(problems.said))
    fit = {name: " ".join(cell.split()) for name, cell in cells.items() if name not in unfit}
    entry = _understood(line.number, fit, problems)
    name = _shown(cells["name"]) if "name" in unfit else entry.name
    return replace(entry, name=name, problems=tuple(problems.said), unfit=tuple(unfit))


def _unfit(name: str, cell: str) -> str:
    """What no cell may hold: a formula or what came of one, a line break, what cannot be shown, or too much of it."""
    if cell.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")):
        return f"The cell “{name}” holds a formula, or begins like one. Enter its value."
    if re.search(r"[\r\n\v\f\u2028\u2029\x85]", cell):
        return f"The cell “{name}” holds a line break. Take it out."
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") for letter in cell):
        return f"The cell “{name}” holds characters that cannot be shown. Take them out."
    if cell in TRUTHS:
        return f"The cell “{name}” holds {cell}, a value of a spreadsheet and no text. Enter its value in words."
    if cell.startswith("#") and cell.rstrip("!?").isupper():
        return f"The cell “{name}” holds the error {cell[:20]}. Enter its value."
    longest = LONGEST.get(name, 10_000)
    return f"Write {longest} characters or fewer for “{name}”." if len(cell) > longest else ""


def _shown(name: str) -> str:
    """A name that may be wrong, to find its row by."""
    return "".join(letter for letter in name if letter.isprintable())[:80]


def _understood(number: int, cells: Mapping[str, str], problems: _Problems) -> Entry:
    part = PARTS.get(cells.get("part", "").casefold(), "")
    if not part:
        problems.add(
            "part", "Say in “part” what they are: trainee, training officer, training co-ordinator or assessor."
        )
    if not re.search(r"\w", cells.get("name", "")):
        problems.add("name", "Enter the name.")
    entry = Entry(
        number,
        part,
        cells.get("name", ""),
        _address(cells.get("e-mail", ""), problems),
        cells.get("post", ""),
        cells.get("registration number", ""),
        starts_on=_day(cells.get("from", ""), problems),
    )
    if part == TRAINEE:
        entry = _trainee(entry, cells, problems)
    elif part:
        entry = _role(entry, cells, problems)
    return entry


def _trainee(entry: Entry, cells: Mapping[str, str], problems: _Problems) -> Entry:
    if not cells.get("curriculum"):
        problems.add("curriculum", "Enter the curriculum of the trainee.")
    if not cells.get("from"):
        problems.add("from", "Enter in “from” the first day of training.")
    if cells.get("trainees"):
        problems.add("trainees", "“trainees” is for officers, co-ordinators and assessors. Empty it for a trainee.")
    return replace(
        entry,
        curriculum=cells.get("curriculum", ""),
        cohort=_year(cells.get("cohort", ""), problems),
        organisation=cells.get("organisation", ""),
        department=cells.get("department", ""),
    )


def _role(entry: Entry, cells: Mapping[str, str], problems: _Problems) -> Entry:
    wrong = [name for name in OF_TRAINEES if cells.get(name)]
    if wrong:
        problems.add(wrong[0], f"“{wrong[0]}” is for trainees. Empty it for anybody else.")
    said = [address.strip("<>").lower() for address in re.split(r"[;,\s]+", cells.get("trainees", "")) if address]
    if not said:
        problems.add("trainees", "Enter in “trainees” the e-mail address of at least one trainee.")
    if len(said) > MOST_TRAINEES:
        problems.add("trainees", f"Name {MOST_TRAINEES} trainees or fewer in one row.")
    bad = next((address for address in said if not _is_address(address)), None)
    if bad is not None:
        problems.add("trainees", f"“{bad[:80]}” in “trainees” is no e-mail address.")
    named = dict.fromkeys(address for address in said if _is_address(address))
    return replace(entry, trainees=tuple(named)[:MOST_TRAINEES])


def _address(said: str, problems: _Problems) -> str:
    if not said:
        problems.add("e-mail", "Enter the e-mail address.")
    elif not _is_address(said):
        problems.add("e-mail", f"“{said[:80]}” is no e-mail address. {ONE_ADDRESS}")
    return said.lower()


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return text.isascii()


def _day(said: str, problems: _Problems) -> date | None:
    try:
        day = read_date(said)
    except ValueError as wrong:
        problems.add("from", str(wrong))
        return None
    if day is not None and why_no_such_year(day):
        problems.add("from", f"Check the year of “{said}”.")
        return None
    return day


def _year(said: str, problems: _Problems) -> int | None:
    if re.fullmatch(r"[0-9]{4}", said) and int(said) in YEARS:
        return int(said)
    problems.add("cohort", "Enter in “cohort” the year that the training started, such as 2026.")
    return None


def _without_repeats(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """What one row says and another says again, or says otherwise, is named in the later one."""
    names: dict[str, Entry] = {}
    trained: dict[tuple[str, str], int] = {}
    held: dict[tuple[str, str, str], int] = {}
    found = []
    for entry in entries:
        problems = list(entry.problems)
        if entry.email:
            first = names.setdefault(entry.email, entry)
            if not {*first.unfit, *entry.unfit} & {"name"} and same(first.name) != same(entry.name):
                problems.append(f"In row {first.line} this address is that of “{first.name}”. Correct one of the two.")
        if entry.part == TRAINEE and entry.email:
            line = trained.setdefault((entry.email, entry.curriculum.casefold()), entry.line)
            if line != entry.line:
                problems.append(f"This trainee is in row {line} already. Remove one of the two.")
        for trainee in entry.trainees:
            line = held.setdefault((entry.part, entry.email, trainee), entry.line)
            if line != entry.line:
                problems.append(f"The same role with {trainee} is in row {line} already. Remove one of the two.")
        found.append(replace(entry, problems=tuple(problems)))
    return tuple(found)


def same(name: str) -> str:
    """What two ways to write one name have in common."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
