"""Whether the engine and the other ways agree; counts that do not depend on the machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.tariff_floors import model, walk_some
from benchmarks.tariff_priced import (
    BAND_OF_HOUR,
    BOUNDS,
    DEMAND_BOUNDS,
    DEMAND_PRICES,
    HOUR_S,
    JANUARY,
    PRICES,
    UTC,
    YEAR,
    Matrix,
    rated,
    readings,
    tariff,
)
from core.money import divide
from core.periods import Period, local_days
from tariffs import engine

HALF_A_CENT = 0.005 + 1e-9
COMPONENTS = 12 * (len(PRICES) * (len(BOUNDS) + 1) + len(DEMAND_PRICES))  # of a year


def cents_off(values: Matrix, interval_s: int) -> int:
    """Count the accounts whose total differs from a per-slot integer oracle or the walk."""
    bill = rated(tariff(interval_s), values, interval_s, JANUARY)
    hours = JANUARY.starts_at.hour + np.arange(values.shape[1]) * interval_s // HOUR_S
    bands = np.array(BAND_OF_HOUR)[hours % 24]
    totals = bill.total_minor.tolist()
    accounts = values.astype(np.int64)
    off = sum(_oracle(row, bands, interval_s) != totals[i] for i, row in enumerate(accounts))
    walked = [int(100 * total) for total in walk_some(values, interval_s)]
    return off + sum(a != b for a, b in zip(walked, totals, strict=False))


def _oracle(row: NDArray[np.int64], bands: NDArray[np.int64], interval_s: int) -> int:
    """Return the cents of one account, slot by slot, priced in Python's integers."""
    reached = np.cumsum(row)
    total, lower = 0, np.zeros_like(reached)
    for slab, upper in enumerate((*BOUNDS, int(reached[-1]))):
        below = np.minimum(reached, upper)
        climbed = np.diff(below, prepend=0) - np.diff(lower, prepend=0)
        for band, in_slabs in enumerate(PRICES.values()):
            units = int(climbed[bands == band].sum())
            total += divide(units * in_slabs[slab], 1000)
        lower = np.maximum(below, lower)
    return total + _demand_oracle(row, bands, interval_s)


def _demand_oracle(row: NDArray[np.int64], bands: NDArray[np.int64], interval_s: int) -> int:
    total = 0
    for band, in_slabs in enumerate(DEMAND_PRICES.values()):
        peak = int(row[bands == band].max()) * HOUR_S // interval_s
        for slab, lower in enumerate((0, *DEMAND_BOUNDS)):
            upper = (*DEMAND_BOUNDS, peak)[slab]
            total += divide(max(min(peak, upper) - lower, 0) * in_slabs[slab], 1000)
    return total


def components_off(interval_s: int) -> int:
    """Count the components of a year that differ from Utilityrate5 by more than half a cent.

    These are the energy of each band and slab and the demand of each band, month by month.
    """
    made, priced = model(interval_s), tariff(interval_s)
    made.execute(0)
    year = readings(1, YEAR, interval_s)
    off = start = 0
    for month in range(1, 13):
        period = _month(month)
        slots = period.seconds // interval_s
        bill = rated(priced, year[:, start : start + slots], interval_s, period)
        pairs = zip(_exact(bill), _components(made, month), strict=True)
        off += sum(abs(ours - theirs) > HALF_A_CENT for ours, theirs in pairs)
        start += slots
    return off


def _month(month: int) -> Period:
    first = date(2026, month, 1)
    return local_days(first, date(2026 + month // 12, month % 12 + 1, 1) - timedelta(days=1), UTC)


def _exact(bill: engine.Rated) -> Iterator[float]:
    """Yield the unrounded amounts of energy by band and slab, then those of demand by band."""
    lines = [column for column in bill.columns if column.charge == "energy"]
    yield from (_amount(column) for column in lines)
    for row in range(len(DEMAND_PRICES)):
        of_band = [c for c in bill.columns if c.charge == "demand" and c.label.get("row") == row]
        yield sum(_amount(column) for column in of_band)


def _amount(column: engine.Column) -> float:
    return int(column.quantity[0]) * column.unit_price / (column.quantity_scale * 10**8)


def _components(made: Any, month: int) -> Iterator[float]:
    """Yield the same of Utilityrate5; the first row and column of its tables are labels."""
    prices = [cents / 100 for in_slabs in PRICES.values() for cents in in_slabs]
    table = getattr(made.Outputs, f"energy_wo_sys_ec_{date(2026, month, 1):%b}_tp".lower())
    energy = [kwh for row in table[1:-1] for kwh in row[1:-1]]
    yield from (kwh * price for kwh, price in zip(energy, prices, strict=True))
    yield from made.Outputs.monthly_tou_demand_charge_wo_sys[month]
