"""`manage.py rate` with an account file: what is known of it, and what came before."""

from __future__ import annotations

import pytest
from django.core.management import CommandError

from tests.tariffs.definitions import FLAT, definition, energy, fixed
from tests.tariffs.files import (
    DEMAND,
    GAS,
    JUNE,
    MONTHS,
    SOLAR,
    TOTALS,
    VOLUME,
    lines,
    totals,
)

SOCIAL = definition(energy(price="1", when=["social"]), fixed("30", when=[{"not": "social"}]))


def test_a_dated_condition_cuts_the_period(rate):
    account = {"conditions": [{"name": "social", "from": "2026-06-11"}]}

    result = rate(SOCIAL, TOTALS, JUNE.format(300), account=account, as_json=True)

    assert lines(result) == [("service", "1/3", "10.00"), ("energy", "200", "200.00")]
    assert [s["conditions"] for s in result["periods"][0]["segments"]] == [[], ["social"]]


def test_a_condition_that_changes_nothing_cuts_nothing(rate):
    account = {"conditions": [{"name": "autopay", "from": "2026-06-11"}, "social"]}

    result = rate(SOCIAL, TOTALS, JUNE.format(300), account=account, as_json=True)

    assert lines(result) == [("energy", "300", "300.00")]
    assert result["warnings"] == ["condition autopay decides nothing in this tariff"]


def test_a_given_number_that_changes_cuts_the_period(rate):
    """10 of 30 days: 100 m³ × 10 and 200 m³ × 11."""
    account = {
        "given": [
            {"name": "calorific-value", "value": "10", "to": "2026-06-11"},
            {"name": "calorific-value", "value": "11", "from": "2026-06-11"},
        ]
    }

    result = rate(GAS, TOTALS, VOLUME, account=account, as_json=True)

    assert lines(result) == [("energy", "1000", "1000.00"), ("energy", "2200", "2200.00")]


def test_a_number_that_is_not_given_for_some_days_is_refused(rate):
    account = {"given": [{"name": "calorific-value", "value": "10", "to": "2026-06-11"}]}

    with pytest.raises(CommandError) as refused:
        rate(GAS, TOTALS, VOLUME, account=account)

    assert "account.json: given: has no 'calorific-value' for 2026-06-11" in str(refused.value)


def test_attributes_and_days_without_service(rate):
    tariff = definition(
        energy(unit="m2", attribute="area", price="0.10"),
        fixed("1", basis="served_day"),
    )
    account = {
        "attributes": {"area": {"value": "120.5", "unit": "m2"}},
        "unserved": ["2026-06-03", "2026-06-04"],
    }

    result = rate(
        tariff, account=account, as_json=True, from_="2026-06-01", to="2026-07-01", cycle="whole"
    )

    assert lines(result) == [("energy", "120.5", "12.05"), ("service", "28", "28.00")]


@pytest.mark.parametrize(
    ("account", "says"),
    [
        ({}, "attributes.area: is missing: charge energy is per area"),
        ({"attributes": {"area": {"value": "1", "unit": "kWh"}}}, "attributes.area: is in kWh"),
    ],
)
def test_an_attribute_that_is_missing_or_of_another_unit_is_refused(rate, account, says):
    tariff = definition(energy(unit="m2", attribute="area", price="0.10"))

    with pytest.raises(CommandError, match=says):
        rate(tariff, TOTALS, JUNE.format(1), account=account)


def test_the_account_may_say_zone_days_and_cycle_and_options_win(rate):
    tariff = definition(fixed("31"))
    account = {"from": "2026-01-11", "to": "2026-01-21", "cycle": "month", "zone": "Asia/Tokyo"}

    result = rate(tariff, account=account, as_json=True, from_="2026-01-01")

    assert lines(result) == [("service", "20/31", "20.00")]
    assert result["periods"][0]["from"] == "2026-01-01T00:00:00+09:00"


