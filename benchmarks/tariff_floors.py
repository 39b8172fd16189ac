"""Other ways to the same bills: NREL's Utilityrate5, and a walk over every reading in Decimal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from benchmarks.tariff_priced import (
    BAND_OF_HOUR,
    BOUNDS,
    DEMAND_BOUNDS,
    DEMAND_PRICES,
    HOUR_S,
    JANUARY,
    PRICES,
    YEAR,
    Matrix,
    readings,
)

NAIVE_ACCOUNTS = 3
MONTHS = 12
OPEN = 1e38
CENT = Decimal("0.01")


def model(interval_s: int) -> Any:
    """Return Utilityrate5 with the same prices, on one household's year."""
    from PySAM import Utilityrate5

    per_hour = HOUR_S // interval_s
    load = readings(1, YEAR, interval_s)[0] / 1000 * per_hour  # average kW
    made = Utilityrate5.new()
    made.Lifetime.analysis_period = 1
    made.Lifetime.inflation_rate = 0
    made.Lifetime.system_use_lifetime_output = 0
    made.SystemOutput.degradation = [0]
    made.SystemOutput.gen = [0.0] * len(load)
    made.Load.load = load.tolist()
    _set_prices(made.ElectricityRates)
    return made


def _set_prices(rates: Any) -> None:
    """Set both charges; no demand is charged besides that of each band."""
    rates.en_electricity_rates = 1
    rates.rate_escalation = [0]
    rates.ur_metering_option = 2  # its slabs then follow the running total in time order
    rates.ur_monthly_fixed_charge = 0
    rates.ur_sell_eq_buy = 0
    rates.ur_dc_enable = 1
    schedule = [[band + 1 for band in BAND_OF_HOUR]] * MONTHS
    rates.ur_ec_sched_weekday = rates.ur_ec_sched_weekend = schedule
    rates.ur_dc_sched_weekday = rates.ur_dc_sched_weekend = schedule
    rates.ur_ec_tou_mat = [
        [band, slab, top, 0, price, 0] for band, slab, top, price in _table(PRICES, BOUNDS)
    ]
    rates.ur_dc_tou_mat = [list(row) for row in _table(DEMAND_PRICES, DEMAND_BOUNDS)]
    rates.ur_dc_flat_mat = [[month, 1, OPEN, 0] for month in range(MONTHS)]


def _table(
    prices: Mapping[str, tuple[int, ...]], bounds: tuple[int, ...]
) -> list[tuple[int, int, float, float]]:
    """Return band, slab, upper bound in kWh or kW and price, numbers from 1."""
    tops = [*(bound / 1000 for bound in bounds), OPEN]
    return [
        (band, slab, tops[slab - 1], cents / 100)
        for band, in_slabs in enumerate(prices.values(), start=1)
        for slab, cents in enumerate(in_slabs, start=1)
    ]


def walk_some(values: Matrix, interval_s: int) -> list[Decimal]:
    return [_walk(account, interval_s) for account in values[:NAIVE_ACCOUNTS].tolist()]


def _walk(account: Sequence[int], interval_s: int) -> Decimal:
    """Price one account reading by reading in Decimal, the obvious way."""
    lines: dict[tuple[int, int], Decimal] = {}
    peaks: dict[int, Decimal] = {}
    prices = [[Decimal(cents) / 100 for cents in in_slabs] for in_slabs in PRICES.values()]
    reached, moment = Decimal(0), JANUARY.starts_at
    per_hour = Decimal(HOUR_S) / interval_s
    for value in account:
        band = BAND_OF_HOUR[moment.astimezone(UTC).hour]
        left = Decimal(value)
        peaks[band] = max(peaks.get(band, Decimal(0)), left * per_hour)
        for slab, upper in enumerate((*map(Decimal, BOUNDS), Decimal("Infinity"))):
            part = max(min(left, upper - reached), Decimal(0))
            lines[band, slab] = lines.get((band, slab), Decimal(0)) + part * prices[band][slab]
            left -= part
            reached += part
        moment += timedelta(seconds=interval_s)
    amounts = [_cents(line) for line in (*lines.values(), *_demand(peaks))]
    return sum(amounts, Decimal(0))


def _demand(peaks: dict[int, Decimal]) -> list[Decimal]:
    """Return the thousandfold amount of each slab of each band's greatest demand, in watts."""
    prices = list(DEMAND_PRICES.values())
    edges = [Decimal(0), *map(Decimal, DEMAND_BOUNDS), Decimal("Infinity")]
    return [
        max(min(peak, upper) - lower, Decimal(0)) * cents / 100
        for band, peak in peaks.items()
        for lower, upper, cents in zip(edges, edges[1:], prices[band], strict=False)
    ]


def _cents(thousandfold: Decimal) -> Decimal:
    return (thousandfold / 1000).quantize(CENT, ROUND_HALF_UP)
