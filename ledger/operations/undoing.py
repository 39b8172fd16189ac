"""Undo a credit by a later debit, as a refund or lost dispute does, and undo the undoing."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connections, router, transaction

from core import bulk
from ledger.items import live_allocations
from ledger.models import Allocation, Posting
from ledger.operations import locks
from ledger.operations.allocation import COLUMNS, MIRROR, Row, allocate, pair

UNDO, REDO = "undo:1", "redo:1"

PAID_BEFORE = """
SELECT p.entry_id
FROM ledger_allocation own
JOIN ledger_allocation a ON a.credit_id = own.credit_id AND a.reverses_id IS NULL
JOIN ledger_posting p ON p.id = a.debit_id
WHERE own.debit_id = %s AND own.policy = %s AND a.policy NOT IN (%s, %s, %s)
GROUP BY p.entry_id ORDER BY max(a.id) DESC
"""


class NotSettleable(Exception):
    """The credit or the debit has not that much to give, or they share no receivable."""


@transaction.atomic
def settle_against(credit_entry_id: int, debit_entry_id: int, amount: int) -> None:
    """Let a debit, as of a refund, undo `amount` minor units of a payment's credit.

    What the credit has not paid yet is used first; then what it paid is taken back, newest
    first, and those debts are open again. What was undone before stays undone. Ends with
    `allocate`, so that other free credit pays what is open now.

    :raises NotSettleable: if credit or debit are smaller, or lie on different receivables
    """
    credit, debit = _sides(credit_entry_id, debit_entry_id)
    account_id = _settle(credit, debit, amount, UNDO, held=(MIRROR, UNDO, REDO))
    allocate([account_id])


@transaction.atomic
def resettle(debit_entry_id: int, credit_entry_id: int) -> None:
    """Let a credit take the debit of a refund back, because the refund failed.

    The payment that the debit had undone is free again, and pays what it had paid before
    first; the rest goes by `allocate`.

    :raises NotSettleable: if the debit is taken back already, or they share no receivable
    """
    credit, debit = _sides(credit_entry_id, debit_entry_id)
    amount = min(-credit.amount, debit.amount)
    account_id = _settle(credit, debit, amount, REDO, held=(MIRROR, REDO))
    allocate([account_id], prefer={account_id: _paid_before(debit)})


def _settle(
    credit: Posting, debit: Posting, amount: int, policy: str, *, held: Collection[str]
) -> int:
    """Free both sides as far as needed, pair them, and return the customer account."""
    if amount <= 0:
        raise NotSettleable(f"{amount} is no amount to settle")
    account_id = credit.account.account_id or 0
    standing = locks.lock([account_id])[account_id, credit.currency]
    _make_free(credit, amount, standing, held)
    _make_free(debit, amount, standing, held)
    pair([(credit.pk, debit.pk, amount)], standing, policy)
    locks.save([standing])
    return account_id


def _make_free(
    posting: Posting, amount: int, standing: locks.Standing, held: Collection[str]
) -> None:
    """Take allocations of a posting back, newest first, until `amount` of it is free."""
    live = [row for row in live_allocations(posting.entry_id) if posting.pk in row[2:4]]
    free = abs(posting.amount) - sum(row[4] for row in live)
    rows: list[Row] = []
    for allocation_id, _, credit_id, debit_id, size, policy in live:
        if policy in held or free >= amount:
            continue
        free += size
        rows.append((credit_id, debit_id, size, policy, allocation_id))
        standing.credit += size
        if free > amount:  # more than needed: the rest stays where it was
            rows.append((credit_id, debit_id, free - amount, policy, None))
            standing.credit -= free - amount
            free = amount
    if free < amount:
        raise NotSettleable(f"posting {posting.pk} has {free} of {amount} to give")
    if rows:
        bulk.write(Allocation, COLUMNS, rows)


def _sides(credit_entry_id: int, debit_entry_id: int) -> tuple[Posting, Posting]:
    """Return the credit and the debit, which must lie on one receivable."""
    postings = list(
        Posting.objects.filter(
            entry_id__in=[credit_entry_id, debit_entry_id],
            entry__state="posted",
            account__kind="receivable",
        ).select_related("account")
    )
    credits = [p for p in postings if p.entry_id == credit_entry_id and p.amount < 0]
    debits = [p for p in postings if p.entry_id == debit_entry_id and p.amount > 0]
    found = [(c, d) for c in credits for d in debits if c.account_id == d.account_id]
    if len(found) != 1:
        raise NotSettleable(
            f"entries {credit_entry_id}, {debit_entry_id}: {len(found)} receivables in common"
        )
    return found[0]


def _paid_before(debit: Posting) -> list[int]:
    """Return the entries that the credits undone by a debit had paid, the last paid first."""
    connection = connections[router.db_for_write(Allocation)]
    with connection.cursor() as cursor:
        cursor.execute(PAID_BEFORE, [debit.pk, UNDO, MIRROR, UNDO, REDO])
        return [entry_id for (entry_id,) in cursor.fetchall()]
