"""Open items: what is left of each debit and credit on the receivables, after allocation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db import connections, router

from core.db.lists import as_list, one_of
from ledger.models import Posting
from ledger.policies import Item


@dataclass(slots=True)
class OpenItems:
    """The open debits and the unapplied credits of one account in one currency."""

    debits: list[Item] = field(default_factory=list)
    credits: list[Item] = field(default_factory=list)


NET_AMOUNT = "sum(CASE WHEN a.reverses_id IS NULL THEN a.amount ELSE -a.amount END)"

OPEN_ITEMS = f"""
SELECT account_id, currency, posting_id, entry_id, dated, category, amount, used FROM (
    SELECT la.account_id, p.currency, p.id AS posting_id, p.entry_id,
           COALESCE(e.due_on, e.effective_date) AS dated, e.category, p.amount,
           COALESCE((SELECT {NET_AMOUNT} FROM ledger_allocation a
                     WHERE p.amount > 0 AND a.debit_id = p.id), 0)
         + COALESCE((SELECT {NET_AMOUNT} FROM ledger_allocation a
                     WHERE p.amount < 0 AND a.credit_id = p.id), 0) AS used
    FROM ledger_account la
    JOIN ledger_posting p ON p.account_id = la.id
    JOIN ledger_entry e ON e.id = p.entry_id
    WHERE la.kind = 'receivable' AND e.state = 'posted' AND la.account_id {{among}}
) items WHERE abs(amount) <> used ORDER BY posting_id
"""

LIVE = """
SELECT a.id, p.account_id, a.credit_id, a.debit_id, a.amount, a.policy
FROM ledger_posting p
JOIN ledger_allocation a ON {side} = p.id
WHERE p.entry_id = %s AND a.reverses_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM ledger_allocation counter WHERE counter.reverses_id = a.id)
"""


def open_items(account_ids: Collection[int]) -> dict[tuple[int, str], OpenItems]:
    """Return the open items of accounts, by (account, currency), in one query."""
    connection = connections[router.db_for_read(Posting)]
    found: dict[tuple[int, str], OpenItems] = defaultdict(OpenItems)
    with connection.cursor() as cursor:
        cursor.execute(
            OPEN_ITEMS.format(among=one_of(connection)), [as_list(connection, account_ids)]
        )
        for account, currency, posting, entry, dated, category, amount, used in cursor.fetchall():
            item = Item(posting, entry, _day(dated), category, abs(amount) - int(used))
            items = found[account, currency]
            (items.debits if amount > 0 else items.credits).append(item)
    return found


def _day(value: date | str) -> date:
    """Read the day of an expression, which SQLite hands over as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def live_allocations(entry_id: int) -> list[tuple[int, int, int, int, int, str]]:
    """Return the allocations of an entry that stand, newest first.

    Each is (id, ledger account, credit posting, debit posting, amount, policy).
    """
    connection = connections[router.db_for_read(Posting)]
    both = " UNION ".join(LIVE.format(side=side) for side in ("a.credit_id", "a.debit_id"))
    with connection.cursor() as cursor:
        cursor.execute(f"{both} ORDER BY 1 DESC", [entry_id, entry_id])
        return cursor.fetchall()
