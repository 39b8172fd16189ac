"""The quantities of bills of one shape as the engine takes them, segment by segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

import numpy as np

from core.money import split
from core.periods import Period
from statements.rating import usage
from statements.rating.book import PricedTime
from statements.rating.inputs import AgreementInput, BillInput
from statements.rating.usage import Read, Values
from tariffs import engine


class Quantities:
    """What the bills of one shape are rated on; each matrix is put together once."""

    def __init__(self, bills: Sequence[BillInput], found: Mapping[usage.ChannelUse, Read]) -> None:
        self.bills = bills
        self.found = found
        self.zone = ZoneInfo(bills[0].zone_name)
        self.matrices: dict[tuple[int, str], Values] = {}

    def of(self, place: int, time: PricedTime) -> Iterator[tuple[str, engine.Usage]]:
        """Yield the use of each source in a segment of the agreement at a place."""
        agreement = self.bills[0].agreements[place]
        for source in {use.source for use in agreement.channels}:
            if _spans(agreement, source):
                yield source, self._own(place, source, time)
        for i, (name, _) in enumerate(agreement.extra.attributes):
            values = [bill.agreements[place].extra.attributes[i][1] for bill in self.bills]
            yield f"@{name}", engine.Totals(np.array(values, dtype=np.int64))
        for source in dict.fromkeys(source for source, _ in agreement.extra.lent):
            yield source, self._lent(place, source, time)

    def _own(self, place: int, source: str, time: PricedTime) -> engine.Usage:
        return self._cut(place, source, time.period, self._days(place, time))

    def _lent(self, place: int, source: str, time: PricedTime) -> engine.Usage:
        """Return the use of all agreements that lend a source, together."""
        channel = source.partition(".")[2]
        lenders = [at for name, at in self.bills[0].agreements[place].extra.lent if name == source]
        days = self._days(place, time)
        parts = [self._cut(at, channel, time.period, days) for at in lenders]
        slots = {p.interval_s for p in parts if isinstance(p, engine.Intervals)}
        if len(slots) == 1 and all(isinstance(part, engine.Intervals) for part in parts):
            together = np.stack([part.values for part in parts]).sum(axis=0, dtype=np.int64)
            return engine.Intervals(time.period.starts_at, slots.pop(), together)
        return engine.Totals(np.stack([_total(part) for part in parts]).sum(axis=0))

    def _days(self, place: int, time: PricedTime) -> tuple[list[int], int]:
        """Return the days of the segments that share a register, and which of them this is."""
        priced = self.bills[0].agreements[place].priced
        same = [each for each in priced if each.tariff.code == time.tariff.code]
        return [usage.days_of(each.period, self.zone) for each in same], same.index(time)

    def _cut(
        self, place: int, source: str, period: Period, days: tuple[list[int], int]
    ) -> engine.Usage:
        """Cut the segment out of the agreement's values; a register's total is shared by days."""
        agreement = self.bills[0].agreements[place]
        values = self._matrix(place, source)
        interval_s = next(use.interval_s for use in agreement.channels if use.source == source)
        if interval_s == 0:
            return engine.Totals(_share(values.sum(axis=1), *days))
        start = agreement.period.starts_at
        first = int((period.starts_at - start).total_seconds()) // interval_s
        last = int((period.ends_at - start).total_seconds()) // interval_s
        return engine.Intervals(period.starts_at, interval_s, values[:, first:last])

    def _matrix(self, place: int, source: str) -> Values:
        if (place, source) not in self.matrices:
            self.matrices[place, source] = self._read(place, source)
        return self.matrices[place, source]

    def _read(self, place: int, source: str) -> Values:
        rows = [
            [self.found[use] for use in bill.agreements[place].channels if use.source == source]
            for bill in self.bills
        ]
        if all(len(parts) == 1 for parts in rows):
            return usage.side_by_side([part for (part,) in rows])
        return np.stack([np.concatenate([part.values for part in parts]) for parts in rows])


def _spans(agreement: AgreementInput, source: str) -> bool:
    """Say whether a source was measured in all of the agreement's time."""
    measured = sum(use.period.seconds for use in agreement.channels if use.source == source)
    return measured == agreement.period.seconds


def _total(part: engine.Usage) -> Values:
    if isinstance(part, engine.Intervals):
        return np.asarray(part.values.sum(axis=1, dtype=np.int64))
    return np.asarray(part.values)


def _share(totals: Values, days: Sequence[int], place: int) -> Values:
    if len(days) == 1:
        return totals
    return np.array([split(int(total), days)[place] for total in totals], dtype=np.int64)
