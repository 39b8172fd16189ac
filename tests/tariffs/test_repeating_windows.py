"""Bands that come again every day or week are laid together before the greatest is taken."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.periods import local_days
from tariffs.engine.quantities.windows import _cycle
from tests.tariffs.bills import readings
from tests.tariffs.definitions import definition

DAILY = {
    "low": [{"from": "20:00", "to": "08:00"}],
    "high": [{"from": "08:00", "to": "20:00"}],
}
WEEKLY = {
    "low": [{"days": "weekend"}, {"days": "weekday", "from": "20:00", "to": "08:00"}],
    "high": [{"days": "weekday", "from": "08:00", "to": "20:00"}],
}
SINGAPORE, NEW_YORK = ZoneInfo("Asia/Singapore"), ZoneInfo("America/New_York")


@pytest.mark.parametrize("bands", [DAILY, WEEKLY], ids=["daily", "weekly"])
@pytest.mark.parametrize("days", [1, 2, 7, 8, 14, 15, 23])
@pytest.mark.parametrize("zone", [SINGAPORE, NEW_YORK], ids=str)  # clocks change on the 11th day
@pytest.mark.parametrize(("interval_s", "minutes"), [(1800, 30), (900, 60)])
def test_the_greatest_of_each_band_is_that_of_a_look_at_every_window(
    bands, days, zone, interval_s, minutes
):
    tariff = definition(
        {"code": "demand", "kind": "demand", "unit": "kW", "minutes": minutes,
         "prices": [{"band": "low", "price": "1"}, {"band": "high", "price": "2"}]},
        bands=bands,
    )  # fmt: skip
    period = local_days(date(2026, 10, 22), date(2026, 10, 21) + timedelta(days=days), zone)
    values = np.random.default_rng(days).integers(0, 500, (3, period.seconds // interval_s))

    rated = readings(tariff, values, period, interval_s=interval_s, zone=zone)

    looked = [looked_at(row, period.starts_at, interval_s, minutes, bands, zone) for row in values]
    found = {column.label["band"]: column.quantity.tolist() for column in rated.columns}
    expected = {band: [of[band] for of in looked] for band in bands}
    assert {band: found.get(band, [0, 0, 0]) for band in bands} == expected


def looked_at(
    values, starts_at: datetime, interval_s: int, minutes: int, bands, zone: ZoneInfo
) -> dict[str, int]:
    """Return the greatest average in watts of each band, window after window."""
    found = {band: 0 for band in bands}
    per = minutes * 60 // interval_s
    for slot in range(0, len(values), per):
        local = (starts_at + timedelta(seconds=slot * interval_s)).astimezone(zone)
        is_high = 8 <= local.hour < 20 and (bands is DAILY or local.weekday() < 5)
        band = "high" if is_high else "low"
        found[band] = max(found[band], int(values[slot : slot + per].sum()) * 60 // minutes)
    return found


def test_it_is_laid_together_only_where_it_comes_again():
    none = np.zeros(12, np.intp)

    assert _cycle(np.array([0, 0, 1] * 4), none, 3) == 3
    assert _cycle(np.array([0, 0, 1] * 3 + [0, 0, 0]), none, 3) == 12
    assert _cycle(np.array([0, 0, 1] * 4), np.arange(12) // 3, 3) == 12
    assert _cycle(np.array([0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0]), none, 1) == 7
    assert _cycle(np.array([0, 1, 0, 1, 0, 0, 0]), none[:7], 1) == 7
