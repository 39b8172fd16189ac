"""Slots as bytes: little-endian integers of 2, 4 or 8 bytes; the lowest number means "missing".

A status of None says that every held value is actual; one byte is the code of every held value;
otherwise there is one byte for each slot. Imports no Django.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meters.readings.quality import Quality

Values = NDArray[np.int64]
Codes = NDArray[np.uint8]

MISSING = int(np.iinfo(np.int64).min)
DTYPES: dict[int, np.dtype[Any]] = {
    2: np.dtype("<i2"),
    4: np.dtype("<i4"),
    8: np.dtype("<i8"),
}
LOWEST = {size: int(np.iinfo(dtype).min) for size, dtype in DTYPES.items()}
DAY_S = 86400


class BadBlock(ValueError):
    """Stored bytes, or an interval, that no reading block can have."""


def pack(values: Values) -> tuple[list[int], list[bytes]]:
    """Return the encoding and the bytes of each row of a matrix, in the smallest integers."""
    low, high = values.min(axis=1, initial=0), values.max(axis=1, initial=0)
    has_missing = bool(len(low)) and low.min() == MISSING
    if has_missing:
        low = np.where(values == MISSING, 0, values).min(axis=1, initial=0)
    sizes = _sizes(low, high)
    packed: list[bytes] = [b""] * len(values)
    for size, dtype in DTYPES.items():
        rows = np.flatnonzero(sizes == size)
        if len(rows):
            chosen = values if len(rows) == len(values) else values[rows]
            narrow = chosen.astype(dtype)
            if has_missing:
                narrow[chosen == MISSING] = LOWEST[size]
            whole, width = narrow.tobytes(), size * values.shape[1]
            for row, at in zip(rows.tolist(), range(0, len(whole), width), strict=True):
                packed[row] = whole[at : at + width]
    return sizes.tolist(), packed


def _sizes(low: Values, high: Values) -> Values:
    """Return the bytes of the smallest integer that holds a range; its lowest number is taken."""
    fits2 = (high <= -LOWEST[2] - 1) & (low > LOWEST[2])
    fits4 = (high <= -LOWEST[4] - 1) & (low > LOWEST[4])
    return np.where(fits2, 2, np.where(fits4, 4, 8))


def unpack(sizes: Sequence[int], data: Sequence[bytes], slots: int) -> Values:
    """Return the values of blocks as a matrix with a row for each.

    :raises BadBlock: if a block does not hold that many slots
    """
    values = np.empty((len(data), slots), dtype=np.int64)
    kinds = np.asarray(sizes, dtype=np.int64)
    for size in set(sizes):
        if size not in DTYPES:
            raise BadBlock(f"no encoding has {size} bytes")
        rows = np.flatnonzero(kinds == size)
        joined = b"".join([data[row] for row in rows.tolist()])
        if len(joined) != len(rows) * slots * size:
            raise BadBlock(f"a block does not hold {slots} slots of {size} bytes")
        part = np.frombuffer(joined, dtype=DTYPES[size]).reshape(len(rows), slots)
        values[rows] = part
        if size != 8:
            values[rows] = np.where(part == LOWEST[size], MISSING, values[rows])
    return values


def pack_status(values: Values, codes: Codes) -> list[bytes | None]:
    """Return the status of each row; codes of missing values do not count."""
    codes = np.where(values == MISSING, np.uint8(Quality.MISSING), codes)
    actual = ((codes == Quality.ACTUAL) | (codes == Quality.MISSING)).all(axis=1)
    status: list[bytes | None] = [None] * len(values)
    for row in np.flatnonzero(~actual).tolist():
        kinds = np.unique(codes[row])
        kinds = kinds[kinds != Quality.MISSING]
        status[row] = kinds.tobytes() if len(kinds) == 1 else codes[row].tobytes()
    return status


def unpack_status(values: Values, status: Sequence[bytes | None]) -> Codes:
    """Return a code for each slot; a missing value always has the code "missing".

    :raises BadBlock: if a status has neither one code nor one for each slot
    """
    codes = np.full(values.shape, Quality.ACTUAL, dtype=np.uint8)
    for row, packed in enumerate(status):
        if packed is not None:
            if len(packed) not in (1, values.shape[1]):
                raise BadBlock(f"{len(packed)} codes for {values.shape[1]} slots")
            codes[row] = np.frombuffer(packed, dtype=np.uint8)
    codes[values == MISSING] = Quality.MISSING
    return codes


def slots_per_day(interval_s: int) -> int:
    """Return how many slots a UTC day has.

    :raises BadBlock: if the interval does not divide the day
    """
    if interval_s <= 0 or DAY_S % interval_s:
        raise BadBlock(f"{interval_s} seconds do not divide a day")
    return DAY_S // interval_s
