"""Random use of what a tariff meters, and what is known from earlier periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from tests.tariffs.random_tariffs.scene import Scene
from tests.tariffs.reference.clock import months_earlier
from tests.tariffs.reference.facts import (
    Definition,
    Past,
    Readings,
    Registers,
    Segment,
    Total,
    Use,
)
from tests.tariffs.reference.numbers import BASE_UNITS, number


def needs(tariff: Definition) -> dict[str, str]:
    """Return the quantities that must be known: energy, power or an attribute."""
    found: dict[str, str] = {}
    for charge in tariff["charges"]:
        found |= dict(_of_charge(charge))
        found |= dict(_of_terms(charge))
    for tax in tariff.get("taxes", []):
        found |= dict(_of_terms(tax))
    return found


def uses(
    scene: Scene, tariffs: Sequence[Definition], segment: Segment, part: float, size: float
) -> dict[str, Use]:
    """Return the use of one account in a segment that is this part of its cycle."""
    needed = {key: kind for tariff in tariffs for key, kind in needs(tariff).items()}
    return {key: _use(scene, segment, kind, part, size) for key, kind in sorted(needed.items())}


def past(scene: Scene, tariff: Definition, first: date, periods: int, size: float) -> Past:
    """Return what is known of the monthly periods before the first."""
    days = [months_earlier(first, months) for months in range(periods, 0, -1)]
    charges = tariff["charges"]
    random = scene.dice.random
    return Past(
        peaks={
            c["code"]: [(d, int(scene.power * random.uniform(0, 2.5))) for d in days]
            for c in charges
            if c["kind"] == "demand"
        },
        uses={
            key: [(d, int(scene.use * size * random.uniform(0, 2))) for d in days]
            for key, kind in needs(tariff).items()
            if kind == "energy"
        },
        bases={
            c["code"]: [(d, random.randint(0, 4000)) for d in days]
            for c in charges
            if c.get("basis") == "year" and c["kind"] == "minimum"
        },
        lots={
            c["code"]: [(d, random.randint(0, 3000)) for d in days]
            for c in charges
            if c.get("settle") == "lots"
        },
    )


def _of_charge(charge: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind = charge["kind"]
    if "attribute" in charge:
        yield f"@{charge['attribute']}", "attribute"
    elif kind in ("energy", "credit", "demand"):
        source = charge.get("source", "export" if kind == "credit" else "import")
        prefix = f"{charge['commodity']}." if "commodity" in charge else ""
        yield prefix + source, "power" if source == "power" else "energy"
    if "with_reactive" in charge:
        yield charge["with_reactive"], "energy"
    for less in charge.get("less", []):
        yield less["source"], "energy"
    if "attribute" in charge.get("slab_times", {}):
        yield f"@{charge['slab_times']['attribute']}", "attribute"


def _of_terms(owner: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for term in owner.get("when", []):
        if isinstance(term, dict) and "use_of" in term:
            yield term["use_of"], "energy"


def _use(scene: Scene, segment: Segment, kind: str, part: float, size: float) -> Use:
    dice = scene.dice
    if kind == "attribute":
        return Total(dice.one((0, 1000, 2000, 4500, 62_370, 120_000)))
    usual = scene.power if kind == "power" else scene.use * part * size
    if scene.metering == "readings":
        return _readings(scene, segment, usual)
    if scene.metering == "registers" and scene.bands:
        return Registers({band: _about(scene, usual / len(scene.bands)) for band in scene.bands})
    edges = _edges(segment.tariff)
    if edges and kind == "energy" and dice.maybe(0.2):
        return Total(dice.one(edges) + dice.one((0, 0, 0, 1)))
    return Total(_about(scene, usual))


def _about(scene: Scene, usual: float) -> int:
    return int(usual * scene.dice.random.uniform(0, 2))


def _readings(scene: Scene, segment: Segment, usual: float) -> Readings:
    """Return readings that add up to about what is usual, with quiet and busy ones."""
    random, interval_s = scene.dice.random, scene.interval_m * 60
    slots = int((segment.ends_at - segment.starts_at).total_seconds()) // interval_s
    most = int(2 * usual / slots) + 1
    quiet = random.random() * 0.6
    values = [0 if random.random() < quiet else random.randrange(2 * most) for _ in range(slots)]
    return Readings(segment.starts_at, interval_s, values if usual else [0] * slots)


def _edges(tariff: Definition) -> list[int]:
    """Return the bounds of slabs, where a unit more or less matters."""
    found: list[int] = []
    for charge in tariff["charges"]:
        if charge["kind"] in ("energy", "credit") and "attribute" not in charge:
            scale = Fraction(BASE_UNITS[charge["unit"]])
            found += [int(number(bound) * scale) for bound in _bounds(charge)]
    return found


def _bounds(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "up_to" in value and "use_of" not in value:
            yield value["up_to"]
        for inner in value.values():
            yield from _bounds(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _bounds(inner)
