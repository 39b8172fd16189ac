"""The time bands of tariffs: which slot lies in which, and how a chart shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
from django.utils.text import capfirst
from numpy.typing import NDArray

from core.charts import Kind, Series
from core.periods import Period
from reports.usage.slots import Slots
from tariffs import engine
from tariffs.engine.quantities.slots import slot_rows
from tariffs.engine.shape import EnergyCharge
from tariffs.names import told

MOST = 6
MIDDLE = (Kind.STANDARD, Kind.EXPORT, Kind.PREVIOUS, Kind.ALERT)


@dataclass(frozen=True)
class Priced:
    """A stretch of time that one tariff prices, inside one cycle."""

    tariff: engine.Tariff
    period: Period
    cycle: Period


@dataclass
class Bands:
    """The names of bands from the cheapest to the dearest, and the band of each slot."""

    names: list[str] = field(default_factory=list)
    labels: list[NDArray[np.int16]] = field(default_factory=list)  # for each row of slots

    @property
    def dearest(self) -> str:
        return self.names[-1]

    def series(self) -> list[Series]:
        """Return the series of a chart, the cheapest at the bottom."""
        last = len(self.names) - 1
        middle = iter(MIDDLE)
        kinds = [
            Kind.PEAK if n == last else Kind.OFFPEAK if n == 0 else next(middle)
            for n in range(last + 1)
        ]
        return [
            Series(f"band{n}", capfirst(told(name)), kind)
            for n, (name, kind) in enumerate(zip(self.names, kinds, strict=True))
        ]


def energy_charges(tariff: engine.Tariff, source: str) -> list[EnergyCharge]:
    """Return the charges of a tariff that price each unit of a source."""
    return [c for c in tariff.charges if isinstance(c, EnergyCharge) and c.source == source]


def bands_of(
    rows: Sequence[Slots], priced: Sequence[Priced], source: str, zone: ZoneInfo, shown: Period
) -> Bands | None:
    """Return the bands of slots; None where none hold, or a part of what is shown has none."""
    banded = [(one, charge) for one in priced if (charge := _banded(one.tariff, source))]
    names = _by_price(charge for _, charge in banded)
    if not 1 < len(names) <= MOST:
        return None
    found = Bands(names)
    for row in rows:
        labels = np.full(len(row.values), -1, np.int16)
        for one, charge in banded:
            _label(labels, row, one, charge, names, zone)
        part = row.cut(shown)
        if (labels[part][row.is_held[part]] < 0).any():
            return None
        found.labels.append(labels)
    return found


def _banded(tariff: engine.Tariff, source: str) -> EnergyCharge | None:
    return next((c for c in energy_charges(tariff, source) if c.has_bands), None)


def _by_price(charges: Iterable[EnergyCharge]) -> list[str]:
    """Return the names of bands by their highest price."""
    highest: dict[str, int] = {}
    for charge in charges:
        for price_row in charge.rows:
            price = price_row.slabs[0].price if price_row.slabs else 0
            highest[price_row.band] = max(price, highest.get(price_row.band, 0))
    return sorted(highest, key=lambda name: (highest[name], name))


def _label(
    labels: NDArray[np.int16],
    row: Slots,
    one: Priced,
    charge: EnergyCharge,
    names: Sequence[str],
    zone: ZoneInfo,
) -> None:
    part = row.cut(one.period)
    if part.start >= part.stop:
        return
    starts_at = one.period.starts_at if row.starts_at < one.period.starts_at else row.starts_at
    try:
        found = slot_rows(
            charge, one.tariff, zone, starts_at, row.interval_s, part.stop - part.start
        )
    except engine.UsageError:  # a slot crosses the edge of a band: it has none
        return
    index = np.array([names.index(each.band) for each in charge.rows] + [-1], np.int16)
    labels[part] = index[found.rows]  # a slot without a price row has the last
