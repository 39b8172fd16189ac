"""The only business clock. Views, tasks and commands read it and pass the moment on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from core.periods import local_date


class BadClock(ValueError):
    """CLOCK_FILE is set but holds no moment with an offset."""


def now() -> datetime:
    """Return the business moment in UTC; `CLOCK_FILE` moves it outside production.

    The file holds one ISO moment with an offset. It stands still until it is written anew;
    a line that starts with "+" lets it run on from the real second it names:
    `+2026-10-31T12:00:00+00:00 1790000000.0`.
    """
    if settings.CLOCK_FILE:
        return _moved(Path(settings.CLOCK_FILE))
    return datetime.now(UTC)


def today(zone: ZoneInfo) -> date:
    return local_date(now(), zone)


def real_now() -> datetime:
    """Return real time, for leases, sessions, codes and webhook ages."""
    return datetime.now(UTC)


def _moved(path: Path) -> datetime:
    text = path.read_text().strip()
    try:
        if text.startswith("+"):
            moment, since = text[1:].split()
            elapsed = real_now() - datetime.fromtimestamp(float(since), UTC)
            return datetime.fromisoformat(moment).astimezone(UTC) + elapsed
        moved = datetime.fromisoformat(text)
        if moved.tzinfo is None:
            raise ValueError("no offset")
    except ValueError as error:
        raise BadClock(f"{path}: {text!r} is not a moment with an offset ({error})") from error
    return moved.astimezone(UTC)
