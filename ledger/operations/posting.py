"""Post entries: drafts, their postings, the flip and the balances, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from django.db import connections, router, transaction

from core import bulk
from core.db.lists import as_list, one_of
from ledger.entries import Entry, check
from ledger.models import JournalEntry, LedgerClose, Posting
from ledger.operations import chart, locks

ENTRY_COLUMNS = (
    "id",
    "event_type",
    "source_key",
    "currency",
    "effective_date",
    "due_on",
    "category",
    "reverses_id",
    "actor",
    "reason",
    "state",
)
POSTING_COLUMNS = (
    "id",
    "entry_id",
    "account_id",
    "currency",
    "amount",
    "account_seq",
    "balance_after",
)
PostingRow = tuple[int, int, int, str, int, int | None, int | None]


class AlreadyPosted(Exception):
    """A source key is in the books already, or twice in one batch."""


class PeriodClosed(Exception):
    """The effective date lies in a closed period; date the entry after it."""


def post(entry: Entry) -> int:
    """Post one entry and return its id; see `post_many`."""
    return post_many([entry])[0]


@transaction.atomic
def post_many(entries: Sequence[Entry]) -> list[int]:
    """Post entries, all or none, and return their ids in the same order.

    Locks the accounts in the order of their ids. The number of round trips does not depend on
    the number of entries. Nothing is allocated: call `allocate` in the same transaction.

    :raises NotBalanced: if the legs of an entry do not sum to zero
    :raises WrongAccount: if a leg has an owner that does not fit its kind
    An entry that is a fact, as money that came, cannot be refused: if its day is closed it is
    dated on the first open one.

    :raises AlreadyPosted: if a source key is in the books already
    :raises PeriodClosed: if the effective date of an entry that is no fact is closed
    """
    if not entries:
        return []
    for entry in entries:
        check(entry)
    standings = _lock(entries)
    _refuse_repeated(entries)
    entries = _in_open_days(entries)
    ids = bulk.allocate_ids(JournalEntry, len(entries))
    postings = _postings(entries, ids, standings)
    bulk.write(JournalEntry, ENTRY_COLUMNS, map(_entry_row, ids, entries))
    bulk.write(Posting, POSTING_COLUMNS, postings)
    _flip(ids)
    locks.save(standings.values())
    return ids


def _lock(entries: Sequence[Entry]) -> dict[tuple[int, str], locks.Standing]:
    owners: dict[str, set[int]] = {}
    for entry in entries:
        owners.setdefault(entry.currency, set()).update(
            leg.account_id for leg in entry.legs if leg.account_id is not None
        )
    if len(owners) > 1:  # all accounts first, in order, then the balances that are missing
        locks.lock(set().union(*owners.values()))
    standings: dict[tuple[int, str], locks.Standing] = {}
    for currency, account_ids in sorted(owners.items()):
        if account_ids:
            found = locks.lock(account_ids, currency)
            standings |= {key: found[key] for key in found if key[1] == currency}
    return standings


def _refuse_repeated(entries: Sequence[Entry]) -> None:
    keys = {entry.source_key for entry in entries}
    if len(keys) < len(entries):
        raise AlreadyPosted("a source key stands twice in one batch")
    connection = connections[router.db_for_write(JournalEntry)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT source_key FROM ledger_entry WHERE source_key {one_of(connection)} LIMIT 20",
            [as_list(connection, keys)],
        )
        known = sorted(key for (key,) in cursor.fetchall())
    if known:
        raise AlreadyPosted(", ".join(known))


def _in_open_days(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return the entries with late facts dated after the close.

    :raises PeriodClosed: if an entry that is no fact lies in closed days
    """
    earliest = min(entry.effective_date for entry in entries)
    closes = LedgerClose.objects.filter(effective_date__gte=earliest).order_by("-effective_date")
    closed = closes.values_list("effective_date", flat=True).first()
    if closed is None:
        return entries
    if any(e.effective_date <= closed and not e.is_fact for e in entries):
        raise PeriodClosed(f"closed up to {closed}")
    first_open = closed + timedelta(days=1)
    return [replace(e, effective_date=max(e.effective_date, first_open)) for e in entries]


def _entry_row(entry_id: int, entry: Entry) -> tuple[object, ...]:
    return (
        entry_id,
        entry.event_type,
        entry.source_key,
        entry.currency,
        entry.effective_date,
        entry.due_on,
        str(entry.category),
        entry.reverses_id,
        entry.actor,
        entry.reason,
        "draft",
    )


def _postings(
    entries: Sequence[Entry],
    entry_ids: Sequence[int],
    standings: dict[tuple[int, str], locks.Standing],
) -> list[PostingRow]:
    accounts = chart.resolve(entries)
    ids = iter(bulk.allocate_ids(Posting, sum(len(entry.legs) for entry in entries)))
    rows: list[PostingRow] = []
    for entry_id, entry in zip(entry_ids, entries, strict=True):
        currency = entry.currency
        for leg in entry.legs:
            seq = after = None
            if leg.account_id is not None:
                standing = standings[leg.account_id, currency]
                seq, after = standing.apply(leg.kind, leg.amount)
            account = accounts[leg.kind, leg.account_id, leg.code, currency]
            rows.append((next(ids), entry_id, account, currency, leg.amount, seq, after))
    return rows


def _flip(ids: Sequence[int]) -> None:
    connection = connections[router.db_for_write(JournalEntry)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE ledger_entry SET state = 'posted' WHERE id {one_of(connection)}",
            [as_list(connection, ids)],
        )
