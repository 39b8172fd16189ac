"""Laws about use: what is split, added or moved costs what it should."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.periods import Period
from tariffs import engine
from tests.tariffs import both_ways, random_tariffs
from tests.tariffs.bills import HERE, days, readings
from tests.tariffs.definitions import PEAK_BANDS, definition, energy, fixed, slabs
from tests.tariffs.random_tariffs import per_unit
from tests.tariffs.reference import Readings

DAY = days(date(2026, 11, 1), date(2026, 11, 1))  # 25 hours
RULES = ("proportional", "chronological", "per_period", "total_only")
USE = st.lists(st.integers(0, 5_000), min_size=25, max_size=25)
SEEDS = st.integers(0, 2**40)
SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def laddered(rule: str) -> dict[str, Any]:
    bands = {"night": [{"from": "22:00", "to": "06:00"}], "day": [{"from": "06:00", "to": "22:00"}]}
    if rule == "total_only":
        rows = [{"band": "night", "price": "0.05"}, {"band": "day", "price": "0.08"}]
        charge = energy(
            prices=rows, slabs=slabs(("9.5", "0.01"), (None, "0.02")), slabs_with_time=rule
        )
    else:
        rows = [
            {"band": "night", "slabs": slabs(("4", "0.05"), ("9.5", "0.07"), (None, "0.11"))},
            {"band": "day", "slabs": slabs(("4", "0.08"), ("9.5", "0.12"), (None, "0.3"))},
        ]
        charge = energy(prices=rows, slabs_with_time=rule)
    return definition(charge, bands=bands)


@SOME
@given(seed=SEEDS, data=st.data())
def test_split_at_any_instant_equals_the_whole(seed, data):
    """Prices are whole cents per Wh, so that no rounding hides a lost unit."""
    whole = per_unit.make(seed)
    slots = len(whole.values)
    at = data.draw(st.integers(1, slots - 1))
    tariff = engine.parse(whole.definition)

    parts = rate_parts(tariff, whole, [at])

    assert parts.total_minor == rate_parts(tariff, whole, []).total_minor


def rate_parts(tariff: engine.Tariff, whole: per_unit.Whole, cuts: list[int]) -> engine.Rated:
    step = timedelta(seconds=whole.interval_s)
    edges = [0, *cuts, len(whole.values)]
    starts = whole.starts_at
    cycle = Period(starts, starts + step * len(whole.values))
    segments, use = [], {}
    for index, (first, end) in enumerate(pairwise(edges)):
        period = Period(starts + step * first, starts + step * end)
        segments.append(engine.Segment(tariff, period, cycle, whole.zone))
        values = np.array([whole.values[first:end]])
        use[index, "import"] = engine.Intervals(period.starts_at, whole.interval_s, values)
    return engine.rate(segments, use, [], currency=tariff.currency, n=1)


@given(values=USE, rule=st.sampled_from(RULES))
def test_no_unit_is_lost_between_bands_and_slabs(values, rule):
    rated = readings(laddered(rule), values, DAY)

    counted = sum(int(c.quantity[0]) for c in rated.columns if "band" in c.label)
    assert counted == sum(values)
    assert all(c.quantity[0] >= 0 for c in rated.columns)
    assert rated.total_minor[0] == sum(int(c.amount_minor[0]) for c in rated.columns)


# What more use may make cheaper; test_more_use_costs_less.py has a counterexample of each.
CHEAPER = (
    "slab_rule=whole_quantity",
    "slab_rule=whole_table",
    "attribute whole_quantity",
    "demand whole_quantity",
    "slabs_with_time=proportional",
    "slabs_with_time=chronological",
    "slabs per kW",
    "credit",
    "when=use",
    "percent=discount",
    "metering=totals",
    "metering=registers",
)


@SOME
@given(seed=SEEDS, data=st.data())
def test_more_use_never_costs_less_where_nothing_looks_back(seed, data):
    pair = random_tariffs.make(seed, CHEAPER)
    pair = replace(pair, periods=pair.periods[:1])
    period = pair.periods[0]
    keys = [key for key, use in period.uses[0].items() if isinstance(use, Readings)]
    if not keys:
        return
    key = data.draw(st.sampled_from([k for k in keys if k[1] != "export"] or keys))
    if key[1] == "export":
        return
    slot = data.draw(st.integers(0, len(period.uses[0][key].values) - 1))
    greater = [with_more(uses, key, slot, data.draw(st.integers(1, 10**7))) for uses in period.uses]
    dearer = replace(pair, periods=[replace(period, uses=greater)])
    everyone = list(range(len(pair.past)))

    less, more = (both_ways.rated(p, everyone)[0].total_minor for p in (pair, dearer))

    assert (more >= less).all()


def with_more(uses, key, slot: int, units: int):
    values = list(uses[key].values)
    values[slot] += units
    return {**uses, key: replace(uses[key], values=values)}


def exact(rated: engine.Rated) -> int:
    """Return the unrounded total, in 10^-8 per Wh."""
    return sum(int(c.quantity[0]) * c.unit_price for c in rated.columns)


@given(
    values=USE,
    hour=st.integers(0, 24),
    more=st.integers(1, 10_000),
    rule=st.sampled_from(("chronological", "per_period", "total_only")),
)
def test_more_use_at_the_end_of_the_ladder_never_costs_less(values, hour, more, rule):
    """Rounding each line may move a cent between lines, so the exact amounts are compared."""
    extended = [*values]
    extended[-1 if rule == "chronological" else hour] += more

    less, greater = (readings(laddered(rule), use, DAY) for use in (values, extended))

    assert exact(greater) >= exact(less)


@given(values=USE, order=st.permutations(range(3)))
def test_the_order_of_charges_without_a_base_does_not_matter(values, order):
    charges = [energy(price="0.1234"), fixed("3.33"), energy(code="levy", price="0.0077")]

    one = readings(definition(*charges), values, DAY)
    other = readings(definition(*(charges[i] for i in order)), values, DAY)

    assert one.total_minor == other.total_minor


@settings(max_examples=50)
@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)).map(
        lambda m: m.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
    ),
    hours=st.integers(1, 24 * 40),
)
def test_every_reading_has_the_price_of_its_own_local_hour(start, hours):
    rows = [{"band": b, "price": p} for b, p in zip(PEAK_BANDS, ("10", "20", "30"), strict=True)]
    period = Period(start, start + timedelta(hours=hours))
    values = np.arange(1, hours + 1)

    rated = readings(definition(energy(prices=rows), bands=PEAK_BANDS), values, period)

    prices = []
    for i in range(hours):
        hour = (start + timedelta(hours=i)).astimezone(HERE).hour
        prices.append(30 if 16 <= hour < 20 else 20 if 6 <= hour < 22 else 10)
    assert exact(rated) == int(values @ np.array(prices)) * 10**8


def test_a_period_shorter_than_its_readings_is_refused():
    with pytest.raises(engine.UsageError):
        readings(definition(energy(price="1")), [1, 2, 3], DAY)
