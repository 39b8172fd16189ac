"""Random charges for what is metered: energy, volumes, attributes, credits, and their steps."""

from __future__ import annotations

from typing import Any

from tests.tariffs.random_tariffs import prices
from tests.tariffs.random_tariffs.dice import without
from tests.tariffs.random_tariffs.scene import Scene

RULES = ("proportional", "chronological", "per_period", "total_only")
WIDTHS = ("prorate", "per_day", "whole", "30_days", "year", "months")
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
    if rule == "none":
        found = _plain(scene, names) | _steps(scene, charge, names, "none")
        return found | (_widths(scene) if "at_most" in found else {})
    return _laddered(scene, charge, names, rule)


def _plain(scene: Scene, names: tuple[list[str], list[str]]) -> dict[str, Any]:
    if names == ([""], [""]):
        return prices.one(scene)
    found = {"prices": prices.rows(scene, names, None, alike=True)}
    return found | _elsewhere(scene, found)


def _elsewhere(scene: Scene, charge: dict[str, Any]) -> dict[str, Any]:
    """Leave a row out, so that its minutes cost nothing."""
    several = scene.metering != "registers" and len(charge["prices"]) > 1
    if not several or not scene.dice.has("free elsewhere", 0.15):
        return {}
    charge["prices"].pop(scene.dice.whole(0, len(charge["prices"]) - 1))
    return {"elsewhere": "free"}


def _laddered(
    scene: Scene, charge: dict[str, Any], names: tuple[list[str], list[str]], rule: str
) -> dict[str, Any]:
    unit = charge["unit"]
    uppers = prices.bounds(scene, unit)
    meeting = _meeting(scene, names, rule, is_measured="conversion" not in charge)
    steps = {} if meeting == "chronological" else _steps(scene, charge, names, rule)
    found = without({"slab_rule": None if rule == "marginal" else rule, "slabs_with_time": meeting})
    found |= _widths(scene) | steps
    if rule == "whole_table":
        return found | {"tables": _tables(scene, unit, names, uppers, meeting)}
    if meeting == "total_only":
        plain = {"prices": prices.rows(scene, names, None, alike=True)}
        return found | {"slabs": prices.slabs(scene, uppers)} | plain | _elsewhere(scene, plain)
    if names == ([""], [""]):
        return found | {"slabs": prices.slabs(scene, uppers)}
    rows = {"prices": prices.rows(scene, names, uppers, alike=meeting != "per_period")}
    return found | rows | _elsewhere(scene, rows)


def _meeting(
    scene: Scene, names: tuple[list[str], list[str]], rule: str, *, is_measured: bool
) -> str | None:
    by_season_only = names[1] == [""] and names[0] != [""]
    if names[1] == [""] and not (by_season_only and scene.dice.has("one band", 0.3)):
        return None
    in_time = rule != "whole_quantity" and scene.metering == "readings" and is_measured
    return scene.dice.choose("slabs_with_time", RULES, (1, int(in_time), 1, 1))


def _widths(scene: Scene) -> dict[str, Any]:
    dice, found = scene.dice, {}
    if dice.maybe(0.6):
        odds = (2, 2, 2, 2, 2, 3 if scene.whole_months else 0)
        found["slab_width"] = dice.choose("slab_width", WIDTHS, odds)
    of_a_bill = found.get("slab_width") not in ("per_day", "year")
    if of_a_bill and dice.has("whole_days", 0.2):
        found["whole_days"] = _whole_days(scene)
    if scene.demands and dice.has("slabs per kW", 0.8):
        found["slab_times"] = {"demand": dice.one(scene.demands)}
    elif dice.has("slabs per dwelling", 0.12):
        found["slab_times"] = {"attribute": "dwellings"}
    return found


def _whole_days(scene: Scene) -> dict[str, int]:
    first = scene.dice.one((1, 3, 5, 25, 28))
    return {"from": first, "to": first + scene.dice.whole(0, 10)}


def _tables(
    scene: Scene,
    unit: str,
    names: tuple[list[str], list[str]],
    uppers: list[str],
    meeting: str | None,
) -> list[dict[str, Any]]:
    """Return a price table for each range of the total; some have slabs of their own."""
    found: list[dict[str, Any]] = []
    for upper in [*uppers, None]:
        inner = prices.bounds(scene, unit) if meeting or scene.dice.maybe(0.5) else None
        table: dict[str, Any] = {"up_to": upper} if upper else {}
        if meeting == "total_only" and inner:
            table |= {"slabs": prices.slabs(scene, inner)}
            table["prices"] = prices.rows(scene, names, None, alike=True)
        elif names != ([""], [""]):
            alike = meeting != "per_period"
            table["prices"] = prices.rows(scene, names, inner, alike=alike)
        else:
            table |= {"slabs": prices.slabs(scene, inner)} if inner else prices.one(scene)
        found.append(table)
    return found


def _steps(
    scene: Scene, charge: dict[str, Any], names: tuple[list[str], list[str]], rule: str
) -> dict[str, Any]:
    """Return what happens to the quantity before it is priced."""
    dice, found = scene.dice, {}
    if charge["kind"] == "energy" and scene.commodity == "electricity" and dice.has("less", 0.12):
        found["less"] = [{"source": "export", "percent": dice.one(["100", "100", "87.5"])}]
    if dice.has("share_percent", 0.1):
        found["share_percent"] = dice.decimal(40, 110, 2)
    if names == ([""], [""]) and dice.has("at_most", 0.12):
        found["at_most"] = scene.quantity(charge["unit"], 0.3, 1.2)
    if dice.has("round_quantity", 0.12):
        found["round_quantity"] = _rounding(scene, charge["unit"])
    return found


def _rounding(scene: Scene, unit: str) -> dict[str, str]:
    step = scene.quantity(unit, 0.005, 0.05)
    how = scene.dice.choose("round_quantity", ("up", "down", "half_up", "half_even"))
    return {"to": step, "rounding": how}
