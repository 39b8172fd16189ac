"""Charts are exact where slabs begin and end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tariffs import engine
from tariffs.authoring import compared, curve
from tariffs.authoring.curve import curves
from tests.tariffs.bills import HERE
from tests.tariffs.definitions import FLAT, WATER, definition, energy, slabs

JUNE = date(2026, 6, 1)


def costs(tariff, up_to):
    return {p.use: p.cost for p in curve([engine.parse(tariff)], Decimal(up_to), JUNE, HERE)}


def test_every_bound_is_a_point_and_so_is_the_least_above_it():
    found = costs(WATER, 1200)

    assert {use: found[Decimal(use)] for use in ("0", "100", "500", "1000", "1200")} == {
        "0": 0,
        "100": 8,
        "500": 48,
        "1000": 108,
        "1200": 138,
    }
    assert Decimal("100.001") in found
    assert list(found) == sorted(found)


def test_bounds_are_those_of_the_month():
    daily = definition(energy(slabs=slabs(("10", "1"), (None, "2")), slab_width="per_day"))

    assert costs(daily, 500)[Decimal(300)] == 300


def test_one_slab_for_everything_jumps():
    whole = definition(energy(slabs=slabs(("100", "1"), (None, "2")), slab_rule="whole_quantity"))
    found = costs(whole, 150)

    assert (found[Decimal(100)], found[Decimal("100.001")]) == (100, 200)


def test_bounds_of_a_share_are_not_those_of_the_use():
    rows = slabs(("90", "1"), (None, "2"))
    shared = definition(energy(unit="m3", slabs=rows, share_percent="90"))

    assert Decimal("90.001") not in costs(shared, 200)


def test_bounds_above_the_chart_are_left_out():
    assert max(costs(WATER, 90)) == 90


def test_two_versions_share_their_uses():
    tariffs = [[engine.parse(each)] for each in (WATER, FLAT)]

    old, new = curves(*tariffs, Decimal(600), JUNE, HERE)

    assert [p.use for p in old] == [p.use for p in new]
    assert Decimal(500) in [p.use for p in new]


def test_the_table_of_differences():
    dearer = definition(energy(price="0.15"))

    rows = compared([engine.parse(FLAT)], [engine.parse(dearer)], JUNE, HERE)

    told = [(str(row.use), str(row.difference), str(row.percent)) for row in rows]
    assert told == [("100", "3.00", "25.0"), ("200", "6.00", "25.0"), ("500", "15.00", "25.0")]


def test_from_nothing_there_is_no_percentage():
    free = definition(energy(price="0"))

    (row,) = compared([engine.parse(free)], [engine.parse(FLAT)], JUNE, HERE, [Decimal(1)])

    assert row.percent is None
