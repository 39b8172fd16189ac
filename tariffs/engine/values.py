"""What goes into rating and what comes out: segments, usage, taxes, columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.periods import Period
from tariffs.engine.shape import Tariff
from tariffs.engine.taxes import Tax

__all__ = [
    "ENGINE_VERSION",
    "Amounts",
    "Column",
    "Intervals",
    "Lot",
    "Mask",
    "Past",
    "Registers",
    "Segment",
    "Table",
    "Tax",
    "Totals",
    "Units",
    "Usage",
]

ENGINE_VERSION = "2"

Units = NDArray[np.integer[Any]]
Amounts = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Segment:
    """A stretch of one cycle period in which nothing changes but the use."""

    tariff: Tariff
    period: Period
    cycle: Period  # the whole billing period that this segment is a part of
    zone: ZoneInfo  # of the service location
    key: str = ""  # what the segments of one agreement share
    conditions: frozenset[str] = frozenset()  # account conditions that hold, e.g. "paperless"
    unserved: frozenset[date] = frozenset()  # local days without service
    given: Mapping[str, int] = field(default_factory=dict)  # numbers of conversions, 10^-8


@dataclass(frozen=True)
class Intervals:
    """Use of n accounts in equal slots that cover a segment exactly; no value is missing."""

    starts_at: datetime
    interval_s: int
    values: Units  # (n, slots) in base units, any integer type

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(seconds=self.interval_s * self.values.shape[1])


@dataclass(frozen=True)
class Totals:
    """Use of n accounts in a whole segment, from register reads."""

    values: Units  # (n,) in base units


@dataclass(frozen=True)
class Registers:
    """Use of n accounts in a whole segment, from a register for each time band."""

    bands: Mapping[str, Units]  # by band, (n,) in base units

    @property
    def values(self) -> Units:
        """The sum over the bands."""
        return np.sum(list(self.bands.values()), axis=0, dtype=np.int64)


Usage = Intervals | Totals | Registers


@dataclass(frozen=True)
class Lot:
    """Credit of n accounts that was earned in one period and not used yet."""

    earned_on: date  # last local day of that period
    amount_minor: Amounts  # (n,) not negative


@dataclass(frozen=True)
class Past:
    """What came before a cycle, of the n accounts that share a segment key; oldest first.

    Each entry is dated with the first local day of its period.
    """

    peaks: Mapping[str, tuple[tuple[date, Units], ...]] = field(default_factory=dict)  # by charge
    uses: Mapping[str, tuple[tuple[date, Units], ...]] = field(default_factory=dict)  # by source
    bases: Mapping[str, tuple[tuple[date, Amounts], ...]] = field(default_factory=dict)  # by charge
    lots: Mapping[str, tuple[Lot, ...]] = field(default_factory=dict)  # by charge


@dataclass(frozen=True)
class Column:
    """The same line of n statements.

    amount = quantity × unit_price ÷ (quantity_scale × 10^8), rounded once to the minor unit.
    """

    segment: int  # -1: belongs to the whole statement
    charge: str
    name: str
    kind: str  # that of its charge, or tax, rounding, info
    label: dict[str, Any]  # JSON-able: season, band, lower, upper, days, cycle_days, percent, of
    unit: str  # kWh, m3, day, period, 30 days, percent
    quantity: Amounts  # (n,) base units; days of a fixed charge; minor units of a base
    quantity_scale: int
    unit_price: int  # 10^-8 currency per unit, or 10^-8 of one percent
    amount_minor: Amounts  # (n,)
    tax_class: str
    shown: Mask  # (n,) false where the line would say nothing
    exact: NDArray[np.object_] | None = None  # (n,) Fractions of minor units, if kept


@dataclass(frozen=True)
class Table:
    """All columns side by side, one row an account: ready for a bulk write."""

    quantity: Amounts  # (n, columns)
    amount_minor: Amounts  # (n, columns)
    shown: Mask  # (n, columns)
