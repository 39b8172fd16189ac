"""Random steps between the meter and the price."""

from __future__ import annotations

from typing import Any

from tests.tariffs.random_tariffs.scene import Scene


def steps(
    scene: Scene, charge: dict[str, Any], names: tuple[list[str], list[str]], times: float = 1
) -> dict[str, Any]:
    """Return what happens to the quantity before it is priced; a cap is so many times the use."""
    dice, found = scene.dice, {}
    if charge["kind"] == "energy" and scene.commodity == "electricity" and dice.has("less", 0.12):
        found["less"] = [{"source": "export", "percent": dice.one(["100", "100", "87.5"])}]
    if dice.has("share_percent", 0.1):
        found["share_percent"] = dice.decimal(40, 110, 2)
    if names == ([""], [""]) and dice.has("at_most", 0.12):
        found["at_most"] = scene.quantity(charge["unit"], 0.3 * times, 1.2 * times)
    if dice.has("round_quantity", 0.12):
        found["round_quantity"] = _rounding(scene, charge["unit"])
    return found


def _rounding(scene: Scene, unit: str) -> dict[str, str]:
    step = scene.quantity(unit, 0.005, 0.05)
    how = scene.dice.choose("round_quantity", ("up", "down", "half_up", "half_even"))
    return {"to": step, "rounding": how}
