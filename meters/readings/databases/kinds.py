"""The plain rows that pass between the databases and the store."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Run(NamedTuple):
    """The blocks of one channel, in order of day."""

    channel_id: int
    offsets: NDArray[np.int64]  # days after the first that was asked for
    sizes: list[int]
    data: bytes
    revs: NDArray[np.uint32]
    status: list[bytes | None] | None  # None: no block has one


class Block(NamedTuple):
    """One block as a row."""

    channel_id: int
    day: date
    enc: int
    data: bytes
    status: bytes | None
    rev: int
    source: str
    recorded_at: datetime
