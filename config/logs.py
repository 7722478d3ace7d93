"""The log: one record, one line of JSON in ASCII, whatever somebody put into an address, a name or a header."""

import json
import logging
from datetime import UTC, datetime

LONGEST = 4_000  # characters of a message, and of a traceback's end


class OneLine(logging.Formatter):
    """Characters that end a line, steer a terminal or turn a text around are written as codes."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage()[:LONGEST],
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)[-LONGEST:]
        return json.dumps(told)
