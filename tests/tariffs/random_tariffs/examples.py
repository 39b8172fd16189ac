"""Writes the use of one account into its tariff, as an example that must come out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from tests.tariffs.random_tariffs.dice import written
from tests.tariffs.reference.energy import source_of
from tests.tariffs.reference.facts import Definition, Registers, Segment, Total, Use
from tests.tariffs.reference.numbers import BASE_UNITS, minor_unit
from tests.tariffs.reference.steps import metered_unit


def with_example(segment: Segment, uses: Mapping[str, Use], total: int) -> dict[str, Any]:
    """Return the definition with one example: totals or registers of a whole cycle.

    :param total: in minor units
    """
    first, end = (m.astimezone(segment.zone).date() for m in segment.cycle)
    example = {
        "first": first.isoformat(),
        "last": (end - timedelta(days=1)).isoformat(),
        "use": _stated(segment.tariff, uses, attributes=False),
        "attributes": _stated(segment.tariff, uses, attributes=True),
        "conditions": sorted(segment.conditions),
        "given": {name: written(segment.given[name]) for name in _given(segment.tariff)},
        "total": _money(total * minor_unit(segment.tariff["currency"])),
    }
    return {**segment.tariff, "zone": segment.zone.key, "examples": [example]}


def _given(tariff: Definition) -> set[str]:
    rules = [charge["conversion"] for charge in tariff["charges"] if "conversion" in charge]
    return {factor["given"] for rule in rules for factor in rule["factors"] if "given" in factor}


def _money(amount: Fraction) -> str:
    return f"-{written(-amount)}" if amount < 0 else written(amount)


def _stated(tariff: Definition, uses: Mapping[str, Use], *, attributes: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, unit in _units(tariff).items():
        if key.startswith("@") == attributes:
            found |= _of_use(key.removeprefix("@"), uses[key], BASE_UNITS[unit])
    return found


def _of_use(name: str, use: Use, scale: int) -> dict[str, str]:
    if isinstance(use, Registers):
        values = {f"{name}.{band}": value for band, value in use.values.items()}
    else:
        assert isinstance(use, Total)
        values = {name: use.value}
    return {name: written(Fraction(value, scale)) for name, value in values.items()}


def _units(tariff: Definition) -> dict[str, str]:
    """Return the unit in which an example states each quantity: that of its first charge."""
    found: dict[str, str] = {}
    energy = [c for c in tariff["charges"] if c["kind"] in ("energy", "credit")]
    for charge in energy:
        found.setdefault(source_of(charge), metered_unit(charge))
        for less in charge.get("less", []):
            found.setdefault(less["source"], charge["unit"])
        if "attribute" in charge.get("slab_times", {}):
            found.setdefault(f"@{charge['slab_times']['attribute']}", "item")
    for charge in tariff["charges"]:
        if charge["kind"] == "demand":
            found.setdefault(charge["source"], charge["unit"])
    return found
