"""Random charges for what is metered: energy, volumes, attributes, credits, and their steps."""

from __future__ import annotations

from typing import Any

from tests.tariffs.random_tariffs import ladders, prices, steps
from tests.tariffs.random_tariffs.scene import Scene

VOLUME = [{"name": "Volume correction", "value": "1.02264"},
          {"name": "Calorific value, MJ/m³", "given": "calorific-value"},
          {"name": "MJ in a kWh", "value": "3.6", "by": "divide"}]  # fmt: skip


def energy(scene: Scene, code: str) -> dict[str, Any]:
    if scene.dice.has("attribute", 0.1):
        return attribute(scene, code, "energy")
    charge: dict[str, Any] = {
        "code": code,
        "kind": "energy",
        "unit": scene.dice.choose("unit", scene.units),
    }
    charge |= _source(scene, charge["unit"])
    return charge | _priced(scene, charge)


def credit(scene: Scene, code: str, bases: dict[str, list[str]]) -> dict[str, Any]:
    """Return a credit for what is fed back; on some bills it is kept in lots."""
    scene.dice.found.add("credit")
    charge: dict[str, Any] = {"code": code, "kind": "credit", "unit": "kWh"}
    if scene.dice.has("credit of an attribute", 0.15):
        charge = attribute(scene, code, "credit")
    else:
        charge |= _priced(scene, charge)
    if scene.priced and scene.dice.has("lots", 0.6):
        applies_to = list(bases)[:1] if bases and scene.dice.maybe(0.4) else scene.few(scene.priced)
        charge |= {"settle": "lots", "applies_to": applies_to}
        if scene.dice.has("lots expire", 0.6):
            charge["expires_after_months"] = scene.dice.whole(1, 14)
    return charge


def attribute(scene: Scene, code: str, kind: str) -> dict[str, Any]:
    """Return a charge per square metre, dwelling or piece that nobody meters."""
    names = {"area": "m2", "dwellings": "dwelling", "lamps": "item"}
    name = scene.dice.choose("attribute", tuple(names))
    charge = {"code": code, "kind": kind, "unit": names[name], "attribute": name}
    if scene.dice.maybe(0.5):
        charge["proration"] = scene.dice.choose("attribute proration", ("days", "whole"))
    if scene.dice.has("attribute rounded", 0.2):
        charge["round_quantity"] = {"to": scene.dice.one(["1", "0.5", "20"]), "rounding": "up"}
    if scene.dice.has("attribute slabs", 0.4):
        return charge | _attribute_slabs(scene)
    if scene.seasons and scene.dice.has("attribute by season", 0.7):
        return charge | {
            "prices": prices.rows(scene, (list(scene.seasons), [""]), None, alike=True)
        }
    return charge | prices.one(scene)


def _attribute_slabs(scene: Scene) -> dict[str, Any]:
    uppers = sorted({scene.dice.whole(1, 90) for _ in range(2)})
    found: dict[str, Any] = {"slabs": prices.slabs(scene, [str(upper) for upper in uppers])}
    if scene.dice.has("attribute whole_quantity", 0.5):
        found["slab_rule"] = "whole_quantity"
    return found


def _source(scene: Scene, unit: str) -> dict[str, Any]:
    dice = scene.dice
    if scene.commodity == "sewer":
        dice.found.add("another commodity")
        return {"source": "import", "commodity": "water"}
    if scene.commodity == "gas" and unit in ("kWh", "MWh"):
        dice.found.add("conversion")
        given = [dict(factor) for factor in VOLUME]
        if not dice.has("given number", 0.6):
            given[1] = {"name": "Calorific value, MJ/m³", "value": dice.decimal(37, 41, 4)}
        return {"source": "import", "conversion": {"from": "m3", "factors": given}}
    if unit == "therm" and dice.has("volume to therms", 0.8):
        factor = {"name": "Therms in a ccf", "value": dice.decimal(1, 2, 4)}
        return {"conversion": {"from": "ccf", "factors": [factor]}}
    if scene.commodity == "electricity" and unit == "kWh" and dice.has("reactive energy", 0.12):
        return {"unit": "kvarh", "source": "reactive"}
    return {"source": "import"} if dice.maybe(0.5) else {}


def _priced(scene: Scene, charge: dict[str, Any]) -> dict[str, Any]:
    names = prices.season_names(scene), prices.band_names(scene)
    rule = scene.dice.choose("slab_rule", ("none", "marginal", "whole_quantity", "whole_table"),
                             (35, 40, 12, 13))  # fmt: skip
    if scene.clock == "standard" and names[0] != [""]:
        rule = "none"
    if rule != "none":
        return ladders.laddered(scene, charge, names, rule)
    widths, times = ladders.widths(scene)
    found = _plain(scene, names) | steps.steps(scene, charge, names, times)
    return found | (widths if "at_most" in found else {})


def _plain(scene: Scene, names: tuple[list[str], list[str]]) -> dict[str, Any]:
    if names == ([""], [""]):
        return prices.one(scene)
    found = {"prices": prices.rows(scene, names, None, alike=True)}
    return found | ladders.elsewhere(scene, found)
