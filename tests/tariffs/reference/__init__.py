"""A second way to the same bill: Fraction and datetime, one reading after the other.

Written from the pages of docs/reference; imports nothing of the product. Slow on purpose: each
reading is looked at alone, its price found by asking the calendar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.tariffs.reference import (
    conditions,
    demand,
    energy,
    fixed,
    lots,
    minimum,
    percent,
    taxes,
    total,
)
from tests.tariffs.reference.carry import carry
from tests.tariffs.reference.facts import (
    Bill,
    Charge,
    Line,
    NotPriceable,
    Past,
    Readings,
    Registers,
    Segment,
    Total,
    Use,
)
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.order import by_base, in_turn

__all__ = [
    "Bill",
    "Line",
    "NotPriceable",
    "Past",
    "Readings",
    "Registers",
    "Segment",
    "Total",
    "Use",
    "bill",
    "carry",
]

KINDS = {
    "energy": energy.add,
    "credit": energy.add,
    "fixed": fixed.add,
    "demand": demand.add,
    "percent": percent.add,
}


def bill(
    segments: Sequence[Segment],
    uses: Mapping[tuple[int, str], Use],
    *,
    currency: str,
    past: Mapping[str, Past] | None = None,
    rounding: str = "half_up",
    rows_at: dict[Any, Any] | None = None,
) -> Bill:
    """Return the bill of one account.

    rows_at remembers the price row of each moment for another account with the same segments.

    :raises NotPriceable: if the use or the history does not allow it
    """
    known = {} if rows_at is None else rows_at
    journey = Journey(segments, uses, past or {}, currency, rounding, known)
    for index in in_turn(segments):
        for charge in by_base(segments[index].tariff):
            _add(journey, index, charge)
    journey.remember_uses()
    taxes.add_all(journey)
    total.add(journey)
    return journey.bill


def _add(journey: Journey, index: int, charge: Charge) -> None:
    """Add a charge; what is billed once for the cycle looks at all its segments."""
    if charge["kind"] == "minimum":
        minimum.add(journey, index, charge)
    elif conditions.hold(journey, index, charge.get("when", [])):
        KINDS[charge["kind"]](journey, index, charge)
    if charge.get("settle", "bill") == "lots":
        lots.settle(journey, index, charge)
