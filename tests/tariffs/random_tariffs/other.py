"""Random charges that are not metered by the unit: fixed, demand, minimum, percent."""

from __future__ import annotations

from typing import Any

from tests.tariffs.random_tariffs import prices
from tests.tariffs.random_tariffs.scene import Scene

FIXED = ("period", "day", "30_days", "month", "year", "served_day")


def fixed(scene: Scene, code: str) -> dict[str, Any]:
    dice = scene.dice
    odds = (5, 2, 2, 3 if scene.whole_months else 0, 2, 3)
    charge: dict[str, Any] = {"code": code, "kind": "fixed"}
    basis = dice.choose("fixed", FIXED, odds)
    if basis != "period" or dice.maybe(0.5):
        charge["basis"] = basis
    if basis in ("period", "month") and dice.has("fixed whole", 0.3):
        charge["proration"] = "whole"
    elif basis in ("period", "month", "30_days") and dice.has("fixed whole_days", 0.2):
        charge["whole_days"] = {"from": dice.one((1, 3, 10)), "to": dice.one((10, 31, 35))}
    if scene.seasons and dice.has("fixed by season", 0.3):
        rows = [{"season": s, "price": scene.money()} for s in scene.seasons]
        return charge | {"prices": rows}
    return charge | (prices.one(scene) if dice.maybe(0.1) else {"price": scene.money()})


def demand(scene: Scene, code: str) -> dict[str, Any]:
    """Return a charge for the greatest average, or for a register that keeps it."""
    dice = scene.dice
    dice.found.add("demand")
    charge: dict[str, Any] = {"code": code, "kind": "demand", "unit": "kW"}
    if scene.metering == "readings":
        charge |= _windows(scene)
    else:
        dice.found.add("demand register")
        charge |= {"unit": dice.one(["kW", "kVA"]), "source": "power"}
    bands = prices.band_names(scene, 0.4)
    seasons = [""] if scene.metering == "totals" else prices.season_names(scene, 0.4)
    charge |= _money(scene, (seasons, bands))
    return charge | _billing(scene, charge, bands)


def _windows(scene: Scene) -> dict[str, Any]:
    dice, found = scene.dice, {}
    minutes = [m for m in (15, 20, 30, 60) if m % scene.interval_m == 0]
    size = dice.choose("demand minutes", [str(m) for m in minutes])
    if size != "15" or dice.maybe(0.5):
        found["minutes"] = int(size)
    if int(size) > scene.interval_m and dice.has("rolling", 0.5):
        found["rolling"] = True
    if dice.has("kVA from P and Q", 0.25):
        found |= {"unit": "kVA", "with_reactive": "reactive"}
    elif dice.has("kVA", 0.15):
        found |= {"unit": "kVA", "source": "apparent"}
    peak = dice.choose("peak", ("greatest", "daily", "mean_of"), (5, 2, 3))
    if peak != "greatest":
        found["peak"] = {"mean_of": dice.whole(1, 4)} if peak == "mean_of" else peak
    return found


def _money(scene: Scene, names: tuple[list[str], list[str]]) -> dict[str, Any]:
    dice, found = scene.dice, {}
    uppers = None
    if dice.has("demand slabs", 0.3):
        uppers = prices.bounds(scene, "kW")
        if dice.has("demand whole_quantity", 0.4):
            found["slab_rule"] = "whole_quantity"
    if names == ([""], [""]):
        return found | ({"slabs": prices.slabs(scene, uppers)} if uppers else prices.one(scene))
    rows = prices.rows(scene, names, uppers, alike=False)
    if len(rows) > 1 and scene.metering == "readings" and dice.has("demand free elsewhere", 0.25):
        rows.pop(dice.whole(0, len(rows) - 1))
        found["elsewhere"] = "free"
    return found | {"prices": rows}


def _billing(scene: Scene, charge: dict[str, Any], bands: list[str]) -> dict[str, Any]:
    dice, found = scene.dice, {}
    daily = charge.get("peak") == "daily"
    if bands == [""] and not daily and dice.has("ratchet", 0.4):
        found["ratchet"] = _ratchet(scene)
    if not daily and dice.has("demand floor", 0.25):
        found["floor"] = scene.quantity("kW", 0.05, 0.8)
    if dice.has("demand rounding", 0.25):
        how = dice.one(("up", "down", "half_up", "half_even"))
        found["round_quantity"] = {"to": scene.quantity("kW", 0.01, 0.1), "rounding": how}
    if daily:
        return found
    basis = dice.choose("demand basis", ("period", "whole", "day"), (5, 3, 2))
    if basis == "whole":
        return found | {"proration": "whole"}
    return found | ({"basis": "day"} if basis == "day" else {})


def _ratchet(scene: Scene) -> dict[str, Any]:
    dice = scene.dice
    found = {"percent": dice.decimal(50, 100, 1), "months": dice.whole(1, 12)}
    if dice.has("ratchet mean", 0.3):
        found["rule"] = "mean"
    if scene.seasons and dice.has("ratchet season", 0.7):
        found["season"] = dice.one(list(scene.seasons))
    return found


def minimum(scene: Scene, code: str, bases: dict[str, list[str]]) -> dict[str, Any]:
    dice = scene.dice
    basis = dice.choose("minimum", ("period", "day", "30_days", "year"))
    price = scene.money(3 if basis == "day" else 120)
    charge = {"code": code, "kind": "minimum", "price": price, "of": _of(scene, bases)}
    if basis != "period":
        charge["basis"] = basis
    if basis == "period" and dice.has("minimum whole", 0.4):
        charge["proration"] = "whole"
    if basis == "year" and dice.has("minimum year by days", 0.5):
        charge["proration"] = "days"
    if basis == "year" and dice.has("year ends elsewhen", 0.5):
        charge["year_ends"] = dice.one(["02-28", "03-31", "06-30", "10-31"])
    return charge


def percent(scene: Scene, code: str, bases: dict[str, list[str]]) -> dict[str, Any]:
    dice = scene.dice
    purpose = dice.choose("percent", ("tax", "discount", "surcharge", "rider"))
    charge: dict[str, Any] = {"code": code, "kind": "percent", "purpose": purpose}
    charge["of"] = _of(scene, bases)
    if dice.has("percent in bands", 0.35):
        uppers = sorted({dice.whole(1, 60) for _ in range(dice.whole(1, 2))})
        rows = [{"up_to": str(upper), "percent": dice.decimal(0, 20, 3)} for upper in uppers]
        return charge | {"bands": [*rows, {"percent": dice.decimal(0, 20, 3)}]}
    return charge | {"percent": dice.decimal(0, 25, 4)}


def beside(scene: Scene) -> dict[str, Any]:
    """Return a percentage of what another tariff bills at the same time."""
    dice = scene.dice
    kinds = ["@all", "@energy", "@fixed", "@demand", "@credit"]
    return {
        "code": "percent-beside",
        "kind": "percent",
        "purpose": dice.one(["discount", "surcharge", "rider"]),
        "of": dice.random.sample(kinds, dice.whole(1, 2)),
        "percent": dice.decimal(0, 25, 4),
    }


def _of(scene: Scene, bases: dict[str, list[str]]) -> list[str]:
    if bases and scene.dice.has("named base", 0.4):
        return [scene.dice.one(list(bases))]
    return scene.few(scene.priced)
