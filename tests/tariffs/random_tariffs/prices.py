"""Random prices: one, derived, in slabs, by season and band."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.tariffs.random_tariffs.dice import written
from tests.tariffs.random_tariffs.scene import GREATEST, Scene
from tests.tariffs.reference.numbers import BASE_UNITS, number


def one(scene: Scene) -> dict[str, str]:
    if scene.dice.has("derived price", 0.1):
        percent = str(scene.dice.whole(0, 100))
        return {"regular": scene.dice.decimal(0, 2, 4), "discount_percent": percent}
    return {"price": scene.price()}


def bounds(scene: Scene, unit: str, times: float = 1, *, finer: bool = False) -> list[str]:
    """Return rising bounds of one to three slabs below the open one.

    :param finer: whether they may be finer than the meter
    """
    count = range(scene.dice.whole(1, 3))
    found = {scene.quantity(unit, 0.05 * times, 1.6 * times) for _ in count}
    if finer and BASE_UNITS[unit] <= 1000 and scene.dice.has("bound finer than the meter", 0.4):
        found = {_finer(scene, unit, bound) for bound in sorted(found)}
    return sorted(found, key=number)


def _finer(scene: Scene, unit: str, bound: str) -> str:
    return written(number(bound) + Fraction(scene.dice.whole(1, 999), BASE_UNITS[unit] * 1000))


def slabs(scene: Scene, uppers: list[str]) -> list[dict[str, str]]:
    return [{"up_to": upper, **one(scene)} for upper in uppers] + [one(scene)]


def season_names(scene: Scene, chance: float = 0.55) -> list[str]:
    return list(scene.seasons) if scene.seasons and scene.dice.maybe(chance) else [""]


def band_names(scene: Scene, chance: float = 0.7) -> list[str]:
    wanted = scene.metering == "registers" or scene.dice.maybe(chance)
    return list(scene.bands) if scene.bands and wanted else [""]


def rows(
    scene: Scene, names: tuple[list[str], list[str]], uppers: list[str] | None, *, alike: bool
) -> list[dict[str, Any]]:
    """Return a row for each season and band; alike rows of a season have the same bounds."""
    found = []
    for season in names[0]:
        mine = uppers
        for band in names[1]:
            mine = mine if alike or mine is None else _moved(mine, scene)
            cost = {"slabs": slabs(scene, mine)} if mine else one(scene)
            found.append({**_named(season, band), **cost})
    return found


def _named(season: str, band: str) -> dict[str, str]:
    return {**({"season": season} if season else {}), **({"band": band} if band else {})}


def _moved(uppers: list[str], scene: Scene) -> list[str]:
    factor = scene.dice.whole(1, 3)
    moved = [number(upper) * factor for upper in uppers]
    return [written(upper) for upper in moved] if moved[-1] < GREATEST else uppers
