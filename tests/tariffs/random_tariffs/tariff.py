"""A random tariff: charges of every kind that name each other, conditions, taxes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tests.tariffs.random_tariffs import metered, other, rules
from tests.tariffs.random_tariffs.scene import Scene

KINDS = ("energy", "fixed", "demand", "minimum", "percent", "credit")
PLAIN = {"energy": metered.energy, "fixed": other.fixed, "demand": other.demand}
NAMING = {"minimum": other.minimum, "percent": other.percent, "credit": metered.credit}
ODDS = {
    "electricity": (5, 2, 4, 2, 2, 2),
    "water": (5, 2, 0, 2, 2, 0),
    "sewer": (5, 2, 0, 2, 2, 0),
    "gas": (5, 2, 0, 2, 2, 0),
}


def tariff(
    scene: Scene, code: str, top: dict[str, Any], *, prefix: str = "", total: dict[str, Any]
) -> dict[str, Any]:
    """Return a definition; top holds what the scene has laid down already."""
    bases: dict[str, list[str]] = {}
    charges: list[dict[str, Any]] = []
    scene.priced, scene.demands = [], []
    for number in range(scene.dice.whole(1, 5)):
        kind = scene.dice.random.choices(KINDS, ODDS[scene.commodity])[0]
        own = "" if kind == "fixed" else prefix  # a fixed charge may go on in the next tariff
        charge = _charge(scene, kind, f"{own}{kind}-{number}", bases)
        charges.append(charge)
        scene.priced.append(charge["code"])
        _name_base(scene, bases)
    scene.dice.random.shuffle(charges)
    return _definition(scene, code, top, charges, bases, total)


def repriced(scene: Scene, definition: dict[str, Any]) -> dict[str, Any]:
    """Return the next version: the same charges at other prices."""
    copy = deepcopy(definition)
    _reprice(scene, copy["charges"])
    return copy


def _charge(scene: Scene, kind: str, code: str, bases: dict[str, list[str]]) -> dict[str, Any]:
    if kind in ("minimum", "percent") and not scene.priced:
        kind, code = "fixed", code.replace(kind, "fixed")
    made = PLAIN[kind](scene, code) if kind in PLAIN else NAMING[kind](scene, code, bases)
    charge: dict[str, Any] = made
    if _has_one_demand(charge):
        scene.demands.append(code)
    if scene.dice.has("reduced tax class", 0.12):
        charge["tax_class"] = "reduced"
    return charge | rules.when(scene)


def _has_one_demand(charge: dict[str, Any]) -> bool:
    return charge["kind"] == "demand" and charge.get("peak") != "daily"


def _name_base(scene: Scene, bases: dict[str, list[str]]) -> None:
    """Name some charges together; a second name may stand for the first and more."""
    if len(bases) < 2 and scene.dice.maybe(0.2):
        names = scene.few(scene.priced)
        bases["delivery" if not bases else "all-of-it"] = [*bases, *names] if bases else names


def _definition(
    scene: Scene,
    code: str,
    top: dict[str, Any],
    charges: list[dict[str, Any]],
    bases: dict[str, list[str]],
    total: dict[str, Any],
) -> dict[str, Any]:
    taxes = rules.taxes(scene)
    return {
        "format": 1,
        "code": code,
        "name": code.title(),
        "commodity": scene.commodity,
        "rate_type": "flat",
        "currency": scene.currency,
        "from": "2020-01-01",
        "change_summary": "First version",
        **top,
        **({"seasons": scene.seasons} if scene.seasons else {}),
        **({"bands": scene.bands} if scene.bands else {}),
        **({"clock": scene.clock} if scene.clock != "wall" else {}),
        **({"bases": bases} if bases else {}),
        **({"taxes": taxes} if taxes else {}),
        **({"total": total} if total else {}),
        "charges": charges,
    }


def _reprice(scene: Scene, value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _reprice(scene, item)
    elif isinstance(value, dict):
        if "price" in value:
            value["price"] = scene.money(3)
        for item in value.values():
            _reprice(scene, item)
