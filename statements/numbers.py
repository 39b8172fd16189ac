"""Gapless document numbers: a counter row, taken last in the transaction that issues."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from statements.models import NumberSeries

STATEMENT = "B"
CANCELLATION = "C"


def take(prefix: str, *, year: int, count: int) -> list[str]:
    """Return the next numbers of the year's series and hold its row until commit.

    Call it after every other lock of the transaction; a rollback gives the numbers back.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("numbers are taken inside a transaction")
    code = f"{prefix}-{year}"
    series = NumberSeries.objects.filter(code=code)
    if not series.update(last=F("last") + count):
        NumberSeries.objects.get_or_create(code=code)
        series.update(last=F("last") + count)
    last = series.values_list("last", flat=True).get()
    return [f"{code}-{n:06d}" for n in range(last - count + 1, last + 1)]


def series() -> list[tuple[str, str]]:
    """Return each series that was begun, with the number that comes next in it."""
    rows = NumberSeries.objects.order_by("code").values_list("code", "last")
    return [(code, f"{code}-{last + 1:06d}") for code, last in rows]
