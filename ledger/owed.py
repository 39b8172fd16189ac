"""What one account stands at and the debts that make it up, in a single query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connections, router

from ledger.models import AccountBalance
from ledger.policies import Item
from ledger.queries import Balance

OWED = """
SELECT b.balance_minor, b.available_credit, b.prepaid_minor, b.deposit_minor, b.disputed_minor,
       open.posting_id, open.entry_id, open.dated, open.category, open.open_minor
FROM ledger_balance b
LEFT JOIN (
    SELECT la.account_id, d.currency, d.posting_id, p.entry_id, d.dated, d.category, d.open_minor
    FROM ledger_account la
    JOIN ledger_posting p ON p.account_id = la.id
    JOIN ledger_open_debit d ON d.posting_id = p.id
    WHERE la.account_id = %s AND la.kind = 'receivable'
) open ON open.account_id = b.account_id AND open.currency = b.currency
WHERE b.account_id = %s AND b.currency = %s
ORDER BY open.dated, open.posting_id
"""


@dataclass(frozen=True, slots=True)
class Owed:
    """What an account stands at, and its debts that are not fully paid, the oldest first."""

    balance: Balance
    debits: list[Item]


def owed(account_id: int, currency: str) -> Owed:
    """Return what one account owes in a currency; amounts in minor units."""
    with connections[router.db_for_read(AccountBalance)].cursor() as cursor:
        cursor.execute(OWED, [account_id, account_id, currency])
        rows = cursor.fetchall()
    if not rows:
        return Owed(Balance(currency), [])
    debits = [
        Item(posting, entry, _day(dated), category, left)
        for *_sums, posting, entry, dated, category, left in rows
        if posting is not None
    ]
    return Owed(Balance(currency, *rows[0][:5]), debits)


def _day(value: date | str) -> date:
    """Read a day, which SQLite hands over as text when it is asked in plain SQL."""
    return date.fromisoformat(value) if isinstance(value, str) else value
