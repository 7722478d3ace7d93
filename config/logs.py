"""The log: one record, one line of JSON in ASCII, whatever somebody put into an address, a name or a header."""

import json
import logging
import re
from datetime import UTC, datetime

# A personal link: whoever has it may answer, read, or ask for a code.
LINK = re.compile(r"(/(?:feedback|calendar|sign)/)[^/\s?\"']{16,}")
LONGEST = 4_000  # characters of a message, and of a traceback's end


class OneLine(logging.Formatter):
    """Characters that end a line, steer a terminal or turn a text around are written as codes.

    The key in the address of a personal link is left out, whoever writes the address down.
    """

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_keys(record.getMessage())[:LONGEST],
        }
        if record.exc_info:
            told["trace"] = without_keys(self.formatException(record.exc_info))[-LONGEST:]
        return json.dumps(told)


def without_keys(text: str) -> str:
    """The text with the keys of personal links taken out."""
    return LINK.sub(r"\1[key]", text)
