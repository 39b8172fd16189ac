"""Log lines: the event's name, its identifiers, and the trace when something broke.

No line carries a secret of this installation or a card number, wherever it came from.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType

from core.scrubbing import scrubbed, scrubbed_tree

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def _extra(record: logging.LogRecord) -> dict[str, object]:
    """Return what was passed in `extra`."""
    return {k: v for k, v in vars(record).items() if k not in _STANDARD}


class PlainFormatter(logging.Formatter):
    """Writes a line for people: level, logger, event and its identifiers."""

    def format(self, record: logging.LogRecord) -> str:
        return scrubbed(super().format(record))

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
        at = line.pop("at")
        return json.dumps({"at": at, **_plain(line)}, ensure_ascii=False)


def _plain(line: dict[str, object]) -> dict[str, object]:
    return {scrubbed(key): scrubbed_tree(value) for key, value in line.items()}


def say_what_broke(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print the trace of an error that ends the process, as Python does, but scrubbed."""
    lines = traceback.format_exception(kind, error, trace)
    sys.stderr.write(scrubbed("".join(lines)))
