"""Up to when there are readings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import numpy as np

from meters.models import ReadingBlock
from meters.readings.packing import MISSING, unpack

BACK = 5  # stored days to look at; the newest may hold nothing yet


def data_until(channels: Sequence[tuple[int, int]]) -> datetime | None:
    """Return the end of the last held slot of any of the channels, or None; one query.

    :param channels: key and interval in seconds of each
    """
    intervals = dict(channels)
    rows = ReadingBlock.objects.filter(channel_id__in=list(intervals)).order_by("-day")
    ends = [
        end
        for channel_id, day, enc, data in rows.values_list("channel_id", "day", "enc", "data")[
            :BACK
        ]
        if (end := _end(datetime.combine(day, time.min, UTC), enc, data, intervals[channel_id]))
    ]
    return max(ends, default=None)


def _end(
    midnight: datetime, enc: int, data: bytes | memoryview, interval_s: int
) -> datetime | None:
    (values,) = unpack([enc], [bytes(data)], 86400 // interval_s)
    held = np.flatnonzero(values != MISSING)
    return midnight + timedelta(seconds=interval_s * (int(held[-1]) + 1)) if len(held) else None
