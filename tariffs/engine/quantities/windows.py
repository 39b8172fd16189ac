"""Where the windows lie over which demand is averaged; cached, like the price rows of slots.

Windows begin with the clock of the place (00, 15, 30 and 45 past) whatever its offset from UTC.
At a clock change and at the edges of a segment one may be cut short: its energy still counts over
the full minutes, as a demand register would count it. Rolling windows move by one reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tariffs.engine.errors import UsageError
from tariffs.engine.quantities.coverage import FREE
from tariffs.engine.quantities.slots import DAY_S, offsets, seconds, slot_rows
from tariffs.engine.shape import Clock, DemandCharge, Peak, Tariff

Places = NDArray[np.intp]
WEEK = 7


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows over the slots of a segment, in time order, and the runs that count together."""

    per: int  # slots in a whole window
    rolls: bool
    padding: int  # empty slots to think before and after
    starts: Places  # (windows,) first slot
    ends: Places  # (windows,) first slot after it
    rows: NDArray[np.int16]  # (windows,) price row in which it lies wholly, or coverage.FREE
    days: Places  # (windows,) day of its first slot by the wall; 0 where days are not told apart
    cycle: int  # windows after which rows and days repeat: those of a day, a week, or all
    run_starts: Places  # (runs,) first window of each run of one row and day, within a cycle

    @property
    def are_whole(self) -> bool:
        return bool((self.ends - self.starts == self.per).all())


@lru_cache(maxsize=256)
def lay(
    charge: DemandCharge,
    tariff: Tariff,
    zone: ZoneInfo,
    starts_at: datetime,
    interval_s: int,
    slots: int,
    seasons_on: date | None = None,
) -> Windows:
    """Lay the windows of a charge over slots that follow each other from `starts_at` on.

    :param seasons_on: the day whose seasons hold for all of them; left out, each has its own day's

    :raises UsageError: if readings cannot make up the windows
    """
    per = _slots_in_window(charge, interval_s)
    local, ahead = _local(tariff.clock, zone, seconds(starts_at), interval_s, slots)
    wall, _ = _local(Clock.WALL, zone, seconds(starts_at), interval_s, slots)
    labels = slot_rows(charge, tariff, zone, starts_at, interval_s, slots, seasons_on).rows
    runs, day = np.cumsum(np.diff(labels, prepend=labels[:1]) != 0), wall // DAY_S
    padding = 0
    if charge.rolling:
        padding = _padding(labels, day, per)
        first = np.arange(-padding, slots + padding - per + 1)
        starts, ends = np.maximum(first, 0), np.minimum(first + per, slots)
    else:
        starts = _aligned(charge, local, ahead, interval_s, starts_at)
        ends = np.append(starts[1:], slots)
    rows = np.where(runs[starts] == runs[ends - 1], labels[starts], FREE).astype(np.int16)
    days = day[starts] if charge.peak is not Peak.GREATEST else np.zeros_like(starts)
    cycle = _cycle(rows, days, DAY_S // (interval_s if charge.rolling else 60 * charge.minutes))
    changes = (np.diff(rows[:cycle]) != 0) | (np.diff(days[:cycle]) != 0)
    run_starts = np.append(0, np.flatnonzero(changes) + 1)
    return Windows(per, charge.rolling, padding, starts, ends, rows, days, cycle, run_starts)


def per_hour(charge: DemandCharge) -> int:
    """Return by what the energy of a window is multiplied to be its average power."""
    return 60 // charge.minutes


def _slots_in_window(charge: DemandCharge, interval_s: int) -> int:
    per, rest = divmod(charge.minutes * 60, interval_s)
    if rest:
        raise UsageError(
            f"charge {charge.code}: averages over {charge.minutes} minutes cannot be made of "
            f"readings of {interval_s} s"
        )
    return per


def _local(
    clock: Clock, zone: ZoneInfo, starts_s: int, interval_s: int, slots: int
) -> tuple[Places, Places]:
    """Return local seconds at which slots begin, and how far they are ahead of UTC."""
    moments = starts_s + interval_s * np.arange(slots)
    known = np.array(offsets(zone, clock, starts_s, starts_s + interval_s * slots))
    ahead = known[np.searchsorted(known[:, 0], moments, side="right") - 1, 1]
    return moments + ahead, ahead


def _aligned(
    charge: DemandCharge, local: Places, ahead: Places, interval_s: int, starts_at: datetime
) -> Places:
    """Return the slots at which the clock begins a window, at its changes and at the first."""
    past = local % (charge.minutes * 60)
    crossed = past + interval_s > charge.minutes * 60
    if crossed.any():
        slot = starts_at + timedelta(seconds=interval_s * int(np.argmax(crossed)))
        raise UsageError(
            f"charge {charge.code}: the reading from {slot.isoformat()}, {interval_s} s long, "
            f"crosses the edge of a window of {charge.minutes} minutes"
        )
    begins = (past == 0) | (np.diff(ahead, prepend=ahead[:1]) != 0)
    begins[0] = True
    return np.flatnonzero(begins)


def _cycle(rows: NDArray[np.int16], days: Places, per_day: int) -> int:
    """Return after how many windows everything comes again, so that they can be laid together."""
    for length in (per_day, WEEK * per_day):
        again = rows[length:] == rows[:-length], days[length:] == days[:-length]
        if all(same.all() for same in again):
            return min(length, len(rows))
    return len(rows)


def _padding(labels: NDArray[np.int16], days: Places, per: int) -> int:
    """Return the empty slots by which windows may reach over the edges.

    None are needed where whole windows with more energy lie in the same row and day.
    """
    places = np.stack([labels, days])
    first, last = places[:, :per], places[:, -per:]
    is_alike = (first == first[:, :1]).all() and (last == last[:, -1:]).all()
    return 0 if is_alike and len(labels) >= per else per - 1
