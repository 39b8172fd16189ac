"""Values for gaps, the first way that applies; whole units, sums exact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from core.money import split

Values = NDArray[np.int64]

SHORT = timedelta(hours=2)
LIKE_DAYS = 3
LOOK_BACK_DAYS = 35
DAY_TYPE = (0, 1, 1, 1, 2, 3, 4)  # Monday; Tuesday to Thursday; Friday; Saturday; Sunday


def straight_line(before: int, after: int, slots: int) -> Values:
    """Return a line between two values for a short gap."""
    places = np.arange(1, slots + 1)
    return np.rint(before + (after - before) * places / (slots + 1)).astype(np.int64)


def like_days(day: date) -> Iterator[date]:
    """Yield earlier days of the same type, the latest first, up to five weeks back."""
    for back in range(1, LOOK_BACK_DAYS + 1):
        earlier = day - timedelta(days=back)
        if DAY_TYPE[earlier.weekday()] == DAY_TYPE[day.weekday()]:
            yield earlier


def mean(values: Sequence[int]) -> int:
    """Return the mean in whole units, halves up."""
    return (2 * sum(values) + len(values)) // (2 * len(values))


def scaled(shape: Values, total: int) -> Values:
    """Return the shape scaled to a total, which registers on both sides of the gap gave."""
    weights = [max(0, value) for value in shape.tolist()]
    if not any(weights):
        weights = [1] * len(weights)
    return np.array(split(total, weights), dtype=np.int64)
