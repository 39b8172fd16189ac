"""What a bill leaves behind for later ones: its peaks, yearly sums and credit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from core.periods import last_day, local_date
from statements.models import Carried
from statements.rating.beyond import needs_of_agreement
from statements.rating.inputs import BillInput
from tariffs import engine

if TYPE_CHECKING:
    from statements.rating.price import Bill


class Row(NamedTuple):
    """A row of `Carried` without its statement."""

    agreement_id: int
    kind: str
    charge: str
    day: date
    value: int


def rows(bills: Sequence[BillInput], rated: engine.Rated) -> list[tuple[Row, ...]]:
    """Return what each of these bills, rated together, leaves behind."""
    if not (rated.peaks or rated.bases or rated.lots):
        return []
    return [tuple(_rows(bill, i, rated)) for i, bill in enumerate(bills)]


def with_rows(priced: Sequence[Bill], carried: Sequence[tuple[Row, ...]]) -> list[Bill]:
    """Return the priced bills with what they leave behind, if they leave anything."""
    if not carried:
        return list(priced)
    return [replace(bill, carried=own) for bill, own in zip(priced, carried, strict=True)]


def _rows(bill: BillInput, i: int, rated: engine.Rated) -> Iterator[Row]:
    zone = ZoneInfo(bill.zone_name)
    first = local_date(bill.cycle.starts_at, zone)
    kinds = Carried.Kind
    for kind, sums in ((kinds.PEAK, rated.peaks), (kinds.BASE, rated.bases)):
        for (key, charge), values in sums.items():
            agreement = bill.agreements[int(key)].agreement_id
            if kind is not kinds.PEAK or values[i] >= 0:  # below: the charge does not hold here
                yield Row(agreement, kind.value, charge, first, int(values[i]))
    for place, agreement_input in enumerate(bill.agreements):
        agreement = agreement_input.agreement_id
        for charge in sorted(needs_of_agreement(agreement_input).lots):
            lots = rated.lots.get((str(place), charge), ())
            left = [(lot.earned_on, int(lot.amount_minor[i])) for lot in lots]
            kept = [lot for lot in left if lot[1]] or [(last_day(bill.cycle, zone), 0)]
            yield from (Row(agreement, kinds.LOT.value, charge, *lot) for lot in kept)
