"""The batch engine against the walk, on a month of random accounts and both clock changes."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from core.periods import Period
from tests.tariffs import reference
from tests.tariffs.bills import HERE, days, readings
from tests.tariffs.both_ways import bill_lines, engine_lines
from tests.tariffs.definitions import definition, energy, fixed, slabs

BANDS = {
    "night": [{"from": "22:00", "to": "06:00"}],
    "peak": [{"days": "weekday", "from": "16:00", "to": "20:00"}],
    "day": [
        {"days": "weekday", "from": "06:00", "to": "16:00"},
        {"days": "weekday", "from": "20:00", "to": "22:00"},
        {"days": ["weekend", "holiday"], "from": "06:00", "to": "22:00"},
    ],
}
SEASONS = {
    "winter": [{"first": "11-16", "last": "03-15"}],
    "summer": [{"first": "03-16", "last": "11-15"}],
}
PRICES = {
    ("winter", "night"): ("0.0713", "0.0911", "0.25"),
    ("winter", "day"): ("0.1249", "0.1505", "0.35"),
    ("winter", "peak"): ("0.18275", "0.2255", "0.45"),
    ("summer", "night"): ("0.06", "0.0815", "0.1005"),
    ("summer", "day"): ("0.11", "0.12345", "0.1495"),
    ("summer", "peak"): ("0.21", "0.250005", "0.333333"),
}
RULES = ("proportional", "chronological", "per_period")
MONTHS = {
    "clocks go back": (date(2026, 11, 1), date(2026, 11, 30)),
    "clocks go forward": (date(2026, 3, 1), date(2026, 3, 31)),
    "moved in on the 12th": (date(2026, 11, 12), date(2026, 11, 30)),
}
ACCOUNTS = 120  # of each of nine mixes: more than 1,000


def tariff(rule: str) -> dict[str, object]:
    rows = [
        {
            "season": season,
            "band": band,
            "slabs": slabs(("150", low), ("420.5", middle), (None, high)),
        }
        for (season, band), (low, middle, high) in PRICES.items()
    ]
    return definition(
        fixed("9.99"),
        fixed("0.2355", code="metering", basis="day"),
        energy(prices=rows, slabs_with_time=rule),
        rate_type="time_based",
        seasons=SEASONS,
        bands=BANDS,
        holidays=["2026-11-26", "2026-03-17"],
    )


def random_use(slots: int, seed: int) -> np.ndarray:
    """Return quarter hours of households, from hardly any use to far above the top bound."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(4.8, 1.2, (ACCOUNTS, 1))
    values = (size * rng.gamma(1.1, 1.0, (ACCOUNTS, slots))).astype(np.int64)
    values[0] = 0
    values[1, 1:] = 0
    return values


def month_of(day: date) -> Period:
    first = day.replace(day=1)
    return days(first, (first + timedelta(days=40)).replace(day=1) - timedelta(days=1))


def walked(written: dict[str, object], values: list[int], period: Period, cycle: Period, known):
    use = reference.Readings(period.starts_at, 900, values)
    segment = reference.Segment(
        written, period.starts_at, period.ends_at, (cycle.starts_at, cycle.ends_at), HERE
    )
    return reference.bill([segment], {(0, "import"): use}, currency="USD", rows_at=known)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("month", MONTHS)
def test_batch_equals_the_walk_over_every_reading(month, rule):
    first, last = MONTHS[month]
    period, cycle = days(first, last), month_of(first)
    values = random_use(period.seconds // 900, seed=len(month) * 10 + len(rule))
    written = tariff(rule)

    rated = readings(written, values, period, interval_s=900, cycle=cycle)

    known: dict[object, object] = {}
    for account in range(ACCOUNTS):
        bill = walked(written, values[account].tolist(), period, cycle, known)
        assert engine_lines(rated, account) == bill_lines(bill)
        assert rated.total_minor[account] == bill.total
