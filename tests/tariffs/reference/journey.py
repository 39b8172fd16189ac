"""One account's bill while it grows: what all kinds of charges ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from tests.tariffs.reference.clock import days_between, in_season
from tests.tariffs.reference.facts import (
    Bill,
    Charge,
    Line,
    NotPriceable,
    Past,
    Segment,
    Use,
    total_of,
)
from tests.tariffs.reference.numbers import minor_unit, whole


class Journey:
    """The lines of one account so far, with its segments, use and past."""

    def __init__(
        self,
        segments: Sequence[Segment],
        uses: Mapping[tuple[int, str], Use],
        past: Mapping[str, Past],
        currency: str,
        rounding: str,
        rows_at: dict[Any, Any],
    ) -> None:
        self.segments = segments
        self.uses = uses
        self.past = past
        self.currency = currency
        self.minor = minor_unit(currency)
        self.rounding = rounding
        self.rows_at = rows_at  # remembers the price row of a moment for the next account
        self.bill = Bill([], 0)
        self.demand: dict[tuple[int, str], int] = {}  # billing demand by segment and charge
        self._days = [days_between(s.starts_at, s.ends_at, s.zone) for s in segments]

    def use(self, index: int, source: str) -> Use:
        if (index, source) not in self.uses:
            raise NotPriceable(f"segment {index}: no use of {source}")
        return self.uses[index, source]

    # The calendar of a bill

    def days(self, index: int, season: str = "") -> list[date]:
        """Return the billed days of a segment that count for a season."""
        return self.of_season(index, self._days[index], season)

    def of_season(self, index: int, days: list[date], season: str) -> list[date]:
        """Return those of the days that a season prices; without a season all."""
        return [day for day in days if not season or self.counts(index, season, day)]

    def counts(self, index: int, season: str, day: date) -> bool:
        """Say whether a day is priced by a season: its own, or that of the bill's last day."""
        tariff = self.segments[index].tariff
        if tariff.get("on_change", "split") == "last_day":
            day = self.last_day(index)
        return in_season(tariff, season, day)

    def last_day(self, index: int) -> date:
        """Return the last day that this bill charges for."""
        days = [day for other in self.siblings(index) for day in self._days[other]]
        return max(days) if days else self.segments[index].ends_at.date()

    def cycle_days(self, index: int) -> list[date]:
        segment = self.segments[index]
        return days_between(*segment.cycle, segment.zone)

    def siblings(self, index: int) -> list[int]:
        """Return the segments that follow each other in the cycle of one agreement, in time.

        A tariff that runs beside this one is none of them.
        """
        mine = self.segments[index]
        others = [
            i
            for i, other in enumerate(self.segments)
            if (other.key, other.cycle) == (mine.key, mine.cycle)
            and other.tariff["commodity"] == mine.tariff["commodity"]
        ]
        own = [i for i in others if self.segments[i].tariff["code"] == mine.tariff["code"]]
        beside = {
            self.segments[i].tariff["code"]
            for i in others
            if i not in own and any(self._meet(i, j) for j in own)
        }
        found = [i for i in others if self.segments[i].tariff["code"] not in beside]
        return sorted(found, key=lambda i: self.segments[i].starts_at)

    def _meet(self, one: int, other: int) -> bool:
        a, b = self.segments[one], self.segments[other]
        return a.starts_at < b.ends_at and b.starts_at < a.ends_at

    def billed_days(self, index: int) -> int:
        """Count the days of this cycle that the agreement is billed for."""
        return len({day for other in self.siblings(index) for day in self._days[other]})

    def is_last_of(self, index: int, code: str) -> bool:
        """Say whether no later segment of the agreement and cycle has this charge."""
        return index == self.bearers(index, code)[-1]

    def bearers(self, index: int, code: str) -> list[int]:
        return [i for i in self.siblings(index) if code in self.codes(i)]

    def codes(self, index: int) -> set[str]:
        return {charge["code"] for charge in self.segments[index].tariff["charges"]}

    def remember_uses(self) -> None:
        """Keep what each agreement used; time that two tariffs price counts once."""
        counted: dict[tuple[str, str], list[int]] = {}
        for index, source in sorted(self.uses):
            key = self.segments[index].key, source
            before = counted.setdefault(key, [])
            if not any(self._meet(index, other) for other in before):
                before.append(index)
                use = total_of(self.uses[index, source])
                self.bill.uses[key] = self.bill.uses.get(key, 0) + use

    # Lines

    def put(
        self,
        index: int,
        charge: Charge,
        quantity: Fraction,
        price: Fraction,
        *,
        exact: Fraction | None = None,
        **rest: Any,
    ) -> None:
        """Add a line whose amount is quantity × price, rounded once."""
        product = quantity * price if exact is None else exact
        rest = {"kind": charge.get("kind", ""), "unit": charge.get("unit", ""), **rest}
        rest = {"tax_class": charge.get("tax_class", "standard"), **rest}
        line = Line(
            segment=index,
            charge=charge["code"],
            quantity=quantity,
            price=price,
            exact=product,
            amount=whole(product / self.minor, self.rounding_of(index)),
            **rest,
        )
        self.bill.lines.append(line)

    def tell(self, index: int, charge: Charge, quantity: Fraction, **rest: Any) -> None:
        """Add a line that costs nothing."""
        self.put(index, charge, quantity, Fraction(0), kind="info", tax_class="none", **rest)

    def rounding_of(self, index: int) -> str:
        if index < 0:
            return self.rounding
        return str(self.segments[index].tariff.get("rounding", self.rounding))

    def is_exact(self, index: int) -> bool:
        """Say whether bases are exact: the total alone is rounded."""
        total: Mapping[str, Any] = self.segments[index].tariff.get("total", {})
        return total.get("round", "lines") == "once"

    def sum_of(self, codes: Iterable[str], indices: Iterable[int]) -> Fraction:
        """Return what the lines of these charges in these segments come to, in the currency."""
        wanted, places = set(codes), set(indices)
        total = Fraction(0)
        for line in self.bill.lines:
            if line.segment in places and line.charge in wanted:
                total += self.worth(line)
        return total

    def worth(self, line: Line) -> Fraction:
        """Return what a line counts in a base: its rounded amount, or the exact one."""
        return line.exact if self.is_exact(max(line.segment, 0)) else line.amount * self.minor

    def beside(self, index: int, kinds: set[str]) -> list[Line]:
        """Return the lines so far of what is priced in the time of this segment, but its own.

        :raises NotPriceable: if one of them is priced for longer than this segment
        """
        if not kinds:
            return []
        mine, found = self.segments[index], set()
        for i, other in enumerate(self.segments):
            same = (other.key, other.cycle) == (mine.key, mine.cycle)
            if i == index or not same or not self._meet(i, index):
                continue
            if other.starts_at < mine.starts_at or other.ends_at > mine.ends_at:
                raise NotPriceable(f"segment {index} takes a percentage of a part of {i}")
            found.add(i)
        lines = [line for line in self.bill.lines if line.segment in found]
        if "@all" in kinds:
            return [line for line in lines if line.kind not in ("info", "tax")]
        return [line for line in lines if f"@{line.kind}" in kinds]

    def base(self, index: int, names: Iterable[str]) -> set[str]:
        """Return the charges behind codes and named bases."""
        named = self.segments[index].tariff.get("bases", {})
        found: set[str] = set()
        for name in names:
            found |= self.base(index, named[name]) if name in named else {name}
        return found
