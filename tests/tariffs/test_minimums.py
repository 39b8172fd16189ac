"""Minimum charges, worked by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from core.periods import Period
from tariffs import engine
from tests.tariffs.bills import days
from tests.tariffs.cycles import (
    FIRST,
    SECOND,
    assert_batch_is_single,
    bill,
    line,
    lines,
    part,
)
from tests.tariffs.definitions import definition, energy, fixed


def least(price, *of, **fields):
    return {"code": "least", "kind": "minimum", "price": price, "of": list(of), **fields}


def tariff(price="10", *more, **fields):
    """Return 5.00 for service and 0.10 for a kWh, at least a price."""
    charges = [fixed("5"), energy(price="0.10"), least(price, "service", "energy", **fields)]
    return definition(*charges, *more)


def test_the_top_up_is_what_is_missing():
    """5.00 + 12 × 0.10 = 6.20; 10.00 - 6.20 = 3.80"""
    rated = bill(part(tariff(), **{"import": 12_000}))

    assert lines(rated) == [(0, "service", 5_00), (0, "energy", 1_20), (0, "least", 3_80)]
    top_up = line(rated, "least")
    assert (top_up.kind, top_up.unit, top_up.quantity[0], top_up.quantity_scale) == (
        "minimum", "money", 3_80, 100,
    )  # fmt: skip
    assert top_up.label == {"minimum": 10_00, "days": 30, "of": ["service", "energy"]}


@pytest.mark.parametrize("use", [50_000, 50_001, 900_000])
def test_nothing_is_added_where_the_charges_reach_it(use):
    assert "least" not in [code for _, code, _ in lines(bill(part(tariff(), **{"import": use})))]


@pytest.mark.parametrize(
    ("fields", "amount"),
    [
        ({}, 6_33),  # 10.00 × 19 / 30 = 6.333
        ({"proration": "whole"}, 10_00),
        ({"basis": "day"}, 190_00),
        ({"basis": "30_days"}, 6_33),
    ],
)
def test_least_amount_of_nineteen_days_of_thirty(fields, amount):
    only = definition(energy(price="0.10"), least("10", "energy", **fields))
    period = days(date(2026, 6, 12), date(2026, 6, 30))

    assert bill(part(only, period, **{"import": 0})).total_minor == [amount]


def test_it_comes_once_for_all_parts_with_the_days_of_each_price():
    """12.00 × 15 / 30 + 18.00 × 15 / 30 = 15.00; service 2.50 twice, energy 1.00 and 2.00"""
    rated = bill(
        part(tariff("12"), FIRST, **{"import": 10_000}),
        part(tariff("18"), SECOND, **{"import": 20_000}),
    )

    assert lines(rated)[-1] == (1, "least", 15_00 - 8_00)
    assert [code for _, code, _ in lines(rated)].count("least") == 1
    assert line(rated, "least").label["minimum"] == 15_00


def test_the_least_amount_of_parts_is_rounded_once():
    """10.01 × 15 / 30 twice is 10.01, not 5.01 + 5.01"""
    only = definition(energy(price="0.10"), least("10.01", "energy"))

    rated = bill(part(only, FIRST, **{"import": 0}), part(only, SECOND, **{"import": 0}))

    assert rated.total_minor == [10_01]


def test_parts_may_be_handed_over_in_any_order():
    later, earlier = (part(tariff(), period, **{"import": 0}) for period in (SECOND, FIRST))

    assert lines(bill(later, earlier)) == [
        (0, "service", 2_50),
        (0, "least", 5_00),
        (1, "service", 2_50),
    ]


def test_a_tariff_without_it_takes_its_days_and_charges_away():
    """10.00 × 15 / 30 = 5.00 for the first half, of which 2.50 is reached"""
    without = definition(fixed("5"), energy(price="0.10"), code="other")

    rated = bill(
        part(tariff(), FIRST, **{"import": 0}), part(without, SECOND, **{"import": 900_000})
    )

    assert (0, "least", 2_50) in lines(rated)


def test_a_discount_and_a_credit_lower_what_counts():
    """5.00 - 0.50 - 8.00 = -3.50; 10.00 - -3.50 = 13.50"""
    written = definition(
        fixed("5"),
        {"code": "rebate", "kind": "percent", "purpose": "discount", "percent": "10",
         "of": ["service"]},
        {"code": "sun", "kind": "credit", "unit": "kWh", "price": "0.08"},
        least("10", "service", "rebate", "sun"),
    )  # fmt: skip

    rated = bill(part(written, export=100_000))

    assert lines(rated)[-1] == (0, "least", 13_50)
    assert rated.total_minor == [10_00]


def test_it_is_taxed():
    tax = [engine.Tax("vat", "VAT", 20_00000000)]

    assert bill(part(tariff(), **{"import": 0}), taxes=tax).total_minor == [12_00]


def test_it_may_be_named_by_a_percentage():
    """10 % of the top-up of 5.00"""
    rider = {"code": "rider", "kind": "percent", "purpose": "rider", "percent": "10"}

    rated = bill(part(tariff("10", {**rider, "of": ["least"]}), **{"import": 0}))

    assert lines(rated)[-1] == (0, "rider", 50)


def test_of_exact_amounts_the_top_up_is_exact():
    """0.4 cents three times are 1.2 cents; 5.00 - 0.012 = 4.988, printed 4.99; 5.00 in all"""
    small = [energy(code=f"e{i}", price="0.004") for i in range(3)]
    written = definition(*small, least("5", "e0", "e1", "e2"), total={"round": "once"})

    rated = bill(part(written, **{"import": 1_000}))

    assert lines(rated)[3:] == [(0, "least", 4_99), (-1, "rounding", 1)]
    assert rated.total_minor == [5_00]


def test_whom_it_holds_for_is_told_account_by_account():
    """Only accounts above 3 kWh pay at least 10.00; the second has 4 × 0.10 = 0.40."""
    when = [{"use_of": "import", "unit": "kWh", "above": "3"}]
    written = definition(energy(price="0.10"), least("10", "energy", when=when))
    use = [1_000, 4_000, 200_000]

    rated = bill(part(written, **{"import": use}), n=3)

    assert rated.total_minor.tolist() == [10, 10_00, 20_00]
    assert_batch_is_single(rated, [bill(part(written, **{"import": one})) for one in use])


def test_parts_in_which_its_condition_does_not_hold_do_not_count():
    """Exempt in the second half: 10.00 × 15 / 30 for the first, of which 2.50 is reached"""
    written = tariff(when=[{"not": "exempt"}])
    halves = [part(written, period, **{"import": 0}) for period in (FIRST, SECOND)]

    rated = bill(*halves, conditions=[frozenset(), frozenset({"exempt"})])

    assert (1, "least", 2_50) in lines(rated)


def test_the_last_part_says_what_counts_and_how_it_is_told():
    """In the second half the service counts too: 10.00 - 2.50"""
    energy_only = definition(fixed("5"), energy(price="0.10"), least("10", "energy"))

    rated = bill(part(energy_only, FIRST, **{"import": 0}), part(tariff(), SECOND, **{"import": 0}))

    top_up = line(rated, "least")
    assert top_up.amount_minor == [7_50]
    assert top_up.label["of"] == ["service", "energy"]


def test_a_cycle_of_some_hours_asks_for_all_of_it():
    """10.00 - 5.00 for service, which counts in full as well"""
    hours = Period(FIRST.starts_at, FIRST.starts_at + timedelta(hours=6))

    rated = bill(part(tariff(), hours, **{"import": 0}), cycle=hours)

    assert lines(rated) == [(0, "service", 5_00), (0, "least", 5_00)]


# Per year


def yearly(**fields):
    return definition(energy(price="0.10"), least("120", "energy", basis="year", **fields))


def month(number, year=2026):
    last = 28 if number == 2 else 30 if number in (4, 6, 9, 11) else 31
    return days(date(year, number, 1), date(year, number, last))


def year_of(written, use, months):
    """Rate month after month; return what each came to."""
    past, totals = {}, []
    for period, units in zip(months, use, strict=True):
        rated = bill(part(written, period, **{"import": units}), cycle=period, past=past)
        past = engine.carry(past, rated)
        totals.append(int(rated.total_minor[0]))
    return totals


def test_a_minimum_per_year_comes_with_the_last_bill():
    """Eleven months of 5.00 and one of 5.00 = 60.00, so 60.00 are missing in December"""
    totals = year_of(
        yearly(), [50_000] * 14, [*map(month, range(1, 13)), month(1, 2027), month(2, 2027)]
    )

    assert totals == [5_00] * 11 + [65_00, 5_00, 5_00]


def test_the_year_may_end_on_any_day_and_begins_the_day_after():
    """The year ends with June: January to June come to 30.00, the next year from July anew"""
    months = [*map(month, range(1, 13)), *(month(m, 2027) for m in range(1, 7))]

    totals = year_of(yearly(year_ends="06-30"), [50_000] * 18, months)

    assert totals[5] == 5_00 + 90_00
    assert totals[17] == 5_00 + 60_00
    assert [total for i, total in enumerate(totals) if i not in (5, 17)] == [5_00] * 16


def test_a_period_over_the_end_of_the_year_counts_in_the_year_in_which_it_begins():
    """The bill from 15 December has the end; the next one belongs to the new year."""
    over = days(date(2026, 12, 15), date(2027, 1, 14))
    past = {"a": engine.Past(bases={"least": ((date(2026, 11, 15), np.array([100_00])),)})}

    rated = bill(part(yearly(), over, **{"import": 50_000}), cycle=over, past=past)

    assert rated.total_minor == [5_00 + 15_00]


def test_the_end_of_february_is_its_last_day():
    leap, ordinary = days(date(2028, 2, 1), date(2028, 2, 29)), month(2)
    written = yearly(year_ends="02-29")

    for period in (leap, ordinary):
        assert bill(part(written, period, **{"import": 0}), cycle=period).total_minor == [120_00]


def test_prorated_by_the_days_since_the_first_known_period():
    """Since 1 October: 92 of 365 days, 120.00 × 92 / 365 = 30.2466; 15.00 are reached"""
    written = yearly(proration="days")

    assert year_of(written, [50_000] * 3, map(month, (10, 11, 12))) == [5_00, 5_00, 5_00 + 15_25]


def test_what_a_year_came_to_is_told_for_the_next_cycle():
    rated = bill(part(yearly(), **{"import": [50_000, 7]}), n=2)

    assert rated.bases["a", "least"].tolist() == [5_00, 0]
    past = engine.carry({}, rated)["a"]
    assert [(day, amounts.tolist()) for day, amounts in past.bases["least"]] == [
        (date(2026, 6, 1), [5_00, 0])
    ]
    assert rated.total_minor.tolist() == [5_00, 0]


DECEMBER = month(12)
BEFORE, AFTER = DECEMBER.cut([days(date(2026, 12, 16), date(2026, 12, 16)).starts_at])


def known(*given):
    """Return what earlier periods came to: (first day, minor units)."""
    return {"a": engine.Past(bases={"least": tuple((day, np.array([is_])) for day, is_ in given)})}


def test_a_cycle_rated_anew_does_not_count_twice():
    """5.00 of November and 5.00 of December itself are reached; what was rated before is not"""
    past = known((date(2026, 11, 1), 5_00), (date(2026, 12, 1), 50_00))

    rated = bill(part(yearly(), DECEMBER, **{"import": 50_000}), cycle=DECEMBER, past=past)

    assert rated.total_minor == [5_00 + 110_00]


@pytest.mark.parametrize(
    ("begins", "total"), [(date(2025, 12, 31), 120_00), (date(2026, 1, 1), 20_00)]
)
def test_a_period_that_begins_on_the_last_day_of_a_year_belongs_to_that_year(begins, total):
    """100.00 of a period from 31 December or from 1 January on"""
    rated = bill(
        part(yearly(), DECEMBER, **{"import": 0}), cycle=DECEMBER, past=known((begins, 100_00))
    )

    assert rated.total_minor == [total]


def test_the_price_of_a_year_is_that_of_its_last_day():
    dearer = definition(energy(price="0.10"), least("150", "energy", basis="year"))
    parts = part(yearly(), BEFORE, **{"import": 0}), part(dearer, AFTER, **{"import": 0})

    assert bill(*parts, cycle=DECEMBER).total_minor == [150_00]


def test_a_year_that_is_prorated_goes_on_through_all_parts_of_its_last_cycle():
    """Since 1 October, 92 of 365 days: 120.00 × 92 / 365 = 30.2466"""
    written = yearly(proration="days")
    parts = [part(written, half, **{"import": 0}) for half in (BEFORE, AFTER)]

    rated = bill(*parts, cycle=DECEMBER, past=known((date(2026, 10, 1), 0)))

    assert rated.total_minor == [30_25]
    assert line(rated, "least").label["days"] == 92


@pytest.mark.parametrize(
    ("past", "top_up"),
    [
        ({}, []),
        (known((date(2026, 10, 1), 5_00)), [(0, "least", 15_05)]),  # 61 days: 20.0548 - 5.00
    ],
)
def test_who_leaves_it_before_a_day_has_ended_owes_it_until_the_day_before(past, top_up):
    noon = DECEMBER.starts_at + timedelta(hours=12)
    other = definition(energy(price="0.10"), code="other")
    morning, rest = (part(of, period, **{"import": 0}) for of, period in zip(
        (yearly(proration="days"), other), DECEMBER.cut([noon]), strict=True))  # fmt: skip

    assert lines(bill(morning, rest, cycle=DECEMBER, past=past)) == top_up


def test_a_year_of_exact_amounts_is_reached_exactly():
    """50.00 and 0.104 so far; 69.896 are missing, and 70.00 are due in all"""
    written = definition(
        energy(price="0.104"), least("120", "energy", basis="year"), total={"round": "once"}
    )

    rated = bill(
        part(written, DECEMBER, **{"import": 1_000}),
        cycle=DECEMBER,
        past=known((date(2026, 11, 1), 50_00)),
    )

    assert rated.total_minor == [70_00]
