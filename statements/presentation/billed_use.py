"""How much of each service bills charged for, from their lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, QuerySet, Sum

from core import formats
from statements.models import StatementLine
from statements.presentation.units import BASE_UNIT, DISPLAY

Bill = tuple[int, datetime, str]  # key, start, zone
BILL = ("statement_id", "statement__starts_at", "statement__zone_name")
COMMODITY = "agreement__usage_point__commodity"


@dataclass(frozen=True)
class BilledUse:
    """What one bill charged of a service; base units, `scale` of which make one `unit`."""

    commodity: str
    units: int
    unit: str
    scale: int

    @property
    def words(self) -> str:
        return formats.quantity(self.units, self.unit, scale=self.scale)


def billed_use(lines: QuerySet[StatementLine]) -> dict[int, list[BilledUse]]:
    """Return the use on the bills of these lines, by bill; one query.

    Of several charges for the same use, as for energy and its delivery, the first one counts;
    what a customer sells is not use.
    """
    return {pk: uses for (pk, *_), uses in dated_use(lines).items()}


def dated_use(lines: QuerySet[StatementLine]) -> dict[Bill, list[BilledUse]]:
    """Return the same by bill with its start and its zone; one query."""
    rows = (
        lines.filter(kind="energy", unit__in=BASE_UNIT, unit_price__gte=0)
        .values_list(*BILL, "agreement_id", "charge", "unit")
        .annotate(units=Sum("quantity"), first=Min("seq"), of=Min(COMMODITY))
        .order_by("statement_id", "first")
    )
    taken: set[tuple[Bill, int | None]] = set()
    sums: dict[Bill, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for pk, starts_at, zone, agreement, _charge, unit, units, _first, commodity in rows:
        bill = (pk, starts_at, zone)
        if (bill, agreement) not in taken:
            taken.add((bill, agreement))
            sums[bill][commodity, BASE_UNIT.get(unit, "Wh")] += int(units)
    return {bill: list(_uses(found.items())) for bill, found in sums.items()}


def _uses(found: Iterable[tuple[tuple[str, str], int]]) -> Iterable[BilledUse]:
    for (commodity, base), units in found:
        unit, scale = DISPLAY[base]
        yield BilledUse(commodity, units, unit, scale)
