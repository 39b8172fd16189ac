"""What is owed, told from the books. Amounts in minor units."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import connections, router

from core.db.lists import as_list, one_of
from ledger.items import NET_AMOUNT, open_items
from ledger.models import AccountBalance, LedgerClose, Posting
from ledger.policies import Item


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account stands at in one currency; nothing yet is a balance of zero."""

    currency: str
    balance: int = 0  # receivable: positive is owed to us, negative is the customer's credit
    available_credit: int = 0
    prepaid: int = 0
    deposit: int = 0
    disputed: int = 0

    @property
    def open_debt(self) -> int:
        """Return the sum of the open debits, before unapplied credit is set against it."""
        return self.balance + self.available_credit


@dataclass(frozen=True, slots=True)
class Movement:
    """One posting on a customer's account, with the balance that it leaves."""

    seq: int
    posting_id: int
    entry_id: int
    kind: str
    event_type: str
    source_key: str
    effective_date: date
    recorded_at: datetime
    due_on: date | None
    reverses_id: int | None
    reason: str
    amount: int
    balance_after: int


class State(StrEnum):
    """Settlement of an entry; derived from allocations, stored nowhere."""

    OPEN = "open"
    PART_PAID = "part_paid"
    SETTLED = "settled"
    CREDIT = "credit"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Settlement:
    """How much of the debt that an entry made is paid."""

    entry_id: int
    amount: int  # receivable side of the entry; negative when it gave credit
    paid: int
    state: State

    @property
    def open(self) -> int:
        return max(self.amount - self.paid, 0)


def balance(account_id: int, currency: str) -> Balance:
    """Return what one account stands at."""
    return balances([account_id]).get((account_id, currency), Balance(currency))


def balances(account_ids: Collection[int]) -> dict[tuple[int, str], Balance]:
    """Return what accounts stand at, by (account, currency); absent if never posted to."""
    rows = AccountBalance.objects.filter(account_id__in=list(account_ids)).values_list(
        "account_id",
        "currency",
        "balance_minor",
        "available_credit",
        "prepaid_minor",
        "deposit_minor",
        "disputed_minor",
    )
    return {(account, currency): Balance(currency, *sums) for account, currency, *sums in rows}


def history(
    account_id: int, currency: str, *, before_seq: int | None = None, limit: int = 50
) -> list[Movement]:
    """Return the newest movements of an account first, from `before_seq` on downwards."""
    postings = Posting.objects.filter(
        account__account_id=account_id,
        currency=currency,
        account_seq__isnull=False,
        entry__state="posted",
    )
    if before_seq is not None:
        postings = postings.filter(account_seq__lt=before_seq)
    rows = postings.order_by("-account_seq").values_list(
        "account_seq",
        "pk",
        "entry_id",
        "account__kind",
        "entry__event_type",
        "entry__source_key",
        "entry__effective_date",
        "entry__recorded_at",
        "entry__due_on",
        "entry__reverses_id",
        "entry__reason",
        "amount",
        "balance_after",
    )
    found: list[tuple[Any, ...]] = list(rows[:limit])
    return [Movement(*row) for row in found]


def open_debits(account_id: int, currency: str) -> list[Item]:
    """Return the debts of an account that are not fully paid, oldest first."""
    debits = open_items([account_id])[account_id, currency].debits
    return sorted(debits, key=lambda item: (item.date, item.posting_id))


def unapplied_credits(account_id: int, currency: str) -> list[Item]:
    """Return the credits of an account that have not paid anything yet, oldest first."""
    credits = open_items([account_id])[account_id, currency].credits
    return sorted(credits, key=lambda item: (item.date, item.posting_id))


def settlement(source_keys: Sequence[str]) -> dict[str, Settlement]:
    """Return how far entries are paid, by source key; keys never posted are absent."""
    connection = connections[router.db_for_read(Posting)]
    with connection.cursor() as cursor:
        cursor.execute(
            SETTLEMENT.format(among=one_of(connection)), [as_list(connection, source_keys)]
        )
        return {
            key: Settlement(
                entry_id, int(amount), int(paid), _state(int(amount), int(paid), bool(reversed_))
            )
            for key, entry_id, amount, paid, reversed_ in cursor.fetchall()
        }


def paid_by(source_keys: Collection[str]) -> dict[str, list[tuple[str, int]]]:
    """Return what credit entries pay now: (source key of the debt, amount), by source key.

    In the order in which they first paid; what was taken back does not count, and a credit that
    pays nothing is absent. A refund stands among the debts of the payment that it undid.
    """
    return _partners(source_keys, "credit_id", "debit_id")


def paid_with(source_keys: Collection[str]) -> dict[str, list[tuple[str, int]]]:
    """Return what pays debts now: (source key of the credit, amount), by source key."""
    return _partners(source_keys, "debit_id", "credit_id")


def _partners(
    source_keys: Collection[str], own: str, other: str
) -> dict[str, list[tuple[str, int]]]:
    connection = connections[router.db_for_read(Posting)]
    found: dict[str, list[tuple[str, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            PARTNERS.format(own=own, other=other, among=one_of(connection)),
            [as_list(connection, source_keys)],
        )
        for key, partner, amount in cursor.fetchall():
            found.setdefault(key, []).append((partner, int(amount)))
    return found


def open_by_entry(account_id: int, currency: str) -> dict[int, int]:
    """Return what is left of each open debt of an account, by entry, oldest first."""
    left: dict[int, int] = {}
    for item in open_debits(account_id, currency):
        left[item.entry_id] = left.get(item.entry_id, 0) + item.left
    return left


def closed_upto() -> date | None:
    """Return the last closed day, or None."""
    newest = LedgerClose.objects.order_by("-effective_date").first()
    return newest.effective_date if newest else None


def _state(amount: int, paid: int, is_reversed: bool) -> State:
    if is_reversed:
        return State.REVERSED
    if amount < 0:
        return State.CREDIT
    if paid >= amount:
        return State.SETTLED
    return State.PART_PAID if paid else State.OPEN


SETTLEMENT = f"""
SELECT e.source_key, e.id, COALESCE(sum(p.amount), 0),
       COALESCE(sum((SELECT {NET_AMOUNT} FROM ledger_allocation a WHERE a.debit_id = p.id)), 0),
       EXISTS (SELECT 1 FROM ledger_entry mirror WHERE mirror.reverses_id = e.id)
FROM ledger_entry e
LEFT JOIN ledger_posting p ON p.entry_id = e.id AND EXISTS (
    SELECT 1 FROM ledger_account la WHERE la.id = p.account_id AND la.kind = 'receivable')
WHERE e.state = 'posted' AND e.source_key {{among}}
GROUP BY e.id, e.source_key
"""

PARTNERS = f"""
SELECT e.source_key, other.source_key, {NET_AMOUNT}
FROM ledger_entry e
JOIN ledger_posting p ON p.entry_id = e.id
JOIN ledger_allocation a ON a.{{own}} = p.id
JOIN ledger_posting q ON q.id = a.{{other}}
JOIN ledger_entry other ON other.id = q.entry_id
WHERE e.state = 'posted' AND e.source_key {{among}}
GROUP BY e.source_key, other.source_key HAVING {NET_AMOUNT} > 0 ORDER BY min(a.id)
"""
