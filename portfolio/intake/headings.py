"""The headings of a table that somebody brings in, and what is said of them, whatever the table holds."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from portfolio.intake.sheets import Unreadable

NO_ROWS = "The table has headings and no rows."
SECOND_HEADINGS = "This is a second row of headings. Remove it."
MORE_CELLS = "This row has more cells than the table has columns. Put a text with a separator in quotation marks."


def heading(cell: str) -> str:
    """What a heading comes down to: a colon after it, or the star of what must be filled in, is no part of it."""
    return " ".join(cell.casefold().split()).rstrip(":* ")


def are_headings(cells: Collection[str], names: Mapping[str, str]) -> bool:
    return sum(heading(cell) in names for cell in cells) >= 3


def columns_of(cells: Sequence[str], names: Mapping[str, str], needed: Iterable[str]) -> list[str]:
    """What each column holds, by its heading; "" for one that is not known. Raises Unreadable.

    `names`: every way to write a heading, with the column that it names.
    """
    found = [names.get(heading(cell), "") for cell in cells]
    twice = [name for name, count in Counter(filter(None, found)).items() if count > 1]
    missing = [name for name in needed if name not in found]
    if twice:
        raise Unreadable(f"Two columns are called “{twice[0]}”. Remove one of them.")
    if missing:
        raise Unreadable(f"There is no column “{missing[0]}”. {are_called(names)}")
    return found


def are_called(names: Mapping[str, str]) -> str:
    """What the columns of a table are called."""
    return f"The columns are: {', '.join(dict.fromkeys(names.values()))}."
