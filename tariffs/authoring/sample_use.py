"""The use of sample bills as the engine takes it: totals, registers, or equal quarter hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import gcd

import numpy as np

from core.money import NotExact, split, to_scaled
from tariffs.authoring.sample_error import SampleError
from tariffs.engine import Intervals, Registers, Segment, Totals, Usage
from tariffs.engine.measures import DEMAND_UNITS, UNITS
from tariffs.engine.shape import DemandCharge, EnergyCharge, SlabsWithTime, Tariff

Use = Decimal | Mapping[str, Decimal]  # for every commodity, or by commodity
QUARTER = 15  # minutes
MINUTE_S = 60
HUNDRED = Decimal(100)
IMPORT = "import"
MOST = 2**53  # base units, well within 64 bits


@dataclass(frozen=True)
class Split:
    """How much was used in each time band: in units, or as a percentage of each use.

    A tariff of whose bands it names none has its use spread over the month.
    """

    bands: Mapping[str, Decimal]
    is_percent: bool = False


def usage(
    segments: Sequence[Segment],
    uses: Sequence[Use],
    split: Split | None,
    attributes: Mapping[str, Decimal],
) -> dict[tuple[int, str], Usage]:
    """Return the use of every segment and source; what is not imported is nothing.

    :raises SampleError: if a use is finer than it is metered, or a split does not fit the bands
    """
    scales = _scales([segment.tariff for segment in segments])
    units_in = units_of(segments, uses)
    found: dict[tuple[int, str], Usage] = {}
    for i, segment in enumerate(segments):
        for source in sorted(segment.tariff.sources):
            units = units_in(segment.tariff, source)
            found[i, source] = _use(segment, source, units, split, scales)
        for name, scale in attributes_of(segment.tariff).items():
            if name in attributes:
                each = np.full(len(uses), whole(attributes[name], scale), np.int64)
                found[i, f"@{name}"] = Totals(each)
    return found


def units_of(
    segments: Sequence[Segment], uses: Sequence[Use]
) -> Callable[[Tariff, str], list[int]]:
    """Return what tells the base units of each use that are those of a tariff's source."""
    scales = _scales([segment.tariff for segment in segments])
    return lambda tariff, source: [_units(use, source, tariff, scales) for use in uses]


def whole(number: Decimal, scale: int) -> int:
    """Return a number in base units.

    :raises SampleError: if it is finer than that, or below zero
    """
    try:
        units = to_scaled(number * scale, 0)
    except NotExact:
        raise SampleError("too_fine", number=number) from None
    if units < 0:
        raise SampleError("negative", number=number)
    if units > MOST:
        raise SampleError("too_great", number=number)
    return units


def unit_of(tariffs: Sequence[Tariff]) -> str:
    """Return the unit in which a use is entered, that of the first charge for use; "" if none."""
    charges = [charge for tariff in tariffs for charge in tariff.charges]
    measured = [c for c in charges if isinstance(c, EnergyCharge) and _is_import(c.source)]
    return measured[0].metered_unit if measured else ""


def _use(
    segment: Segment,
    source: str,
    units: list[int],
    split: Split | None,
    scales: Mapping[str, int],
) -> Usage:
    bands = _bands(segment.tariff, source)
    if split is not None and set(bands) & set(split.bands):
        scale = scales[_commodity(source, segment.tariff)]
        return _registers(units, bands, split, scale, is_whole=_is_whole(segment.tariff, source))
    if bands or _needs_time(segment.tariff, source):
        return _even(segment, units)
    return Totals(np.array(units, np.int64))


def _units(use: Use, source: str, tariff: Tariff, scales: Mapping[str, int]) -> int:
    commodity = _commodity(source, tariff)
    if not _is_import(source) or commodity not in scales:
        return 0
    number = use.get(commodity, Decimal(0)) if isinstance(use, Mapping) else use
    return whole(number, scales[commodity])


def _is_import(source: str) -> bool:
    return source.rpartition(".")[2] == IMPORT


def _commodity(source: str, tariff: Tariff) -> str:
    return source.rpartition(".")[0] or tariff.commodity


