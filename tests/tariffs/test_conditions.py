"""Charges that depend on the account or on what it used."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tariffs import engine
from tariffs.engine.conditions import UseBetween
from tests.tariffs.bills import days
from tests.tariffs.cycles import FIRST, SECOND, assert_batch_is_single, bill, lines, part
from tests.tariffs.definitions import definition, energy, fixed


def tariff(*when):
    return definition(fixed("10", when=list(when)))


def applies(written, *conditions):
    return bool(bill(part(written), conditions=[frozenset(conditions)]).total_minor[0])


@pytest.mark.parametrize(
    ("when", "conditions", "expected"),
    [
        (["paperless"], (), False),
        (["paperless"], ("paperless",), True),
        (["paperless", "autopay"], ("paperless",), False),
        (["paperless", "autopay"], ("paperless", "autopay"), True),
        ([{"not": "exempt"}], (), True),
        ([{"not": "exempt"}], ("exempt",), False),
        ([{"any": ["a", "b"]}], ("b", "c"), True),
        ([{"any": ["a", "b"]}], ("c",), False),
        ([{"any": ["a", "b"]}, {"not": "c"}], ("a", "c"), False),
    ],
)
def test_all_terms_must_hold(when, conditions, expected):
    assert applies(tariff(*when), *conditions) is expected


def test_each_part_has_its_own_conditions():
    rated = bill(
        part(tariff("paperless"), FIRST),
        part(tariff("paperless"), SECOND),
        conditions=[frozenset(), frozenset({"paperless"})],
    )

    assert lines(rated) == [(1, "service", 5_00)]


def used(**fields):
    return {"use_of": "import", "unit": "kWh", **fields}


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"above": "100"}, [False, False, True, True]),
        ({"up_to": "100"}, [True, True, False, False]),
        ({"above": "100", "up_to": "200"}, [False, False, True, False]),
    ],
)
def test_the_use_of_this_period_lies_above_one_bound_and_up_to_the_other(bounds, expected):
    written = tariff(used(**bounds))
    use = [0, 100_000, 100_001, 200_001]

    rated = bill(part(written, **{"import": use}), n=4)

    assert (rated.total_minor == 10_00).tolist() == expected
    assert_batch_is_single(rated, [bill(part(written, **{"import": one})) for one in use])


def test_the_use_of_this_period_is_that_of_all_its_parts():
    """60 + 60 kWh: neither part alone is above 100"""
    written = tariff(used(above="100"))

    rated = bill(*(part(written, period, **{"import": 60_000}) for period in (FIRST, SECOND)))

    assert rated.total_minor == [10_00]


def test_readings_count_as_totals_do():
    written = engine.parse(definition(energy(price="1", when=[used(above="29")])))
    day = days(date(2026, 6, 1), date(2026, 6, 1))
    segment = engine.Segment(written, day, day, written.zone)
    readings = engine.Intervals(day.starts_at, 3600, np.array([[1_250] * 24, [1_208] * 24]))

    rated = engine.rate([segment], {(0, "import"): readings}, [], currency="USD", n=2)

    assert rated.total_minor.tolist() == [30_00, 0]


def history(*months):
    """Return the use of the months of 2026, in Wh of each account."""
    return {
        "a": engine.Past(
            uses={
                "import": tuple(
                    (date(2026, month, 1), np.atleast_1d(use))
                    for month, use in enumerate(months, 1)
                )
            }
        )
    }


@pytest.mark.parametrize(
    ("periods", "total"),
    [(1, 400_000), (3, 900_000), (5, 1_000_000)],
)
def test_the_use_of_the_last_periods_is_added_up(periods, total):
    """January to May: 0, 100, 200, 300, 400 kWh"""
    past = history(0, 100_000, 200_000, 300_000, 400_000)
    reached, missed = str(total // 1000 - 1), str(total // 1000)

    for bound, expected in ((reached, 10_00), (missed, 0)):
        written = tariff(used(above=bound, last_periods=periods))
        assert bill(part(written), past=past).total_minor == [expected]


def test_the_use_of_this_period_is_no_part_of_the_last_ones():
    past = history(*[0] * 5, 900_000)  # June is the period itself, known from an earlier run

    written = tariff(used(above="0", last_periods=3))
    assert bill(part(written), past=past).total_minor == [0]


def test_too_little_history_is_refused_by_name():
    written = tariff(used(above="900", last_periods=3))

    with pytest.raises(engine.UsageError, match=r"use of 'import' in 3 earlier .* 2 are known"):
        bill(part(written), past=history(1, 1))


def test_history_is_that_of_each_account():
    written = tariff(used(above="900", last_periods="2"))
    use = [[500_000, 400_001], [0, 900_000]]
    past = history(*[np.array(month) for month in zip(*use, strict=True)])

    rated = bill(part(written), past=past, n=2)

    assert rated.total_minor.tolist() == [10_00, 0]
    assert_batch_is_single(rated, [bill(part(written), past=history(*one)) for one in use])


def test_use_that_decides_about_a_tax_that_is_handed_over_is_kept_for_later_periods():
    when = (UseBetween("import", last_periods=0, above=100_000, up_to=None),)
    duty = engine.Tax("duty", "Duty", 20_00000000, when=when)

    rated = bill(
        part(definition(energy(price="1")), **{"import": [100_000, 100_001]}), taxes=[duty], n=2
    )

    assert rated.total_minor.tolist() == [100_00, 120_00]
    assert rated.uses["a", "import"].tolist() == [100_000, 100_001]


def test_use_that_decides_must_be_metered():
    written = tariff(used(above="1"))

    assert engine.parse(written).sources == {"import"}
    with pytest.raises(engine.UsageError, match="no use of 'import'"):
        bill(part(written))


def test_use_of_earlier_periods_is_not_metered_again():
    assert engine.parse(tariff(used(above="1", last_periods=1))).sources == frozenset()


def test_use_that_decides_about_a_tax_is_metered_too():
    tax = {"code": "vat", "kind": "percent", "percent": "5", "when": [used(above="1")]}

    assert engine.parse(definition(fixed("1"), taxes=[tax])).sources == {"import"}
