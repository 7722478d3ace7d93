"""What changed between two texts, line by line and within a line word by word. Imports nothing of ours."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_LINES = 2_000  # of either text: comparing takes the square of it
MOST_WORDS = 400  # of either line
AROUND = 2  # unchanged lines shown before and after a change


class Change(StrEnum):
    """What became of a line or of a part of one."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Piece:
    """Part of a line. In an added or removed line, `changed` marks the words that made it so."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Line:
    """A line of the comparison. For LEFT_OUT, `count` unchanged lines stand here."""

    change: Change
    pieces: tuple[Piece, ...] = ()
    count: int = 0


def compare(before: str, after: str) -> list[Line] | None:
    """The lines of both texts in reading order, without long unchanged runs; None where there are too many lines."""
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > MOST_LINES:
        return None
    return [line for run in _runs(old, new) for line in run]


def _runs(old: list[str], new: list[str]) -> Iterator[list[Line]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            yield _unchanged(old[start:end], first=start == 0, last=end == len(old) and new_end == len(new))
        else:
            yield _changed(old[start:end], new[new_start:new_end])


def _unchanged(lines: list[str], *, first: bool, last: bool) -> list[Line]:
    """The lines next to a change, and how many were left out between them."""
    head, tail = 0 if first else AROUND, 0 if last else AROUND
    if len(lines) <= head + tail + 1:
        return [_whole(Change.SAME, line) for line in lines]
    left_out = Line(Change.LEFT_OUT, count=len(lines) - head - tail)
    after = lines[len(lines) - tail :]
    return [
        *(_whole(Change.SAME, line) for line in lines[:head]),
        left_out,
        *(_whole(Change.SAME, line) for line in after),
    ]


def _changed(old: list[str], new: list[str]) -> list[Line]:
    """Removed lines, then added ones. As many of each: line by line, with the words that differ marked."""
    if len(old) != len(new):
        return [_whole(Change.REMOVED, line) for line in old] + [_whole(Change.ADDED, line) for line in new]
    pairs = [_words(before, after) for before, after in zip(old, new, strict=True)]
    return [line for pair in pairs for line in pair]


def _whole(change: Change, line: str) -> Line:
    return Line(change, (Piece(line, changed=change != Change.SAME),))


def _words(before: str, after: str) -> tuple[Line, Line]:
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    if max(len(old), len(new)) > MOST_WORDS:
        return _whole(Change.REMOVED, before), _whole(Change.ADDED, after)
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    removed = tuple(_piece(old[start:end], tag) for tag, start, end, _, _ in codes if end > start)
    added = tuple(_piece(new[start:end], tag) for tag, _, _, start, end in codes if end > start)
    return Line(Change.REMOVED, removed), Line(Change.ADDED, added)


def _piece(words: Sequence[str], tag: str) -> Piece:
    return Piece("".join(words), changed=tag != "equal")