BAD_ACCOUNTS = [
    ([], "must be one object"),
    ({"condition": []}, "condition: is not a field"),
    ({"conditions": "a"}, "conditions: must be a list"),
    ({"conditions": [{"name": "a", "from": "2026-06-02", "to": "2026-06-01"}]}, "conditions[0].to: 2026-06-01 must be after"),
    ({"conditions": ["a", {"name": "a", "from": "2026-06-02"}]}, "conditions[1]: 'a' has two rows for one day"),
    ({"given": [{"name": "a", "value": "0"}]}, "given[0].value: must be above 0"),
    ({"given": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]}, "given[1]: 'a' has two rows"),
    ({"attributes": {"area": {"value": "1", "unit": "acre"}}}, "attributes.area.unit: 'acre' must be one of"),
    ({"attributes": {"area": {"value": "-1", "unit": "m2"}}}, "attributes.area.value: must be a number"),
    ({"attributes": {"area": {"value": "0.0001", "unit": "m2"}}}, "attributes.area.value: must be a number of whole mm2"),
    ({"peaks": [{"charge": "d", "from": "2026-01-01", "value": "1"}]}, "peaks[0].unit: is missing"),
    ({"peaks": [{"charge": "d", "from": "2026-01-01", "value": "1", "unit": "kWh"}]}, "peaks[0].unit: 'kWh' must be one of kW, kVA"),
    ({"peaks": [{"charge": "d", "from": "2026-01-01", "value": "1", "unit": "kW"}]}, "peaks: 'd' is not a charge of any tariff"),
    ({"peaks": [{"charge": "d", "from": "2026-01-01", "value": "1", "unit": "kW"}] * 2}, "peaks[1].from: 2026-01-01 is given twice"),
    ({"lots": [{"charge": "c", "day": "2026-01-01", "amount": "-1"}]}, "lots[0].amount: must not be negative"),
    ({"bases": [{"charge": "c", "from": "2026-01-01", "amount": "1.001"}]}, "bases[0].amount: 1.001 has more than 2 decimals"),
    ({"uses": [{"source": "import", "from": "2026-06-01", "value": "1", "unit": "kWh"}]}, "uses: 2026-06-01 is not before 2026-06-01, the first day that is priced"),
    ({"unserved": ["yesterday"]}, "unserved[0]: 'yesterday' must be a day"),
    ({"zone": "Nowhere"}, "zone: 'Nowhere' is not a time zone"),
    ({"cycle": "year"}, "cycle: 'year' must be one of auto, month, whole"),
]  # fmt: skip


@pytest.mark.parametrize(("account", "says"), BAD_ACCOUNTS)
def test_a_bad_account_file_is_refused_by_field(rate, account, says):
    with pytest.raises(CommandError) as refused:
        rate(FLAT, TOTALS, JUNE.format(1), account=account)

    assert f"account.json: {says}" in str(refused.value)


def test_peaks_are_carried_and_forgotten(rate):
    """80 % of 100 holds two more months; the account knows of 200 in December."""
    rows = [
        f"{edges},power,{kw},kW" for edges, kw in zip(MONTHS, [10, 100, 10, 10, 10], strict=False)
    ]
    account = {"peaks": [{"charge": "demand", "from": "2025-12-01", "value": "200", "unit": "kW"}]}

    result = rate(DEMAND, TOTALS, *rows, account=account, as_json=True)

    assert totals(result) == ["1600.00", "1600.00", "800.00", "800.00", "100.00"]
    assert result["periods"][1]["peaks"] == [
        {"charge": "demand", "from": "2026-02-01", "value": "100", "unit": "kW"}
    ]


def test_what_is_printed_of_a_period_is_taken_as_the_account_of_the_next(rate):
    together = rate(
        DEMAND, TOTALS, f"{MONTHS[0]},power,50,kW", f"{MONTHS[1]},power,1,kW", as_json=True
    )
    first = rate(DEMAND, TOTALS, f"{MONTHS[0]},power,50,kW", as_json=True)
    account = {"peaks": first["periods"][0]["peaks"]}

    second = rate(DEMAND, TOTALS, f"{MONTHS[1]},power,1,kW", account=account, as_json=True)

    assert second["periods"][0]["total"] == together["periods"][1]["total"] == "400.00"


def test_credit_of_a_later_day_pays_nothing(rate):
    account = {"lots": [{"charge": "fed-back", "day": "2026-07-31", "amount": "5.00"}]}
    rows = [JUNE.format(100), JUNE.format(0).replace("import", "export")]

    with pytest.raises(CommandError, match=r"account.json: lots: 2026-07-31 is not before 2026-06"):
        rate(SOLAR, TOTALS, *rows, account=account)


def test_credit_is_kept_in_lots_that_expire(rate):
    """60.00 is earned in January and 50.00 kept; February uses 20.00; April finds nothing."""
    used = [100, 200, 0, 100]
    fed = [600, 0, 0, 0]
    rows = [f"{edges},import,{kwh},kWh" for edges, kwh in zip(MONTHS, used, strict=False)]
    rows += [f"{edges},export,{kwh},kWh" for edges, kwh in zip(MONTHS, fed, strict=False)]

    result = rate(SOLAR, TOTALS, *rows, as_json=True)

    assert totals(result) == ["0.00", "0.00", "0.00", "10.00"]
    assert result["periods"][1]["lots"] == [
        {"charge": "fed-back", "day": "2026-01-31", "amount": "30.00"}
    ]
    assert "lots" not in result["periods"][3]


def test_use_of_earlier_periods_decides(rate):
    above = {"use_of": "import", "unit": "kWh", "last_periods": 2, "above": "100"}
    tariff = definition(fixed("1"), energy(price="1", when=[above]))
    rows = [f"{edges},import,{kwh},kWh" for edges, kwh in zip(MONTHS, [60, 60, 60], strict=False)]
    account = {
        "uses": [
            {"source": "import", "from": "2025-11-01", "value": "10", "unit": "kWh"},
            {"source": "import", "from": "2025-12-01", "value": "10", "unit": "kWh"},
        ]
    }

    result = rate(tariff, TOTALS, *rows, account=account, as_json=True)

    assert totals(result) == ["1.00", "1.00", "61.00"]
