"""The database refuses wrong money: seal, currencies, append-only rows, closed days."""

from django.db import migrations
from django.db.migrations.state import StateApps

from core.db import AppendOnly, Closing, CompositeForeignKey, Seal


def leave_room(apps: StateApps, schema_editor: object) -> None:
    """Let the update of a balance, and the flip of an entry, stay on its page (PostgreSQL)."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE ledger_balance SET (fillfactor = 60)")
        schema_editor.execute("ALTER TABLE ledger_entry SET (fillfactor = 50)")  # flipped once


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_books")]

    operations = [
        Seal(
            "ledger_entry",
            lines="ledger_posting",
            key="entry_id",
            unique=[("source_key",), ("reverses_id",)],
            unique_lines=[("account_id", "account_seq")],
        ),
        CompositeForeignKey(
            "ledger_posting",
            ["entry_id", "currency"],
            "ledger_entry",
            ["id", "currency"],
            name="posting_in_currency_of_entry",
        ),
        CompositeForeignKey(
            "ledger_posting",
            ["account_id", "currency"],
            "ledger_account",
            ["id", "currency"],
            name="posting_in_currency_of_account",
        ),
        AppendOnly(
            "ledger_account",
            unique=[("account_id", "kind", "code", "currency")],
            nulls_equal=True,
        ),
        AppendOnly("ledger_allocation", unique=[("reverses_id",)]),
        AppendOnly("ledger_close", unique=[("effective_date",)]),
        Closing(
            "ledger_entry", dated="effective_date", closes="ledger_close", upto="effective_date"
        ),
        migrations.RunPython(leave_room, migrations.RunPython.noop),
    ]
