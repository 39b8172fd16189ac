"""The readings of a service as long rows of slots, with what is known of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from core.periods import Period
from meters.readings import MISSING, Quality, fetch_matrix
from reports.usage.services import Hung, Service
from tariffs.engine.quantities.slots import seconds

PATIENCE = timedelta(days=3)  # what is missing for longer is a gap
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass
class Slots:
    """Slots of one length that follow each other from a UTC midnight on; base units."""

    starts_at: datetime
    interval_s: int
    values: Whole  # 0 where nothing is known
    codes: NDArray[np.uint8]
    is_due: Flags  # a meter hung, for an agreement of the account, and the slot is over
    is_billed: Flags
    is_late: Flags  # so new that it may still come
    revs: dict[int, NDArray[np.uint32]]  # channel: revision of each UTC day

    @property
    def first_day(self) -> date:
        return self.starts_at.date()

    @property
    def starts_s(self) -> Whole:
        """Return when each slot begins, in seconds since 1970."""
        count = np.arange(len(self.values), dtype=np.int64)
        return seconds(self.starts_at) + self.interval_s * count

    def place(self, moment: datetime) -> int:
        """Return the index of the slot that begins at a moment, kept inside the row."""
        at = (moment - self.starts_at) // timedelta(seconds=self.interval_s)
        return min(max(int(at), 0), len(self.values))

    def cut(self, period: Period) -> slice:
        return slice(self.place(period.starts_at), self.place(period.ends_at))

    @property
    def is_held(self) -> Flags:
        """Return which slots have a value that may be shown."""
        return self.is_due & (self.codes != Quality.MISSING) & (self.codes != Quality.SUSPECT)

    def has(self, *qualities: Quality) -> Flags:
        return self.is_due & np.isin(self.codes, qualities)


def read(service: Service, days: Period, *, now: datetime, newest: datetime | None) -> list[Slots]:
    """Return the slots of whole UTC days as they are now; one query for each interval length.

    :param newest: end of the last reading that came, of any day
    """
    groups: dict[int, list[Hung]] = defaultdict(list)
    for each in service.hung:
        if each.period.overlap(days):
            groups[each.interval_s].append(each)
    found = [_read(interval_s, group, days, now) for interval_s, group in sorted(groups.items())]
    for row in found:
        row.is_late[row.place(max(newest or now, now - PATIENCE)) :] = True
    return found


def _read(interval_s: int, hung: Sequence[Hung], days: Period, now: datetime) -> Slots:
    keys = sorted({each.channel_id for each in hung})
    matrix, qualities, revs = fetch_matrix(keys, days, interval_s)
    count = days.seconds // interval_s
    row = Slots(
        starts_at=days.starts_at,
        interval_s=interval_s,
        values=np.zeros(count, np.int64),
        codes=np.full(count, Quality.MISSING, np.uint8),
        is_due=np.zeros(count, np.bool_),
        is_billed=np.zeros(count, np.bool_),
        is_late=np.zeros(count, np.bool_),
        revs={key: np.frombuffer(rev, "<u4") for key, rev in zip(keys, revs, strict=True)},
    )
    until = row.place(now)
    for each in hung:
        part = row.cut(each.period)
        put(row, part, matrix[keys.index(each.channel_id)], qualities[keys.index(each.channel_id)])
        row.is_due[part.start : min(part.stop, until)] = True
    return row


def put(row: Slots, part: slice, values: Whole, codes: NDArray[np.uint8]) -> None:
    """Copy a part of rows of the same slots; what is missing or in doubt counts nothing."""
    mine, quality = values[part], codes[part]
    unknown = (mine == MISSING) | (quality == Quality.SUSPECT) | (mine < 0)
    row.values[part] = np.where(unknown, 0, mine)
    row.codes[part] = quality
