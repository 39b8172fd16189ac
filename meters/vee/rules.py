"""What a reading must not be, in one sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SPARE = 1.1  # how far above the fuse a meter may count
FUTURE_TOLERANCE = timedelta(minutes=5)
ROLLOVER_NEAR = 10  # a tenth of the register on either side of its last number
MOST_LITRES_AN_HOUR = 10_000


class Rule(StrEnum):
    """The rules by the code that an exception carries."""

    SERIAL = "serial"
    MALFORMED = "malformed"
    FUTURE = "future"
    DUPLICATE = "duplicate"
    LATE = "late"
    MISSING = "missing"
    NEGATIVE = "negative"
    IMPOSSIBLE = "impossible"
    ROLLOVER = "rollover"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one channel can show at all; base units."""

    modulus: int
    per_hour: int

    def most(self, elapsed: timedelta) -> int:
        """Return the most that can pass in a time, with the spare."""
        return int(self.per_hour * SPARE * elapsed.total_seconds() / 3600)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a reading failed; held readings change nothing until somebody decides."""

    rule: Rule
    is_held: bool
    starts_at: datetime
    ends_at: datetime
    value: int | None
    message: str


def most_per_hour(unit: str, *, amps: int, volts: int, phases: int) -> int:
    """Return what a usage point can take in an hour, by its fuse; water by its pipe."""
    if unit == "Wh":
        return amps * volts * phases
    return MOST_LITRES_AN_HOUR


def is_future(read_at: datetime, now: datetime) -> bool:
    return read_at > now + FUTURE_TOLERANCE


def is_rollover(before: int, after: int, bounds: Bounds, elapsed: timedelta) -> bool:
    """Tell whether a counter that fell has passed its last number rather than been reset."""
    near = bounds.modulus // ROLLOVER_NEAR
    passed = bounds.modulus - before + after
    return before >= bounds.modulus - near and after <= near and passed <= bounds.most(elapsed)