def _scales(tariffs: Sequence[Tariff]) -> dict[str, int]:
    """Return base units in one unit of each commodity, by the first charge that prices it."""
    found: dict[str, tuple[str, int]] = {}
    for tariff in tariffs:
        for charge in tariff.charges:
            if isinstance(charge, EnergyCharge) and _is_import(charge.source):
                unit = UNITS[charge.metered_unit]
                commodity = _commodity(charge.source, tariff)
                base, _ = found.setdefault(commodity, (unit.base, unit.scale))
                if base != unit.base:
                    raise SampleError("units_differ", commodity=commodity)
    for tariff in tariffs:
        for charge in tariff.charges:
            if isinstance(charge, DemandCharge):
                base = DEMAND_UNITS[charge.unit]
                found.setdefault(_commodity(charge.source, tariff), (base, 1000))
    return {commodity: scale for commodity, (_, scale) in found.items()}


def attributes_of(tariff: Tariff) -> dict[str, int]:
    """Return base units in one unit of each attribute that the tariff asks for."""
    found: dict[str, int] = {}
    for charge in tariff.charges:
        if isinstance(charge, EnergyCharge):
            if charge.is_attribute:
                found[charge.source.removeprefix("@")] = charge.scale
            if charge.slab_times and charge.slab_times.attribute:
                found.setdefault(charge.slab_times.attribute, UNITS["item"].scale)
    return found


def _priced(tariff: Tariff, source: str) -> list[EnergyCharge]:
    return [c for c in tariff.charges if isinstance(c, EnergyCharge) and source in c.sources]


def _bands(tariff: Tariff, source: str) -> list[str]:
    rows = [row for charge in _priced(tariff, source) for row in charge.rows]
    return list(dict.fromkeys(row.band for row in rows if row.band))


def _is_whole(tariff: Tariff, source: str) -> bool:
    """Say whether the bands must add up to the use: no hour is free."""
    return not any(charge.free_elsewhere for charge in _priced(tariff, source))


def _needs_time(tariff: Tariff, source: str) -> bool:
    for charge in tariff.charges:
        if isinstance(charge, DemandCharge) and source in charge.sources:
            return True
    return any(c.slabs_with_time is SlabsWithTime.CHRONOLOGICAL for c in _priced(tariff, source))


def _registers(
    units: list[int], bands: list[str], split: Split, scale: int, *, is_whole: bool
) -> Registers:
    missing = [band for band in bands if band not in split.bands]
    if missing:
        raise SampleError("not_split", bands=", ".join(missing))
    each = [
        _parts(total, bands, split, scale, is_whole=is_whole) if total else [0] * len(bands)
        for total in units
    ]
    columns = np.array(each, np.int64).reshape(len(units), len(bands)).T
    return Registers(dict(zip(bands, columns, strict=True)))


def _parts(total: int, bands: list[str], given: Split, scale: int, *, is_whole: bool) -> list[int]:
    """Return the use of each band; shares add up, whatever is left to free hours."""
    wanted = [given.bands[band] for band in bands]
    if given.is_percent:
        rest = HUNDRED - sum(wanted)
        _check(rest, is_whole=is_whole)
        weights = [whole(share, 10**6) for share in (*wanted, rest)]
        return split(total, weights)[:-1]
    parts = [whole(number, scale) for number in wanted]
    _check(Decimal(total - sum(parts)), is_whole=is_whole)
    return parts


def _check(rest: Decimal, *, is_whole: bool) -> None:
    if rest < 0:
        raise SampleError("above_use")
    if rest and is_whole:
        raise SampleError("below_use")


def _even(segment: Segment, units: list[int]) -> Intervals:
    """Spread each use evenly over the slots of the month; they add up to it."""
    step = _step(segment.tariff) * MINUTE_S
    slots = segment.period.seconds // step
    edges = np.arange(slots + 1, dtype=np.int64)
    whole_part, rest = np.divmod(np.array(units, np.int64)[:, np.newaxis], slots)
    values = whole_part + np.diff(rest * edges // slots, axis=1)
    return Intervals(segment.period.starts_at, step, values)


def _step(tariff: Tariff) -> int:
    """Return a quarter hour, or less where bands or windows of demand need it; in minutes."""
    windows = [window for each in tariff.bands.values() for window in each]
    edges = [edge for window in windows for edge in (window.starts, window.ends)]
    means = [charge.minutes for charge in tariff.charges if isinstance(charge, DemandCharge)]
    return gcd(QUARTER, *edges, *means)
