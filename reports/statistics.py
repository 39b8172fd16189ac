"""How much was used and billed in a month, by commodity and category of consumers; no persons.

A month is shown when the month after it is over, and counts the bills that were issued until then,
also those that were cancelled later. So a figure never changes once it is shown, and nobody learns
of one bill by comparing the figures of two days.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Commodity, ConsumerCategory
from core.periods import local_month
from reports.suppression import hide
from statements.models import BillingRun

UNITS = {"water": ("m3", 1000), "sewer": ("m3", 1000)}  # others in kWh; bases of a unit
NOTHING = "", 1  # waste is not metered

SQL = """
WITH charged AS (
    SELECT line.statement_id, line.agreement_id,
           SUM(CASE WHEN line.kind = 'energy' AND line.unit IN ('kWh', 'Wh', 'MWh', 'm3', 'l')
                    THEN line.quantity ELSE 0 END) AS units,
           SUM(line.amount_minor) AS amount
    FROM statements_statementline line
    JOIN statements_statement bill ON bill.id = line.statement_id
    JOIN statements_billingrun run ON run.id = bill.run_id
    WHERE run.month = %s AND bill.issued_at < %s AND bill.number IS NOT NULL
      AND line.agreement_id IS NOT NULL AND line.kind <> 'tax'
    GROUP BY line.statement_id, line.agreement_id, line.charge
), billed AS (
    SELECT statement_id, agreement_id, MAX(units) AS units, SUM(amount) AS amount
    FROM charged GROUP BY statement_id, agreement_id
)
SELECT point.commodity, bill.currency, COALESCE(category.parent_id, category.id),
       COUNT(DISTINCT bill.id), COUNT(DISTINCT account.customer_id),
       SUM(billed.units), SUM(billed.amount)
FROM billed
JOIN statements_statement bill ON bill.id = billed.statement_id
JOIN accounts_customeraccount account ON account.id = bill.account_id
JOIN meters_customeragreement agreement ON agreement.id = billed.agreement_id
JOIN meters_usagepoint point ON point.id = agreement.usage_point_id
LEFT JOIN accounts_accountcategory held
  ON held.account_id = account.id AND held.starts_on <= %s
 AND (held.ends_on IS NULL OR held.ends_on > %s)
LEFT JOIN accounts_consumercategory category ON category.id = held.category_id
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
"""


@dataclass(frozen=True)
class Group:
    """One row of a table; figures are None where they are hidden. Amounts before tax."""

    name: str
    bills: int | None
    units: int | None
    amount_minor: int | None

    @property
    def is_hidden(self) -> bool:
        return self.bills is None


@dataclass(frozen=True)
class Table:
    """One commodity in one currency: its categories of consumers, and all of them together."""

    commodity: str
    currency: str
    unit: str
    scale: int
    groups: Sequence[Group]
    total: Group


@dataclass(frozen=True)
class _Counted:
    commodity: str
    currency: str
    category_id: int | None
    bills: int
    customers: int
    units: int
    amount_minor: int


def months(*, now: datetime, zone: ZoneInfo) -> list[str]:
    """Return the billed months whose figures are final, the newest first, as YYYY-MM."""
    billed = BillingRun.objects.values_list("month", flat=True).distinct().order_by("-month")
    return [month for month in billed if _final_from(month, zone) <= now]


def first_day(month: str) -> date:
    """Return the first day of a month, written YYYY-MM."""
    return date.fromisoformat(f"{month}-01")


def of_month(month: str, *, zone: ZoneInfo) -> list[Table]:
    """Return the tables of a billed month, written YYYY-MM."""
    names = {row.pk: str(row) for row in ConsumerCategory.objects.all()}
    counted = list(_counted(month, zone))
    return [
        _table(commodity, currency, list(rows), names)
        for (commodity, currency), rows in groupby(counted, lambda r: (r.commodity, r.currency))
    ]


def _counted(month: str, zone: ZoneInfo) -> Iterator[_Counted]:
    until = connection.ops.adapt_datetimefield_value(_final_from(month, zone))
    first = first_day(month).isoformat()
    with connection.cursor() as cursor:
        cursor.execute(SQL, [month, until, first, first])
        for row in cursor.fetchall():
            commodity, currency, category, *figures = row
            yield _Counted(commodity, currency, category, *(int(number) for number in figures))


def _final_from(month: str, zone: ZoneInfo) -> datetime:
    """Return the end of the month in which the bills of a month are sent."""
    first = first_day(month)
    return local_month(first.year + first.month // 12, first.month % 12 + 1, zone).ends_at


def _table(commodity: str, currency: str, rows: Sequence[_Counted], names: dict[int, str]) -> Table:
    hidden = hide({row.category_id: row.customers for row in rows})
    groups = [_group(_name(row, names), [row], row.category_id in hidden.groups) for row in rows]
    unit, scale = NOTHING if commodity == Commodity.WASTE else UNITS.get(commodity, ("kWh", 1000))
    return Table(
        commodity=str(Commodity(commodity).label),
        currency=currency,
        unit=unit,
        scale=scale,
        groups=sorted(groups, key=lambda group: group.name),
        total=_group(_("All"), rows, hidden.total),
    )


def _name(row: _Counted, names: dict[int, str]) -> str:
    return names[row.category_id] if row.category_id else _("Without a category")


def _group(name: str, rows: Sequence[_Counted], is_hidden: bool) -> Group:
    if is_hidden:
        return Group(name, None, None, None)
    return Group(
        name,
        sum(row.bills for row in rows),
        sum(row.units for row in rows),
        sum(row.amount_minor for row in rows),
    )
