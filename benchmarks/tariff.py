"""The rating engine: a month of every account's readings, priced to the cent.

Floors, measured alternately with the product: reading every value once, NREL's Utilityrate5 on
one household's year, and a walk over every reading in Decimal on a few accounts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Cost, Record, median_ratio, middle, record
from core.money import divide
from core.periods import Period, local_days
from tariffs import engine

Matrix = NDArray[np.int16]
SIZES = {"small": 1_000, "full": 10_000}
UTC = ZoneInfo("UTC")
JANUARY = local_days(date(2026, 1, 1), date(2026, 1, 31), UTC)
YEAR = local_days(date(2026, 1, 1), date(2026, 12, 31), UTC)
SEED = 20260101
QUARTER_S, HOUR_S = 900, 3600
NAIVE_ACCOUNTS = 3
BOUNDS = (150_000, 400_000)  # Wh
PRICES = {  # by band, 10^-2 currency per kWh in each slab
    "off_peak": (8, 10, 12),
    "standard": (12, 15, 20),
    "peak": (18, 22, 30),
}
BANDS: dict[str, list[dict[str, str]]] = {
    "off_peak": [{"from": "22:00", "to": "06:00"}],
    "standard": [{"from": "06:00", "to": "16:00"}, {"from": "20:00", "to": "22:00"}],
    "peak": [{"from": "16:00", "to": "20:00"}],
}
BAND_OF_HOUR = [0] * 6 + [1] * 10 + [2] * 4 + [1] * 2 + [0] * 2
HALF_A_CENT = 0.005 + 1e-9


@dataclass
class _Measured:
    """The costs of each repeat at one length of interval, side by side."""

    product: list[Cost] = field(default_factory=list)
    read_once: list[Cost] = field(default_factory=list)
    pysam: list[Cost] = field(default_factory=list)
    naive: list[Cost] = field(default_factory=list)


def run(scale: str, repeat: int) -> list[Record]:
    """Measure at 15 minutes and at an hour; judge ratios of CPU time and exact agreement."""
    n = SIZES[scale]
    quarters, hours = _readings(n, JANUARY, QUARTER_S), _readings(n, JANUARY, HOUR_S)
    fine, coarse = _measure(quarters, QUARTER_S, repeat), _measure(hours, HOUR_S, repeat)
    return [
        _against_reading(fine, n, repeat),
        _against_pysam("tariff.pysam", fine, n, repeat, ">= 40"),
        _against_pysam("tariff.pysam_hourly", coarse, n, repeat, ">= 14"),
        _against_naive(fine, n, repeat),
        _count("tariff.cents_off", n, _cents_off(quarters, QUARTER_S) + _cents_off(hours, HOUR_S)),
        _count("tariff.pysam_lines_off", 12 * 9, _lines_off(QUARTER_S) + _lines_off(HOUR_S)),
    ]


def tariff() -> engine.Tariff:
    """Return time of use × 3 slabs, the running total of the month picking the slab."""
    prices = [
        {"band": band, "slabs": [_slab(i, cents) for i, cents in enumerate(in_slabs)]}
        for band, in_slabs in PRICES.items()
    ]
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
                {
                    "code": "energy",
                    "kind": "energy",
                    "unit": "kWh",
                    "prices": prices,
                    "slabs_with_time": "chronological",
                }
            ],
        }
    )


def _slab(index: int, cents: int) -> dict[str, str]:
    price = {"price": str(Decimal(cents) / 100)}
    return price | ({"up_to": str(BOUNDS[index] // 1000)} if index < len(BOUNDS) else {})


def _readings(n: int, period: Period, interval_s: int) -> Matrix:
    """Return whole watt-hours of n households, as reading blocks hold them."""
    rng = np.random.default_rng(SEED)
    slots = period.seconds // interval_s
    mean = 0.06 * interval_s * rng.lognormal(0, 0.6, (n, 1))
    return (mean * rng.gamma(1.2, 1.0, (n, slots))).clip(0, 2**15 - 1).astype(np.int16)


def _rated(priced: engine.Tariff, values: Matrix, interval_s: int, period: Period) -> engine.Rated:
    use = {(0, "import"): engine.Intervals(period.starts_at, interval_s, values)}
    segment = engine.Segment(priced, period, period, UTC)
    return engine.rate([segment], use, [], currency="USD", n=len(values))


def _measure(values: Matrix, interval_s: int, repeat: int) -> _Measured:
    priced, model = tariff(), _model(interval_s)
    measured = _Measured()
    _rated(priced, values, interval_s, JANUARY)  # fills the cache of bands, as a run's first chunk
    for _ in range(repeat):
        measured.read_once.append(_cost(lambda: values.sum(dtype=np.int64)))
        measured.product.append(_cost(lambda: _rated(priced, values, interval_s, JANUARY)))
        measured.pysam.append(_cost(lambda: model.execute(0)))
        measured.naive.append(_cost(lambda: _walk_some(values, interval_s)))
    return measured


def _cost(work: Callable[[], Any]) -> Cost:
    cost = Cost()
    client, wall = time.process_time(), time.perf_counter()
    work()
    cost.client_s, cost.wall_s = time.process_time() - client, time.perf_counter() - wall
    return cost


# Floors


def _model(interval_s: int) -> Any:
    """Return Utilityrate5 with the same prices, on one household's year."""
    from PySAM import Utilityrate5

    per_hour = HOUR_S // interval_s
    load = _readings(1, YEAR, interval_s)[0] / 1000 * per_hour  # average kW
    model = Utilityrate5.new()
    model.Lifetime.analysis_period = 1
    model.Lifetime.inflation_rate = 0
    model.Lifetime.system_use_lifetime_output = 0
    model.SystemOutput.degradation = [0]
    model.SystemOutput.gen = [0.0] * len(load)
    model.Load.load = load.tolist()
    rates = model.ElectricityRates
    rates.en_electricity_rates = 1
    rates.rate_escalation = [0]
    rates.ur_metering_option = 2  # its slabs then follow the running total in time order
    rates.ur_monthly_fixed_charge = 0
    rates.ur_dc_enable = 0
    rates.ur_sell_eq_buy = 0
    schedule = [[band + 1 for band in BAND_OF_HOUR]] * 12
    rates.ur_ec_sched_weekday = rates.ur_ec_sched_weekend = schedule
    tops = [*(bound / 1000 for bound in BOUNDS), 1e38]
    rates.ur_ec_tou_mat = [
        [band + 1, slab + 1, tops[slab], 0, cents / 100, 0]
        for band, in_slabs in enumerate(PRICES.values())
        for slab, cents in enumerate(in_slabs)
    ]
    return model


