"""Which bills are late, and with how much: what is open, less what is disputed or on its way.

A bill is overdue from the day after its due date and the days of grace of its policy, while more
of it is open than the policy's tolerance. Its policy is the newest that began on or before its
due date, in its currency; so a bill keeps the rules under which it fell due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q

from ledger.items import OpenItems, open_items
from ledger.models import AccountBalance, JournalEntry
from ledger.policies import Item
from payments.models import LIVE, LateFeePolicy, PaymentAttempt
from payments.queries.disputes import disputed_entries
from statements import entries
from statements.models import Statement

BATCH = 500
DAY = timedelta(days=1)
Key = tuple[int, str]  # account and currency


@dataclass(frozen=True, slots=True)
class Lateness:
    """An issued bill that is not paid; amounts in minor units of its currency."""

    statement: Statement  # with its account and customer
    policy: LateFeePolicy | None
    open_minor: int  # by the books
    coming_minor: int  # of it: on its way, or covered by credit of the account
    is_disputed: bool  # the payer's bank asks a payment of it back

    @property
    def late_minor(self) -> int:
        """Return what a reminder and a fee may count."""
        return 0 if self.is_disputed else self.open_minor - self.coming_minor

    @property
    def overdue_from(self) -> date:
        """Return the first day on which the bill is overdue, in the utility's calendar."""
        if self.statement.due_date is None:
            raise ValueError(f"{self.statement} has no due date")
        grace = self.policy.grace_days if self.policy else 0
        return self.statement.due_date + grace * DAY + DAY

    @property
    def counts(self) -> bool:
        """Say whether enough is late to be worth a word."""
        return self.late_minor > (self.policy.tolerance_minor if self.policy else 0)

    def is_overdue(self, today: date) -> bool:
        return self.counts and today >= self.overdue_from


def owing_accounts() -> Iterator[list[int]]:
    """Yield the accounts that have open debts, in batches, by id."""
    owing = AccountBalance.objects.filter(balance_minor__gt=-F("available_credit"))
    after = 0
    while True:
        ids = owing.filter(account_id__gt=after).order_by("account_id")
        batch = list(ids.values_list("account_id", flat=True).distinct()[:BATCH])
        if batch:
            yield batch
        if len(batch) < BATCH:
            return
        after = batch[-1]


def past_due(account_ids: Collection[int], *, today: date, at: datetime) -> list[Lateness]:
    """Return the unpaid bills of accounts whose due date has passed, the oldest first.

    The number of queries does not depend on the number of accounts. Under the accounts' locks
    the answer holds until they are released.

    :param today: the utility's day
    :param at: the moment of real time at which hosted pages count as open or expired
    """
    return _unpaid(account_ids, at, lambda due: due < today)


def due_soon(
    account_ids: Collection[int], *, days: range, today: date, at: datetime
) -> list[Lateness]:
    """Return the unpaid bills of accounts that are due in so many days, as `past_due` does."""
    return _unpaid(account_ids, at, lambda due: (due - today).days in days)


def _unpaid(
    account_ids: Collection[int], at: datetime, is_wanted: Callable[[date], bool]
) -> list[Lateness]:
    """Return the unpaid bills with a due date that is wanted, the oldest first."""
    items = open_items(account_ids)
    by_entry = _bills(items)
    if not any(b.due_date and is_wanted(b.due_date) for b in by_entry.values()):
        return []
    coming = _coming(account_ids, items, {b.pk: entry for entry, b in by_entry.items()}, at)
    disputed = disputed_entries(account_ids)
    policies = list(LateFeePolicy.objects.order_by("-starts_on"))
    left = {d.entry_id: d.left for each in items.values() for d in each.debits}
    found = [
        Lateness(
            bill,
            policy_of(bill, policies),
            left[entry_id],
            coming[entry_id],
            entry_id in disputed.entries or bill.pk in disputed.statements,
        )
        for entry_id, bill in by_entry.items()
        if bill.due_date and is_wanted(bill.due_date)
    ]
    return sorted(found, key=lambda late: (late.statement.due_date, late.statement.pk))


def policy_of(statement: Statement, newest_first: Sequence[LateFeePolicy]) -> LateFeePolicy | None:
    """Return the policy under which a bill fell due, or None."""
    due, currency = statement.due_date, statement.currency
    fitting = (p for p in newest_first if due and p.starts_on <= due and p.currency == currency)
    return next(fitting, None)


def _bills(items: Mapping[Key, OpenItems]) -> dict[int, Statement]:
    """Return the issued bills among open debits, by their entries."""
    ids = [d.entry_id for each in items.values() for d in each.debits if d.category == "statement"]
    rows = JournalEntry.objects.filter(pk__one_of=ids).values_list("source_key", "pk")
    by_bill = {
        pk: entry_id for key, entry_id in rows if (pk := entries.statement_of(key)) is not None
    }
    bills = Statement.objects.filter(pk__one_of=list(by_bill), state=Statement.State.ISSUED)
    return {by_bill[bill.pk]: bill for bill in bills.select_related("account__customer")}


def _coming(
    account_ids: Collection[int],
    items: Mapping[Key, OpenItems],
    entry_of: Mapping[int, int],
    at: datetime,
) -> dict[int, int]:
    """Return by entry what of its open debit is on its way or covered by free credit.

    An attempt for one bill reserves that bill first; what is more, payments of the whole
    balance, and credit that paid nothing yet go to the oldest debts first.
    """
    for_bills: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    free = {key: sum(credit.left for credit in each.credits) for key, each in items.items()}
    for account, currency, statement, minor in _reserving(account_ids, at):
        for_bills[account, currency].append((entry_of.get(statement or 0, 0), minor))
    coming: dict[int, int] = defaultdict(int)
    for key, each in items.items():
        _reserve(each.debits, for_bills[key], free[key], coming)
    return coming


def _reserve(
    debits: Sequence[Item], wanted: Sequence[tuple[int, int]], free: int, coming: dict[int, int]
) -> None:
    left = {debit.entry_id: debit.left for debit in debits}
    for entry_id, minor in wanted:
        part = min(minor, left.get(entry_id, 0) - coming[entry_id]) if entry_id in left else 0
        coming[entry_id] += part
        free += minor - part
    for debit in sorted(debits, key=lambda d: (d.date, d.posting_id)):
        part = min(free, debit.left - coming[debit.entry_id])
        coming[debit.entry_id] += part
        free -= part


def _reserving(
    account_ids: Collection[int], at: datetime
) -> list[tuple[int, str, int | None, int]]:
    """Return (account, currency, bill, amount) of attempts that may still bring their money.

    A hosted page that nobody has paid on counts until it expires.
    """
    waiting = [PaymentAttempt.State.OPEN, PaymentAttempt.State.REQUIRES_ACTION]
    attempts = PaymentAttempt.objects.filter(account_id__one_of=account_ids, state__in=LIVE)
    fresh = attempts.exclude(Q(state__in=waiting, session_expires_at__lte=at))
    rows = fresh.order_by("pk").values_list("account", "currency", "statement", "amount_minor")
    return list(rows)
