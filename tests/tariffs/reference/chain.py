"""What is billed once for the segments of an agreement that follow each other."""

from __future__ import annotations

from typing import NamedTuple

from tests.tariffs.reference.conditions import hold
from tests.tariffs.reference.facts import Charge
from tests.tariffs.reference.journey import Journey


class Link(NamedTuple):
    index: int
    charge: Charge
    holds: bool


def links(journey: Journey, index: int, charge: Charge) -> list[Link]:
    """Return the segments that have this charge, in time; none unless this is the last one."""
    found = [
        Link(i, other, hold(journey, i, other.get("when", [])))
        for i in journey.siblings(index)
        for other in journey.segments[i].tariff["charges"]
        if _names(other) == _names(charge)
    ]
    return found if found[-1].index == index else []


def _names(charge: Charge) -> tuple[str, str, str]:
    return charge["code"], charge["kind"], charge.get("settle", "bill")
