"""Random slabs and tables: how they meet bands, how wide they are."""

from __future__ import annotations

from typing import Any

from tests.tariffs.random_tariffs import prices, steps
from tests.tariffs.random_tariffs.dice import without
from tests.tariffs.random_tariffs.scene import Scene

RULES = ("proportional", "chronological", "per_period", "total_only")
WIDTHS = ("prorate", "per_day", "whole", "30_days", "year", "months")
OF_DAYS = ("per_day", "year")  # bounds that days are multiplied with


def laddered(
    scene: Scene, charge: dict[str, Any], names: tuple[list[str], list[str]], rule: str
) -> dict[str, Any]:
    unit = charge["unit"]
    stated, times = widths(scene)
    uppers = prices.bounds(scene, unit, times, finer=stated.get("slab_width") in OF_DAYS)
    meeting = _meeting(scene, names, rule, is_measured="conversion" not in charge)
    found = without({"slab_rule": None if rule == "marginal" else rule, "slabs_with_time": meeting})
    found |= stated
    if meeting != "chronological":
        found |= steps.steps(scene, charge, names, times)
    if rule == "whole_table":
        return found | {"tables": _tables(scene, unit, names, uppers, meeting)}
    if meeting == "total_only":
        plain = {"prices": prices.rows(scene, names, None, alike=True)}
        return found | {"slabs": prices.slabs(scene, uppers)} | plain | elsewhere(scene, plain)
    if names == ([""], [""]):
        return found | {"slabs": prices.slabs(scene, uppers)}
    rows = {"prices": prices.rows(scene, names, uppers, alike=meeting != "per_period")}
    return found | rows | elsewhere(scene, rows)


def _meeting(
    scene: Scene, names: tuple[list[str], list[str]], rule: str, *, is_measured: bool
) -> str | None:
    by_season_only = names[1] == [""] and names[0] != [""]
    if names[1] == [""] and not (by_season_only and scene.dice.has("one band", 0.3)):
        return None
    in_time = rule != "whole_quantity" and scene.metering == "readings" and is_measured
    return scene.dice.choose("slabs_with_time", RULES, (1, int(in_time), 1, 1))


def widths(scene: Scene) -> tuple[dict[str, Any], float]:
    """Return what is said about widths, and how many times a cycle's use bounds should be."""
    dice, times = scene.dice, 1.0
    found: dict[str, Any] = {}
    if dice.maybe(0.6):
        odds = (2, 2, 2, 2, 2, 3 if scene.whole_months else 0)
        found["slab_width"] = dice.choose("slab_width", WIDTHS, odds)
        days = {"per_day": 1, "30_days": 30, "year": 365}.get(found["slab_width"])
        times = days / scene.cycle_days if days else 1.0
    if found.get("slab_width") not in OF_DAYS and dice.has("whole_days", 0.2):
        found["whole_days"] = _whole_days(scene)
    if scene.demands and dice.has("slabs per kW", 0.8):
        found["slab_times"] = {"demand": dice.one(scene.demands)}
        times *= 1000 / scene.power
    elif dice.has("slabs per dwelling", 0.12):
        found["slab_times"] = {"attribute": "dwellings"}
        times /= 4
    return found, times


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


def elsewhere(scene: Scene, charge: dict[str, Any]) -> dict[str, Any]:
    """Leave a row out, so that its minutes cost nothing."""
    several = scene.metering != "registers" and len(charge["prices"]) > 1
    if not several or not scene.dice.has("free elsewhere", 0.15):
        return {}
    charge["prices"].pop(scene.dice.whole(0, len(charge["prices"]) - 1))
    return {"elsewhere": "free"}
