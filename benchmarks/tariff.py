"""The rating engine: a month of every account's readings, priced to the cent.

Floors, measured alternately with the product: reading every value once, NREL's Utilityrate5 on
one household's year, and a walk over every reading in Decimal on a few accounts. All of them
price energy by time of use and slab, and demand by time of use.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks.measure import Cost, Record, median_ratio, middle, record
from benchmarks.tariff_agreement import COMPONENTS, cents_off, components_off
from benchmarks.tariff_floors import NAIVE_ACCOUNTS, model, walk_some
from benchmarks.tariff_priced import (
    HOUR_S,
    JANUARY,
    QUARTER_S,
    Matrix,
    rated,
    readings,
    tariff,
)

SIZES = {"small": 1_000, "full": 10_000}


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
    quarters, hours = readings(n, JANUARY, QUARTER_S), readings(n, JANUARY, HOUR_S)
    fine, coarse = _measure(quarters, QUARTER_S, repeat), _measure(hours, HOUR_S, repeat)
    return [
        _against_reading(fine, n, repeat),
        _against_pysam("tariff.pysam", fine, n, repeat, ">= 40"),
        _against_pysam("tariff.pysam_hourly", coarse, n, repeat, ">= 14"),
        _against_naive(fine, n, repeat),
        _count("tariff.cents_off", n, cents_off(quarters, QUARTER_S) + cents_off(hours, HOUR_S)),
        _count("tariff.pysam_off", 2 * COMPONENTS, sum(map(components_off, (QUARTER_S, HOUR_S)))),
    ]


def _measure(values: Matrix, interval_s: int, repeat: int) -> _Measured:
    priced, pysam = tariff(interval_s), model(interval_s)
    measured = _Measured()
    rated(priced, values, interval_s, JANUARY)  # fills the cache of bands, as a run's first chunk
    for _ in range(repeat):
        measured.read_once.append(_cost(lambda: values.sum(dtype=np.int64)))
        measured.product.append(_cost(lambda: rated(priced, values, interval_s, JANUARY)))
        measured.pysam.append(_cost(lambda: pysam.execute(0)))
        measured.naive.append(_cost(lambda: walk_some(values, interval_s)))
    return measured


def _cost(work: Callable[[], Any]) -> Cost:
    cost = Cost()
    client, wall = time.process_time(), time.perf_counter()
    work()
    cost.client_s, cost.wall_s = time.process_time() - client, time.perf_counter() - wall
    return cost


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
