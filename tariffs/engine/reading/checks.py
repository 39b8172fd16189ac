"""Checks charges against the tariff around them: its calendar, its commodity, its other charges."""

from __future__ import annotations

from collections.abc import Sequence

from tariffs.engine.errors import TariffError
from tariffs.engine.quantities import coverage
from tariffs.engine.shape import (
    AnyCharge,
    Clock,
    DemandCharge,
    EnergyCharge,
    FixedCharge,
    Tariff,
)


def check(charges: Sequence[AnyCharge], tariff: Tariff) -> None:
    """Check charges in the order in which they are written.

    :raises TariffError: naming the row
    """
    for i, charge in enumerate(charges):
        path = f"charges[{i}]"
        if isinstance(charge, EnergyCharge):
            _check_energy(charge, charges, tariff, path)
        elif isinstance(charge, DemandCharge):
            coverage.check(charge, tariff, path)
        elif isinstance(charge, FixedCharge):
            coverage.check_seasons(charge, tariff, path)


def _check_energy(
    charge: EnergyCharge, charges: Sequence[AnyCharge], tariff: Tariff, path: str
) -> None:
    priced = [(charge, path)]
    if charge.tables:
        priced = [(table, f"{path}.tables[{i}]") for i, (_, table) in enumerate(charge.tables)]
    for table, where in priced:
        coverage.check(table, tariff, where)
        _check_clock(table, tariff, where)
    if charge.source.startswith(f"{tariff.commodity}."):
        raise TariffError(f"{path}.commodity", "is the tariff's own: leave it out")
    _check_demand(charge, charges, path)


def _check_clock(charge: EnergyCharge, tariff: Tariff, path: str) -> None:
    """Refuse slabs by season on standard time: days of a bill are days of the wall clock."""
    if tariff.clock is Clock.STANDARD and charge.has_seasons and charge.has_slabs:
        raise TariffError(path, "slabs by season need the wall clock")


def _check_demand(charge: EnergyCharge, charges: Sequence[AnyCharge], path: str) -> None:
    wanted = charge.slab_times.demand if charge.slab_times else ""
    demands = [other.code for other in charges if isinstance(other, DemandCharge)]
    if wanted and wanted not in demands:
        raise TariffError(f"{path}.slab_times.demand", f"{wanted!r} is not a charge for demand")
