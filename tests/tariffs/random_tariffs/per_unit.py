"""Random tariffs of prices per unit alone, whole cents per Wh, with readings of one account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.tariffs.random_tariffs import calendars
from tests.tariffs.random_tariffs.dice import Dice

SLOTS = {60: 24, 30: 48, 15: 96}


@dataclass(frozen=True)
class Whole:
    """A tariff by season and band, and what one account used."""

    definition: dict[str, Any]
    starts_at: datetime
    interval_s: int
    values: list[int]
    zone: ZoneInfo


def make(seed: int) -> Whole:
    dice = Dice(seed)
    zone_name = dice.one([z for z in calendars.ZONES if z != calendars.HALF_HOUR_SHIFT])
    zone, interval_m = ZoneInfo(zone_name), dice.one((60, 30, 15))
    day = calendars.awkward_day(dice, zone_name)
    seasons, bands = calendars.seasons(dice), calendars.bands(dice, interval_m)
    starts_at = calendars.midnight(day - timedelta(days=dice.whole(0, 2)), zone)
    slots = SLOTS[interval_m] * dice.whole(1, 5)
    rows = [
        {"season": season, "band": band, "price": str(dice.whole(0, 40))}
        for season in seasons
        for band in bands
    ]
    definition = {
        "code": "per-unit",
        "name": "Per unit",
        "commodity": "electricity",
        "rate_type": "time_based",
        "currency": "USD",
        "from": "2020-01-01",
        "seasons": seasons,
        "bands": bands,
        "holidays": calendars.holidays(dice, day),
        "on_change": "split",
        "charges": [{"code": "energy", "kind": "energy", "unit": "Wh", "prices": rows}],
    }
    values = [dice.whole(0, 5000) for _ in range(slots)]
    return Whole(definition, starts_at, interval_m * 60, values, zone)
