"""Each guard on a scratch table: what it refuses, what it lets through."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import CheckConstraint, Q

from core.db import AppendOnly, CompositeForeignKey, Frozen, FrozenWith, NoOverlap, expected
from core.db.unguarded import unguarded
from ledger.models import Allocation
from ledger.open_debits import OpenDebits

pytestmark = pytest.mark.django_db


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def table(name, columns):
    kind = (
        "INTEGER PRIMARY KEY AUTOINCREMENT"
        if connection.vendor == "sqlite"
        else "bigserial PRIMARY KEY"
    )
    sql(f"CREATE TABLE {name} (id {kind}, {columns})")


def build(guard):
    from core.db import postgresql

    if connection.vendor == "postgresql":
        for statement in postgresql.SHARED:
            sql(statement)
    for piece in guard.built(connection):
        for statement in (*piece.drop, *piece.create):
            sql(statement)


def refused(statement):
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)


@pytest.fixture
def stays():
    table("stay", "room bigint, tenant bigint, state text, starts date NOT NULL, ends date")
    build(
        NoOverlap(
            "stay",
            "stay_alone",
            keys=["room", "tenant"],
            start="starts",
            end="ends",
            of="day",
            nulls_as={"tenant": "0"},
            condition="state = 'live'",
        )
    )


def stay(starts, ends, *, room=1, tenant="NULL", state="live"):
    return (
        "INSERT INTO stay (room, tenant, state, starts, ends) VALUES "
        f"({room}, {tenant}, '{state}', '{starts}', {repr(ends) if ends else 'NULL'})"
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("2026-01-01", "2026-02-01"), ("2026-01-31", "2026-03-01")),
        (("2026-01-01", "2026-02-01"), ("2026-01-01", "2026-02-01")),
        (("2026-01-01", "2026-12-01"), ("2026-03-01", "2026-04-01")),
        (("2026-03-01", "2026-04-01"), ("2026-01-01", "2026-12-01")),
        (("2026-01-01", None), ("2030-01-01", None)),
        (("2026-01-01", None), ("2025-01-01", "2026-01-02")),
    ],
)
def test_periods_that_share_a_day_are_refused(stays, first, second):
    sql(stay(*first))

    refused(stay(*second))


@pytest.mark.parametrize(
    "second",
    [
        stay("2026-02-01", None),
        stay("2025-01-01", "2026-01-01"),
        stay("2026-01-01", None, room=2),
        stay("2026-01-01", None, tenant=5),
        stay("2026-01-01", None, state="void"),
    ],
)
def test_periods_that_only_touch_or_differ_in_key_are_kept(stays, second):
    sql(stay("2026-01-01", "2026-02-01"))

    sql(second)


def test_an_update_may_not_bring_an_overlap_in(stays):
    sql(stay("2026-01-01", "2026-02-01"))
    sql(stay("2026-02-01", "2026-03-01"))
    sql(stay("2026-01-01", None, state="void"))

    refused("UPDATE stay SET ends = NULL WHERE starts = '2026-01-01' AND state = 'live'")
    refused("UPDATE stay SET state = 'live'")
    sql("UPDATE stay SET ends = '2026-01-15' WHERE starts = '2026-01-01' AND state = 'live'")


@pytest.fixture
def documents():
    table("document", "number text UNIQUE, state text, total bigint, paid text")
    table("document_line", "document_id bigint, amount bigint, note text")
    build(
        Frozen("document", "state", ["issued", "cancelled"], ["state", "paid"], unique=[["number"]])
    )
    build(
        FrozenWith(
            "document_line", "document_id", "document", "state", ["issued", "cancelled"], ["note"]
        )
    )
    sql("INSERT INTO document (id, number, state, total) VALUES (1, 'A', 'draft', 5)")
    sql("INSERT INTO document (id, number, state, total) VALUES (2, 'B', 'draft', 5)")
    sql("INSERT INTO document_line (id, document_id, amount) VALUES (11, 1, 5), (12, 2, 5)")
    sql("UPDATE document SET state = 'issued' WHERE id = 1")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE document SET total = 6 WHERE id = 1",
        "UPDATE document SET total = NULL WHERE id = 1",
        "UPDATE document SET state = 'draft' WHERE id = 1",
        "UPDATE document SET state = 'cancelled', total = 6 WHERE id = 1",
        "DELETE FROM document WHERE id = 1",
        "INSERT INTO document_line (document_id, amount) VALUES (1, 1)",
        "UPDATE document_line SET amount = 6 WHERE id = 11",
        "UPDATE document_line SET document_id = 2 WHERE id = 11",
        "UPDATE document_line SET document_id = 1 WHERE id = 12",
        "DELETE FROM document_line WHERE id = 11",
        "DELETE FROM document_line",
    ],
)
def test_an_issued_document_does_not_change(documents, statement):
    refused(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE document SET paid = 'yes' WHERE id = 1",
        "UPDATE document SET state = 'cancelled' WHERE id = 1",
        "UPDATE document SET total = 6, number = 'C' WHERE id = 2",
        "DELETE FROM document WHERE id = 2",
        "UPDATE document_line SET note = 'seen' WHERE id = 11",
        "UPDATE document_line SET amount = 6 WHERE id = 12",
        "DELETE FROM document_line WHERE id = 12",
        "INSERT INTO document_line (document_id, amount) VALUES (2, 1)",
    ],
)
def test_a_draft_and_the_named_columns_may_change(documents, statement):
    sql(statement)


def test_a_document_is_not_replaced(documents):
    if connection.vendor != "sqlite":
        refused("TRUNCATE document")
        refused("TRUNCATE document_line")
        return
    refused("INSERT OR REPLACE INTO document (id, number, state) VALUES (1, 'X', 'draft')")
    refused("INSERT OR REPLACE INTO document (number, state) VALUES ('A', 'draft')")
    refused("INSERT OR REPLACE INTO document_line (id, document_id, amount) VALUES (11, 2, 1)")


def test_append_only_rows_change_in_the_named_columns_alone():
    table("journal", "body text, seen text")
    build(AppendOnly("journal", may_update=["seen"]))
    sql("INSERT INTO journal (id, body) VALUES (1, 'a')")

    sql("UPDATE journal SET seen = 'yes'")
    refused("UPDATE journal SET body = 'b'")
    refused("UPDATE journal SET body = NULL")
    refused("DELETE FROM journal")


def test_a_composite_key_holds_from_both_sides():
    table("purse", "currency text, UNIQUE (id, currency)")
    table("coin", "purse_id bigint, currency text")
    build(
        CompositeForeignKey(
            "coin", ["purse_id", "currency"], "purse", ["id", "currency"], name="coin_in_purse"
        )
    )
    sql("INSERT INTO purse (id, currency) VALUES (1, 'USD'), (2, 'EUR')")
    sql("INSERT INTO coin (purse_id, currency) VALUES (1, 'USD')")

    refused("INSERT INTO coin (purse_id, currency) VALUES (1, 'EUR')")
    refused("UPDATE coin SET currency = 'EUR'")
    refused("UPDATE purse SET currency = 'GBP' WHERE id = 1")
    refused("DELETE FROM purse WHERE id = 1")
    sql("DELETE FROM purse WHERE id = 2")
    if connection.vendor == "sqlite":
        refused("INSERT OR REPLACE INTO purse (id, currency) VALUES (1, 'GBP')")


def test_every_guard_of_every_migration_is_in_place():
    assert expected.missing(connection) == []
    assert len(expected.pieces(connection)) > 20


def drop_a_guard():
    if connection.vendor == "sqlite":
        sql("DROP TRIGGER ledger_posting_no_update")
    else:
        sql("ALTER TABLE ledger_posting DISABLE TRIGGER ledger_posting_no_update")


def test_a_lost_guard_is_named_reported_and_restored():
    drop_a_guard()

    assert expected.missing(connection) == ["ledger_posting: ledger_posting_no_update is missing"]
    messages = run_checks(tags=["database"], databases=["default"])
    assert [m.id for m in messages if m.id.startswith("core.")] == ["core.E001"]
    with pytest.raises(CommandError, match="no_update is missing"):
        call_command("guards")

    call_command("guards", "--restore", verbosity=0)

    assert expected.missing(connection) == []


def test_a_guard_older_than_its_table_is_out_of_date():
    sql("ALTER TABLE ledger_entry ADD COLUMN colour text")

    assert expected.missing(connection) == ["ledger_entry: ledger_entry_only_flip is out of date"]


def test_a_lost_constraint_is_named():
    if connection.vendor == "sqlite":
        pytest.skip("triggers keep composite keys on SQLite")
    sql("ALTER TABLE ledger_posting DROP CONSTRAINT posting_in_currency_of_entry")

    assert expected.missing(connection) == [
        "ledger_posting: posting_in_currency_of_entry is missing"
    ]


def test_guards_are_back_after_an_unguarded_block():
    with unguarded(connection):
        sql("DELETE FROM ledger_posting")

    assert expected.missing(connection) == []
    if connection.vendor == "postgresql":
        assert sql("SHOW session_replication_role") == [("origin",)]


@pytest.mark.django_db(transaction=True)
def test_guards_go_and_come_back_with_their_migration():
    call_command("migrate", "ledger", "0001", verbosity=0)
    try:
        assert not any("ledger_" in name for _, name in expected.pieces(connection))
        with transaction.atomic():
            sql("DELETE FROM ledger_posting")
    finally:
        call_command("migrate", verbosity=0)

    assert expected.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_the_repeated_operation_mends_what_a_rebuilt_table_lost():
    """On SQLite, Django builds the table anew to add a constraint, and its triggers are gone."""
    guard = next(g for g in expected.guards(connection) if "ledger_allocation" in g.tables)
    again = AppendOnly(guard.table, unique=guard.unique, again=True)
    more = CheckConstraint(condition=Q(amount__gt=-1), name="not_needed")

    for change in ("add_constraint", "remove_constraint"):
        with connection.schema_editor() as editor:
            getattr(editor, change)(Allocation, more)
        assert bool(expected.missing(connection)) is (connection.vendor == "sqlite")
        with connection.schema_editor() as editor:
            again.database_forwards("ledger", editor, None, None)
            OpenDebits(again=True).database_forwards("ledger", editor, None, None)

        assert expected.missing(connection) == []
