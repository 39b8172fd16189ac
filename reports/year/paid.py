"""What was paid in a year, month by month and added up; what went back is told beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import CustomerAccount
from payments.access import customer as access
from payments.customer.fate import with_fate
from payments.models import Chargeback, Payment, Refund


@dataclass(frozen=True)
class PaidMonth:
    """What came in one month and in all until then; minor units."""

    month: date
    count: int
    amount_minor: int
    so_far_minor: int


@dataclass(frozen=True)
class Paid:
    """The payments that stand, by the day they were received; minor units."""

    months: Sequence[PaidMonth]
    count: int
    total_minor: int
    back_minor: int  # of these payments: refunded, or taken back by the bank

    @property
    def kept_minor(self) -> int:
        return self.total_minor - self.back_minor


def paid_in(account: CustomerAccount, year: int) -> Paid:
    """Return what was paid in a year; three queries. Reversed payments do not count."""
    days = (date(year, 1, 1), date(year, 12, 31))
    stands = access.payments(account).filter(
        received_on__range=days, state=Payment.State.RECORDED, currency=account.currency
    )
    payments = list(with_fate(stands))
    by_month: dict[date, list[int]] = defaultdict(list)
    for payment in sorted(payments, key=lambda one: one.received_on):
        by_month[payment.received_on.replace(day=1)].append(payment.amount_minor)
    return Paid(
        months=_months(by_month),
        count=len(payments),
        total_minor=sum(payment.amount_minor for payment in payments),
        back_minor=sum(_back(payment) for payment in payments),
    )


def _months(by_month: dict[date, list[int]]) -> list[PaidMonth]:
    so_far, found = 0, []
    for month, amounts in by_month.items():
        so_far += sum(amounts)
        found.append(PaidMonth(month, len(amounts), sum(amounts), so_far))
    return found


def _back(payment: Payment) -> int:
    refunded = [r.amount_minor for r in payment.refunds.all() if r.state == Refund.State.SUCCEEDED]
    lost = [
        one.amount_minor for one in payment.chargebacks.all() if one.state == Chargeback.State.LOST
    ]
    return sum(refunded) + sum(lost)
