"""The chart of accounts: which ledger account a leg belongs to; opened at first use."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connections, router

from core.db.lists import as_list, one_of
from ledger.entries import Entry, Leg
from ledger.models import LedgerAccount

Key = tuple[str, int | None, str, str]


def key_of(leg: Leg, currency: str) -> Key:
    return leg.kind, leg.account_id, leg.code, currency


def resolve(entries: Iterable[Entry]) -> dict[Key, int]:
    """Return the ledger account of every leg, and open those that do not exist yet."""
    wanted = {key_of(leg, entry.currency) for entry in entries for leg in entry.legs}
    found = _select(wanted)
    missing = sorted(wanted.difference(found), key=lambda key: (key[0], key[1] or 0, *key[2:]))
    if missing:
        LedgerAccount.objects.bulk_create(
            [
                LedgerAccount(kind=kind, account_id=account_id, code=code, currency=currency)
                for kind, account_id, code, currency in missing
            ],
            ignore_conflicts=True,
        )
        found = _select(wanted)
    return found


def _select(wanted: set[Key]) -> dict[Key, int]:
    connection = connections[router.db_for_write(LedgerAccount)]
    owners = sorted({key[1] for key in wanted if key[1] is not None})
    shared = sorted({key[0] for key in wanted if key[1] is None})
    sql = (
        "SELECT kind, account_id, code, currency, id FROM ledger_account "
        f"WHERE account_id {one_of(connection)} "
        "UNION ALL SELECT kind, account_id, code, currency, id FROM ledger_account "
        f"WHERE account_id IS NULL AND kind {one_of(connection)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [as_list(connection, owners), as_list(connection, shared)])
        return {(row[0], row[1], row[2], row[3]): row[4] for row in cursor.fetchall()}
