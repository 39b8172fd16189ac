"""The least a billing run could cost: read the same blocks, write the same rows, nothing else.

The rows are taken from a run of the product and written again into a copy of the database as it
was before, with the same constraints, in the same batches and transactions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.models import Model

from benchmarks.world import World, month_period
from core.periods import utc_days
from core.updates import update_many
from ledger.models import AccountBalance
from meters.readings.databases.postgresql import RUNS
from statements.models import (
    BillingRun,
    RunChunk,
    RunItem,
    Statement,
    StatementCoverage,
    StatementLine,
    Trace,
)
from statements.operations.issue import FROZEN
from statements.rating import write

CALCULATED: tuple[tuple[type[Model], str, Sequence[str]], ...] = (
    (Statement, "id", write.STATEMENT),
    (StatementCoverage, "statement_id", write.COVERAGE),
    (StatementLine, "statement_id", write.LINE),
    (Trace, "statement_id", write.TRACE),
)
ISSUED = (
    (
        "ledger_entry",
        "id, event_type, source_key, currency, effective_date, due_on, category, reverses_id, "
        "actor, reason, 'draft' AS state",
        "id = ANY(%(entries)s)",
    ),
    (
        "ledger_posting",
        "id, entry_id, account_id, currency, amount, account_seq, balance_after",
        "entry_id = ANY(%(entries)s)",
    ),
    (
        "accounts_claimcode",
        "id, account_id, nonce, code_hash, created_at, expires_at, used_at, used_by_id",
        "id IN (SELECT max(id) FROM accounts_claimcode WHERE account_id = ANY(%(accounts)s) "
        "GROUP BY account_id)",
    ),
    (
        "notifications_notice",
        "id, account_id, kind, key, subject, body, language, link, attachment_ref, created_at, "
        "read_at",
        "key = ANY(%(notices)s)",
    ),
    (
        "notifications_delivery",
        "id, attempts, lease_owner, lease_until, due_at, error, notice_id, channel, address, "
        "state, message_id, sent_at",
        "notice_id IN (SELECT id FROM notifications_notice WHERE key = ANY(%(notices)s))",
    ),
)
BALANCE = ("id", "balance_minor", "available_credit", "last_seq")
Copied = list[tuple[str, bytes]]  # a COPY statement and what it is fed, both ready


@dataclass(frozen=True)
class Batch:
    """What one chunk of a run wrote, ready to be written again."""

    channels: list[int]
    copied: Copied
    objects: list[tuple[type[Model], list[Model]]]


@dataclass(frozen=True)
class IssueBatch:
    """What one chunk of the issue step wrote."""

    entries: list[int]
    copied: Copied
    frozen: list[list[Any]]  # statements, as an UPDATE sets them
    balances: list[list[Any]]


def calculated(run: BillingRun, world: World) -> list[Batch]:
    """Read back what a calculated run wrote, chunk by chunk."""
    channel_of = dict(zip(world.accounts, world.channels, strict=True))
    batches = []
    for accounts in _accounts(run, "chunk", RunChunk.Phase.CALCULATE):
        keys = _statements(run, accounts)
        copied = [
            _copied(model._meta.db_table, ", ".join(columns), f"{key} = ANY(%(keys)s)", keys=keys)
            for model, key, columns in CALCULATED
        ]
        objects = [
            (model, list(model._default_manager.filter(**{f"{key}__in": keys})))
            for model, key, _ in CALCULATED
        ]
        batches.append(Batch([channel_of[account] for account in accounts], copied, objects))
    return batches


def issued(run: BillingRun) -> list[IssueBatch]:
    """Read back what the issue step of a run wrote, chunk by chunk."""
    batches: list[IssueBatch] = []
    for accounts in _accounts(run, "issue_chunk", RunChunk.Phase.ISSUE):
        keys = _statements(run, accounts)
        sources = [f"stmt:{key}:issue" for key in keys]
        entries = _column("SELECT id FROM ledger_entry WHERE source_key = ANY(%s)", sources)
        told = [f"statement.issued:{key}" for key in keys]
        words = {"accounts": accounts, "entries": entries, "notices": told}
        copied = [_copied(table, columns, where, **words) for table, columns, where in ISSUED]
        frozen = [list(row) for row in Statement.objects.filter(pk__in=keys).values_list(*FROZEN)]
        balances = list(map(list, _balances(accounts)))
        batches.append(IssueBatch(entries, copied, frozen, balances))
    return batches


def replay(batches: Sequence[Batch], month: str) -> None:
    """Read the blocks and COPY the rows of each batch in a transaction of its own."""
    first, last = _days(month)
    for batch in batches:
        with transaction.atomic():
            _read(batch.channels, first, last)
            _copy_in(batch.copied)


def replay_by_objects(batches: Sequence[Batch], month: str) -> None:
    """Do the same with `bulk_create` of model instances."""
    first, last = _days(month)
    for batch in batches:
        with transaction.atomic():
            _read(batch.channels, first, last)
            for model, objects in batch.objects:
                model._default_manager.bulk_create(objects)


def replay_issue(batches: Sequence[IssueBatch]) -> None:
    """COPY what the issue step inserted, and set what it set: entries, statements, balances."""
    for batch in batches:
        with transaction.atomic():
            _copy_in(batch.copied)
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE ledger_entry SET state = 'posted' WHERE id = ANY(%s)", [batch.entries]
                )
            update_many(Statement, FROZEN, batch.frozen)
            update_many(AccountBalance, BALANCE, batch.balances)


def _accounts(run: BillingRun, field: str, phase: str) -> list[list[int]]:
    chunks = RunChunk.objects.filter(run=run, phase=phase).order_by("number")
    rows = RunItem.objects.filter(run=run).order_by("account_id").values_list(field, "account_id")
    found: dict[int, list[int]] = {chunk.pk: [] for chunk in chunks}
    for chunk, account in rows:
        found[chunk].append(account)
    return list(found.values())


def _statements(run: BillingRun, accounts: Sequence[int]) -> list[int]:
    found = Statement.objects.filter(run=run, account__in=accounts)
    return list(found.order_by("pk").values_list("pk", flat=True))


def _balances(accounts: Sequence[int]) -> list[tuple[Any, ...]]:
    rows = AccountBalance.objects.filter(account__in=accounts).order_by("account_id")
    return list(rows.values_list(*BALANCE))


def _copied(table: str, columns: str, where: str, **words: Any) -> tuple[str, bytes]:
    names = columns.replace("'draft' AS ", "")
    cursor: Callable[..., Any] = connection.connection.cursor
    with cursor() as raw, raw.copy(
        f"COPY (SELECT {columns} FROM {table} WHERE {where} ORDER BY 1) "
        "TO STDOUT (FORMAT BINARY)",
        words,
    ) as copy:  # fmt: skip
        data = b"".join(bytes(part) for part in copy)
    return f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)", data


def _copy_in(copied: Copied) -> None:
    with connection.cursor() as cursor:
        for statement, data in copied:
            with cursor.copy(statement) as copy:
                copy.write(data)


def _read(channels: Sequence[int], first: date, last: date) -> None:
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(RUNS, [first, channels, first, last], binary=True)
        cursor.fetchall()


def _days(month: str) -> tuple[date, date]:
    days = list(utc_days(month_period(month)))
    return days[0], days[-1]


def _column(sql: str, values: Sequence[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(values)])
        return [row[0] for row in cursor.fetchall()]
