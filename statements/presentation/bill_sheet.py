"""The list of bills as a spreadsheet: a line for each bill, a column for each service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Commodity
from core import formats
from core.csv_export import Cell
from core.money import from_minor
from statements.presentation.bills import BillRow

Column = tuple[str, str]  # commodity and unit


def bill_sheet(rows: Sequence[BillRow]) -> Iterator[list[Cell]]:
    """Yield the cells of a spreadsheet, its head first."""
    columns = sorted({(use.commodity, use.unit) for row in rows for use in row.uses})
    yield [
        _("Bill"),
        _("Account"),
        _("Issued"),
        _("From"),
        _("To"),
        *(f"{Commodity(name).label} ({formats.unit_name(unit)})" for name, unit in columns),
        _("Amount"),
        _("Paid"),
        _("Outstanding"),
        _("Currency"),
        _("Due"),
        _("Status"),
        _("Corrected by or replaces"),
    ]
    for row in rows:
        yield _cells(row, columns)


def _cells(row: BillRow, columns: Sequence[Column]) -> list[Cell]:
    bill = row.statement
    used = {(use.commodity, use.unit): Decimal(use.units) / Decimal(use.scale) for use in row.uses}
    return [
        bill.number,
        bill.account.number,
        bill.issue_date,
        row.first_day,
        row.last_day,
        *(used.get(column) for column in columns),
        from_minor(row.total_minor, bill.currency),
        from_minor(row.paid_minor, bill.currency),
        from_minor(row.open_minor, bill.currency),
        bill.currency,
        bill.due_date,
        row.state,
        row.other_number,
    ]
