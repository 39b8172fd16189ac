"""Laws that hold for any use."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.money import Rounding, divide
from core.periods import Period
from tariffs import engine
from tariffs.engine.arithmetic import priced
from tests.tariffs.bills import HERE, days, readings, total
from tests.tariffs.definitions import PEAK_BANDS, definition, energy, fixed, slabs

DAY = days(date(2026, 11, 1), date(2026, 11, 1))  # 25 hours
MONTH = days(date(2026, 11, 1), date(2026, 11, 30))
RULES = ("proportional", "chronological", "per_period", "total_only")
USE = st.lists(st.integers(0, 5_000), min_size=25, max_size=25)


def per_unit() -> dict[str, object]:
    """Prices of whole cents per Wh, so that no rounding hides a lost unit."""
    rows = [{"band": b, "price": p} for b, p in zip(PEAK_BANDS, ("10", "20", "30"), strict=True)]
    return definition(energy(prices=rows), bands=PEAK_BANDS)


def laddered(rule: str) -> dict[str, object]:
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


@given(values=USE, hour=st.integers(1, 24))
def test_split_at_any_instant_equals_the_whole(values, hour):
    tariff = engine.parse(per_unit())
    at = DAY.starts_at + timedelta(hours=hour)
    segments = [engine.Segment(tariff, part, DAY, HERE) for part in DAY.cut([at])]
    parts = {
        (0, "import"): engine.Intervals(DAY.starts_at, 3600, np.array([values[:hour]])),
        (1, "import"): engine.Intervals(at, 3600, np.array([values[hour:]])),
    }

    split = engine.rate(segments, parts, [], currency="USD", n=1)

    assert split.total_minor == readings(per_unit(), values, DAY).total_minor


@given(values=USE, rule=st.sampled_from(RULES))
def test_no_unit_is_lost_between_bands_and_slabs(values, rule):
    rated = readings(laddered(rule), values, DAY)

    counted = sum(int(c.quantity[0]) for c in rated.columns if "band" in c.label)
    assert counted == sum(values)
    assert all(c.quantity[0] >= 0 for c in rated.columns)
    assert rated.total_minor[0] == sum(int(c.amount_minor[0]) for c in rated.columns)


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


@given(quantity=st.integers(0, 10**7), more=st.integers(0, 10**6))
def test_more_use_never_costs_less(quantity, more):
    tariff = definition(energy(slabs=slabs(("10", "0.25"), ("100", "0.2"), (None, "0.9"))))

    less, greater = (total(tariff, use, MONTH) for use in (quantity, quantity + more))

    assert exact(greater) >= exact(less)


def exact(rated: engine.Rated) -> int:
    """Return the unrounded total, in 10^-8 per Wh."""
    return sum(int(c.quantity[0]) * c.unit_price for c in rated.columns)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), rule=st.sampled_from(RULES))
def test_a_batch_gives_the_lines_of_each_account_alone(data, rule):
    accounts = data.draw(st.lists(USE, min_size=2, max_size=6))
    tax = [engine.Tax("vat", "VAT", 7_50000000)]

    batch = readings(laddered(rule), accounts, DAY, taxes=tax)

    for i, values in enumerate(accounts):
        alone = readings(laddered(rule), values, DAY, taxes=tax)
        assert batch.trace(i) == alone.trace(0)


@given(values=USE, order=st.permutations(range(3)))
def test_the_order_of_charges_without_a_base_does_not_matter(values, order):
    charges = [
        energy(price="0.1234"),
        fixed("3.33"),
        energy(code="levy", price="0.0077"),
    ]

    one = readings(definition(*charges), values, DAY)
    other = readings(definition(*(charges[i] for i in order)), values, DAY)

    assert one.total_minor == other.total_minor


@given(
    quantity=st.integers(-(2**62), 2**62),
    price=st.integers(0, 10**12),
    denominator=st.integers(1, 10**12),
    rounding=st.sampled_from(Rounding),
)
def test_division_in_bulk_is_the_division_of_money(quantity, price, denominator, rounding):
    expected = divide(quantity * price, denominator, rounding)
    quantities = np.array([quantity], dtype=np.int64)

    if abs(expected) >= 2**62:
        with pytest.raises(engine.UsageError):
            priced(quantities, price, denominator, rounding)
    else:
        assert priced(quantities, price, denominator, rounding).tolist() == [expected]


@settings(max_examples=50)
@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)).map(
        lambda m: m.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
    ),
    hours=st.integers(1, 24 * 40),
)
def test_every_reading_has_the_price_of_its_own_local_hour(start, hours):
    period = Period(start, start + timedelta(hours=hours))
    values = np.arange(1, hours + 1)

    rated = readings(per_unit(), values, period)

    prices = []
    for i in range(hours):
        hour = (start + timedelta(hours=i)).astimezone(HERE).hour
        prices.append(30 if 16 <= hour < 20 else 20 if 6 <= hour < 22 else 10)
    assert exact(rated) == int(values @ np.array(prices)) * 10**8
