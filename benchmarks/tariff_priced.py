"""What the tariff benchmark prices: households with slabs by time of use, and demand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.periods import Period, local_days
from tariffs import engine

Matrix = NDArray[np.int16]
UTC = ZoneInfo("UTC")
JANUARY = local_days(date(2026, 1, 1), date(2026, 1, 31), UTC)
YEAR = local_days(date(2026, 1, 1), date(2026, 12, 31), UTC)
SEED = 20260101
QUARTER_S, HOUR_S = 900, 3600
BOUNDS = (150_000, 400_000)  # Wh
PRICES = {  # by band, 10^-2 currency per kWh in each slab
    "off_peak": (8, 10, 12),
    "standard": (12, 15, 20),
    "peak": (18, 22, 30),
}
DEMAND_BOUNDS = (1_500,)  # W
DEMAND_PRICES = {  # by band, 10^-2 currency per kW in each slab
    "off_peak": (150, 225),
    "standard": (400, 650),
    "peak": (1275, 1800),
}
BANDS: dict[str, list[dict[str, str]]] = {
    "off_peak": [{"from": "22:00", "to": "06:00"}],
    "standard": [{"from": "06:00", "to": "16:00"}, {"from": "20:00", "to": "22:00"}],
    "peak": [{"from": "16:00", "to": "20:00"}],
}
BAND_OF_HOUR = [0] * 6 + [1] * 10 + [2] * 4 + [1] * 2 + [0] * 2


def tariff(interval_s: int) -> engine.Tariff:
    """Return time of use × 3 slabs, the running total picking the slab, and demand by time of use.

    Demand is averaged over a quarter of an hour, or over the readings where they are longer.
    """
    energy = {"code": "energy", "kind": "energy", "unit": "kWh", "slabs_with_time": "chronological"}
    demand = {"code": "demand", "kind": "demand", "unit": "kW", "minutes": interval_s // 60}
    return engine.parse(
        {
            "code": "benchmark",
            "name": "Benchmark",
            "commodity": "electricity",
            "rate_type": "time_based",
            "currency": "USD",
            "from": "2020-01-01",
            "bands": BANDS,
            "charges": [
                energy | {"prices": _rows(PRICES, BOUNDS)},
                demand | {"prices": _rows(DEMAND_PRICES, DEMAND_BOUNDS)},
            ],
        }
    )


def _rows(prices: dict[str, Any], bounds: tuple[int, ...]) -> list[dict[str, Any]]:
    return [
        {"band": band, "slabs": [_slab(i, cents, bounds) for i, cents in enumerate(in_slabs)]}
        for band, in_slabs in prices.items()
    ]


def _slab(index: int, cents: int, bounds: tuple[int, ...]) -> dict[str, str]:
    price = {"price": str(Decimal(cents) / 100)}
    return price | ({"up_to": str(Decimal(bounds[index]) / 1000)} if index < len(bounds) else {})


def readings(n: int, period: Period, interval_s: int) -> Matrix:
    """Return whole watt-hours of n households, as reading blocks hold them."""
    rng = np.random.default_rng(SEED)
    slots = period.seconds // interval_s
    mean = 0.06 * interval_s * rng.lognormal(0, 0.6, (n, 1))
    return (mean * rng.gamma(1.2, 1.0, (n, slots))).clip(0, 2**15 - 1).astype(np.int16)


def rated(priced: engine.Tariff, values: Matrix, interval_s: int, period: Period) -> engine.Rated:
    use = {(0, "import"): engine.Intervals(period.starts_at, interval_s, values)}
    segment = engine.Segment(priced, period, period, UTC)
    return engine.rate([segment], use, [], currency="USD", n=len(values))
