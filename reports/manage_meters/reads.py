"""A register read as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.periods import local_date
from meters import units
from meters.models import Channel, RegisterRead

GUESSES = (RegisterRead.Quality.ESTIMATED, RegisterRead.Quality.SUBSTITUTED)


@dataclass(frozen=True)
class Read:
    """One read of a register."""

    read_at: datetime
    day: date
    word: str
    value: str
    quality: str
    is_guess: bool
    reason: str


def read_row(read: RegisterRead, channel: Channel, zone: ZoneInfo) -> Read:
    """Return a register read as it is shown."""
    return Read(
        read_at=read.read_at,
        day=local_date(read.read_at, zone),
        word=str(Channel.Quantity(channel.quantity).label),
        value=units.told(read.value_base, channel.unit),
        quality=str(RegisterRead.Quality(read.quality).label),
        is_guess=read.quality in GUESSES,
        reason=str(RegisterRead.Reason(read.reason).label),
    )
