"""Hours of the day as people write them: 07:00-10:00, 17:00-20:00."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tariffs.authoring.state import Window

SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})")
FULL_DAY = 24 * 60
HOUR = 60


def hours_of(text: str) -> tuple[Window, ...] | None:
    """Return the spans that a text names, or None if it cannot be read; nothing is no span."""
    found = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;]", text))):
        match = SPAN.fullmatch(part)
        if match is None:
            return None
        first, last, is_right = _minutes(*map(int, match.groups()))
        if not is_right:
            return None
        found.append(Window(_clock(first), _clock(last)))
    return tuple(found)


def hours_text(windows: Sequence[Window]) -> str:
    """Return spans as `hours_of` reads them."""
    return ", ".join(f"{window.starts}-{window.ends}" for window in windows)


def _minutes(hour: int, minute: int, end_hour: int, end_minute: int) -> tuple[int, int, bool]:
    first, last = hour * HOUR + minute, end_hour * HOUR + end_minute
    is_right = max(minute, end_minute) < HOUR and first < FULL_DAY and 0 < last <= FULL_DAY
    return first, last, is_right and first != last


def _clock(minutes: int) -> str:
    return f"{minutes // HOUR:02}:{minutes % HOUR:02}"
