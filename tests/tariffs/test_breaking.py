"""What a hostile file or caller gives the engine: exact numbers or a clear refusal, never another."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from core.periods import Period
from tariffs import engine
from tests.tariffs.bills import days, priced, readings
from tests.tariffs.definitions import definition, energy, fixed, slabs

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
SLOTS = JUNE.seconds // 900
FLAT = definition(energy(price="0.01"))
ROOF = definition(
    {"code": "area", "kind": "energy", "attribute": "area", "unit": "m2", "price": "1"}
)
ABOVE_ONE = [{"use_of": "import", "unit": "kWh", "above": "1"}]
CREDIT = definition(
    energy(price="1"),
    {
        "code": "fed-back",
        "kind": "credit",
        "unit": "kWh",
        "price": "1",
        "settle": "lots",
        "applies_to": ["energy"],
    },
)


def every_quarter(value: int, dtype: type = np.int64) -> np.ndarray:
    return np.full((1, SLOTS), value, dtype)


# More than 64 bits hold


@pytest.mark.parametrize(
    "values",
    [
        every_quarter(2**53),
        every_quarter(2**62),  # the sum of four of them is 0 in 64 bits
        every_quarter(2**63, np.uint64),
    ],
)
def test_readings_whose_sum_is_too_great_are_refused(values):
    with pytest.raises(engine.UsageError, match="account 0: too great"):
        readings(FLAT, values, JUNE, interval_s=900)


def test_one_great_reading_among_small_ones_is_priced():
    values = every_quarter(0)
    values[0, 7] = 2**53

    assert readings(FLAT, values, JUNE, interval_s=900).total_minor == [2**53 // 1000 + 1]


@pytest.mark.parametrize("use", [2**53 + 1, 2**62])
def test_a_total_that_is_too_great_is_refused(use):
    with pytest.raises(engine.UsageError, match="account 0: too great"):
        priced(FLAT, {"import": use}, JUNE)


def test_an_attribute_for_a_part_of_a_cycle_is_exact_or_refused():
    """2^52 m² / 1000 × 364 ÷ 365; × the days of a thousand years it fits no 64 bits."""
    year = days(date(2026, 1, 1), date(2026, 12, 31))
    part = days(date(2026, 1, 1), date(2026, 12, 30))
    ages = days(date(1990, 1, 1), date(8990, 12, 31))
    within = days(date(1990, 1, 1), date(8990, 12, 30))

    rated = priced(ROOF, {"@area": 2**52}, part, cycle=year)

    assert rated.total_minor == [round(2**52 * 364 / 3650)]
    with pytest.raises(engine.UsageError, match="64 bits"):
        priced(ROOF, {"@area": 2**52}, within, cycle=ages)


def test_lines_whose_sum_is_too_great_are_refused():
    many = [energy(code=f"energy-{i}", price="1000") for i in range(60)]

    with pytest.raises(engine.UsageError, match="sum of the lines"):
        priced(definition(*many), {"import": 2**50}, JUNE)


def test_a_bound_beyond_64_bits_for_each_dwelling_is_no_bound():
    ladder = slabs(("9999999998", "1"), ("9999999999", "2"), (None, "3"))
    tariff = definition(
        energy(unit="MWh", slabs=ladder, slab_width="per_day", slab_times={"attribute": "flats"})
    )

    rated = priced(tariff, {"import": 5_000_000, "@flats": 2**50}, JUNE)

    assert rated.total_minor == [5_00]


@pytest.mark.parametrize(
    "factor", [{"value": "9999999999"}, {"value": "0.00000001", "by": "divide"}]
)
def test_no_use_costs_nothing_whatever_the_conversion(factor):
    factors = [{"name": f"{i}", **factor} for i in range(5)]
    tariff = definition(energy(price="1", conversion={"from": "m3", "factors": factors}))

    assert priced(tariff, {"import": 0}, JUNE).total_minor == [0]
    with pytest.raises(engine.UsageError, match="64 bits"):
        priced(tariff, {"import": 1}, JUNE)


def test_a_minimum_that_no_64_bits_hold_is_refused():
    least = {"code": "least", "kind": "minimum", "price": "9999999999", "of": ["service"]}
    tariff = definition(fixed("1"), {**least, "basis": "day"}, currency="CLF")

    with pytest.raises(engine.UsageError, match="too great"):
        priced(tariff, {}, days(date(1900, 1, 1), date(2899, 12, 31)))


# Use that is missing, where only a condition asks for it


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (-5, "account 0: negative or missing"),
        (2000.7, "whole base units"),
        (np.nan, "whole base units"),
        ({"day": -5, "night": 2000}, "account 0: negative or missing"),
        (
            engine.Intervals(JUNE.starts_at, 900, every_quarter(-32768, np.int16)),
            "account 0, slot 0: negative or missing",
        ),
        (
            engine.Intervals(JUNE.starts_at, 900, np.ones((1, 4), np.int16)),
            "does not cover",
        ),
    ],
)
@pytest.mark.parametrize(
    "tariff",
    [
        definition(fixed("5", when=ABOVE_ONE)),
        definition(
            fixed("5"),
            taxes=[{"code": "tax", "kind": "percent", "percent": "5", "when": ABOVE_ONE}],
        ),
    ],
)
def test_a_condition_asks_of_use_what_a_price_does(tariff, use, message):
    with pytest.raises(engine.UsageError, match=message):
        priced(tariff, {"import": use}, JUNE)


@pytest.mark.parametrize(("dwellings", "message"), [(-1, "negative or missing"), (1.5, "whole")])
def test_slabs_for_each_dwelling_need_a_whole_number_of_thousandths(dwellings, message):
    ladder = slabs(("5", "1"), (None, "2"))
    tariff = definition(energy(slabs=ladder, slab_times={"attribute": "dwellings"}))

    with pytest.raises(engine.UsageError, match=message):
        priced(tariff, {"import": 1000, "@dwellings": dwellings}, JUNE)


def test_use_that_is_no_list_of_accounts_is_refused():
    with pytest.raises(engine.UsageError, match="list of accounts"):
        priced(FLAT, {"import": np.ones((1, 5), int)}, JUNE)


def test_the_past_of_other_accounts_is_refused():
    past = {"": engine.Past(lots={"fed-back": (engine.Lot(date(2026, 5, 31), np.array([5])),)})}
    segment = engine.Segment(engine.parse(CREDIT), JUNE, JUNE, engine.parse(CREDIT).zone)
    use = {
        (0, "import"): engine.Totals(np.ones(3, int)),
        (0, "export"): engine.Totals(np.ones(3, int)),
    }

    with pytest.raises(engine.UsageError, match="past of 1 accounts, not 3"):
        engine.rate([segment], use, [], currency="USD", n=3, past=past)


def test_credit_of_a_cycle_without_a_whole_day_is_kept():
    noon = datetime(2026, 6, 15, 16, tzinfo=UTC)
    hour = Period(noon, noon + timedelta(hours=1))

    rated = priced(CREDIT, {"import": 1000, "export": 3000}, hour)

    assert rated.total_minor == [0]
    (lot,) = rated.lots["", "fed-back"]
    assert (lot.earned_on, int(lot.amount_minor[0])) == (date(2026, 6, 15), 2_00)


# Tariffs that look right at a glance


def changed(path: str, value: object, whole: dict | None = None) -> dict:
    """Return a definition with another value at a path such as charges.0.price."""
    written = json.loads(json.dumps(whole or WHOLE))
    place, *names = written, *path.split(".")
    for name in names[:-1]:
        place = place[int(name) if name.isdigit() else name]
    place[int(names[-1]) if names[-1].isdigit() else names[-1]] = value
    return written


WHOLE = definition(
    energy(
        prices=[{"season": "all-year", "band": "always", "price": "0.10"}],
        less=[{"source": "export", "percent": "50"}],
        conversion={"from": "m3", "factors": [{"name": "Heat", "given": "heat"}]},
        tax_class="energy",
    ),
    seasons={"all-year": [{"first": "01-01", "last": "12-31"}]},
    bands={"always": [{"from": "00:00", "to": "24:00"}]},
    holidays=["2026-07-03"],
    examples=[
        {"first": "2026-06-01", "last": "2026-06-02", "total": "0.20", "given": {"heat": "1"}}
    ],
)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("charges.0.prices.0.price", "1_0", "charges[0].prices[0].price: '1_0' must be a number"),
        ("charges.0.prices.0.price", "١٢", "charges[0].prices[0].price: '١٢' must be a number"),
        ("charges.0.prices.0.price", " 1", "charges[0].prices[0].price: ' 1' must be a number"),
        ("charges.0.prices.0.price", "NaN", "charges[0].prices[0].price: 'NaN' must be a number"),
        ("from", "2026-W05-1", "from: '2026-W05-1' must be a day"),
        ("holidays.0", "2026-W27-5", "holidays[0]: '2026-W27-5' must be a day"),
        ("seasons.all-year.0.first", "٠١-٠١", "seasons.all-year[0].first: '٠١-٠١' must be"),
        ("bands.always.0.from", "٠٠:٠٠", "bands.always[0].from: '٠٠:٠٠' must be"),
        ("bands", {"": [{}]}, "bands: must be a text"),
        ("seasons", {"\0": [{"first": "01-01", "last": "12-31"}]}, "seasons: '\\x00' has a letter"),
        ("format", True, "format: True is not known"),
        ("zone", "\ud800", "zone: '\\ud800' has a letter"),
        ("charges.0.tax_class", "a" * 21, "charges[0].tax_class: is longer than 20"),
        (
            "taxes",
            [{"code": "t", "kind": "percent", "percent": "1", "tax_class": "a" * 21}],
            "taxes[0].tax_class: is longer than 20",
        ),
        (
            "charges.0.less",
            [{"source": "export", "percent": "50"}, {"source": "export"}],
            "charges[0].less[1].source: 'export' is taken off twice",
        ),
        ("examples.0.last", "9999-12-31", "examples[0].last: 9999-12-31 is years after"),
        ("examples.0.first", "0001-01-01", "examples[0].last: 2026-06-02 is years after"),
        (
            "examples.0",
            {"first": "9999-12-30", "last": "9999-12-31", "total": "0"},
            "examples[0].first: 9999-12-30 is out of range",
        ),
        ("examples.0.given", {"hate": "1"}, "examples[0].given.hate: is not a field"),
    ],
)
def test_what_is_nearly_right_is_refused_by_its_path(path, value, said):
    assert engine.parse(WHOLE).code == "test-tariff"
    with pytest.raises(engine.TariffError, match=re.escape(said)):
        engine.parse(changed(path, value))
