"""Units of measure: what a price is per, and the whole base units in which it is counted."""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """A unit of a price and the base unit in which readings of it are held."""

    base: str
    scale: int  # base units in one


THOUSANDTHS = 1000

UNITS = {
    "Wh": Unit("Wh", 1),
    "kWh": Unit("Wh", 10**3),
    "MWh": Unit("Wh", 10**6),
    "l": Unit("l", 1),
    "m3": Unit("l", 10**3),
    "ft3": Unit("mft3", 10**3),
    "ccf": Unit("mft3", 10**5),
    "gal": Unit("mgal", 10**3),
    "kgal": Unit("mgal", 10**6),
    "therm": Unit("mtherm", 10**3),
    "MJ": Unit("kJ", 10**3),
    "GJ": Unit("kJ", 10**6),
    "varh": Unit("varh", 1),
    "kvarh": Unit("varh", 10**3),
    "VAh": Unit("VAh", 1),
    "kVAh": Unit("VAh", 10**3),
    "W": Unit("W", 1),
    "kW": Unit("W", 10**3),
    "VA": Unit("VA", 1),
    "kVA": Unit("VA", 10**3),
    **{name: Unit(f"m{name}", THOUSANDTHS) for name in ("m2", "dwelling", "item", "A")},
}
DEMAND_UNITS = {"kW": "Wh", "kVA": "VAh"}  # and the base unit of the energy it is the average of
ATTRIBUTE_UNITS = ("m2", "dwelling", "item", "A", "kW", "kVA")  # of what nobody meters
MEASURED_UNITS = tuple(name for name in UNITS if name not in (*ATTRIBUTE_UNITS, "W", "VA"))
