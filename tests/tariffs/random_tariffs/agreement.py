"""The segments of one random agreement: what changes inside a cycle, and what is metered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.tariffs.random_tariffs import calendars, other
from tests.tariffs.random_tariffs.calendars import midnight
from tests.tariffs.random_tariffs.dice import Dice
from tests.tariffs.random_tariffs.rules import CONDITIONS, total
from tests.tariffs.random_tariffs.scene import Scene
from tests.tariffs.random_tariffs.tariff import repriced, tariff
from tests.tariffs.reference.facts import Segment

Days = tuple[date, date]  # the first, and the first without
METERS = {
    "electricity": (("kWh", "kWh", "Wh", "MWh"),),
    "water": (("m3", "l"), ("gal", "kgal"), ("ccf", "ft3")),
    "sewer": (("m3", "l"), ("gal", "kgal")),
    "gas": (("kWh", "MWh"), ("kWh", "MWh"), ("ccf",), ("therm",), ("MJ", "GJ"), ("MJ", "GJ")),
}


@dataclass
class Agreement:
    key: str
    scene: Scene
    zone: ZoneInfo
    day: date
    top: dict[str, Any]
    total: dict[str, Any]
    tariff: dict[str, Any]

    def segments(self, cycle: Days, days: Days) -> list[Segment]:
        """Return the billed days, cut where tariff, conditions or numbers change."""
        edges = [midnight(days[0], self.zone), *self._cuts(days), midnight(days[1], self.zone)]
        pieces = list(pairwise(edges))
        found = []
        for number, (start, end) in enumerate(pieces):
            if number:
                self._change(number)
            found.append(self._segment(self.tariff, start, end, cycle))
        if len(pieces) == 1 and self.scene.dice.has("side by side", 0.08):
            beside = self._another("beside")
            if self.scene.dice.has("percent beside", 0.5):
                beside["charges"].append(other.beside(self.scene))
            found.append(self._segment(beside, edges[0], edges[-1], cycle))
        return found

    def _cuts(self, days: Days) -> list[datetime]:
        dice = self.scene.dice
        if (days[1] - days[0]).days < 2 or not dice.has("several segments", 0.4):
            return []
        inside = {self._moment(days) for _ in range(dice.whole(1, 2))}
        return sorted(inside)

    def _moment(self, days: Days) -> datetime:
        dice = self.scene.dice
        at = midnight(
            days[0] + timedelta(days=dice.whole(1, (days[1] - days[0]).days - 1)), self.zone
        )
        if self.scene.metering == "readings" and dice.has("cut inside a day", 0.2):
            at += timedelta(hours=dice.whole(-20, 20))
        return at

    def _change(self, number: int) -> None:
        """Go on with a new version, another tariff, or the same one under other conditions."""
        dice = self.scene.dice
        kind = dice.choose("change", ("version", "tariff", "conditions"), (4, 3, 3))
        if kind == "version":
            self.tariff = repriced(self.scene, self.tariff)
        elif kind == "tariff":
            self.tariff = self._another(f"next-{number}")

    def _another(self, code: str) -> dict[str, Any]:
        """Return another tariff; only its fixed charges may have codes that others have, too."""
        return tariff(self.scene, code, self.top, prefix=f"{code}-", total=self.total)

    def _segment(
        self, definition: dict[str, Any], start: datetime, end: datetime, cycle: Days
    ) -> Segment:
        dice = self.scene.dice
        first = start.astimezone(self.zone).date()
        length = (end.astimezone(self.zone).date() - first).days
        unserved = {first + timedelta(days=dice.whole(0, length)) for _ in range(dice.whole(0, 2))}
        return Segment(
            tariff=definition,
            starts_at=start,
            ends_at=end,
            cycle=(midnight(cycle[0], self.zone), midnight(cycle[1], self.zone)),
            zone=self.zone,
            key=self.key,
            conditions=frozenset(name for name in CONDITIONS if dice.maybe(0.4)),
            unserved=frozenset(unserved),
            given={"calorific-value": Fraction(dice.whole(380_000, 410_000), 10_000)},
        )


def agreement(
    dice: Dice,
    *,
    key: str,
    currency: str,
    zone_name: str,
    metering: str,
    interval_m: int,
    day: date,
    cycle: Days,
    total_rule: dict[str, Any] | None,
) -> Agreement:
    """Return an agreement with its first tariff."""
    scene = _scene(dice, currency, metering, interval_m, cycle)
    top = _calendar(scene, day)
    rule = total(scene) if total_rule is None else total_rule
    first = tariff(scene, f"{key}-tariff", top, total=rule)
    return Agreement(key, scene, ZoneInfo(zone_name), day, top, rule, first)


def _scene(dice: Dice, currency: str, metering: str, interval_m: int, cycle: Days) -> Scene:
    commodity = dice.choose("commodity", tuple(METERS), (8, 3, 1, 3))
    return Scene(
        dice=dice,
        currency=currency,
        commodity=commodity,
        metering=metering,
        interval_m=interval_m,
        whole_months=cycle[0].day == cycle[1].day,
        cycle_days=(cycle[1] - cycle[0]).days,
        use=dice.whole(2, 9) * 10 ** dice.whole(2, 7),
        power=dice.whole(300, 90_000),
        units=dice.one(METERS[commodity]),
    )


def _calendar(scene: Scene, day: date) -> dict[str, Any]:
    """Lay down seasons, bands and the clock; return the rest of the top of the definition."""
    dice, top = scene.dice, {}
    if dice.has("seasons", 0.45):
        scene.seasons = calendars.seasons(dice)
        if dice.has("on_change last_day", 0.15):
            top["on_change"] = "last_day"
    if scene.metering == "registers" or (scene.metering == "readings" and dice.maybe(0.65)):
        dice.found.add("bands")
        scene.bands = calendars.bands(dice, scene.interval_m)
        if dice.has("holidays", 0.5):
            top["holidays"] = calendars.holidays(dice, day)
    if dice.has("standard clock", 0.12):
        scene.clock = "standard"
    if dice.maybe(0.3):
        top["rounding"] = dice.choose("rounding", ("half_up", "half_even", "up", "down"))
    return top
