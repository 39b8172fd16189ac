"""A second way to the same bill: Decimal and datetime, one reading after the other.

Written from docs/reference/how-a-bill-is-computed.md; imports nothing of the engine. Slow on
purpose: every reading is looked at alone, its price found by asking the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
GROUPS = {
    "weekday": DAY_NAMES[:5],
    "weekend": DAY_NAMES[5:],
    "all": [*DAY_NAMES, "holiday"],
}
CENT = Decimal("0.01")
WHOLE = Decimal(1)
Key = tuple[str, int, int]  # charge, price row (-1: none), slab


def lines(
    definition: Mapping[str, Any],
    values: Sequence[int],
    *,
    starts_at: datetime,
    interval_s: int,
    zone: ZoneInfo,
    days: int,
    cycle_days: int,
    season_days: Mapping[str, int],
    rows_at: dict[tuple[str, datetime], int | None],
) -> dict[Key, Decimal]:
    """Return the amount of every line of energy and every fixed charge of one account.

    rows_at remembers the price row of a moment for the next account under the same tariff.
    """
    bill: dict[Key, Decimal] = {}
    for charge in definition["charges"]:
        if charge["kind"] == "fixed":
            bill[charge["code"], -1, 0] = _fixed(charge, days, cycle_days)
            continue
        walk = _Walk(definition, charge, days, cycle_days, season_days)
        for moment, value in _readings(values, starts_at, interval_s):
            at = charge["code"], moment
            if at not in rows_at:
                rows_at[at] = walk.row(moment.astimezone(zone))
            walk.take(rows_at[at], value)
        bill.update(walk.amounts())
    return bill


def _readings(
    values: Sequence[int], starts_at: datetime, interval_s: int
) -> Iterator[tuple[datetime, int]]:
    moment = starts_at.astimezone(UTC)
    for value in values:
        yield moment, value
        moment += timedelta(seconds=interval_s)


def _fixed(charge: Mapping[str, Any], days: int, cycle_days: int) -> Decimal:
    if charge.get("basis", "period") == "day":
        return _cents(Decimal(charge["price"]) * days)
    return _cents(Decimal(charge["price"]) * days / cycle_days)


class _Walk:
    """One charge of one account, reading after reading."""

    def __init__(
        self,
        definition: Mapping[str, Any],
        charge: Mapping[str, Any],
        days: int,
        cycle_days: int,
        season_days: Mapping[str, int],
    ) -> None:
        self.definition = definition
        self.charge = charge
        self.rows = charge.get("prices") or [charge]
        self.rule = charge.get("slabs_with_time", "proportional")
        self.days = days
        self.cycle_days = cycle_days
        self.season_days = season_days
        self.reached: dict[Any, Decimal] = {}  # running total of each ladder
        self.used: dict[int, Decimal] = {}  # by row
        self.placed: dict[tuple[int, int], Decimal] = {}  # by row and slab

    def take(self, row: int | None, value: int) -> None:
        if row is None:
            return
        units = Decimal(value)
        self.used[row] = self.used.get(row, Decimal(0)) + units
        if self.rule != "proportional" or len(self._ladder_rows(row)) == 1:
            self._climb(row, units)

    def amounts(self) -> dict[Key, Decimal]:
        if self.rule == "proportional":
            self._share()
        return {
            (self.charge["code"], row, slab): _cents(units / 1000 * self._price(row, slab))
            for (row, slab), units in self.placed.items()
        }

    def _climb(self, row: int, units: Decimal) -> None:
        ladder = self._ladder(row)
        for slab, upper in enumerate(self._bounds(row)):
            reached = self.reached.get(ladder, Decimal(0))
            part = units if upper is None else max(min(units, upper - reached), Decimal(0))
            self._place(row, slab, part)
            self.reached[ladder] = reached + part
            units -= part

    def _share(self) -> None:
        """Give each row its part of each slab, rounded half up to whole units as it climbs."""
        for row, used in self.used.items():
            rows = self._ladder_rows(row)
            if len(rows) == 1 or not used:
                continue
            whole = sum((self.used.get(other, Decimal(0)) for other in rows), Decimal(0))
            taken = Decimal(0)
            for slab, upper in enumerate(self._bounds(row)):
                upto = whole if upper is None else min(whole, upper)
                share = (used * upto / whole).quantize(WHOLE, ROUND_HALF_UP)
                self._place(row, slab, share - taken)
                taken = share

    def _place(self, row: int, slab: int, units: Decimal) -> None:
        self.placed[row, slab] = self.placed.get((row, slab), Decimal(0)) + units

    def _ladder(self, row: int) -> Any:
        return row if self.rule == "per_period" else self.rows[row].get("season", "")

    def _ladder_rows(self, row: int) -> list[int]:
        return [i for i in range(len(self.rows)) if self._ladder(i) == self._ladder(row)]

    def _bounds(self, row: int) -> list[Decimal | None]:
        bounds: list[Decimal | None] = []
        lower = upper = Decimal(0)
        for slab in self.rows[row].get("slabs", [{}]):
            if "up_to" not in slab:
                bounds.append(None)
                continue
            bound = Decimal(slab["up_to"]) * 1000
            upper += self._width(bound - lower, row)
            lower = bound
            bounds.append(upper)
        return bounds

    def _width(self, width: Decimal, row: int) -> Decimal:
        season = self.rows[row].get("season", "")
        days = self.season_days[season] if season else self.days
        return (width * days / self.cycle_days).quantize(WHOLE, ROUND_HALF_UP)

    def _price(self, row: int, slab: int) -> Decimal:
        given = self.rows[row]
        return Decimal(given["slabs"][slab]["price"] if "slabs" in given else given["price"])

    def row(self, local: datetime) -> int | None:
        for index, row in enumerate(self.rows):
            if self._in_season(row, local.date()) and self._in_band(row, local):
                return index
        return None

    def _in_season(self, row: Mapping[str, Any], day: date) -> bool:
        if "season" not in row:
            return True
        key = f"{day:%m-%d}"
        for part in self.definition["seasons"][row["season"]]:
            if part["first"] <= part["last"]:
                inside = part["first"] <= key <= part["last"]
            else:
                inside = key >= part["first"] or key <= part["last"]
            if inside:
                return True
        return False

    def _in_band(self, row: Mapping[str, Any], local: datetime) -> bool:
        if "band" not in row:
            return True
        clock = f"{local:%H:%M}"
        for window in self.definition["bands"][row["band"]]:
            start, end = window.get("from", "00:00"), window.get("to", "24:00")
            inside = start <= clock < end if start < end else clock >= start or clock < end
            if inside and self._day_name(local.date()) in _names(window.get("days", "all")):
                return True
        return False

    def _day_name(self, day: date) -> str:
        holidays = self.definition.get("holidays", [])
        return "holiday" if day.isoformat() in holidays else DAY_NAMES[day.weekday()]


def _names(days: str | list[str]) -> list[str]:
    given = [days] if isinstance(days, str) else days
    return [name for day in given for name in GROUPS.get(day, [day])]


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
