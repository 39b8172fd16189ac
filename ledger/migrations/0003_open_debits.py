"""What is left of each debit, kept by the database beside the allocations."""

import django.db.models.deletion
from django.db import migrations, models

from ledger.open_debits import FILL, OpenDebits


def fill(apps, schema_editor):
    """Work out once what the books of a database in use leave open."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FILL)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_guards"), ("ledger", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="OpenDebit",
            fields=[
                (
                    "posting",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="ledger.posting",
                    ),
                ),
                ("source_key", models.CharField(max_length=120, verbose_name="source")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("dated", models.DateField(verbose_name="due on")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("statement", "Statement"),
                            ("fee", "Fee"),
                            ("deposit", "Deposit"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="category",
                    ),
                ),
                ("open_minor", models.BigIntegerField(verbose_name="open amount")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.customeraccount",
                    ),
                ),
            ],
            options={
                "verbose_name": "open debit",
                "verbose_name_plural": "open debits",
                "db_table": "ledger_open_debit",
                "indexes": [models.Index(fields=["source_key"], name="open_debit_by_source")],
            },
        ),
        OpenDebits(),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
