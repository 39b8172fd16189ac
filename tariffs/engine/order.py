"""Puts charges in the order in which they are computed: a base before its percentage."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from tariffs.engine.errors import TariffError
from tariffs.engine.shape import AnyCharge


def by_base(charges: list[AnyCharge]) -> tuple[AnyCharge, ...]:
    """Return the charges, each after those it depends on, else in the given order.

    :raises TariffError: on a repeated code, an unknown demand or a cycle
    """
    known: set[str] = set()
    for i, charge in enumerate(charges):
        if charge.code in known:
            raise TariffError(f"charges[{i}].code", f"{charge.code!r} is used twice")
        known.add(charge.code)
    graph = {charge.code: charge.bases for charge in charges}
    for i, charge in enumerate(charges):  # bases are known since they were read, a demand is not
        for code in graph[charge.code]:
            if code not in known:
                raise TariffError(
                    f"charges[{i}].slab_times.demand", f"{code!r} is not a charge here"
                )
    try:
        placed = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        names = " -> ".join(error.args[1])
        raise TariffError("charges", f"these are computed from each other: {names}") from None
    depth = _depths(graph, placed)
    return tuple(sorted(charges, key=lambda charge: depth[charge.code]))


def _depths(graph: dict[str, tuple[str, ...]], placed: list[str]) -> dict[str, int]:
    depth: dict[str, int] = {}
    for code in placed:
        depth[code] = max((depth[base] + 1 for base in graph[code]), default=0)
    return depth
