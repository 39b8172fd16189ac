"""What the quantity of a charge depends on beside its own use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.periods import last_day
from tariffs.engine.arithmetic import Whole
from tariffs.engine.quantities import coverage
from tariffs.engine.quantities.days import billing_days
from tariffs.engine.shape import OnChange
from tariffs.engine.values import Segment, Usage


@dataclass(frozen=True)
class Around:
    """The rest of the bill, as far as one charge asks for it."""

    billed_days: int | None = None  # of the agreement in this cycle; None: those of the segment
    last_day: date | None = None  # of the bill; None: that of the cycle
    times: Whole | None = None  # (n,) thousandths by which slabs are wider
    per: str = ""  # what they are told for one of: kW, or an attribute
    others: Mapping[str, Usage] = field(default_factory=dict)  # use that is taken off, by source

    def days_billed(self, segment: Segment) -> int:
        if self.billed_days is not None:
            return self.billed_days
        return len(billing_days(segment.period, segment.zone))

    def seasons_on(self, segment: Segment) -> date | None:
        """Return the day whose seasons hold for the whole segment; None: each day has its own."""
        if segment.tariff.on_change is OnChange.SPLIT:
            return None
        return self.last_day or last_day(segment.cycle, segment.zone)

    def days_of(self, days: list[date], season: str, segment: Segment) -> list[date]:
        """Return those of the days that count for a season; for the empty one all do."""
        if not season:
            return days
        on = self.seasons_on(segment)
        return [d for d in days if season in coverage.seasons_of(on or d, segment.tariff)]


ALONE = Around()
