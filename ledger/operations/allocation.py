"""Say which debit a credit paid, and take it back. Moves no money between accounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.conf import settings
from django.db import transaction

from core import bulk
from ledger.items import OpenItems, live_allocations, open_items
from ledger.models import Allocation, Posting
from ledger.operations import locks
from ledger.policies import POLICIES, Policy, match

COLUMNS = ("credit_id", "debit_id", "amount", "policy", "reverses_id")
MIRROR = "mirror:1"
Row = tuple[int, int, int, str, int | None]


@transaction.atomic
def allocate(
    account_ids: Collection[int],
    *,
    policy: str | None = None,
    prefer: Mapping[int, Sequence[int]] | None = None,
) -> int:
    """Use up the unapplied credit of accounts on their open debits; return how many rows.

    Locks the accounts. The number of queries does not depend on the number of accounts, and
    accounts that hold no credit or owe nothing cost no more than their lock.

    :param policy: the name of a policy, else `ALLOCATION_POLICY`; its version is kept with
        each row
    :param prefer: by account, the entries whose debits come first: the customer's choice
    :raises KeyError: if there is no such policy
    """
    order = POLICIES[policy or settings.ALLOCATION_POLICY]
    standings = locks.lock(account_ids)
    due = {key: s for key, s in standings.items() if s.credit and s.open_debt}
    if not due:
        return 0
    items = open_items({account_id for account_id, _ in due})
    rows: list[Row] = []
    for key in sorted(due):
        matched = _matched(items[key], order, (prefer or {}).get(key[0], ()))
        due[key].credit -= sum(row[2] for row in matched)
        rows += matched
    bulk.write(Allocation, COLUMNS, rows)
    locks.save(due.values())
    return len(rows)


@transaction.atomic
def release_allocations(entry_id: int) -> int:
    """Take back every allocation that an entry pays or is paid by, newest first.

    The freed credit stays unapplied until `allocate` is called.
    """
    owners = _owners(entry_id)
    standings = locks.lock({account_id for account_id, _ in owners.values()})
    live = live_allocations(entry_id)
    rows = []
    for allocation_id, ledger_account_id, credit_id, debit_id, amount, policy in live:
        standings[owners[ledger_account_id]].credit += amount
        rows.append((credit_id, debit_id, amount, policy, allocation_id))
    bulk.write(Allocation, COLUMNS, rows)
    locks.save(standings.values())
    return len(rows)


def pair(
    credits_and_debits: Sequence[tuple[int, int, int]],
    standing: locks.Standing,
    policy: str = MIRROR,
) -> None:
    """Allocate given (credit posting, debit posting, amount), as an entry and its mirror.

    The caller holds the lock of the account and saves its standing.
    """
    rows: list[Row] = [(*triple, policy, None) for triple in credits_and_debits]
    standing.credit -= sum(amount for _, _, amount in credits_and_debits)
    bulk.write(Allocation, COLUMNS, rows)


def _matched(items: OpenItems, policy: Policy, prefer: Sequence[int]) -> list[Row]:
    return [
        (credit, debit, amount, str(policy), None)
        for credit, debit, amount in match(items.credits, items.debits, policy, prefer=prefer)
    ]


def _owners(entry_id: int) -> dict[int, tuple[int, str]]:
    """Return (customer account, currency) by ledger account, for the receivables of an entry."""
    rows = Posting.objects.filter(entry_id=entry_id, account__kind="receivable").values_list(
        "account_id", "account__account_id", "currency"
    )
    return {ledger: (account, currency) for ledger, account, currency in rows if account}
