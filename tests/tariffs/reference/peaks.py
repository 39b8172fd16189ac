"""The measured demand of each price row, over one segment or several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from tests.tariffs.reference.facts import Charge, Readings, Registers, total_of
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.measure import rows_of
from tests.tariffs.reference.numbers import whole
from tests.tariffs.reference.windows import windows

Daily = dict[date, int]


def measured(journey: Journey, index: int, charge: Charge, places: Sequence[int]) -> list[int]:
    """Return the demand of each price row of a charge of this segment over some segments."""
    rows = rows_of(charge)
    daily: list[Daily] = [{} for _ in rows]
    for place in places:
        for row, found in enumerate(_daily(journey, index, place, charge)):
            for day, power in found.items():
                daily[row][day] = max(daily[row].get(day, 0), power)
    return [_peak(charge, list(found.values())) for found in daily]


def remember(journey: Journey, index: int, charge: Charge, own: list[int]) -> None:
    """Keep the greatest of the cycle so far for the ratchets of later ones.

    The mean of the greatest days of a cycle is not that of a part of it.
    """
    key = journey.segments[index].key, charge["code"]
    known = journey.bill.peaks.get(key, 0)
    if isinstance(charge.get("peak"), dict):
        bearers = journey.bearers(index, charge["code"])
        own, known = measured(journey, index, charge, bearers[: bearers.index(index) + 1]), 0
    journey.bill.peaks[key] = max(known, *own)


def _peak(charge: Charge, daily: list[int]) -> int:
    rule = charge.get("peak", "greatest")
    if rule == "greatest":
        return max(daily, default=0)
    if rule == "daily":
        return sum(daily)
    greatest = sorted(daily, reverse=True)[: int(rule["mean_of"])]
    return whole(Fraction(sum(greatest), len(greatest))) if greatest else 0


def _daily(journey: Journey, index: int, place: int, charge: Charge) -> list[Daily]:
    """Return the greatest of each day for each row; a register knows no day."""
    use, rows = journey.use(place, charge.get("source", "import")), rows_of(charge)
    if isinstance(use, Readings):
        found: list[Daily] = [{} for _ in rows]
        for day, row, power in windows(journey, index, place, charge, use):
            if row is not None:
                found[row][day] = max(found[row].get(day, 0), power)
        return found
    if isinstance(use, Registers) and "band" in rows[0]:
        return [{date.min: use.values[row["band"]]} for row in rows]
    greatest = max(use.values.values()) if isinstance(use, Registers) else total_of(use)
    return [{date.min: greatest} for _ in rows]
