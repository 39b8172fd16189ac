"""The sandbox's clock: real time, or what a clock file says; the books add what was advanced."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path


class BadClock(ValueError):
    """The clock file holds no moment with an offset."""


def real() -> float:
    """Return real time in seconds since the epoch, for sessions, keys and signatures."""
    return time.time()


class Clock:
    """Seconds since the epoch, by real time or by a file that others move.

    The file holds one ISO moment with an offset and stands still, or a line such as
    `+2026-10-31T12:00:00+00:00 1790000000.0` that runs on from the real second it names.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path

    def read(self) -> float:
        """Return the moment before anything was advanced.

        :raises BadClock: if the file cannot be understood
        """
        if self.path is None:
            return real()
        text = _settled(self.path)
        try:
            if text.startswith("+"):
                moment, since = text[1:].split()
                return _seconds(moment) + real() - float(since)
            return _seconds(text)
        except ValueError as error:
            raise BadClock(f"{self.path}: {text!r} is no moment with an offset") from error


def _settled(path: Path) -> str:
    """Return what the file says; it is empty for a moment while it is written anew."""
    for _ in range(20):
        if text := path.read_text(encoding="utf-8").strip():
            return text
        time.sleep(0.005)
    return ""


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return moment.timestamp()
