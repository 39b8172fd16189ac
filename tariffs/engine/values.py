"""What goes into rating and what comes out: segments, usage, taxes, columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.periods import Period
from tariffs.engine.shape import Tariff

ENGINE_VERSION = "1"

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


Usage = Intervals | Totals


@dataclass(frozen=True)
class Tax:
    """A percentage of every line of a tax class, on the sum, rounded once."""

    code: str
    name: str
    rate: int  # 10^-8 of one percent: 5 % is 500_000_000
    tax_class: str = "standard"
    commodity: str = ""  # empty: every commodity
    on_taxes: tuple[str, ...] = ()  # earlier taxes that are taxed too
    segments: tuple[int, ...] = ()  # in whose time it holds; empty: in all


@dataclass(frozen=True)
class Column:
    """The same line of n statements.

    amount = quantity × unit_price ÷ (quantity_scale × 10^8), rounded once to the minor unit.
    """

    segment: int  # -1: belongs to the whole statement
    charge: str
    name: str
    kind: str  # energy, fixed, discount, surcharge, rider, tax
    label: dict[str, Any]  # JSON-able: season, band, lower, upper, days, cycle_days, percent, of
    unit: str  # kWh, m3, day, period, 30 days, percent
    quantity: Amounts  # (n,) base units; days of a fixed charge; minor units of a base
    quantity_scale: int
    unit_price: int  # 10^-8 currency per unit, or 10^-8 of one percent
    amount_minor: Amounts  # (n,)
    tax_class: str
    shown: Mask  # (n,) false where the line would say nothing


@dataclass(frozen=True)
class Table:
    """All columns side by side, one row an account: ready for a bulk write."""

    quantity: Amounts  # (n, columns)
    amount_minor: Amounts  # (n, columns)
    shown: Mask  # (n, columns)
