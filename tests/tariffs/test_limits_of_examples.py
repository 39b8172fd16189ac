"""What an example inside a tariff may state, and how far its numbers and days may go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tariffs import engine
from tariffs.engine import examples
from tariffs.engine.reading.fields import as_decimal
from tests.tariffs.definitions import definition, energy
from tests.tariffs.demand import demand

FIRST = date(2026, 1, 1)
GAS = energy(
    price="0.05",
    conversion={
        "from": "m3",
        "factors": [{"name": "Calorific value, kWh/m³", "given": "calorific-value"}],
    },
)
LONGEST = timedelta(days=3 * 366)


def example(**fields):
    return {"first": "2026-01-01", "last": "2026-01-31", "total": "12.00", **fields}


def days(first, last):
    return example(first=first.isoformat(), last=last.isoformat())


def read(*charges, **fields):
    [found] = engine.parse(definition(*charges, examples=[example(**fields)])).examples
    return found


def test_an_example_needs_no_name():
    assert read(energy(price="0.12"), use={"import": "100"}).name == ""


def test_use_that_is_priced_as_energy_and_demand_is_stated_in_the_unit_of_the_energy():
    """1.5 MWh, although the demand that stands first counts kW."""
    found = read(demand(), energy(unit="MWh", price="90"), use={"import": "1.5"})

    assert found.use == {"import": 1_500_000}


def test_what_an_example_does_not_state_is_not_used():
    """1 Wh fed back would cost 0.01 at 10.00 a kWh."""
    sun = {"code": "sun", "kind": "credit", "unit": "kWh", "price": "10"}
    charges = energy(price="0.12"), sun
    tariff = engine.parse(definition(*charges, examples=[example(use={"import": "100"})]))

    assert examples.failures(tariff) == []


def test_use_per_hour_is_spread_over_its_quarters_and_adds_up():
    """2 Wh in each of 24 hours are 48 Wh, at 1,000.00 a kWh 48.00."""
    one_day = days(FIRST, FIRST) | {"use_per_hour": {"import": "0.002"}, "total": "48.00"}
    tariff = engine.parse(definition(energy(price="1000"), examples=[one_day]))

    assert examples.failures(tariff) == []


def test_a_number_that_is_given_has_up_to_eight_decimals():
    found = read(GAS, use={"import": "100"}, given={"calorific-value": "11.12345678"})

    assert found.given == {"calorific-value": 11_12345678}


ACCEPTED = [
    days(FIRST, FIRST + LONGEST),
    days(date(1900, 1, 1), date(1900, 1, 31)),
    days(date(8999, 12, 1), date(8999, 12, 31)),
]
REFUSED = [
    # where, what it says, example
    ("last", "is years after", days(FIRST, FIRST + LONGEST + timedelta(days=1))),
    ("last", "is before", days(FIRST, date(2025, 12, 31))),
    ("first", "out of range", days(date(1899, 12, 31), date(1900, 1, 31))),
    ("last", "out of range", days(date(8999, 12, 1), date(9000, 1, 1))),
    ("totl", "not a field", example(totl="12.00")),
    ("use.exprot", "not a field", example(use={"exprot": "1"})),
    ("attributes.area", "not a field", example(attributes={"area": "1"})),
    ("given.calorific-valu", "not a field", example(given={"calorific-valu": "1"})),
    ("given.calorific-value", "more than 8", example(given={"calorific-value": "1.123456789"})),
]


@pytest.mark.parametrize("written", ACCEPTED)
def test_what_is_just_allowed_is_read(written):
    assert engine.parse(definition(GAS, examples=[written])).examples


@pytest.mark.parametrize(("field", "said", "written"), REFUSED)
def test_what_is_just_too_much_is_refused(field, said, written):
    with pytest.raises(engine.TariffError, match=said) as refused:
        engine.parse(definition(GAS, examples=[written]))

    assert refused.value.path == f"examples[0].{field}"


def test_a_number_has_up_to_24_signs():
    assert str(as_decimal("1234567890.1234567890123", "price")) == "1234567890.1234567890123"
    with pytest.raises(engine.TariffError, match="too great"):
        as_decimal("1234567890.12345678901234", "price")


def test_a_holiday_has_a_day_and_a_name_only():
    holiday = {"day": "2026-07-03", "name": "Independence Day (observed)", "note": "x"}

    with pytest.raises(engine.TariffError, match="not a field") as refused:
        engine.parse(definition(energy(price="1"), holidays=[holiday]))

    assert refused.value.path == "holidays[0].note"


def test_a_number_stays_below_ten_thousand_million():
    assert as_decimal("9999999999", "price") == 10**10 - 1
    with pytest.raises(engine.TariffError, match="too great"):
        as_decimal("10000000000", "price")


@pytest.mark.parametrize(
    "written", ["1e-24", "1e99", "-1e99", 10**30, "0.0000000000000000000000001"]
)
def test_a_number_of_more_signs_or_a_greater_one_is_refused(written):
    with pytest.raises(engine.TariffError, match="too great"):
        as_decimal(written, "price")
