"""Random conditions, taxes and ways to round the total."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.tariffs.random_tariffs.dice import written
from tests.tariffs.random_tariffs.scene import MONEY, Scene

CONDITIONS = ("paperless", "autopay", "senior", "exempt")


def when(scene: Scene, chance: float = 0.15) -> dict[str, Any]:
    dice = scene.dice
    if not dice.has("when", chance):
        return {}
    kinds = ("holds", "not", "any", "use")
    odds = (1, 1, 1, 0 if scene.commodity == "sewer" else 1)  # its own use is not metered
    terms = range(dice.whole(1, 2))
    return {"when": [_term(scene, dice.choose("when", kinds, odds)) for _ in terms]}


def _term(scene: Scene, kind: str) -> Any:
    dice = scene.dice
    if kind == "holds":
        return dice.one(CONDITIONS)
    if kind == "not":
        return {"not": dice.one(CONDITIONS)}
    if kind == "any":
        return {"any": dice.random.sample(CONDITIONS, 2)}
    return _use(scene)


def _use(scene: Scene) -> dict[str, Any]:
    dice, unit = scene.dice, scene.units[0]
    if scene.commodity == "gas" and unit == "kWh":
        unit = "m3"
    term: dict[str, Any] = {"use_of": "import", "unit": unit}
    periods = dice.whole(0, 3)
    if dice.has("use of last periods", 0.6) and periods:
        term["last_periods"] = periods
    low, high = sorted((dice.random.uniform(0.1, 2), dice.random.uniform(0.1, 2)))
    times = term.get("last_periods", 1)
    if dice.maybe(0.7):
        term["above"] = scene.quantity(unit, low * times, low * times)
    if dice.maybe(0.6) or "above" not in term:
        term["up_to"] = scene.quantity(unit, high * times + 0.2, high * times + 0.3)
    return term


def taxes(scene: Scene) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if not scene.dice.has("taxes", 0.45):
        return found
    for number in range(scene.dice.whole(1, 3)):
        found.append(_tax(scene, f"tax-{number}", [tax["code"] for tax in found]))
    return found


def _tax(scene: Scene, code: str, earlier: list[str]) -> dict[str, Any]:
    dice = scene.dice
    kind = dice.choose("tax", ("percent", "tiered", "flat", "exempt"), (5, 3, 2, 2))
    tax: dict[str, Any] = {"code": code, "name": code.title(), "kind": kind}
    if dice.has("tax class", 0.25):
        tax["tax_class"] = "reduced"
    if earlier and kind != "flat" and dice.has("tax on tax", 0.5):
        tax["on_taxes"] = dice.random.sample(earlier, dice.whole(1, len(earlier)))
    if dice.has("tax above", 0.25):
        tax["above"] = scene.money()
    return tax | when(scene, 0.15) | _rate(scene, kind)


def _rate(scene: Scene, kind: str) -> dict[str, Any]:
    dice = scene.dice
    if kind == "percent":
        return {"percent": dice.decimal(0, 25, 4)}
    if kind == "flat":
        return {"amount": scene.money(5)}
    if kind == "exempt":
        return {"reason": "Charity"}
    uppers = sorted({dice.whole(1, 60) for _ in range(dice.whole(1, 2))})
    rows = [{"up_to": str(upper), "percent": dice.decimal(0, 20, 3)} for upper in uppers]
    return {"bands": [*rows, {"percent": dice.decimal(0, 20, 3)}]}


def total(scene: Scene) -> dict[str, Any]:
    dice, found = scene.dice, {}
    if not dice.has("total", 0.35):
        return found
    if dice.has("total rounded once", 0.6):
        found["round"] = "once"
    if dice.has("total to a step", 0.5):
        minor = Fraction(1, 10 ** MONEY[scene.currency])
        found["to"] = written(minor * dice.one((5, 10, 25, 100)))
    if dice.has("total rounding", 0.5):
        found["rounding"] = dice.one(("half_up", "half_even", "up", "down"))
    return found
