"""Finds what looks like it identifies a patient, so that its writer can be warned.

A finding says what it looks like and where it stands, never what it says: nothing here may end up in a log. It is a
warning, not a gate: about one in eleven numbers of ten digits passes the check by chance, and a name passes unseen.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

NHS_NUMBER = "NHS number"
DATE_OF_BIRTH = "date of birth"

# Between the groups of a number: spaces, line ends, dots, dashes of every kind, and what cannot be seen.
GAP = r"[\s._\u00ad\u00b7\u200b-\u200d\u2010-\u2015\u2060\u2212\ufe58\ufe63\ufeff\uff0d\uff0e-]{0,3}"
TEN_DIGITS = re.compile(rf"(?<!\d)(?=(\d{{3}}{GAP}\d{{3}}{GAP}\d{{4}})(?!\d))")
BELONGS_BEFORE = re.compile(r"(?:[^\W_]|\d[-./,]|\+\d{1,3}[\s().-]{0,3})\Z")
BELONGS_AFTER = re.compile(r"[^\W_]|[-./,]\d")

MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
DATE = (
    rf"(?:\d{{1,2}}[\s./-]{{1,3}}\d{{1,2}}[\s./-]{{1,3}}(?:\d{{4}}|\d{{2}})|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[\s.-]{{0,2}}(?:of\s)?{MONTH}[\s.,-]{{0,2}}(?:\d{{4}}|\d{{2}})"
    rf"|{MONTH}\s?\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:\d{{4}}|\d{{2}}))(?!\d)"
)
BIRTH = r"(?:\bd\.?\s?o\.?\s?b\b|\bdate[\s-]of[\s-]birth\b|\bbirth[\s-]?date\b)"
NAMED = re.compile(BIRTH, re.IGNORECASE)
BORN_ON = re.compile(
    rf"(?:{BIRTH}|\bborn\b)[\s:=.,;(|*_\u2013\u2014-]{{0,10}}(?:(?:is|was|on|the)\s){{0,3}}{DATE}", re.IGNORECASE
)
DATE_THEN_BIRTH = re.compile(rf"(?<!\d){DATE}[\s:,;(|*_\u2013\u2014-]{{0,5}}{BIRTH}", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """Something in a text, from `start` up to `end`. The text itself is not kept."""

    kind: str
    start: int
    end: int


def find(text: str) -> list[Finding]:
    """What in the text looks like an NHS number or a date of birth, in the order in which it stands."""
    return sorted([*_nhs_numbers(text), *_dates_of_birth(text)], key=lambda finding: finding.start)


def looks_like(*texts: str) -> str:
    """What any of these looks like, in one sentence for each kind that echoes nothing; "" where nothing is found."""
    kinds = {finding.kind for text in texts for finding in find(text)}
    sentences = []
    if NHS_NUMBER in kinds:
        sentences.append("Something in the text looks like an NHS number.")
    if DATE_OF_BIRTH in kinds:
        sentences.append("Something in the text looks like a date of birth.")
    return " ".join(sentences)


def _nhs_numbers(text: str) -> Iterator[Finding]:
    for match in TEN_DIGITS.finditer(text):
        start, end = match.span(1)
        alone = not BELONGS_BEFORE.search(text[max(0, start - 8) : start]) and not BELONGS_AFTER.match(text, end)
        digits = [unicodedata.decimal(c) for c in match[1] if c.isdecimal()]
        if alone and _is_in_use(digits) and _check_digit(digits) == digits[9]:
            yield Finding(NHS_NUMBER, start, end)


def _check_digit(digits: list[int]) -> int:
    """Modulus 11 over the first nine digits, as the NHS Data Dictionary has it. 10 stands for: no such number."""
    return -sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits[:9], strict=True)) % 11


def _is_in_use(digits: list[int]) -> bool:
    """Whether numbers that begin so are given out: none begins with 5 or 8, those of Scotland begin with a date."""
    day, month = digits[0] * 10 + digits[1], digits[2] * 10 + digits[3]
    if day <= 31:
        return day >= 1 and 1 <= month <= 12
    return digits[0] not in (5, 8)


def _dates_of_birth(text: str) -> Iterator[Finding]:
    # To try each date of a long text takes twenty times as long as to see that none is named after it.
    for pattern in (BORN_ON, DATE_THEN_BIRTH) if NAMED.search(text) else (BORN_ON,):
        for match in pattern.finditer(text):
            yield Finding(DATE_OF_BIRTH, match.start(), match.end())
