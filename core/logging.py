"""Log lines: the event's name, its identifiers, and the trace when something broke."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def _extra(record: logging.LogRecord) -> dict[str, object]:
    """Return what was passed in `extra`."""
    return {k: v for k, v in vars(record).items() if k not in _STANDARD}


class PlainFormatter(logging.Formatter):
    """Writes a line for people: level, logger, event and its identifiers."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        identifiers = "".join(f" {k}={v}" for k, v in _extra(record).items())
        return f"{record.levelname} {record.name} {record.message}{identifiers}"


class JsonFormatter(logging.Formatter):
    """Writes one JSON object a line; what was passed in `extra` keeps its name."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_extra(record),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)
