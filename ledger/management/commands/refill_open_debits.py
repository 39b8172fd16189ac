"""Work out anew what is left of each debit, from the allocations."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from ledger.models import OpenDebit
from ledger.open_debits import FILL


class Command(BaseCommand):
    help = (
        "Fill the table of open debits from the allocations. The database keeps it by itself; this "
        "mends it after its triggers were gone for a while, when check_ledger names A06."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # nobody posts meanwhile; SQLite has one writer
                cursor.execute("LOCK TABLE ledger_entry, ledger_allocation IN SHARE MODE")
            before = OpenDebit.objects.count()
            OpenDebit.objects.all().delete()
            cursor.execute(FILL)
            after = OpenDebit.objects.count()
        self.stdout.write(f"{before} open debits were kept, {after} are open.")
