"""What an account used on each local day, by commodity, and what of a day is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.periods import Period, last_day, local_date, midnight
from meters.models import Channel
from meters.queries import Metered, MeteredChannel, metered_agreements
from meters.readings import MISSING, Quality, fetch_matrix

DISPLAY = {"Wh": ("kWh", 1000), "l": ("m3", 1000)}
GUESSED = (Quality.ESTIMATED, Quality.SUBSTITUTED)
Values = NDArray[np.int64]


@dataclass
class DayUse:
    """One local day in base units, and how many of its slots are held and are guesses."""

    units: int = 0
    expected: int = 0
    held: int = 0
    guessed: int = 0

    @property
    def is_whole(self) -> bool:
        return self.held == self.expected > 0


@dataclass
class Used:
    """One commodity of an account by day; `scale` base units make one `unit`."""

    commodity: str
    unit: str
    scale: int
    days: dict[date, DayUse] = field(default_factory=lambda: defaultdict(DayUse))

    def whole(self, first: date, last: date) -> dict[date, int]:
        """Return the days of a range of which every slot is held, with their units."""
        found = sorted(self.days.items())
        return {on: day.units for on, day in found if day.is_whole and first <= on <= last}

    def expected(self, first: date, last: date) -> list[date]:
        """Return the days of a range on which a meter hung."""
        return sorted(on for on, d in self.days.items() if d.expected and first <= on <= last)

    def has_guesses(self, days: Iterable[date]) -> bool:
        return any(self.days[on].guessed for on in days)

    @property
    def last_whole(self) -> date | None:
        return max((on for on, day in self.days.items() if day.is_whole), default=None)


@dataclass(frozen=True)
class Slots:
    """The slots of whole UTC days of one channel."""

    starts_at: datetime
    interval_s: int
    values: Values
    codes: NDArray[np.uint8]

    def place(self, moment: datetime) -> int:
        """Return the first slot that begins at or after a moment."""
        seconds = (moment - self.starts_at).total_seconds()
        return int(min(max(-(-seconds // self.interval_s), 0), len(self.values)))


def daily_use(account_id: int, period: Period) -> list[Used]:
    """Return what the account drew in a period, a row for each commodity.

    Two queries, and one for each length of interval. Registers that are only read at the ends
    have no days and are left out.
    """
    metered = metered_agreements([account_id], period)
    slots = read_slots(channel for each in metered for channel in drawn(each))
    found: dict[tuple[str, str], Used] = {}
    for each in metered:
        for channel in drawn(each):
            unit, scale = DISPLAY[channel.unit]
            used = found.setdefault((each.commodity, unit), Used(each.commodity, unit, scale))
            _add(used.days, channel, slots[channel.channel_id], each.zone)
    return [found[key] for key in sorted(found)]


def drawn(metered: Metered) -> list[MeteredChannel]:
    """Return the channels that count by slots what is delivered."""
    return [
        channel
        for channel in metered.channels
        if channel.quantity == Channel.Quantity.IMPORT and not channel.is_register_only
    ]


def read_slots(channels: Iterable[MeteredChannel]) -> dict[int, Slots]:
    """Return the slots of channels in their own parts of time, by channel."""
    groups: dict[int, list[MeteredChannel]] = defaultdict(list)
    for channel in channels:
        groups[channel.interval_s].append(channel)
    found: dict[int, Slots] = {}
    for interval_s, group in groups.items():
        found.update(_read(group, interval_s))
    return found


def _read(group: Sequence[MeteredChannel], interval_s: int) -> Mapping[int, Slots]:
    whole = _utc_days([channel.period for channel in group])
    keys = list(dict.fromkeys(channel.channel_id for channel in group))
    values, codes, _revs = fetch_matrix(keys, whole, interval_s)
    return {
        key: Slots(whole.starts_at, interval_s, values[row], codes[row])
        for row, key in enumerate(keys)
    }


def _utc_days(periods: Sequence[Period]) -> Period:
    first = min(period.starts_at for period in periods).astimezone(UTC).date()
    ends_at = max(period.ends_at for period in periods)
    last = last_day(Period(ends_at - timedelta(days=1), ends_at), ZoneInfo("UTC"))
    starts = datetime.combine(first, time.min, tzinfo=UTC)
    return Period(starts, datetime.combine(last + timedelta(days=1), time.min, tzinfo=UTC))


def days_of(channel: MeteredChannel, slots: Slots, zone: ZoneInfo) -> dict[date, DayUse]:
    """Return the local days of one channel in its part of time."""
    days: dict[date, DayUse] = defaultdict(DayUse)
    _add(days, channel, slots, zone)
    return days


def _add(days: dict[date, DayUse], channel: MeteredChannel, slots: Slots, zone: ZoneInfo) -> None:
    first, last = local_date(channel.period.starts_at, zone), last_day(channel.period, zone)
    listed = [first + timedelta(days=n) for n in range((last - first).days + 2)]
    part = (slots.place(channel.period.starts_at), slots.place(channel.period.ends_at))
    edges = np.clip([slots.place(midnight(day, zone)) for day in listed], *part)
    held = held_slots(slots)
    guessed = held & np.isin(slots.codes, GUESSED)
    sums = [_cumulated(v) for v in (np.where(held, slots.values, 0), held, guessed)]
    for on, (start, stop) in zip(listed, pairwise(edges.tolist()), strict=False):
        units, whole, guesses = (int(total[stop] - total[start]) for total in sums)
        day = days[on]
        day.units += units
        day.expected += stop - start
        day.held += whole
        day.guessed += guesses


def held_slots(slots: Slots) -> NDArray[np.bool_]:
    """Tell which slots hold a value that nobody doubts."""
    doubtful = np.isin(slots.codes, (Quality.MISSING, Quality.SUSPECT))
    return (slots.values != MISSING) & (slots.values >= 0) & ~doubtful


def _cumulated(values: NDArray[np.generic]) -> Values:
    return np.concatenate(([0], np.cumsum(values.astype(np.int64))))
