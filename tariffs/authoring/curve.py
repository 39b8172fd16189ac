"""Cost against use, for a chart: exact at the edges of slabs, for one version or for two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from core.money import from_minor
from tariffs import engine
from tariffs.authoring.sample import NOTHING, VOLUMES, Place, rated_uses
from tariffs.authoring.sample_use import Split, unit_of
from tariffs.engine.measures import UNITS
from tariffs.engine.shape import EnergyCharge

STEPS = 20
TENTH = Decimal("0.1")
Tariffs = Sequence[engine.Tariff]
Taxes = Sequence[engine.Tax]
NO_TAXES: tuple[Taxes, Taxes] = ((), ())  # of the older version, and of the newer


@dataclass(frozen=True)
class Point:
    use: Decimal
    cost: Decimal


@dataclass(frozen=True)
class Compared:
    """What a use costs by two versions; the change is in percent, to a tenth, none from zero."""

    use: Decimal
    old: Decimal
    new: Decimal

    @property
    def difference(self) -> Decimal:
        return self.new - self.old

    @property
    def percent(self) -> Decimal | None:
        if not self.old:
            return None
        return (100 * self.difference / self.old).quantize(TENTH, ROUND_HALF_UP)


def curve(
    tariffs: Tariffs,
    up_to: Decimal,
    month: date,
    zone: ZoneInfo,
    split: Split | None = None,
    place: Place = NOTHING,
    also_at: Sequence[Decimal] = (),
    taxes: Taxes = (),
) -> list[Point]:
    """Return points from nothing to `up_to`, rising: even steps, and both sides of every bound.

    Bounds are those that hold in the month. A split must be in percent, for it holds at every use.

    :param also_at: further uses, e.g. the bounds of the version it is compared with
    :raises engine.UsageError: if the use cannot be priced, in words
    """
    wanted = {*_steps(up_to, _least(tariffs)), *bounds(tariffs, up_to, month, zone, split, place)}
    uses = sorted(use for use in {*wanted, *also_at} if 0 <= use <= up_to)
    return _points(tariffs, uses, month, zone, split, place, taxes)


def curves(
    old: Tariffs,
    new: Tariffs,
    up_to: Decimal,
    month: date,
    zone: ZoneInfo,
    split: Split | None = None,
    place: Place = NOTHING,
    taxes: tuple[Taxes, Taxes] = NO_TAXES,
) -> tuple[list[Point], list[Point]]:
    """Return the points of two versions at the same uses."""
    edges = [*bounds(old, up_to, month, zone, split, place),
             *bounds(new, up_to, month, zone, split, place)]  # fmt: skip
    first = curve(old, up_to, month, zone, split, place, edges, taxes[0])
    uses = [point.use for point in first]
    return first, _points(new, uses, month, zone, split, place, taxes[1])


def compared(
    old: Tariffs,
    new: Tariffs,
    month: date,
    zone: ZoneInfo,
    uses: Sequence[Decimal] = VOLUMES,
    split: Split | None = None,
    place: Place = NOTHING,
    taxes: tuple[Taxes, Taxes] = NO_TAXES,
) -> list[Compared]:
    """Return the table of differences at sample volumes."""
    before = _points(old, uses, month, zone, split, place, taxes[0])
    after = _points(new, uses, month, zone, split, place, taxes[1])
    return [Compared(a.use, a.cost, b.cost) for a, b in zip(before, after, strict=True)]


def bounds(
    tariffs: Tariffs,
    up_to: Decimal,
    month: date,
    zone: ZoneInfo,
    split: Split | None = None,
    place: Place = NOTHING,
) -> list[Decimal]:
    """Return the uses at which a slab ends in this month, and the least use above each.

    A charge that changes the use before it prices it, by a share or a conversion, is left out:
    its bounds are not those of the use.
    """
    rated = rated_uses(tariffs, [up_to], month, zone, split, (), place)
    least, found = _least(tariffs), set()
    for column in rated.columns:
        upper = column.label.get("upper")
        if upper is not None and _is_of_use(column, tariffs):
            edge = Decimal(int(upper)) * least
            found |= {edge, edge + least}
    return sorted(use for use in found if use <= up_to)


def _points(
    tariffs: Tariffs,
    uses: Sequence[Decimal],
    month: date,
    zone: ZoneInfo,
    split: Split | None,
    place: Place,
    taxes: Taxes,
) -> list[Point]:
    rated = rated_uses(tariffs, uses, month, zone, split, taxes, place)
    totals = [from_minor(int(total), rated.currency) for total in rated.total_minor]
    return [Point(use, total) for use, total in zip(uses, totals, strict=True)]


def _is_of_use(column: engine.Column, tariffs: Tariffs) -> bool:
    """Say whether the slabs of a column are slabs of the use itself."""
    charges = {charge.code: charge for charge in tariffs[column.segment].charges}
    charge = charges.get(column.charge)
    return isinstance(charge, EnergyCharge) and not charge.steps and not charge.slab_times


def _least(tariffs: Tariffs) -> Decimal:
    """Return one base unit in the unit in which a use is entered."""
    unit = unit_of(tariffs)
    return 1 / Decimal(UNITS[unit].scale if unit else 1)


def _steps(up_to: Decimal, least: Decimal) -> list[Decimal]:
    """Return even steps in whole base units, the first and the last use among them."""
    return [(up_to * i / STEPS) // least * least for i in range(STEPS)] + [up_to]
