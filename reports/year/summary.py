"""One year of an account on one page: paid, used, priced, billed, and the year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import CustomerAccount
from core.periods import local_date
from reports.change import change
from reports.year.bills import YearBills, year_bills
from reports.year.costs import Cost, costs
from reports.year.paid import Paid, paid_in
from reports.year.prices import UnitPrices, unit_prices
from reports.year.used import YearUse, year_use
from statements.presentation.bills import BillRow, rows

FEWEST_BILLS = 2


@dataclass(frozen=True)
class YearSummary:
    """Everything that the page shows, as of a moment; amounts in minor units."""

    account: CustomerAccount
    year: int
    as_of: datetime
    zone: ZoneInfo
    years: Sequence[int]  # that can be asked for, the newest first
    is_running: bool
    bills: YearBills
    rows: Sequence[BillRow]
    paid: Paid
    uses: Sequence[YearUse]
    prices: Sequence[UnitPrices]
    costs: Sequence[Cost]

    @property
    def has_enough(self) -> bool:
        return len(self.bills.counted) >= FEWEST_BILLS

    @property
    def compared(self) -> str:
        """How the cost stands to that of the same months a year before, or nothing."""
        before = self.bills.before_minor
        return "" if before is None else change(self.bills.total_minor, before)


class NoSuchYear(Exception):
    """The account was not there in that year, or the year has not begun."""


def year_summary(
    account: CustomerAccount, year: int, *, now: datetime, zone: ZoneInfo
) -> YearSummary:
    """Return the summary of a year in the utility's zone; nothing of it is stored.

    :raises NoSuchYear: before the account was opened and after today
    """
    today = local_date(now, zone)
    years = range(today.year, account.opened_on.year - 1, -1)
    if year not in years:
        raise NoSuchYear(year)
    bills = year_bills(account, year, zone)
    return YearSummary(
        account=account,
        year=year,
        as_of=now,
        zone=zone,
        years=years,
        is_running=year == today.year,
        bills=bills,
        rows=rows(bills.listed, today=today),
        paid=paid_in(account, year),
        uses=_uses(account, year, today, zone, bills),
        prices=unit_prices(bills.lines, currency=account.currency, zone=zone),
        costs=costs(bills.lines),
    )


def _uses(
    account: CustomerAccount, year: int, today: date, zone: ZoneInfo, bills: YearBills
) -> list[YearUse]:
    """Return the use up to yesterday: today is not over."""
    first = max(date(year, 1, 1), account.opened_on)
    last = min(date(year, 12, 31), today - timedelta(days=1))
    if last < first:
        return []
    billed = {local_date(one.starts_at, one.zone).month for one in bills.counted}
    return year_use(account, first, last, zone=zone, billed=billed)
