"""Puts charges in the order in which they are computed: a base before its percentage."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from tariffs.engine.errors import TariffError
from tariffs.engine.shape import AnyCharge, EnergyCharge


def by_base(charges: list[AnyCharge]) -> tuple[AnyCharge, ...]:
    """Return the charges, each after those it depends on, else in the given order.

    :raises TariffError: on a repeated code, an unknown base or a cycle
    """
    known: dict[str, AnyCharge] = {}
    for i, charge in enumerate(charges):
        if charge.code in known:
            raise TariffError(f"charges[{i}].code", f"{charge.code!r} is used twice")
        known[charge.code] = charge
    graph = {charge.code: charge.bases for charge in charges}
    for i, charge in enumerate(charges):
        for j, base in enumerate(graph[charge.code]):
            if base not in known:
                raise TariffError(_path(charge, i, j), f"{base!r} is not a charge here")
    try:
        placed = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        names = " -> ".join(error.args[1])
        raise TariffError("charges", f"these are computed from each other: {names}") from None
    depth = _depths(graph, placed)
    return tuple(sorted(charges, key=lambda charge: depth[charge.code]))


def _path(charge: AnyCharge, i: int, j: int) -> str:
    """Return where a charge names a base; those of an energy charge begin with its demand."""
    if not isinstance(charge, EnergyCharge):
        return f"charges[{i}].of[{j}]"
    demand = int(bool(charge.slab_times and charge.slab_times.demand))
    if j < demand:
        return f"charges[{i}].slab_times.demand"
    return f"charges[{i}].applies_to[{j - demand}]"


def _depths(graph: dict[str, tuple[str, ...]], placed: list[str]) -> dict[str, int]:
    depth: dict[str, int] = {}
    for code in placed:
        depth[code] = max((depth[base] + 1 for base in graph[code]), default=0)
    return depth