def _walk_some(values: Matrix, interval_s: int) -> list[Decimal]:
    return [_walk(account, interval_s) for account in values[:NAIVE_ACCOUNTS].tolist()]


def _walk(account: Sequence[int], interval_s: int) -> Decimal:
    """Price one account reading by reading in Decimal, the obvious way."""
    lines: dict[tuple[int, int], Decimal] = {}
    prices = [[Decimal(cents) / 100 for cents in in_slabs] for in_slabs in PRICES.values()]
    reached, moment = Decimal(0), JANUARY.starts_at
    for value in account:
        band = BAND_OF_HOUR[moment.astimezone(UTC).hour]
        left = Decimal(value)
        for slab, upper in enumerate((*map(Decimal, BOUNDS), Decimal("Infinity"))):
            part = max(min(left, upper - reached), Decimal(0))
            lines[band, slab] = lines.get((band, slab), Decimal(0)) + part * prices[band][slab]
            left -= part
            reached += part
        moment += timedelta(seconds=interval_s)
    cent = Decimal("0.01")
    return sum((v / 1000).quantize(cent, ROUND_HALF_UP) for v in lines.values()) or Decimal(0)


# Agreement


def _cents_off(values: Matrix, interval_s: int) -> int:
    """Count the accounts whose total differs from a per-slot integer oracle or the walk."""
    rated = _rated(tariff(), values, interval_s, JANUARY)
    hours = JANUARY.starts_at.hour + np.arange(values.shape[1]) * interval_s // HOUR_S
    bands = np.array(BAND_OF_HOUR)[hours % 24]
    totals = rated.total_minor.tolist()
    off = sum(_oracle(row, bands) != totals[i] for i, row in enumerate(values.astype(np.int64)))
    walked = [int(100 * total) for total in _walk_some(values, interval_s)]
    return off + sum(a != b for a, b in zip(walked, totals, strict=False))


