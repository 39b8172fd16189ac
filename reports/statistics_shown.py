"""The figures about everybody as a chart and as a file; what is hidden stays hidden in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from core import formats
from core.charts import USE, Bar, Chart, bars
from core.csv_export import Cell
from core.money import minor_digits
from reports.statistics import Group, Table


def chart(table: Table, *, key: str) -> Chart | None:
    """Draw what each category used; None for what is not measured, or if all is hidden."""
    shown = [group for group in table.groups if group.units]
    if not table.unit or not shown:
        return None
    most = max(shown, key=lambda group: group.units or 0)
    used = formats.quantity(most.units or 0, table.unit, scale=table.scale)
    return bars(
        [_bar(group) for group in table.groups],
        [USE],
        key=key,
        finding=_("%(service)s: %(category)s used most, %(quantity)s.")
        % {"service": table.commodity, "category": most.name, "quantity": used},
        unit=formats.unit_name(table.unit),
        scale=table.scale,
    )


def sheet(tables: Sequence[Table], month: date) -> Iterator[Sequence[Cell]]:
    """Yield the lines of a file: quantities in whole units, amounts in the currency."""
    yield (
        *(_("Month"), _("Service"), _("Category"), _("Bills")),
        *(_("Used"), _("Unit"), _("Billed before tax"), _("Currency")),
    )
    for table in tables:
        for group in (*table.groups, table.total):
            yield (f"{month:%Y-%m}", table.commodity, group.name, *_figures(table, group))


def _bar(group: Group) -> Bar:
    return Bar(group.name, (group.units or 0,), about=group.name, is_known=not group.is_hidden)


def _figures(table: Table, group: Group) -> Sequence[Cell]:
    if group.bills is None or group.units is None or group.amount_minor is None:
        return (_("not shown"), None, table.unit, None, table.currency)
    used = Decimal(group.units) / table.scale if table.unit else None
    amount = Decimal(group.amount_minor).scaleb(-minor_digits(table.currency))
    return (group.bills, used, table.unit, amount, table.currency)
