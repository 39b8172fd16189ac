"""Finds what is billed once for the segments of an agreement that follow each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from tariffs.engine.pricing.bill import Bill
from tariffs.engine.pricing.conditions import holds
from tariffs.engine.shape import AnyCharge, EnergyCharge, MinimumCharge, Settle
from tariffs.engine.values import Mask

Charge = TypeVar("Charge", EnergyCharge, MinimumCharge)


@dataclass(frozen=True)
class Link(Generic[Charge]):
    """A segment that has the charge, and the accounts of whom it holds there."""

    index: int
    charge: Charge
    where: Mask


def links(charge: Charge, index: int, bill: Bill) -> list[Link[Charge]]:
    """Return the segments that share a charge, in time; none unless this is the last of them.

    A tariff before or after may use the code for a charge of another kind: that is none of them.
    """
    kind = type(charge)
    found: list[tuple[int, Charge]] = []
    for i in bill.with_charge(index, charge.code):
        for own in bill.segments[i].tariff.charges:
            if (
                own.code == charge.code
                and isinstance(own, kind)
                and _settle(own) == _settle(charge)
            ):
                found.append((i, own))
    if found[-1][0] != index:
        return []
    return [Link(i, own, holds(own.when, i, bill)) for i, own in found]


def _settle(charge: AnyCharge) -> Settle | None:
    return charge.credit.settle if isinstance(charge, EnergyCharge) and charge.credit else None