def _oracle(row: NDArray[np.int64], bands: NDArray[np.int64]) -> int:
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
    return total


def _lines_off(interval_s: int) -> int:
    """Count the lines of a year that differ from Utilityrate5 by more than half a cent."""
    model, priced = _model(interval_s), tariff()
    model.execute(0)
    year = _readings(1, YEAR, interval_s)
    off = start = 0
    for month in range(1, 13):
        period = _month(month)
        slots = period.seconds // interval_s
        rated = _rated(priced, year[:, start : start + slots], interval_s, period)
        off += _month_off(rated, _energy(model, month))
        start += slots
    return off


def _month(month: int) -> Period:
    first = date(2026, month, 1)
    return local_days(first, date(2026 + month // 12, month % 12 + 1, 1) - timedelta(days=1), UTC)


def _energy(model: Any, month: int) -> list[float]:
    """Return the kWh in each band and slab; the first row and column of the output are labels."""
    name = f"energy_wo_sys_ec_{date(2026, month, 1):%b}_tp".lower()
    table = getattr(model.Outputs, name)
    return [kwh for row in table[1:-1] for kwh in row[1:-1]]


def _month_off(rated: engine.Rated, energy: list[float]) -> int:
    prices = [cents / 100 for in_slabs in PRICES.values() for cents in in_slabs]
    lines = [int(column.amount_minor[0]) / 100 for column in rated.columns]
    priced = [kwh * price for kwh, price in zip(energy, prices, strict=True)]
    return sum(abs(a - b) > HALF_A_CENT for a, b in zip(lines, priced, strict=True))


# Records


def _against_reading(measured: _Measured, n: int, repeat: int) -> Record:
    product, floor = _cpu(measured.product), _cpu(measured.read_once)
    return record(
        "tariff.read_once",
        n=n,
        repeat=repeat,
        unit="CPU ms",
        product=middle(measured.product).cpu_s * 1e3,
        floor=middle(measured.read_once).cpu_s * 1e3,
        ratio=median_ratio(product, floor),
        goal="<= 12",
        cost=middle(measured.product),
        stretch="<= 6",
    )


def _against_pysam(name: str, measured: _Measured, n: int, repeat: int, goal: str) -> Record:
    """Compare bills of a month; Utilityrate5 makes two for each of twelve months."""
    product = [n / cost.cpu_s for cost in measured.product]
    pysam = [24 / cost.cpu_s for cost in measured.pysam]
    return record(
        name,
        n=n,
        repeat=repeat,
        unit="bills/s",
        product=n / middle(measured.product).cpu_s,
        floor=24 / middle(measured.pysam).cpu_s,
        ratio=median_ratio(product, pysam),
        goal=goal,
        cost=middle(measured.product),
        pysam=version("NREL-PySAM"),
    )


def _against_naive(measured: _Measured, n: int, repeat: int) -> Record:
    product = [n / cost.cpu_s for cost in measured.product]
    naive = [NAIVE_ACCOUNTS / cost.cpu_s for cost in measured.naive]
    return record(
        "tariff.decimal_walk",
        n=n,
        repeat=repeat,
        unit="bills/s",
        product=n / middle(measured.product).cpu_s,
        floor=NAIVE_ACCOUNTS / middle(measured.naive).cpu_s,
        ratio=median_ratio(product, naive),
        goal=">= 500",
        cost=middle(measured.product),
    )


def _count(name: str, n: int, off: int) -> Record:
    return record(name, n=n, repeat=1, unit="off", product=off, goal="== 0", is_count=True)


def _cpu(costs: Sequence[Cost]) -> list[float]:
    return [cost.cpu_s for cost in costs]
