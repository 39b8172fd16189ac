"""The account lock: balance rows, taken in the order of account ids, and written back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connections, router

from core.db.lists import as_list, one_of
from ledger.models import AccountBalance

COLUMNS = (
    "id",
    "account_id",
    "currency",
    "balance_minor",
    "available_credit",
    "prepaid_minor",
    "deposit_minor",
    "disputed_minor",
    "last_seq",
)
WAITING = "FOR NO KEY UPDATE"  # SQLite has one writer from the start of a transaction


@dataclass(slots=True)
class Standing:
    """A locked balance row, changed in memory until `save` writes it. Minor units."""

    id: int
    account_id: int
    currency: str
    balance: int
    credit: int
    prepaid: int
    deposit: int
    disputed: int
    last_seq: int

    @property
    def open_debt(self) -> int:
        """Return what the receivable's open debits sum to."""
        return self.balance + self.credit

    def apply(self, kind: str, amount: int) -> tuple[int, int]:
        """Take one posting in; return its number and the ledger account's balance after it."""
        self.last_seq += 1
        if kind == "receivable":
            self.balance += amount
            self.credit += max(-amount, 0)
            return self.last_seq, self.balance
        if kind == "prepaid":
            self.prepaid -= amount
            return self.last_seq, -self.prepaid
        if kind == "deposit":
            self.deposit -= amount
            return self.last_seq, -self.deposit
        self.disputed += amount
        return self.last_seq, self.disputed


def lock(account_ids: Collection[int], currency: str = "") -> dict[tuple[int, str], Standing]:
    """Lock the balances of accounts until the transaction ends, in the order of their ids.

    With a currency, balances that do not exist yet are created.
    """
    wanted = sorted(set(account_ids))
    found = _select(wanted)
    if currency:
        missing = [account for account in wanted if (account, currency) not in found]
        if missing:
            AccountBalance.objects.bulk_create(
                [AccountBalance(account_id=account, currency=currency) for account in missing],
                ignore_conflicts=True,
            )
            found = _select(wanted)
    return found


def save(standings: Iterable[Standing]) -> None:
    """Write locked balances back in one statement."""
    rows = [
        (s.id, s.balance, s.credit, s.prepaid, s.deposit, s.disputed, s.last_seq) for s in standings
    ]
    if not rows:
        return
    connection = connections[router.db_for_write(AccountBalance)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_UPDATE_ALL, [list(column) for column in zip(*rows, strict=True)])
        else:
            cursor.executemany(_UPDATE_ONE, [(*row[1:], row[0]) for row in rows])


def _select(account_ids: list[int]) -> dict[tuple[int, str], Standing]:
    connection = connections[router.db_for_write(AccountBalance)]
    waiting = WAITING if connection.vendor == "postgresql" else ""
    sql = (
        f"SELECT {', '.join(COLUMNS)} FROM ledger_balance WHERE account_id {one_of(connection)} "
        f"ORDER BY account_id, currency {waiting}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [as_list(connection, account_ids)])
        return {(row[1], row[2]): Standing(*row) for row in cursor.fetchall()}


_NEW = COLUMNS[3:]
_UPDATE_ALL = (
    f"UPDATE ledger_balance AS old SET {', '.join(f'{name} = new.{name}' for name in _NEW)} "
    f"FROM unnest({', '.join(['%s::bigint[]'] * 7)}) AS new(id, {', '.join(_NEW)}) "
    "WHERE old.id = new.id"
)
_UPDATE_ONE = (
    f"UPDATE ledger_balance SET {', '.join(f'{name} = %s' for name in _NEW)} WHERE id = %s"
)
