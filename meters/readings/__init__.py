"""The store of readings: one packed row per channel and UTC day, with revisions.

Values are whole base units (Wh, litres); a value that is not there is `MISSING`.
"""

from meters.readings.fetch import (
    Series,
    fetch,
    fetch_as_billed,
    fetch_matrix,
    fetch_matrix_as_billed,
)
from meters.readings.packing import MISSING, BadBlock
from meters.readings.quality import Quality
from meters.readings.store import Conflict, Slots, Stored, store_days, store_slots

__all__ = [
    "MISSING",
    "BadBlock",
    "Conflict",
    "Quality",
    "Series",
    "Slots",
    "Stored",
    "fetch",
    "fetch_as_billed",
    "fetch_matrix",
    "fetch_matrix_as_billed",
    "store_days",
    "store_slots",
]
