"""What is billed once for a cycle: by the last of the segments that follow each other."""

from __future__ import annotations

from datetime import date

from tariffs import engine
from tests.tariffs.bills import HERE, days
from tests.tariffs.definitions import definition, fixed

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
FIRST, SECOND = JUNE.cut([days(date(2026, 6, 16), date(2026, 6, 16)).starts_at])


def tariff(code, price):
    return engine.parse(definition(fixed(price, proration="whole"), code=code))


def billed(*segments):
    rated = engine.rate(
        [engine.Segment(of, period, JUNE, HERE, key) for of, period, key in segments],
        {},
        [],
        currency="USD",
        n=1,
    )
    return [(column.segment, int(column.amount_minor[0])) for column in rated.columns]


def test_tariffs_side_by_side_both_bear_a_charge_of_the_same_code():
    supply, network = tariff("supply", "10"), tariff("network", "4")

    assert billed((supply, JUNE, "a"), (network, JUNE, "a")) == [(0, 10_00), (1, 4_00)]


def test_a_tariff_after_another_bears_what_both_have():
    old, new = tariff("old", "10"), tariff("new", "12")

    assert billed((old, FIRST, "a"), (new, SECOND, "a")) == [(1, 12_00)]


def test_the_order_in_which_segments_are_handed_over_does_not_matter():
    old, new = tariff("old", "10"), tariff("new", "12")

    assert billed((new, SECOND, "a"), (old, FIRST, "a")) == [(0, 12_00)]


def test_a_change_of_one_tariff_leaves_the_one_beside_it_alone():
    supply, network, dearer = tariff("supply", "10"), tariff("network", "4"), tariff("network", "5")

    found = billed((supply, JUNE, "a"), (network, FIRST, "a"), (dearer, SECOND, "a"))

    assert found == [(0, 10_00), (2, 5_00)]


def test_two_agreements_share_nothing():
    only = tariff("supply", "10")

    assert billed((only, JUNE, "a"), (only, JUNE, "b")) == [(0, 10_00), (1, 10_00)]


def test_a_tariff_beside_the_first_version_of_another_is_not_before_the_second():
    """The network's tariff ends on the day on which a new version of the supply's begins."""
    supply, network, dearer = tariff("supply", "10"), tariff("network", "4"), tariff("supply", "12")

    found = billed((supply, FIRST, "a"), (network, FIRST, "a"), (dearer, SECOND, "a"))

    assert found == [(1, 4_00), (2, 12_00)]
