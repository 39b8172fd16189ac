"""Units and windows, as the pages on the format state them."""

from __future__ import annotations

import pytest

from tariffs.engine.measures import UNITS
from tariffs.engine.pieces import Window

BASE_UNITS = {
    "Wh": ("Wh", 1),
    "kWh": ("Wh", 1_000),
    "MWh": ("Wh", 1_000_000),
    "l": ("l", 1),
    "m3": ("l", 1_000),
    "ft3": ("mft3", 1_000),
    "ccf": ("mft3", 100_000),
    "gal": ("mgal", 1_000),
    "kgal": ("mgal", 1_000_000),
    "therm": ("mtherm", 1_000),
    "MJ": ("kJ", 1_000),
    "GJ": ("kJ", 1_000_000),
    "varh": ("varh", 1),
    "kvarh": ("varh", 1_000),
    "VAh": ("VAh", 1),
    "kVAh": ("VAh", 1_000),
    "W": ("W", 1),
    "kW": ("W", 1_000),
    "VA": ("VA", 1),
    "kVA": ("VA", 1_000),
    "m2": ("mm2", 1_000),
    "dwelling": ("mdwelling", 1_000),
    "item": ("mitem", 1_000),
    "A": ("mA", 1_000),
}


def test_every_unit_is_counted_in_whole_base_units():
    assert {name: tuple(unit) for name, unit in UNITS.items()} == BASE_UNITS


@pytest.mark.parametrize(
    ("starts", "ends", "spans"),
    [
        (360, 1320, ((360, 1320),)),
        (0, 1440, ((0, 1440),)),
        (1320, 360, ((1320, 1440), (0, 360))),
    ],
)
def test_a_window_over_midnight_is_two_of_the_same_day(starts, ends, spans):
    assert Window(frozenset({0}), starts, ends).spans() == spans
