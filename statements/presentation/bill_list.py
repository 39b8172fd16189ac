"""All bills of a person, narrowed by year, account and status, with what they add up to."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from statements.entries import with_left
from statements.models import Statement
from statements.presentation.standing import FILTERS, Standing, standing

FIELDS = (
    "number state currency zone_name total_minor due_date issue_date issued_at starts_at ends_at "
    "is_estimated account__number"
).split()


@dataclass
class Total:
    """What the bills of one currency add up to, in minor units; cancelled ones do not count."""

    currency: str
    count: int = 0
    amount_minor: int = 0
    paid_minor: int = 0
    open_minor: int = 0


@dataclass(frozen=True)
class BillList:
    """The bills that are asked for, the newest first, and how each stands."""

    bills: Sequence[Statement]
    standings: Mapping[int, Standing]  # by key
    others: Mapping[int, str]  # the number in its place, by key

    @property
    def totals(self) -> list[Total]:
        """Return a sum for each currency."""
        found: dict[str, Total] = {}
        for bill in self.bills:
            if not is_taken_back(bill):
                total = found.setdefault(bill.currency, Total(bill.currency))
                total.count += 1
                total.amount_minor += bill.total_minor
                total.paid_minor += self.standings[bill.pk].paid_minor
                total.open_minor += self.standings[bill.pk].open_minor
        return list(found.values())

    @property
    def taken_back(self) -> int:
        return sum(is_taken_back(bill) for bill in self.bills)


def is_taken_back(bill: Statement) -> bool:
    return bill.state != Statement.State.ISSUED


def all_bills(statements: QuerySet[Statement], payable: Container[int]) -> list[Statement]:
    """Return all of them with what a list shows, the newest first; one query.

    :param payable: the accounts that the person may pay
    """
    found = with_left(statements.select_related("account").only(*FIELDS))
    bills = list(found.order_by("-issued_at", "-pk"))
    for bill in bills:
        bill.may_pay = bill.account_id in payable
    return bills


def bill_list(
    bills: Sequence[Statement], *, today: date, year: int | None, account: str, status: str
) -> BillList:
    """Return the bills of a year, account and status, of each all if empty."""
    near = [
        bill
        for bill in bills
        if (not year or (bill.issue_date and bill.issue_date.year == year))
        and (not account or bill.account.number == account)
    ]
    stands = {bill.pk: standing(bill, today=today) for bill in near}
    kinds = FILTERS[status][1] if status else ()
    wanted = [bill for bill in near if not kinds or stands[bill.pk].kind in kinds]
    return BillList(wanted, stands, _others(bills))


def _others(bills: Sequence[Statement]) -> dict[int, str]:
    """Link a bill that was taken back with the newest one of the same account and period."""
    oldest_first = list(reversed(bills))
    now = {(b.account_id, b.starts_at): b for b in oldest_first if not is_taken_back(b)}
    found: dict[int, str] = {}
    for bill in oldest_first:  # so that a new bill names the last one that it replaces
        newer = now.get((bill.account_id, bill.starts_at))
        if is_taken_back(bill) and newer:
            found[bill.pk] = newer.number or ""
            found[newer.pk] = bill.number or ""
    return found
