"""Log lines: the event's name, its identifiers, and the trace when something broke.

No line carries a secret of this installation or a card number, wherever it came from. What was
sent with a request (query string, form, cookies) is in none: a line has the request's number and
the number of the person.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from core import asking
from core.scrubbing import scrubbed, scrubbed_tree

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


# A line ends where we end it, whatever somebody typed.
_BREAKS = {
    code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    for code in (*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029)
}

_UNUSUAL_BREAKS = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029)}


def _extra(record: logging.LogRecord) -> dict[str, object]:
    """Return what was passed in `extra`, and which request and person it was for."""
    own = {k: v for k, v in vars(record).items() if k not in _STANDARD}
    request = own.pop("request", None)  # Django's whole request: its text has the query string
    asks = getattr(request, "asks", None) or asking.now()  # Django logs errors when it is over
    if asks.request_id:
        own.setdefault("request_id", asks.request_id)
    if asks.user_id is not None:
        own.setdefault("user_id", asks.user_id)
    return own


class PlainFormatter(logging.Formatter):
    """Writes a line for people: level, logger, event and its identifiers; a trace is indented."""

    def format(self, record: logging.LogRecord) -> str:
        return scrubbed(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        identifiers = "".join(f" {k}={v}" for k, v in _extra(record).items())
        line = f"{record.levelname} {record.name} {record.message}{identifiers}"
        return line.translate(_BREAKS)

    def formatException(self, ei: Any) -> str:
        lines = super().formatException(ei).splitlines()
        return "\n".join(f"    {line.translate(_BREAKS)}" for line in lines)


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
        text = json.dumps({"at": at, **_plain(line)}, ensure_ascii=False)
        return text.translate(_UNUSUAL_BREAKS)  # JSON escapes the others itself


def _plain(line: dict[str, object]) -> dict[str, object]:
    return {scrubbed(key): scrubbed_tree(value) for key, value in line.items()}


def say_what_broke(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print the trace of an error that ends the process, as Python does, but scrubbed."""
    lines = traceback.format_exception(kind, error, trace)
    sys.stderr.write(scrubbed("".join(lines)))
