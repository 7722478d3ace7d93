"""A day as somebody wrote it in a table."""

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
HOW = "Write it as 3 May 2025, 03/05/2025 or 2025-05-03."
MIDNIGHT = re.compile(r"(?<=\d)[\sT]\s*0?0:00(:00(\.0+)?)?$", re.ASCII)  # as spreadsheets write a day


def read_date(said: str) -> date | None:
    """The day; None for nothing at all. Day before month, as in the United Kingdom; ValueError says what is wrong.

    Midnight after it says nothing; any other time of day does, and nobody knows what.
    """
    if not said:
        return None
    day_alone = MIDNIGHT.sub("", said.strip()).casefold().replace(",", " ")
    parts = re.split(r"[\s/.\-]+", re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", day_alone).strip())
    if len(parts) != 3:
        raise ValueError(f"“{said}” is no date that can be read. {HOW}")
    if re.fullmatch(r"\d{4}", parts[0]):
        parts.reverse()
    day, month, year = parts
    if month[:3] in MONTHS and month.isalpha():
        month = str(MONTHS.index(month[:3]) + 1)
    if re.fullmatch(r"\d{2}", year):
        raise ValueError(f"Write the year of “{said}” with 4 numbers.")
    if not all(re.fullmatch(r"[0-9]{1,4}", part) for part in (day, month, year)):
        raise ValueError(f"“{said}” is no date that can be read. {HOW}")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(f"“{said}” is not a real date. The day comes first, then the month. {HOW}") from None
