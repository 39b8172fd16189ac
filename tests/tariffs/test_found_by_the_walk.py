"""Faults that the walk found in the engine, each as the smallest bill that shows it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from tariffs import engine
from tests.tariffs import reference
from tests.tariffs.bills import HERE, HOUR_S, days
from tests.tariffs.definitions import definition, energy, slabs

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
JULY = days(date(2026, 7, 1), date(2026, 7, 31))
ABOVE_ONE = {"use_of": "import", "unit": "kWh", "above": "1"}


def rate(tariff, values, period=JUNE, past=None, **segment):
    """Rate accounts by the use of each one's first hour."""
    hours = np.zeros((len(values), period.seconds // HOUR_S), np.int64)
    hours[:, 0] = values
    cut = [engine.Segment(engine.parse(tariff), period, period, HERE, **segment)]
    use = {(0, "import"): engine.Intervals(period.starts_at, HOUR_S, hours)}
    rated = engine.rate(cut, use, [], currency="USD", n=len(values), past=past)
    return rated, use


def test_an_amount_per_bill_is_taxed_in_a_batch_as_it_is_alone():
    """5 % of the 2.00 per bill that has no base, whatever another account's tax does."""
    taxes = [
        {"code": "flat", "name": "Flat", "kind": "flat", "tax_class": "other", "amount": "2"},
        {"code": "vat", "name": "VAT", "kind": "percent", "percent": "5", "on_taxes": ["flat"],
         "when": [ABOVE_ONE]},
    ]  # fmt: skip
    tariff = definition(energy(price="1"), taxes=taxes)

    batch, _ = rate(tariff, [10_000, 0])
    alone, _ = rate(tariff, [10_000])

    assert batch.total_minor.tolist() == [10_00 + 2_00 + 60, 2_00]
    assert alone.total_minor[0] == batch.total_minor[0]


def test_a_condition_that_is_new_finds_the_use_of_the_period_before():
    plain = definition(energy(price="1"))
    asking = definition(energy(price="1", when=[{**ABOVE_ONE, "last_periods": 1}]))
    long_ago = {"": engine.Past(uses={"import": ((date(2026, 5, 1), np.array([0])),)})}

    june, use = rate(plain, [5_000], past=long_ago)
    july, _ = rate(asking, [7_000], JULY, engine.carry(long_ago, june, use))

    assert july.total_minor.tolist() == [7_00]


def test_who_has_no_demand_charge_has_no_demand_in_a_batch_either():
    """Bounds per kW of nothing leave all use in the open slab; later ratchets know no peak."""
    demand = {"code": "peak", "kind": "demand", "unit": "kW", "minutes": 60, "price": "0",
              "when": [ABOVE_ONE]}  # fmt: skip
    charge = energy(slabs=slabs(("1000", "1"), (None, "2")), slab_times={"demand": "peak"})
    tariff = definition(demand, charge)

    batch, _ = rate(tariff, [5_000, 1_000])
    alone, _ = rate(tariff, [1_000])

    assert batch.total_minor.tolist() == [5_00, 2_00]
    assert alone.total_minor.tolist() == [2_00]
    assert batch.peaks["", "peak"].tolist() == [5_000, -1]


def test_the_walk_imports_nothing_of_the_product():
    folder = Path(reference.__file__).parent
    lines = [line for file in folder.glob("*.py") for line in file.read_text().splitlines()]
    imports = [line for line in lines if line.startswith(("import ", "from "))]

    found = [line for line in imports if line.split()[1].split(".")[0] in ("tariffs", "core")]

    assert imports
    assert found == []
